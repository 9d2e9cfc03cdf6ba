// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "integer.h"
#include "window.h"

/// Means of codes: com.microsoft QLinearAveragePool and QLinearGlobalAveragePool. Arithmetic: integer.h.
namespace nordlys::runtime::reference {

namespace {

struct CodedPool {
    core::DType type = core::DType::Undefined;
    QuantParameter scaleX, zeroX, scaleY, zeroY;
    CodeLimits limits;
    core::Dims x, y;            ///< N, C, spatial
    Strides stridesX{}, stridesY{};
};

/// Dims with the channels behind the batch, whatever the file's order is; strides go along.
void bringChannelsForward(core::Dims &dims, Strides &strides, bool channelsLast)
{
    if (!channelsLast || dims.size() < 3)
        return;
    const std::int64_t channels = dims.back(), step = strides[dims.size() - 1];
    for (std::size_t i = dims.size() - 1; i > 1; --i) {
        dims[i] = dims[i - 1];
        strides[i] = strides[i - 1];
    }
    dims[1] = channels;
    strides[1] = step;
}

/// X, X_scale, X_zero_point, Y_scale, Y_zero_point.
core::Expected<CodedPool> codedPool(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dtype != y.dtype || x.rank() < 3 || y.rank() != x.rank() || !codeLimitsOf(x.dtype))
        return call.broken("input and output need the same integer type and number of dimensions, at least 3");
    CodedPool pool;
    pool.type = x.dtype;
    auto scaleX = scaleParameter(call, 1), scaleY = scaleParameter(call, 3);
    NORDLYS_TRY(scaleX);
    NORDLYS_TRY(scaleY);
    auto zeroX = zeroPointParameter(call, 2, x.dtype), zeroY = zeroPointParameter(call, 4, x.dtype);
    NORDLYS_TRY(zeroX);
    NORDLYS_TRY(zeroY);
    auto limits = outputLimits(call);
    NORDLYS_TRY(limits);
    pool.scaleX = *scaleX;
    pool.scaleY = *scaleY;
    pool.zeroX = *zeroX;
    pool.zeroY = *zeroY;
    pool.limits = *limits;
    pool.x = x.dims;
    pool.y = y.dims;
    pool.stridesX = x.strides();
    pool.stridesY = y.strides();
    const bool channelsLast = call.intAttribute("channels_last", 0) != 0;
    bringChannelsForward(pool.x, pool.stridesX, channelsLast);
    bringChannelsForward(pool.y, pool.stridesY, channelsLast);
    if (pool.x[0] != pool.y[0] || pool.x[1] != pool.y[1])
        return call.broken("input and output differ in batch or channels");
    return pool;
}

/// Mean over a window around every output position; a global mean is a window as large as the input.
core::Expected<BoundKernel> bindMean(const KernelCall &call, const CodedPool &pool, const Window &window, bool includePad)
{
    const std::size_t rank = window.size();
    return bound(call, [=](const KernelRun &run) -> KernelStatus {
        const auto *x = run.input<std::byte>(0);
        auto *y = run.output<std::byte>(0);
        const float scaleX = pool.scaleX.scale(run, 0), scaleY = pool.scaleY.scale(run, 0);
        const std::int32_t zeroX = pool.zeroX.zeroPoint(run, 0), zeroY = pool.zeroY.zeroPoint(run, 0);
        std::array<std::int64_t, maxRank> positions{}, strides{};
        std::int64_t positionCount = 1;
        for (std::size_t d = 0; d < rank; ++d) {
            positionCount *= positions[d] = window[d].output;
            strides[d] = pool.stridesX[d + 2];
        }
        for (std::int64_t plane = 0; plane < pool.x[0] * pool.x[1]; ++plane) {
            const std::int64_t n = plane / pool.x[1], c = plane % pool.x[1], first = n * pool.stridesX[0] + c * pool.stridesX[1];
            std::array<std::int64_t, maxRank> out{};
            for (std::int64_t o = 0; o < positionCount; ++o) {
                std::int64_t sum = 0, inside = 0, to = n * pool.stridesY[0] + c * pool.stridesY[1];
                for (std::size_t d = 0; d < rank; ++d)
                    to += out[d] * pool.stridesY[d + 2];
                const double padded = visitWindow(window, strides, out, [&](std::int64_t at) {
                    sum += codeAt(pool.type, x, first + at) - zeroX;
                    ++inside;
                });
                const double count = includePad ? padded : static_cast<double>(inside);
                const float multiplier = scaleX / (scaleY * static_cast<float>(count));
                storeCode(pool.type, y, to, count > 0 ? requantized(sum, multiplier, zeroY, pool.limits) : codeFromScaled(0.0F, zeroY, pool.limits));
                nextIndex(out, positions, rank);
            }
        }
        return nullptr;
    });
}

core::Expected<BoundKernel> bindQLinearAveragePool(const KernelCall &call)
{
    auto pool = codedPool(call);
    NORDLYS_TRY(pool);
    const auto kernel = call.intsAttribute("kernel_shape");
    if (!kernel)
        return call.broken("kernel_shape is missing");
    auto window = windowOf(call, {pool->x.begin() + 2, pool->x.end()}, {pool->y.begin() + 2, pool->y.end()}, *kernel);
    NORDLYS_TRY(window);
    return bindMean(call, *pool, *window, call.intAttribute("count_include_pad", 0) != 0);
}

core::Expected<BoundKernel> bindQLinearGlobalAveragePool(const KernelCall &call)
{
    auto pool = codedPool(call);
    NORDLYS_TRY(pool);
    Window window;
    for (std::size_t i = 2; i < pool->x.size(); ++i) {
        if (pool->y[i] != 1)
            return call.broken("the output has more than one position");
        window.push_back({pool->x[i], 1, pool->x[i], 1, 1, 0, 0});
    }
    return bindMean(call, *pool, window, false);
}

constexpr KernelEntry entries[] = {
    {"com.microsoft", "QLinearAveragePool", 1, bindQLinearAveragePool, false},
    {"com.microsoft", "QLinearGlobalAveragePool", 1, bindQLinearGlobalAveragePool, false},
};

} // namespace

std::span<const KernelEntry> quantizedPoolingKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
