// SPDX-License-Identifier: Apache-2.0
#include "dtype.h"

#include <array>

namespace nordlys::core {

namespace {

struct DTypeRow {
    std::string_view name;
    int bits;
    bool isFloat;
    bool isInteger;
};

// Indexed by the number of the type.
constexpr std::array<DTypeRow, 25> kRows{{
    {"undefined", 0, false, false}, {"float32", 32, true, false}, {"uint8", 8, false, true}, {"int8", 8, false, true},
    {"uint16", 16, false, true}, {"int16", 16, false, true}, {"int32", 32, false, true}, {"int64", 64, false, true},
    {"string", 0, false, false}, {"bool", 8, false, false}, {"float16", 16, true, false}, {"float64", 64, true, false},
    {"uint32", 32, false, true}, {"uint64", 64, false, true}, {"complex64", 64, false, false}, {"complex128", 128, false, false},
    {"bfloat16", 16, true, false}, {"float8e4m3fn", 8, true, false}, {"float8e4m3fnuz", 8, true, false}, {"float8e5m2", 8, true, false},
    {"float8e5m2fnuz", 8, true, false}, {"uint4", 4, false, true}, {"int4", 4, false, true}, {"float4e2m1", 4, true, false},
    {"float8e8m0", 8, true, false},
}};

const DTypeRow &rowOf(DType type)
{
    const auto index = static_cast<std::size_t>(type);
    return kRows[index < kRows.size() ? index : 0];
}

} // namespace

DType dtypeFromNumber(std::int64_t number)
{
    return number > 0 && number < static_cast<std::int64_t>(kRows.size()) ? static_cast<DType>(number) : DType::Undefined;
}

int bitsOf(DType type) { return rowOf(type).bits; }
std::string_view nameOf(DType type) { return rowOf(type).name; }
bool isFloat(DType type) { return rowOf(type).isFloat; }
bool isInteger(DType type) { return rowOf(type).isInteger; }

std::optional<DType> dtypeFromName(std::string_view name)
{
    for (std::size_t i = 1; i < kRows.size(); ++i) {
        if (kRows[i].name == name)
            return static_cast<DType>(i);
    }
    return std::nullopt;
}

} // namespace nordlys::core
