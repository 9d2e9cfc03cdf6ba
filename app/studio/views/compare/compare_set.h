// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/jobs/job.h>
#include <studio/widgets/chip.h>
#include <studio/workspace/workspace.h>

#include <core/profile/compare_runs.h>

#include <map>
#include <memory>

namespace nordlys::studio {

/// The comparisons of every run with the baseline, computed on a thread and kept until a run or the baseline changes. Also knows which
/// candidate the view looks at.
class CompareSet : public QObject {
    Q_OBJECT

public:
    explicit CompareSet(Workspace &workspace, QObject *parent = nullptr);

    [[nodiscard]] const RunRecord *baseline() const { return m_workspace.baseline(); }
    /// The run that is looked at against the baseline: the chosen one, else the shown or newest run that is not the baseline; null with
    /// fewer than two runs.
    [[nodiscard]] const RunRecord *candidate() const;
    void setCandidate(const RunRecord *run);
    /// Null: not known (yet): it is the baseline, it still runs, or the computation is under way.
    [[nodiscard]] const core::RunComparison *comparisonOf(const RunRecord *run) const;
    [[nodiscard]] bool isComputing() const { return m_job.isRunning(); }
    [[nodiscard]] JobBase &job() { return m_job; }
    /// Interval of the totals' changes that all cards share: from the lowest to the highest, zero inside.
    [[nodiscard]] std::pair<double, double> scale() const;

Q_SIGNALS:
    void changed();          ///< comparisons came or went
    void candidateChanged(); ///< another run is looked at

private:
    struct Entry {
        std::size_t inferences = 0;
        std::shared_ptr<const core::RunComparison> comparison;
    };
    void update();

    Workspace &m_workspace;
    const RunRecord *m_chosen = nullptr, *m_lastCandidate = nullptr, *m_lastBaseline = nullptr;
    std::size_t m_baselineInferences = 0;
    std::map<const RunRecord *, Entry> m_entries;
    Job<std::vector<std::pair<const RunRecord *, Entry>>> m_job;
};

/// Chip of a change: word, kind, icon. Too few samples say how many are needed.
struct ChangeChip {
    QString text;
    ChipKind kind = ChipKind::Neutral;
    Icon icon = Icon::Info;
};
ChangeChip changeChip(const core::MedianChange &change, const QString &refusal);
/// "−30.7 %", and where there is none why: "–".
QString changeText(const core::MedianChange &change);
QString changeIntervalText(const core::MedianChange &change);

} // namespace nordlys::studio
