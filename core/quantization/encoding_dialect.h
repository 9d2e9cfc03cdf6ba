// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding_set.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nordlys::core {

/// Forms of encodings files.
enum class EncodingDialect {
    Dictionary040, ///< sections are objects, a tensor has a list of encodings
    Dictionary050, ///< and their dtype
    Dictionary061, ///< and quantizer_args
    Seed,          ///< dictionary form with an object a tensor and offsets that are zero points (positive)
    List100,       ///< sections are lists; channels, blocks, two-level scales
    Onnx200,       ///< entries like ONNX QuantizeLinear; zero points with its sign
    Onnx210,
    Torch,  ///< by module, not by tensor; read only
    NetJson, ///< a converter's net.json; read only
    Qdq ///< an ONNX model with QuantizeLinear and DequantizeLinear (qdq_encodings.h); written with a model (core/export/qdq_model.h), not as text
};
inline constexpr std::array kWritableDialects{EncodingDialect::Dictionary040, EncodingDialect::Dictionary050, EncodingDialect::Dictionary061,
                                       EncodingDialect::Seed,          EncodingDialect::List100,       EncodingDialect::Onnx200,
                                       EncodingDialect::Onnx210};
std::string_view nameOf(EncodingDialect dialect); ///< "0.4.0", "0.5.0", "0.6.1", "seed", "1.0.0", "2.0.0", "2.1.0", "torch", "net.json", "qdq"
std::optional<EncodingDialect> dialectFromName(std::string_view name);
bool isWritable(EncodingDialect dialect); ///< as a text of its own
bool isDictionary(EncodingDialect dialect); ///< 0.x and seed
bool isOnnxLike(EncodingDialect dialect);   ///< 2.x

/// What a dialect cannot say of an entry.
struct EncodingLoss {
    std::string tensor, what;
    bool omitted = false; ///< the whole entry
};
std::vector<EncodingLoss> lossesIn(EncodingDialect dialect, const std::string &tensor, const EncodingEntry &entry);

} // namespace nordlys::core
