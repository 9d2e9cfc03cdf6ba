// SPDX-License-Identifier: Apache-2.0
#include "bias_encoding.h"

namespace nordlys::core {

std::optional<Encoding> biasEncoding(const Encoding &activation, const Encoding &weight)
{
    constexpr int bits = 32;
    if (activation.grids.size() != 1 || weight.grids.empty() || weight.isBlockwise())
        return std::nullopt;
    Encoding encoding;
    encoding.bitwidth = bits;
    encoding.symmetric = true;
    encoding.axis = weight.isPerChannel() ? 0 : -1;
    for (const Grid &grid : weight.grids) {
        const auto made = gridFromScale(activation.grids[0].scale * grid.scale, std::int64_t(1) << (bits - 1), bits);
        if (!made)
            return std::nullopt;
        encoding.grids.push_back(*made);
    }
    return encoding;
}

} // namespace nordlys::core
