// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

#include <algorithm>
#include <cstring>

namespace nordlys::runtime {

std::int64_t TensorDesc::elementCount() const
{
    std::int64_t count = 1;
    for (const std::int64_t dim : dims)
        count *= dim;
    return count;
}

Strides TensorDesc::strides() const
{
    Strides result{};
    if (channelsLast && dims.size() == 4) {
        const std::int64_t c = dims[1], h = dims[2], w = dims[3];
        result[0] = c * h * w;
        result[1] = 1;
        result[2] = w * c;
        result[3] = c;
        return result;
    }
    std::int64_t step = 1;
    for (std::size_t i = dims.size(); i-- > 0;) {
        result[i] = step;
        step *= dims[i];
    }
    return result;
}

std::size_t elementSize(core::DType type)
{
    const int bits = core::bitsOf(type);
    return bits >= 8 ? static_cast<std::size_t>(bits) / 8 : 0;
}

bool isPacked(core::DType type)
{
    const int bits = core::bitsOf(type);
    return bits > 0 && bits < 8;
}

std::size_t storageBytes(core::DType type, std::int64_t count)
{
    const auto elements = static_cast<std::size_t>(count);
    return isPacked(type) ? (elements * static_cast<std::size_t>(core::bitsOf(type)) + 7) / 8 : elements * elementSize(type);
}

const core::AttributeValue *KernelCall::attribute(std::string_view name) const
{
    if (attributes == nullptr)
        return nullptr;
    const auto it = attributes->find(name);
    return it == attributes->end() ? nullptr : &it->second;
}

std::int64_t KernelCall::intAttribute(std::string_view name, std::int64_t fallback) const
{
    const auto *value = attribute(name);
    const auto *number = value != nullptr ? std::get_if<std::int64_t>(value) : nullptr;
    return number != nullptr ? *number : fallback;
}

float KernelCall::floatAttribute(std::string_view name, float fallback) const
{
    const auto *value = attribute(name);
    const auto *number = value != nullptr ? std::get_if<double>(value) : nullptr;
    return number != nullptr ? static_cast<float>(*number) : fallback;
}

std::string KernelCall::stringAttribute(std::string_view name, std::string_view fallback) const
{
    const auto *value = attribute(name);
    const auto *text = value != nullptr ? std::get_if<std::string>(value) : nullptr;
    return text != nullptr ? *text : std::string(fallback);
}

std::optional<std::vector<std::int64_t>> KernelCall::intsAttribute(std::string_view name) const
{
    const auto *value = attribute(name);
    const auto *list = value != nullptr ? std::get_if<std::vector<std::int64_t>>(value) : nullptr;
    return list != nullptr ? std::optional(*list) : std::nullopt;
}

std::optional<std::vector<std::int64_t>> KernelCall::constantInts(std::size_t input) const
{
    if (!hasInput(input) || inputs[input].constant == nullptr)
        return std::nullopt;
    const TensorDesc &desc = inputs[input];
    std::vector<std::int64_t> values(static_cast<std::size_t>(desc.elementCount()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (desc.dtype == core::DType::Int64)
            std::memcpy(&values[i], desc.constant + 8 * i, 8);
        else if (desc.dtype == core::DType::Int32) {
            std::int32_t narrow = 0;
            std::memcpy(&narrow, desc.constant + 4 * i, 4);
            values[i] = narrow;
        } else
            return std::nullopt;
    }
    return values;
}

core::Error KernelCall::broken(std::string rule) const
{
    core::Error error = core::badInput("node " + std::string(node) + " (" + std::string(op) + ")", std::move(rule));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i].present)
            error.details.push_back("input " + std::to_string(i) + ": " + std::string(core::nameOf(inputs[i].dtype)) + " "
                                    + core::shapeText(inputs[i].dims));
    }
    return error;
}

core::Error KernelCall::unsupported(std::string what) const
{
    return core::notSupported("node " + std::string(node) + " (" + std::string(op) + ")", std::move(what));
}

core::Expected<void> KernelCall::require(std::size_t inputCount, std::size_t outputCount) const
{
    for (const auto *list : {&inputs, &outputs}) {
        for (const TensorDesc &desc : *list) {
            if (desc.present && isPacked(desc.dtype))
                return unsupported("values of type " + std::string(core::nameOf(desc.dtype)) + " have no kernel");
        }
    }
    return requireOrPacked(inputCount, outputCount);
}

core::Expected<void> KernelCall::requireOrPacked(std::size_t inputCount, std::size_t outputCount) const
{
    for (std::size_t i = 0; i < inputCount; ++i) {
        if (!hasInput(i))
            return broken("input " + std::to_string(i) + " is missing");
    }
    for (std::size_t i = 0; i < outputCount; ++i) {
        if (!hasOutput(i))
            return broken("output " + std::to_string(i) + " is missing");
    }
    for (const auto *list : {&inputs, &outputs}) {
        for (const TensorDesc &desc : *list) {
            if (desc.present && desc.rank() > maxRank)
                return unsupported("tensors of more than " + std::to_string(maxRank) + " dimensions have no kernel");
            if (desc.present && core::bitsOf(desc.dtype) == 0)
                return unsupported("values of type " + std::string(core::nameOf(desc.dtype)) + " have no kernel");
        }
    }
    return {};
}

void skipWithoutOutput(std::span<const TensorDesc> outputs, BoundKernel &kernel)
{
    const bool hasElements = std::ranges::any_of(outputs, [](const TensorDesc &output) { return output.present && output.elementCount() > 0; });
    if (hasElements)
        return;
    kernel.run = [](const KernelRun &) -> KernelStatus { return nullptr; };
    kernel.scratchBytes = nullptr;
}

} // namespace nordlys::runtime
