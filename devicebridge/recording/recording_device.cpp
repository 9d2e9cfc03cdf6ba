// SPDX-License-Identifier: Apache-2.0
#include "recording_device.h"

#include "stream_receiver.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <sys/stat.h>

namespace nordlys::devicebridge {

namespace {

constexpr std::size_t kReadBytes = std::size_t(256) << 10;

struct ItemTime {
    std::int64_t operator()(const core::LayerTimesBatch &batch) const
    {
        return batch.inferenceStartNs.empty() ? 0 : batch.inferenceStartNs.back() + batch.inferenceDurationNs.back();
    }
    std::int64_t operator()(const core::CounterBatch &batch) const { return batch.empty() ? 0 : batch.back().tNs; }
    std::int64_t operator()(const core::LogLine &line) const { return line.tNs; }
    std::int64_t operator()(const core::RunEnd &end) const { return end.tNs; }
    template <typename Other>
    std::int64_t operator()(const Other &) const
    {
        return 0;
    }
};

// Sleeps until the moment of a recording comes.
class Pace {
public:
    /// False when a stop was requested meanwhile.
    bool waitUntil(std::int64_t ns, const std::stop_token &stop)
    {
        std::unique_lock lock(m_mutex);
        const auto due = m_start + std::chrono::nanoseconds(ns);
        m_wake.wait_until(lock, stop, due, [] { return false; });
        return !stop.stop_requested();
    }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
};

core::Expected<Descriptor> openRecording(const std::filesystem::path &path)
{
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.isOpen())
        return core::badInput(path.string(), std::strerror(errno));
    struct stat state{};
    if (::fstat(file.get(), &state) != 0 || !S_ISREG(state.st_mode))
        return core::badInput(path.string(), "not a file", "Name a recording (.nrs) of `nordlys run --record`.");
    return file;
}

// Bytes read, 0 at the end.
core::Expected<std::size_t> readSome(const Descriptor &file, std::span<std::byte> buffer, const std::filesystem::path &path)
{
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count >= 0)
            return static_cast<std::size_t>(count);
        if (errno != EINTR)
            return core::badInput(path.string(), std::strerror(errno));
    }
}

core::Error noRecording(const std::filesystem::path &path, std::string why)
{
    return core::badInput(path.string(), "not a recording: " + std::move(why), "Name a recording (.nrs) of `nordlys run --record`.");
}

} // namespace

RecordingDevice::RecordingDevice(std::filesystem::path path, Speed speed) : m_path(std::move(path)), m_speed(speed) {}

DeviceInfo RecordingDevice::info()
{
    DeviceInfo info{(m_speed == Speed::Fast ? "recording-fast:" : "recording:") + m_path.string(), "ready", "file", {}, {}, {}};
    const auto broken = [&](std::string state, std::string why) {
        info.state = std::move(state);
        info.why = std::move(why);
        return info;
    };
    auto file = openRecording(m_path);
    if (!file)
        return broken("missing", file.error().text());
    core::StreamDecoder decoder;
    std::vector<core::StreamItem> items;
    std::vector<std::byte> buffer(4096);
    while (items.empty()) {
        const auto count = readSome(*file, buffer, m_path);
        if (!count)
            return broken("broken", count.error().text());
        if (*count == 0)
            return broken("broken", noRecording(m_path, "it ends before it names a device").text());
        // A block may hold the whole Hello and damage behind it: what it names counts.
        if (const auto fed = decoder.feed(std::span(buffer).first(*count), items); !fed && items.empty())
            return broken("broken", noRecording(m_path, fed.error().why).text());
    }
    if (const auto *hello = std::get_if<core::DeviceHello>(&items.front())) {
        info.model = hello->deviceModel;
        info.soc = hello->soc;
    }
    return info;
}

core::Expected<core::RunProfile> RecordingDevice::run(const RunRequest &request, const StreamCallback &callback, const core::JobContext &job)
{
    return replay(request, false, callback, job);
}

core::Expected<core::RunProfile> RecordingDevice::monitor(const RunRequest &request, const StreamCallback &callback, const core::JobContext &job)
{
    return replay(request, true, callback, job);
}

core::Expected<core::RunProfile> RecordingDevice::replay(const RunRequest &request, bool monitorOnly, const StreamCallback &callback,
                                                         const core::JobContext &job)
{
    auto file = openRecording(m_path);
    NORDLYS_TRY(file);
    std::error_code error;
    if (!request.recordPath.empty() && std::filesystem::equivalent(request.recordPath, m_path, error))
        return core::usageError(m_path.string(), "a recording cannot be recorded onto itself", "Name another file.");
    auto recording = RecordingFile::open(request.recordPath);
    NORDLYS_TRY(recording);
    StreamReceiver receiver(std::move(*recording), callback);

    using Choice = StreamReceiver::Choice;
    Pace pace;
    bool stopped = false, ended = false;
    const double limitNs = monitorOnly ? request.durationSeconds * 1e9 : 0;
    const auto filter = [&](const core::StreamItem &item) {
        const bool ofTheRun = std::holds_alternative<core::LayerTimesBatch>(item) || std::holds_alternative<core::RunStart>(item);
        if (monitorOnly && ofTheRun)
            return Choice::Skip;
        const std::int64_t tNs = std::visit(ItemTime{}, item);
        ended = limitNs > 0 && static_cast<double>(tNs) > limitNs;
        if (ended)
            return Choice::Stop;
        stopped = job.stopRequested() || (m_speed == Speed::Original && !pace.waitUntil(tNs, job.stop));
        return stopped ? Choice::Stop : Choice::Deliver;
    };
    std::vector<std::byte> buffer(kReadBytes);
    for (;;) {
        const auto count = readSome(*file, buffer, m_path);
        NORDLYS_TRY(count);
        if (*count == 0)
            break;
        auto taken = receiver.take(std::span(buffer).first(*count), filter);
        if (stopped)
            return receiver.finish(core::RunStatus::Interrupted, "stopped");
        if (ended)
            return receiver.finish(core::RunStatus::Finished, {});
        if (!taken) {
            if (taken.error().code == core::ErrorCode::CannotWrite)
                return taken.error();
            return noRecording(m_path, taken.error().why);
        }
    }
    if (!receiver.hasHello())
        return noRecording(m_path, "it ends before it names a device");
    return receiver.finish(core::RunStatus::Interrupted, "the recording ends early");
}

} // namespace nordlys::devicebridge
