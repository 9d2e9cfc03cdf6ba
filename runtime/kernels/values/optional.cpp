// SPDX-License-Identifier: Apache-2.0
#include "families.h"

namespace nordlys::runtime::values {

namespace {

/// Without input an optional without a value; with one, that value.
core::Expected<std::vector<Value>> optional(const ValueCall &value)
{
    return std::vector<Value>{value.inputs.empty() ? Value() : value.inputs[0]};
}

core::Expected<std::vector<Value>> optionalGetElement(const ValueCall &value)
{
    if (value.inputs.empty() || value.inputs[0].isNothing())
        return value.call.broken("input 0 is an optional without a value");
    return std::vector<Value>{value.inputs[0]};
}

/// A tensor or sequence that is no optional has a value too; an input that is left out has none (ONNX OptionalHasElement 18).
core::Expected<std::vector<Value>> optionalHasElement(const ValueCall &value)
{
    auto result = core::HostTensor::create(core::DType::Bool, {});
    NORDLYS_TRY(result);
    result->as<std::uint8_t>()[0] = value.inputs.empty() || value.inputs[0].isNothing() ? 0 : 1;
    return std::vector<Value>{Value::ofTensor(std::move(*result))};
}

constexpr ValueKernelEntry entries[] = {
    {"", "Optional", 15, optional},
    {"", "OptionalGetElement", 15, optionalGetElement},
    {"", "OptionalHasElement", 15, optionalHasElement},
};

} // namespace

std::span<const ValueKernelEntry> optionalKernels()
{
    return entries;
}

} // namespace nordlys::runtime::values
