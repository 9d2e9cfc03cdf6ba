// SPDX-License-Identifier: Apache-2.0
#include "output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include <unistd.h>

namespace nordlys::cli {

Json document(std::string_view name) { return Json{{"schema", "nordlys." + std::string(name) + "/1"}}; }

core::Expected<void> writeOut(std::string_view text)
{
    errno = 0;
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return core::cannotWrite("standard output", errno != 0 ? std::strerror(errno) : "write failed",
                                 "Free space or choose another target.");
    return {};
}

core::Expected<void> writeJson(const Json &json)
{
    return writeOut(json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
}

void printError(const core::Error &error)
{
    std::string text = "nordlys: error: " + error.text() + '\n';
    if (isatty(STDERR_FILENO) != 0)
        for (const std::string &detail : error.details) {
            // Details may hold text of hostile files: nothing in them may steer the terminal.
            text += "  ";
            for (const char c : detail)
                text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
            text += '\n';
        }
    std::fwrite(text.data(), 1, text.size(), stderr);
}

} // namespace nordlys::cli
