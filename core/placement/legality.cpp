// SPDX-License-Identifier: Apache-2.0
#include "legality.h"

#include <core/graph/op_spec.h>
#include <core/quantization/fused_groups.h>

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::core {

namespace {

/// Tensors of a node without repetition, inputs first.
std::vector<TensorId> tensorsOf(const Node &node)
{
    std::vector<TensorId> result;
    for (const auto *list : {&node.inputs, &node.outputs}) {
        for (const TensorId id : *list) {
            if (id.isValid() && std::ranges::find(result, id) == result.end())
                result.push_back(id);
        }
    }
    return result;
}

/// "Conv", or "com.microsoft/FusedConv" outside the standard domain.
std::string qualifiedOp(const Graph &graph, const Node &node)
{
    const std::string_view domain = graph.names.text(node.domain);
    const std::string op(graph.names.text(node.opType));
    return domain.empty() || domain == "ai.onnx" ? op : std::string(domain) + "/" + op;
}

bool holds(const std::vector<int> &list, int value)
{
    return list.empty() || std::ranges::find(list, value) != list.end();
}

std::string bitsText(const std::vector<int> &bits)
{
    std::string text;
    for (std::size_t i = 0; i < bits.size(); ++i)
        text += (i == 0 ? "" : i + 1 == bits.size() ? " or " : ", ") + std::to_string(bits[i]);
    return text;
}

/// Constants, and what is computed from them and from shapes that are known: planning settles all of it.
std::vector<bool> settledTensors(const Graph &graph)
{
    std::vector<bool> settled = constantTensors(graph);
    for (const Node &node : graph.nodes) {
        const std::string_view op = graph.names.text(node.opType);
        bool knows = false;
        if (isShapeQuery(graph, node)) {
            knows = true;
        } else if (findOpSpec(graph, node) && !op.starts_with("Random") && op != "Bernoulli" && op != "Multinomial" && !node.inputs.empty()
                   && !std::ranges::any_of(node.attributes, [](const Attribute &a) { return std::holds_alternative<std::shared_ptr<const Graph>>(a.value); })) {
            knows = std::ranges::all_of(node.inputs, [&](TensorId input) { return !input.isValid() || settled[input.index]; });
        }
        for (const TensorId output : node.outputs) {
            if (knows && output.isValid())
                settled[output.index] = true;
        }
    }
    return settled;
}

class NodeCheck {
public:
    NodeCheck(const LegalityFacts &facts, NodeId id, const BackendTable &table)
        : m_facts(facts), m_graph(facts.graph), m_node(facts.graph.node(id)), m_id(id), m_table(table), m_op(qualifiedOp(m_graph, m_node))
    {
        m_reason.backend = table.backend;
    }

    BackendReason run()
    {
        if (m_table.unavailable)
            refuse(ReasonKind::Unavailable, m_table.unavailable->why, m_table.unavailable->fix);
        else if (m_facts.isFolded(m_id))
            allow("it is computed from constants while building");
        else if (checkOperator() && checkTensors() && checkEncodings())
            explainSupport();
        return std::move(m_reason);
    }

private:
    void allow(std::string why)
    {
        m_reason.allowed = true;
        m_reason.why = std::move(why);
    }
    bool refuse(ReasonKind kind, std::string why, std::string fix)
    {
        m_reason.allowed = false;
        m_reason.kind = kind;
        m_reason.why = std::move(why);
        m_reason.fix = std::move(fix);
        return false;
    }

    bool checkOperator()
    {
        const auto row = m_table.operators.find(m_op);
        m_support = row == m_table.operators.end() ? nullptr : &row->second;
        if (m_support && !m_support->refusedWhy.empty())
            return refuse(ReasonKind::Operator, m_support->refusedWhy, m_support->fix);
        if (m_support || (m_table.takesAllOperators && findOpSpec(m_graph, m_node)))
            return true;
        if (m_table.takesAllOperators)
            return refuse(ReasonKind::Operator, fmt::format("the operator {} is not known to Nordlys", m_op), "Export the model without it.");
        return refuse(ReasonKind::Operator, fmt::format("{} has no operator {}", m_table.title, m_op), "Leave the node on the CPU.");
    }

    bool checkTensors()
    {
        const int maxRank = std::min(m_table.maxRank, m_support ? m_support->maxRank.value_or(m_table.maxRank) : m_table.maxRank);
        for (const TensorId id : tensorsOf(m_node)) {
            const Tensor &tensor = m_graph.tensor(id);
            const std::string name(m_graph.nameOf(id));
            if (!tensor.shape) {
                if (!m_table.takesUnknownShapes)
                    return refuse(ReasonKind::Rank, fmt::format("the shape of '{}' is not known before it runs", name),
                                  "Bind the free dimensions of the inputs or leave the node on the CPU.");
            } else if (tensor.shape->size() > static_cast<std::size_t>(maxRank)) {
                return refuse(ReasonKind::Rank,
                              fmt::format("'{}' has rank {}, {} on {} takes up to {}", name, tensor.shape->size(), m_op, m_table.title, maxRank),
                              "Reshape to a lower rank before this node or leave it on the CPU.");
            }
            if (!takesType(tensor.dtype, m_facts.constants[id.index]))
                return refuse(ReasonKind::DataType, fmt::format("'{}' is {}, which {} does not take", name, nameOf(tensor.dtype), m_table.title),
                              tensor.dtype == DType::Int64 ? "Use int32 in the model or leave the node on the CPU." : "Leave the node on the CPU.");
        }
        return true;
    }

    [[nodiscard]] bool takesType(DType type, bool isConstant) const
    {
        // Outputs that a node declares but whose type nobody stated cannot be judged.
        if (type == DType::Undefined || m_table.dtypes.empty() || std::ranges::find(m_table.dtypes, type) != m_table.dtypes.end())
            return true;
        return isConstant && std::ranges::find(m_table.constantDtypes, type) != m_table.constantDtypes.end();
    }

    bool checkEncodings()
    {
        if (!m_table.needsEncodings)
            return true;
        for (const TensorId id : tensorsOf(m_node)) {
            const QuantizableTensor *quantizable = m_facts.quantizable[id.index];
            if (!quantizable)
                continue;
            const std::string name(m_graph.nameOf(id));
            const EncodingEntry *entry = m_facts.encodings.find(name);
            const bool isActivation = quantizable->kind == QuantizableKind::Activation;
            if (!entry) {
                // A bias takes its grid from activation and weight.
                if (quantizable->kind != QuantizableKind::Bias)
                    m_reason.missing.push_back(id);
            } else if (!entry->encoding.isFloat && quantizable->kind != QuantizableKind::Bias) {
                const std::vector<int> &bits = isActivation ? m_table.activationBits : m_table.weightBits;
                if (!holds(bits, entry->encoding.bitwidth))
                    return refuse(ReasonKind::Encoding,
                                  fmt::format("'{}' is encoded with {} bits, {} takes {} for {}", name, entry->encoding.bitwidth,
                                              m_table.title, bitsText(bits), isActivation ? "activations" : "weights"),
                                  fmt::format("Encode it with {} bits.", bitsText(bits)));
            }
        }
        return true;
    }

    void explainSupport()
    {
        const std::string vendor = m_support ? m_support->vendorName : std::string();
        std::string why = vendor.empty() || vendor == m_op ? fmt::format("{} runs {}", m_table.title, m_op)
                                                           : fmt::format("{} runs {} as {}", m_table.title, m_op, vendor);
        if (m_support && !m_support->note.empty())
            why += "; " + m_support->note;
        allow(std::move(why));
        if (m_reason.missing.empty())
            return;
        m_reason.kind = ReasonKind::MissingEncoding;
        const std::string first(m_graph.nameOf(m_reason.missing.front()));
        m_reason.why += m_reason.missing.size() == 1 ? fmt::format("; '{}' has no encoding yet", first)
                                                     : fmt::format("; '{}' and {} more have no encoding yet", first, m_reason.missing.size() - 1);
        m_reason.fix = "Calibrate, or give encodings for them.";
    }

    const LegalityFacts &m_facts;
    const Graph &m_graph;
    const Node &m_node;
    NodeId m_id;
    const BackendTable &m_table;
    std::string m_op;
    const OperatorSupport *m_support = nullptr;
    BackendReason m_reason;
};

} // namespace

bool isShapeQuery(const Graph &graph, const Node &node)
{
    const std::string_view op = graph.names.text(node.opType);
    if (!graph.names.text(node.domain).empty() || (op != "Shape" && op != "Size") || node.inputs.size() != 1 || !node.inputs[0].isValid())
        return false;
    const auto &shape = graph.tensor(node.inputs[0]).shape;
    return shape && knownDims(*shape);
}

LegalityFacts::LegalityFacts(const Graph &theGraph, const EncodingSet &theEncodings)
    : graph(theGraph), encodings(theEncodings), constants(settledTensors(theGraph)), quantizable(theGraph.tensors.size(), nullptr),
      list(quantizableTensors(theGraph))
{
    for (const QuantizableTensor &item : list)
        quantizable[item.tensor.index] = &item;
}

bool LegalityFacts::isFolded(NodeId id) const
{
    const Node &node = graph.node(id);
    bool any = false;
    for (const TensorId output : node.outputs) {
        if (!output.isValid())
            continue;
        if (!constants[output.index])
            return false;
        any = true;
    }
    return any;
}

BackendReason reasonFor(const LegalityFacts &facts, NodeId node, const BackendTable &table)
{
    return NodeCheck(facts, node, table).run();
}

} // namespace nordlys::core
