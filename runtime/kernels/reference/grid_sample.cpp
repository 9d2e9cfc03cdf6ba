// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"
#include "window.h"

#include <runtime/base/thread_pool.h>

namespace nordlys::runtime::reference {

namespace {

/// Most spatial dimensions: cubic takes 4^rank values per sample.
constexpr std::size_t maxGridRank = 4;

enum class GridMode { Nearest, Linear, Cubic };
enum class GridPadding { Zeros, Border, Reflection };

struct GridShape {
    std::int64_t batch = 0, channels = 0, inputPlane = 1, outputPlane = 1;
    std::size_t rank = 0;
    std::array<std::int64_t, maxGridRank> sizes{};
    GridMode mode = GridMode::Linear;
    GridPadding padding = GridPadding::Zeros;
    bool alignCorners = false;
    core::DType gridType = core::DType::Float32;
};

/// Input positions along one dimension that a sample takes, -1 for a zero, and their weights.
struct GridTaps {
    int count = 0;
    std::array<std::int64_t, 4> index{};
    std::array<double, 4> weight{};
};

/// Mirrors x at both ends until it lies between them.
double reflect(double x, double low, double high)
{
    const double range = high - low;
    if (range <= 0)
        return low;
    const double distance = std::fmod(std::abs(x - low), 2 * range); // the mirrored image repeats after twice the range
    return distance > range ? high - (distance - range) : low + distance;
}

double paddedPosition(const GridShape &s, double x, std::int64_t size)
{
    const auto last = static_cast<double>(size - 1);
    const double low = s.alignCorners ? 0.0 : -0.5, high = s.alignCorners ? last : last + 0.5;
    if (s.padding == GridPadding::Border)
        return x < low || x > high ? std::clamp(x, 0.0, last) : x; // in between, taps are limited one by one
    if (s.padding == GridPadding::Reflection)
        return x < low || x > high ? reflect(x, low, high) : x;
    return x;
}

std::int64_t paddedIndex(const GridShape &s, std::int64_t index, std::int64_t size)
{
    if (index >= 0 && index < size)
        return index;
    if (s.padding == GridPadding::Zeros)
        return -1;
    const double position = paddedPosition(s, static_cast<double>(index), size);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(position), 0, size - 1);
}

/// Cubic convolution with coefficient -0.75, the one that the operator fixes.
double cubicWeight(double distance)
{
    constexpr double a = -0.75;
    const double d = std::abs(distance);
    if (d <= 1)
        return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

GridTaps tapsAt(const GridShape &s, double coordinate, std::int64_t size)
{
    const auto length = static_cast<double>(size);
    double x = s.alignCorners ? (coordinate + 1) / 2 * (length - 1) : ((coordinate + 1) * length - 1) / 2;
    if (std::isnan(x) || (std::isinf(x) && s.padding == GridPadding::Reflection))
        x = -100; // nowhere
    else if (s.padding == GridPadding::Reflection)
        x = paddedPosition(s, x, size); // before it becomes an index
    else
        x = std::clamp(x, -1e9, 1e9);
    if (s.mode == GridMode::Nearest)
        x = std::nearbyint(x);
    x = paddedPosition(s, x, size);
    GridTaps taps;
    const auto add = [&](std::int64_t index, double weight) {
        taps.index[static_cast<std::size_t>(taps.count)] = paddedIndex(s, index, size);
        taps.weight[static_cast<std::size_t>(taps.count)] = weight;
        ++taps.count;
    };
    if (s.mode == GridMode::Nearest) {
        add(static_cast<std::int64_t>(std::nearbyint(x)), 1);
        return taps;
    }
    const auto base = static_cast<std::int64_t>(std::floor(x));
    const double part = x - static_cast<double>(base);
    if (s.mode == GridMode::Linear) {
        add(base, 1 - part);
        add(base + 1, part);
    } else {
        for (std::int64_t i = -1; i <= 2; ++i)
            add(base + i, cubicWeight(static_cast<double>(i) - part));
    }
    return taps;
}

/// Weighted sum over all combinations of taps.
template <typename T>
double sample(const GridShape &s, const std::array<GridTaps, maxGridRank> &taps, const T *plane)
{
    std::array<std::int64_t, maxRank> at{}, counts{};
    for (std::size_t d = 0; d < s.rank; ++d)
        counts[d] = taps[d].count;
    double sum = 0;
    do {
        std::int64_t index = 0;
        double weight = 1;
        bool inside = true;
        for (std::size_t d = 0; d < s.rank; ++d) {
            const auto k = static_cast<std::size_t>(at[d]);
            inside = inside && taps[d].index[k] >= 0;
            index = index * s.sizes[d] + taps[d].index[k];
            weight *= taps[d].weight[k];
        }
        if (inside)
            sum += weight * static_cast<double>(widen(plane[index]));
    } while (nextIndex(at, counts, s.rank));
    return sum;
}

core::Expected<GridShape> gridShapeOf(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &grid = call.inputs[1], &y = call.outputs[0];
    if (x.rank() < 3 || grid.rank() != x.rank() || y.rank() != x.rank() || y.dtype != x.dtype)
        return call.broken("input, grid and output need the same number of dimensions, at least 3, and the output the input's type");
    GridShape s;
    s.rank = x.rank() - 2;
    if (s.rank > maxGridRank)
        return call.unsupported("more than " + std::to_string(maxGridRank) + " spatial dimensions have no kernel");
    if (!isComputedFloat(grid.dtype))
        return call.broken("grid (input 1) has to be of floating point numbers");
    core::Dims expected(grid.dims.begin() + 1, grid.dims.end() - 1);
    expected.insert(expected.begin(), {x.dims[0], x.dims[1]});
    if (grid.dims[0] != x.dims[0] || grid.dims.back() != static_cast<std::int64_t>(s.rank) || y.dims != expected)
        return call.broken("grid (input 1) needs the input's batch and " + std::to_string(s.rank) + " coordinates, the output the grid's positions");
    s.batch = x.dims[0];
    s.channels = x.dims[1];
    for (std::size_t d = 0; d < s.rank; ++d)
        s.sizes[d] = x.dims[d + 2];
    s.inputPlane = productOf(x.dims, 2, x.rank());
    s.outputPlane = productOf(y.dims, 2, y.rank());
    s.gridType = grid.dtype;
    s.alignCorners = call.intAttribute("align_corners", 0) != 0;
    // Version 16 says bilinear and bicubic, 20 linear and cubic.
    const std::string mode = call.stringAttribute("mode", "linear"), padding = call.stringAttribute("padding_mode", "zeros");
    if (mode == "nearest")
        s.mode = GridMode::Nearest;
    else if (mode == "cubic" || mode == "bicubic")
        s.mode = GridMode::Cubic;
    else if (mode != "linear" && mode != "bilinear")
        return call.broken("mode \"" + mode + "\" is unknown");
    if (padding == "border")
        s.padding = GridPadding::Border;
    else if (padding == "reflection")
        s.padding = GridPadding::Reflection;
    else if (padding != "zeros")
        return call.broken("padding_mode \"" + padding + "\" is unknown");
    if (s.inputPlane == 0 && y.elementCount() > 0)
        return call.broken("an empty image cannot be sampled");
    return s;
}

core::Expected<BoundKernel> bindGridSample(const KernelCall &call)
{
    auto shape = gridShapeOf(call);
    NORDLYS_TRY(shape);
    return dispatchNumber(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape](const KernelRun &run) -> KernelStatus {
            run.pool->parallelFor(static_cast<std::size_t>(s.batch * s.outputPlane), 16, [&](std::size_t begin, std::size_t end, int) {
                for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end); ++i) {
                    std::array<GridTaps, maxGridRank> taps{};
                    const auto rank = static_cast<std::int64_t>(s.rank);
                    // The grid states x first, that is the last dimension.
                    for (std::size_t d = 0; d < s.rank; ++d)
                        taps[d] = tapsAt(s, floatAt(run.inputs[1], s.gridType, i * rank + rank - 1 - static_cast<std::int64_t>(d)), s.sizes[d]);
                    const std::int64_t n = i / s.outputPlane, o = i % s.outputPlane;
                    for (std::int64_t c = n * s.channels; c < (n + 1) * s.channels; ++c)
                        run.output<T>(0)[c * s.outputPlane + o] = narrow<T>(sample(s, taps, run.input<T>(0) + c * s.inputPlane));
                }
            });
            return nullptr;
        });
    });
}

/// Positions of an affine map: theta times (x, y[, z], 1) for every output position. ONNX operator AffineGrid, version 20.
core::Expected<BoundKernel> bindAffineGrid(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &theta = call.inputs[0], &y = call.outputs[0];
    const auto size = call.constantInts(1);
    if (!size)
        return call.needsValues("sizes");
    if (size->size() != 4 && size->size() != 5)
        return call.broken("size (input 1) has " + std::to_string(size->size()) + " values instead of 4 or 5");
    const auto rank = static_cast<std::int64_t>(size->size()) - 2;
    if (theta.dims != core::Dims{(*size)[0], rank, rank + 1})
        return call.broken("theta (input 0) needs the shape " + core::shapeText({(*size)[0], rank, rank + 1}));
    core::Dims expected{(*size)[0]};
    expected.insert(expected.end(), size->begin() + 2, size->end());
    expected.push_back(rank);
    if (y.dims != expected || y.dtype != theta.dtype)
        return call.broken("the output needs the shape " + core::shapeText(expected) + " and the type of theta");
    const bool alignCorners = call.intAttribute("align_corners", 0) != 0;
    return dispatchFloat(call, theta.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=, count = productOf(y.dims, 0, y.rank() - 1)](const KernelRun &run) -> KernelStatus {
            for (std::int64_t i = 0; i < count; ++i) {
                std::array<double, 4> position{0, 0, 0, 0};
                position[static_cast<std::size_t>(rank)] = 1;
                std::int64_t rest = i;
                for (std::size_t axis = 0; axis < static_cast<std::size_t>(rank); ++axis) { // x is the last dimension
                    const std::int64_t length = expected[static_cast<std::size_t>(rank) - axis];
                    const auto at = static_cast<double>(rest % length), last = static_cast<double>(length - 1);
                    position[axis] = alignCorners ? (length > 1 ? 2 * at / last - 1 : 0.0) : (2 * at + 1) / static_cast<double>(length) - 1;
                    rest /= length;
                }
                const T *matrix = run.input<T>(0) + rest * rank * (rank + 1);
                for (std::int64_t r = 0; r < rank; ++r) {
                    double sum = 0;
                    for (std::int64_t k = 0; k <= rank; ++k)
                        sum += static_cast<double>(widen(matrix[r * (rank + 1) + k])) * position[static_cast<std::size_t>(k)];
                    run.output<T>(0)[i * rank + r] = narrow<T>(sum);
                }
            }
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {{"", "GridSample", 16, bindGridSample, false}, {"", "AffineGrid", 20, bindAffineGrid, false}};

} // namespace

std::span<const KernelEntry> gridKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
