// SPDX-License-Identifier: Apache-2.0
#include "metric_command.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace nordlys::runtime {

namespace {

constexpr std::size_t maxOutputBytes = 64 * 1024;
constexpr int pollMs = 20;

/// Both ends of a pipe; closed at the end.
struct Pipe {
    int read = -1, write = -1;

    Pipe()
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) == 0) {
            read = ends[0];
            write = ends[1];
            ::fcntl(read, F_SETFL, O_NONBLOCK);
        }
    }
    ~Pipe()
    {
        closeWrite();
        if (read >= 0)
            ::close(read);
    }
    Pipe(const Pipe &) = delete;
    Pipe &operator=(const Pipe &) = delete;
    void closeWrite()
    {
        if (write >= 0)
            ::close(write);
        write = -1;
    }
    /// Takes what is there; false at the end of the stream.
    bool drain(std::string &text) const
    {
        std::array<char, 4096> block{};
        for (;;) {
            const ssize_t got = ::read(read, block.data(), block.size());
            if (got == 0)
                return false;
            if (got < 0)
                return errno == EAGAIN || errno == EINTR;
            text.append(block.data(), static_cast<std::size_t>(got));
            if (text.size() > 2 * maxOutputBytes)
                text.erase(0, text.size() - 2 * maxOutputBytes); // the last lines tell
        }
    }
};

std::string lastLine(std::string_view text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.remove_suffix(1);
    const auto cut = text.rfind('\n');
    return std::string(cut == std::string_view::npos ? text : text.substr(cut + 1)).substr(0, 300);
}

core::Expected<pid_t> start(const std::string &command, const std::filesystem::path &folder, const Pipe &out, const Pipe &error)
{
    const std::string subject = "metric command '" + command + "'";
    if (out.read < 0 || error.read < 0)
        return core::badInput(subject, std::string("no pipe could be made: ") + std::strerror(errno));
    // "$@" hands the folder over as one argument, whatever characters it has.
    const std::string script = command + " \"$@\"";
    const std::string path = folder.string();
    std::array<const char *, 6> arguments{"sh", "-c", script.c_str(), "sh", path.c_str(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, error.write, STDERR_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    pid_t child = -1;
    const int failed = ::posix_spawn(&child, "/bin/sh", &actions, &attributes, const_cast<char *const *>(arguments.data()), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failed != 0)
        return core::badInput(subject, std::string("cannot be started: ") + std::strerror(failed));
    return child;
}

} // namespace

core::Expected<double> numberInOutput(std::string_view text, const std::string &command)
{
    const std::string subject = "metric command '" + command + "'";
    const std::string_view blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos)
        return core::badInput(subject, "it printed nothing", "It must print one number on standard output.");
    text = text.substr(first, text.find_last_not_of(blank) - first + 1);
    double value = 0;
    const char *begin = text.data() + (text.front() == '+' ? 1 : 0);
    const auto [end, problem] = std::from_chars(begin, text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size())
        return core::badInput(subject, "it printed \"" + std::string(text.substr(0, 80)) + "\", not one number",
                              "It must print one number on standard output and nothing else.");
    if (!std::isfinite(value))
        return core::badInput(subject, "its number is not finite");
    return value;
}

core::Expected<double> runMetricCommand(const std::string &command, const std::filesystem::path &folder, std::chrono::milliseconds timeout,
                                        const std::stop_token &stop)
{
    const std::string subject = "metric command '" + command + "'";
    Pipe out, error;
    auto child = start(command, folder, out, error);
    NORDLYS_TRY(child);
    out.closeWrite();
    error.closeWrite();
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::string printed, complaints;
    int status = 0;
    bool ended = false, outOpen = true, errorOpen = true;
    core::Expected<void> trouble;
    while (!ended) {
        // A stream that is closed is not waited for: it would always be ready. poll leaves out what is negative and sleeps all the same.
        std::array<pollfd, 2> ends{{{outOpen ? out.read : -1, POLLIN, 0}, {errorOpen ? error.read : -1, POLLIN, 0}}};
        ::poll(ends.data(), ends.size(), pollMs);
        outOpen = out.drain(printed);
        errorOpen = error.drain(complaints);
        ended = ::waitpid(*child, &status, WNOHANG) == *child;
        if (ended)
            break;
        if (stop.stop_requested())
            trouble = core::interrupted(subject);
        else if (printed.size() > maxOutputBytes)
            trouble = core::badInput(subject, "it prints more than " + std::to_string(maxOutputBytes) + " bytes",
                                     "It must print one number on standard output and nothing else.");
        else if (std::chrono::steady_clock::now() > deadline)
            trouble = core::badInput(subject, "it did not end within " + std::to_string(timeout.count() / 1000) + " s", "Allow more time, or mend the command.");
        if (!trouble)
            break;
    }
    ::kill(-*child, SIGKILL); // what it left running in its group, too
    if (!ended)
        ::waitpid(*child, &status, 0);
    NORDLYS_TRY(trouble);
    out.drain(printed);
    error.drain(complaints);
    const std::string line = lastLine(complaints);
    const std::string said = line.empty() ? std::string() : "; it said: " + line;
    if (WIFSIGNALED(status))
        return core::badInput(subject, std::string("it was ended by signal ") + std::to_string(WTERMSIG(status)) + said);
    if (WEXITSTATUS(status) != 0)
        return core::badInput(subject, "it ended with exit code " + std::to_string(WEXITSTATUS(status)) + said);
    return numberInOutput(printed, command);
}

} // namespace nordlys::runtime
