// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference.h"

namespace nordlys::runtime::reference {

/// Opset 6 and older broadcast only where the attribute says so: the second operand lies at `axis` of the first, or at its end. Gives the
/// call with the second operand's dims filled up accordingly; later opsets pass unchanged.
core::Expected<KernelCall> withLegacyBroadcast(const KernelCall &call);

/// Binds c = function(a, b) with broadcasting; one plain loop where nothing is broadcast. The function may compute in ComputeOf the types.
template <typename A, typename B, typename Out, typename Function>
core::Expected<BoundKernel> bindBroadcast(const KernelCall &call, Function function)
{
    const TensorDesc &a = call.inputs[0], &b = call.inputs[1], &c = call.outputs[0];
    const auto dims = broadcastDims(a.dims, b.dims);
    if (!dims)
        return call.broken("the shapes " + core::shapeText(a.dims) + " and " + core::shapeText(b.dims) + " cannot be broadcast together");
    if (*dims != c.dims)
        return call.broken("the output's shape is not that of the broadcast inputs, " + core::shapeText(*dims));
    if (a.dims == b.dims && a.channelsLast == b.channelsLast && a.channelsLast == c.channelsLast) {
        const std::int64_t count = c.elementCount();
        return bound(
            call,
            [count, function](const KernelRun &run) -> KernelStatus {
                const A *x = run.input<A>(0);
                const B *y = run.input<B>(1);
                Out *out = run.output<Out>(0);
                for (std::int64_t i = 0; i < count; ++i)
                    out[i] = static_cast<Out>(function(x[i], y[i]));
                return nullptr;
            },
            sizeof(A) == sizeof(Out) ? 0 : -1);
    }
    StridedLoop<3> loop(c.dims);
    loop.setBroadcastOperand(0, a);
    loop.setBroadcastOperand(1, b);
    loop.setOperand(2, c.strides());
    // The operand that is not broadcast is read where the output is written, and never again.
    const bool onFirst = sizeof(A) == sizeof(Out) && a.dims == c.dims && a.channelsLast == c.channelsLast;
    const bool onSecond = sizeof(B) == sizeof(Out) && b.dims == c.dims && b.channelsLast == c.channelsLast;
    return bound(
        call,
        [loop, function](const KernelRun &run) -> KernelStatus {
            const A *x = run.input<A>(0);
            const B *y = run.input<B>(1);
            Out *out = run.output<Out>(0);
            loop.run([&](const auto &at) { out[at[2]] = static_cast<Out>(function(x[at[0]], y[at[1]])); });
            return nullptr;
        },
        onFirst ? 0 : (onSecond ? 1 : -1));
}

} // namespace nordlys::runtime::reference
