// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>

namespace nordlys::runtime {

/// Product of sizes; nothing where a factor is negative or the product passes `limit`.
inline std::optional<std::int64_t> checkedProduct(std::initializer_list<std::int64_t> factors,
                                                  std::int64_t limit = std::numeric_limits<std::int64_t>::max())
{
    std::int64_t product = 1;
    for (const std::int64_t factor : factors) {
        if (factor < 0 || __builtin_mul_overflow(product, factor, &product) || product > limit)
            return std::nullopt;
    }
    return product;
}

/// No tensor of the kernels has more elements than this, so that byte offsets (4 per element) and sums of a few of them fit.
inline constexpr std::int64_t maxElements = std::int64_t{1} << 40;

} // namespace nordlys::runtime
