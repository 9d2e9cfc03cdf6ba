// SPDX-License-Identifier: Apache-2.0
#include "sampler.h"

#include "procfs_sources.h"
#include "sysfs_sources.h"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace nordlys::runtime {

namespace {

std::int64_t nowNs(clockid_t clock)
{
    struct timespec time{};
    ::clock_gettime(clock, &time);
    return std::int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

} // namespace

std::int64_t monotonicNowNs()
{
    return nowNs(CLOCK_MONOTONIC);
}

TelemetrySampler::TelemetrySampler(TelemetryOptions options) : m_options(std::move(options))
{
    m_options.sampleRateHz = std::clamp(m_options.sampleRateHz, 1.0, 100.0);
    if (!probeCpuClocks(m_probed, m_options.sysfsRoot))
        probeCpuinfoClock(m_probed, m_options.procfsRoot);
    probeUtilisation(m_probed, m_options.procfsRoot);
    probeTemperatures(m_probed, m_options.sysfsRoot);
    probeMemory(m_probed, m_options.procfsRoot);
    probeGpu(m_probed, m_options.sysfsRoot);
    probeDevfreq(m_probed, m_options.sysfsRoot);
    probeBattery(m_probed, m_options.sysfsRoot);
}

TelemetrySampler::~TelemetrySampler()
{
    stop();
}

void TelemetrySampler::start(TickFunction onTick)
{
    stop();
    m_stop = false;
    m_cost = {};
    m_thread = std::thread([this, tick = std::move(onTick)] { loop(tick); });
}

void TelemetrySampler::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void TelemetrySampler::loop(const TickFunction &onTick)
{
    using Clock = std::chrono::steady_clock; // CLOCK_MONOTONIC
    const auto period = std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / m_options.sampleRateHz));
    auto due = Clock::now();
    for (;;) {
        TelemetryTick tick;
        for (const auto &source : m_probed.sources)
            source->sample(std::max<std::int64_t>(0, monotonicNowNs() - m_options.clockOriginNs), tick);
        ++m_cost.ticks;
        onTick(std::move(tick));

        due += period;
        if (const auto now = Clock::now(); due < now) {
            const auto missed = (now - due) / period + 1;
            m_cost.missedTicks += static_cast<std::uint64_t>(missed);
            due += missed * period;
        }
        std::unique_lock lock(m_mutex);
        if (m_wake.wait_until(lock, due, [&] { return m_stop; }))
            break;
    }
    m_cost.cpuNs = nowNs(CLOCK_THREAD_CPUTIME_ID);
}

} // namespace nordlys::runtime
