// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/profile/run_profile.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nordlys::runtime {

/// What one tick of the sampler brings.
struct TelemetryTick {
    std::vector<core::CounterSample> samples;
    std::vector<core::LogLine> log;
};

/// One file, or a few that belong together, and the counters they feed. Used by one thread.
class CounterSource {
public:
    virtual ~CounterSource() = default;
    /// Appends samples with time `tNs`, and a log line when the source stops or starts to answer. Never fails: no sample is the value of "not now".
    virtual void sample(std::int64_t tNs, TelemetryTick &tick) = 0;

protected:
    /// Logs the change between answering and not, once each.
    void reportState(bool good, std::string_view what, const std::string &why, std::int64_t tNs, TelemetryTick &tick)
    {
        if (good == m_good)
            return;
        m_good = good;
        tick.log.push_back({tNs, good ? "info" : "warning", good ? std::string(what) + " is back" : std::string(what) + " has no samples from here on: " + why});
    }

private:
    bool m_good = true;
};

/// Counters being collected while a tree is probed. Ids count from 1 in order.
struct ProbedCounters {
    std::vector<core::CounterInfo> counters;
    std::vector<std::unique_ptr<CounterSource>> sources;

    std::uint32_t addAvailable(std::string name, std::string unit, std::string sourcePath)
    {
        const auto id = static_cast<std::uint32_t>(counters.size() + 1);
        counters.push_back({id, std::move(name), std::move(unit), true, {}, std::move(sourcePath)});
        return id;
    }
    void addUnavailable(std::string name, std::string unit, std::string sourcePath, std::string why)
    {
        const auto id = static_cast<std::uint32_t>(counters.size() + 1);
        counters.push_back({id, std::move(name), std::move(unit), false, std::move(why), std::move(sourcePath)});
    }
};

} // namespace nordlys::runtime
