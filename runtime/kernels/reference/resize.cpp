// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"
#include "resize_axis.h"
#include "window.h"

#include <core/graph/ops/resize_sizes.h>
#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <numeric>

namespace nordlys::runtime::reference {

namespace {

/// Numbers of a floating input that is known when the kernel is bound; an absent or empty tensor gives an empty list.
core::Expected<std::vector<double>> knownNumbers(const KernelCall &call, std::size_t input, std::string_view name)
{
    std::vector<double> numbers;
    if (!call.hasInput(input) || call.inputs[input].elementCount() == 0)
        return numbers;
    const TensorDesc &desc = call.inputs[input];
    if (!isComputedFloat(desc.dtype) || desc.rank() != 1)
        return call.broken(std::string(name) + " (input " + std::to_string(input) + ") has to be a vector of floating point numbers");
    if (desc.constant == nullptr)
        return call.needsValues("values of " + std::string(name));
    for (std::int64_t i = 0; i < desc.elementCount(); ++i)
        numbers.push_back(floatAt(desc.constant, desc.dtype, i));
    return numbers;
}

struct ResizeCall {
    ResizeRule rule;
    std::vector<ResizeAxis> axes;
    double extrapolation = 0;
};

/// Axes with their scales: the output's dims have to be what the scale gives.
core::Expected<void> addScaledAxes(const KernelCall &call, const std::vector<std::size_t> &axes, const std::vector<double> &scales,
                                   std::vector<ResizeAxis> &result)
{
    if (scales.size() != axes.size())
        return call.broken("scales has " + std::to_string(scales.size()) + " values instead of " + std::to_string(axes.size()));
    for (std::size_t i = 0; i < axes.size(); ++i) {
        ResizeAxis axis{axes[i], call.inputs[0].dims[axes[i]], call.outputs[0].dims[axes[i]], false, scales[i], 0, 1};
        const auto expected = scales[i] == 1.0 ? std::optional(axis.input) : core::ops::scaledLength(axis.input, scales[i]);
        if (!expected || *expected != axis.output)
            return call.broken("the output has " + std::to_string(axis.output) + " positions in dimension " + std::to_string(axes[i])
                               + ", which is not the input's size times " + std::to_string(scales[i]));
        result.push_back(axis);
    }
    return {};
}

core::Expected<void> addSizedAxes(const KernelCall &call, const std::vector<std::size_t> &axes, const std::vector<std::int64_t> &sizes,
                                  std::vector<ResizeAxis> &result)
{
    if (sizes.size() != axes.size())
        return call.broken("sizes has " + std::to_string(sizes.size()) + " values instead of " + std::to_string(axes.size()));
    const std::string policy = call.stringAttribute("keep_aspect_ratio_policy", "stretch");
    if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
        return call.broken("keep_aspect_ratio_policy \"" + policy + "\" is unknown");
    std::vector<std::int64_t> lengths;
    for (const std::size_t axis : axes)
        lengths.push_back(call.inputs[0].dims[axis]);
    const bool keeps = policy != "stretch";
    double keptScale = 1;
    if (keeps) {
        const auto found = core::ops::keptAspectScale(lengths, sizes, policy == "not_larger");
        if (!found)
            return call.broken("the aspect ratio of an empty dimension cannot be kept");
        keptScale = *found;
    }
    for (std::size_t i = 0; i < axes.size(); ++i) {
        ResizeAxis axis{axes[i], lengths[i], call.outputs[0].dims[axes[i]], !keeps, keptScale, 0, 1};
        const auto expected = keeps ? core::ops::keptAspectLength(lengths[i], keptScale) : std::optional(sizes[i]);
        if (!expected || *expected != axis.output)
            return call.broken("the output has " + std::to_string(axis.output) + " positions in dimension " + std::to_string(axes[i])
                               + ", which is not what sizes gives");
        result.push_back(axis);
    }
    return {};
}

core::Expected<ResizeMode> modeOf(const KernelCall &call)
{
    const std::string mode = call.stringAttribute("mode", "nearest");
    if (mode == "nearest")
        return ResizeMode::Nearest;
    if (mode == "linear" || mode == "bilinear") // Upsample-1 says bilinear
        return ResizeMode::Linear;
    if (mode == "cubic" && call.op == "Resize" && call.opset >= 11)
        return ResizeMode::Cubic;
    return call.broken("mode \"" + mode + "\" is unknown");
}

/// Upsample and Resize-10: asymmetric coordinates, scales for all axes.
core::Expected<ResizeCall> oldResizeCall(const KernelCall &call)
{
    ResizeCall result;
    const std::size_t rank = call.inputs[0].rank();
    std::vector<std::size_t> axes(rank);
    for (std::size_t i = 0; i < rank; ++i)
        axes[i] = i;
    std::vector<double> scales;
    if (call.op == "Upsample" && call.opset < 7) {
        if (rank != 4)
            return call.broken("this version takes 4 dimensions");
        scales = {1, 1, static_cast<double>(call.floatAttribute("height_scale", 0)), static_cast<double>(call.floatAttribute("width_scale", 0))};
    } else if (call.op == "Upsample" && call.opset < 9) {
        const auto *value = call.attribute("scales");
        if (const auto *list = value != nullptr ? std::get_if<std::vector<double>>(value) : nullptr)
            scales = *list;
    } else {
        auto numbers = knownNumbers(call, 1, "scales");
        NORDLYS_TRY(numbers);
        scales = std::move(*numbers);
    }
    result.rule.coordinates = "asymmetric";
    result.rule.nearest = "simple";
    NORDLYS_TRY(addScaledAxes(call, axes, scales, result.axes));
    return result;
}

core::Expected<ResizeCall> newResizeCall(const KernelCall &call)
{
    ResizeCall result;
    ResizeRule &rule = result.rule;
    rule.coordinates = call.stringAttribute("coordinate_transformation_mode", "half_pixel");
    rule.nearest = call.stringAttribute("nearest_mode", "round_prefer_floor");
    if (rule.nearest == "simple") // the name of Upsample's rule here, none of the standard's
        rule.nearest = "simple (none of Resize)";
    rule.cubicCoefficient = static_cast<double>(call.floatAttribute("cubic_coeff_a", -0.75F));
    rule.excludeOutside = call.intAttribute("exclude_outside", 0) != 0;
    rule.antialias = call.intAttribute("antialias", 0) != 0;
    result.extrapolation = static_cast<double>(call.floatAttribute("extrapolation_value", 0.0F));
    NORDLYS_TRY(checkResizeRule(call, rule));

    const std::size_t rank = call.inputs[0].rank();
    std::vector<std::size_t> axes;
    if (const auto listed = call.intsAttribute("axes"); listed && !listed->empty()) {
        if (!normalizedAxes(*listed, rank))
            return call.broken("axes holds an axis twice or one that the input has not");
        for (const std::int64_t axis : *listed)
            axes.push_back(*normalizedAxis(axis, rank));
    } else {
        for (std::size_t i = 0; i < rank; ++i)
            axes.push_back(i);
    }
    const bool hasSizes = call.hasInput(3) && call.inputs[3].elementCount() > 0;
    if (hasSizes) {
        const auto sizes = call.constantInts(3);
        if (!sizes)
            return call.needsValues("sizes");
        NORDLYS_TRY(addSizedAxes(call, axes, *sizes, result.axes));
    } else {
        auto scales = knownNumbers(call, 2, "scales");
        NORDLYS_TRY(scales);
        if (scales->empty())
            return call.broken("neither scales nor sizes are given");
        NORDLYS_TRY(addScaledAxes(call, axes, *scales, result.axes));
    }
    if (rule.coordinates == "tf_crop_and_resize") {
        auto roi = knownNumbers(call, 1, "roi");
        NORDLYS_TRY(roi);
        if (roi->size() != 2 * axes.size())
            return call.broken("roi (input 1) has " + std::to_string(roi->size()) + " values instead of " + std::to_string(2 * axes.size()));
        for (std::size_t i = 0; i < axes.size(); ++i) {
            result.axes[i].roiStart = (*roi)[i];
            result.axes[i].roiEnd = (*roi)[i + axes.size()];
        }
    }
    return result;
}

using Tables = std::vector<ResizeTable>;

/// Of a tensor in the model's order; running must not allocate, so no TensorDesc is made.
Strides stridesOf(const core::Dims &dims)
{
    Strides strides{};
    std::int64_t step = 1;
    for (std::size_t i = dims.size(); i-- > 0; step *= dims[i])
        strides[i] = step;
    return strides;
}

/// Nearest only moves elements; an output position outside the region of interest gets `fill`.
template <typename T>
void runNearest(const Tables &tables, const core::Dims &inputDims, const core::Dims &outputDims, const T *in, T *out, T fill)
{
    const Strides strides = stridesOf(inputDims);
    std::array<const ResizeTable *, maxRank> byAxis{};
    for (const ResizeTable &table : tables)
        byAxis[table.axis] = &table;
    const std::size_t rank = outputDims.size();
    std::array<std::int64_t, maxRank> index{}, sizes{};
    std::copy(outputDims.begin(), outputDims.end(), sizes.begin());
    const std::int64_t width = rank > 0 ? outputDims.back() : 1, lines = rank > 0 ? productOf(outputDims, 0, rank - 1) : 1;
    const auto source = [&](std::size_t d, std::int64_t o, bool &outside) {
        const ResizeTable *table = byAxis[d];
        if (table == nullptr)
            return o * strides[d];
        outside = outside || (!table->outside.empty() && table->outside[static_cast<std::size_t>(o)] != 0);
        return table->index[static_cast<std::size_t>(o)] * strides[d];
    };
    for (std::int64_t line = 0; line < lines; ++line) {
        std::int64_t at = 0;
        bool lineOutside = false;
        for (std::size_t d = 0; d + 1 < rank; ++d)
            at += source(d, index[d], lineOutside);
        for (std::int64_t o = 0; o < width; ++o) {
            bool outside = lineOutside;
            const std::int64_t from = rank > 0 ? at + source(rank - 1, o, outside) : at;
            out[line * width + o] = outside ? fill : in[from];
        }
        nextIndex(index, sizes, rank > 0 ? rank - 1 : 0);
    }
}

/// One axis of an interpolation: every output line is a weighted sum of input lines.
template <typename Number>
void runPass(const ResizeTable &table, std::int64_t outer, std::int64_t inner, const Number *in, Number *out, ThreadPool &pool)
{
    pool.parallelFor(static_cast<std::size_t>(outer * table.output), 8, [&](std::size_t begin, std::size_t end, int) {
        for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end); ++i) {
            const auto o = static_cast<std::size_t>(i % table.output);
            const Number *from = in + i / table.output * table.input * inner;
            Number *to = out + i * inner;
            std::fill_n(to, inner, Number(0));
            for (std::size_t tap = table.first[o]; tap < table.first[o + 1]; ++tap) {
                const Number *line = from + table.index[tap] * inner;
                const auto weight = static_cast<Number>(table.weight[tap]);
                for (std::int64_t k = 0; k < inner; ++k)
                    to[k] += line[k] * weight;
            }
        }
    });
}

/// Output positions that lie outside along any axis.
template <typename T>
void fillOutside(const Tables &tables, const core::Dims &dims, T *out, T fill)
{
    const Strides strides = stridesOf(dims);
    const std::int64_t count = productOf(dims, 0, dims.size());
    for (const ResizeTable &table : tables) {
        for (std::size_t o = 0; o < table.outside.size(); ++o) {
            if (table.outside[o] == 0)
                continue;
            const std::int64_t inner = strides[table.axis];
            for (std::int64_t start = static_cast<std::int64_t>(o) * inner; start < count; start += table.output * inner)
                std::fill_n(out + start, inner, fill);
        }
    }
}

template <typename T>
KernelStatus runInterpolation(const Tables &tables, const core::Dims &inputDims, const core::Dims &outputDims, std::int64_t largest, double extrapolation,
                              const KernelRun &run)
{
    using Number = Wide<T>;
    auto *spare = reinterpret_cast<Number *>(run.scratch), *other = spare + largest;
    const std::int64_t count = productOf(inputDims, 0, inputDims.size());
    std::array<std::int64_t, maxRank> dims{};
    std::ranges::copy(inputDims, dims.begin());
    const auto product = [&dims](std::size_t first, std::size_t end) {
        return std::accumulate(dims.begin() + static_cast<std::ptrdiff_t>(first), dims.begin() + static_cast<std::ptrdiff_t>(end), std::int64_t(1), std::multiplies<>());
    };
    std::transform(run.input<T>(0), run.input<T>(0) + count, spare, widen<T>);
    for (const ResizeTable &table : tables) {
        if (table.identity)
            continue;
        runPass(table, product(0, table.axis), product(table.axis + 1, inputDims.size()), spare, other, *run.pool);
        dims[table.axis] = table.output;
        std::swap(spare, other);
    }
    T *out = run.output<T>(0);
    std::transform(spare, spare + productOf(outputDims, 0, outputDims.size()), out, narrow<T, Number>);
    fillOutside(tables, outputDims, out, narrow<T>(extrapolation));
    return nullptr;
}

core::Expected<BoundKernel> bindNearest(const KernelCall &call, std::shared_ptr<const Tables> tables, double extrapolation)
{
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    bool fills = false;
    for (const ResizeTable &table : *tables)
        fills = fills || !table.outside.empty();
    if (!fills)
        return dispatchSize(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
            using T = typename decltype(tag)::Type;
            return bound(call, [tables, in = x.dims, out = y.dims](const KernelRun &run) -> KernelStatus {
                runNearest<T>(*tables, in, out, run.input<T>(0), run.output<T>(0), T(0));
                return nullptr;
            });
        });
    return dispatchNumber(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [tables, in = x.dims, out = y.dims, extrapolation](const KernelRun &run) -> KernelStatus {
            runNearest<T>(*tables, in, out, run.input<T>(0), run.output<T>(0), narrow<T>(extrapolation));
            return nullptr;
        });
    });
}

core::Expected<BoundKernel> bindResize(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() != y.rank() || x.dtype != y.dtype)
        return call.broken("input and output differ in type or number of dimensions");
    auto settings = call.op == "Upsample" || call.opset < 11 ? oldResizeCall(call) : newResizeCall(call);
    NORDLYS_TRY(settings);
    auto mode = modeOf(call);
    NORDLYS_TRY(mode);
    settings->rule.mode = *mode;
    core::Dims expected = x.dims;
    for (const ResizeAxis &axis : settings->axes)
        expected[axis.axis] = axis.output;
    if (expected != y.dims)
        return call.broken("the output's shape is not " + core::shapeText(expected));
    if (y.elementCount() == 0)
        return bound(call, [](const KernelRun &) -> KernelStatus { return nullptr; });
    if (x.elementCount() == 0)
        return call.broken("an empty input cannot be resized to something");
    auto tables = std::make_shared<Tables>();
    for (const ResizeAxis &axis : settings->axes) {
        auto table = resizeTable(call, settings->rule, axis);
        NORDLYS_TRY(table);
        if (!table->identity)
            tables->push_back(std::move(*table));
    }
    if (settings->rule.mode == ResizeMode::Nearest)
        return bindNearest(call, std::move(tables), settings->extrapolation);
    // Axes that shrink first: no intermediate result is then larger than input or output.
    std::ranges::sort(*tables, {}, [](const ResizeTable &table) { return static_cast<double>(table.output) / static_cast<double>(table.input); });
    const std::int64_t largest = std::max(x.elementCount(), y.elementCount());
    return dispatchNumber(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        BoundKernel kernel = bound(call, [tables = std::shared_ptr<const Tables>(tables), in = x.dims, out = y.dims, largest,
                                          extrapolation = settings->extrapolation](const KernelRun &run) -> KernelStatus {
            return runInterpolation<T>(*tables, in, out, largest, extrapolation, run);
        });
        kernel.scratchBytes = [largest](int) { return 2 * static_cast<std::size_t>(largest) * sizeof(Wide<T>); };
        return kernel;
    });
}

constexpr KernelEntry entries[] = {{"", "Upsample", 1, bindResize, false}, {"", "Resize", 10, bindResize, false}};

} // namespace

std::span<const KernelEntry> resizeKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
