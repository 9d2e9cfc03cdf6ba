// SPDX-License-Identifier: Apache-2.0
#include "recurrent_state.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace nordlys::runtime {

namespace {

std::optional<std::size_t> indexOf(const core::Graph &graph, const std::vector<core::TensorId> &ids, std::string_view name)
{
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (graph.nameOf(ids[i]) == name)
            return i;
    }
    return std::nullopt;
}

std::string namesOf(const core::Graph &graph, const std::vector<core::TensorId> &ids)
{
    std::string names;
    for (const core::TensorId id : ids)
        names += (names.empty() ? "'" : ", '") + std::string(graph.nameOf(id)) + "'";
    return names;
}

template <typename T>
void appendLargest(const core::HostTensor &list, std::span<const float> scores, std::size_t scoreRows, std::size_t classes, core::HostTensor &longer)
{
    const auto length = static_cast<std::size_t>(list.dims().back());
    const std::size_t rows = length > 0 ? list.elementCount() / length : longer.elementCount();
    const std::size_t rowsPerList = scoreRows / std::max<std::size_t>(rows, 1);
    for (std::size_t r = 0; r < rows; ++r) {
        std::copy_n(list.as<T>().begin() + static_cast<std::ptrdiff_t>(r * length), length, longer.as<T>().begin() + static_cast<std::ptrdiff_t>(r * (length + 1)));
        const auto last = scores.subspan(((r + 1) * rowsPerList - 1) * classes, classes);
        longer.as<T>()[r * (length + 1) + length] = static_cast<T>(std::ranges::max_element(last) - last.begin());
    }
}

} // namespace

core::Expected<std::vector<StateLink>> parseStateLinks(std::span<const std::string> links, const core::Graph &graph)
{
    std::vector<StateLink> result;
    for (const std::string &text : links) {
        // Names may hold '=': every place is tried.
        std::optional<StateLink> link;
        for (std::size_t at = text.find('='); at != std::string::npos && !link; at = text.find('=', at + 1)) {
            const auto output = indexOf(graph, graph.outputs, std::string_view(text).substr(0, at));
            const auto input = indexOf(graph, graph.inputs, std::string_view(text).substr(at + 1));
            if (output && input)
                link = StateLink{*output, *input, false};
        }
        if (!link)
            return core::usageError("--state " + text, "it is not OUT=IN with an output and an input of the model",
                                    "Outputs are " + namesOf(graph, graph.outputs) + ", inputs " + namesOf(graph, graph.inputs) + ".");
        for (const StateLink &other : result) {
            if (other.input == link->input)
                return core::usageError("--state " + text, "this input is fed by another output already", "Give each input once.");
        }
        const core::DType from = graph.tensor(graph.outputs[link->output]).dtype, to = graph.tensor(graph.inputs[link->input]).dtype;
        link->appends = core::isFloat(from) && (to == core::DType::Int64 || to == core::DType::Int32);
        if (!link->appends && from != to && from != core::DType::Undefined)
            return core::usageError("--state " + text, "the output is " + std::string(core::nameOf(from)) + ", the input " + std::string(core::nameOf(to)),
                                    "Feed back an output of the input's type.");
        if (link->appends && from != core::DType::Float32)
            return core::notSupported("--state " + text, "scores are read as float32, the output is " + std::string(core::nameOf(from)));
        result.push_back(*link);
    }
    return result;
}

core::Expected<Value> nextState(const StateLink &link, const Value &input, const Value &output)
{
    if (!link.appends)
        return output;
    if (!input.isTensor() || !output.isTensor() || input.tensor().dims().empty() || output.tensor().dims().empty())
        return core::badInput("state", "scores and list need at least one dimension");
    const core::HostTensor &list = input.tensor(), &scores = output.tensor();
    const auto classes = static_cast<std::size_t>(scores.dims().back());
    core::Dims dims = list.dims();
    ++dims.back();
    auto longer = core::HostTensor::create(list.dtype(), dims);
    NORDLYS_TRY(longer);
    const auto length = static_cast<std::size_t>(list.dims().back());
    const std::size_t rows = length > 0 ? list.elementCount() / length : longer->elementCount();
    const std::size_t scoreRows = classes > 0 ? scores.elementCount() / classes : 0;
    if (rows == 0 || scoreRows == 0 || scoreRows % rows != 0)
        return core::badInput("state", "scores of shape " + core::shapeText(scores.dims()) + " do not belong to a list of shape " + core::shapeText(list.dims()));
    if (list.dtype() == core::DType::Int64)
        appendLargest<std::int64_t>(list, scores.as<float>(), scoreRows, classes, *longer);
    else
        appendLargest<std::int32_t>(list, scores.as<float>(), scoreRows, classes, *longer);
    return Value::ofTensor(std::move(*longer));
}

} // namespace nordlys::runtime
