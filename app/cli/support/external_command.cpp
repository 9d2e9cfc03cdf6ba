// SPDX-License-Identifier: Apache-2.0
#include "external_command.h"

#include <devicebridge/local/child_process.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <csignal>
#include <poll.h>
#include <unistd.h>

namespace nordlys::cli {

namespace {

constexpr std::size_t maxOutputBytes = 1U << 20;

/// Takes what is there; false at the end of the stream.
bool drain(int descriptor, std::string &text)
{
    std::array<char, 4096> part{};
    for (;;) {
        const ssize_t count = ::read(descriptor, part.data(), part.size());
        if (count < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        if (count == 0)
            return false;
        text.append(part.data(), std::min(static_cast<std::size_t>(count), maxOutputBytes + 1 - std::min(maxOutputBytes + 1, text.size())));
    }
}

std::string trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n"), last = text.find_last_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string() : std::string(text.substr(first, last - first + 1));
}

std::string lastLine(std::string_view text)
{
    const std::string all = trimmed(text);
    const std::string line = all.substr(all.rfind('\n') == std::string::npos ? 0 : all.rfind('\n') + 1);
    return line.size() > 200 ? line.substr(0, 200) + "..." : line;
}

} // namespace

core::Expected<std::string> runExternal(const std::string &what, const ExternalCommand &command, const std::vector<std::string> &arguments,
                                        const std::stop_token &stop)
{
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + command.timeout;
    // "$@" hands the arguments over as they are.
    std::vector<std::string> shell{"-c", command.text + " \"$@\"", "sh"};
    shell.insert(shell.end(), arguments.begin(), arguments.end());
    auto child = devicebridge::ChildProcess::start("/bin/sh", shell);
    NORDLYS_TRY(child);
    child->closeInput();
    // The child leads a group of its own: what it started ends with it.
    const auto endAll = [&] { ::kill(-child->pid(), SIGKILL); };
    std::string output, errors;
    bool outputOpen = true, errorsOpen = true;
    while (outputOpen || errorsOpen) {
        if (stop.stop_requested()) {
            endAll();
            return core::interrupted(what);
        }
        if (Clock::now() >= deadline) {
            endAll();
            return core::badInput(what, "'" + command.text + "' was not done after " + std::to_string(command.timeout.count()) + " s and was ended",
                                  "Give it more time, or fewer samples.");
        }
        pollfd streams[2] = {{outputOpen ? child->outputDescriptor() : -1, POLLIN, 0}, {errorsOpen ? child->errorDescriptor() : -1, POLLIN, 0}};
        ::poll(streams, 2, 50);
        outputOpen = outputOpen && (streams[0].revents == 0 || drain(child->outputDescriptor(), output));
        errorsOpen = errorsOpen && (streams[1].revents == 0 || drain(child->errorDescriptor(), errors));
        if (output.size() > maxOutputBytes) {
            endAll();
            return core::badInput(what, "'" + command.text + "' writes more than 1 MiB to its standard output");
        }
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    const auto exit = child->wait(std::max(left, std::chrono::milliseconds(1)));
    if (exit.code != 0) {
        const std::string said = lastLine(errors);
        return core::badInput(what, "'" + command.text + "' ended with " + exit.text() + (said.empty() ? "" : ": " + said));
    }
    return output;
}

core::Expected<double> numberOf(const std::string &what, const ExternalCommand &command, const std::vector<std::string> &arguments,
                                const std::stop_token &stop)
{
    auto output = runExternal(what, command, arguments, stop);
    NORDLYS_TRY(output);
    const std::string text = trimmed(*output);
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return core::badInput(what, text.empty() ? "'" + command.text + "' wrote nothing" : "'" + command.text + "' wrote '" + text.substr(0, 80) + "', which is no number",
                              "It has to write one number to standard output; messages belong on standard error.");
    return value;
}

} // namespace nordlys::cli
