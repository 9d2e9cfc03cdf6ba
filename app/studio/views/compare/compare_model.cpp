// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare_model.h"

#include <studio/models/backend_cell.h>
#include <studio/widgets/cell_roles.h>
#include <studio/workspace/filter_query.h>
#include <studio/workspace/text.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::studio {
namespace {

std::int64_t rounded(double ns) { return std::llround(ns); }

// Backends of several layers, each once.
QString backendsOf(const core::RunProfile &run, const std::vector<std::size_t> &layers)
{
    QStringList names;
    for (const std::size_t layer : layers) {
        const QString name = toQString(run.start.layers[layer].backend).toUpper();
        if (!name.isEmpty() && !names.contains(name))
            names << name;
    }
    return names.join(QLatin1Char('+'));
}

} // namespace

CompareModel::CompareModel(Workspace &workspace, CompareSet &set, QObject *parent)
    : QAbstractTableModel(parent), m_workspace(workspace), m_set(set)
{
    connect(&m_set, &CompareSet::changed, this, &CompareModel::rebuild);
    connect(&m_set, &CompareSet::candidateChanged, this, &CompareModel::rebuild);
    connect(&m_workspace, &Workspace::documentChanged, this, &CompareModel::rebuild);
    rebuild();
}

void CompareModel::fillRow(Row &row, const core::LayerChange &layer, const core::RunProfile &a, const core::RunProfile &b) const
{
    row.name = toQString(layer.name);
    row.op = toQString(layer.op);
    row.backendA = backendsOf(a, layer.a);
    row.backendB = backendsOf(b, layer.b);
    row.change = layer.change;
    const auto document = m_workspace.document();
    const auto take = [&](const core::RunProfile &run, const std::vector<std::size_t> &layers) {
        for (const std::size_t index : layers) {
            for (const std::string &source : run.start.layers[index].sourceNodes) {
                const core::NodeId node = document->findNode(source);
                if (node.isValid() && row.node.isValid())
                    row.others.push_back(node);
                else if (node.isValid())
                    row.node = node;
            }
        }
    };
    if (document) {
        take(a, layer.a);
        take(b, layer.b);
    }
}

void CompareModel::rebuild()
{
    beginResetModel();
    m_rows.clear();
    m_rowOfNode.clear();
    const RunRecord *a = m_set.baseline(), *b = m_set.candidate();
    const core::RunComparison *comparison = b ? m_set.comparisonOf(b) : nullptr;
    m_nameA = a ? a->name : QString();
    m_nameB = b ? b->name : QString();
    m_refusal = comparison ? toQString(comparison->refusal) : QString();
    std::vector<std::int64_t> medians;
    std::vector<double> reaches;
    double sumA = 0, sumB = 0;
    for (std::size_t i = 0; comparison && i < comparison->layers.size(); ++i) {
        Row row;
        fillRow(row, comparison->layers[i], a->profile, b->profile);
        const int at = static_cast<int>(m_rows.size());
        if (row.node.isValid())
            m_rowOfNode.emplace(row.node, at);
        for (const core::NodeId node : row.others)
            m_rowOfNode.emplace(node, at);
        sumA += row.change.a.p50Ns;
        sumB += row.change.b.p50Ns;
        for (const core::DurationSummary *side : {&row.change.a, &row.change.b}) {
            if (side->count > 0)
                medians.push_back(rounded(side->p50Ns));
        }
        if (row.change.hasInterval)
            reaches.push_back(std::max(std::fabs(row.change.lowPercent), std::fabs(row.change.highPercent)));
        m_rows.push_back(std::move(row));
    }
    for (Row &row : m_rows) {
        const bool inA = row.change.a.count > 0;
        const double sum = inA ? sumA : sumB;
        row.share = sum > 0 ? 100 * (inA ? row.change.a.p50Ns : row.change.b.p50Ns) / sum : 0;
    }
    m_unit = timeUnitForColumn(medians);
    // A few wild layers must not press all others together: they end at the edge.
    std::ranges::sort(reaches);
    m_reach = reaches.empty() ? 10 : std::max(5.0, 1.1 * reaches[reaches.size() * 9 / 10]);
    endResetModel();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

int CompareModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

int CompareModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        if (section == Plot)
            return QVariant::fromValue(Qt::Alignment(Qt::AlignCenter)); // its zero lies in the middle
        const bool right = (section >= A && section <= Interval) || section == CountA || section == CountB;
        return QVariant::fromValue(Qt::Alignment((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    const bool tip = role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !tip)
        return {};
    const QString unit = timeUnitName(m_unit);
    // Names may be long; the header has room for little.
    const auto shortName = [](const QString &name) { return name.size() > 10 ? name.left(9) + QStringLiteral("…") : name; };
    switch (section) {
    case Name: return tip ? tr("Layer; fused layers stand together") : tr("Layer");
    case Op: return tip ? tr("Operator") : tr("Op");
    case BackendColumn: return tip ? tr("Backend in the baseline and, where it differs, in the candidate") : tr("Backend");
    case A: return tip ? tr("Median time in the baseline %1").arg(m_nameA) : QStringLiteral("%1 %2").arg(shortName(m_nameA), unit);
    case B: return tip ? tr("Median time in the candidate %1").arg(m_nameB) : QStringLiteral("%1 %2").arg(shortName(m_nameB), unit);
    case Difference: return tip ? tr("Difference of the medians; sorted by its size") : QStringLiteral("Δ %1").arg(unit);
    case Change: return tip ? tr("Change of the median in percent of the baseline") : tr("Change");
    case Interval: return tip ? tr("95 % bootstrap interval of the change") : tr("95 % interval");
    case Plot:
        return tip ? tr("Change with its interval, from −%1 % (faster) to +%1 % (slower)").arg(formatNumber(m_reach, 0))
                   : tr("faster    0    slower");
    case VerdictColumn: return tip ? tr("A change inside the noise floor is called the same") : tr("Verdict");
    case CountA: return tip ? tr("Inferences of the baseline") : tr("n %1").arg(shortName(m_nameA));
    case CountB: return tip ? tr("Inferences of the candidate") : tr("n %1").arg(shortName(m_nameB));
    default: return {};
    }
}

std::optional<double> CompareModel::differenceNs(const Row &row) const
{
    if (row.change.a.count == 0 && row.change.b.count == 0)
        return std::nullopt;
    return row.change.b.p50Ns - row.change.a.p50Ns; // a layer that one run lacks took no time there
}

QVariant CompareModel::display(const Row &row, int column) const
{
    const QString dash = QStringLiteral("–");
    const auto median = [&](const core::DurationSummary &side) {
        return side.count > 0 ? formatDurationValue(rounded(side.p50Ns), m_unit) : dash;
    };
    switch (column) {
    case Name: return row.name;
    case Op: return row.op;
    case BackendColumn:
        return row.backendA.isEmpty() || row.backendB.isEmpty() || row.backendA == row.backendB
                   ? (row.backendA.isEmpty() ? row.backendB : row.backendA)
                   : row.backendA + QStringLiteral(" → ") + row.backendB;
    case A: return median(row.change.a);
    case B: return median(row.change.b);
    case Difference: {
        const auto value = differenceNs(row);
        return value ? formatSigned(*value / nsPer(m_unit), durationDecimals(std::max(rounded(row.change.a.p50Ns), rounded(row.change.b.p50Ns)), m_unit))
                     : dash;
    }
    case Change: return changeText(row.change);
    case Interval: return changeIntervalText(row.change);
    case VerdictColumn: return changeChip(row.change, m_refusal).text;
    case CountA: return formatCount(static_cast<qint64>(row.change.a.count));
    case CountB: return formatCount(static_cast<qint64>(row.change.b.count));
    default: return {};
    }
}

QVariant CompareModel::number(const Row &row, int column) const
{
    const double missing = std::numeric_limits<double>::quiet_NaN();
    switch (column) {
    case A: return row.change.a.count > 0 ? row.change.a.p50Ns : missing;
    case B: return row.change.b.count > 0 ? row.change.b.p50Ns : missing;
    case Difference: {
        const auto value = differenceNs(row);
        return value ? std::fabs(*value) : missing;
    }
    case Change:
    case Plot: return row.change.hasDelta ? row.change.deltaPercent : missing;
    case Interval: return row.change.hasInterval ? row.change.highPercent - row.change.lowPercent : missing;
    case CountA: return static_cast<double>(row.change.a.count);
    case CountB: return static_cast<double>(row.change.b.count);
    default: return {};
    }
}

QVariant CompareModel::copyText(const Row &row, int column) const
{
    switch (column) {
    case A: return row.change.a.count > 0 ? plainDuration(rounded(row.change.a.p50Ns), m_unit) : QString();
    case B: return row.change.b.count > 0 ? plainDuration(rounded(row.change.b.p50Ns), m_unit) : QString();
    case Difference: {
        const auto value = differenceNs(row);
        return value ? plainDuration(rounded(*value), m_unit) : QString();
    }
    case Change:
    case Plot: return row.change.hasDelta ? plainNumber(row.change.deltaPercent, 3) : QString();
    case Interval:
        return row.change.hasInterval
                   ? QStringLiteral("[%1, %2]").arg(plainNumber(row.change.lowPercent, 3), plainNumber(row.change.highPercent, 3))
                   : QString();
    default: return {};
    }
}

QVariant CompareModel::interval(const Row &row) const
{
    if (!row.change.hasDelta)
        return {};
    const auto inside = [this](double value) { return std::clamp(value, -m_reach, m_reach); };
    CellInterval cell;
    cell.value = inside(row.change.deltaPercent);
    cell.low = inside(row.change.hasInterval ? row.change.lowPercent : row.change.deltaPercent);
    cell.high = inside(row.change.hasInterval ? row.change.highPercent : row.change.deltaPercent);
    cell.scaleMin = -m_reach;
    cell.scaleMax = m_reach;
    cell.neutral = row.change.verdict != core::ChangeVerdict::Faster && row.change.verdict != core::ChangeVerdict::Slower;
    return QVariant::fromValue(cell);
}

QVariant CompareModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return display(row, column);
    case NumberRole: return number(row, column);
    case CopyRole: return copyText(row, column);
    case CellKindRole:
        switch (column) {
        case Name:
        case Op:
        case BackendColumn: return static_cast<int>(CellKind::Text);
        case Plot: return static_cast<int>(CellKind::Interval);
        case VerdictColumn: return static_cast<int>(CellKind::Chip);
        default: return static_cast<int>(CellKind::Number);
        }
    case IntervalRole: return column == Plot ? interval(row) : QVariant();
    case ChipRole: return column == VerdictColumn ? QVariant(static_cast<int>(changeChip(row.change, m_refusal).kind)) : QVariant();
    case ChipIconRole: return column == VerdictColumn ? QVariant(static_cast<int>(changeChip(row.change, m_refusal).icon)) : QVariant();
    case BackendRole:
        return column == BackendColumn ? QVariant(static_cast<int>(backendCell(row.backendA.isEmpty() ? row.backendB : row.backendA))) : QVariant();
    case InkRole:
        if (column == Op || column == BackendColumn)
            return static_cast<int>(CellInk::Label);
        if (column == Interval || column == CountA || column == CountB)
            return static_cast<int>(CellInk::Note);
        if ((column == A && row.change.a.count < core::kSamplesForVerdict) || (column == B && row.change.b.count < core::kSamplesForVerdict))
            return static_cast<int>(CellInk::Note);
        return {};
    case Qt::ToolTipRole:
        if (column == Name)
            return row.name;
        if (column == VerdictColumn || column == Plot)
            return toQString(row.change.reason);
        return {};
    default: return {};
    }
}

core::NodeId CompareModel::nodeOf(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].node : core::NodeId();
}

int CompareModel::rowOf(core::NodeId node) const
{
    const auto found = m_rowOfNode.find(node);
    return found == m_rowOfNode.end() ? -1 : found->second;
}

bool CompareModel::matches(int row, const FilterQuery &query) const
{
    const Row &entry = m_rows[static_cast<std::size_t>(row)];
    return query.matches({entry.name, entry.op, {}, entry.share});
}

int CompareModel::countOf(core::ChangeVerdict verdict) const
{
    return static_cast<int>(std::ranges::count_if(m_rows, [verdict](const Row &row) {
        return row.change.hasDelta && row.change.verdict == verdict;
    }));
}

} // namespace nordlys::studio
