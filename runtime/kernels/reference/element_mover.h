// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference.h"

#include <cstdint>

namespace nordlys::runtime::reference {

/// An element of 16 bytes (complex128) for those who only move it.
struct WideElement {
    std::uint64_t low = 0, high = 0;
    WideElement() = default;
    explicit WideElement(int zero) : low(static_cast<std::uint64_t>(zero)) {}
};

/// dispatchSize for all sizes that the standard's types have: 1, 2, 4, 8 and 16 bytes.
template <typename Function>
core::Expected<BoundKernel> dispatchElement(const KernelCall &call, core::DType type, Function &&function)
{
    if (elementSize(type) == sizeof(WideElement))
        return function(TypeTag<WideElement>{});
    return dispatchSize(call, type, function);
}

} // namespace nordlys::runtime::reference
