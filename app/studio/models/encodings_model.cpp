// SPDX-License-Identifier: GPL-3.0-or-later
#include "encodings_model.h"

#include <studio/look/number_format.h>
#include <studio/widgets/cell_roles.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/filter_query.h>
#include <studio/workspace/text.h>

#include <cmath>
#include <limits>

namespace nordlys::studio {
namespace {

constexpr double kNoisyDb = 20, kBadDb = 16;
constexpr double kClippedWarn = 0.1, kClippedBad = 1.0;

std::optional<EncodingField> fieldOf(int column)
{
    switch (column) {
    case EncodingsModel::Bits: return EncodingField::Bits;
    case EncodingsModel::Min: return EncodingField::Min;
    case EncodingsModel::Max: return EncodingField::Max;
    case EncodingsModel::Scale: return EncodingField::Scale;
    case EncodingsModel::ZeroPoint: return EncodingField::ZeroPoint;
    default: return std::nullopt;
    }
}

QString dash() { return QStringLiteral("–"); }

} // namespace

EncodingsModel::EncodingsModel(Workspace &workspace, QObject *parent) : QAbstractTableModel(parent), m_workspace(workspace)
{
    connect(&m_workspace, &Workspace::documentChanged, this, &EncodingsModel::rebuild);
    for (const auto signal : {&Workspace::editsChanged, &Workspace::calibrationChanged, &Workspace::evaluationChanged})
        connect(&m_workspace, signal, this, &EncodingsModel::refresh);
    rebuild();
}

void EncodingsModel::rebuild()
{
    beginResetModel();
    m_document = m_workspace.document();
    m_rows.clear();
    if (m_document) {
        for (std::size_t i = 0; i < m_document->quantizable.size(); ++i)
            m_rows.emplace(m_document->quantizable[i].tensor, static_cast<int>(i));
    }
    endResetModel();
}

void EncodingsModel::refresh()
{
    if (m_document == m_workspace.document() && rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int EncodingsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_document ? 0 : static_cast<int>(m_document->quantizable.size());
}

int EncodingsModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

const core::QuantizableTensor &EncodingsModel::role(int row) const
{
    return m_document->quantizable[static_cast<std::size_t>(row)];
}

const core::EncodingEntry *EncodingsModel::entry(int row) const
{
    return m_workspace.encodings().find(m_document->graph().nameOf(role(row).tensor));
}

const core::Grid *EncodingsModel::grid(int row) const
{
    const core::EncodingEntry *found = entry(row);
    return found && found->encoding.grids.size() == 1 ? &found->encoding.grids.front() : nullptr;
}

const runtime::ObservedRange *EncodingsModel::seen(int row) const
{
    if (!m_workspace.calibration())
        return nullptr;
    const auto &ranges = m_workspace.calibration()->ranges;
    const auto found = ranges.find(m_document->graph().nameOf(role(row).tensor));
    return found == ranges.end() ? nullptr : &found->second;
}

const runtime::TensorError *EncodingsModel::error(int row) const
{
    return m_workspace.evaluation() ? m_workspace.evaluation()->find(m_document->graph().nameOf(role(row).tensor)) : nullptr;
}

bool EncodingsModel::isChanged(int row) const
{
    if (!m_workspace.calibration())
        return false;
    const core::EncodingEntry *now = entry(row);
    const core::EncodingEntry *before = m_workspace.calibration()->encodings.find(m_document->graph().nameOf(role(row).tensor));
    return now && before && !(*now == *before);
}

QString EncodingsModel::kindText(core::QuantizableKind kind) const
{
    switch (kind) {
    case core::QuantizableKind::Activation: return tr("activation");
    case core::QuantizableKind::Weight: return tr("weight");
    case core::QuantizableKind::Bias: return tr("bias");
    }
    return {};
}

QVariant EncodingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool numeric = section >= Bits && section != Symmetric && section != Group;
        return QVariant::fromValue(Qt::Alignment((numeric ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    const bool tip = role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !tip)
        return {};
    switch (section) {
    case Tensor: return tip ? tr("Name in the model") : tr("Tensor");
    case Kind: return tip ? tr("Activation, weight or bias") : tr("Kind");
    case Bits: return tip ? tr("Bits of a code: 4, 8 or 16 (biases 32)") : tr("Bits");
    case Min: return tip ? tr("Real value of the first code") : tr("Min");
    case Max: return tip ? tr("Real value of the last code") : tr("Max");
    case Scale: return tip ? tr("Real distance of two codes: real = scale × (code − zero point)") : tr("Scale");
    case ZeroPoint: return tip ? tr("Zero point: the code of zero") : tr("Zero pt");
    case Symmetric: return tip ? tr("Symmetric around zero, or asymmetric") : tr("Grid");
    case Group: return tip ? tr("Tensors that share one encoding; they change together") : tr("Group");
    case SeenRange: return tip ? tr("Smallest and largest value during calibration") : tr("Range seen");
    case LocalSqnr: return tip ? tr("Signal to quantization noise of this tensor's own rounding, inputs exact") : tr("Local dB");
    case TotalSqnr: return tip ? tr("Signal to quantization noise with everything before it quantized too") : tr("Total dB");
    case Clipped: return tip ? tr("Share of the values outside min to max") : tr("Clip %");
    default: return {};
    }
}

QVariant EncodingsModel::display(int row, int column) const
{
    const core::EncodingEntry *found = entry(row);
    const core::Encoding *encoding = found ? &found->encoding : nullptr;
    const core::Grid *one = grid(row);
    const bool perChannel = encoding && encoding->isPerChannel() && !one;
    if (encoding && encoding->isBlockwise() && !one && column >= Min && column <= ZeroPoint)
        return column == Min ? tr("%1 blocks").arg(encoding->grids.size()) : tr("per block");
    // The grid of a bias follows from two others and spans all of int32: its ends say nothing.
    if (role(row).kind == core::QuantizableKind::Bias && encoding && (column == Min || column == Max || column == ZeroPoint))
        return column == ZeroPoint ? dash() : tr("derived");
    switch (column) {
    case Tensor: return toQString(m_document->graph().nameOf(role(row).tensor));
    case Kind: return kindText(role(row).kind);
    case Bits:
        return encoding
                   ? (encoding->isFloat ? QStringLiteral("fp%1").arg(encoding->bitwidth) : QString::number(encoding->bitwidth))
                   : dash();
    case Min: return one ? formatNumber(one->min, 3) : (perChannel ? tr("%1 ch").arg(encoding->grids.size()) : dash());
    case Max: return one ? formatNumber(one->max, 3) : (perChannel ? tr("per ch") : dash());
    case Scale: return one ? formatScale(one->scale) : (perChannel ? tr("per ch") : dash());
    case ZeroPoint: return one ? formatCount(one->zeroPoint) : (perChannel ? tr("per ch") : dash());
    case Symmetric: return encoding && !encoding->isFloat ? (encoding->symmetric ? tr("symmetric") : tr("asymmetric")) : dash();
    case Group: {
        const std::vector<core::TensorId> group = m_document->tieGroup(role(row).tensor);
        return group.size() > 1 ? Counted::tensors(static_cast<qint64>(group.size())) : dash();
    }
    case SeenRange: {
        const runtime::ObservedRange *range = seen(row);
        return range ? formatRange(range->min, range->max) : dash();
    }
    case LocalSqnr: return error(row) && error(row)->bitwidth > 0 ? formatNumber(error(row)->localSqnrDb, 1) : dash();
    case TotalSqnr: return error(row) ? formatNumber(error(row)->sqnrDb, 1) : dash();
    case Clipped: return error(row) && error(row)->bitwidth > 0 ? formatNumber(error(row)->clippedPercent, 3) : dash();
    default: return {};
    }
}

QVariant EncodingsModel::number(int row, int column) const
{
    const double missing = std::numeric_limits<double>::quiet_NaN();
    const core::EncodingEntry *found = entry(row);
    const core::Grid *one = grid(row);
    switch (column) {
    case Bits: return found ? static_cast<double>(found->encoding.bitwidth) : missing;
    case Min: return one ? one->min : missing;
    case Max: return one ? one->max : missing;
    case Scale: return one ? one->scale : missing;
    case ZeroPoint: return one ? static_cast<double>(one->zeroPoint) : missing;
    case SeenRange: return seen(row) ? seen(row)->max - seen(row)->min : missing;
    case LocalSqnr: return error(row) && error(row)->bitwidth > 0 ? error(row)->localSqnrDb : missing;
    case TotalSqnr: return error(row) ? error(row)->sqnrDb : missing;
    case Clipped: return error(row) && error(row)->bitwidth > 0 ? error(row)->clippedPercent : missing;
    default: return {};
    }
}

QVariant EncodingsModel::tip(int row, int column) const
{
    if (column == Tensor)
        return toQString(m_document->graph().nameOf(role(row).tensor));
    if (column == Group) {
        QStringList names;
        for (const core::TensorId member : m_document->tieGroup(role(row).tensor))
            names << toQString(m_document->graph().nameOf(member));
        return names.size() > 1 ? names.join(QLatin1Char('\n')) : QString();
    }
    if (const auto field = fieldOf(column)) {
        const QString why = EncodingEdits(*m_document, m_workspace.edits()).whyNotEditable(role(row).tensor, *field);
        if (!why.isEmpty())
            return why;
    }
    if (column >= LocalSqnr && !error(row))
        return m_workspace.evaluation() ? tr("The plan does not store this tensor.") : tr("Not evaluated yet.");
    if (column >= LocalSqnr && m_workspace.evaluationAge() > 0)
        return Counted::evaluatedBefore(m_workspace.evaluationAge());
    return {};
}

QVariant EncodingsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || !m_document || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const int row = index.row(), column = index.column();
    switch (role) {
    case Qt::DisplayRole: return display(row, column);
    case Qt::EditRole:
        if (fieldOf(column)) {
            const double value = number(row, column).toDouble();
            return std::isnan(value) ? QVariant() : QVariant(value);
        }
        return display(row, column);
    case NumberRole: return number(row, column);
    case CellKindRole:
        return static_cast<int>(column < Bits || column == Symmetric || column == Group ? CellKind::Text : CellKind::Number);
    case Qt::ToolTipRole: return tip(row, column);
    case BoldRole: return column >= Bits && column <= ZeroPoint && isChanged(row);
    case InkRole: {
        const double value = number(row, column).toDouble();
        if (column == Kind || column == Symmetric || column == Group)
            return static_cast<int>(CellInk::Label);
        if (column >= LocalSqnr && error(row) && m_workspace.evaluationAge() > 0)
            return static_cast<int>(CellInk::Note);
        if ((column == LocalSqnr || column == TotalSqnr) && !std::isnan(value) && value < kNoisyDb)
            return static_cast<int>(value < kBadDb ? CellInk::Error : CellInk::Warn);
        if (column == Clipped && !std::isnan(value) && value > kClippedWarn)
            return static_cast<int>(value > kClippedBad ? CellInk::Error : CellInk::Warn);
        return {};
    }
    default: return {};
    }
}

Qt::ItemFlags EncodingsModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags result = QAbstractTableModel::flags(index);
    const auto field = index.isValid() && m_document ? fieldOf(index.column()) : std::nullopt;
    if (field && EncodingEdits(*m_document, m_workspace.edits()).whyNotEditable(role(index.row()).tensor, *field).isEmpty())
        result |= Qt::ItemIsEditable;
    return result;
}

QString EncodingsModel::whyInvalid(const QModelIndex &index, const QString &text) const
{
    const auto field = index.isValid() && m_document ? fieldOf(index.column()) : std::nullopt;
    if (!field)
        return {};
    const std::optional<double> value = parseNumber(text);
    if (!value)
        return tr("This is not a number.");
    const auto change = EncodingEdits(*m_document, m_workspace.edits()).setField(role(index.row()).tensor, *field, *value);
    return change ? QString() : toQString(change.error().what + " " + change.error().why);
}

bool EncodingsModel::setData(const QModelIndex &index, const QVariant &value, int dataRole)
{
    const auto field = index.isValid() && m_document ? fieldOf(index.column()) : std::nullopt;
    if (!field || dataRole != Qt::EditRole)
        return false;
    bool isNumber = false;
    const double wanted = value.toDouble(&isNumber);
    if (!isNumber) {
        Q_EMIT editRefused(tr("This is not a number."));
        return false;
    }
    // Leaving a field as it was is no edit; six digits are what it showed.
    const double now = number(index.row(), index.column()).toDouble();
    if (wanted == now || formatScale(wanted) == formatScale(now))
        return true;
    auto change = EncodingEdits(*m_document, m_workspace.edits()).setField(role(index.row()).tensor, *field, wanted);
    if (!change) {
        Q_EMIT editRefused(toQString(change.error().what + " " + change.error().why));
        return false;
    }
    // The grid may already be what this range leads to; an undo step that changes nothing would only confuse.
    core::EditState after = m_workspace.edits();
    if (core::applyChange(after, *change) && after == m_workspace.edits())
        return true;
    const QString title =
        tr("%1 of %2")
            .arg(headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString(), display(index.row(), Tensor).toString());
    const auto applied = m_workspace.history().apply(*change, title);
    if (!applied)
        Q_EMIT editRefused(toQString(applied.error().text()));
    return applied.hasValue();
}

core::TensorId EncodingsModel::tensorOf(int row) const
{
    return row >= 0 && row < rowCount() ? role(row).tensor : core::TensorId();
}

int EncodingsModel::rowOf(core::TensorId tensor) const
{
    const auto found = m_rows.find(tensor);
    return found == m_rows.end() ? -1 : found->second;
}

bool EncodingsModel::matches(int row, const FilterQuery &query) const
{
    const core::TensorId tensor = role(row).tensor;
    const core::Tensor &entry = m_document->graph().tensor(tensor);
    const core::NodeId node = entry.producer.isValid() || entry.consumers.empty() ? entry.producer : entry.consumers.front();
    return query.matches({display(row, Tensor).toString(),
                          node.isValid() ? toQString(m_document->graph().opOf(node)) : QString(),
                          kindText(role(row).kind),
                          {}});
}

} // namespace nordlys::studio
