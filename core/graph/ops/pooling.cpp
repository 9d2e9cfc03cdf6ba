// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"
#include "window.h"

namespace nordlys::core::ops {

namespace {

Expected<void> inferPool(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    if (!data) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    if (data->size() < 3)
        return broken("the data has rank " + std::to_string(data->size()) + ", a pooling needs 3 or more");
    const std::size_t spatial = data->size() - 2;
    Expected<Window> window = readWindow(context.graph(), context.node(), spatial, {});
    if (!window)
        return std::move(window.error());
    Shape shape{(*data)[0], (*data)[1]};
    for (std::size_t i = 0; i < spatial; ++i) {
        Expected<Dim> length = windowOutput(*window, i, (*data)[2 + i]);
        if (!length)
            return std::move(length.error());
        shape.push_back(*length);
    }
    if (context.outputCount() > 1)
        context.setOutput(1, DType::Int64, shape);
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

Expected<void> inferGlobalPool(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (shape) {
        if (shape->size() < 2)
            return broken("the data has rank " + std::to_string(shape->size()) + ", a global pooling needs 2 or more");
        for (std::size_t i = 2; i < shape->size(); ++i)
            (*shape)[i] = Dim{1, {}};
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

/// (input - 1) * stride + kernel - pads per axis, or what output_shape (input 2) says.
Expected<void> inferMaxUnpool(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    if (!data) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    if (data->size() < 3)
        return broken("the data has rank " + std::to_string(data->size()) + ", a pooling needs 3 or more");
    const std::size_t spatial = data->size() - 2;
    Expected<Window> window = readWindow(context.graph(), context.node(), spatial, {});
    if (!window)
        return std::move(window.error());
    Shape shape{(*data)[0], (*data)[1]};
    for (std::size_t i = 0; i < spatial; ++i) {
        const Dim &input = (*data)[2 + i];
        std::int64_t length = 0;
        if (input.isKnown()
            && (__builtin_mul_overflow(input.value - 1, window->strides[i], &length)
                || __builtin_add_overflow(length, window->kernel[i] - window->padsBegin[i] - window->padsEnd[i], &length) || length < 0))
            return broken("the output length is negative or too large");
        shape.push_back(input.isKnown() ? Dim{length, {}} : Dim{});
    }
    if (context.hasInput(2)) {
        const std::optional<Values> stated = context.inputValues(2);
        if (stated && stated->size() != shape.size())
            return broken("output_shape has " + std::to_string(stated->size()) + " entries, not " + std::to_string(shape.size()));
        for (std::size_t i = 0; i < shape.size(); ++i) {
            const bool known = stated && (*stated)[i] != kUnknownValue;
            if (known && (*stated)[i] < 0)
                return broken("output_shape holds " + std::to_string((*stated)[i]));
            shape[i] = known ? Dim{(*stated)[i], {}} : Dim{};
        }
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

OpSpec pooling(std::string_view name, OpSpec::InferFunction infer, QuantRole output)
{
    OpSpec spec = row(name, 1, 1, 1, infer);
    spec.layout = LayoutRole::Channels;
    spec.output = output;
    return spec;
}

} // namespace

std::span<const OpSpec> poolingOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built{pooling("MaxPool", inferPool, QuantRole::Tied), pooling("AveragePool", inferPool, QuantRole::Activation),
                                  pooling("LpPool", inferPool, QuantRole::Activation),
                                  pooling("GlobalAveragePool", inferGlobalPool, QuantRole::Activation),
                                  pooling("GlobalMaxPool", inferGlobalPool, QuantRole::Tied),
                                  pooling("GlobalLpPool", inferGlobalPool, QuantRole::Activation)};
        built[0].maxOutputs = 2;
        built.push_back(row("MaxUnpool", 9, 2, 3, inferMaxUnpool));
        built.back().inputs = kFirstInputOnly;
        built.back().output = QuantRole::Tied;
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops
