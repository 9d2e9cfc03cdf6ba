// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <cmath>
#include <limits>

namespace nordlys::runtime::reference {

namespace {

/// Floats to integers are cut towards zero; what the target cannot hold becomes its nearest value, NaN becomes 0.
template <typename To, typename From>
To converted(From x)
{
    if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
        if (std::isnan(x))
            return To(0);
        if (x <= static_cast<From>(std::numeric_limits<To>::lowest()))
            return std::numeric_limits<To>::lowest();
        if (x >= static_cast<From>(std::numeric_limits<To>::max()))
            return std::numeric_limits<To>::max();
    }
    return static_cast<To>(x);
}

core::Expected<BoundKernel> bindCast(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dims != y.dims || x.channelsLast != y.channelsLast)
        return call.broken("the output has not the shape of the input");
    const std::int64_t count = x.elementCount();
    const core::DType from = x.dtype == core::DType::Bool ? core::DType::UInt8 : x.dtype;
    return dispatchNumber(call, from, [&](auto fromTag) -> core::Expected<BoundKernel> {
        using From = typename decltype(fromTag)::Type;
        if (y.dtype == core::DType::Bool) {
            return bound(call, [count](const KernelRun &run) -> KernelStatus {
                for (std::int64_t i = 0; i < count; ++i)
                    run.output<std::uint8_t>(0)[i] = run.input<From>(0)[i] != From(0) ? 1 : 0;
                return nullptr;
            });
        }
        return dispatchNumber(call, y.dtype, [&](auto toTag) -> core::Expected<BoundKernel> {
            using To = typename decltype(toTag)::Type;
            return bound(call, [count](const KernelRun &run) -> KernelStatus {
                for (std::int64_t i = 0; i < count; ++i)
                    run.output<To>(0)[i] = converted<To>(run.input<From>(0)[i]);
                return nullptr;
            });
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "Cast", 1, bindCast, true},
    {"", "CastLike", 15, bindCast, false},
};

} // namespace

std::span<const KernelEntry> castKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
