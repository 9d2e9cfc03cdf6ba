// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <limits>

namespace nordlys::core {

/// Index into one kind of table. Two kinds do not mix: a NodeId cannot be passed where a TensorId is wanted.
template <typename Tag>
struct StrongId {
    static constexpr std::uint32_t kInvalid = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t index = kInvalid;

    constexpr StrongId() = default;
    constexpr explicit StrongId(std::size_t i) : index(static_cast<std::uint32_t>(i)) {}
    [[nodiscard]] constexpr bool isValid() const { return index != kInvalid; }
    friend constexpr auto operator<=>(StrongId, StrongId) = default;
};

using NodeId = StrongId<struct NodeTag>;
using TensorId = StrongId<struct TensorTag>;
using NameId = StrongId<struct NameTag>;

} // namespace nordlys::core

template <typename Tag>
struct std::hash<nordlys::core::StrongId<Tag>> {
    std::size_t operator()(nordlys::core::StrongId<Tag> id) const noexcept { return std::hash<std::uint32_t>{}(id.index); }
};
