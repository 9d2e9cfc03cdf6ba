// SPDX-License-Identifier: GPL-3.0-or-later
// What the cells of the encodings table show.
#include "encodings_model.h"
#include "rule_states.h"

#include <studio/look/icons.h>
#include <studio/look/number_format.h>
#include <studio/widgets/cell_roles.h>
#include <studio/widgets/icon_slot.h>
#include <studio/workspace/checkpoints.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/live_metrics.h>
#include <studio/workspace/text.h>

#include <cmath>
#include <limits>

namespace nordlys::studio {
namespace {

constexpr double kNoisyDb = 20, kBadDb = 16;
constexpr double kClippedWarn = 0.1, kClippedBad = 1.0;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

QString dash() { return QStringLiteral("–"); }

// "∞" is a value: no error at all. NaN is none.
QString decibels(double value)
{
    if (std::isnan(value))
        return dash();
    return std::isinf(value) ? QStringLiteral("∞") : formatNumber(value, 1);
}

bool isText(int column) { return column == EncodingsModel::Tensor || column == EncodingsModel::Kind || column == EncodingsModel::Symmetric || column == EncodingsModel::Group; }

bool isMeasured(int column)
{
    return (column >= EncodingsModel::Clipped && column <= EncodingsModel::Error) || column == EncodingsModel::TotalSqnr;
}

std::optional<EncodingField> editableField(int column)
{
    switch (column) {
    case EncodingsModel::Bits: return EncodingField::Bits;
    case EncodingsModel::Min:
    case EncodingsModel::EncodedRange: return EncodingField::Min;
    case EncodingsModel::Max: return EncodingField::Max;
    case EncodingsModel::Scale: return EncodingField::Scale;
    case EncodingsModel::ZeroPoint: return EncodingField::ZeroPoint;
    default: return std::nullopt;
    }
}

} // namespace

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
        const bool left = isText(section) || section == Error;
        return QVariant::fromValue(Qt::Alignment((left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    }
    const bool tip = role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !tip)
        return {};
    switch (section) {
    case Tensor: return tip ? tr("Name in the model, with the state of its encoding: rule broken, advice, locked, changed") : tr("Tensor");
    case Kind: return tip ? tr("Activation, weight or bias") : tr("Kind");
    case Bits: return tip ? tr("Bits of a code: 4, 8 or 16 (biases 32)") : tr("Bits");
    case Min: return tip ? tr("Real value of the first code") : tr("Min");
    case Max: return tip ? tr("Real value of the last code") : tr("Max");
    case Scale: return tip ? tr("Real distance of two codes: real = scale × (code − zero point)") : tr("Scale");
    case ZeroPoint: return tip ? tr("Zero point: the code of zero") : tr("Zero pt");
    case Symmetric: return tip ? tr("Symmetric around zero, or asymmetric") : tr("Grid");
    case Group: return tip ? tr("Tensors that share one encoding; they change together") : tr("Group");
    case SeenRange: return tip ? tr("Smallest and largest value during calibration") : tr("Range seen");
    case EncodedRange: return tip ? tr("Real values of the first and the last code") : tr("Range encoded");
    case LocalSqnr: return tip ? tr("Signal to quantization noise of this tensor's own rounding, inputs exact") : tr("Local dB");
    case InheritedSqnr:
        return tip ? tr("Signal to the noise that comes from the tensors before it, in dB: total noise less the tensor's own") : tr("Inherited");
    case TotalSqnr: return tip ? tr("Signal to quantization noise with everything before it quantized too") : tr("Total dB");
    case Clipped: return tip ? tr("Share of the values outside min to max") : tr("Clip %");
    case Dead: return tip ? tr("Codes of the grid that no value becomes") : tr("Dead");
    case Error: return tip ? tr("Noise relative to the signal: the tensor's own above, inherited below, one scale for all rows") : tr("Error");
    default: return {};
    }
}

QString EncodingsModel::encodedText(const core::EncodingEntry *found) const
{
    if (!found)
        return dash();
    const core::Encoding &encoding = found->encoding;
    if (encoding.isFloat)
        return QStringLiteral("fp%1").arg(encoding.bitwidth);
    if (encoding.grids.size() == 1)
        return formatRange(encoding.grids.front().min, encoding.grids.front().max);
    return encoding.isBlockwise() ? tr("%1 blocks").arg(encoding.grids.size()) : tr("%1 ch").arg(encoding.grids.size());
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
    const bool isBias = role(row).kind == core::QuantizableKind::Bias && encoding;
    if (isBias && (column == Min || column == Max || column == ZeroPoint || column == EncodedRange))
        return column == ZeroPoint ? dash() : tr("derived");
    switch (column) {
    case Tensor: return toQString(m_document->graph().nameOf(role(row).tensor));
    case Kind: return kindText(role(row).kind);
    case Bits:
        return encoding
                   ? (encoding->isFloat ? QStringLiteral("fp%1").arg(encoding->bitwidth) : QString::number(encoding->bitwidth))
                   : dash();
    case EncodedRange: return encodedText(found);
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
    case LocalSqnr:
    case InheritedSqnr:
    case TotalSqnr: return decibels(number(row, column).toDouble());
    case Clipped: {
        const double share = number(row, Clipped).toDouble();
        if (std::isnan(share) || share == 0)
            return std::isnan(share) ? dash() : QStringLiteral("0");
        return share < 0.0005 ? QLatin1Char('<') + formatNumber(0.001, 3) : formatSignificant(share, 3, 3);
    }
    case Dead: {
        const double codes = number(row, Dead).toDouble();
        return std::isnan(codes) ? dash() : formatCount(std::llround(codes));
    }
    default: return {};
    }
}

QVariant EncodingsModel::number(int row, int column) const
{
    const core::EncodingEntry *found = entry(row);
    const core::Grid *one = grid(row);
    const runtime::TensorError *known = isMeasured(column) ? error(row) : nullptr;
    const bool own = known && known->bitwidth > 0;
    switch (column) {
    case Kind: // activations first: theirs are the errors to look at
        return role(row).kind == core::QuantizableKind::Activation ? 0.0 : role(row).kind == core::QuantizableKind::Weight ? 1.0 : 2.0;
    case Bits: return found ? static_cast<double>(found->encoding.bitwidth) : kMissing;
    case Min: return one ? one->min : kMissing;
    case Max: return one ? one->max : kMissing;
    case EncodedRange: return one && role(row).kind != core::QuantizableKind::Bias ? one->max - one->min : kMissing;
    case Scale: return one ? one->scale : kMissing;
    case ZeroPoint: return one ? static_cast<double>(one->zeroPoint) : kMissing;
    case SeenRange: return seen(row) ? seen(row)->max - seen(row)->min : kMissing;
    case LocalSqnr: return own ? known->localSqnrDb : kMissing;
    case InheritedSqnr:
        // Constants inherit nothing.
        if (!known || role(row).kind != core::QuantizableKind::Activation)
            return kMissing;
        return inheritedDb(known->sqnrDb, own ? known->localSqnrDb : std::numeric_limits<double>::infinity());
    case TotalSqnr: return known ? known->sqnrDb : kMissing;
    case Clipped: return own ? known->clippedPercent : kMissing;
    case Dead:
        return own && known->deadCodesPercent && known->bitwidth <= 16 ? *known->deadCodesPercent / 100 * std::ldexp(1.0, known->bitwidth) : kMissing;
    case Error: return known ? std::pow(10, -(own ? std::min(known->sqnrDb, known->localSqnrDb) : known->sqnrDb) / 20) : kMissing;
    default: return {};
    }
}

QString EncodingsModel::tensorTip(int row) const
{
    QStringList lines{toQString(m_document->graph().nameOf(role(row).tensor))};
    if (const RuleStates::State *state = m_rules->find(m_document->graph().nameOf(role(row).tensor)))
        lines << state->lines;
    if (isLocked(row))
        lines << tr("Locked: no edit and no calibration changes it.");
    if (isChanged(row)) {
        const core::EncodingEntry *before = former(row);
        lines << tr("Changed; was %1 bit, %2").arg(before->encoding.bitwidth).arg(encodedText(before));
    }
    return lines.join(QLatin1Char('\n'));
}

QVariant EncodingsModel::tip(int row, int column) const
{
    if (column == Tensor)
        return tensorTip(row);
    if (column == Group) {
        QStringList names;
        for (const core::TensorId member : m_document->tieGroup(role(row).tensor))
            names << toQString(m_document->graph().nameOf(member));
        return names.size() > 1 ? names.join(QLatin1Char('\n')) : QString();
    }
    if ((column == Bits || column == EncodedRange) && isChanged(row))
        return tr("was %1 bit, %2").arg(former(row)->encoding.bitwidth).arg(encodedText(former(row)));
    if (const auto field = editableField(column)) {
        const QString why = EncodingEdits(*m_document, m_workspace.live().edits()).whyNotEditable(role(row).tensor, *field);
        if (!why.isEmpty())
            return why;
    }
    if (!isMeasured(column))
        return {};
    const runtime::TensorError *known = error(row);
    if (!known)
        return m_workspace.evaluation() || m_workspace.live().evaluation() ? tr("The plan does not store this tensor.") : tr("Not evaluated yet.");
    if (isStale(row))
        return Counted::evaluatedBefore(m_workspace.evaluationAge());
    if (column == Error)
        return tr("local %1 dB, inherited %2 dB").arg(decibels(number(row, LocalSqnr).toDouble()), decibels(number(row, InheritedSqnr).toDouble()));
    const runtime::TensorError *before = m_workspace.live().before(known->name);
    if (before && (column == LocalSqnr || column == TotalSqnr)) {
        const double was = column == LocalSqnr ? before->localSqnrDb : before->sqnrDb;
        if (was != number(row, column).toDouble())
            return tr("was %1 dB").arg(decibels(was));
    }
    return {};
}

QVariant EncodingsModel::icon(int row, int dataRole) const
{
    const RuleStates::State *state = m_rules->find(m_document->graph().nameOf(role(row).tensor));
    const bool isError = state && state->severity == core::RuleSeverity::Error;
    if (state)
        return dataRole == IconRole ? static_cast<int>(isError ? Icon::Error : Icon::Warn) : static_cast<int>(isError ? CellInk::Error : CellInk::Warn);
    if (isLocked(row))
        return dataRole == IconRole ? static_cast<int>(Icon::Lock) : static_cast<int>(CellInk::Label);
    if (dataRole == IconRole)
        return isChanged(row) ? kDotIconSlot : kEmptyIconSlot;
    return static_cast<int>(CellInk::Default);
}

QVariant EncodingsModel::ink(int row, int column) const
{
    if (column == Kind || column == Symmetric || column == Group)
        return static_cast<int>(CellInk::Label);
    if (!isMeasured(column))
        return {};
    if (isStale(row))
        return static_cast<int>(CellInk::Note);
    const double value = number(row, column).toDouble();
    if (std::isnan(value))
        return static_cast<int>(CellInk::Note);
    if ((column == LocalSqnr || column == TotalSqnr) && value < kNoisyDb)
        return static_cast<int>(value < kBadDb ? CellInk::Error : CellInk::Warn);
    if (column == Clipped && value > kClippedWarn)
        return static_cast<int>(value > kClippedBad ? CellInk::Error : CellInk::Warn);
    return {};
}

QVariant EncodingsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || !m_document || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const int row = index.row(), column = index.column();
    const auto share = [this, row](int of) -> QVariant {
        const double decibel = number(row, of).toDouble();
        return std::isnan(decibel) || m_mostNoise <= 0 ? 0.0 : std::min(1.0, std::pow(10, -decibel / 20) / m_mostNoise);
    };
    switch (role) {
    case Qt::DisplayRole: return display(row, column);
    case Qt::AccessibleTextRole: return column == Error || column == Tensor ? tip(row, column) : display(row, column);
    case Qt::EditRole:
        if (editableField(column) && column != EncodedRange) {
            const double value = number(row, column).toDouble();
            return std::isnan(value) ? QVariant() : QVariant(value);
        }
        return display(row, column);
    case NumberRole: return number(row, column);
    case CopyRole: return column == SeenRange || column == EncodedRange || column == Kind ? display(row, column) : QVariant();
    case CellKindRole: return static_cast<int>(column == Error ? CellKind::Bar : isText(column) ? CellKind::Text : CellKind::Number);
    case ShareRole: return column == Error && error(row) ? share(LocalSqnr) : QVariant();
    case SecondShareRole: return column == Error && error(row) ? share(InheritedSqnr) : QVariant();
    case RampRole: return column == Error ? QVariant(static_cast<int>(CellRamp::Error)) : QVariant();
    case IconRole:
    case IconInkRole: return column == Tensor ? icon(row, role) : QVariant();
    case Qt::ToolTipRole: return tip(row, column);
    case BoldRole: return (column == Bits || column == EncodedRange || (column >= Min && column <= ZeroPoint)) && isChanged(row);
    case InkRole: return ink(row, column);
    default: return {};
    }
}

} // namespace nordlys::studio
