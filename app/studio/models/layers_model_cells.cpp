// SPDX-License-Identifier: GPL-3.0-or-later
// What the cells and headers of the layers table say.
#include "layers_model.h"

#include "backend_cell.h"

#include <studio/look/icons.h>
#include <studio/widgets/chip.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <limits>

namespace nordlys::studio {
namespace {

constexpr quint64 kNeeded = 30;

std::int64_t rounded(double ns) { return static_cast<std::int64_t>(ns + 0.5); }

Verdict verdictOf(const core::DurationSummary &duration)
{
    switch (core::verdictOf(duration, core::RunStatus::Finished).level) {
    case core::VerdictLevel::TooFew: return Verdict::TooFew;
    case core::VerdictLevel::Noisy: return Verdict::Noisy;
    default: return Verdict::Trusted;
    }
}

QString tooFewText(quint64 count) { return LayersModel::tr("n=%1, need %2").arg(count).arg(kNeeded); }

} // namespace

bool LayersModel::isDurationColumn(int column) { return column >= P50 && column <= Maximum; }

bool LayersModel::isTimeColumn(int column)
{
    return isDurationColumn(column) || column == Count || column == VerdictColumn || column == Kernel || column == BackendColumn;
}

QString LayersModel::columnId(int column)
{
    static constexpr const char *ids[] = {"name", "op",   "backend", "n",     "p50",     "interval", "p95",  "p99",    "min",
                                          "mean", "max",  "share",   "verdict", "kernel", "macs",     "weights", "output"};
    static_assert(std::size(ids) == ColumnCount);
    return column >= 0 && column < ColumnCount ? QString::fromLatin1(ids[column]) : QString();
}

int LayersModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

int LayersModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString LayersModel::headerText(int section, bool tip) const
{
    const auto timed = [&](const QString &title) {
        return title + QLatin1Char(' ') + timeUnitName(m_units[static_cast<std::size_t>(section)]);
    };
    switch (section) {
    case Name: return tip ? tr("Layer of the built model, or operator before a run") : tr("Layer");
    case Op: return tip ? tr("Operator, with what was fused into it") : tr("Op");
    case BackendColumn: return tip ? tr("Backend that executed it") : tr("Backend");
    case Count: return tip ? tr("Inferences behind the times") : tr("n");
    case P50: return tip ? tr("Median time of one inference") : timed(tr("p50"));
    case Interval: return tip ? tr("Half of the 95 % interval of the median") : QStringLiteral("±");
    case P95: return tip ? tr("95 % of the inferences are not slower") : timed(tr("p95"));
    case P99: return tip ? tr("99 % of the inferences are not slower") : timed(tr("p99"));
    case Minimum: return tip ? tr("Fastest inference") : timed(tr("min"));
    case Mean: return tip ? tr("Mean time of one inference") : timed(tr("mean"));
    case Maximum: return tip ? tr("Slowest inference") : timed(tr("max"));
    case Share:
        if (m_hasTimes)
            return tip ? tr("Share of the sum of all layers' mean times") : tr("Share of time");
        return tip ? tr("Share of all multiplications; run the model to see times") : tr("Share of MACs");
    case VerdictColumn: return tip ? tr("Whether the times can be relied on") : tr("Verdict");
    case Kernel: return tip ? tr("Kernel that the plan chose") : tr("Kernel");
    case Macs: return tip ? tr("Multiplications with addition in one inference") : tr("MACs");
    case Parameters: return tip ? tr("Bytes of the weights that it reads") : tr("Weights");
    case Output: return tip ? tr("Shape of its first output") : tr("Output");
    default: return {};
    }
}

QVariant LayersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool numeric = section == Count || isDurationColumn(section) || section == Macs || section == Parameters;
        return QVariant::fromValue(Qt::Alignment((numeric ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    return headerText(section, role == Qt::ToolTipRole);
}

std::optional<double> LayersModel::durationAt(const Row &row, int column) const
{
    if (!row.duration)
        return std::nullopt;
    switch (column) {
    case P50: return row.duration->p50Ns;
    case Interval:
        // None is given for a handful of samples; zero would claim that it is exact.
        return row.duration->p50HalfIntervalNs > 0 ? std::optional(row.duration->p50HalfIntervalNs) : std::nullopt;
    case P95: return row.duration->p95Ns;
    case P99: return row.duration->p99Ns;
    case Minimum: return row.duration->minNs;
    case Mean: return row.duration->meanNs;
    case Maximum: return row.duration->maxNs;
    default: return std::nullopt;
    }
}

QVariant LayersModel::display(const Row &row, int column) const
{
    const QString dash = QStringLiteral("–");
    if (isDurationColumn(column)) {
        const auto value = durationAt(row, column);
        if (!value)
            return dash;
        const TimeUnit unit = m_units[static_cast<std::size_t>(column)];
        if (column == P50 || column == Interval) {
            // Never more digits than the interval supports.
            const std::int64_t half = rounded(row.duration->p50HalfIntervalNs);
            const int decimals = durationDecimals(rounded(row.duration->p50Ns), unit, half > 0 ? std::optional(half) : std::nullopt);
            const QString text = formatNumber(*value / nsPer(unit), decimals);
            return column == P50 ? text : QStringLiteral("±") + text;
        }
        return formatDurationValue(rounded(*value), unit);
    }
    switch (column) {
    case Name: return row.name;
    case Op: return row.isGroup ? Counted::layers(row.members) : row.op;
    case BackendColumn: return row.isGroup && m_grouping == LayerGrouping::Op ? QString() : row.backend.isEmpty() ? dash : row.backend.toUpper();
    case Kernel: return row.isGroup ? QString() : row.kernel.isEmpty() ? dash : row.kernel;
    case Share: return m_hasTimes && !row.duration && !row.isGroup ? dash : formatPercent(row.share);
    case VerdictColumn:
        if (!row.duration)
            return QString();
        return row.duration->count < kNeeded ? tooFewText(row.duration->count) : chipText(verdictOf(*row.duration));
    case Macs: return row.macs > 0 ? formatAmount(static_cast<double>(row.macs), QStringLiteral("MAC")) : QStringLiteral("0");
    case Parameters:
        if (row.parameterBytes < 0)
            return dash;
        return row.parameterBytes > 0 ? formatBytes(static_cast<std::uint64_t>(row.parameterBytes)) : QStringLiteral("0");
    case Output: return row.isGroup ? QString() : row.output.isEmpty() ? dash : row.output;
    case Count: return row.duration ? formatCount(static_cast<qint64>(row.duration->count)) : dash;
    default: return {};
    }
}

QVariant LayersModel::number(const Row &row, int column) const
{
    const double missing = std::numeric_limits<double>::quiet_NaN();
    if (isDurationColumn(column))
        return durationAt(row, column).value_or(missing);
    switch (column) {
    case Share: return m_hasTimes && !row.duration && !row.isGroup ? missing : row.share;
    case Macs: return static_cast<double>(row.macs);
    case Parameters: return row.parameterBytes < 0 ? missing : static_cast<double>(row.parameterBytes);
    case Count: return row.duration ? static_cast<double>(row.duration->count) : missing;
    default: return {};
    }
}

// In the unit that the header names, with the point.
QVariant LayersModel::copyText(const Row &row, int column) const
{
    if (isDurationColumn(column)) {
        const auto value = durationAt(row, column);
        return value ? plainDuration(rounded(*value), m_units[static_cast<std::size_t>(column)]) : QString();
    }
    switch (column) {
    case Share: return m_hasTimes && !row.duration && !row.isGroup ? QString() : plainNumber(row.share, 2) + QStringLiteral(" %");
    case Macs: return QString::number(row.macs);
    case Parameters: return row.parameterBytes < 0 ? QString() : QString::number(row.parameterBytes);
    case Count: return row.duration ? QString::number(row.duration->count) : QString();
    default: return {};
    }
}

QVariant LayersModel::toolTip(const Row &row, int column) const
{
    if (column == Name)
        return row.name;
    if (column == BackendColumn && m_run && row.layer < m_run->profile.start.layers.size() && m_run->profile.start.layers[row.layer].isEmulated)
        return tr("%1, emulated on the CPU: its times are not those of the device").arg(row.backend);
    if (column == VerdictColumn && row.duration) {
        QStringList reasons;
        for (const std::string &reason : core::verdictOf(*row.duration, core::RunStatus::Finished).reasons)
            reasons << toQString(reason);
        return reasons.join(QLatin1Char('\n'));
    }
    if (row.isGroup && isDurationColumn(column))
        return row.duration ? tr("Of the sum of its layers in each inference") : tr("Known when the run has ended");
    if (column == Count && row.duration && row.duration->count < kNeeded)
        return tooFewText(row.duration->count);
    if (column == Interval && row.duration && !durationAt(row, Interval))
        return tr("An interval needs at least 6 samples that differ.");
    return {};
}

QVariant LayersModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return display(row, column);
    case NumberRole: return number(row, column);
    case CopyRole: return copyText(row, column);
    case Qt::ToolTipRole: return toolTip(row, column);
    case GroupRole: return row.isGroup ? QVariant(true) : QVariant();
    case CellKindRole:
        switch (column) {
        case Name:
        case Op:
        case BackendColumn: return static_cast<int>(CellKind::Text);
        case Kernel:
        case Output: return static_cast<int>(CellKind::Mono);
        case Share: return static_cast<int>(CellKind::Bar);
        case VerdictColumn: return static_cast<int>(CellKind::Chip);
        default: return static_cast<int>(CellKind::Number);
        }
    case ShareRole: return column == Share && m_highestShare > 0 && !row.isGroup ? QVariant(row.share / m_highestShare) : QVariant();
    case BackendRole:
        return column == BackendColumn && !display(row, column).toString().isEmpty() ? QVariant(static_cast<int>(backendCell(row.backend)))
                                                                                     : QVariant();
    case IconRole:
        if (column == Name && row.isGroup)
            return static_cast<int>(row.closed ? Icon::ChevronRight : Icon::ChevronDown);
        return {};
    case ChipRole:
        if (column != VerdictColumn || !row.duration)
            return {};
        return static_cast<int>(chipKind(verdictOf(*row.duration)));
    case ChipIconRole:
        if (column != VerdictColumn || !row.duration)
            return {};
        return static_cast<int>(chipIcon(verdictOf(*row.duration)));
    case InkRole:
        if (column == Interval)
            return static_cast<int>(CellInk::Note);
        // Too few to trust, or stale: the numbers step back.
        if ((isDurationColumn(column) || column == Share) && row.duration &&
            (row.duration->count < kNeeded || m_workspace.runAge() > 0))
            return static_cast<int>(CellInk::Note);
        return column == Op || column == Kernel || column == Output || column == BackendColumn
                   ? QVariant(static_cast<int>(CellInk::Label))
                   : QVariant();
    default: return {};
    }
}

} // namespace nordlys::studio
