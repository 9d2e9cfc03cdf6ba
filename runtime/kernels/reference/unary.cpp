// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <core/tensor/narrow_float.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::runtime::reference {

namespace {

/// Binds y[i] = function(x[i]); the function may compute in ComputeOf the types.
template <typename In, typename Out, typename Function>
core::Expected<BoundKernel> bindMap(const KernelCall &call, Function function)
{
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dims != y.dims)
        return call.broken("the output has not the shape of the input");
    if (x.channelsLast == y.channelsLast) {
        const std::int64_t count = x.elementCount();
        return bound(
            call,
            [count, function](const KernelRun &run) -> KernelStatus {
                const In *in = run.input<In>(0);
                Out *out = run.output<Out>(0);
                for (std::int64_t i = 0; i < count; ++i)
                    out[i] = static_cast<Out>(function(in[i]));
                return nullptr;
            },
            sizeof(In) == sizeof(Out) ? 0 : -1);
    }
    StridedLoop<2> loop(x.dims);
    loop.setOperand(0, x.strides());
    loop.setOperand(1, y.strides());
    return bound(call, [loop, function](const KernelRun &run) -> KernelStatus {
        const In *in = run.input<In>(0);
        Out *out = run.output<Out>(0);
        loop.run([&](const auto &at) { out[at[1]] = static_cast<Out>(function(in[at[0]])); });
        return nullptr;
    });
}

/// A function from the type of the tensor to itself: `dispatch` calls with a tag of that type, `make` turns a tag of the type to compute in
/// into the function.
template <typename Dispatch, typename Make>
core::Expected<BoundKernel> bindSameType(const KernelCall &call, Dispatch dispatch, Make make)
{
    NORDLYS_TRY(call.require(1));
    if (call.inputs[0].dtype != call.outputs[0].dtype)
        return call.broken("input and output differ in type");
    return dispatch([&](auto tag) {
        using T = typename decltype(tag)::Type;
        return bindMap<T, T>(call, make(TypeTag<ComputeOf<T>>{}));
    });
}

/// Functions of floating-point numbers.
template <typename Make>
core::Expected<BoundKernel> bindFloatMap(const KernelCall &call, Make make)
{
    return bindSameType(call, [&](auto body) { return dispatchFloat(call, call.inputs[0].dtype, body); }, make);
}

/// Functions that exist for integers too.
template <typename Make>
core::Expected<BoundKernel> bindNumberMap(const KernelCall &call, Make make)
{
    return bindSameType(call, [&](auto body) { return dispatchNumber(call, call.inputs[0].dtype, body); }, make);
}

#define NORDLYS_FLOAT_MAP(NAME, EXPRESSION)                                                                                     \
    core::Expected<BoundKernel> NAME(const KernelCall &call)                                                                     \
    {                                                                                                                            \
        return bindFloatMap(call, [](auto tag) {                                                                                 \
            using T = typename decltype(tag)::Type;                                                                              \
            return [](T x) -> T { return EXPRESSION; };                                                                          \
        });                                                                                                                      \
    }

NORDLYS_FLOAT_MAP(bindExp, std::exp(x))
NORDLYS_FLOAT_MAP(bindLog, std::log(x))
NORDLYS_FLOAT_MAP(bindSqrt, std::sqrt(x))
NORDLYS_FLOAT_MAP(bindReciprocal, T(1) / x)
NORDLYS_FLOAT_MAP(bindCeil, std::ceil(x))
NORDLYS_FLOAT_MAP(bindFloor, std::floor(x))
NORDLYS_FLOAT_MAP(bindRound, std::nearbyint(x)) // halves to even, the default rounding mode
NORDLYS_FLOAT_MAP(bindSin, std::sin(x))
NORDLYS_FLOAT_MAP(bindCos, std::cos(x))
NORDLYS_FLOAT_MAP(bindTan, std::tan(x))
NORDLYS_FLOAT_MAP(bindAsin, std::asin(x))
NORDLYS_FLOAT_MAP(bindAcos, std::acos(x))
NORDLYS_FLOAT_MAP(bindAtan, std::atan(x))
NORDLYS_FLOAT_MAP(bindSinh, std::sinh(x))
NORDLYS_FLOAT_MAP(bindCosh, std::cosh(x))
NORDLYS_FLOAT_MAP(bindAsinh, std::asinh(x))
NORDLYS_FLOAT_MAP(bindAcosh, std::acosh(x))
NORDLYS_FLOAT_MAP(bindAtanh, std::atanh(x))
NORDLYS_FLOAT_MAP(bindTanh, std::tanh(x))
NORDLYS_FLOAT_MAP(bindErf, std::erf(x))
NORDLYS_FLOAT_MAP(bindSigmoid, T(1) / (T(1) + std::exp(-x)))
NORDLYS_FLOAT_MAP(bindSoftplus, std::max(x, T(0)) + std::log1p(std::exp(-std::abs(x))))
NORDLYS_FLOAT_MAP(bindSoftsign, x / (T(1) + std::abs(x)))
NORDLYS_FLOAT_MAP(bindHardSwish, x * std::max(T(0), std::min(T(1), x / T(6) + T(0.5))))
NORDLYS_FLOAT_MAP(bindMish, x * std::tanh(std::max(x, T(0)) + std::log1p(std::exp(-std::abs(x)))))

core::Expected<BoundKernel> bindLeakyRelu(const KernelCall &call)
{
    const float alpha = call.floatAttribute("alpha", 0.01F);
    return bindFloatMap(call, [alpha](auto tag) {
        using T = typename decltype(tag)::Type;
        return [a = T(alpha)](T x) -> T { return x < T(0) ? a * x : x; };
    });
}

core::Expected<BoundKernel> bindElu(const KernelCall &call)
{
    const float alpha = call.floatAttribute("alpha", 1.0F);
    return bindFloatMap(call, [alpha](auto tag) {
        using T = typename decltype(tag)::Type;
        return [a = T(alpha)](T x) -> T { return x < T(0) ? a * std::expm1(x) : x; };
    });
}

core::Expected<BoundKernel> bindCelu(const KernelCall &call)
{
    const float alpha = call.floatAttribute("alpha", 1.0F);
    return bindFloatMap(call, [alpha](auto tag) {
        using T = typename decltype(tag)::Type;
        return [a = T(alpha)](T x) -> T { return std::max(x, T(0)) + std::min(a * std::expm1(x / a), T(0)); }; // NaN stays
    });
}

core::Expected<BoundKernel> bindSelu(const KernelCall &call)
{
    // Opset 1 states fewer digits.
    const float alpha = call.floatAttribute("alpha", call.opset < 6 ? 1.6732F : 1.67326319217681884765625F);
    const float gamma = call.floatAttribute("gamma", call.opset < 6 ? 1.0507F : 1.05070102214813232421875F);
    return bindFloatMap(call, [alpha, gamma](auto tag) {
        using T = typename decltype(tag)::Type;
        return [a = T(alpha), g = T(gamma)](T x) -> T { return x <= T(0) ? g * a * std::expm1(x) : g * x; };
    });
}

core::Expected<BoundKernel> bindHardSigmoid(const KernelCall &call)
{
    const float alpha = call.floatAttribute("alpha", 0.2F), beta = call.floatAttribute("beta", 0.5F);
    return bindFloatMap(call, [alpha, beta](auto tag) {
        using T = typename decltype(tag)::Type;
        return [a = T(alpha), b = T(beta)](T x) -> T { return std::min(std::max(a * x + b, T(0)), T(1)); };
    });
}

core::Expected<BoundKernel> bindThresholdedRelu(const KernelCall &call)
{
    const float alpha = call.floatAttribute("alpha", 1.0F);
    return bindFloatMap(call, [alpha](auto tag) {
        using T = typename decltype(tag)::Type;
        return [a = T(alpha)](T x) -> T { return x > a ? x : T(0); };
    });
}

/// Integers are computed as real numbers and cut.
core::Expected<BoundKernel> bindShrink(const KernelCall &call)
{
    const float bias = call.floatAttribute("bias", 0.0F), lambda = call.floatAttribute("lambd", 0.5F);
    return bindNumberMap(call, [bias, lambda](auto tag) {
        using T = typename decltype(tag)::Type;
        using Real = std::conditional_t<std::is_integral_v<T>, double, T>;
        return [b = Real(bias), l = Real(lambda)](T value) -> T {
            const auto x = static_cast<Real>(value);
            const Real result = x < -l ? x + b : x > l ? x - b : Real(0);
            if constexpr (std::is_integral_v<T>)
                return cutToInteger<T>(result);
            else
                return result;
        };
    });
}

core::Expected<BoundKernel> bindSwish(const KernelCall &call)
{
    const float alpha = call.floatAttribute("alpha", 1.0F);
    return bindFloatMap(call, [alpha](auto tag) {
        using T = typename decltype(tag)::Type;
        return [a = T(alpha)](T x) -> T { return x / (T(1) + std::exp(-a * x)); };
    });
}

core::Expected<BoundKernel> bindGelu(const KernelCall &call)
{
    const bool tanhForm = call.stringAttribute("approximate", "none") == "tanh";
    return bindFloatMap(call, [tanhForm](auto tag) {
        using T = typename decltype(tag)::Type;
        return [tanhForm](T x) -> T {
            const T inner = tanhForm ? std::tanh(T(0.7978845608028654) * (x + T(0.044715) * x * x * x)) : std::erf(x * T(0.7071067811865476));
            return T(0.5) * x * (T(1) + inner);
        };
    });
}

core::Expected<BoundKernel> bindRelu(const KernelCall &call)
{
    return bindNumberMap(call, [](auto tag) {
        using T = typename decltype(tag)::Type;
        return [](T x) -> T { return x < T(0) ? T(0) : x; };
    });
}

core::Expected<BoundKernel> bindAbs(const KernelCall &call)
{
    return bindNumberMap(call, [](auto tag) {
        using T = typename decltype(tag)::Type;
        return [](T x) -> T {
            if constexpr (std::is_integral_v<T>)
                return x < T(0) ? static_cast<T>(std::make_unsigned_t<T>(0) - static_cast<std::make_unsigned_t<T>>(x)) : x;
            else
                return std::abs(x);
        };
    });
}

core::Expected<BoundKernel> bindNeg(const KernelCall &call)
{
    return bindNumberMap(call, [](auto tag) {
        using T = typename decltype(tag)::Type;
        return [](T x) -> T {
            if constexpr (std::is_integral_v<T>)
                return static_cast<T>(std::make_unsigned_t<T>(0) - static_cast<std::make_unsigned_t<T>>(x));
            else
                return -x;
        };
    });
}

core::Expected<BoundKernel> bindSign(const KernelCall &call)
{
    return bindNumberMap(call, [](auto tag) {
        using T = typename decltype(tag)::Type;
        return [](T x) -> T { return T(0) < x ? T(1) : (x < T(0) ? static_cast<T>(-1) : (x == x ? T(0) : x)); };
    });
}

/// Opsets before 11 state the bounds as attributes, later ones as inputs.
core::Expected<BoundKernel> bindClip6(const KernelCall &call)
{
    constexpr float most = std::numeric_limits<float>::max();
    const float low = call.floatAttribute("min", -most), high = call.floatAttribute("max", most);
    return bindFloatMap(call, [low, high](auto tag) {
        using T = typename decltype(tag)::Type;
        return [l = T(low), h = T(high)](T x) -> T { return x < l ? l : (x > h ? h : x); };
    });
}

core::Expected<BoundKernel> bindClip11(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dims != y.dims || x.dtype != y.dtype || x.channelsLast != y.channelsLast)
        return call.broken("the output has not the shape and type of the input");
    for (std::size_t i : {1U, 2U}) {
        if (call.hasInput(i) && (call.inputs[i].elementCount() != 1 || call.inputs[i].dtype != x.dtype))
            return call.broken("min and max have to be scalars of the input's type");
    }
    const bool hasLow = call.hasInput(1), hasHigh = call.hasInput(2);
    const std::int64_t count = x.elementCount();
    return dispatchNumber(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(
            call,
            [count, hasLow, hasHigh](const KernelRun &run) -> KernelStatus {
                const T low = hasLow ? *run.input<T>(1) : std::numeric_limits<T>::lowest();
                const T high = hasHigh ? *run.input<T>(2) : std::numeric_limits<T>::max();
                const T *in = run.input<T>(0);
                T *out = run.output<T>(0);
                for (std::int64_t i = 0; i < count; ++i) {
                    T value = hasLow && in[i] < low ? low : in[i];
                    out[i] = hasHigh && value > high ? high : value;
                }
                return nullptr;
            },
            0);
    });
}

core::Expected<BoundKernel> bindNot(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    if (call.inputs[0].dtype != core::DType::Bool || call.outputs[0].dtype != core::DType::Bool)
        return call.broken("it works on booleans");
    return bindMap<std::uint8_t, std::uint8_t>(call, [](std::uint8_t x) -> std::uint8_t { return x == 0 ? 1 : 0; });
}

template <typename Test>
core::Expected<BoundKernel> bindFloatTest(const KernelCall &call, Test test)
{
    NORDLYS_TRY(call.require(1));
    if (call.outputs[0].dtype != core::DType::Bool)
        return call.broken("the output has to be boolean");
    const core::DType type = call.inputs[0].dtype;
    if (core::isNarrowFloat(type)) // float8, from opset 20 on
        return bindMap<std::uint8_t, std::uint8_t>(call, [test, type](std::uint8_t x) -> std::uint8_t { return test(core::floatFromNarrow(type, x)) ? 1 : 0; });
    return dispatchFloat(call, type, [&](auto tag) {
        using T = typename decltype(tag)::Type;
        return bindMap<T, std::uint8_t>(call, [test](ComputeOf<T> x) -> std::uint8_t { return test(x) ? 1 : 0; });
    });
}

core::Expected<BoundKernel> bindIsNan(const KernelCall &call)
{
    return bindFloatTest(call, [](auto x) { return std::isnan(x); });
}

core::Expected<BoundKernel> bindIsInf(const KernelCall &call)
{
    const bool negative = call.intAttribute("detect_negative", 1) != 0, positive = call.intAttribute("detect_positive", 1) != 0;
    return bindFloatTest(call, [negative, positive](auto x) { return std::isinf(x) && (x < 0 ? negative : positive); });
}

constexpr KernelEntry entries[] = {
    {"", "Relu", 1, bindRelu, true}, {"", "LeakyRelu", 1, bindLeakyRelu, true}, {"", "Elu", 1, bindElu, true},
    {"", "Celu", 12, bindCelu, true}, {"", "Selu", 1, bindSelu, true}, {"", "Sigmoid", 1, bindSigmoid, true},
    {"", "HardSigmoid", 1, bindHardSigmoid, true}, {"", "HardSwish", 14, bindHardSwish, true}, {"", "Tanh", 1, bindTanh, true},
    {"", "Softplus", 1, bindSoftplus, true}, {"", "Softsign", 1, bindSoftsign, true}, {"", "Mish", 18, bindMish, true},
    {"", "ThresholdedRelu", 10, bindThresholdedRelu, true}, {"", "Shrink", 9, bindShrink, true}, {"", "Gelu", 20, bindGelu, true}, {"", "Swish", 24, bindSwish, true},
    {"", "Exp", 1, bindExp, true}, {"", "Log", 1, bindLog, true}, {"", "Sqrt", 1, bindSqrt, true},
    {"", "Reciprocal", 1, bindReciprocal, true}, {"", "Abs", 1, bindAbs, true}, {"", "Neg", 1, bindNeg, true},
    {"", "Sign", 9, bindSign, true}, {"", "Ceil", 1, bindCeil, true}, {"", "Floor", 1, bindFloor, true},
    {"", "Round", 11, bindRound, true}, {"", "Sin", 7, bindSin, true}, {"", "Cos", 7, bindCos, true}, {"", "Tan", 7, bindTan, true},
    {"", "Asin", 7, bindAsin, true}, {"", "Acos", 7, bindAcos, true}, {"", "Atan", 7, bindAtan, true}, {"", "Sinh", 9, bindSinh, true},
    {"", "Cosh", 9, bindCosh, true}, {"", "Asinh", 9, bindAsinh, true}, {"", "Acosh", 9, bindAcosh, true},
    {"", "Atanh", 9, bindAtanh, true}, {"", "Erf", 9, bindErf, true}, {"", "Clip", 1, bindClip6, true}, {"", "Clip", 11, bindClip11, true},
    {"", "Not", 1, bindNot, true}, {"", "IsNaN", 9, bindIsNan, true}, {"", "IsInf", 10, bindIsInf, true},
};

} // namespace

std::span<const KernelEntry> unaryKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
