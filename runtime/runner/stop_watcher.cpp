// SPDX-License-Identifier: Apache-2.0
#include "stop_watcher.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nordlys::runtime {

namespace {

bool isPipe(int descriptor)
{
    struct stat state{};
    return ::fstat(descriptor, &state) == 0 && (S_ISFIFO(state.st_mode) || S_ISSOCK(state.st_mode));
}

} // namespace

StopWatcher::StopWatcher()
{
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, nullptr);
    sigset_t stopping;
    ::sigemptyset(&stopping);
    ::sigaddset(&stopping, SIGINT);
    ::sigaddset(&stopping, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &stopping, nullptr);
    m_signals = ::signalfd(-1, &stopping, SFD_CLOEXEC | SFD_NONBLOCK);
    m_quit = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    m_thread = std::thread([this] { loop(); });
}

StopWatcher::~StopWatcher()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(m_quit, &one, sizeof one);
    m_thread.join();
    ::close(m_signals);
    ::close(m_quit);
}

void StopWatcher::loop()
{
    bool watchInput = isPipe(STDIN_FILENO);
    for (;;) {
        struct pollfd events[3] = {{m_quit, POLLIN, 0}, {m_signals, POLLIN, 0}, {watchInput ? STDIN_FILENO : -1, POLLIN, 0}};
        if (::poll(events, 3, -1) < 0 && errno != EINTR)
            return;
        if (events[0].revents != 0)
            return;
        if (events[1].revents != 0) {
            struct signalfd_siginfo info{};
            if (::read(m_signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info) && !m_gentle.request_stop())
                m_urgent.request_stop();
        }
        if (events[2].revents != 0) {
            char ignored[256];
            const ssize_t count = ::read(STDIN_FILENO, ignored, sizeof ignored);
            if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) {
                watchInput = false;
                m_gentle.request_stop();
            }
        }
    }
}

} // namespace nordlys::runtime
