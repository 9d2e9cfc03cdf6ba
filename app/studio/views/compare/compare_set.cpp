// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare_set.h"

#include <studio/look/number_format.h>

#include <QLocale>

#include <algorithm>

namespace nordlys::studio {

CompareSet::CompareSet(Workspace &workspace, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_job(tr("Comparing runs"), nullptr)
{
    connect(&m_workspace, &Workspace::runsChanged, this, &CompareSet::update);
    connect(&m_workspace, &Workspace::baselineChanged, this, &CompareSet::update);
    update();
}

const RunRecord *CompareSet::candidate() const
{
    const auto &runs = m_workspace.runs();
    const auto isThere = [&runs](const RunRecord *run) {
        return std::ranges::any_of(runs, [run](const auto &entry) { return entry.get() == run; });
    };
    if (m_chosen && m_chosen != baseline() && isThere(m_chosen))
        return m_chosen;
    if (m_workspace.run() && m_workspace.run() != baseline())
        return m_workspace.run();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (run->get() != baseline())
            return run->get();
    }
    return nullptr;
}

void CompareSet::setCandidate(const RunRecord *run)
{
    m_chosen = run;
    if (candidate() != m_lastCandidate) {
        m_lastCandidate = candidate();
        Q_EMIT candidateChanged();
    }
}

const core::RunComparison *CompareSet::comparisonOf(const RunRecord *run) const
{
    const auto found = m_entries.find(run);
    return found == m_entries.end() || run == baseline() ? nullptr : found->second.comparison.get();
}

std::pair<double, double> CompareSet::scale() const
{
    double low = 0, high = 0;
    for (const auto &[run, entry] : m_entries) {
        const core::MedianChange &change = entry.comparison->total;
        if (!change.hasDelta)
            continue;
        low = std::min({low, change.deltaPercent, change.hasInterval ? change.lowPercent : 0});
        high = std::max({high, change.deltaPercent, change.hasInterval ? change.highPercent : 0});
    }
    constexpr double kLeast = 5; // noise is not blown up to the width of the card
    const double room = 0.08 * std::max(high - low, kLeast);
    return {std::min(low, -kLeast / 2) - room, std::max(high, kLeast / 2) + room};
}

void CompareSet::update()
{
    const auto &runs = m_workspace.runs();
    const RunRecord *base = baseline();
    const std::size_t baseCount = base ? base->profile.inferenceCount() : 0;
    const bool otherBase = base != m_lastBaseline || baseCount != m_baselineInferences;
    if (otherBase)
        m_entries.clear();
    m_lastBaseline = base;
    m_baselineInferences = baseCount;
    std::erase_if(m_entries, [&runs](const auto &entry) {
        const auto found = std::ranges::find(runs, entry.first, [](const auto &run) { return run.get(); });
        return found == runs.end() || (*found)->profile.inferenceCount() != entry.second.inferences;
    });

    struct Work {
        std::shared_ptr<const RunRecord> run;
        std::vector<std::shared_ptr<const RunRecord>> repeats;
    };
    std::shared_ptr<const RunRecord> first;
    std::vector<Work> work;
    for (const auto &run : runs) {
        if (run.get() == base)
            first = run;
    }
    for (const auto &run : runs) {
        if (!first || first->live || run->live || run.get() == base || m_entries.contains(run.get()))
            continue;
        Work item{run, {}};
        for (const auto &other : runs) {
            const std::string &hash = other->profile.start.artifactSha256;
            if (other != run && other.get() != base && !other->live && !hash.empty() && hash == first->profile.start.artifactSha256 &&
                hash != run->profile.start.artifactSha256)
                item.repeats.push_back(other);
        }
        work.push_back(std::move(item));
    }
    if (work.empty()) {
        m_job.drop();
    } else {
        m_job.start(
            [first, work = std::move(work)](const core::JobContext &job) {
                std::vector<std::pair<const RunRecord *, Entry>> made;
                for (const Work &item : work) {
                    job.report(made.size(), work.size(), "runs");
                    core::CompareOptions options;
                    for (const auto &repeat : item.repeats)
                        options.repeatsOfA.push_back(&repeat->profile);
                    auto comparison = core::compareRuns(first->profile, item.run->profile, options, {job.stop, {}});
                    if (!comparison)
                        break; // stopped
                    made.emplace_back(item.run.get(), Entry{item.run->profile.inferenceCount(),
                                                            std::make_shared<const core::RunComparison>(std::move(*comparison))});
                }
                return made;
            },
            [this](std::vector<std::pair<const RunRecord *, Entry>> made) {
                for (auto &[run, entry] : made)
                    m_entries[run] = std::move(entry);
                Q_EMIT changed();
            });
    }
    Q_EMIT changed();
    if (otherBase || candidate() != m_lastCandidate) {
        m_lastCandidate = candidate();
        Q_EMIT candidateChanged();
    }
}

ChangeChip changeChip(const core::MedianChange &change, const QString &refusal)
{
    const auto chip = [](Verdict verdict, ChipKind kind) { return ChangeChip{chipText(verdict), kind, chipIcon(verdict)}; };
    if (change.a.count == 0 || change.b.count == 0)
        return {change.a.count > 0 ? CompareSet::tr("gone") : change.b.count > 0 ? CompareSet::tr("new") : CompareSet::tr("no times"),
                ChipKind::Neutral, Icon::Info};
    const quint64 fewer = std::min(change.a.count, change.b.count);
    if (fewer < core::kSamplesForVerdict)
        return {CompareSet::tr("n=%1, need %2").arg(fewer).arg(core::kSamplesForVerdict), ChipKind::Neutral, Icon::Info};
    if (!refusal.isEmpty())
        return {CompareSet::tr("no verdict"), ChipKind::Neutral, Icon::Info};
    switch (change.verdict) {
    case core::ChangeVerdict::Faster: return chip(Verdict::Faster, ChipKind::Ok);
    case core::ChangeVerdict::Slower: return chip(Verdict::Slower, ChipKind::Warn);
    case core::ChangeVerdict::Same: return chip(Verdict::Same, ChipKind::Neutral);
    case core::ChangeVerdict::Unknown: break;
    }
    return {chipText(Verdict::NotClear), ChipKind::Neutral, Icon::Info};
}

QString changeText(const core::MedianChange &change)
{
    return change.hasDelta ? withUnit(formatSigned(change.deltaPercent, 1), QStringLiteral("%")) : QStringLiteral("–");
}

QString changeIntervalText(const core::MedianChange &change)
{
    if (!change.hasInterval)
        return {};
    // A comma that is the decimal sign cannot divide the ends as well.
    const QString divider = QLocale().decimalPoint() == QLatin1String(",") ? QStringLiteral("; ") : QStringLiteral(", ");
    return QLatin1Char('[') + formatSigned(change.lowPercent, 1) + divider + formatSigned(change.highPercent, 1) + QLatin1Char(']');
}

} // namespace nordlys::studio
