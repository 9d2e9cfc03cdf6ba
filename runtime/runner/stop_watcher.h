// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <thread>

namespace nordlys::runtime {

/// Turns SIGINT, SIGTERM and the closing of standard input (only where that is a pipe or socket) into stop requests. One object a process: create it before
/// any other thread, since it blocks the signals for the threads that follow and takes them in its own. SIGPIPE is ignored from then on.
class StopWatcher {
public:
    StopWatcher();
    ~StopWatcher();
    StopWatcher(const StopWatcher &) = delete;
    StopWatcher &operator=(const StopWatcher &) = delete;

    [[nodiscard]] std::stop_token gentle() const { return m_gentle.get_token(); }   ///< first request: end after the current inference
    [[nodiscard]] std::stop_token urgent() const { return m_urgent.get_token(); } ///< second signal: end between two layers
    /// Requests the gentle stop from inside (output is gone).
    void requestStop() { m_gentle.request_stop(); }

private:
    void loop();

    std::stop_source m_gentle, m_urgent;
    int m_signals = -1, m_quit = -1;
    std::thread m_thread;
};

} // namespace nordlys::runtime
