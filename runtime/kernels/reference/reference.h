// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "half.h"

#include <runtime/kernels/kernel.h>

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Tools of the reference kernels: written for clarity, they are what faster kernels are compared with. families.h lists the family files.
namespace nordlys::runtime::reference {

inline BoundKernel bound(const KernelCall &call, std::function<KernelStatus(const KernelRun &)> run, int inPlaceInput = -1)
{
    BoundKernel kernel;
    kernel.run = std::move(run);
    kernel.name = "reference/" + std::string(call.op);
    kernel.inPlaceInput = inPlaceInput;
    return kernel;
}

template <typename T>
struct TypeTag {
    using Type = T;
};

/// Calls `function(TypeTag<T>{})` with the C++ type of a number type: float, double, Half, BFloat16, integers of 8 to 64 bits. Compute in
/// ComputeOf<T> and store T(result); ask isFloatType<T>, not std::is_floating_point_v<T>. Booleans are bytes of 0 or 1.
template <typename Function>
core::Expected<BoundKernel> dispatchNumber(const KernelCall &call, core::DType type, Function &&function)
{
    switch (type) {
    case core::DType::Float32: return function(TypeTag<float>{});
    case core::DType::Float64: return function(TypeTag<double>{});
    case core::DType::Float16: return function(TypeTag<Half>{});
    case core::DType::BFloat16: return function(TypeTag<BFloat16>{});
    case core::DType::Int8: return function(TypeTag<std::int8_t>{});
    case core::DType::Int16: return function(TypeTag<std::int16_t>{});
    case core::DType::Int32: return function(TypeTag<std::int32_t>{});
    case core::DType::Int64: return function(TypeTag<std::int64_t>{});
    case core::DType::UInt8: return function(TypeTag<std::uint8_t>{});
    case core::DType::UInt16: return function(TypeTag<std::uint16_t>{});
    case core::DType::UInt32: return function(TypeTag<std::uint32_t>{});
    case core::DType::UInt64: return function(TypeTag<std::uint64_t>{});
    default: return call.unsupported("the type " + std::string(core::nameOf(type)) + " has no kernel");
    }
}

/// The same for floating-point types only.
template <typename Function>
core::Expected<BoundKernel> dispatchFloat(const KernelCall &call, core::DType type, Function &&function)
{
    switch (type) {
    case core::DType::Float32: return function(TypeTag<float>{});
    case core::DType::Float64: return function(TypeTag<double>{});
    case core::DType::Float16: return function(TypeTag<Half>{});
    case core::DType::BFloat16: return function(TypeTag<BFloat16>{});
    default: return call.unsupported("the type " + std::string(core::nameOf(type)) + " has no kernel");
    }
}

/// Below every number of T: minus infinity, or the lowest integer.
template <typename T>
T smallestOf()
{
    if constexpr (isFloatType<T>)
        return static_cast<T>(-static_cast<ComputeOf<T>>(std::numeric_limits<T>::infinity()));
    else
        return std::numeric_limits<T>::lowest();
}
/// Above every number of T.
template <typename T>
T largestOf()
{
    if constexpr (isFloatType<T>)
        return std::numeric_limits<T>::infinity();
    else
        return std::numeric_limits<T>::max();
}

/// For kernels that only move elements: an unsigned type of the element's size.
template <typename Function>
core::Expected<BoundKernel> dispatchSize(const KernelCall &call, core::DType type, Function &&function)
{
    switch (elementSize(type)) {
    case 1: return function(TypeTag<std::uint8_t>{});
    case 2: return function(TypeTag<std::uint16_t>{});
    case 4: return function(TypeTag<std::uint32_t>{});
    case 8: return function(TypeTag<std::uint64_t>{});
    default: return call.unsupported("the type " + std::string(core::nameOf(type)) + " has no kernel");
    }
}

/// Axis in 0..rank-1, or nothing.
std::optional<std::size_t> normalizedAxis(std::int64_t axis, std::size_t rank);
/// Axes in ascending order without repetition, or nothing when one is outside or stands twice.
std::optional<std::vector<std::size_t>> normalizedAxes(const std::vector<std::int64_t> &axes, std::size_t rank);
/// Result of multidirectional broadcasting (ONNX Broadcasting), or nothing when the shapes do not fit.
std::optional<core::Dims> broadcastDims(const core::Dims &a, const core::Dims &b);

/// A walk over all positions of a box in C order that keeps one element offset per operand.
template <std::size_t N>
struct StridedLoop {
    std::size_t rank = 0;
    std::int64_t total = 1;
    std::array<std::int64_t, maxRank> dims{};
    std::array<std::array<std::int64_t, N>, maxRank> strides{};
    std::array<std::int64_t, N> start{};

    explicit StridedLoop(const core::Dims &box = {}) : rank(box.size())
    {
        for (std::size_t i = 0; i < rank; ++i) {
            dims[i] = box[i];
            total *= box[i];
        }
    }
    /// Operand with the box's own rank.
    void setOperand(std::size_t operand, const Strides &operandStrides)
    {
        for (std::size_t i = 0; i < rank; ++i)
            strides[i][operand] = operandStrides[i];
    }
    /// Operand that is broadcast to the box: aligned at the last dimension, stride 0 where its size is 1.
    void setBroadcastOperand(std::size_t operand, const TensorDesc &desc)
    {
        const Strides own = desc.strides();
        const std::size_t lead = rank - desc.rank();
        for (std::size_t i = 0; i < rank; ++i)
            strides[i][operand] = i < lead || desc.dims[i - lead] == 1 ? 0 : own[i - lead];
    }

    /// `function(offsets)`, offsets being a std::array of N element offsets.
    template <typename Function>
    void run(Function &&function) const
    {
        if (total == 0)
            return;
        std::array<std::int64_t, maxRank> index{};
        std::array<std::int64_t, N> offset = start;
        for (;;) {
            function(offset);
            std::size_t axis = rank;
            for (;;) {
                if (axis == 0)
                    return;
                --axis;
                for (std::size_t k = 0; k < N; ++k)
                    offset[k] += strides[axis][k];
                if (++index[axis] < dims[axis])
                    break;
                for (std::size_t k = 0; k < N; ++k)
                    offset[k] -= strides[axis][k] * dims[axis];
                index[axis] = 0;
            }
        }
    }
};

} // namespace nordlys::runtime::reference
