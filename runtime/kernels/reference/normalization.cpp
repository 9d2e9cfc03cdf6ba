// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"

namespace nordlys::runtime::reference {

namespace {

struct Moments {
    double mean = 0, variance = 0;
};

/// Mean and population variance of a run of values.
template <typename T>
Moments momentsOf(const T *in, std::int64_t count)
{
    Moments m;
    for (std::int64_t i = 0; i < count; ++i)
        m.mean += static_cast<double>(widen(in[i]));
    m.mean /= static_cast<double>(count);
    for (std::int64_t i = 0; i < count; ++i) {
        const double distance = static_cast<double>(widen(in[i])) - m.mean;
        m.variance += distance * distance;
    }
    m.variance /= static_cast<double>(count);
    return m;
}

/// One value per entry of scale and B; which entry belongs to channel c of C: c * entries / C.
core::Expected<void> checkAffine(const KernelCall &call, std::int64_t entries, std::string_view per)
{
    for (std::size_t i = 1; i < 3; ++i) {
        if (call.inputs[i].dims != core::Dims{entries} || call.inputs[i].dtype != call.inputs[0].dtype)
            return call.broken(std::string(i == 1 ? "scale" : "bias") + " (input " + std::to_string(i) + ") needs one value per " + std::string(per)
                               + " (" + std::to_string(entries) + "), of the input's type");
    }
    return {};
}

/// Normalises groups of channels; InstanceNormalization has as many groups as channels.
core::Expected<BoundKernel> bindGrouped(const KernelCall &call, std::int64_t groups, std::int64_t entries)
{
    const TensorDesc &x = call.inputs[0];
    const auto epsilon = static_cast<double>(call.floatAttribute("epsilon", 1e-5F));
    const std::int64_t channels = x.dims[1], perGroup = channels / groups, plane = productOf(x.dims, 2, x.rank()), count = x.dims[0] * groups;
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            for (std::int64_t i = 0; i < count; ++i) {
                const T *in = run.input<T>(0) + i * perGroup * plane;
                T *out = run.output<T>(0) + i * perGroup * plane;
                const Moments m = momentsOf(in, perGroup * plane);
                const double inverse = 1.0 / std::sqrt(m.variance + epsilon);
                for (std::int64_t c = 0; c < perGroup; ++c) {
                    const std::int64_t entry = (i % groups * perGroup + c) * entries / channels;
                    const double factor = static_cast<double>(widen(run.input<T>(1)[entry])) * inverse;
                    const auto shift = static_cast<double>(widen(run.input<T>(2)[entry]));
                    for (std::int64_t p = c * plane; p < (c + 1) * plane; ++p)
                        out[p] = narrow<T>((static_cast<double>(widen(in[p])) - m.mean) * factor + shift);
                }
            }
            return nullptr;
        });
    });
}

core::Expected<void> checkGrouped(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() < 2 || x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("the input needs at least 2 dimensions, the output its shape and type");
    return {};
}

core::Expected<BoundKernel> bindInstanceNormalization(const KernelCall &call)
{
    NORDLYS_TRY(checkGrouped(call));
    const std::int64_t channels = call.inputs[0].dims[1];
    NORDLYS_TRY(checkAffine(call, channels, "channel"));
    if (call.inputs[0].elementCount() == 0)
        return bound(call, [](const KernelRun &) -> KernelStatus { return nullptr; });
    return bindGrouped(call, channels, channels);
}

/// Version 18 has scale and bias per group, 21 per channel.
core::Expected<BoundKernel> bindGroupNormalization(const KernelCall &call)
{
    NORDLYS_TRY(checkGrouped(call));
    const std::int64_t groups = call.intAttribute("num_groups", 0), channels = call.inputs[0].dims[1];
    if (groups < 1 || channels % groups != 0)
        return call.broken("num_groups " + std::to_string(groups) + " does not divide the " + std::to_string(channels) + " channels");
    const bool perChannel = call.opset >= 21;
    NORDLYS_TRY(checkAffine(call, perChannel ? channels : groups, perChannel ? "channel" : "group"));
    if (call.inputs[0].elementCount() == 0)
        return bound(call, [](const KernelRun &) -> KernelStatus { return nullptr; });
    return bindGrouped(call, groups, perChannel ? channels : groups);
}

/// LayerNormalization and RMSNormalization: rows from `axis` on, scale and bias broadcast to the input.
struct RowShape {
    std::int64_t size = 1, rows = 1;
    double epsilon = 1e-5;
    StridedLoop<3> loop; ///< over the input: its own offset, scale's, bias's
};

core::Expected<RowShape> rowShapeOf(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", -1), x.rank());
    if (!axis)
        return call.broken("axis " + std::to_string(call.intAttribute("axis", -1)) + " is outside the input");
    if (x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("the output has another shape or type than the input");
    RowShape s;
    s.rows = productOf(x.dims, 0, *axis);
    s.size = productOf(x.dims, *axis, x.rank());
    s.epsilon = static_cast<double>(call.floatAttribute("epsilon", 1e-5F));
    s.loop = StridedLoop<3>(x.dims);
    s.loop.setOperand(0, x.strides());
    for (std::size_t i = 1; i < 3; ++i) {
        if (!call.hasInput(i))
            continue;
        const TensorDesc &affine = call.inputs[i];
        if (affine.dtype != x.dtype || affine.rank() > x.rank() || broadcastDims(affine.dims, x.dims) != x.dims)
            return call.broken(std::string(i == 1 ? "scale" : "bias") + " (input " + std::to_string(i) + ") does not broadcast to the input");
        s.loop.setBroadcastOperand(i, affine);
    }
    return s;
}

core::Expected<BoundKernel> bindLayerNormalization(const KernelCall &call)
{
    auto shape = rowShapeOf(call);
    NORDLYS_TRY(shape);
    std::array<core::DType, 3> types{};
    for (std::size_t i = 1; i < 3; ++i) {
        if (!call.hasOutput(i))
            continue;
        types[i] = call.outputs[i].dtype;
        if (call.outputs[i].elementCount() != shape->rows || !isComputedFloat(types[i]))
            return call.broken("Mean and InvStdDev need one floating point value per normalised row");
    }
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape, types](const KernelRun &run) -> KernelStatus {
            const T *in = run.input<T>(0), *scale = run.input<T>(1), *bias = run.input<T>(2);
            if (s.size == 0) { // rows without elements have no mean
                for (std::size_t i = 1; i < 3; ++i) {
                    for (std::int64_t r = 0; run.outputs[i] != nullptr && r < s.rows; ++r)
                        storeFloat(run.outputs[i], types[i], r, std::numeric_limits<double>::quiet_NaN());
                }
                return nullptr;
            }
            std::int64_t row = -1;
            Moments m;
            double inverse = 0;
            s.loop.run([&](const std::array<std::int64_t, 3> &at) {
                if (at[0] % s.size == 0) {
                    ++row;
                    m = momentsOf(in + at[0], s.size);
                    inverse = 1.0 / std::sqrt(m.variance + s.epsilon);
                    if (run.outputs[1] != nullptr)
                        storeFloat(run.outputs[1], types[1], row, m.mean);
                    if (run.outputs[2] != nullptr)
                        storeFloat(run.outputs[2], types[2], row, inverse);
                }
                const double value = (static_cast<double>(widen(in[at[0]])) - m.mean) * inverse * static_cast<double>(widen(scale[at[1]]));
                run.output<T>(0)[at[0]] = narrow<T>(value + (bias != nullptr ? static_cast<double>(widen(bias[at[2]])) : 0.0));
            });
            return nullptr;
        });
    });
}

/// x / sqrt(mean of squares + epsilon) * scale. ONNX operator RMSNormalization, version 23.
core::Expected<BoundKernel> bindRmsNormalization(const KernelCall &call)
{
    auto shape = rowShapeOf(call);
    NORDLYS_TRY(shape);
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape](const KernelRun &run) -> KernelStatus {
            const T *in = run.input<T>(0), *scale = run.input<T>(1);
            double inverse = 0;
            s.loop.run([&](const std::array<std::int64_t, 3> &at) {
                if (at[0] % s.size == 0) {
                    double squares = 0;
                    for (std::int64_t i = at[0]; i < at[0] + s.size; ++i)
                        squares += static_cast<double>(widen(in[i])) * static_cast<double>(widen(in[i]));
                    inverse = 1.0 / std::sqrt(squares / static_cast<double>(s.size) + s.epsilon);
                }
                run.output<T>(0)[at[0]] = narrow<T>(static_cast<double>(widen(in[at[0]])) * inverse * static_cast<double>(widen(scale[at[1]])));
            });
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "InstanceNormalization", 1, bindInstanceNormalization, false},
    {"", "GroupNormalization", 18, bindGroupNormalization, false},
    {"", "LayerNormalization", 1, bindLayerNormalization, false}, // runtimes wrote it into older models as well
    {"", "RMSNormalization", 23, bindRmsNormalization, false},
};

} // namespace

std::span<const KernelEntry> normalizationKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
