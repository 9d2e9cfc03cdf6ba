// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.h"
#include "output.h"

#include <core/profile/run_statistics.h>
#include <devicebridge/device.h>

#include <string>

namespace nordlys::cli {

/// --device, --sample-rate, --record and the roots of telemetry.
struct DeviceArguments {
    std::string device = "local", record, sysfsRoot = "/sys", procfsRoot = "/proc";
    double sampleRate = 20;
};
void addDeviceArguments(CLI::App &command, DeviceArguments &arguments);
void fillRequest(const DeviceArguments &arguments, devicebridge::RunRequest &request);

/// Clocks in MHz and memory in MiB read better than in their base units.
std::string counterValue(double value, const std::string &unit);
/// counters[] of `run` and `monitor`.
Json countersJson(const std::vector<core::CounterSummary> &counters);
std::string countersText(const std::vector<core::CounterSummary> &counters);

/// The error that a run which did not finish ends with.
core::Expected<void> statusResult(const std::string &command, const core::RunProfile &run, const Context &context);

} // namespace nordlys::cli
