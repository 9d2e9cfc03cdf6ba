// SPDX-License-Identifier: Apache-2.0
#include "interrupt.h"

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace nordlys::cli {

namespace {

int writeEnd = -1;

extern "C" void onSignal(int signal)
{
    std::signal(signal, SIG_DFL);
    const char byte = 1;
    // Nothing can be done about a failure inside a handler.
    [[maybe_unused]] const auto written = ::write(writeEnd, &byte, 1);
}

} // namespace

std::stop_token stopOnSignals()
{
    // request_stop() may run callbacks and is not allowed in a handler: a thread of its own waits for the handler's byte.
    static std::stop_source source;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return source.get_token();
    writeEnd = ends[1];
    std::thread([readEnd = ends[0]] {
        char byte = 0;
        while (::read(readEnd, &byte, 1) == 1)
            source.request_stop();
    }).detach();
    for (const int signal : {SIGINT, SIGTERM}) {
        struct sigaction action = {};
        action.sa_handler = onSignal;
        sigemptyset(&action.sa_mask);
        ::sigaction(signal, &action, nullptr);
    }
    return source.get_token();
}

} // namespace nordlys::cli
