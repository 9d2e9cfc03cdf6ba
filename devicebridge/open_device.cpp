// SPDX-License-Identifier: Apache-2.0
#include "device.h"

#include "local/local_device.h"
#include "recording/recording_device.h"

namespace nordlys::devicebridge {

core::Expected<std::unique_ptr<Device>> openDevice(const std::string &id)
{
    if (id == "local")
        return std::unique_ptr<Device>(std::make_unique<LocalDevice>());
    const auto fileOf = [&](std::string_view prefix) { return id.starts_with(prefix) ? id.substr(prefix.size()) : std::string(); };
    if (const std::string file = fileOf("recording:"); !file.empty())
        return std::unique_ptr<Device>(std::make_unique<RecordingDevice>(file, RecordingDevice::Speed::Original));
    if (const std::string file = fileOf("recording-fast:"); !file.empty())
        return std::unique_ptr<Device>(std::make_unique<RecordingDevice>(file, RecordingDevice::Speed::Fast));
    return core::usageError("device " + id, "no such kind of device", "Devices are local, recording:FILE and recording-fast:FILE.");
}

std::vector<DeviceInfo> listDevices()
{
    return {LocalDevice().info()};
}

} // namespace nordlys::devicebridge
