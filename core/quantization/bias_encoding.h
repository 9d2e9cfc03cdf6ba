// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding.h"

#include <optional>

namespace nordlys::core {

/// Encoding of a bias between an activation and a weight: int32 codes, zero point in the middle, scale = activation scale x weight scale, for each
/// channel of the weight where that has channels, along `channelAxis` of the bias (QuantizableTensor::channelAxis). A bias without channels (-1) of a weight
/// that has them takes the coarsest of the scales. Accumulators hold products in exactly this scale, so the bias is added as it is.
/// Nothing where one of both has no grid, the activation has several, the weight has blocks, or a product is no positive finite number.
std::optional<Encoding> biasEncoding(const Encoding &activation, const Encoding &weight, int channelAxis = 0);

} // namespace nordlys::core
