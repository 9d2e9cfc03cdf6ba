// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

namespace nordlys::core::ops {

namespace {

Expected<void> inferQuantize(InferenceContext &context)
{
    DType type = context.hasInput(2) ? context.inputType(2) : DType::UInt8;
    if (const std::int64_t stated = attributeInt(context.graph(), context.node(), "output_dtype", 0); !context.hasInput(2) && stated > 0 && stated < 24)
        type = static_cast<DType>(stated);
    context.setOutput(0, type, context.inputShape(0));
    return {};
}

Expected<void> inferDequantize(InferenceContext &context)
{
    const DType type = context.inputType(1);
    const std::int64_t stated = attributeInt(context.graph(), context.node(), "output_dtype", 0); // since opset 23
    context.setOutput(0, stated > 0 && stated < 24 ? static_cast<DType>(stated) : isFloat(type) ? type : DType::Float32, context.inputShape(0));
    return {};
}

Expected<void> inferDynamicQuantize(InferenceContext &context)
{
    context.setOutput(0, DType::UInt8, context.inputShape(0));
    context.setOutput(1, DType::Float32, Shape{});
    context.setOutput(2, DType::UInt8, Shape{});
    return {};
}

OpSpec plain(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.inputs = kNoInputs;
    spec.output = QuantRole::None;
    spec.layout = LayoutRole::Opaque;
    return spec;
}

} // namespace

std::span<const OpSpec> quantizationOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built{plain("QuantizeLinear", 10, 2, 3, inferQuantize), plain("DequantizeLinear", 10, 2, 3, inferDequantize),
                                  plain("DynamicQuantizeLinear", 11, 1, 1, inferDynamicQuantize)};
        built.back().minOutputs = built.back().maxOutputs = 3;
        for (OpSpec spec : {plain("QuantizeLinear", 1, 2, 3, inferQuantize), plain("DequantizeLinear", 1, 2, 3, inferDequantize)}) {
            spec.domain = "com.microsoft"; // the same rule; 16-bit types came here first
            built.push_back(spec);
        }
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops
