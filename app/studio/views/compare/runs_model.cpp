// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_model.h"

#include <studio/models/run_verdict.h>
#include <studio/widgets/cell_roles.h>
#include <studio/workspace/text.h>

#include <QDateTime>
#include <QDir>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::studio {
namespace {

std::int64_t rounded(double ns) { return std::llround(ns); }

} // namespace

RunsModel::RunsModel(Workspace &workspace, CompareSet &set, QObject *parent)
    : QAbstractTableModel(parent), m_workspace(workspace), m_set(set)
{
    connect(&m_workspace, &Workspace::runsChanged, this, &RunsModel::refresh);
    connect(&m_workspace, &Workspace::baselineChanged, this, &RunsModel::refresh);
    connect(&m_set, &CompareSet::changed, this, &RunsModel::refresh);
    connect(&m_set, &CompareSet::candidateChanged, this, &RunsModel::refresh);
    refresh();
}

void RunsModel::refresh()
{
    std::vector<const RunRecord *> now;
    for (const auto &run : m_workspace.runs())
        now.push_back(run.get());
    std::vector<std::int64_t> medians;
    for (const RunRecord *run : now) {
        if (run->summary.latency.count > 0)
            medians.push_back(rounded(run->summary.latency.p50Ns));
    }
    m_unit = timeUnitForColumn(medians);
    if (now != m_shown) {
        beginResetModel();
        m_shown = std::move(now);
        endResetModel();
    } else if (!m_shown.empty()) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

const RunRecord *RunsModel::runAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_shown[static_cast<std::size_t>(row)] : nullptr;
}

int RunsModel::rowOf(const RunRecord *run) const
{
    const auto found = std::ranges::find(m_shown, run);
    return found == m_shown.end() ? -1 : static_cast<int>(found - m_shown.begin());
}

int RunsModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_shown.size()); }

int RunsModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool right = section >= Count && section <= Change;
        return QVariant::fromValue(Qt::Alignment((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    const bool tip = role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !tip)
        return {};
    const QString unit = QLatin1Char(' ') + timeUnitName(m_unit);
    switch (section) {
    case Name: return tip ? tr("Name; double click or F2 changes it") : tr("Run");
    case Role: return tip ? tr("Baseline, candidate, or shown in the other views") : tr("Role");
    case Device: return tip ? tr("Device that it ran on") : tr("Device");
    case Condition: return tip ? tr("What it was measured under") : tr("Condition");
    case Count: return tip ? tr("Inferences") : tr("n");
    case P50: return tip ? tr("Median latency") : tr("p50") + unit;
    case Interval: return tip ? tr("Half of the 95 % interval of the median") : QStringLiteral("±");
    case P95: return tip ? tr("95 % of the inferences are not slower") : tr("p95") + unit;
    case Change: return tip ? tr("Change of the median against the baseline") : tr("Change");
    case ChangeVerdict: return tip ? tr("A change inside the noise floor is called the same") : tr("Against baseline");
    case RunVerdict: return tip ? tr("Whether the run's own numbers can be relied on") : tr("Verdict");
    case Recorded: return tip ? tr("When it was recorded, by the device's clock") : tr("Recorded");
    case File: return tip ? tr("The recording on disk") : tr("File");
    default: return {};
    }
}

QString RunsModel::roleText(const RunRecord &run) const
{
    QStringList roles;
    if (&run == m_workspace.baseline())
        roles << tr("baseline");
    if (&run == m_set.candidate())
        roles << tr("candidate");
    if (&run == m_workspace.run())
        roles << tr("shown");
    return roles.join(QStringLiteral(", "));
}

QVariant RunsModel::display(const RunRecord &run, int column) const
{
    const QString dash = QStringLiteral("–");
    const core::DurationSummary &latency = run.summary.latency;
    const bool measured = latency.count > 0;
    const core::RunComparison *comparison = m_set.comparisonOf(&run);
    switch (column) {
    case Name: return run.name;
    case Role: return roleText(run);
    case Device: return run.device.isEmpty() ? dash : run.device;
    case Condition: return run.condition();
    case Count: return formatCount(static_cast<qint64>(run.live ? run.profile.inferenceCount() : latency.count));
    case P50:
        return measured ? formatNumber(latency.p50Ns / nsPer(m_unit),
                                       durationDecimals(rounded(latency.p50Ns), m_unit,
                                                        latency.p50HalfIntervalNs > 0 ? std::optional(rounded(latency.p50HalfIntervalNs))
                                                                                      : std::nullopt))
                        : dash;
    case Interval:
        return latency.p50HalfIntervalNs > 0
                   ? QStringLiteral("±") + formatNumber(latency.p50HalfIntervalNs / nsPer(m_unit),
                                                        durationDecimals(rounded(latency.p50Ns), m_unit, rounded(latency.p50HalfIntervalNs)))
                   : dash;
    case P95: return measured ? formatDurationValue(rounded(latency.p95Ns), m_unit) : dash;
    case Change: return comparison ? changeText(comparison->total) : dash;
    case ChangeVerdict:
        if (&run == m_workspace.baseline())
            return tr("baseline");
        return comparison ? changeChip(comparison->total, toQString(comparison->refusal)).text : QString();
    case RunVerdict: return run.live ? tr("running") : chipText(verdictOf(run.summary.verdict));
    case Recorded: {
        const std::int64_t wallMs = run.profile.hello.wallClockNs / 1'000'000;
        return wallMs > 0 ? QLocale().toString(QDateTime::fromMSecsSinceEpoch(wallMs), QLocale::ShortFormat) : dash;
    }
    case File: return run.recording.empty() ? dash : QDir::toNativeSeparators(toQString(run.recording));
    default: return {};
    }
}

QVariant RunsModel::number(const RunRecord &run, int column) const
{
    const double missing = std::numeric_limits<double>::quiet_NaN();
    const core::DurationSummary &latency = run.summary.latency;
    const core::RunComparison *comparison = m_set.comparisonOf(&run);
    switch (column) {
    case Count: return static_cast<double>(run.live ? run.profile.inferenceCount() : latency.count);
    case P50: return latency.count > 0 ? latency.p50Ns : missing;
    case Interval: return latency.p50HalfIntervalNs > 0 ? latency.p50HalfIntervalNs : missing;
    case P95: return latency.count > 0 ? latency.p95Ns : missing;
    case Change: return comparison && comparison->total.hasDelta ? comparison->total.deltaPercent : missing;
    case Recorded: return static_cast<double>(run.profile.hello.wallClockNs);
    default: return {};
    }
}

QVariant RunsModel::data(const QModelIndex &index, int role) const
{
    const RunRecord *run = index.isValid() && index.column() < ColumnCount ? runAt(index.row()) : nullptr;
    if (!run)
        return {};
    const int column = index.column();
    const core::RunComparison *comparison = m_set.comparisonOf(run);
    switch (role) {
    case Qt::DisplayRole: return display(*run, column);
    case Qt::EditRole: return column == Name ? QVariant(run->name) : QVariant();
    case NumberRole: return number(*run, column);
    case CopyRole:
        if (column == P50 || column == P95 || column == Interval) {
            const QVariant value = number(*run, column);
            return std::isnan(value.toDouble()) ? QString() : plainDuration(rounded(value.toDouble()), m_unit);
        }
        return column == Recorded ? display(*run, column) : QVariant();
    case CellKindRole:
        switch (column) {
        case Count:
        case P50:
        case Interval:
        case P95:
        case Change: return static_cast<int>(CellKind::Number);
        case ChangeVerdict:
        case RunVerdict: return static_cast<int>(CellKind::Chip);
        case File: return static_cast<int>(CellKind::Mono);
        default: return static_cast<int>(CellKind::Text);
        }
    case IconRole: return column == Name && run == m_workspace.baseline() ? QVariant(static_cast<int>(Icon::Pin)) : QVariant();
    case BoldRole: return column == Name && run == m_workspace.run() ? QVariant(true) : QVariant();
    case ChipRole:
        if (column == RunVerdict)
            return static_cast<int>(run->live ? ChipKind::Neutral : chipKind(verdictOf(run->summary.verdict)));
        if (column == ChangeVerdict && comparison)
            return static_cast<int>(changeChip(comparison->total, toQString(comparison->refusal)).kind);
        return {};
    case ChipIconRole:
        if (column == RunVerdict)
            return static_cast<int>(run->live ? Icon::Record : chipIcon(verdictOf(run->summary.verdict)));
        if (column == ChangeVerdict)
            return static_cast<int>(comparison ? changeChip(comparison->total, toQString(comparison->refusal)).icon : Icon::Pin);
        return {};
    case InkRole:
        if (column == Interval || column == File || column == Recorded)
            return static_cast<int>(CellInk::Note);
        if ((column == P50 || column == P95) && run->summary.latency.count < core::kSamplesForVerdict)
            return static_cast<int>(CellInk::Note);
        return column == Device || column == Condition || column == Role ? QVariant(static_cast<int>(CellInk::Label)) : QVariant();
    case Qt::ToolTipRole:
        if (column == ChangeVerdict && comparison)
            return toQString(comparison->refusal.empty() ? comparison->total.reason : comparison->refusal);
        if (column == RunVerdict) {
            QStringList reasons;
            for (const std::string &reason : run->summary.verdict.reasons)
                reasons << toQString(reason);
            return reasons.join(QLatin1Char('\n'));
        }
        return column == Name ? QVariant(run->name) : QVariant();
    default: return {};
    }
}

Qt::ItemFlags RunsModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (index.isValid() && index.column() == Name)
        flags |= Qt::ItemIsEditable;
    return flags;
}

bool RunsModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    const RunRecord *run = index.isValid() && index.column() == Name && role == Qt::EditRole ? runAt(index.row()) : nullptr;
    return run && m_workspace.renameRun(run, value.toString());
}

} // namespace nordlys::studio
