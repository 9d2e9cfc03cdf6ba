// SPDX-License-Identifier: Apache-2.0
#include "rule_context.h"

#include <core/quantization/bias_encoding.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::core::rules {

namespace {

constexpr double kScaleTolerance = 1e-3; ///< relative; files round their scales
constexpr double kLargestCode = 2147483647;

/// One encoding for everything, over the union of the channels' ranges.
std::optional<Encoding> perTensor(const Encoding &encoding)
{
    double low = 0, high = 0;
    for (const Grid &grid : encoding.grids) {
        low = std::min(low, encoding.symmetric ? -grid.max : grid.min);
        high = std::max(high, grid.max);
    }
    return overRange(encoding, low, high);
}

Verdict checkChannels(const Context &context, const Subject &subject)
{
    const Encoding &encoding = subject.entry.encoding;
    if (!encoding.isPerChannel())
        return std::nullopt;
    const int axis = subject.item.channelAxis;
    if (axis < 0)
        return complaint(context, subject, fmt::format("It has {} channel encodings, and takes one for all its values.", encoding.grids.size()),
                         "Use one encoding over the union of their ranges.", perTensor(encoding));
    const auto &shape = context.graph.tensor(subject.item.tensor).shape;
    const bool isKnown = shape && static_cast<std::size_t>(axis) < shape->size() && (*shape)[static_cast<std::size_t>(axis)].isKnown();
    const auto channels = isKnown ? (*shape)[static_cast<std::size_t>(axis)].value : static_cast<std::int64_t>(encoding.grids.size());
    if (static_cast<std::int64_t>(encoding.grids.size()) != channels)
        return complaint(context, subject, fmt::format("It has {} channel encodings for {} channels.", encoding.grids.size(), channels),
                         "Use one encoding over the union of their ranges.", perTensor(encoding));
    if (encoding.axis == axis)
        return std::nullopt;
    Encoding moved = encoding;
    moved.axis = axis;
    return complaint(context, subject, fmt::format("Its channels are counted along axis {}; the output channels lie along axis {}.", encoding.axis, axis),
                     fmt::format("Use axis {}.", axis), moved);
}

const Encoding *encodingOf(const Context &context, TensorId tensor)
{
    const EncodingEntry *entry = tensor.isValid() ? context.fixes.entryOf(tensor) : nullptr;
    return entry != nullptr && !entry->encoding.isFloat ? &entry->encoding : nullptr;
}

Verdict checkBiasScale(const Context &context, const Subject &subject)
{
    const Encoding *activation = encodingOf(context, subject.item.biasActivation), *weight = encodingOf(context, subject.item.biasWeight);
    if (activation == nullptr || weight == nullptr)
        return std::nullopt;
    auto derived = biasEncoding(*activation, *weight, subject.item.channelAxis);
    if (!derived)
        return std::nullopt;
    const Encoding &encoding = subject.entry.encoding;
    if (encoding.grids.size() != derived->grids.size())
        return complaint(context, subject, fmt::format("It has {} scales; weight and shape ask for {}.", encoding.grids.size(), derived->grids.size()),
                         "Derive it from activation and weight.", derived);
    for (std::size_t i = 0; i < encoding.grids.size(); ++i) {
        const double stated = encoding.grids[i].scale, product = derived->grids[i].scale;
        if (std::abs(stated - product) > kScaleTolerance * product)
            return complaint(context, subject,
                             fmt::format("Its scale{} is {:.6g}, activation by weight is {:.6g}.", encoding.isPerChannel() ? fmt::format(" of channel {}", i) : "",
                                         stated, product),
                             "Derive it from activation and weight.", derived);
    }
    return std::nullopt;
}

/// A code that is too large means a product of scales that is too small: the weight's scale has to grow.
Verdict checkBiasOverflow(const Context &context, const Subject &subject)
{
    const Encoding &encoding = subject.entry.encoding;
    const auto ranges = context.constantRanges(subject.item.tensor, subject.item.channelAxis);
    if (!ranges)
        return std::nullopt;
    const auto scaleOf = [&](std::size_t i) { return encoding.grids[encoding.grids.size() == 1 ? 0 : i].scale; };
    if (encoding.grids.size() != 1 && encoding.grids.size() != ranges->size())
        return std::nullopt;
    const Encoding *weight = encodingOf(context, subject.item.biasWeight), *activation = encodingOf(context, subject.item.biasActivation);
    std::optional<Encoding> wider;
    if (weight != nullptr && activation != nullptr && activation->grids.size() == 1)
        wider = *weight;
    std::size_t worst = 0;
    double largest = 0;
    for (std::size_t i = 0; i < ranges->size(); ++i) {
        const double magnitude = std::max(std::abs((*ranges)[i].first), std::abs((*ranges)[i].second)), code = magnitude / scaleOf(i);
        if (code > largest) {
            largest = code;
            worst = i;
        }
        if (code <= kLargestCode || !wider)
            continue;
        Grid &grid = wider->grids[wider->grids.size() == 1 ? 0 : std::min(i, wider->grids.size() - 1)];
        const double scale = magnitude / (kLargestCode * activation->grids[0].scale) * (1 + 1e-9);
        if (scale <= grid.scale)
            continue;
        if (const auto made = gridFromScale(scale, grid.zeroPoint, wider->bitwidth))
            grid = *made;
        else
            wider.reset();
    }
    if (largest <= kLargestCode)
        return std::nullopt;
    Complaint result{fmt::format("Value {} of it needs the code {:.4g}; 32 bits end at 2147483647.", worst, largest), "Use a larger scale for the weight.", std::nullopt};
    if (wider)
        result.change = context.fixes.change({{subject.item.biasWeight, *std::move(wider)}}, subject.rule.id + ": " + context.nameOf(subject.item.tensor));
    return result;
}

} // namespace

Verdict checkParameter(const Context &context, const Subject &subject)
{
    switch (subject.rule.check) {
    case RuleCheck::Channels: return checkChannels(context, subject);
    case RuleCheck::BiasScale: return subject.item.kind == QuantizableKind::Bias ? checkBiasScale(context, subject) : std::nullopt;
    case RuleCheck::BiasOverflow: return subject.item.kind == QuantizableKind::Bias ? checkBiasOverflow(context, subject) : std::nullopt;
    default: return std::nullopt;
    }
}

} // namespace nordlys::core::rules
