// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/graph/graph.h>
#include <core/project/change.h>
#include <core/quantization/quantizable.h>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace nordlys::core {

/// Makes edits of encodings complete: all members of a tie group that have an entry take the same encoding, and biases follow the scales they are made of.
class EncodingFixes {
public:
    /// All must outlive this object.
    EncodingFixes(const Graph &graph, const EncodingSet &set, std::span<const QuantizableTensor> items);

    using Encodings = std::map<TensorId, Encoding>;
    /// One edit that gives these tensors these encodings.
    [[nodiscard]] Change change(const Encodings &encodings, std::string title) const;

    /// Activations that share one encoding with this one, itself included; empty for parameters.
    [[nodiscard]] std::span<const QuantizableTensor *const> groupOf(TensorId tensor) const;
    [[nodiscard]] const EncodingEntry *entryOf(TensorId tensor) const { return m_set.find(m_graph.nameOf(tensor)); }

private:
    const Graph &m_graph;
    const EncodingSet &m_set;
    std::span<const QuantizableTensor> m_items;
    std::unordered_map<TensorId, std::vector<const QuantizableTensor *>> m_groups; ///< members by the group's name
    std::unordered_map<TensorId, TensorId> m_groupOf;
};

/// The same ranges on grids of other bits, or with zero in the middle. Nothing where a range makes no grid.
std::optional<Encoding> regridded(const Encoding &old, int bitwidth, bool symmetric);
/// One grid for the range lo..hi, with the old encoding's bits and symmetry.
std::optional<Encoding> overRange(const Encoding &old, double lo, double hi);

} // namespace nordlys::core
