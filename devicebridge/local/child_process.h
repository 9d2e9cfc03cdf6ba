// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <devicebridge/base/descriptor.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace nordlys::devicebridge {

/// A program that runs beside us with pipes on its standard streams. Our ends are non-blocking and closed on exec. Destroying it ends the program
/// (SIGKILL) and collects it: no zombie is left.
class ChildProcess {
public:
    /// Starts the program with the arguments as they are (no shell). Device error when it cannot be started.
    static core::Expected<ChildProcess> start(const std::filesystem::path &program, const std::vector<std::string> &arguments);
    ChildProcess(ChildProcess &&other) noexcept;
    ChildProcess &operator=(ChildProcess &&) = delete;
    ~ChildProcess();

    [[nodiscard]] pid_t pid() const { return m_pid; }
    [[nodiscard]] int outputDescriptor() const { return m_output.get(); }
    [[nodiscard]] int errorDescriptor() const { return m_error.get(); }
    void closeInput() { m_input.reset(); }
    void closeError() { m_error.reset(); }
    void signal(int number) const;

    /// How it ended.
    struct Exit {
        int code = -1;  ///< -1 when a signal ended it
        int signal = 0; ///< 0 when it exited
        [[nodiscard]] std::string text() const; ///< "exit code 3", "signal 9 (Killed)"
    };
    /// Waits until it ends; kills it at the deadline.
    Exit wait(std::chrono::milliseconds deadline);

private:
    ChildProcess() = default;
    std::optional<Exit> collect(bool block);

    pid_t m_pid = -1;
    std::optional<Exit> m_exit;
    Descriptor m_input, m_output, m_error;
};

} // namespace nordlys::devicebridge
