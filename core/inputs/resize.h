// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preprocess.h"

namespace nordlys::core {

/// Bilinear resize with antialiasing: triangle filter whose support grows with the reduction, rows first, then columns, with an
/// 8-bit picture in between and weights in 22-bit fixed point; equals Pillow's Image.resize(size, BILINEAR) code for code. Width
/// and height must be positive.
Image resizeBilinear(const Image &image, int width, int height);

} // namespace nordlys::core
