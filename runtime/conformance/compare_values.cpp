// SPDX-License-Identifier: Apache-2.0
#include "compare_values.h"

#include <core/tensor/float_bits.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace nordlys::runtime {

namespace {

using core::DType;

bool isNear(double expected, double actual, const ValueTolerance &tolerance)
{
    if (std::isnan(expected) || std::isnan(actual))
        return std::isnan(expected) && std::isnan(actual);
    if (std::isinf(expected) || std::isinf(actual))
        return expected == actual;
    return std::abs(actual - expected) <= tolerance.absolute + tolerance.relative * std::abs(expected);
}

std::string numberText(double value)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

/// "element 7 is 1 instead of 2 (and 3 more differ)".
template <typename Same, typename Text>
std::string firstDifference(std::size_t count, const Same &same, const Text &text)
{
    std::size_t differing = 0, first = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (!same(i) && differing++ == 0)
            first = i;
    }
    if (differing == 0)
        return {};
    return "element " + std::to_string(first) + " of " + std::to_string(count) + " is " + text(first)
           + (differing > 1 ? ", and " + std::to_string(differing - 1) + " more differ" : "");
}

template <typename ToDouble>
std::string floatDifference(std::size_t count, const ToDouble &expected, const ToDouble &actual, const ValueTolerance &tolerance)
{
    return firstDifference(
        count, [&](std::size_t i) { return isNear(expected(i), actual(i), tolerance); },
        [&](std::size_t i) { return numberText(actual(i)) + " instead of " + numberText(expected(i)); });
}

template <typename Integer>
std::string integerDifference(const core::HostTensor &expected, const core::HostTensor &actual)
{
    const auto e = expected.as<Integer>(), a = actual.as<Integer>();
    return firstDifference(
        e.size(), [&](std::size_t i) { return e[i] == a[i]; },
        [&](std::size_t i) { return std::to_string(a[i]) + " instead of " + std::to_string(e[i]); });
}

/// Reads numbers of a floating-point type as doubles; complex numbers are two.
struct FloatReader {
    const core::HostTensor *tensor = nullptr;

    double operator()(std::size_t i) const
    {
        switch (tensor->dtype()) {
        case DType::Float64:
        case DType::Complex128: return at<double>(i);
        case DType::Float16: return static_cast<double>(core::floatFromHalf(at<std::uint16_t>(i)));
        case DType::BFloat16: return static_cast<double>(core::floatFromBFloat16(at<std::uint16_t>(i)));
        // OCP and ONNX float8 formats: exponent bits, mantissa bits, bias.
        case DType::Float8E4M3FN: return static_cast<double>(core::floatFromNarrow(at<std::uint8_t>(i), 4, 3, 7, true, false));
        case DType::Float8E4M3FNUZ: return static_cast<double>(core::floatFromNarrow(at<std::uint8_t>(i), 4, 3, 8, false, true));
        case DType::Float8E5M2: return static_cast<double>(core::floatFromNarrow(at<std::uint8_t>(i), 5, 2, 15, false, false));
        case DType::Float8E5M2FNUZ: return static_cast<double>(core::floatFromNarrow(at<std::uint8_t>(i), 5, 2, 16, false, true));
        case DType::Float8E8M0: return std::ldexp(1.0, static_cast<int>(at<std::uint8_t>(i)) - 127); // 255 is NaN, which equals itself here as a number
        default: return static_cast<double>(at<float>(i));
        }
    }

    template <typename T>
    [[nodiscard]] T at(std::size_t i) const
    {
        T value;
        std::memcpy(&value, tensor->bytes().data() + i * sizeof(T), sizeof(T));
        return value;
    }
};

unsigned nibbleAt(const core::HostTensor &tensor, std::size_t i)
{
    return (std::to_integer<unsigned>(tensor.bytes()[i / 2]) >> (i % 2 * 4)) & 0xfU;
}

std::string numbersDiffer(const core::HostTensor &expected, const core::HostTensor &actual, const ValueTolerance &tolerance)
{
    const std::size_t count = expected.elementCount();
    switch (expected.dtype()) {
    case DType::Int8: return integerDifference<std::int8_t>(expected, actual);
    case DType::Int16: return integerDifference<std::int16_t>(expected, actual);
    case DType::Int32: return integerDifference<std::int32_t>(expected, actual);
    case DType::Int64: return integerDifference<std::int64_t>(expected, actual);
    case DType::UInt8:
    case DType::Bool: return integerDifference<std::uint8_t>(expected, actual);
    case DType::UInt16: return integerDifference<std::uint16_t>(expected, actual);
    case DType::UInt32: return integerDifference<std::uint32_t>(expected, actual);
    case DType::UInt64: return integerDifference<std::uint64_t>(expected, actual);
    case DType::Int4:
    case DType::UInt4:
    case DType::Float4E2M1: // two codes a byte; every code of float4 is another number except the zeros
        return firstDifference(
            count, [&](std::size_t i) { return nibbleAt(expected, i) == nibbleAt(actual, i); },
            [&](std::size_t i) { return "code " + std::to_string(nibbleAt(actual, i)) + " instead of " + std::to_string(nibbleAt(expected, i)); });
    case DType::Complex64:
    case DType::Complex128: return floatDifference(2 * count, FloatReader{&expected}, FloatReader{&actual}, tolerance);
    case DType::Undefined:
    case DType::String: return "values of type " + std::string(core::nameOf(expected.dtype())) + " cannot be compared";
    default: return floatDifference(count, FloatReader{&expected}, FloatReader{&actual}, tolerance);
    }
}

std::string kindText(const Value &value)
{
    return value.isTensor() ? "a tensor" : value.isSequence() ? "a sequence" : "nothing";
}

} // namespace

std::string differenceOf(const core::HostTensor &expected, const core::HostTensor &actual, const ValueTolerance &tolerance)
{
    if (expected.dtype() != actual.dtype())
        return "its type is " + std::string(core::nameOf(actual.dtype())) + " instead of " + std::string(core::nameOf(expected.dtype()));
    if (expected.dims() != actual.dims())
        return "its shape is " + core::shapeText(actual.dims()) + " instead of " + core::shapeText(expected.dims());
    return numbersDiffer(expected, actual, tolerance);
}

std::string differenceOf(const Value &expected, const Value &actual, const ValueTolerance &tolerance)
{
    if (expected.kind() != actual.kind())
        return "it is " + kindText(actual) + " instead of " + kindText(expected);
    if (expected.isTensor())
        return differenceOf(expected.tensor(), actual.tensor(), tolerance);
    if (!expected.isSequence())
        return {};
    if (expected.elements().size() != actual.elements().size())
        return "it has " + std::to_string(actual.elements().size()) + " values instead of " + std::to_string(expected.elements().size());
    for (std::size_t i = 0; i < expected.elements().size(); ++i) {
        if (const std::string text = differenceOf(expected.elements()[i], actual.elements()[i], tolerance); !text.empty())
            return "value " + std::to_string(i) + ": " + text;
    }
    return {};
}

} // namespace nordlys::runtime
