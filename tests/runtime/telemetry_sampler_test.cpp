// SPDX-License-Identifier: Apache-2.0
#include <runtime/telemetry/sampler.h>
#include <runtime/telemetry/source_file.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <unistd.h>

using namespace nordlys::runtime;
using nordlys::core::CounterInfo;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// A made-up sysfs and procfs tree. Files are replaced by a rename, so a reader never sees half of one.
class FakeTree {
public:
    FakeTree()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "nordlys_tree_XXXXXX").string();
        root = ::mkdtemp(pattern.data());
        std::filesystem::create_directories(root / "sys");
        std::filesystem::create_directories(root / "proc");
    }
    ~FakeTree() { std::filesystem::remove_all(root); }
    void write(const std::string &path, const std::string &text) const
    {
        std::filesystem::create_directories((root / path).parent_path());
        const auto temporary = root / (path + ".new");
        std::ofstream(temporary) << text;
        std::filesystem::rename(temporary, root / path);
    }
    [[nodiscard]] TelemetryOptions options() const { return {root / "sys", root / "proc", 100, 0}; }
    std::filesystem::path root;
};

struct Collected {
    std::mutex mutex;
    std::map<std::uint32_t, std::vector<double>> values;
    std::vector<std::string> log;
    std::vector<std::int64_t> times;

    void add(TelemetryTick &&tick)
    {
        const std::lock_guard lock(mutex);
        for (const auto &sample : tick.samples) {
            times.push_back(sample.tNs);
            auto &list = values[sample.counterId];
            if (list.empty() || list.back() != sample.value)
                list.push_back(sample.value);
        }
        for (const auto &line : tick.log)
            log.push_back(line.level + ": " + line.text);
    }
};

const CounterInfo &counter(const TelemetrySampler &sampler, const std::string &name)
{
    for (const CounterInfo &info : sampler.counters()) {
        if (info.name == name)
            return info;
    }
    throw std::runtime_error("no counter " + name);
}

void waitMs(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

constexpr const char *kPolicy = "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq";

} // namespace

TEST(TelemetryParse, numbersAreStrict)
{
    EXPECT_EQ(parseInteger("1800000\n"), 1800000);
    EXPECT_EQ(parseInteger(" -40000 "), -40000);
    EXPECT_EQ(parseInteger("37 %\n", " %"), 37);
    for (const char *bad : {"", "\n", "12a", "0x10", "1e5", "--1", "1 2", "1.5", "<unsupported>", "nan", "9999999999999999999999"})
        EXPECT_FALSE(parseInteger(bad)) << bad;
    EXPECT_DOUBLE_EQ(*parseDecimal("2445.430"), 2445.43);
    for (const char *bad : {".5", "1.", "1.2.3", "1,5"})
        EXPECT_FALSE(parseDecimal(bad)) << bad;
}

TEST(TelemetrySampler, seesExactlyTheScriptedValuesInOrder)
{
    const FakeTree tree;
    tree.write(kPolicy, "300000\n");
    tree.write("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n");
    tree.write("sys/class/thermal/thermal_zone0/temp", "40000\n");
    tree.write("proc/meminfo", "MemTotal: 4000 kB\nMemAvailable:   1000 kB\n");
    TelemetrySampler sampler(tree.options());
    Collected collected;
    sampler.start([&](TelemetryTick &&tick) { collected.add(std::move(tick)); });
    const std::vector<int> clocks{300000, 1800000, 2400000, 1800000, 600000};
    for (std::size_t i = 0; i < clocks.size(); ++i) {
        tree.write(kPolicy, std::to_string(clocks[i]) + "\n");
        tree.write("sys/class/thermal/thermal_zone0/temp", std::to_string(40000 + 500 * i) + "\n");
        tree.write("proc/meminfo", "MemTotal: 4000 kB\nMemAvailable:   " + std::to_string(1000 + i) + " kB\n");
        waitMs(80);
    }
    sampler.stop();
    EXPECT_THAT(collected.values[counter(sampler, "cpu0 clock").id], ElementsAre(3e8, 1.8e9, 2.4e9, 1.8e9, 6e8));
    EXPECT_THAT(collected.values[counter(sampler, "temperature x86_pkg_temp").id], ElementsAre(40, 40.5, 41, 41.5, 42));
    EXPECT_THAT(collected.values[counter(sampler, "memory available").id], ElementsAre(1024000, 1025024, 1026048, 1027072, 1028096));
    EXPECT_TRUE(std::is_sorted(collected.times.begin(), collected.times.end()));
    EXPECT_TRUE(collected.log.empty()) << collected.log.front();
}

// user nice system idle iowait irq softirq steal: 40 of 100 ticks busy, then 75 of 100; core 1 all idle, then all busy.
TEST(TelemetrySampler, utilisationIsTheShareOfBusyTicks)
{
    const FakeTree tree;
    tree.write("proc/stat", "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\ncpu1 50 0 50 400 0 0 0 0 0 0\nintr 5\n");
    TelemetrySampler sampler(tree.options());
    Collected collected;
    sampler.start([&](TelemetryTick &&tick) { collected.add(std::move(tick)); });
    waitMs(60);
    tree.write("proc/stat", "cpu  120 0 120 840 20 0 0 0 0 0\ncpu0 40 0 40 20 0 0 0 0 0 0\ncpu1 50 0 50 450 50 0 0 0 0 0\nintr 5\n");
    waitMs(60);
    tree.write("proc/stat", "cpu  170 5 130 860 25 2 3 5 9 9\ncpu0 45 0 40 20 0 0 0 0 0 0\ncpu1 150 0 50 450 50 0 0 0 0 0\nintr 5\n");
    waitMs(60);
    sampler.stop();
    EXPECT_THAT(collected.values[counter(sampler, "cpu utilisation").id], ElementsAre(40, 75));
    EXPECT_THAT(collected.values[counter(sampler, "cpu0 utilisation").id], ElementsAre(80)); // five more ticks are too few for a value
    EXPECT_THAT(collected.values[counter(sampler, "cpu1 utilisation").id], ElementsAre(0, 100));
}

TEST(TelemetrySampler, aFileThatGoesAwayKeepsItsSamplesAndIsLogged)
{
    const FakeTree tree;
    tree.write(kPolicy, "1000\n");
    TelemetrySampler sampler(tree.options());
    Collected collected;
    sampler.start([&](TelemetryTick &&tick) { collected.add(std::move(tick)); });
    waitMs(60);
    std::filesystem::remove(tree.root / kPolicy);
    waitMs(60);
    tree.write(kPolicy, "broken\n");
    waitMs(60);
    tree.write(kPolicy, "2000\n");
    waitMs(60);
    sampler.stop();
    EXPECT_THAT(collected.values[counter(sampler, "cpu0 clock").id], ElementsAre(1e6, 2e6));
    EXPECT_THAT(collected.log, ElementsAre(HasSubstr("warning: cpu0 clock has no samples from here on"), HasSubstr("info: cpu0 clock is back")));
    EXPECT_THAT(collected.log[0], HasSubstr("No such file"));
}

TEST(TelemetrySampler, anEmptyTreeSaysWhyForEveryCounter)
{
    const FakeTree tree;
    const TelemetrySampler sampler(tree.options());
    ASSERT_FALSE(sampler.counters().empty());
    for (const CounterInfo &info : sampler.counters()) {
        EXPECT_FALSE(info.available) << info.name;
        EXPECT_FALSE(info.why.empty()) << info.name;
    }
    EXPECT_EQ(counter(sampler, "cpu clock").why,
              (tree.root / "sys/devices/system/cpu/cpufreq").string() + " has no policy: the kernel or the virtual machine does not publish clocks");
}

TEST(TelemetrySampler, probesWhatPhonesAndBoardsPublish)
{
    const FakeTree tree;
    for (const auto &[policy, related] : std::map<std::string, std::string>{{"policy0", "0 1 2 3\n"}, {"policy4", "4 5 6\n"}, {"policy10", "10\n"}}) {
        tree.write("sys/devices/system/cpu/cpufreq/" + policy + "/scaling_cur_freq", "500000\n");
        tree.write("sys/devices/system/cpu/cpufreq/" + policy + "/related_cpus", related);
    }
    tree.write("sys/class/thermal/thermal_zone0/type", "cpu-0-0-0\n");
    tree.write("sys/class/thermal/thermal_zone0/temp", "51300\n");
    tree.write("sys/class/thermal/thermal_zone1/type", "gpuss-0\n");
    tree.write("sys/class/thermal/thermal_zone1/temp", "-40000\n");
    tree.write("sys/class/thermal/thermal_zone2/type", "pm8550-bcl-lvl0\n");
    tree.write("sys/class/thermal/thermal_zone2/temp", "0\n");
    tree.write("sys/class/thermal/thermal_zone10/type", "battery\n");
    tree.write("sys/class/thermal/thermal_zone10/temp", "31\n");
    tree.write("sys/class/kgsl/kgsl-3d0/gpuclk", "680000000\n");
    tree.write("sys/class/kgsl/kgsl-3d0/gpu_busy_percentage", "37 %\n");
    tree.write("sys/class/devfreq/soc:qcom,l3/cur_freq", "1700000\n");
    tree.write("sys/class/devfreq/soc:qcom,cpubw/cur_freq", "762\n");
    tree.write("sys/devices/system/cpu/bus_dcvs/DDR/cur_freq", "2092000\n");
    tree.write("sys/class/power_supply/usb/type", "USB\n");
    tree.write("sys/class/power_supply/battery/type", "Battery\n");
    tree.write("sys/class/power_supply/battery/current_now", "-1250000\n");
    tree.write("sys/class/power_supply/battery/voltage_now", "4100000\n");
    TelemetrySampler sampler(tree.options());
    Collected collected;
    sampler.start([&](TelemetryTick &&tick) { collected.add(std::move(tick)); });
    waitMs(30);
    sampler.stop();
    std::map<std::string, double> values;
    std::vector<std::string> without;
    for (const CounterInfo &info : sampler.counters()) {
        if (const auto found = collected.values.find(info.id); found != collected.values.end())
            values[info.name] = found->second.at(0);
        else
            without.push_back(info.name);
    }
    const std::map<std::string, double> expected{{"cpu0-3 clock", 5e8}, {"cpu4-6 clock", 5e8}, {"cpu10 clock", 5e8}, {"temperature cpu-0-0-0", 51.3},
        {"temperature battery", 31}, {"gpu clock", 6.8e8}, {"gpu utilisation", 37}, {"soc:qcom,l3 clock", 1.7e9}, {"DDR clock (cpu vote)", 2.092e9},
        {"battery current", -1.25}, {"battery voltage", 4.1}};
    ASSERT_EQ(values.size(), expected.size());
    for (const auto &[name, value] : expected)
        EXPECT_NEAR(values.at(name), value, 1e-9 * std::abs(value)) << name;
    EXPECT_THAT(without, testing::Contains("temperature gpuss-0")); // powered down: there, but no sample
    EXPECT_THAT(without, testing::Not(testing::Contains("temperature pm8550-bcl-lvl0")));
}

TEST(TelemetrySampler, cpuinfoServesWhereThereIsNoPolicy)
{
    const FakeTree tree;
    tree.write("proc/cpuinfo", "processor\t: 0\ncpu MHz\t\t: 2445.430\n\nprocessor\t: 1\ncpu MHz\t\t: 1200.000\n");
    TelemetrySampler sampler(tree.options());
    EXPECT_FALSE(counter(sampler, "cpu clock").available);
    Collected collected;
    sampler.start([&](TelemetryTick &&tick) { collected.add(std::move(tick)); });
    waitMs(30);
    sampler.stop();
    EXPECT_THAT(collected.values[counter(sampler, "cpu0 clock (cpuinfo)").id], ElementsAre(testing::DoubleNear(2.44543e9, 1)));
    EXPECT_THAT(collected.values[counter(sampler, "cpu1 clock (cpuinfo)").id], ElementsAre(testing::DoubleNear(1.2e9, 1)));
}

TEST(TelemetrySampler, thisMachineHasUtilisationAndMemoryAtLittleCost)
{
    if (!std::filesystem::exists("/proc/stat"))
        GTEST_SKIP() << "needs /proc";
    TelemetrySampler sampler({"/sys", "/proc", 100, monotonicNowNs()});
    Collected collected;
    sampler.start([&](TelemetryTick &&tick) { collected.add(std::move(tick)); });
    waitMs(500);
    sampler.stop();
    const auto &busy = collected.values[counter(sampler, "cpu utilisation").id];
    EXPECT_FALSE(busy.empty());
    for (const double value : busy)
        EXPECT_TRUE(value >= 0 && value <= 100) << value;
    ASSERT_FALSE(collected.values[counter(sampler, "memory of the runner").id].empty());
    EXPECT_GT(collected.values[counter(sampler, "memory of the runner").id].at(0), 1e6);
    const auto cost = sampler.cost();
    EXPECT_GT(cost.ticks, 20U);
    std::printf("%.1f us of processor time a tick, %zu counters\n", static_cast<double>(cost.cpuNs) / 1e3 / static_cast<double>(cost.ticks), sampler.counters().size());
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LT(cost.cpuNs / static_cast<std::int64_t>(cost.ticks), 1'000'000); // 10 % of a core at 100 Hz would disturb what is measured
#endif
}
