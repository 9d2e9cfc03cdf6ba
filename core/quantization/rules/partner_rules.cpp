// SPDX-License-Identifier: Apache-2.0
#include "rule_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nordlys::core::rules {

namespace {

constexpr double kScaleTolerance = 1e-6; ///< relative: one of two files may have gone through float32

bool sameGrid(const Encoding &a, const Encoding &b)
{
    return a.bitwidth == b.bitwidth && a.isFloat == b.isFloat && a.axis == b.axis &&
           std::ranges::equal(a.grids, b.grids, [](const Grid &x, const Grid &y) { return std::abs(x.scale - y.scale) <= kScaleTolerance * y.scale && x.zeroPoint == y.zeroPoint; });
}

/// One encoding for the whole group: that of the member whose range holds all others, else their union with the most bits.
std::optional<Encoding> commonEncoding(const Context &context, std::span<const QuantizableTensor *const> group)
{
    const Encoding *widest = nullptr;
    double low = 0, high = 0;
    for (const QuantizableTensor *member : group) {
        const EncodingEntry *entry = context.fixes.entryOf(member->tensor);
        if (entry == nullptr || entry->encoding.grids.size() != 1)
            continue;
        const Grid &grid = entry->encoding.grids[0];
        low = std::min(low, grid.min);
        high = std::max(high, grid.max);
        if (widest == nullptr || entry->encoding.bitwidth > widest->bitwidth ||
            (entry->encoding.bitwidth == widest->bitwidth && grid.max - grid.min > widest->grids[0].max - widest->grids[0].min))
            widest = &entry->encoding;
    }
    if (widest == nullptr)
        return std::nullopt;
    const Grid &grid = widest->grids[0];
    if (grid.min <= low + grid.scale / 2 && grid.max >= high - grid.scale / 2)
        return *widest;
    return overRange(*widest, low, high);
}

Verdict checkTied(const Context &context, const Subject &subject)
{
    const auto group = context.fixes.groupOf(subject.item.tensor);
    for (const QuantizableTensor *member : group) {
        if (member->tensor == subject.item.tensor)
            return std::nullopt; // differences are told at the later of two members
        const EncodingEntry *entry = context.fixes.entryOf(member->tensor);
        if (entry == nullptr || sameGrid(entry->encoding, subject.entry.encoding))
            continue;
        return complaint(context, subject, fmt::format("Its encoding is not that of '{}'.", context.nameOf(member->tensor)), "Use one encoding for the whole group.",
                         commonEncoding(context, group));
    }
    return std::nullopt;
}

/// The allowed pair that is nearest: both as wide as they are or wider if there is one, else the first.
std::pair<int, int> nearestPair(const QuantizationRule &rule, int first, int second)
{
    std::pair<int, int> best = rule.pairs.front();
    int leastCost = 1 << 20;
    for (const auto &pair : rule.pairs) {
        const int narrowing = std::max(first - pair.first, 0) + std::max(second - pair.second, 0);
        const int cost = 100 * narrowing + std::abs(pair.first - first) + std::abs(pair.second - second);
        if (cost < leastCost) {
            leastCost = cost;
            best = pair;
        }
    }
    return best;
}

Verdict checkPair(const Context &context, const Subject &subject)
{
    for (const NodeId consumer : context.graph.tensor(subject.item.tensor).consumers) {
        const Node &node = context.graph.node(consumer);
        if (!subject.rule.operators.contains(std::string(context.graph.opOf(consumer))) || node.inputs.size() < 2 || node.inputs[1] != subject.item.tensor ||
            !node.inputs[0].isValid() || subject.rule.pairs.empty())
            continue;
        const EncodingEntry *first = context.fixes.entryOf(node.inputs[0]);
        if (first != nullptr && first->encoding.isFloat)
            return Complaint{fmt::format("'{}' multiplies float values by {} bits.", context.graph.nameOf(consumer), subject.entry.encoding.bitwidth),
                             "Give both a grid, or leave both in float.", std::nullopt};
        if (first == nullptr || first->encoding.grids.empty())
            continue;
        const Encoding &a = first->encoding, &b = subject.entry.encoding;
        const std::pair bits(a.bitwidth, b.bitwidth);
        if (std::ranges::find(subject.rule.pairs, bits) != subject.rule.pairs.end())
            continue;
        const auto [firstBits, secondBits] = nearestPair(subject.rule, a.bitwidth, b.bitwidth);
        Complaint result{fmt::format("'{}' multiplies {} bits by {} bits.", context.graph.nameOf(consumer), a.bitwidth, b.bitwidth),
                         fmt::format("Use {} bits by {} bits.", firstBits, secondBits), std::nullopt};
        auto changedFirst = regridded(a, firstBits, a.symmetric), changedSecond = regridded(b, secondBits, b.symmetric);
        if (changedFirst && changedSecond)
            result.change = context.fixes.change({{node.inputs[0], *std::move(changedFirst)}, {subject.item.tensor, *std::move(changedSecond)}},
                                                 subject.rule.id + ": " + std::string(context.graph.nameOf(consumer)));
        return result;
    }
    return std::nullopt;
}

} // namespace

Verdict checkPartners(const Context &context, const Subject &subject)
{
    if (subject.rule.check == RuleCheck::Tied)
        return subject.item.kind == QuantizableKind::Activation ? checkTied(context, subject) : std::nullopt;
    return checkPair(context, subject);
}

} // namespace nordlys::core::rules
