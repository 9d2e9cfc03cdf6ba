// SPDX-License-Identifier: Apache-2.0
#include "child_process.h"

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>

extern char **environ;

namespace nordlys::devicebridge {

namespace {

struct Pipe {
    Descriptor read, write;
};

core::Expected<Pipe> makePipe()
{
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return core::deviceError("local device", std::string("no pipe: ") + std::strerror(errno));
    Pipe pipe;
    pipe.read = Descriptor(ends[0]);
    pipe.write = Descriptor(ends[1]);
    return pipe;
}

void setNonBlocking(const Descriptor &descriptor)
{
    const int flags = ::fcntl(descriptor.get(), F_GETFL);
    ::fcntl(descriptor.get(), F_SETFL, flags | O_NONBLOCK);
}

// The child starts with no blocked signals and default actions, whatever the calling program has set.
class SpawnAttributes {
public:
    SpawnAttributes()
    {
        ::posix_spawnattr_init(&attributes);
        sigset_t none, standard;
        ::sigemptyset(&none);
        ::sigemptyset(&standard);
        for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGQUIT, SIGCHLD, SIGHUP})
            ::sigaddset(&standard, number);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &standard);
        // A group of its own: Ctrl-C in a terminal reaches us, and we end the child in order.
        ::posix_spawnattr_setpgroup(&attributes, 0);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes); }
    SpawnAttributes(const SpawnAttributes &) = delete;
    SpawnAttributes &operator=(const SpawnAttributes &) = delete;
    posix_spawnattr_t attributes;
};

class SpawnActions {
public:
    SpawnActions() { ::posix_spawn_file_actions_init(&actions); }
    ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions); }
    SpawnActions(const SpawnActions &) = delete;
    SpawnActions &operator=(const SpawnActions &) = delete;
    void connect(const Descriptor &from, int to) { ::posix_spawn_file_actions_adddup2(&actions, from.get(), to); }
    posix_spawn_file_actions_t actions;
};

} // namespace

core::Expected<ChildProcess> ChildProcess::start(const std::filesystem::path &program, const std::vector<std::string> &arguments)
{
    auto input = makePipe();
    NORDLYS_TRY(input);
    auto output = makePipe();
    NORDLYS_TRY(output);
    auto error = makePipe();
    NORDLYS_TRY(error);

    SpawnActions actions;
    actions.connect(input->read, STDIN_FILENO);
    actions.connect(output->write, STDOUT_FILENO);
    actions.connect(error->write, STDERR_FILENO);
    const SpawnAttributes attributes;

    std::string name = program.string();
    std::vector<std::string> texts = arguments;
    std::vector<char *> argv{name.data()};
    for (std::string &text : texts)
        argv.push_back(text.data());
    argv.push_back(nullptr);

    ChildProcess child;
    const int failure = ::posix_spawn(&child.m_pid, program.c_str(), &actions.actions, &attributes.attributes, argv.data(), environ);
    if (failure != 0) {
        child.m_pid = -1;
        return core::deviceError(program.string(), std::string("cannot be started: ") + std::strerror(failure), "Set NORDLYS_RUN to the runner program.");
    }
    child.m_input = std::move(input->write);
    child.m_output = std::move(output->read);
    child.m_error = std::move(error->read);
    setNonBlocking(child.m_output);
    setNonBlocking(child.m_error);
    return child;
}

ChildProcess::ChildProcess(ChildProcess &&other) noexcept
    : m_pid(std::exchange(other.m_pid, -1)), m_exit(other.m_exit), m_input(std::move(other.m_input)), m_output(std::move(other.m_output)),
      m_error(std::move(other.m_error))
{
}

ChildProcess::~ChildProcess()
{
    if (m_pid > 0 && !m_exit) {
        signal(SIGKILL);
        collect(true);
    }
}

void ChildProcess::signal(int number) const
{
    // Never after it was collected: its id may belong to another process then.
    if (m_pid > 0 && !m_exit)
        ::kill(m_pid, number);
}

std::optional<ChildProcess::Exit> ChildProcess::collect(bool block)
{
    if (m_exit || m_pid <= 0)
        return m_exit;
    int status = 0;
    pid_t result = 0;
    do {
        result = ::waitpid(m_pid, &status, block ? 0 : WNOHANG);
    } while (result < 0 && errno == EINTR);
    if (result == 0)
        return std::nullopt;
    Exit exit;
    if (result > 0 && WIFSIGNALED(status))
        exit.signal = WTERMSIG(status);
    else if (result > 0 && WIFEXITED(status))
        exit.code = WEXITSTATUS(status);
    m_exit = exit;
    return m_exit;
}

ChildProcess::Exit ChildProcess::wait(std::chrono::milliseconds deadline)
{
    const auto end = std::chrono::steady_clock::now() + deadline;
    auto pause = std::chrono::microseconds(200);
    while (!collect(false)) {
        if (std::chrono::steady_clock::now() >= end) {
            signal(SIGKILL);
            collect(true);
            break;
        }
        std::this_thread::sleep_for(pause);
        pause = std::min<std::chrono::microseconds>(pause * 2, std::chrono::milliseconds(10));
    }
    return m_exit.value_or(Exit{});
}

std::string ChildProcess::Exit::text() const
{
    if (signal != 0)
        return "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ')';
    return code < 0 ? "an unknown end" : "exit code " + std::to_string(code);
}

} // namespace nordlys::devicebridge
