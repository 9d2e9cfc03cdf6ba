// SPDX-License-Identifier: Apache-2.0
#include "rule_context.h"

#include <core/graph/op_spec.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace nordlys::core::rules {

namespace {

/// Ranges narrower than this are widened when grids are made (gridFromRange), so that a part of their codes is always unused.
constexpr double narrowestRange = 0.0101;

RuleRole roleOf(const QuantizableTensor &item)
{
    return item.kind == QuantizableKind::Activation ? RuleRole::Activation : item.kind == QuantizableKind::Weight ? RuleRole::Weight : RuleRole::Bias;
}

std::string_view producerOf(const Context &context, TensorId tensor)
{
    const NodeId producer = context.graph.tensor(tensor).producer;
    return producer.isValid() ? context.graph.opOf(producer) : std::string_view();
}

/// The operators that a rule may name: the producer of an activation, the consumers of a parameter.
bool concernsOperators(const Context &context, const Subject &subject)
{
    const auto &names = subject.rule.operators;
    if (names.empty())
        return true;
    if (subject.item.kind == QuantizableKind::Activation)
        return names.contains(std::string(producerOf(context, subject.item.tensor)));
    return std::ranges::any_of(context.graph.tensor(subject.item.tensor).consumers,
                               [&](NodeId node) { return names.contains(std::string(context.graph.opOf(node))); });
}

bool isCentred(const Grid &grid, int bitwidth)
{
    const std::int64_t middle = std::int64_t(1) << (bitwidth - 1);
    return grid.zeroPoint == middle || grid.zeroPoint == middle - 1; // strict symmetric: one code fewer below
}

Verdict checkBits(const Context &context, const Subject &subject)
{
    const Encoding &encoding = subject.entry.encoding;
    const auto &allowed = subject.rule.bits;
    if ((subject.rule.perChannelOnly && !encoding.isPerChannel()) || !subject.rule.roles.contains(roleOf(subject.item)) || !concernsOperators(context, subject) ||
        std::ranges::find(allowed, encoding.bitwidth) != allowed.end())
        return std::nullopt;
    // The next wider width keeps what the user chose to keep.
    std::vector<int> sorted = allowed;
    std::ranges::sort(sorted);
    const auto wider = std::ranges::lower_bound(sorted, encoding.bitwidth);
    const int bits = wider != sorted.end() ? *wider : sorted.back();
    return complaint(context, subject, fmt::format("It has {} bits; allowed are {}.", encoding.bitwidth, fmt::join(sorted, ", ")),
                     fmt::format("Give it {} bits.", bits), regridded(encoding, bits, encoding.symmetric));
}

Verdict checkMinimumBits(const Context &context, const Subject &subject)
{
    const int needed = subject.rule.bits.front();
    const Encoding &encoding = subject.entry.encoding;
    if (subject.item.kind != QuantizableKind::Activation || encoding.bitwidth >= needed || !concernsOperators(context, subject))
        return std::nullopt;
    return complaint(context, subject, fmt::format("{} gives it, and it has {} bits.", producerOf(context, subject.item.tensor), encoding.bitwidth),
                     fmt::format("Give it {} bits.", needed), regridded(encoding, needed, encoding.symmetric));
}

Verdict checkSymmetric(const Context &context, const Subject &subject)
{
    const QuantizationRule &rule = subject.rule;
    const Encoding &encoding = subject.entry.encoding;
    if (!rule.roles.contains(roleOf(subject.item)) || !concernsOperators(context, subject) || (rule.perChannelOnly && !encoding.isPerChannel()) ||
        (!rule.bits.empty() && std::ranges::find(rule.bits, encoding.bitwidth) == rule.bits.end()))
        return std::nullopt;
    const auto off = std::ranges::find_if(encoding.grids, [&](const Grid &grid) { return !isCentred(grid, encoding.bitwidth); });
    if (off == encoding.grids.end())
        return std::nullopt;
    std::string where = encoding.isPerChannel() ? fmt::format(" in channel {}", off - encoding.grids.begin()) : std::string();
    return complaint(context, subject, fmt::format("Zero is code {} of {}{}, not in the middle.", off->zeroPoint, std::int64_t(1) << encoding.bitwidth, where),
                     "Make it symmetric over the same range.", regridded(encoding, encoding.bitwidth, true));
}

/// What may be below zero: a source of the tie group that no named operator gives.
bool isNeverNegative(const Context &context, const Subject &subject)
{
    const auto members = context.fixes.groupOf(subject.item.tensor);
    return std::ranges::all_of(members, [&](const QuantizableTensor *member) {
        const std::string op(producerOf(context, member->tensor));
        if (subject.rule.operators.contains(op))
            return true;
        const NodeId producer = context.graph.tensor(member->tensor).producer;
        const OpSpec *spec = producer.isValid() ? findOpSpec(context.graph, context.graph.node(producer)) : nullptr;
        return spec != nullptr && spec->output == QuantRole::Tied && members.size() > 1; // moved from another member
    });
}

Verdict checkNonNegative(const Context &context, const Subject &subject)
{
    const Encoding &encoding = subject.entry.encoding;
    if (subject.item.kind != QuantizableKind::Activation || encoding.isPerChannel() || encoding.grids[0].zeroPoint == 0 || !concernsOperators(context, subject) ||
        !isNeverNegative(context, subject))
        return std::nullopt;
    const Grid &grid = encoding.grids[0];
    Encoding plain = encoding;
    plain.symmetric = false;
    return complaint(context, subject,
                     fmt::format("{} of {} codes lie below zero, and {} gives it.", grid.zeroPoint, std::int64_t(1) << encoding.bitwidth,
                                 producerOf(context, subject.item.tensor)),
                     fmt::format("Begin the range at zero: 0 to {:.6g}.", grid.max), overRange(plain, 0, grid.max));
}

Verdict checkFixedRange(const Context &context, const Subject &subject)
{
    const Encoding &encoding = subject.entry.encoding;
    if (!subject.item.fixedRange || encoding.isPerChannel())
        return std::nullopt;
    const auto [low, high] = *subject.item.fixedRange;
    const Grid &grid = encoding.grids[0];
    // One step either way: tools differ in whether the last code is the end of the range or one step before it.
    const double tolerance = grid.scale * 1.001;
    if (std::abs(grid.min - low) <= tolerance && std::abs(grid.max - high) <= tolerance)
        return std::nullopt;
    Encoding plain = encoding;
    plain.symmetric = low < 0 && encoding.symmetric;
    return complaint(context, subject, fmt::format("Its range is {:.6g} to {:.6g} instead of {:g} to {:g}.", grid.min, grid.max, low, high),
                     fmt::format("Use {:g} to {:g}.", low, high), overRange(plain, low, high));
}

Verdict checkZero(const Context &context, const Subject &subject)
{
    const Encoding &encoding = subject.entry.encoding;
    const std::int64_t last = (std::int64_t(1) << encoding.bitwidth) - 1;
    const auto off = std::ranges::find_if(encoding.grids, [&](const Grid &grid) {
        return grid.zeroPoint < 0 || grid.zeroPoint > last || grid.min > grid.scale / 2 || grid.max < -grid.scale / 2;
    });
    if (off == encoding.grids.end())
        return std::nullopt;
    return complaint(context, subject, fmt::format("Zero is no code: the range is {:.6g} to {:.6g}.", off->min, off->max), "Widen the range to zero.",
                     regridded(encoding, encoding.bitwidth, encoding.symmetric));
}

/// Share of a grid's codes that values from low to high can take.
double usedShare(const Grid &grid, bool symmetric, double low, double high)
{
    if (symmetric && grid.zeroPoint > 0) // the narrower side cannot be cut off
        return std::max({high / grid.max, low / grid.min, 0.0});
    const double width = grid.max - grid.min;
    return width > 0 ? (std::min(high, grid.max) - std::max(low, grid.min)) / width : 1;
}

Verdict checkWastedCodes(const Context &context, const Subject &subject)
{
    const Encoding &encoding = subject.entry.encoding;
    if (subject.item.kind == QuantizableKind::Bias || subject.item.fixedRange)
        return std::nullopt;
    std::optional<std::vector<std::pair<double, double>>> ranges;
    if (subject.item.kind == QuantizableKind::Weight) {
        ranges = context.constantRanges(subject.item.tensor, encoding.axis);
    } else if (context.seen != nullptr) {
        for (const QuantizableTensor *member : context.fixes.groupOf(subject.item.tensor)) {
            const auto it = context.seen->find(context.graph.nameOf(member->tensor));
            if (it == context.seen->end())
                continue;
            if (!ranges)
                ranges.emplace(1, it->second);
            else
                (*ranges)[0] = {std::min((*ranges)[0].first, it->second.first), std::max((*ranges)[0].second, it->second.second)};
        }
    }
    if (!ranges || ranges->size() != encoding.grids.size())
        return std::nullopt;
    Encoding narrower = encoding;
    double worst = 1;
    std::size_t where = 0;
    for (std::size_t i = 0; i < ranges->size(); ++i) {
        const auto [low, high] = (*ranges)[i];
        const Grid &grid = encoding.grids[i];
        const double share = usedShare(grid, encoding.symmetric, std::min(low, 0.0), std::max(high, 0.0));
        if (share >= subject.rule.share || grid.max - grid.min <= narrowestRange * (encoding.symmetric ? 2 : 1))
            continue;
        const auto made = overRange(encoding, low, high);
        if (!made)
            continue;
        narrower.grids[i] = made->grids[0];
        if (share < worst) {
            worst = share;
            where = i;
        }
    }
    if (worst >= subject.rule.share)
        return std::nullopt;
    const auto [low, high] = (*ranges)[where];
    return complaint(context, subject,
                     fmt::format("Values from {:.6g} to {:.6g}{} use {:.0f} % of its codes.", low, high,
                                 encoding.isPerChannel() ? fmt::format(" in channel {}", where) : std::string(), 100 * std::max(worst, 0.0)),
                     "Use the range that was seen.", narrower);
}

} // namespace

Verdict checkGrid(const Context &context, const Subject &subject)
{
    switch (subject.rule.check) {
    case RuleCheck::Bits: return checkBits(context, subject);
    case RuleCheck::MinimumBits: return checkMinimumBits(context, subject);
    case RuleCheck::Symmetric: return checkSymmetric(context, subject);
    case RuleCheck::NonNegative: return checkNonNegative(context, subject);
    case RuleCheck::FixedRange: return checkFixedRange(context, subject);
    case RuleCheck::Zero: return checkZero(context, subject);
    case RuleCheck::WastedCodes: return checkWastedCodes(context, subject);
    default: return std::nullopt;
    }
}

} // namespace nordlys::core::rules
