// SPDX-License-Identifier: Apache-2.0
#include "rule_check.h"

#include "rule_context.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace nordlys::core {

namespace rules {

std::optional<std::vector<std::pair<double, double>>> Context::constantRanges(TensorId tensor, int axis) const
{
    const Tensor &value = graph.tensor(tensor);
    if (!value.constant || value.dtype != DType::Float32 || !value.shape)
        return std::nullopt;
    for (const NodeId consumer : value.consumers) {
        const TensorId output = graph.node(consumer).outputs.empty() ? TensorId() : graph.node(consumer).outputs[0];
        if (output.isValid() && fused.inner[output.index] && graph.opOf(graph.tensor(output).consumers.front()) == "BatchNormalization")
            return std::nullopt;
    }
    const auto bytes = value.constant->bytes();
    const std::size_t count = bytes.size() / sizeof(float);
    std::size_t inner = count, channels = 1;
    if (axis >= 0) {
        if (static_cast<std::size_t>(axis) >= value.shape->size() || !(*value.shape)[static_cast<std::size_t>(axis)].isKnown())
            return std::nullopt;
        channels = static_cast<std::size_t>((*value.shape)[static_cast<std::size_t>(axis)].value);
        inner = 1;
        for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < value.shape->size(); ++i)
            inner *= static_cast<std::size_t>((*value.shape)[i].value);
    }
    if (count == 0 || channels == 0 || inner == 0)
        return std::nullopt;
    std::vector<std::pair<double, double>> ranges(channels, {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()});
    for (std::size_t i = 0; i < count; ++i) {
        float number = 0;
        std::memcpy(&number, bytes.data() + i * sizeof number, sizeof number);
        if (!std::isfinite(number))
            return std::nullopt;
        auto &[low, high] = ranges[i / inner % channels];
        low = std::min(low, static_cast<double>(number));
        high = std::max(high, static_cast<double>(number));
    }
    return ranges;
}

Complaint complaint(const Context &context, const Subject &subject, std::string message, std::string fix, std::optional<Encoding> encoding)
{
    Complaint result{std::move(message), std::move(fix), std::nullopt};
    if (encoding)
        result.change = context.fixes.change({{subject.item.tensor, *std::move(encoding)}}, subject.rule.id + ": " + context.nameOf(subject.item.tensor));
    return result;
}

namespace {

Verdict verdictOf(const Context &context, const Subject &subject)
{
    switch (subject.rule.check) {
    case RuleCheck::Tied:
    case RuleCheck::Pair: return checkPartners(context, subject);
    case RuleCheck::Channels:
    case RuleCheck::BiasScale:
    case RuleCheck::BiasOverflow: return checkParameter(context, subject);
    default: return checkGrid(context, subject);
    }
}

} // namespace

} // namespace rules

std::vector<RuleFinding> checkRules(const RulePack &pack, const Graph &graph, const EncodingSet &set, const SeenRanges *seen)
{
    const std::vector<QuantizableTensor> items = quantizableTensors(graph);
    const FusedGroups fused = findFusedGroups(graph, constantTensors(graph));
    const EncodingFixes fixes(graph, set, items);
    const rules::Context context{graph, set, seen, items, fused, fixes};
    std::vector<RuleFinding> findings;
    for (const QuantizableTensor &item : items) {
        const EncodingEntry *entry = fixes.entryOf(item.tensor);
        if (entry == nullptr || entry->encoding.isFloat || entry->encoding.grids.empty())
            continue;
        for (const QuantizationRule &rule : pack.rules) {
            if (entry->encoding.isBlockwise() && rule.check != RuleCheck::Bits) // the other rules speak of tensors and channels
                continue;
            if (auto verdict = rules::verdictOf(context, {item, *entry, rule}))
                findings.push_back({context.nameOf(item.tensor), rule.id, rule.severity, verdict->message + ' ' + rule.why, std::move(verdict->fix),
                                    std::move(verdict->change)});
        }
    }
    return findings;
}

} // namespace nordlys::core
