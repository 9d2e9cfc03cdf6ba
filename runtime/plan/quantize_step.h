// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program.h"

#include <core/quantization/encoding_set.h>

namespace nordlys::runtime {

/// Quantize-dequantize of one stored tensor, bound: in place on `count` values.
using BoundQuantizer = std::function<void(float *data, ThreadPool &pool)>;
/// BadInput where the encoding does not fit the tensor.
core::Expected<BoundQuantizer> bindQuantizer(const ProgramTensor &tensor, const core::Encoding &encoding);

/// Makes a program simulate the encodings: constants are quantized-dequantized now (a copy), steps get quantizers on their encoded outputs, and
/// every encoded graph input gets a step "NAME/quantize" in front. Weights are those of the program: after batch norms were folded into them.
core::Expected<void> applyEncodings(Program &program, const core::EncodingSet &encodings);
/// The part of it that concerns what is computed; constants stay as they are.
void applyActivationEncodings(Program &program, const core::EncodingSet &encodings);
/// The encoding that a constant of the program is quantized with; null: none.
const core::EncodingEntry *constantEncoding(const ProgramTensor &tensor, const core::EncodingSet &encodings);

/// Copy of a float32 constant after quantize-dequantize. Grids of up to 32 bits; computed in double where float cannot hold the codes.
core::Expected<ConstantBytes> quantizedConstant(const ProgramTensor &tensor, const core::Encoding &encoding);

} // namespace nordlys::runtime
