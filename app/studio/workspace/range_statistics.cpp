// SPDX-License-Identifier: GPL-3.0-or-later
#include "range_statistics.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nordlys::studio {

std::pair<std::size_t, std::size_t> inferencesIn(std::span<const std::int64_t> startsNs, const TimeRange &range)
{
    const auto first = std::ranges::lower_bound(startsNs, range.fromNs) - startsNs.begin();
    const auto last = std::ranges::upper_bound(startsNs, range.toNs) - startsNs.begin();
    return {static_cast<std::size_t>(first), static_cast<std::size_t>(std::max(first, last))};
}

core::RunProfile sliceOf(const core::RunProfile &profile, const TimeRange &range)
{
    core::RunProfile part;
    part.hello = profile.hello;
    part.start = profile.start;
    part.status = profile.status;
    part.reason = profile.reason;
    const auto [first, last] = inferencesIn(profile.inferenceStartNs, range);
    const auto copy = [](const std::vector<std::int64_t> &from, std::vector<std::int64_t> &to, std::size_t begin, std::size_t end) {
        if (end <= from.size())
            to.assign(from.begin() + static_cast<std::ptrdiff_t>(begin), from.begin() + static_cast<std::ptrdiff_t>(end));
    };
    const std::size_t layers = profile.layerCount();
    copy(profile.inferenceStartNs, part.inferenceStartNs, first, last);
    copy(profile.inferenceDurationNs, part.inferenceDurationNs, first, last);
    copy(profile.layerOffsetNs, part.layerOffsetNs, first * layers, last * layers);
    copy(profile.layerDurationNs, part.layerDurationNs, first * layers, last * layers);
    std::ranges::copy_if(profile.counterSamples, std::back_inserter(part.counterSamples), [&range](const core::CounterSample &sample) {
        return sample.tNs >= range.fromNs && sample.tNs <= range.toNs;
    });
    return part;
}

RangeStatistics::RangeStatistics(Workspace &workspace, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_job(tr("Statistics of the range"), nullptr)
{
    connect(&m_workspace, &Workspace::rangeChanged, this, &RangeStatistics::update);
    connect(&m_workspace, &Workspace::runsChanged, this, &RangeStatistics::update);
    update();
}

const core::RunSummary *RangeStatistics::summary() const
{
    if (m_summary)
        return &*m_summary;
    const RunRecord *run = m_workspace.run();
    return run && !m_workspace.range() ? &run->summary : nullptr;
}

void RangeStatistics::update()
{
    const RunRecord *run = m_workspace.run();
    const std::optional<TimeRange> range = run ? m_workspace.range() : std::nullopt;
    const bool otherRun = run != m_askedRun;
    const std::size_t inferences =
        run && range ? inferencesIn(run->profile.inferenceStartNs, *range).second : (run ? run->profile.inferenceCount() : 0);
    const bool same = !otherRun && range == m_askedRange && inferences == m_askedInferences;
    m_askedRun = run;
    m_askedRange = range;
    m_askedInferences = inferences;
    if (otherRun || !range) {
        m_summary.reset();
        m_job.drop();
        Q_EMIT changed();
    }
    if (!range || same)
        return;
    // A live run grows while the thread would read it: it gets its part as a copy.
    const auto owner = std::ranges::find(m_workspace.runs(), run, [](const auto &entry) { return entry.get(); });
    std::shared_ptr<const core::RunProfile> profile;
    if (run->live)
        profile = std::make_shared<const core::RunProfile>(sliceOf(run->profile, *range));
    else if (owner != m_workspace.runs().end())
        profile = std::shared_ptr<const core::RunProfile>(*owner, &(*owner)->profile);
    else
        return;
    m_job.start(
        [profile, range = *range](const core::JobContext &job) -> std::optional<core::RunSummary> {
            core::RunSummary summary = core::summarize(*profile, range.fromNs, range.toNs, job.stop);
            if (job.stopRequested())
                return std::nullopt;
            return summary;
        },
        [this, range = *range](std::optional<core::RunSummary> summary) {
            if (!summary)
                return;
            m_summary = std::move(summary);
            m_range = range;
            Q_EMIT changed();
        });
}

} // namespace nordlys::studio
