// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "graph.h"

#include <core/base/error.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace nordlys::core {

/// What quantization has to know of an operator's value.
enum class QuantRole : std::uint8_t {
    None,          ///< never quantized (shapes, indices, strings, booleans)
    Activation,    ///< ordinary activation: gets an encoding of its own
    Weight,        ///< parameter: per tensor or per channel
    Bias,          ///< int32 with scale = activation scale x weight scale
    Tied,          ///< data mover: shares the encoding of its data input
    FixedUnit,     ///< output always in [0, 1] (Softmax, Sigmoid)
    FixedSymmetric ///< output always in [-1, 1] (Tanh)
};

/// How an operator sees the order of channels.
enum class LayoutRole : std::uint8_t {
    Channels,   ///< spatial operator: works on N, C, spatial dims; has NHWC kernels
    Elementwise,///< any layout, if all inputs share it
    Opaque      ///< needs the order in which the model states the dims
};

/// Marks a value of shape arithmetic that is not known (-1 is an ordinary value there: Reshape and Slice use it).
inline constexpr std::int64_t kUnknownValue = std::numeric_limits<std::int64_t>::min();

/// Context of shape inference for one node: shapes, element types and small integer values of its inputs as far as they are known.
class InferenceContext {
public:
    virtual ~InferenceContext() = default;
    virtual std::size_t inputCount() const = 0;
    virtual std::size_t outputCount() const = 0;
    virtual bool hasInput(std::size_t index) const = 0;
    virtual DType inputType(std::size_t index) const = 0;
    virtual const std::optional<Shape> &inputShape(std::size_t index) const = 0;
    /// Values of an integer input (shape arithmetic), when they are known; kUnknownValue stands for what a free dimension decides.
    virtual std::optional<std::vector<std::int64_t>> inputValues(std::size_t index) const = 0;
    virtual const Graph &graph() const = 0;
    virtual const Node &node() const = 0;
    virtual void setOutput(std::size_t index, DType type, std::optional<Shape> shape) = 0;
    /// States the values of a small integer output (shape arithmetic).
    virtual void setOutputValues(std::size_t index, std::vector<std::int64_t> values) = 0;
};

/// Cost of one node with known shapes. MACs count one multiplication with its addition; operators without multiplications count 0.
struct NodeCost {
    std::int64_t macs = 0;
    std::int64_t parameterBytes = 0; ///< constants that this node reads
    std::int64_t inputBytes = 0;     ///< activations read
    std::int64_t outputBytes = 0;
};

/// One row per operator and version range. Everything that asks "what kind of op is this" asks this table (op_spec_table.cpp and
/// the family files in graph/ops/).
struct OpSpec {
    std::string_view domain;
    std::string_view name;
    int sinceVersion = 1;
    int minInputs = 0, maxInputs = 0;   ///< maxInputs -1: variadic
    int minOutputs = 1, maxOutputs = 1;
    using InferFunction = Expected<void> (*)(InferenceContext &);
    using MacsFunction = std::int64_t (*)(const Graph &, const Node &);
    InferFunction infer = nullptr;
    MacsFunction macs = nullptr; ///< null: 0
    LayoutRole layout = LayoutRole::Opaque;
    QuantRole output = QuantRole::Activation;
    /// Role of each input; beyond the end the last one repeats. Only constants are Weight or Bias; a non-constant there counts as Activation.
    std::span<const QuantRole> inputs;
    /// Index of the weight's output-channel axis for per-channel encodings (section 3.8 of common converter rules); -1 where per-channel has no meaning.
    int channelAxis = -1;
    /// May be fused behind a Conv, Gemm or Add as its activation, so that the value between them gets no encoding.
    bool isFusableActivation = false;
};

/// The row that holds for this operator at this opset, or null when Nordlys does not know it.
const OpSpec *findOpSpec(std::string_view domain, std::string_view name, int opset);
const OpSpec *findOpSpec(const Graph &graph, const Node &node);

/// Output-channel axis of this node's weight input `inputIndex`, taking attributes into account (Gemm transB, MatMul); -1: none.
int weightChannelAxis(const Graph &graph, const Node &node, std::size_t inputIndex);

} // namespace nordlys::core
