// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/profile/run_profile.h>
#include <core/profile/stream.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace nordlys::devicebridge {

struct DeviceInfo {
    std::string id;        ///< "local", "recording:FILE"
    std::string state;     ///< "ready", "missing", "broken"
    std::string transport; ///< "process", "file"
    std::string model, soc;
    std::string why;       ///< reason when the state is not "ready"
};

/// What to run and how.
struct RunRequest {
    std::filesystem::path artifact;         ///< folder of `nordlys build`, or a context file; unused by recordings
    std::filesystem::path input;            ///< .npy for the only input; empty: deterministic random values
    std::uint64_t iterations = 200;         ///< 0: by duration
    double durationSeconds = 0;
    std::uint32_t warmup = 10;
    int threads = 0;                        ///< 0: physical cores
    double sampleRateHz = 20;               ///< telemetry
    std::string profiling = "detailed";     ///< "off", "basic" (inferences only), "detailed" (layers)
    std::filesystem::path recordPath;       ///< the raw stream is written here as it arrives; empty: not kept
    std::filesystem::path sysfsRoot = "/sys", procfsRoot = "/proc"; ///< telemetry sources
    std::string testSlowLayer;              ///< "NAME=NANOSECONDS": test hook, one layer busy-waits
};

/// Receives a run as it arrives. Called on the thread that called Device::run or Device::monitor, in stream order; must return quickly. The last item is a
/// RunEnd, also where the stream ended without one.
using StreamCallback = std::function<void(const core::StreamItem &)>;

/// A place where artifacts run. All calls block; each ends early when job.stop is requested. A disconnect is a result: the run ends
/// with status Interrupted and everything received so far.
class Device {
public:
    virtual ~Device() = default;
    [[nodiscard]] virtual DeviceInfo info() = 0;
    /// Runs and streams; returns the whole run. When stop is requested the runner is asked to end, then its status is Interrupted. Error only when
    /// nothing could be started (Device, BadInput) or the recording file cannot be written (CannotWrite).
    virtual core::Expected<core::RunProfile> run(const RunRequest &request, const StreamCallback &callback, const core::JobContext &job) = 0;
    /// Telemetry only, until stop or `request.durationSeconds`.
    virtual core::Expected<core::RunProfile> monitor(const RunRequest &request, const StreamCallback &callback, const core::JobContext &job) = 0;
};

/// "local", "recording:FILE" (original speed), "recording-fast:FILE" (as fast as it can be read). Usage error for another form.
core::Expected<std::unique_ptr<Device>> openDevice(const std::string &id);
/// Devices that can be listed without being told: the local one.
std::vector<DeviceInfo> listDevices();
/// The runner program: beside the calling executable, in ../bin, or on PATH; NORDLYS_RUN overrides. Device error that names where it was looked for.
core::Expected<std::filesystem::path> findRunner();

} // namespace nordlys::devicebridge
