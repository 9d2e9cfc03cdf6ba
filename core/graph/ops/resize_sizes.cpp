// SPDX-License-Identifier: Apache-2.0
#include "resize_sizes.h"

#include <algorithm>
#include <cmath>

namespace nordlys::core::ops {

static constexpr double kMaxLength = 9007199254740992.0;

std::optional<std::int64_t> scaledLength(std::int64_t length, double scale)
{
    if (!(scale > 0))
        return std::nullopt;
    const auto scaled = static_cast<double>(std::floor(static_cast<float>(length) * static_cast<float>(scale)));
    return scaled >= 0 && scaled <= kMaxLength ? std::optional(static_cast<std::int64_t>(scaled)) : std::nullopt;
}

std::optional<double> keptAspectScale(std::span<const std::int64_t> lengths, std::span<const std::int64_t> sizes, bool notLarger)
{
    std::optional<double> result;
    for (std::size_t i = 0; i < lengths.size() && i < sizes.size(); ++i) {
        if (lengths[i] <= 0)
            return std::nullopt;
        const double scale = static_cast<double>(sizes[i]) / static_cast<double>(lengths[i]);
        result = !result ? scale : notLarger ? std::min(*result, scale) : std::max(*result, scale);
    }
    return result;
}

std::optional<std::int64_t> keptAspectLength(std::int64_t length, double scale)
{
    const double scaled = std::floor(static_cast<double>(length) * scale + 0.5);
    return scaled >= 0 && scaled <= kMaxLength ? std::optional(static_cast<std::int64_t>(scaled)) : std::nullopt;
}

} // namespace nordlys::core::ops
