// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/device_options.h"
#include "../support/number_checks.h"

#include <devicebridge/device.h>

#include <fmt/format.h>

#include <map>

namespace nordlys::cli {

namespace {

struct MonitorArguments {
    DeviceArguments device;
    double duration = 0;
    bool jsonLines = false, json = false;
};

/// Prints samples as they arrive.
class LiveOutput {
public:
    explicit LiveOutput(bool isJson) : m_isJson(isJson) {}

    void operator()(const core::StreamItem &item)
    {
        if (!m_written)
            return;
        if (const auto *hello = std::get_if<core::DeviceHello>(&item)) {
            for (const core::CounterInfo &counter : hello->counters)
                enter(counter);
        } else if (const auto *samples = std::get_if<core::CounterBatch>(&item)) {
            std::string text;
            for (const core::CounterSample &sample : *samples)
                text += line(sample);
            m_written = writeOut(text);
        }
    }
    [[nodiscard]] const core::Expected<void> &written() const { return m_written; }

private:
    void enter(const core::CounterInfo &counter)
    {
        m_counters[counter.id] = counter;
        if (counter.available)
            return;
        if (m_isJson)
            m_written = writeOut(jsonLine(
                {{"tNs", 0}, {"counter", counter.name}, {"value", nullptr}, {"unit", counter.unit}, {"why", counter.why}}));
        else
            m_written = writeOut(fmt::format("{:<28} not available: {}\n", counter.name, counter.why));
    }

    std::string line(const core::CounterSample &sample)
    {
        const core::CounterInfo &counter = m_counters[sample.counterId];
        if (m_isJson)
            return jsonLine({{"tNs", sample.tNs}, {"counter", counter.name}, {"value", sample.value}, {"unit", counter.unit}});
        return fmt::format("{:10.3f} s  {:<28} {:>14}\n", static_cast<double>(sample.tNs) / 1e9, counter.name,
                           counterValue(sample.value, counter.unit));
    }

    static std::string jsonLine(const Json &json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n'; }

    bool m_isJson;
    std::map<std::uint32_t, core::CounterInfo> m_counters;
    core::Expected<void> m_written;
};

core::Expected<void> monitor(const MonitorArguments &options, const Context &context)
{
    auto device = devicebridge::openDevice(options.device.device);
    if (!device)
        return std::move(device.error());
    devicebridge::RunRequest request;
    fillRequest(options.device, request);
    request.iterations = 0;
    request.durationSeconds = options.duration;
    LiveOutput live(options.jsonLines);
    // A closed or full output ends the sampling too.
    std::stop_source stop;
    const std::stop_callback forward(context.stop, [&stop] { stop.request_stop(); });
    const auto profile = (*device)->monitor(request,
                                            [&](const core::StreamItem &item) {
                                                if (options.json)
                                                    return;
                                                live(item);
                                                if (!live.written())
                                                    stop.request_stop();
                                            },
                                            {stop.get_token(), context.progress});
    NORDLYS_TRY(live.written());
    if (!profile)
        return profile.error();
    const core::RunSummary summary = core::summarize(*profile);
    if (options.json) {
        Json json = document("monitor");
        json["status"] = core::nameOf(profile->status);
        json["device"] = {{"id", (*device)->info().id}, {"model", profile->hello.deviceModel}, {"soc", profile->hello.soc}};
        json["durationMs"] = static_cast<double>(profile->endNs) / 1e6;
        json["counters"] = countersJson(summary.counters);
        json["recording"] = options.device.record.empty() ? Json(nullptr) : Json(options.device.record);
        NORDLYS_TRY(writeJson(json));
    } else if (!options.jsonLines) {
        NORDLYS_TRY(writeOut('\n' + countersText(summary.counters)));
    }
    return statusResult("monitor", *profile, context);
}

} // namespace

void addMonitor(CLI::App &program, Action &action)
{
    addCommand<MonitorArguments>(
        program, action, "monitor", "Clocks, utilisation, temperatures and memory of a device, live",
        [](CLI::App &command, MonitorArguments &options) {
            addDeviceArguments(command, options.device);
            command.add_option("--duration", options.duration, "Stop after this many seconds; 0: at Ctrl-C")
                ->check(seconds())
                ->type_name("S");
            auto *lines = command.add_flag("--json-lines", options.jsonLines,
                                           "One JSON object a line for each sample: {tNs, counter, value, unit}");
            command.add_flag("--json", options.json, "One JSON document at the end (nordlys.monitor/1)")->excludes(lines);
        },
        monitor);
}

} // namespace nordlys::cli
