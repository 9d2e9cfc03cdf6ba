// SPDX-License-Identifier: Apache-2.0
#include "encoding_fixes.h"

#include <core/quantization/bias_encoding.h>

namespace nordlys::core {

EncodingFixes::EncodingFixes(const Graph &graph, const EncodingSet &set, std::span<const QuantizableTensor> items)
    : m_graph(graph), m_set(set), m_items(items)
{
    for (const QuantizableTensor &item : items) {
        if (item.kind != QuantizableKind::Activation)
            continue;
        m_groups[item.group].push_back(&item);
        m_groupOf[item.tensor] = item.group;
    }
}

std::span<const QuantizableTensor *const> EncodingFixes::groupOf(TensorId tensor) const
{
    const auto group = m_groupOf.find(tensor);
    if (group == m_groupOf.end())
        return {};
    return m_groups.at(group->second);
}

Change EncodingFixes::change(const Encodings &encodings, std::string title) const
{
    Encodings all;
    for (const auto &[tensor, encoding] : encodings) {
        all.insert_or_assign(tensor, encoding);
        for (const QuantizableTensor *member : groupOf(tensor)) {
            if (entryOf(member->tensor) != nullptr)
                all.insert_or_assign(member->tensor, encoding);
        }
    }
    const auto current = [&](TensorId tensor) -> const Encoding * {
        if (const auto changed = all.find(tensor); changed != all.end())
            return &changed->second;
        const EncodingEntry *entry = tensor.isValid() ? entryOf(tensor) : nullptr;
        return entry != nullptr ? &entry->encoding : nullptr;
    };
    Encodings biases;
    for (const QuantizableTensor &item : m_items) {
        if (item.kind != QuantizableKind::Bias || entryOf(item.tensor) == nullptr || (!all.contains(item.biasActivation) && !all.contains(item.biasWeight)))
            continue;
        const Encoding *activation = current(item.biasActivation), *weight = current(item.biasWeight);
        if (activation == nullptr || weight == nullptr)
            continue;
        if (auto derived = biasEncoding(*activation, *weight, item.channelAxis))
            biases.emplace(item.tensor, *std::move(derived));
    }
    all.merge(biases);
    auto batch = std::make_shared<ChangeBatch>();
    batch->title = std::move(title);
    for (auto &[tensor, encoding] : all) {
        const EncodingEntry *old = entryOf(tensor);
        EncodingEntry entry = old != nullptr ? *old : EncodingEntry();
        entry.encoding = std::move(encoding);
        batch->changes.push_back({SetEncoding{std::string(m_graph.nameOf(tensor)), std::move(entry)}});
    }
    if (batch->changes.size() == 1)
        return batch->changes.front();
    return {std::shared_ptr<const ChangeBatch>(std::move(batch))};
}

std::optional<Encoding> regridded(const Encoding &old, int bitwidth, bool symmetric)
{
    if (old.isBlockwise())
        return std::nullopt;
    Encoding result = old;
    result.bitwidth = bitwidth;
    result.symmetric = symmetric;
    RangeRule rule;
    rule.bitwidth = bitwidth;
    rule.symmetric = symmetric;
    rule.minimumWidth = 0;
    for (Grid &grid : result.grids) {
        // The lowest code of a symmetric grid has no counterpart: the other end is the range that was meant.
        const bool wasSymmetric = old.symmetric && grid.zeroPoint == std::int64_t(1) << (old.bitwidth - 1);
        const auto made = gridFromRange(wasSymmetric && symmetric ? -grid.max : grid.min, grid.max, rule);
        if (!made)
            return std::nullopt;
        grid = *made;
    }
    return result;
}

std::optional<Encoding> overRange(const Encoding &old, double lo, double hi)
{
    RangeRule rule;
    rule.bitwidth = old.bitwidth;
    rule.symmetric = old.symmetric;
    const auto made = gridFromRange(lo, hi, rule);
    if (!made)
        return std::nullopt;
    Encoding result = old;
    result.axis = -1;
    result.grids = {*made};
    return result;
}

} // namespace nordlys::core
