// SPDX-License-Identifier: Apache-2.0
#include "runner_stream.h"

#include <core/profile/device_identity.h>

#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace nordlys::runtime {

namespace {

constexpr std::size_t kMaxQueuedBytes = std::size_t(32) << 20;

std::int64_t wallClockNs()
{
    struct timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return std::int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// VmHWM, not getrusage: a spawned program inherits the peak of the one that spawned it there.
std::uint64_t peakRssBytes()
{
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        std::uint64_t kib = 0;
        if (word == "VmHWM:" && status >> kib)
            return kib * 1024;
    }
    struct rusage usage{};
    return ::getrusage(RUSAGE_SELF, &usage) == 0 ? static_cast<std::uint64_t>(usage.ru_maxrss) * 1024 : 0;
}

} // namespace

RunnerStream::RunnerStream(const RunnerOptions &options, StopWatcher &stop) : m_originNs(monotonicNowNs())
{
    m_sampler = std::make_unique<TelemetrySampler>(TelemetryOptions{options.sysfsRoot, options.procfsRoot, options.sampleRateHz, m_originNs});
    m_writer = std::make_unique<StreamWriter>(STDOUT_FILENO, kMaxQueuedBytes, [&stop] { stop.requestStop(); });
    m_writer->push(hello(options));
    if (options.sampleRateHz == 0 || options.profiling == Profiling::Off)
        m_sampler.reset();
}

core::DeviceHello RunnerStream::hello(const RunnerOptions &options) const
{
    const auto identity = core::readDeviceIdentity();
    core::DeviceHello hello;
    hello.runnerVersion = NORDLYS_VERSION;
    hello.deviceModel = identity.model;
    hello.soc = identity.soc;
    hello.os = identity.os;
    hello.cpuCount = identity.cpuCount;
    hello.clockOriginNs = m_originNs;
    hello.wallClockNs = wallClockNs() - nowNs();
    hello.counters = m_sampler->counters();
    for (core::CounterInfo &counter : hello.counters) {
        if (!counter.available)
            continue;
        if (options.profiling == Profiling::Off)
            counter.why = "profiling is off";
        else if (options.sampleRateHz == 0)
            counter.why = "the sample rate is 0";
        counter.available = counter.why.empty();
    }
    return hello;
}

void RunnerStream::startTelemetry()
{
    if (!m_sampler)
        return;
    m_sampler->start([this](TelemetryTick &&tick) {
        for (core::LogLine &line : tick.log)
            m_writer->push(std::move(line));
        if (!tick.samples.empty())
            m_writer->push(std::move(tick.samples));
    });
}

void RunnerStream::log(std::string level, std::string text)
{
    m_writer->push(core::LogLine{nowNs(), std::move(level), std::move(text)});
}

core::Expected<void> RunnerStream::finish(core::RunStatus status, std::string reason, std::uint64_t inferences)
{
    if (m_sampler) {
        m_sampler->stop();
        const auto cost = m_sampler->cost();
        if (cost.ticks > 0)
            log("info", fmt::format("telemetry: {} ticks, {} missed, {:.1f} us of processor time each", cost.ticks, cost.missedTicks,
                                    static_cast<double>(cost.cpuNs) / 1e3 / static_cast<double>(cost.ticks)));
    }
    m_writer->push(core::RunEnd{status, std::move(reason), inferences, nowNs(), peakRssBytes()});
    m_writer->finish();
    if (m_writer->failure())
        return *m_writer->failure();
    return {};
}

} // namespace nordlys::runtime
