// SPDX-License-Identifier: Apache-2.0
#include "device_options.h"

#include "number_checks.h"
#include "table.h"

#include <fmt/format.h>

namespace nordlys::cli {

void addDeviceArguments(CLI::App &command, DeviceArguments &arguments)
{
    command.add_option("--device", arguments.device, "local, recording:FILE (original speed) or recording-fast:FILE")
        ->type_name("ID")
        ->capture_default_str();
    command.add_option("--record", arguments.record, "Write the run stream here as it arrives")->type_name("FILE");
    command.add_option("--sample-rate", arguments.sampleRate, "Telemetry samples per second, 1 to 100; 0: none")
        ->check(sampleRate())
        ->type_name("HZ")
        ->capture_default_str();
    command.add_option("--sysfs-root", arguments.sysfsRoot, "Folder that stands for /sys")
        ->type_name("DIR")
        ->capture_default_str();
    command.add_option("--procfs-root", arguments.procfsRoot, "Folder that stands for /proc")
        ->type_name("DIR")
        ->capture_default_str();
}

void fillRequest(const DeviceArguments &arguments, devicebridge::RunRequest &request)
{
    request.recordPath = arguments.record;
    request.sampleRateHz = arguments.sampleRate;
    request.sysfsRoot = arguments.sysfsRoot;
    request.procfsRoot = arguments.procfsRoot;
}

Json countersJson(const std::vector<core::CounterSummary> &counters)
{
    Json json = Json::array();
    for (const core::CounterSummary &counter : counters) {
        const auto value = [&](double number) { return counter.samples > 0 ? Json(number) : Json(nullptr); };
        json.push_back({{"name", counter.info.name},
                        {"unit", counter.info.unit},
                        {"samples", counter.samples},
                        {"available", counter.info.available},
                        {"why", counter.info.why},
                        {"min", value(counter.min)},
                        {"mean", value(counter.mean)},
                        {"max", value(counter.max)},
                        {"source", counter.info.source}});
    }
    return json;
}

std::string counterValue(double value, const std::string &unit)
{
    if (unit == "Hz")
        return fmt::format("{:.0f} MHz", value / 1e6);
    if (unit == "bytes")
        return fmt::format("{:.1f} MiB", value / 1048576);
    return fmt::format("{:.1f} {}", value, unit);
}

std::string countersText(const std::vector<core::CounterSummary> &counters)
{
    Table table({{"Counter"},
                 {"Samples", Table::Align::Right},
                 {"Min", Table::Align::Right},
                 {"Mean", Table::Align::Right},
                 {"Max", Table::Align::Right},
                 {"Why not"}});
    for (const core::CounterSummary &counter : counters) {
        if (counter.samples > 0)
            table.add({counter.info.name, std::to_string(counter.samples), counterValue(counter.min, counter.info.unit),
                       counterValue(counter.mean, counter.info.unit), counterValue(counter.max, counter.info.unit), ""});
        else
            table.add({counter.info.name, "0", "-", "-", "-", counter.info.why});
    }
    return table.empty() ? std::string() : table.text();
}

core::Expected<void> statusResult(const std::string &command, const core::RunProfile &run, const Context &context)
{
    switch (run.status) {
    case core::RunStatus::Finished: return {};
    case core::RunStatus::Failed:
        return core::deviceError(command, run.reason.empty() ? "the run failed" : run.reason,
                                 "The device's log stands in the output.");
    case core::RunStatus::Running:
    case core::RunStatus::Interrupted: break;
    }
    core::Error error = core::interrupted(command);
    error.why = context.stop.stop_requested() || run.reason.empty() ? "interrupted" : "interrupted: " + run.reason;
    if (run.layerCount() > 0 || run.inferenceCount() > 0)
        error.why += fmt::format(" after {} inferences", run.inferenceCount());
    return error;
}

} // namespace nordlys::cli
