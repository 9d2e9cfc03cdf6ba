// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <studio/jobs/job.h>

#include <span>
#include <utility>

namespace nordlys::studio {

/// Statistics of the shown run over the workspace's range, computed on a thread; a newer range cancels an older computation. Until
/// new numbers are there the former ones stay. GUI thread only.
class RangeStatistics : public QObject {
    Q_OBJECT

public:
    explicit RangeStatistics(Workspace &workspace, QObject *parent = nullptr);

    /// Of the whole run while there is no range; null without a run, and until the first numbers of a range are there.
    [[nodiscard]] const core::RunSummary *summary() const;
    /// The range that summary() is of; none: the whole run.
    [[nodiscard]] std::optional<TimeRange> range() const { return m_summary ? std::optional(m_range) : std::nullopt; }
    /// False while numbers are on their way.
    [[nodiscard]] bool isCurrent() const { return !m_job.isRunning(); }

Q_SIGNALS:
    void changed();

private:
    void update();

    Workspace &m_workspace;
    Job<std::optional<core::RunSummary>> m_job;
    std::optional<core::RunSummary> m_summary; ///< of m_range
    TimeRange m_range;
    // What was asked for last: nothing new, nothing to do.
    const RunRecord *m_askedRun = nullptr;
    std::optional<TimeRange> m_askedRange;
    std::size_t m_askedInferences = 0;
};

/// Indices [first, last) of the inferences that start inside the range, both ends included. `startsNs` ascends.
std::pair<std::size_t, std::size_t> inferencesIn(std::span<const std::int64_t> startsNs, const TimeRange &range);
/// Copy of what lies in the range: inferences that start inside and counter samples taken inside.
core::RunProfile sliceOf(const core::RunProfile &profile, const TimeRange &range);

} // namespace nordlys::studio
