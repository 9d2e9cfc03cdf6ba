// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../op_spec.h"

#include <array>
#include <string>

namespace nordlys::core::ops {

using Values = std::vector<std::int64_t>;

// Input roles shared by many rows.
inline constexpr std::array kActivationInputs{QuantRole::Activation};
inline constexpr std::array kFirstInputOnly{QuantRole::Activation, QuantRole::None};
inline constexpr std::array kWeightedInputs{QuantRole::Activation, QuantRole::Weight, QuantRole::Bias, QuantRole::None};
inline constexpr std::array kNoInputs{QuantRole::None};

/// A rule of the operator that the node does not meet; the text becomes the finding.
inline Error broken(std::string rule) { return badInput({}, std::move(rule)); }

/// Starts a row: most fields keep their defaults.
OpSpec row(std::string_view name, int sinceVersion, int minInputs, int maxInputs, OpSpec::InferFunction infer);

/// Axis counted from the end when negative; an Error outside [-rank, rank).
Expected<std::size_t> normalizeAxis(std::int64_t axis, std::size_t rank);
/// Multidirectional broadcasting of ONNX; a free dimension beside a known one above 1 takes its number.
Expected<Shape> broadcast(const Shape &a, const Shape &b);
/// Product of dims; free when one is free or the product leaves int64.
Dim product(const Shape &shape, std::size_t begin, std::size_t end);
/// Sum of two dims; free when one is free or on overflow.
Dim sum(const Dim &a, const Dim &b);
/// Product of non-negative numbers that ends at INT64_MAX.
std::int64_t saturatingMultiply(std::int64_t a, std::int64_t b);
/// Number of elements with free dimensions counting as 1, saturating; 0 when the rank is unknown.
std::int64_t countWithFreeAsOne(const std::optional<Shape> &shape);
/// Shape of a node's tensor; null when left out or unknown.
const Shape *shapeOf(const Graph &graph, const std::vector<TensorId> &tensors, std::size_t index);
/// Free dimensions count as 1; 1 beyond the rank.
std::int64_t dimOr1(const Shape &shape, std::size_t index);

/// A constant's numbers as double; nothing when the input is no small constant of float32, float64 or integers.
std::optional<std::vector<double>> constantNumbers(const InferenceContext &context, std::size_t input);

/// Integers from attribute `name`, or from input `index` where the attribute is absent. `present` tells a missing list from an unknown one.
struct IntList {
    bool present = false;
    std::optional<Values> values;
};
IntList intList(const InferenceContext &context, std::string_view name, std::size_t inputIndex);

/// Output 0 has type and shape of input 0; values pass through.
Expected<void> inferSameAsFirst(InferenceContext &context);
/// Output 0 has type and shape of input 0, and values of its own.
Expected<void> inferLikeFirst(InferenceContext &context);

} // namespace nordlys::core::ops
