// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bias_values.h"

#include <core/base/error.h>
#include <core/graph/graph.h>
#include <core/quantization/encoding_set.h>

#include <cstdint>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// What is quantized, or raised to another width, as one: a node with its weights, biases and output, together with what is fused into it
/// (BatchNormalization, activation, a constant vector behind MatMul) and with the nodes whose outputs are tied to its own (Concat, Reshape, MaxPool ...).
/// Graph inputs belong to no layer.
struct EncodedLayer {
    std::string name;               ///< of the first node with weights, else of the first node
    std::vector<std::string> nodes; ///< in graph order
    std::vector<std::string> tensors; ///< its encodings: those of the set that the layers were made for
    std::int64_t macs = 0;          ///< an operator without multiplications counts one per element of its output
    std::int64_t weightBytes = 0;   ///< at 8 bits: number of its weights; biases stay at 32 bits at every width
};

/// Layers that have an encoding in the set, in graph order.
std::vector<EncodedLayer> encodedLayers(const core::Graph &graph, const core::EncodingSet &encodings);

/// The encodings of the layers for which chosen is true; entries that belong to no layer (graph inputs) where `others` is true.
core::EncodingSet encodingsOf(const std::vector<EncodedLayer> &layers, const std::vector<bool> &chosen, const core::EncodingSet &encodings, bool others);

/// What a layer is raised to.
enum class HigherWidth { Int16, Float16, Float32 };
std::string_view nameOf(HigherWidth width); ///< "16", "float16", "float32"
int bitsOf(HigherWidth width);

/// The set with the layers for which raised is true at the higher width. 16 bit: the same ranges, 65,536 codes, same kind of grid; biases get the product
/// of the new scales, in the graph's layers that they belong to, as long as the bias fits int32 then (else their grid stays). Float: no grid.
/// `biases` (null: those of the file) are what must fit. Locked entries, what is that wide already and weights with one grid per block stay.
core::Expected<core::EncodingSet> raised(const core::Graph &graph, const std::vector<EncodedLayer> &layers, const std::vector<bool> &raised,
                                         const core::EncodingSet &encodings, HigherWidth width, const BiasValues *biases = nullptr);

} // namespace nordlys::runtime
