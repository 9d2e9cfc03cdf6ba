// SPDX-License-Identifier: Apache-2.0
#include "onnx_graph.h"

#include "node_order.h"
#include "onnx_attributes.h"
#include "onnx_node_names.h"
#include "onnx_value_info.h"

#include <unordered_map>
#include <unordered_set>

namespace nordlys::core {

namespace {

class GraphBuilder {
public:
    GraphBuilder(const onnx::GraphProto &proto, OnnxGraphContext &context, const GraphBuilder *outer)
        : m_proto(proto), m_context(context), m_outer(outer)
    {
    }

    Expected<Graph> build()
    {
        m_graph.name = m_graph.names.intern(m_proto.name());
        const std::size_t nodes = static_cast<std::size_t>(m_proto.node_size());
        m_ids.reserve(nodes + static_cast<std::size_t>(m_proto.initializer_size()));
        m_graph.nodes.reserve(nodes);
        m_graph.tensors.reserve(nodes + static_cast<std::size_t>(m_proto.initializer_size() + m_proto.input_size()));
        NORDLYS_TRY(addInitializers());
        NORDLYS_TRY(addInputs());
        NORDLYS_TRY(addNodeOutputs());
        NORDLYS_TRY(addValueInfo());
        m_nodeNames = uniqueNodeNames(m_proto, m_context.notes);
        NORDLYS_TRY(addNodes());
        NORDLYS_TRY(addOutputs());
        Expected<bool> sorted = sortNodes(m_graph, m_hiddenInputs);
        if (!sorted)
            return std::move(sorted.error());
        if (*sorted)
            m_context.notes.push_back("the file's nodes are not in an order in which they can run; they were sorted");
        return std::move(m_graph);
    }

    /// Names of outer tensors that this graph or one below it reads.
    [[nodiscard]] const std::vector<std::string> &captured() const { return m_captured; }

private:
    [[nodiscard]] const Tensor *findInScopes(const std::string &name) const
    {
        if (const auto it = m_ids.find(name); it != m_ids.end())
            return &m_graph.tensor(it->second);
        return m_outer ? m_outer->findInScopes(name) : nullptr;
    }

    TensorId find(const std::string &name) const
    {
        const auto it = m_ids.find(name);
        return it == m_ids.end() ? TensorId() : it->second;
    }

    TensorId add(const std::string &name)
    {
        const TensorId id = m_graph.addTensor(name);
        m_ids.emplace(m_graph.nameOf(id), id); // the name table keeps the text's address
        return id;
    }

    Expected<void> addConstant(const std::string &name, AttributeTensor value)
    {
        if (find(name).isValid())
            return badInput(quoted("tensor", name), "has two producers");
        setConstant(m_graph.tensor(add(name)), std::move(value));
        return {};
    }

    static void setConstant(Tensor &tensor, AttributeTensor value)
    {
        tensor.dtype = value.dtype;
        tensor.shape = toShape(value.dims);
        tensor.constant = std::move(value.data);
    }

    Expected<void> addInitializers()
    {
        if (m_proto.sparse_initializer_size() > 0)
            return notSupported(quoted("initializer", m_proto.sparse_initializer(0).values().name()), "is sparse", "Save the model with dense weights.");
        for (const onnx::TensorProto &proto : m_proto.initializer()) {
            if (proto.name().empty())
                return badInput("an initializer", "has no name");
            const std::string what = quoted("initializer", proto.name());
            Expected<AttributeTensor> value = m_context.weights.read(proto, what);
            if (!value)
                return std::move(value.error());
            if (value->dtype == DType::String)
                m_context.notes.push_back(what + " holds strings, which are not read");
            NORDLYS_TRY(addConstant(proto.name(), *std::move(value)));
        }
        return {};
    }

    Expected<void> addInputs()
    {
        std::unordered_set<std::string_view> seen;
        for (const onnx::ValueInfoProto &info : m_proto.input()) {
            if (info.name().empty())
                return badInput("a graph input", "has no name");
            if (!seen.insert(info.name()).second)
                return badInput(quoted("graph input", info.name()), "is declared twice");
            Expected<StatedType> stated = statedType(info, m_graph.names);
            if (!stated)
                return std::move(stated.error());
            if (find(info.name()).isValid())
                continue; // an initializer with a default value for an input
            const TensorId id = add(info.name());
            Tensor &tensor = m_graph.tensor(id);
            tensor.dtype = stated->dtype;
            tensor.kind = stated->kind;
            tensor.shape = std::move(stated->shape);
            tensor.isGraphInput = true;
            m_graph.inputs.push_back(id);
            if (stated->kind == ValueKind::Other)
                m_context.notes.push_back(quoted("graph input", info.name()) + " is neither a tensor nor a sequence or optional of tensors");
        }
        return {};
    }

    /// Constant nodes whose value is numbers become constants; the graph holds no node for them.
    Expected<bool> addConstantNode(const onnx::NodeProto &node)
    {
        if (node.op_type() != "Constant" || !normalizedDomain(node.domain()).empty() || node.output_size() != 1 || node.output(0).empty()
            || node.attribute_size() != 1)
            return false;
        Expected<std::optional<AttributeTensor>> value =
            constantNodeValue(node.attribute(0), m_context.weights, quoted("constant", node.output(0)));
        if (!value)
            return std::move(value.error());
        if (!*value)
            return false;
        const TensorId known = find(node.output(0));
        if (known.isValid() && m_graph.tensor(known).isFromConstantNode) {
            // Edited files override a Constant by appending another one; the engines take the last, and so must we to agree with them.
            if (m_repeatedConstants++ == 0)
                m_firstRepeated = node.output(0);
            setConstant(m_graph.tensor(known), **std::move(value));
            return true;
        }
        NORDLYS_TRY(addConstant(node.output(0), **std::move(value)));
        m_graph.tensor(find(node.output(0))).isFromConstantNode = true;
        return true;
    }

    Expected<void> addNodeOutputs()
    {
        m_isConstantNode.assign(static_cast<std::size_t>(m_proto.node_size()), false);
        for (int i = 0; i < m_proto.node_size(); ++i) {
            const onnx::NodeProto &node = m_proto.node(i);
            Expected<bool> constant = addConstantNode(node);
            if (!constant)
                return std::move(constant.error());
            m_isConstantNode[static_cast<std::size_t>(i)] = *constant;
            if (*constant)
                continue;
            for (const std::string &output : node.output()) {
                if (output.empty())
                    continue;
                if (find(output).isValid())
                    return badInput(quoted("tensor", output), "has two producers", "Every tensor needs a name of its own.");
                add(output);
            }
        }
        if (m_repeatedConstants > 0)
            m_context.notes.push_back(std::to_string(m_repeatedConstants) + " constant(s) stand in the file more than once (first: \"" + m_firstRepeated
                                      + "\"); the last one holds");
        return {};
    }

    Expected<void> addValueInfo()
    {
        for (const auto *list : {&m_proto.value_info(), &m_proto.output()}) {
            for (const onnx::ValueInfoProto &info : *list) {
                Expected<StatedType> stated = statedType(info, m_graph.names);
                if (!stated)
                    return std::move(stated.error());
                const TensorId id = find(info.name());
                if (!id.isValid())
                    continue;
                Tensor &tensor = m_graph.tensor(id);
                if (tensor.isConstant() || tensor.isGraphInput)
                    continue;
                tensor.kind = stated->kind;
                if (stated->dtype != DType::Undefined)
                    tensor.dtype = stated->dtype;
                if (stated->shape)
                    tensor.shape = std::move(stated->shape);
            }
        }
        return {};
    }

    /// The tensor of this name, captured from an outer graph when this one has none.
    Expected<TensorId> resolve(const std::string &name, const std::string &user)
    {
        if (const TensorId id = find(name); id.isValid())
            return id;
        const Tensor *outer = m_outer ? m_outer->findInScopes(name) : nullptr;
        if (!outer)
            return badInput(user, "reads tensor \"" + name + "\", which nobody produces", "The file is damaged or was cut.");
        const DType dtype = outer->dtype;
        const ValueKind kind = outer->kind;
        std::optional<Shape> shape = outer->shape;
        if (shape) {
            for (Dim &dim : *shape)
                dim.symbol = {}; // symbols belong to the outer name table
        }
        const TensorId id = add(name);
        m_graph.tensor(id).dtype = dtype;
        m_graph.tensor(id).kind = kind;
        m_graph.tensor(id).shape = std::move(shape);
        m_captured.push_back(name);
        return id;
    }

    Expected<void> addNodes()
    {
        for (int i = 0; i < m_proto.node_size(); ++i) {
            if (i % 1024 == 0 && m_context.stop.stop_requested())
                return interrupted("opening the model");
            if (!m_isConstantNode[static_cast<std::size_t>(i)])
                NORDLYS_TRY(addNode(m_proto.node(i), m_nodeNames[static_cast<std::size_t>(i)]));
        }
        return {};
    }

    Expected<void> addNode(const onnx::NodeProto &proto, const std::string &name)
    {
        const auto what = [&] { return quoted("node", name) + " (" + proto.op_type() + ")"; };
        const std::string domain = normalizedDomain(proto.domain());
        if (proto.op_type().empty())
            return badInput(quoted("node", name), "names no operator");
        Node node;
        node.name = m_graph.names.intern(name);
        node.opType = m_graph.names.intern(proto.op_type());
        node.domain = m_graph.names.intern(domain);
        const auto ofFunction = m_context.functionOpsets.ofNode.find(&proto);
        const OpsetMap &opsets = ofFunction == m_context.functionOpsets.ofNode.end() ? m_context.opsets : *ofFunction->second;
        if (const auto opset = opsets.find(domain); opset != opsets.end())
            node.opset = opset->second;
        for (const std::string &input : proto.input()) {
            TensorId id;
            if (!input.empty())
                id = find(input);
            if (!input.empty() && !id.isValid()) {
                Expected<TensorId> resolved = resolve(input, what());
                if (!resolved)
                    return std::move(resolved.error());
                id = *resolved;
            }
            node.inputs.push_back(id);
        }
        for (const std::string &output : proto.output())
            node.outputs.push_back(output.empty() ? TensorId() : find(output));
        std::vector<TensorId> hidden;
        std::unordered_set<std::string_view> attributeNames;
        for (const onnx::AttributeProto &attribute : proto.attribute()) {
            Attribute built;
            built.name = m_graph.names.intern(attribute.name());
            if (!attributeNames.insert(attribute.name()).second) {
                m_context.notes.push_back(what() + ": attribute \"" + attribute.name() + "\" stands twice; the first counts");
                continue;
            }
            if (attribute.has_g()) {
                Expected<Graph> subgraph = addSubgraph(attribute.g(), what(), hidden);
                if (!subgraph)
                    return std::move(subgraph.error());
                built.value = std::shared_ptr<const Graph>(std::make_shared<Graph>(*std::move(subgraph)));
            } else {
                Expected<std::optional<AttributeValue>> value = readAttribute(attribute, m_context.weights, what());
                if (!value)
                    return std::move(value.error());
                if (!*value) {
                    m_context.notes.push_back(what() + ": attribute \"" + attribute.name() + "\" is of a kind that is not read");
                    continue;
                }
                built.value = **std::move(value);
            }
            node.attributes.push_back(std::move(built));
        }
        m_graph.addNode(std::move(node));
        m_hiddenInputs.push_back(std::move(hidden));
        return {};
    }

    Expected<Graph> addSubgraph(const onnx::GraphProto &proto, const std::string &what, std::vector<TensorId> &hidden)
    {
        GraphBuilder builder(proto, m_context, this);
        Expected<Graph> graph = builder.build();
        if (!graph)
            return graph;
        for (const std::string &name : builder.captured()) {
            Expected<TensorId> id = resolve(name, what);
            if (!id)
                return std::move(id.error());
            hidden.push_back(*id);
        }
        return graph;
    }

    Expected<void> addOutputs()
    {
        for (const onnx::ValueInfoProto &info : m_proto.output()) {
            Expected<TensorId> id = resolve(info.name(), quoted("graph output", info.name()));
            if (!id)
                return std::move(id.error());
            if (m_graph.tensor(*id).isGraphOutput)
                return badInput(quoted("graph output", info.name()), "is declared twice");
            m_graph.tensor(*id).isGraphOutput = true;
            m_graph.outputs.push_back(*id);
        }
        return {};
    }

    const onnx::GraphProto &m_proto;
    OnnxGraphContext &m_context;
    const GraphBuilder *m_outer;
    Graph m_graph;
    std::unordered_map<std::string_view, TensorId> m_ids;
    std::vector<bool> m_isConstantNode;
    std::vector<std::string> m_nodeNames;
    std::vector<std::vector<TensorId>> m_hiddenInputs; ///< what the subgraphs of a node read, by node
    std::vector<std::string> m_captured;
    std::int64_t m_repeatedConstants = 0;
    std::string m_firstRepeated;
};

} // namespace

std::string normalizedDomain(const std::string &domain)
{
    return domain == "ai.onnx" ? std::string() : domain;
}

Expected<Graph> buildOnnxGraph(const onnx::GraphProto &proto, OnnxGraphContext &context)
{
    return GraphBuilder(proto, context, nullptr).build();
}

} // namespace nordlys::core
