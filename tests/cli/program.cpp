// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nordlys::test {

std::size_t Finished::errorLines() const
{
    return static_cast<std::size_t>(std::count(err.begin(), err.end(), '\n')) + (!err.empty() && err.back() != '\n' ? 1 : 0);
}

Finished nordlys(const Launch &launch)
{
    Finished result;
    const std::string program = NORDLYS_BINARY_DIR "/bin/nordlys";
    std::vector<char *> args{const_cast<char *>(program.c_str())};
    for (const std::string &arg : launch.args)
        args.push_back(const_cast<char *>(arg.c_str()));
    args.push_back(nullptr);
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
        return result;
    const pid_t child = fork();
    if (child == 0) {
        const int target = launch.stdoutPath.empty() ? out[1] : open(launch.stdoutPath.c_str(), O_WRONLY);
        const int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, 0);
        dup2(target, 1);
        dup2(err[1], 2);
        for (const std::string &entry : launch.environment)
            putenv(const_cast<char *>(entry.c_str()));
        execv(program.c_str(), args.data());
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    const auto start = std::chrono::steady_clock::now();
    const auto elapsedMs = [&] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
    };
    pollfd streams[2] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
    bool acted = !launch.action;
    for (int open = 2; open > 0;) {
        poll(streams, 2, 20);
        if (!acted && elapsedMs() >= launch.afterMs) {
            launch.action(child);
            acted = true;
        }
        if (elapsedMs() > launch.seconds * 1000L) {
            result.timedOut = true;
            kill(child, SIGKILL);
            break;
        }
        for (pollfd &stream : streams) {
            if (stream.fd < 0 || (stream.revents & (POLLIN | POLLHUP)) == 0)
                continue;
            char buffer[65536];
            const auto got = read(stream.fd, buffer, sizeof buffer);
            if (got > 0) {
                (&stream == &streams[0] ? result.out : result.err).append(buffer, static_cast<std::size_t>(got));
            } else {
                stream.fd = -1;
                --open;
            }
        }
    }
    close(out[0]);
    close(err[0]);
    int status = 0;
    waitpid(child, &status, 0);
    result.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

Scratch::Scratch()
{
    std::string name = (std::filesystem::temp_directory_path() / "nordlys-cli-test-XXXXXX").string();
    m_path = mkdtemp(name.data());
}

Scratch::~Scratch()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

std::vector<std::string> Scratch::files() const
{
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(m_path))
        names.push_back(entry.path().lexically_relative(m_path).string());
    std::sort(names.begin(), names.end());
    return names;
}

void writeFile(const std::filesystem::path &path, std::string_view bytes)
{
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string readFile(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace nordlys::test
