// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <support/shared_data.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace nordlys::test {

/// What a finished program left behind.
struct Finished {
    int exitCode = -1; ///< 128 + signal when a signal ended it
    std::string out, err;
    bool timedOut = false;

    /// Standard output as one JSON document; a discarded value when it is none.
    [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
    [[nodiscard]] std::size_t errorLines() const;
};

struct Launch {
    std::vector<std::string> args;
    std::string stdoutPath;               ///< file instead of a pipe, e.g. /dev/full
    std::vector<std::string> environment; ///< NAME=VALUE, added to ours
    int seconds = 240;
    /// Called once when `afterMs` have passed; gets the process id.
    std::function<void(int)> action;
    int afterMs = 0;
};

/// Runs build/bin/nordlys; neither of its streams is a terminal.
Finished nordlys(const Launch &launch);
inline Finished nordlys(std::vector<std::string> args)
{
    Launch launch;
    launch.args = std::move(args);
    return nordlys(launch);
}

/// Folder that is removed at the end.
class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;
    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }
    [[nodiscard]] std::string operator/(const std::string &name) const { return (m_path / name).string(); }
    /// Everything below the folder, relative, sorted.
    [[nodiscard]] std::vector<std::string> files() const;

private:
    std::filesystem::path m_path;
};

void writeFile(const std::filesystem::path &path, std::string_view bytes);
std::string readFile(const std::filesystem::path &path);

} // namespace nordlys::test
