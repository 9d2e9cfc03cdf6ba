// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conv_geometry.h"

#include <cstdint>

namespace nordlys::runtime {

/// Gathers the taps of output pixels [pixelBegin, pixelEnd) (counted over n, y, x) of one group into rows of
/// kh * kw * (cin / groups) floats at `to`, in the order (ky, kx, channel). Taps outside the image are zero.
void im2col(const ConvGeometry &g, const float *in, std::int64_t group, std::int64_t pixelBegin, std::int64_t pixelEnd,
            float *to);

} // namespace nordlys::runtime
