// SPDX-License-Identifier: Apache-2.0
#include "inputs.h"

#include <core/base/split_mix.h>
#include <core/tensor/convert.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace nordlys::runtime {

namespace {

template <typename T>
void fillWith(core::HostTensor &tensor, T value)
{
    const auto values = tensor.as<T>();
    std::fill(values.begin(), values.end(), value);
}

template <typename T>
void fillRandom(core::HostTensor &tensor, std::uint64_t seed)
{
    constexpr std::uint64_t steps = std::uint64_t(1) << 24;
    core::SplitMix random(seed);
    for (T &value : tensor.as<T>())
        value = static_cast<T>(random.next() % steps + 1) / static_cast<T>(steps);
}

core::Expected<core::HostTensor> generated(const PortInfo &port, std::size_t index)
{
    using core::DType;
    auto tensor = core::HostTensor::create(port.dtype, port.dims);
    NORDLYS_TRY(tensor);
    switch (port.dtype) {
    case DType::Float32: fillRandom<float>(*tensor, index); break;
    case DType::Float64: fillRandom<double>(*tensor, index); break;
    case DType::Bool:
    case DType::UInt8:
    case DType::Int8: fillWith<std::uint8_t>(*tensor, 1); break;
    case DType::UInt16:
    case DType::Int16: fillWith<std::uint16_t>(*tensor, 1); break;
    case DType::UInt32:
    case DType::Int32: fillWith<std::uint32_t>(*tensor, 1); break;
    case DType::UInt64:
    case DType::Int64: fillWith<std::uint64_t>(*tensor, 1); break;
    default:
        return core::notSupported("input " + port.name, "no values can be made up for " + std::string(core::nameOf(port.dtype)),
                                  "Give it with --input " + port.name + "=FILE.npy.");
    }
    return std::move(*tensor);
}

core::Expected<core::HostTensor> loaded(const PortInfo &port, const std::filesystem::path &path)
{
    auto tensor = core::readNpy(path);
    NORDLYS_TRY(tensor);
    if (tensor->dtype() != port.dtype && port.dtype == core::DType::Float32 && core::isFloat(tensor->dtype())) {
        tensor = core::toFloat32(*tensor);
        NORDLYS_TRY(tensor);
    }
    if (core::containsNaN(*tensor))
        return core::badInput(path.string(), "it holds NaN", "Give numbers.");
    if (tensor->dtype() != port.dtype || tensor->dims() != port.dims)
        return core::badInput(path.string(), std::string(core::nameOf(tensor->dtype())) + ' ' + core::shapeText(tensor->dims()) + " for input " + port.name +
                                                 ", which is " + std::string(core::nameOf(port.dtype)) + ' ' + core::shapeText(port.dims));
    return tensor;
}

} // namespace

core::Expected<std::vector<core::HostTensor>> makeRunnerInputs(const std::vector<PortInfo> &ports, const std::vector<std::string> &arguments)
{
    std::vector<std::optional<std::filesystem::path>> files(ports.size());
    for (const std::string &argument : arguments) {
        std::size_t index = ports.size();
        std::string file = argument;
        for (std::size_t i = 0; i < ports.size(); ++i) {
            if (argument.starts_with(ports[i].name + '=')) {
                index = i;
                file = argument.substr(ports[i].name.size() + 1);
            }
        }
        if (index == ports.size() && ports.size() == 1)
            index = 0;
        if (index == ports.size()) {
            std::string names;
            for (const PortInfo &port : ports)
                names += (names.empty() ? "" : ", ") + port.name;
            return core::usageError("--input " + argument, "it names none of the inputs " + names, "Write NAME=FILE.npy.");
        }
        if (files[index])
            return core::usageError("--input " + argument, "input " + ports[index].name + " was given twice");
        files[index] = file;
    }
    std::vector<core::HostTensor> tensors;
    for (std::size_t i = 0; i < ports.size(); ++i) {
        auto tensor = files[i] ? loaded(ports[i], *files[i]) : generated(ports[i], i);
        NORDLYS_TRY(tensor);
        tensors.push_back(std::move(*tensor));
    }
    return tensors;
}

} // namespace nordlys::runtime
