// SPDX-License-Identifier: Apache-2.0
#include "bias_encoding.h"

#include <algorithm>
#include <vector>

namespace nordlys::core {

std::optional<Encoding> biasEncoding(const Encoding &activation, const Encoding &weight, int channelAxis)
{
    constexpr int bits = 32;
    if (activation.grids.size() != 1 || weight.grids.empty() || weight.isBlockwise())
        return std::nullopt;
    Encoding encoding;
    encoding.bitwidth = bits;
    encoding.symmetric = true;
    encoding.axis = weight.isPerChannel() ? channelAxis : -1;
    std::vector<double> scales;
    for (const Grid &grid : weight.grids)
        scales.push_back(grid.scale);
    if (encoding.axis < 0)
        scales = {*std::ranges::max_element(scales)};
    for (const double scale : scales) {
        const auto made = gridFromScale(activation.grids[0].scale * scale, std::int64_t(1) << (bits - 1), bits);
        if (!made)
            return std::nullopt;
        encoding.grids.push_back(*made);
    }
    return encoding;
}

} // namespace nordlys::core
