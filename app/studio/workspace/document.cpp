// SPDX-License-Identifier: GPL-3.0-or-later
#include "document.h"

#include <chrono>

namespace nordlys::studio {

core::NodeId Document::findNode(std::string_view name) const
{
    const auto found = nodesByName.find(name);
    return found == nodesByName.end() ? core::NodeId() : found->second;
}

core::TensorId Document::findTensor(std::string_view name) const
{
    const auto found = tensorsByName.find(name);
    return found == tensorsByName.end() ? core::TensorId() : found->second;
}

const core::QuantizableTensor *Document::quantizableOf(core::TensorId tensor) const
{
    const auto found = quantizableIndex.find(tensor);
    return found == quantizableIndex.end() ? nullptr : &quantizable[found->second];
}

std::vector<core::TensorId> Document::tieGroup(core::TensorId tensor) const
{
    const core::QuantizableTensor *entry = quantizableOf(tensor);
    if (!entry)
        return {tensor};
    std::vector<core::TensorId> members;
    for (const core::QuantizableTensor &other : quantizable) {
        if (other.group == entry->group)
            members.push_back(other.tensor);
    }
    return members;
}

std::string Document::opText(core::NodeId id) const
{
    const core::Node &node = graph().node(id);
    std::string text(graph().opOf(id));
    const std::vector<std::int64_t> kernel = core::attributeInts(graph(), node, "kernel_shape");
    std::string size;
    for (const std::int64_t side : kernel)
        size += (size.empty() ? "" : "×") + std::to_string(side);
    if (text == "Conv") {
        const std::int64_t groups = core::attributeInt(graph(), node, "group", 1);
        // Weights of a convolution are M × C/group × kernel: with one channel per group it is depthwise.
        const bool hasShape = node.inputs.size() > 1 && node.inputs[1].isValid() && graph().tensor(node.inputs[1]).shape;
        const core::Shape weights = hasShape ? *graph().tensor(node.inputs[1]).shape : core::Shape();
        if (groups > 1)
            text = weights.size() > 1 && weights[1].value == 1 ? "DepthwiseConv" : "GroupConv";
    }
    if (!size.empty())
        text += " " + size;
    return text;
}

std::string Document::shapeText(core::TensorId tensor) const
{
    if (!tensor.isValid() || !graph().tensor(tensor).shape)
        return "?";
    return core::shapeText(*graph().tensor(tensor).shape, graph().names);
}

std::string Document::outputShape(core::NodeId node) const
{
    const auto &outputs = graph().node(node).outputs;
    return outputs.empty() ? std::string("?") : shapeText(outputs.front());
}

core::TensorId Document::weightOf(core::NodeId node) const
{
    for (const core::TensorId input : graph().node(node).inputs) {
        if (!input.isValid())
            continue;
        const core::QuantizableTensor *entry = quantizableOf(input);
        if (entry && entry->kind == core::QuantizableKind::Weight)
            return input;
    }
    return {};
}

core::Expected<std::shared_ptr<const Document>> makeDocument(std::shared_ptr<const core::Model> model,
                                                             const core::JobContext &job)
{
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    auto document = std::make_shared<Document>();
    document->path = model->path;
    document->model = std::move(model);
    const core::Graph &graph = document->model->graph;
    auto layout = core::layoutGraph(graph, {}, job);
    if (!layout)
        return std::move(layout.error());
    document->layout = std::move(*layout);
    document->layoutNs = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count();

    document->costs.reserve(graph.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const core::NodeId id(i);
        document->costs.push_back(core::costOf(graph, id));
        document->nodesByName.emplace(graph.nameOf(id), id);
    }
    for (std::size_t i = 0; i < graph.tensors.size(); ++i)
        document->tensorsByName.emplace(graph.nameOf(core::TensorId(i)), core::TensorId(i));
    document->macs = core::macCount(graph);
    document->parameters = core::parameterCount(graph);
    document->quantizable = core::quantizableTensors(graph);
    for (std::size_t i = 0; i < document->quantizable.size(); ++i)
        document->quantizableIndex.emplace(document->quantizable[i].tensor, i);
    if (job.stopRequested())
        return core::interrupted(document->path.filename().string());
    return std::shared_ptr<const Document>(std::move(document));
}

core::Expected<std::shared_ptr<const Document>>
openDocument(const std::filesystem::path &path, const std::map<std::string, std::int64_t> &dims, const core::JobContext &job)
{
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    core::OpenOptions options;
    options.bindings.named = dims;
    auto model = core::openModel(path, options, job);
    if (!model)
        return std::move(model.error());
    const auto openNs = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count();
    auto made = makeDocument(std::move(*model), job);
    if (!made)
        return std::move(made.error());
    auto document = std::make_shared<Document>(**made);
    document->path = path;
    document->openNs = openNs;
    return std::shared_ptr<const Document>(std::move(document));
}

} // namespace nordlys::studio
