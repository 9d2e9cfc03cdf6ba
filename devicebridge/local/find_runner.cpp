// SPDX-License-Identifier: Apache-2.0
#include <devicebridge/device.h>

#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace nordlys::devicebridge {

namespace {

constexpr const char *kProgram = "nordlys-run";

bool isProgram(const std::filesystem::path &path)
{
    std::error_code error;
    return std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

} // namespace

core::Expected<std::filesystem::path> findRunner()
{
    if (const char *chosen = std::getenv("NORDLYS_RUN"); chosen && *chosen) {
        if (isProgram(chosen))
            return std::filesystem::path(chosen);
        return core::deviceError(kProgram, std::string("NORDLYS_RUN names ") + chosen + ", which is no program", "Correct or unset NORDLYS_RUN.");
    }
    std::vector<std::filesystem::path> folders;
    std::error_code error;
    if (const auto self = std::filesystem::read_symlink("/proc/self/exe", error); !error) {
        folders.push_back(self.parent_path());
        folders.push_back((self.parent_path().parent_path() / "bin"));
    }
    if (const char *path = std::getenv("PATH")) {
        std::string_view rest(path);
        while (!rest.empty()) {
            const auto colon = rest.find(':');
            // An empty entry means the working folder; a program from there is a surprise.
            if (const auto folder = rest.substr(0, colon); !folder.empty())
                folders.emplace_back(folder);
            rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
        }
    }
    std::string looked;
    for (const auto &folder : folders) {
        if (isProgram(folder / kProgram))
            return folder / kProgram;
        looked += (looked.empty() ? "" : ", ") + folder.string();
    }
    return core::deviceError(kProgram, "not found in " + looked, "Install it beside this program or set NORDLYS_RUN to it.");
}

} // namespace nordlys::devicebridge
