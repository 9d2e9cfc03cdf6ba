// SPDX-License-Identifier: Apache-2.0
#include "bias_values.h"

#include <runtime/plan/plan_data.h>

#include <cstring>
#include <set>

namespace nordlys::runtime {

BiasValues::BiasValues(const core::Graph &graph, std::span<const core::QuantizableTensor> tensors, const Program &optimized)
{
    std::set<std::string_view> biases;
    for (const core::QuantizableTensor &tensor : tensors) {
        if (tensor.kind == core::QuantizableKind::Bias)
            biases.insert(graph.nameOf(tensor.tensor));
    }
    for (const ProgramTensor &tensor : optimized.tensors) {
        if (tensor.storage != Storage::Constant || !tensor.fromSource || tensor.dtype != core::DType::Float32 || !biases.contains(tensor.name))
            continue;
        // The last one counts: a folded constant comes after the one that it replaces.
        std::vector<float> &values = m_values[tensor.name];
        values.resize(tensor.bytes / sizeof(float));
        if (!values.empty())
            std::memcpy(values.data(), tensor.constant.bytes.data(), values.size() * sizeof(float));
    }
}

BiasValues::BiasValues(const core::Graph &graph)
{
    for (const core::QuantizableTensor &tensor : core::quantizableTensors(graph)) {
        const core::Tensor &constant = graph.tensor(tensor.tensor);
        if (tensor.kind != core::QuantizableKind::Bias || !constant.isConstant() || constant.dtype != core::DType::Float32)
            continue;
        const auto bytes = constant.constant->bytes();
        std::vector<float> &values = m_values[std::string(graph.nameOf(tensor.tensor))];
        values.resize(bytes.size() / sizeof(float));
        if (!values.empty())
            std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    }
}

core::Expected<BiasValues> BiasValues::of(const core::Model &model)
{
    const std::vector<core::QuantizableTensor> tensors = core::quantizableTensors(model.graph);
    auto program = optimizedProgram(model, keepingActivations(model.graph, tensors));
    NORDLYS_TRY(program);
    return BiasValues(model.graph, tensors, *program);
}

bool BiasValues::fit(const std::string &bias, const core::Encoding &encoding) const
{
    const auto found = m_values.find(bias);
    if (found == m_values.end() || encoding.isFloat || encoding.grids.empty())
        return true;
    const std::vector<float> &values = found->second;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const core::Grid &grid = encoding.grids[encoding.grids.size() == values.size() ? i : 0];
        const double value = static_cast<double>(values[i]);
        // Half a step beyond the end still rounds to it.
        if (value < grid.min - grid.scale / 2 || value > grid.max + grid.scale / 2)
            return false;
    }
    return true;
}

PlanOptions keepingActivations(const core::Graph &graph, std::span<const core::QuantizableTensor> tensors)
{
    PlanOptions options;
    for (const core::QuantizableTensor &tensor : tensors) {
        if (tensor.kind == core::QuantizableKind::Activation)
            options.keepTensors.emplace_back(graph.nameOf(tensor.tensor));
    }
    return options;
}

} // namespace nordlys::runtime
