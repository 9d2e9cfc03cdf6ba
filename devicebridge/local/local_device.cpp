// SPDX-License-Identifier: Apache-2.0
#include "local_device.h"

#include "child_process.h"
#include "runner_arguments.h"

#include <core/profile/device_identity.h>
#include <devicebridge/base/stop_event.h>
#include <devicebridge/recording/stream_receiver.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <string_view>

namespace nordlys::devicebridge {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kSecondTerm = 2s, kKill = 5s;
constexpr std::size_t kMaxErrorText = std::size_t(16) << 10;
constexpr std::size_t kReadBytes = std::size_t(256) << 10;

core::ErrorCode codeOfExit(int code)
{
    for (const auto candidate : {core::ErrorCode::Usage, core::ErrorCode::BadInput, core::ErrorCode::NotSupported, core::ErrorCode::CannotWrite,
                                 core::ErrorCode::Interrupted, core::ErrorCode::Internal}) {
        if (core::exitCodeOf(candidate) == code)
            return candidate;
    }
    return core::ErrorCode::Device;
}

// The runner's last line, without the words that every one of them begins with.
std::string lastLine(std::string_view text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    if (const auto newline = text.rfind('\n'); newline != std::string_view::npos)
        text.remove_prefix(newline + 1);
    constexpr std::string_view prefix = "nordlys-run: error: ";
    if (text.starts_with(prefix))
        text.remove_prefix(prefix.size());
    return std::string(text);
}

/// One run of the runner, from spawning to collecting it.
class RunnerSession {
public:
    RunnerSession(ChildProcess child, StreamReceiver receiver, const core::JobContext &job)
        : m_child(std::move(child)), m_receiver(std::move(receiver)), m_job(job), m_stopEvent(job.stop)
    {
    }

    core::Expected<core::RunProfile> finishRun()
    {
        while (!m_outputEnded && !m_failure && !m_killed)
            step();
        if (m_failure || m_killed)
            m_child.signal(SIGKILL);
        m_child.closeInput();
        const auto exit = m_child.wait(m_failure || m_killed ? 10s : kKill);
        readErrorText();
        return result(exit);
    }

private:
    void step()
    {
        struct pollfd events[3] = {{m_child.outputDescriptor(), POLLIN, 0}, {m_child.errorDescriptor(), POLLIN, 0}, {m_stopSeen ? -1 : m_stopEvent.get(), POLLIN, 0}};
        const int ready = ::poll(events, 3, m_stopSeen ? 50 : 1000);
        if (ready < 0 && errno != EINTR) {
            m_failure = core::deviceError("local device", std::strerror(errno));
            return;
        }
        pressToStop();
        if (events[1].revents != 0)
            readErrorText();
        if (events[0].revents != 0)
            readOutput();
    }

    void pressToStop()
    {
        if (!m_job.stopRequested())
            return;
        const auto now = Clock::now();
        if (!m_stopSeen) {
            m_stopSeen = true;
            m_stopTime = now;
            m_child.signal(SIGTERM);
        } else if (!m_secondTermSent && now - m_stopTime > kSecondTerm) {
            m_secondTermSent = true;
            m_child.signal(SIGTERM);
        } else if (now - m_stopTime > kKill) {
            m_killed = true;
        }
    }

    void readOutput()
    {
        const ssize_t count = ::read(m_child.outputDescriptor(), m_buffer.data(), m_buffer.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            return;
        if (count <= 0) {
            m_outputEnded = true;
            return;
        }
        auto taken = m_receiver.take(std::span(m_buffer).first(static_cast<std::size_t>(count)));
        if (!taken)
            m_failure = std::move(taken.error());
    }

    void readErrorText()
    {
        char block[4096];
        for (;;) {
            if (m_child.errorDescriptor() < 0)
                return;
            const ssize_t count = ::read(m_child.errorDescriptor(), block, sizeof block);
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return;
            if (count == 0) {
                m_child.closeError();
                return;
            }
            m_errorText.append(block, static_cast<std::size_t>(count));
            if (m_errorText.size() > kMaxErrorText)
                m_errorText.erase(0, m_errorText.size() - kMaxErrorText);
        }
    }

    core::Expected<core::RunProfile> result(const ChildProcess::Exit &exit)
    {
        const std::string said = lastLine(m_errorText);
        if (m_failure && m_failure->code == core::ErrorCode::CannotWrite)
            return *m_failure;
        if (!m_receiver.hasHello()) {
            if (m_stopSeen)
                return core::interrupted("local device");
            if (m_failure)
                return core::deviceError("nordlys-run", m_failure->why, "Check that NORDLYS_RUN and PATH lead to the runner of this version.");
            core::Error error;
            error.code = exit.code > 0 ? codeOfExit(exit.code) : core::ErrorCode::Device;
            if (said.empty()) {
                error.what = "nordlys-run";
                error.why = "it ended with " + exit.text() + " before the run began";
            } else {
                error.what = said;
            }
            return error;
        }
        if (m_failure)
            return m_receiver.finish(core::RunStatus::Failed, "the runner sent what is no run stream: " + m_failure->why + (said.empty() ? "" : "; it said: " + said));
        if (m_killed)
            return m_receiver.finish(core::RunStatus::Interrupted, "stopped; the runner did not end within 5 s and was killed");
        return m_receiver.finish(core::RunStatus::Interrupted, "the runner ended with " + exit.text() + " before the run was over" + (said.empty() ? "" : ": " + said));
    }

    ChildProcess m_child;
    StreamReceiver m_receiver;
    const core::JobContext &m_job;
    StopEvent m_stopEvent;
    std::vector<std::byte> m_buffer = std::vector<std::byte>(kReadBytes);
    std::string m_errorText;
    std::optional<core::Error> m_failure;
    bool m_outputEnded = false, m_stopSeen = false, m_secondTermSent = false, m_killed = false;
    Clock::time_point m_stopTime;
};

core::Expected<core::RunProfile> runRunner(const RunRequest &request, bool monitorOnly, const StreamCallback &callback, const core::JobContext &job)
{
    auto program = findRunner();
    NORDLYS_TRY(program);
    auto recording = RecordingFile::open(request.recordPath);
    NORDLYS_TRY(recording);
    auto child = ChildProcess::start(*program, runnerArguments(request, monitorOnly));
    NORDLYS_TRY(child);

    std::uint64_t done = 0;
    const std::uint64_t total = monitorOnly ? 0 : request.iterations;
    const auto receive = [&](const core::StreamItem &item) {
        if (callback)
            callback(item);
        if (const auto *times = std::get_if<core::LayerTimesBatch>(&item))
            job.report(done += times->inferenceStartNs.size(), total, "inferences");
    };
    RunnerSession session(std::move(*child), StreamReceiver(std::move(*recording), receive), job);
    return session.finishRun();
}

} // namespace

DeviceInfo LocalDevice::info()
{
    DeviceInfo info{"local", "ready", "process", {}, {}, {}};
    const auto identity = core::readDeviceIdentity();
    info.model = identity.model;
    info.soc = identity.soc;
    if (const auto runner = findRunner(); !runner) {
        info.state = "missing";
        info.why = runner.error().text();
    }
    return info;
}

core::Expected<core::RunProfile> LocalDevice::run(const RunRequest &request, const StreamCallback &callback, const core::JobContext &job)
{
    return runRunner(request, false, callback, job);
}

core::Expected<core::RunProfile> LocalDevice::monitor(const RunRequest &request, const StreamCallback &callback, const core::JobContext &job)
{
    return runRunner(request, true, callback, job);
}

} // namespace nordlys::devicebridge
