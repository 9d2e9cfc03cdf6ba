// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/graph/graph.h>

#include <vector>

namespace nordlys::core {

/// Floating-point activations that must share one encoding because an operator only moves data between them (QuantRole::Tied:
/// Concat, Reshape, MaxPool ...; Pad where it pads with zero; Resize and Upsample with mode nearest). Constants are never
/// members: they have encodings of their own.
class TieGroups {
public:
    TieGroups(const Graph &graph, const std::vector<bool> &constants);
    /// The same tensor for all members of a group; the tensor itself when it is alone.
    [[nodiscard]] TensorId rootOf(TensorId tensor) const;
    /// True for the output of a data mover whose data input is in the group: its values come from there.
    [[nodiscard]] bool isMoved(TensorId tensor) const { return m_moved[tensor.index]; }

private:
    void unite(TensorId a, TensorId b);

    std::vector<std::uint32_t> m_parent;
    std::vector<bool> m_moved;
};

} // namespace nordlys::core
