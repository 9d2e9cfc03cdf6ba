// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding_file.h"

#include <core/graph/graph.h>

#include <string_view>

namespace nordlys::core {

/// Endings of names that quantizing tools give to what they put in, and so do we (core/export/qdq_model.h): the name of the float tensor stands
/// before them.
inline constexpr std::string_view kQuantizeInputEnding = "_QuantizeLinear_Input", kQuantizeOutputEnding = "_QuantizeLinear_Output",
                                  kDequantizeOutputEnding = "_DequantizeLinear_Output", kQuantizedEnding = "_quantized";

/// The encodings that a QDQ model states with its QuantizeLinear and DequantizeLinear nodes (ai.onnx and com.microsoft; per tensor, per channel,
/// in blocks; signed and unsigned codes of 4, 8, 16 and 32 bits; no zero point: 0). By the names that the tensors have in the float model:
///  - what a QuantizeLinear reads: the name of that value without the ending kQuantizeInputEnding; but where a DequantizeLinear behind it makes an
///    output of the graph, that output's name;
///  - integers that only a DequantizeLinear reads (stored weights and biases, or what an integer operator made): the name of its output without
///    kDequantizeOutputEnding; where it has no such ending and the stored integers are called NAME + kQuantizedEnding: NAME.
/// Constants (also those that nodes compute from constants alone) are parameters. A grid of a signed type with zero points 0 is symmetric. Blocks belong
/// to channels along the axis along which the scales differ; where they do not, along the first other axis that has more than one index.
/// What cannot be said is listed in `unread` and never in the set: scales that are computed, codes of other types, numbers that make no grid, a tensor
/// whose pairs disagree. Bodies of control flow are not looked into; a note says so where they quantize.
EncodingFile qdqEncodings(const Graph &graph);

/// Can the grid be one of signed codes with zero point 0? Those of symmetric encodings whose codes lie around the middle; strict ones leave the highest unsigned
/// code out, which as signed codes is the lowest.
bool isSignedSymmetric(const Grid &grid, int bitwidth);

/// Does the graph hold QuantizeLinear or DequantizeLinear? Its first such node; invalid: none.
NodeId firstQdqNode(const Graph &graph);

} // namespace nordlys::core
