// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "matcher.h"

namespace nordlys::runtime::passes {

/// The constant weight of Conv, ConvTranspose, Gemm or MatMul, seen as rows x columns x plane.
struct WeightView {
    std::int64_t rows = 0, columns = 0, plane = 1, groups = 1;
    bool rowsAreOutputs = true; ///< rows are output channels and columns input channels of the group, or the other way round
    std::int64_t outputs = 0, inputs = 0; ///< channels
    double productFactor = 1, biasFactor = 1; ///< alpha and beta of Gemm
    bool takesInputShift = false; ///< every input value counts for every output in the same way: no padding

    [[nodiscard]] std::int64_t output(std::int64_t row, std::int64_t column) const { return rowsAreOutputs ? row : row / (rows / groups) * columns + column; }
    [[nodiscard]] std::int64_t input(std::int64_t row, std::int64_t column) const { return rowsAreOutputs ? row / (rows / groups) * columns + column : row; }
};

/// How the weight of a step lies; nothing when it is not constant float32 or something is fused into the step already.
std::optional<WeightView> weightViewOf(const Matcher &match, int step);

/// factor * value + shift per channel; an empty list changes nothing.
struct ChannelMap {
    std::vector<double> factor, shift;
};

/// Would folding change the numbers of a weight or bias that has an encoding (or is watched) under its name? Encodings are made for weights into which
/// a BatchNormalization behind them is folded, and nothing else.
bool changesEncodedWeights(const Matcher &match, int step, const ChannelMap &input, const ChannelMap &output);

/// Folds maps of the input and output channels into weight and bias. The tensors keep their names. A MatMul
/// gets its bias as a third input, which only plans know.
core::Expected<void> foldIntoWeights(Matcher &match, int step, const WeightView &view, const ChannelMap &input, const ChannelMap &output);

} // namespace nordlys::runtime::passes
