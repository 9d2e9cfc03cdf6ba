// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nordlys::core {

/// Element types with the numbers of ONNX TensorProto.DataType (onnx.proto3, IR version 12).
enum class DType : std::uint8_t {
    Undefined = 0, Float32 = 1, UInt8 = 2, Int8 = 3, UInt16 = 4, Int16 = 5, Int32 = 6, Int64 = 7, String = 8, Bool = 9,
    Float16 = 10, Float64 = 11, UInt32 = 12, UInt64 = 13, Complex64 = 14, Complex128 = 15, BFloat16 = 16,
    Float8E4M3FN = 17, Float8E4M3FNUZ = 18, Float8E5M2 = 19, Float8E5M2FNUZ = 20, UInt4 = 21, Int4 = 22, Float4E2M1 = 23,
    Float8E8M0 = 24, ///< a power of two or NaN
};

/// The type with this number of TensorProto.DataType; Undefined where there is none.
DType dtypeFromNumber(std::int64_t number);
/// Bits of one element; 0 for String and Undefined.
int bitsOf(DType type);
/// NumPy-like names: "float32", "uint8", "bool", "bfloat16"; "undefined" for what has no name.
std::string_view nameOf(DType type);
std::optional<DType> dtypeFromName(std::string_view name);
bool isFloat(DType type);
bool isInteger(DType type);

} // namespace nordlys::core
