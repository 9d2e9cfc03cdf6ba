// SPDX-License-Identifier: Apache-2.0
#include "model_rewrite.h"

#include "model_rewrite_state.h"
#include "onnx_references.h"

#include <core/base/atomic_file.h>
#include <core/base/mapped_file.h>
#include <core/import/onnx_node_names.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

namespace nordlys::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t maxFileBytes = std::numeric_limits<int>::max(); // protobuf's limit of a message

bool sameBytes(const fs::path &a, const fs::path &b)
{
    const auto first = MappedFile::open(a), second = MappedFile::open(b);
    return first && second && std::ranges::equal((*first)->bytes(), (*second)->bytes());
}

Expected<void> copyFile(const fs::path &from, const fs::path &to)
{
    std::error_code error;
    if (fs::equivalent(from, to, error))
        return {};
    if (fs::exists(to, error)) {
        if (sameBytes(from, to))
            return {};
        return cannotWrite(to.string(), "another file stands where the model's external weights belong", "Write into an empty folder.");
    }
    fs::create_directories(to.parent_path(), error);
    auto source = MappedFile::open(from);
    NORDLYS_TRY(source);
    return writeFileAtomically(to, (*source)->bytes());
}

void putNodesTogether(onnx::GraphProto &graph, const std::map<int, std::vector<onnx::NodeProto>> &inserted, const std::vector<int> &removed)
{
    const std::set<int> gone(removed.begin(), removed.end());
    google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
    nodes.Reserve(graph.node_size());
    for (int i = 0; i <= graph.node_size(); ++i) {
        if (const auto found = inserted.find(i); found != inserted.end()) {
            for (const onnx::NodeProto &node : found->second)
                *nodes.Add() = node;
        }
        if (i < graph.node_size() && !gone.contains(i))
            nodes.Add()->Swap(graph.mutable_node(i));
    }
    graph.mutable_node()->Swap(&nodes);
}

} // namespace

ModelRewrite::ModelRewrite(std::unique_ptr<State> state) : m_state(std::move(state)) {}
ModelRewrite::ModelRewrite(ModelRewrite &&) noexcept = default;
ModelRewrite &ModelRewrite::operator=(ModelRewrite &&) noexcept = default;
ModelRewrite::~ModelRewrite() = default;

Expected<ModelRewrite> ModelRewrite::open(const Model &model, const JobContext &job)
{
    job.report(0, 0, "reading the model");
    auto file = MappedFile::open(model.path);
    NORDLYS_TRY(file);
    const std::span<const std::byte> bytes = (*file)->bytes();
    if (bytes.size() > maxFileBytes)
        return notSupported(model.path.string(), "it has more than 2 GB in one file", "Save it with external data.");
    auto state = std::make_unique<State>();
    if (!state->model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return badInput(model.path.string(), "cannot be parsed as ONNX", "The file has changed since it was opened, or is damaged.");
    if (state->model.functions_size() > 0)
        return notSupported(model.path.string(), "it defines functions (" + state->model.functions(0).name() + "), and their nodes cannot be rewritten",
                            "Save the model with its functions inlined.");
    state->source = model.path;
    state->externalFiles = model.externalFiles;
    std::vector<std::string> notes;
    const std::vector<std::string> names = uniqueNodeNames(state->model.graph(), notes);
    for (std::size_t i = 0; i < names.size(); ++i)
        state->place.emplace(names[i], static_cast<int>(i));
    const onnx::GraphProto &graph = state->model.graph();
    for (const onnx::NodeProto &node : graph.node()) {
        for (const std::string &input : node.input())
            ++state->readers[input];
        for (const std::string &captured : namesInSubgraphs(node)) {
            ++state->readers[captured];
            state->captured.insert(captured);
            state->names.insert(captured);
        }
        state->names.insert(node.output().begin(), node.output().end());
        state->names.insert(node.input().begin(), node.input().end());
    }
    for (const onnx::ValueInfoProto &output : graph.output())
        ++state->readers[output.name()];
    for (const onnx::TensorProto &tensor : graph.initializer())
        state->names.insert(tensor.name());
    for (const Tensor &tensor : model.graph.tensors) {
        if (tensor.shape)
            state->ranks.emplace(model.graph.names.text(tensor.name), static_cast<std::int64_t>(tensor.shape->size()));
        if (tensor.isConstant() && tensor.dtype == DType::Float32 && tensor.shape && !model.externalFiles.empty())
            state->stored.emplace(model.graph.names.text(tensor.name), StoredConstant{*tensor.constant, knownDims(*tensor.shape).value_or(Dims())});
    }
    for (const onnx::ValueInfoProto &input : graph.input())
        state->names.insert(input.name());
    return ModelRewrite(std::move(state));
}

Expected<void> ModelRewrite::setInput(const std::string &node, std::size_t index, const std::string &name, const Dims &dims,
                                      std::span<const float> values)
{
    auto found = m_state->node(node);
    NORDLYS_TRY(found);
    onnx::NodeProto &proto = **found;
    const int position = static_cast<int>(index);
    while (proto.input_size() <= position)
        proto.add_input();
    const std::string former = proto.input(position);
    onnx::TensorProto *tensor = former.empty() || m_state->readers[former] != 1 ? nullptr : m_state->initializer(former);
    if (tensor == nullptr) {
        // What a Constant node held for this node alone keeps its name too.
        const bool takesOver = !former.empty() && m_state->readers[former] == 1 && m_state->isConstantNode(m_state->producerOf(former));
        m_state->release(former);
        const std::string fresh = takesOver ? former : m_state->freeName(name);
        tensor = m_state->addInitializer(fresh, DType::Float32, dims, {});
        proto.set_input(position, fresh);
        m_state->readers[fresh] = 1;
    }
    const std::string kept = tensor->name(), doc = tensor->doc_string();
    tensor->Clear(); // external data, typed lists
    tensor->set_name(kept);
    if (!doc.empty())
        tensor->set_doc_string(doc);
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t dim : dims)
        tensor->add_dims(dim);
    tensor->set_raw_data(values.data(), values.size() * sizeof(float));
    return {};
}

Expected<void> ModelRewrite::bypass(const std::string &node)
{
    auto found = m_state->node(node);
    NORDLYS_TRY(found);
    const onnx::NodeProto &proto = **found;
    if (proto.input_size() == 0 || proto.output_size() == 0)
        return badInput("node " + node, "it has no input or output");
    const std::string in = proto.input(0), out = proto.output(0);
    const int producer = m_state->producerOf(in);
    if (producer < 0 || m_state->readers[in] != 1)
        return badInput("node " + node, "it cannot be taken out: others read " + in + ", or no node produces it");
    for (int i = 1; i < proto.input_size(); ++i)
        m_state->release(proto.input(i));
    m_state->removed.push_back(m_state->place[node]);
    for (std::string &output : *m_state->graph().mutable_node(producer)->mutable_output()) {
        if (output == in)
            output = out;
    }
    m_state->readers.erase(in);
    eraseIf(*m_state->graph().mutable_value_info(), [&in](const onnx::ValueInfoProto &info) { return info.name() == in; });
    return {};
}

Expected<void> ModelRewrite::becomeRelu(const std::string &node)
{
    auto found = m_state->node(node);
    NORDLYS_TRY(found);
    onnx::NodeProto &proto = **found;
    if (proto.input_size() == 0)
        return badInput("node " + node, "it has no input");
    for (int i = 1; i < proto.input_size(); ++i)
        m_state->release(proto.input(i));
    proto.mutable_input()->DeleteSubrange(1, proto.input_size() - 1);
    proto.clear_attribute();
    proto.set_op_type("Relu");
    return {};
}

Expected<void> ModelRewrite::write(const fs::path &target, const JobContext &job) const
{
    std::error_code error;
    std::vector<fs::path> sources = m_state->externalFiles;
    sources.push_back(m_state->source);
    for (const fs::path &source : sources) {
        if (fs::equivalent(source, target, error))
            return usageError(target.string(), "this is the source model or its weights, which stay as they are", "Write to another file.");
    }
    onnx::ModelProto model = m_state->model;
    std::vector<int> removed = m_state->removed;
    std::ranges::sort(removed, std::greater());
    if (m_state->inserted.empty()) {
        for (const int index : removed)
            model.mutable_graph()->mutable_node()->DeleteSubrange(index, 1);
    } else {
        putNodesTogether(*model.mutable_graph(), m_state->inserted, m_state->removed);
    }
    if (model.ByteSizeLong() > maxFileBytes)
        return notSupported(target.string(), "the changed weights make the file larger than 2 GB");
    std::string bytes;
    if (!model.SerializeToString(&bytes))
        return internalError(target.string(), "the model cannot be serialized");
    job.report(0, 0, "writing the model");
    const fs::path from = m_state->source.parent_path(), to = target.parent_path();
    for (const std::string &location : externalLocations(model)) {
        if (job.stopRequested())
            return interrupted(target.string());
        const fs::path relative(location);
        if (relative.is_absolute() || std::ranges::find(relative, fs::path("..")) != relative.end())
            return badInput(m_state->source.string(), "its external data \"" + location + "\" lies outside the model's folder");
        NORDLYS_TRY(copyFile((from.empty() ? fs::path(".") : from) / location, (to.empty() ? fs::path(".") : to) / location));
    }
    return writeFileAtomically(target, bytes);
}

} // namespace nordlys::core
