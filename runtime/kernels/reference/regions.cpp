// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"

#include <runtime/base/thread_pool.h>

#include <atomic>

/// Pooling over regions of interest.
namespace nordlys::runtime::reference {

namespace {

struct RegionShape {
    std::int64_t batch = 0, channels = 0, height = 0, width = 0, regions = 0, pooledHeight = 1, pooledWidth = 1;
    double scale = 1;
    core::DType batchType = core::DType::Int64;
};

core::Expected<RegionShape> regionShapeOf(const KernelCall &call, std::int64_t valuesPerRegion, std::int64_t pooledHeight, std::int64_t pooledWidth)
{
    const TensorDesc &x = call.inputs[0], &rois = call.inputs[1], &y = call.outputs[0];
    if (x.rank() != 4)
        return call.broken("X (input 0) needs 4 dimensions");
    if (rois.rank() != 2 || rois.dims[1] != valuesPerRegion || rois.dtype != x.dtype)
        return call.broken("rois (input 1) needs " + std::to_string(valuesPerRegion) + " values per region, of the input's type");
    RegionShape s{x.dims[0], x.dims[1], x.dims[2], x.dims[3], rois.dims[0], pooledHeight, pooledWidth};
    s.scale = static_cast<double>(call.floatAttribute("spatial_scale", 1.0F));
    if (pooledHeight < 1 || pooledWidth < 1)
        return call.broken("the pooled size is below 1");
    if (y.dims != core::Dims{s.regions, s.channels, pooledHeight, pooledWidth} || y.dtype != x.dtype)
        return call.broken("the output needs one pooled image per region and channel, of the input's type");
    return s;
}

constexpr KernelStatus badBatch = "a region of interest names an image that is not in the batch";

/// Cells [begin, end) of pooled cell `cell` along one dimension, after the region's first pixel.
std::pair<std::int64_t, std::int64_t> cellBounds(double first, double last, std::int64_t cell, std::int64_t cells, std::int64_t size)
{
    const double extent = std::max(last - first + 1, 1.0) / static_cast<double>(cells);
    const auto bound = [&](double value) { return static_cast<std::int64_t>(std::clamp(value + first, 0.0, static_cast<double>(size))); };
    return {bound(std::floor(static_cast<double>(cell) * extent)), bound(std::ceil(static_cast<double>(cell + 1) * extent))};
}

/// ONNX operator MaxRoiPool: regions are (image, x1, y1, x2, y2); an empty cell gives 0.
core::Expected<BoundKernel> bindMaxRoiPool(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const auto pooled = call.intsAttribute("pooled_shape");
    if (!pooled || pooled->size() != 2)
        return call.broken("pooled_shape needs 2 values");
    auto shape = regionShapeOf(call, 5, (*pooled)[0], (*pooled)[1]);
    NORDLYS_TRY(shape);
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape](const KernelRun &run) -> KernelStatus {
            T *out = run.output<T>(0);
            for (std::int64_t r = 0; r < s.regions; ++r) {
                const T *roi = run.input<T>(1) + r * 5;
                double corners[5];
                for (std::size_t i = 0; i < 5; ++i) {
                    corners[i] = static_cast<double>(widen(roi[i]));
                    if (!std::isfinite(corners[i]))
                        return "a region of interest is not finite";
                    if (i > 0)
                        corners[i] = std::round(corners[i] * s.scale);
                }
                if (corners[0] < 0 || corners[0] >= static_cast<double>(s.batch))
                    return badBatch;
                const auto image = static_cast<std::int64_t>(corners[0]);
                for (std::int64_t i = 0; i < s.channels * s.pooledHeight * s.pooledWidth; ++i) {
                    const T *plane = run.input<T>(0) + (image * s.channels + i / (s.pooledHeight * s.pooledWidth)) * s.height * s.width;
                    const auto [top, bottom] = cellBounds(corners[2], corners[4], i / s.pooledWidth % s.pooledHeight, s.pooledHeight, s.height);
                    const auto [left, right] = cellBounds(corners[1], corners[3], i % s.pooledWidth, s.pooledWidth, s.width);
                    bool any = false;
                    Wide<T> best = 0;
                    for (std::int64_t y = top; y < bottom; ++y) {
                        for (std::int64_t x = left; x < right; ++x) {
                            const Wide<T> value = widen(plane[y * s.width + x]);
                            best = !any || value > best ? value : best;
                            any = true;
                        }
                    }
                    *out++ = narrow<T>(best);
                }
            }
            return nullptr;
        });
    });
}

/// The two pixels around a position along one dimension and the weight of the second; nothing when the position lies outside.
struct Between {
    bool inside = false;
    std::int64_t low = 0, high = 0;
    double part = 0;
};

Between between(double position, std::int64_t size)
{
    if (!(position >= -1.0 && position <= static_cast<double>(size)) || size == 0)
        return {};
    const double held = std::clamp(position, 0.0, static_cast<double>(size - 1));
    const auto low = static_cast<std::int64_t>(held);
    return {true, low, std::min(low + 1, size - 1), held - static_cast<double>(low)};
}

struct AlignSettings {
    std::int64_t samplingRatio = 0;
    double shift = 0;      ///< 0.5: half_pixel
    bool clampsSize = true; ///< a region is at least one pixel (output_half_pixel)
    bool maximum = false;
};

/// Samples along one dimension of a region.
struct AlignAxis {
    double start = 0, cell = 0;
    std::int64_t grid = 0;

    [[nodiscard]] double position(std::int64_t pooled, std::int64_t sample) const
    {
        return start + static_cast<double>(pooled) * cell + (static_cast<double>(sample) + 0.5) * cell / static_cast<double>(grid);
    }
};

/// Samples along one side of a cell: with as many on the other side a cell ends within a moment.
constexpr double maxSamples = 1024;

/// Nothing when the region is not finite or so large that sampling it would not end.
std::optional<AlignAxis> alignAxis(const AlignSettings &settings, double scale, double first, double last, std::int64_t pooled)
{
    AlignAxis axis;
    axis.start = first * scale - settings.shift;
    double extent = last * scale - settings.shift - axis.start;
    if (settings.clampsSize)
        extent = std::max(extent, 1.0);
    axis.cell = extent / static_cast<double>(pooled);
    const double grid = settings.samplingRatio > 0 ? static_cast<double>(settings.samplingRatio) : std::ceil(axis.cell);
    if (!std::isfinite(extent) || !std::isfinite(axis.start) || !(grid <= maxSamples))
        return std::nullopt;
    axis.grid = std::max<std::int64_t>(0, static_cast<std::int64_t>(grid));
    return axis;
}

template <typename T>
double alignedCell(const AlignSettings &settings, const T *plane, const RegionShape &s, const AlignAxis &v, const AlignAxis &h, std::int64_t py,
                   std::int64_t px)
{
    double sum = 0, best = 0;
    bool any = false;
    for (std::int64_t iy = 0; iy < v.grid; ++iy) {
        const Between y = between(v.position(py, iy), s.height);
        for (std::int64_t ix = 0; ix < h.grid; ++ix) {
            const Between x = between(h.position(px, ix), s.width);
            double parts[4] = {0, 0, 0, 0};
            if (y.inside && x.inside) {
                const auto pixel = [&](std::int64_t row, std::int64_t column) { return static_cast<double>(widen(plane[row * s.width + column])); };
                parts[0] = (1 - y.part) * (1 - x.part) * pixel(y.low, x.low);
                parts[1] = (1 - y.part) * x.part * pixel(y.low, x.high);
                parts[2] = y.part * (1 - x.part) * pixel(y.high, x.low);
                parts[3] = y.part * x.part * pixel(y.high, x.high);
            }
            // The standard's mode "max" takes the largest weighted neighbour, not the largest interpolated value.
            const double largest = *std::max_element(parts, parts + 4);
            best = any ? std::max(best, largest) : largest;
            any = true;
            sum += parts[0] + parts[1] + parts[2] + parts[3];
        }
    }
    return settings.maximum ? best : sum / static_cast<double>(std::max<std::int64_t>(v.grid * h.grid, 1));
}

template <typename T>
KernelStatus alignRegion(const RegionShape &s, const AlignSettings &settings, const KernelRun &run, std::int64_t r)
{
    const std::int64_t image = indexAt(run.inputs[2], s.batchType, r);
    if (image < 0 || image >= s.batch)
        return badBatch;
    const T *roi = run.input<T>(1) + r * 4;
    const auto corner = [&](std::size_t i) { return static_cast<double>(widen(roi[i])); };
    const auto h = alignAxis(settings, s.scale, corner(0), corner(2), s.pooledWidth), v = alignAxis(settings, s.scale, corner(1), corner(3), s.pooledHeight);
    if (!h || !v)
        return "a region of interest is not finite or too large";
    T *out = run.output<T>(0) + r * s.channels * s.pooledHeight * s.pooledWidth;
    for (std::int64_t c = 0; c < s.channels; ++c) {
        const T *plane = run.input<T>(0) + (image * s.channels + c) * s.height * s.width;
        for (std::int64_t py = 0; py < s.pooledHeight; ++py) {
            for (std::int64_t px = 0; px < s.pooledWidth; ++px)
                *out++ = narrow<T>(alignedCell(settings, plane, s, *v, *h, py, px));
        }
    }
    return nullptr;
}

/// ONNX operator RoiAlign, versions 10 to 22.
core::Expected<BoundKernel> bindRoiAlign(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    auto shape = regionShapeOf(call, 4, call.intAttribute("output_height", 1), call.intAttribute("output_width", 1));
    NORDLYS_TRY(shape);
    const TensorDesc &images = call.inputs[2];
    if (images.dims != core::Dims{shape->regions} || (images.dtype != core::DType::Int64 && images.dtype != core::DType::Int32))
        return call.broken("batch_indices (input 2) needs one int64 per region");
    shape->batchType = images.dtype;
    AlignSettings settings;
    const std::string mode = call.stringAttribute("mode", "avg");
    const std::string coordinates = call.opset >= 16 ? call.stringAttribute("coordinate_transformation_mode", "half_pixel") : "output_half_pixel";
    if ((mode != "avg" && mode != "max") || (coordinates != "half_pixel" && coordinates != "output_half_pixel"))
        return call.broken("mode \"" + mode + "\" or coordinate_transformation_mode \"" + coordinates + "\" is unknown");
    settings.maximum = mode == "max";
    settings.clampsSize = coordinates == "output_half_pixel";
    settings.shift = settings.clampsSize ? 0 : 0.5;
    settings.samplingRatio = call.intAttribute("sampling_ratio", 0);
    if (settings.samplingRatio < 0)
        return call.broken("sampling_ratio is negative");
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape, settings](const KernelRun &run) -> KernelStatus {
            std::atomic<KernelStatus> status{nullptr};
            run.pool->parallelFor(static_cast<std::size_t>(s.regions), 1, [&](std::size_t begin, std::size_t end, int) {
                for (auto r = static_cast<std::int64_t>(begin); r < static_cast<std::int64_t>(end); ++r) {
                    if (const KernelStatus failed = alignRegion<T>(s, settings, run, r))
                        status = failed;
                }
            });
            return status;
        });
    });
}

constexpr KernelEntry entries[] = {{"", "MaxRoiPool", 1, bindMaxRoiPool, false}, {"", "RoiAlign", 10, bindRoiAlign, false}};

} // namespace

std::span<const KernelEntry> regionKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
