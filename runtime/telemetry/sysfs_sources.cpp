// SPDX-License-Identifier: Apache-2.0
#include "sysfs_sources.h"

#include "folders.h"
#include "value_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace nordlys::runtime {

namespace {

constexpr std::string_view kNotPublished = ": the kernel or the virtual machine does not publish ";

std::optional<double> readNumber(const std::filesystem::path &path)
{
    SourceFile file(path, 128);
    const auto text = file.read();
    return text ? parseInteger(*text) : std::nullopt;
}

bool isThere(const std::filesystem::path &path)
{
    std::error_code error;
    return std::filesystem::exists(path, error);
}

// "0 1 2 3" becomes "0-3"; a text that is no such list becomes the fallback.
std::string cpuRange(const std::string &related, const std::string &fallback)
{
    const auto space = related.find(' ');
    if (space == std::string::npos)
        return related.empty() || !parseInteger(related) ? fallback : related;
    const std::string first = related.substr(0, space), last = related.substr(related.rfind(' ') + 1);
    return parseInteger(first) && parseInteger(last) ? first + '-' + last : fallback;
}

bool isTemperatureZone(const std::string &type)
{
    constexpr std::array<std::string_view, 4> others{"-bcl", "ibat", "socd", "vbat"};
    return std::none_of(others.begin(), others.end(), [&](std::string_view part) { return type.find(part) != std::string::npos; });
}

bool isProcessorZone(const std::string &type)
{
    return type.starts_with("x86_pkg_temp") || type.starts_with("cpu") || type.starts_with("soc");
}

double temperatureScale(const std::filesystem::path &path)
{
    const auto raw = readNumber(path);
    return raw && *raw >= 10 && *raw <= 150 ? 1 : 1e-3;
}

// Two sensors may have one name: the second says which it is.
std::string uniqueName(std::set<std::string> &taken, std::string name, const std::filesystem::path &folder)
{
    if (!taken.insert(name).second)
        taken.insert(name += " (" + folder.filename().string() + ')');
    return name;
}

void probeHwmon(ProbedCounters &probed, const std::filesystem::path &folder, std::set<std::string> &names)
{
    constexpr std::array<std::string_view, 5> processors{"coretemp", "k10temp", "zenpower", "cpu_thermal", "soc_thermal"};
    for (const auto &sensor : numberedEntries(folder, "hwmon")) {
        const std::string chip = readLabel(sensor / "name");
        if (std::find(processors.begin(), processors.end(), chip) == processors.end())
            continue;
        constexpr int kMaxInputs = 256;
        for (int input = 1; input <= kMaxInputs; ++input) {
            const std::string stem = "temp" + std::to_string(input);
            if (!isThere(sensor / (stem + "_input")))
                continue;
            const std::string label = readLabel(sensor / (stem + "_label"));
            const std::string name = uniqueName(names, "temperature " + chip + ' ' + (label.empty() ? stem : label), sensor);
            probeValueFile(probed, name, "degC", sensor / (stem + "_input"), {1e-3, {}, true});
        }
    }
}

} // namespace

bool probeCpuClocks(ProbedCounters &probed, const std::filesystem::path &sysfsRoot)
{
    const auto folder = sysfsRoot / "devices/system/cpu/cpufreq";
    bool any = false;
    const auto policies = numberedEntries(folder, "policy");
    for (const auto &policy : policies) {
        const std::string number = policy.filename().string().substr(std::string_view("policy").size());
        const std::string name = "cpu" + cpuRange(readLabel(policy / "related_cpus"), number) + " clock";
        probeValueFile(probed, name, "Hz", policy / "scaling_cur_freq", {1e3, {}, false});
        any = any || probed.counters.back().available;
    }
    if (policies.empty())
        probed.addUnavailable("cpu clock", "Hz", folder.string(), folder.string() + " has no policy" + std::string(kNotPublished) + "clocks");
    return any;
}

void probeTemperatures(ProbedCounters &probed, const std::filesystem::path &sysfsRoot)
{
    const auto zones = sysfsRoot / "class/thermal";
    const auto sensors = sysfsRoot / "class/hwmon";
    const std::size_t before = probed.counters.size();
    std::set<std::string> names;
    bool processorSeen = false;
    for (const auto &zone : numberedEntries(zones, "thermal_zone")) {
        const std::string type = readLabel(zone / "type");
        if (!isTemperatureZone(type))
            continue;
        const std::string name = uniqueName(names, "temperature " + (type.empty() ? zone.filename().string() : type), zone);
        probeValueFile(probed, name, "degC", zone / "temp", {temperatureScale(zone / "temp"), {}, true});
        processorSeen = processorSeen || (isProcessorZone(type) && probed.counters.back().available);
    }
    if (!processorSeen)
        probeHwmon(probed, sensors, names);
    if (probed.counters.size() == before)
        probed.addUnavailable("temperature", "degC", zones.string(),
                              zones.string() + " has no thermal zone and " + sensors.string() + " no processor sensor" + std::string(kNotPublished) +
                                  "temperatures");
}

void probeGpu(ProbedCounters &probed, const std::filesystem::path &sysfsRoot)
{
    const auto adreno = sysfsRoot / "class/kgsl/kgsl-3d0";
    const auto generic = sysfsRoot / "kernel/gpu";
    const auto intel = sysfsRoot / "class/drm/card0/gt_cur_freq_mhz";
    if (isThere(adreno / "gpuclk")) {
        probeValueFile(probed, "gpu clock", "Hz", adreno / "gpuclk", {});
        probeValueFile(probed, "gpu utilisation", "%", adreno / "gpu_busy_percentage", {1, " %", false});
    } else if (isThere(generic / "gpu_clock")) {
        probeValueFile(probed, "gpu clock", "Hz", generic / "gpu_clock", {1e6, {}, false});
        probeValueFile(probed, "gpu utilisation", "%", generic / "gpu_busy", {1, " %", false});
    } else if (isThere(intel)) {
        probeValueFile(probed, "gpu clock", "Hz", intel, {1e6, {}, false});
    } else {
        probed.addUnavailable("gpu clock", "Hz", adreno.string(),
                              "none of " + (adreno / "gpuclk").string() + ", " + (generic / "gpu_clock").string() + " and " + intel.string() +
                                  " is there: no GPU, or its driver publishes no clock");
    }
}

void probeDevfreq(ProbedCounters &probed, const std::filesystem::path &sysfsRoot)
{
    const std::size_t before = probed.counters.size();
    const auto folder = sysfsRoot / "class/devfreq";
    for (const auto &device : numberedEntries(folder, {})) {
        const std::string name = readLabel(device / "name");
        const auto raw = readNumber(device / "cur_freq");
        const double scale = raw && *raw > 0 && *raw < 1e7 ? 1e3 : 1;
        const std::string shown = name.empty() ? device.filename().string() : name;
        if (shown.find("bw") != std::string::npos)
            probed.addUnavailable(shown + " bandwidth vote", "MB/s", (device / "cur_freq").string(), "bandwidth votes have a unit that depends on the driver");
        else
            probeValueFile(probed, shown + " clock", "Hz", device / "cur_freq", {scale, {}, false});
    }
    const auto votes = sysfsRoot / "devices/system/cpu/bus_dcvs";
    for (const std::string block : {"DDR", "LLCC", "L3"}) {
        if (isThere(votes / block / "cur_freq"))
            probeValueFile(probed, block + " clock (cpu vote)", "Hz", votes / block / "cur_freq", {1e3, {}, false});
    }
    if (probed.counters.size() == before)
        probed.addUnavailable("memory clock", "Hz", folder.string(),
                              folder.string() + " has no device and " + votes.string() + " is not there" + std::string(kNotPublished) + "memory clocks");
}

void probeBattery(ProbedCounters &probed, const std::filesystem::path &sysfsRoot)
{
    const auto folder = sysfsRoot / "class/power_supply";
    for (const auto &supply : numberedEntries(folder, {})) {
        if (readLabel(supply / "type") != "Battery")
            continue;
        probeValueFile(probed, "battery current", "A", supply / "current_now", {1e-6, {}, false});
        probeValueFile(probed, "battery voltage", "V", supply / "voltage_now", {1e-6, {}, false});
        return;
    }
    probed.addUnavailable("battery current", "A", folder.string(), folder.string() + " has no battery");
}

} // namespace nordlys::runtime
