// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoding_edits.h"

#include "text.h"

#include <core/quantization/bias_encoding.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace nordlys::studio {
namespace {

bool isUnsignedSymmetric(const core::Encoding &encoding)
{
    return encoding.symmetric && !encoding.grids.empty() && encoding.grids.front().zeroPoint == 0;
}

// Leaves the lowest code out, so that both ends are equally far from zero.
bool isStrictSymmetric(const core::Encoding &encoding)
{
    if (!encoding.symmetric || encoding.grids.empty() || encoding.grids.front().zeroPoint == 0)
        return false;
    const core::CodeRange codes = core::codeRangeOf(encoding.grids.front(), encoding.bitwidth);
    return codes.last - codes.first == (std::int64_t(1) << encoding.bitwidth) - 2;
}

// The range that gives back the same grid: a symmetric one has one code more below zero than above.
std::pair<double, double> rangeOf(const core::Encoding &encoding, const core::Grid &grid)
{
    if (encoding.symmetric && grid.zeroPoint != 0)
        return {-grid.max, grid.max};
    return {grid.min, grid.max};
}

} // namespace

core::RangeRule ruleOf(const core::Encoding &encoding)
{
    return {.bitwidth = encoding.bitwidth,
            .symmetric = encoding.symmetric,
            .strictSymmetric = isStrictSymmetric(encoding),
            .unsignedSymmetric = isUnsignedSymmetric(encoding)};
}

core::Error EncodingEdits::wrong(const QString &what, const QString &why) const
{
    return core::badInput(what.toStdString(), why.toStdString());
}

const core::EncodingEntry *EncodingEdits::entryOf(core::TensorId tensor) const
{
    return m_state.encodings.find(m_document.graph().nameOf(tensor));
}

QString EncodingEdits::whyNotEditable(core::TensorId tensor, EncodingField field) const
{
    const core::EncodingEntry *entry = entryOf(tensor);
    if (!entry)
        return tr("This tensor has no encoding yet. Calibrate first.");
    if (const core::QuantizableTensor *role = m_document.quantizableOf(tensor); role && role->kind == core::QuantizableKind::Bias)
        return tr("The bias follows from the scales of its input and weight.");
    if (isLocked(tensor))
        return tr("This encoding is locked. Unlock it to change it.");
    if (entry->encoding.isFloat)
        return tr("A float16 encoding has no grid.");
    if (entry->encoding.isBlockwise())
        return tr("Every block has a grid of its own. Calibrate per tensor or per channel to edit it.");
    if (field != EncodingField::Bits && entry->encoding.isPerChannel())
        return tr("Every channel has a grid of its own. Set the bit width, or calibrate per tensor.");
    return {};
}

core::Expected<core::Encoding> EncodingEdits::withRange(const core::Encoding &old, double min, double max) const
{
    if (!std::isfinite(min) || !std::isfinite(max))
        return wrong(tr("range"), tr("both ends must be finite numbers"));
    if (min > 0)
        return wrong(tr("min"), tr("must be 0 or less, because zero must have a code"));
    if (max < 0)
        return wrong(tr("max"), tr("must be 0 or more, because zero must have a code"));
    if (!(min < max))
        return wrong(tr("range"), tr("min must be less than max"));
    auto grid = core::gridFromRange(min, max, ruleOf(old));
    if (!grid)
        return std::move(grid.error());
    core::Encoding result = old;
    result.grids = {*grid};
    return result;
}

core::Expected<core::Encoding> EncodingEdits::withBits(const core::Encoding &old, int bits) const
{
    if (bits != 4 && bits != 8 && bits != 16)
        return wrong(tr("bits"), tr("must be 4, 8 or 16"));
    core::Encoding result = old;
    result.bitwidth = bits;
    core::RangeRule rule = ruleOf(old);
    rule.bitwidth = bits;
    for (core::Grid &grid : result.grids) {
        const auto [low, high] = rangeOf(old, grid);
        auto made = core::gridFromRange(low, high, rule);
        if (!made)
            return std::move(made.error());
        grid = *made;
    }
    return result;
}

core::Expected<core::Encoding> EncodingEdits::edited(const core::Encoding &old, EncodingField field, double value) const
{
    if (!std::isfinite(value))
        return wrong(tr("value"), tr("must be a finite number"));
    const core::Grid grid = old.grids.empty() ? core::Grid() : old.grids.front();
    switch (field) {
    case EncodingField::Bits:
        if (value != std::floor(value) || std::abs(value) > 64)
            return wrong(tr("bits"), tr("must be 4, 8 or 16"));
        return withBits(old, static_cast<int>(value));
    case EncodingField::Min:
        if (old.symmetric && grid.zeroPoint != 0) {
            if (value >= 0)
                return wrong(tr("min"), tr("must be less than 0 in a symmetric encoding"));
            return withRange(old, value, -value);
        }
        if (isUnsignedSymmetric(old) && value != 0)
            return wrong(tr("min"), tr("is 0 in an unsigned symmetric encoding"));
        return withRange(old, value, grid.max);
    case EncodingField::Max:
        if (old.symmetric && grid.zeroPoint != 0) {
            if (value <= 0)
                return wrong(tr("max"), tr("must be more than 0 in a symmetric encoding"));
            return withRange(old, -value, value);
        }
        return withRange(old, grid.min, value);
    case EncodingField::Scale:
    case EncodingField::ZeroPoint: {
        if (field == EncodingField::Scale && !(value > 0))
            return wrong(tr("scale"), tr("must be more than 0"));
        const double last = std::ldexp(1.0, old.bitwidth) - 1;
        if (field == EncodingField::ZeroPoint && (value != std::floor(value) || value < 0 || value > last))
            return wrong(tr("zero point"), tr("must be a whole number from 0 to %1").arg(last, 0, 'f', 0));
        if (field == EncodingField::ZeroPoint && old.symmetric)
            return wrong(tr("zero point"), tr("is fixed in a symmetric encoding"));
        if (field == EncodingField::Scale && isStrictSymmetric(old)) {
            const double end = value * (std::ldexp(1.0, old.bitwidth - 1) - 1);
            return withRange(old, -end, end);
        }
        auto made = field == EncodingField::Scale
                        ? core::gridFromScale(value, grid.zeroPoint, old.bitwidth)
                        : core::gridFromScale(grid.scale, static_cast<std::int64_t>(value), old.bitwidth);
        if (!made)
            return std::move(made.error());
        core::Encoding result = old;
        result.grids = {*made};
        return result;
    }
    }
    return core::internalError("EncodingEdits", "unknown field");
}

void EncodingEdits::spread(Entries &entries, core::TensorId tensor, const core::Encoding &encoding) const
{
    for (const core::TensorId member : m_document.tieGroup(tensor)) {
        const core::EncodingEntry *old = entryOf(member);
        if (!old && member != tensor)
            continue;
        core::EncodingEntry entry = old ? *old : core::EncodingEntry();
        entry.encoding = encoding;
        entries[member] = std::move(entry);
    }
}

core::Change EncodingEdits::finish(Entries entries, std::string title) const
{
    const auto current = [&](core::TensorId tensor) -> const core::EncodingEntry * {
        const auto changed = entries.find(tensor);
        return changed != entries.end() ? &changed->second : entryOf(tensor);
    };
    Entries biases;
    for (const core::QuantizableTensor &role : m_document.quantizable) {
        if (role.kind != core::QuantizableKind::Bias || !role.biasActivation.isValid() || !role.biasWeight.isValid())
            continue;
        if (!entries.contains(role.biasActivation) && !entries.contains(role.biasWeight))
            continue;
        const core::EncodingEntry *bias = entryOf(role.tensor);
        const core::EncodingEntry *activation = current(role.biasActivation);
        const core::EncodingEntry *weight = current(role.biasWeight);
        if (!bias || !activation || !weight)
            continue;
        auto derived = core::biasEncoding(activation->encoding, weight->encoding);
        if (!derived || bias->locked)
            continue;
        core::EncodingEntry entry = *bias;
        entry.encoding = std::move(*derived);
        biases[role.tensor] = std::move(entry);
    }
    entries.merge(biases);
    return batchOf(std::move(entries), std::move(title));
}

core::Change EncodingEdits::batchOf(Entries entries, std::string title) const
{
    auto batch = std::make_shared<core::ChangeBatch>();
    batch->title = std::move(title);
    for (auto &[tensor, entry] : entries)
        batch->changes.push_back({core::SetEncoding{std::string(m_document.graph().nameOf(tensor)), std::move(entry)}});
    if (batch->changes.size() == 1)
        return batch->changes.front();
    return {std::shared_ptr<const core::ChangeBatch>(std::move(batch))};
}

core::Expected<core::Change> EncodingEdits::setField(core::TensorId tensor, EncodingField field, double value) const
{
    if (const QString why = whyNotEditable(tensor, field); !why.isEmpty())
        return wrong(toQString(m_document.graph().nameOf(tensor)), why);
    auto encoding = edited(entryOf(tensor)->encoding, field, value);
    if (!encoding)
        return std::move(encoding.error());
    Entries entries;
    spread(entries, tensor, *encoding);
    return finish(std::move(entries), std::string(m_document.graph().nameOf(tensor)));
}

core::Expected<core::Change> EncodingEdits::setRange(core::TensorId tensor, double min, double max) const
{
    if (const QString why = whyNotEditable(tensor, EncodingField::Min); !why.isEmpty())
        return wrong(toQString(m_document.graph().nameOf(tensor)), why);
    auto encoding = withRange(entryOf(tensor)->encoding, min, max);
    if (!encoding)
        return std::move(encoding.error());
    Entries entries;
    spread(entries, tensor, *encoding);
    return finish(std::move(entries), std::string(m_document.graph().nameOf(tensor)));
}

core::Expected<core::Change> EncodingEdits::setBits(const std::vector<core::TensorId> &tensors, int bits) const
{
    Entries entries;
    for (const core::TensorId tensor : tensors) {
        if (!whyNotEditable(tensor, EncodingField::Bits).isEmpty() || entries.contains(tensor))
            continue;
        auto encoding = withBits(entryOf(tensor)->encoding, bits);
        if (!encoding)
            return std::move(encoding.error());
        spread(entries, tensor, *encoding);
    }
    if (entries.empty())
        return wrong(tr("bits"), tr("none of the selected tensors has a bit width of its own"));
    return finish(std::move(entries), "bits " + std::to_string(bits));
}

core::Expected<core::Change> EncodingEdits::setSymmetric(const std::vector<core::TensorId> &tensors, bool symmetric,
                                                         const std::map<std::string, runtime::ObservedRange, std::less<>> *seen) const
{
    Entries entries;
    for (const core::TensorId tensor : tensors) {
        if (!whyNotEditable(tensor, EncodingField::Min).isEmpty() || entries.contains(tensor))
            continue;
        core::Encoding encoding = entryOf(tensor)->encoding;
        if (encoding.symmetric == symmetric || encoding.grids.empty())
            continue;
        auto [low, high] = rangeOf(encoding, encoding.grids.front());
        if (const auto range = seen ? seen->find(m_document.graph().nameOf(tensor)) : decltype(seen->end()){}; seen && range != seen->end() && !symmetric) {
            low = std::max(low, std::min(0.0, range->second.min));
            high = std::min(high, std::max(0.0, range->second.max));
        }
        const auto grid = core::gridFromRange(low, high, {.bitwidth = encoding.bitwidth, .symmetric = symmetric});
        if (!grid)
            return grid.error();
        encoding.symmetric = symmetric;
        encoding.grids = {*grid};
        spread(entries, tensor, encoding);
    }
    if (entries.empty())
        return wrong(tr("grid"), symmetric ? tr("none of the tensors has an asymmetric grid that can be edited") : tr("none of the tensors has a symmetric grid that can be edited"));
    return finish(std::move(entries), symmetric ? "symmetric" : "asymmetric");
}

core::Expected<core::Change> EncodingEdits::setLocked(const std::vector<core::TensorId> &tensors, bool locked) const
{
    Entries entries;
    for (const core::TensorId tensor : tensors) {
        for (const core::TensorId member : m_document.tieGroup(tensor)) {
            const core::EncodingEntry *entry = entryOf(member);
            if (!entry || entry->locked == locked)
                continue;
            entries[member] = *entry;
            entries[member].locked = locked;
        }
    }
    if (entries.empty())
        return wrong(tr("lock"), locked ? tr("none of the tensors has an encoding to lock") : tr("none of the tensors is locked"));
    return batchOf(std::move(entries), locked ? "lock" : "unlock");
}

bool EncodingEdits::isLocked(core::TensorId tensor) const
{
    return std::ranges::any_of(m_document.tieGroup(tensor), [this](core::TensorId member) {
        const core::EncodingEntry *entry = entryOf(member);
        return entry && entry->locked;
    });
}

core::Expected<core::Change> EncodingEdits::revert(const std::vector<core::TensorId> &tensors,
                                                   const core::EncodingSet &source) const
{
    Entries entries;
    for (const core::TensorId tensor : tensors) {
        for (const core::TensorId member : m_document.tieGroup(tensor)) {
            const core::EncodingEntry *entry = source.find(m_document.graph().nameOf(member)), *now = entryOf(member);
            if (!entry || isLocked(member))
                continue;
            entries[member] = *entry;
            entries[member].locked = now && now->locked;
        }
    }
    std::erase_if(entries, [this](const auto &item) {
        const core::EncodingEntry *now = entryOf(item.first);
        return now && *now == item.second;
    });
    if (entries.empty())
        return wrong(tr("revert"), tr("the selected tensors are as calibrated"));
    return finish(std::move(entries), "revert to calibrated");
}

core::Change EncodingEdits::setEncoding(core::TensorId tensor, const core::Encoding &encoding) const
{
    Entries entries;
    spread(entries, tensor, encoding);
    return finish(std::move(entries), std::string(m_document.graph().nameOf(tensor)));
}

} // namespace nordlys::studio
