// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace nordlys::core {

/// What a computer says about itself. Empty texts where it says nothing.
struct DeviceIdentity {
    std::string model; ///< board or product (device tree, DMI), else the processor's name
    std::string soc;   ///< system on chip or processor
    std::string os;    ///< "Linux 6.1.0 x86_64"
    std::uint32_t cpuCount = 0;
};
/// Reads a few small files below the roots; never fails.
DeviceIdentity readDeviceIdentity(const std::filesystem::path &sysfsRoot = "/sys", const std::filesystem::path &procfsRoot = "/proc");

} // namespace nordlys::core
