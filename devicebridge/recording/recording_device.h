// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <devicebridge/device.h>

namespace nordlys::devicebridge {

/// Replays a recording: the same items in the same order, each when its times say (original speed) or at once. A recording that ends early replays as
/// interrupted. Of the request only recordPath counts.
class RecordingDevice final : public Device {
public:
    enum class Speed { Original, Fast };
    RecordingDevice(std::filesystem::path path, Speed speed);
    [[nodiscard]] DeviceInfo info() override;
    core::Expected<core::RunProfile> run(const RunRequest &request, const StreamCallback &callback, const core::JobContext &job) override;
    /// As run, without RunStarted and layer times, at most `durationSeconds` of it (0: all).
    core::Expected<core::RunProfile> monitor(const RunRequest &request, const StreamCallback &callback, const core::JobContext &job) override;

private:
    core::Expected<core::RunProfile> replay(const RunRequest &request, bool monitorOnly, const StreamCallback &callback, const core::JobContext &job);
    std::filesystem::path m_path;
    Speed m_speed;
};

} // namespace nordlys::devicebridge
