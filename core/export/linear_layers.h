// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model_rewrite.h"

#include <core/base/error.h>
#include <core/graph/graph.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace nordlys::core {

/// Mean and standard deviation of a value, per channel.
struct ChannelStatistics {
    std::vector<double> mean, deviation;
};

/// A Conv, ConvTranspose or Gemm with constant float32 weights, with the BatchNormalization behind it folded in (where its parameters are constant
/// and nobody else reads what lies between). Weight (o, i) stands for raw(o, i) * outFactor[o] * inFactor[i]: scaling and folding touch the factors
/// only, so that every written weight is rounded once.
struct LinearLayer {
    NodeId node;
    NodeId folded;       ///< the BatchNormalization; invalid: none
    std::string name, weightName;
    TensorId output;     ///< behind the folded BatchNormalization
    Dims dims;           ///< of the weight
    std::size_t inputs = 0, outputs = 0; ///< channels
    std::span<const std::byte> raw;      ///< float32, perhaps not aligned; lives as long as the model
    std::vector<double> outFactor, inFactor, bias;
    bool hasBias = false;      ///< the file has one
    bool padded = false;       ///< zeros are put around its input
    bool plainFactors = true;  ///< alpha = beta = 1
    std::optional<ChannelStatistics> normalized; ///< of the output, as the folded BatchNormalization states it (beta and |gamma|)
    bool changed = false;

    [[nodiscard]] std::size_t weightCount() const { return raw.size() / sizeof(float); }
    [[nodiscard]] double weight(std::size_t index) const;
    [[nodiscard]] std::size_t outputOf(std::size_t index) const;
    [[nodiscard]] std::size_t inputOf(std::size_t index) const;
    /// Largest |weight| per output channel, and per input channel.
    [[nodiscard]] std::vector<double> outputRanges() const;
    [[nodiscard]] std::vector<double> inputRanges() const;
    /// As it would be written. Nothing where float32 cannot hold a value.
    [[nodiscard]] std::optional<std::vector<float>> weights() const;
    [[nodiscard]] std::optional<std::vector<float>> biases() const;

    enum class Kind { Conv, ConvTranspose, GemmTransposed, Gemm };
    Kind kind = Kind::Conv;
    std::int64_t group = 1;
    std::size_t inner = 1; ///< elements of the window
};

/// The layers of the graph, in its order.
std::vector<LinearLayer> linearLayers(const Graph &graph);

/// Names of values that subgraphs may read.
std::vector<bool> capturedTensors(const Graph &graph);

/// Writes weights, bias and folding of changed layers into the rewrite. NotSupported where a weight leaves float32's range.
Expected<void> storeLayers(const Graph &graph, const std::vector<LinearLayer> &layers, ModelRewrite &rewrite);

} // namespace nordlys::core
