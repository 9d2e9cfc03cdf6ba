// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <devicebridge/device.h>

namespace nordlys::devicebridge {

/// This computer: spawns nordlys-run and reads its stream. A stop request ends it with SIGTERM (it finishes the current inference), again after 2 s (it
/// stops between two layers), and with SIGKILL after 5 s.
class LocalDevice final : public Device {
public:
    [[nodiscard]] DeviceInfo info() override;
    core::Expected<core::RunProfile> run(const RunRequest &request, const StreamCallback &callback, const core::JobContext &job) override;
    core::Expected<core::RunProfile> monitor(const RunRequest &request, const StreamCallback &callback, const core::JobContext &job) override;
};

} // namespace nordlys::devicebridge
