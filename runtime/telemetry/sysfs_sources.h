// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "counter_source.h"

#include <filesystem>

namespace nordlys::runtime {

/// "cpuN clock" or "cpuA-B clock" (Hz), one per policy of <root>/devices/system/cpu/cpufreq: the last request of the governor, no hardware counter.
/// False when no policy can be read; then one counter says why.
bool probeCpuClocks(ProbedCounters &probed, const std::filesystem::path &sysfsRoot);
/// "temperature TYPE" (degC) of the thermal zones, and of the processor's hwmon sensors where no zone belongs to the processor. Zones that are current or
/// voltage limits in disguise (bcl, ibat, vbat, socd) are left out. A zone that reads 10 to 150 when probed counts in degrees instead of the documented thousandths.
void probeTemperatures(ProbedCounters &probed, const std::filesystem::path &sysfsRoot);
/// "gpu clock" (Hz), "gpu utilisation" (%): Adreno (kgsl), the generic gpu folder of Qualcomm kernels, Intel (drm).
void probeGpu(ProbedCounters &probed, const std::filesystem::path &sysfsRoot);
/// "NAME clock" (Hz) of devfreq devices (a device that reads below 10^7 when probed counts in kHz) and "DDR|LLCC|L3 clock (cpu vote)" of bus_dcvs.
void probeDevfreq(ProbedCounters &probed, const std::filesystem::path &sysfsRoot);
/// "battery current" (A; the sign is the vendor's), "battery voltage" (V), of the first battery: the whole device.
void probeBattery(ProbedCounters &probed, const std::filesystem::path &sysfsRoot);

} // namespace nordlys::runtime
