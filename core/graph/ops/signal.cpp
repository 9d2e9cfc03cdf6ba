// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

namespace nordlys::core::ops {

namespace {

/// A number that an input of one value holds; nothing when it is not known yet.
std::optional<std::int64_t> scalarValue(const InferenceContext &context, std::size_t input)
{
    const std::optional<Values> values = context.inputValues(input);
    if (!values || values->size() != 1 || (*values)[0] == kUnknownValue)
        return std::nullopt;
    return (*values)[0];
}

/// ONNX DFT-17 (axis is an attribute) and DFT-20 (axis is input 2): the last dimension holds real and imaginary parts.
Expected<void> inferDft(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    context.setOutput(0, context.inputType(0), std::nullopt);
    if (!shape)
        return {};
    if (shape->size() < 2)
        return broken("the input has rank " + std::to_string(shape->size()) + ", it needs a signal dimension and one for real and imaginary parts");
    std::int64_t axis = attributeInt(context.graph(), context.node(), "axis", 1);
    if (context.node().opset >= 20) {
        axis = -2;
        if (context.hasInput(2)) {
            const std::optional<std::int64_t> stated = scalarValue(context, 2);
            if (!stated) {
                context.setOutput(0, context.inputType(0), Shape(shape->size()));
                return {};
            }
            axis = *stated;
        }
    }
    const Expected<std::size_t> normal = normalizeAxis(axis, shape->size());
    if (!normal)
        return normal.error();
    if (*normal == shape->size() - 1)
        return broken("the axis is that of the real and imaginary parts");
    const bool inverse = attributeInt(context.graph(), context.node(), "inverse", 0) != 0;
    const bool oneSided = attributeInt(context.graph(), context.node(), "onesided", 0) != 0;
    Dim &length = (*shape)[*normal];
    if (context.hasInput(1)) {
        const std::optional<std::int64_t> stated = scalarValue(context, 1);
        if (stated && *stated < 1)
            return broken("dft_length is " + std::to_string(*stated));
        length = stated ? Dim{*stated, {}} : Dim{};
    } else if (inverse && oneSided && length.isKnown()) {
        if (length.value < 2)
            return broken("a one-sided spectrum of " + std::to_string(length.value) + " values has no length without dft_length");
        if (__builtin_mul_overflow(length.value - 1, std::int64_t(2), &length.value))
            return broken("the signal is too long");
    }
    if (oneSided && !inverse && length.isKnown())
        length = Dim{length.value / 2 + 1, {}};
    shape->back() = Dim{inverse && oneSided ? 1 : 2, {}};
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

/// ONNX STFT-17: signal, frame_step, window, frame_length; batch, frames, bins, 2.
Expected<void> inferStft(InferenceContext &context)
{
    const std::optional<Shape> &signal = context.inputShape(0);
    Shape shape{Dim{}, Dim{}, Dim{}, Dim{2, {}}};
    if (!signal) {
        context.setOutput(0, context.inputType(0), std::move(shape));
        return {};
    }
    if (signal->size() < 2)
        return broken("the signal needs a batch and a length");
    shape[0] = (*signal)[0];
    std::optional<std::int64_t> length = scalarValue(context, 3);
    if (const std::optional<Shape> &window = context.inputShape(2); !length && !context.hasInput(3) && window && window->size() == 1 && (*window)[0].isKnown())
        length = (*window)[0].value;
    const std::optional<std::int64_t> step = scalarValue(context, 1);
    if ((length && *length < 1) || (step && *step < 1))
        return broken("frame_step or frame_length is below 1");
    if (length) {
        const bool oneSided = attributeInt(context.graph(), context.node(), "onesided", 1) != 0;
        shape[2] = Dim{oneSided ? *length / 2 + 1 : *length, {}};
        if (step && (*signal)[1].isKnown()) {
            if (*length > (*signal)[1].value)
                return broken("a frame is longer than the signal");
            shape[1] = Dim{((*signal)[1].value - *length) / *step + 1, {}};
        }
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

DType statedType(const InferenceContext &context)
{
    const std::int64_t stated = attributeInt(context.graph(), context.node(), "output_datatype", 1);
    return stated > 0 && stated < 24 ? static_cast<DType>(stated) : DType::Undefined;
}

/// ONNX HannWindow-17 and its kin: as many values as the input says.
Expected<void> inferWindow(InferenceContext &context)
{
    const std::optional<std::int64_t> size = scalarValue(context, 0);
    if (size && *size < 0)
        return broken("the size is " + std::to_string(*size));
    context.setOutput(0, statedType(context), Shape{size ? Dim{*size, {}} : Dim{}});
    return {};
}

/// ONNX MelWeightMatrix-17: num_mel_bins, dft_length, sample_rate, lower and upper edge.
Expected<void> inferMelWeightMatrix(InferenceContext &context)
{
    const std::optional<std::int64_t> bins = scalarValue(context, 0), length = scalarValue(context, 1);
    if ((bins && *bins < 0) || (length && *length < 0))
        return broken("num_mel_bins or dft_length is negative");
    context.setOutput(0, statedType(context), Shape{length ? Dim{*length / 2 + 1, {}} : Dim{}, bins ? Dim{*bins, {}} : Dim{}});
    return {};
}

} // namespace

std::span<const OpSpec> signalOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built{row("DFT", 17, 1, 2, inferDft), row("DFT", 20, 1, 3, inferDft), row("STFT", 17, 2, 4, inferStft),
                                  row("HannWindow", 17, 1, 1, inferWindow), row("HammingWindow", 17, 1, 1, inferWindow),
                                  row("BlackmanWindow", 17, 1, 1, inferWindow), row("MelWeightMatrix", 17, 5, 5, inferMelWeightMatrix)};
        for (OpSpec &spec : built) {
            spec.inputs = kFirstInputOnly;
            if (spec.name != "DFT" && spec.name != "STFT") {
                spec.inputs = kNoInputs; // parameters, no data
                spec.output = QuantRole::None;
            }
        }
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops
