// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding.h"

#include <core/graph/graph.h>

#include <optional>
#include <utility>
#include <vector>

namespace nordlys::core {

enum class QuantizableKind { Activation, Weight, Bias };

/// A tensor that gets an encoding.
struct QuantizableTensor {
    TensorId tensor;
    QuantizableKind kind = QuantizableKind::Activation;
    /// Tensors of one tie group (Concat inputs and output, data movers' input and output) share one encoding; the group is named
    /// by its first tensor in graph order. Equal to `tensor` when it is alone.
    TensorId group;
    std::optional<std::pair<double, double>> fixedRange; ///< Softmax, Sigmoid: 0..1; Tanh: -1..1
    int channelAxis = -1;                                ///< weights: of the output channels; biases: their last axis, unless it is one number; -1: per tensor only
    /// Bias: the activation and weight whose scales' product is the bias scale; invalid otherwise.
    TensorId biasActivation, biasWeight;
};

/// Which tensors of the graph get encodings, in graph order. Rules: float activations that are stored between operators, graph
/// inputs and weights; nothing inside a fused group (Conv, Gemm, MatMul, ConvTranspose or Add followed by its only consumer
/// BatchNormalization and/or a fusable activation; MatMul followed by Add of a constant vector, which is its bias); movers and
/// Concat tied; fixed ranges for Softmax and Sigmoid outputs. Biases are listed: their encodings are derived. Constant operands
/// of other operators count as weights without channel axis, single numbers are left out. What nodes compute from constants alone
/// counts as a constant under the name of their output (folding makes it one). Values that the model quantizes itself (QDQ form)
/// are left out. Order: graph inputs, then node by node its constants and its outputs.
std::vector<QuantizableTensor> quantizableTensors(const Graph &graph);

} // namespace nordlys::core
