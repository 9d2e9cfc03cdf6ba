// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nordlys::core {

/// A large weight's bytes that the scan left in the file.
struct WeightRange {
    enum Kind : std::uint8_t { Raw, Float, Double }; ///< raw_data, or packed float_data and double_data (the same bytes)
    Kind kind = Raw;
    std::uint64_t offset = 0; ///< from the start of the scanned bytes
    std::uint64_t size = 0;
};

/// A serialized ModelProto without its large weights. Each TensorProto that lost its bytes carries a marker in doc_string that
/// weightMarker() reads.
struct OnnxScan {
    std::string reduced;
    std::vector<WeightRange> ranges;
};

/// Weights from this size on stay in the file.
inline constexpr std::size_t kLargeWeightBytes = 1024;
/// Subgraphs nest no deeper.
inline constexpr int kMaxGraphDepth = 30;

/// Walks a ModelProto with its graphs, subgraphs and attributes, touching no weight. BadInput when a length reaches past its message,
/// a tag is none, subgraphs nest too deeply, or there is no graph.
Expected<OnnxScan> scanOnnx(std::span<const std::byte> bytes);

/// Index into OnnxScan::ranges that a TensorProto's doc_string names, if it does.
std::optional<std::size_t> weightMarker(std::string_view docString);

} // namespace nordlys::core
