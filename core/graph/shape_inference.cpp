// SPDX-License-Identifier: Apache-2.0
#include "shape_inference.h"

#include "op_spec.h"
#include "ops/constant_values.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace nordlys::core {

namespace {

using Values = std::vector<std::int64_t>;

constexpr std::size_t kMaxRank = 64; // chains of Gather could double it at every node

struct State {
    Graph &graph;
    std::unordered_map<TensorId, Values> values;
    /// How many more values are kept: every node of a long chain could hold a list of its own.
    std::size_t valuesLeft = std::size_t(4) << 20;
};

class NodeContext final : public InferenceContext {
public:
    NodeContext(State &state, NodeId id) : m_state(state), m_id(id) {}

    std::size_t inputCount() const override { return node().inputs.size(); }
    std::size_t outputCount() const override { return node().outputs.size(); }
    bool hasInput(std::size_t index) const override { return index < node().inputs.size() && node().inputs[index].isValid(); }
    DType inputType(std::size_t index) const override { return hasInput(index) ? input(index).dtype : DType::Undefined; }
    const std::optional<Shape> &inputShape(std::size_t index) const override
    {
        static const std::optional<Shape> kNothing;
        return hasInput(index) ? input(index).shape : kNothing;
    }
    std::optional<Values> inputValues(std::size_t index) const override
    {
        if (!hasInput(index))
            return std::nullopt;
        const TensorId id = node().inputs[index];
        if (const auto it = m_state.values.find(id); it != m_state.values.end())
            return it->second;
        return ops::readIntegers(m_state.graph.tensor(id));
    }
    const Graph &graph() const override { return m_state.graph; }
    const Node &node() const override { return m_state.graph.node(m_id); }
    void setOutput(std::size_t index, DType type, std::optional<Shape> shape) override
    {
        if (m_results.size() <= index)
            m_results.resize(index + 1);
        m_results[index] = Result{true, type, std::move(shape), {}};
    }
    void setOutputValues(std::size_t index, Values values) override
    {
        if (values.size() > ops::kMaxShapeValues || index >= m_results.size())
            return;
        for (std::int64_t &value : values) {
            if (!ops::isHeldExactly(m_results[index].type, value))
                value = kUnknownValue;
        }
        m_results[index].values = std::move(values);
    }

    struct Result {
        bool isSet = false;
        DType type = DType::Undefined;
        std::optional<Shape> shape;
        std::optional<Values> values;
    };
    std::vector<Result> &results() { return m_results; }

private:
    const Tensor &input(std::size_t index) const { return m_state.graph.tensor(node().inputs[index]); }

    State &m_state;
    NodeId m_id;
    std::vector<Result> m_results;
};

/// Enters what the rule found; what it left open keeps what the file states. Returns the contradiction, if any.
std::string merge(State &state, TensorId id, NodeContext::Result &result)
{
    Tensor &tensor = state.graph.tensor(id);
    std::string contradiction;
    const std::string name(state.graph.nameOf(id));
    if (result.type != DType::Undefined) {
        if (tensor.dtype != DType::Undefined && tensor.dtype != result.type)
            contradiction = "the file states " + std::string(nameOf(tensor.dtype)) + " for \"" + name + "\", the operator gives "
                            + std::string(nameOf(result.type));
        tensor.dtype = result.type;
    }
    if (!result.shape)
        return contradiction;
    if (result.shape->size() > kMaxRank)
        return "the rank of \"" + name + "\" would be " + std::to_string(result.shape->size());
    if (tensor.shape) {
        bool differs = tensor.shape->size() != result.shape->size();
        for (std::size_t i = 0; !differs && i < result.shape->size(); ++i) {
            const Dim &stated = (*tensor.shape)[i];
            Dim &found = (*result.shape)[i];
            if (!found.isKnown() && (stated.isKnown() || !found.symbol.isValid()))
                found = stated;
            differs = stated.isKnown() && found.isKnown() && stated.value != found.value;
        }
        if (differs)
            contradiction = "the file states " + shapeText(*tensor.shape, state.graph.names) + " for \"" + name + "\", the operator gives "
                            + shapeText(*result.shape, state.graph.names);
    }
    tensor.shape = std::move(result.shape);
    if (result.values) {
        const std::optional<std::int64_t> count = elementCount(*tensor.shape);
        if (count && static_cast<std::size_t>(*count) == result.values->size() && result.values->size() <= state.valuesLeft) {
            state.valuesLeft -= result.values->size();
            state.values[id] = std::move(*result.values);
        }
    }
    return contradiction;
}

std::string arity(std::string_view what, std::size_t count, int least, int most)
{
    const auto number = static_cast<std::int64_t>(count);
    if (number >= least && (most < 0 || number <= most))
        return {};
    return std::string(what) + " has " + std::to_string(count) + " entries, the operator takes "
           + (most == least ? std::to_string(least) : most < 0 ? std::to_string(least) + " or more" : std::to_string(least) + " to " + std::to_string(most));
}

void inferNode(State &state, NodeId id, std::vector<InferenceFinding> &findings)
{
    const Graph &graph = state.graph;
    const Node &node = graph.node(id);
    const OpSpec *spec = findOpSpec(graph, node);
    if (!spec) {
        const std::string_view domain = graph.names.text(node.domain);
        findings.push_back({id, "operator " + std::string(domain.empty() ? "ai.onnx" : domain) + "." + std::string(graph.opOf(id)) + " at opset "
                                    + std::to_string(node.opset) + " is not known"});
        return;
    }
    std::size_t required = 0;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (node.inputs[i].isValid())
            required = i + 1;
    }
    for (std::string problem : {arity("the list of inputs", required, spec->minInputs, spec->maxInputs),
                                arity("the list of outputs", node.outputs.size(), spec->minOutputs, spec->maxOutputs)}) {
        if (!problem.empty()) {
            findings.push_back({id, std::move(problem)});
            return;
        }
    }
    if (!spec->infer)
        return;
    if (spec->minInputs > 0 && !node.inputs.empty() && !node.inputs[0].isValid()) {
        findings.push_back({id, "its first input is left out"});
        return;
    }
    NodeContext context(state, id);
    if (Expected<void> done = spec->infer(context); !done) {
        findings.push_back({id, std::move(done.error().why)});
        return;
    }
    std::vector<NodeContext::Result> &results = context.results();
    for (std::size_t i = 0; i < results.size() && i < node.outputs.size(); ++i) {
        if (!results[i].isSet || !node.outputs[i].isValid())
            continue;
        if (std::string contradiction = merge(state, node.outputs[i], results[i]); !contradiction.empty())
            findings.push_back({id, std::move(contradiction)});
    }
}

std::string quotedList(const std::set<std::string> &names)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "it has none" : "it has " + text;
}

/// Puts the bound sizes into graph inputs; the same names get the same sizes in every shape that the file states.
Expected<void> bind(Graph &graph, const DimBindings &bindings)
{
    std::set<std::string> inputNames;
    for (const TensorId id : graph.inputs)
        inputNames.insert(std::string(graph.nameOf(id)));
    std::unordered_map<NameId, std::int64_t> sizes;
    for (const auto &[name, dims] : bindings.inputShapes) {
        if (!inputNames.contains(name))
            return badInput("input \"" + name + "\"", "the model has no such input; " + quotedList(inputNames));
        Tensor &tensor = graph.tensor(graph.findTensor(name));
        const std::string asked = "shape " + shapeText(dims) + " for input \"" + name + "\"";
        if (std::ranges::any_of(dims, [](std::int64_t dim) { return dim < 0; }) || dims.size() > kMaxRank)
            return badInput(asked, "a dimension is negative or there are too many");
        if (!elementCount(dims))
            return badInput(asked, "it has more elements than can be counted");
        if (tensor.shape) {
            bool fits = tensor.shape->size() == dims.size();
            for (std::size_t i = 0; fits && i < dims.size(); ++i)
                fits = !(*tensor.shape)[i].isKnown() || (*tensor.shape)[i].value == dims[i];
            if (!fits)
                return badInput(asked, "the model states " + shapeText(*tensor.shape, graph.names), "Only free dimensions can be set.");
            for (std::size_t i = 0; i < dims.size(); ++i) {
                if ((*tensor.shape)[i].symbol.isValid())
                    sizes.emplace((*tensor.shape)[i].symbol, dims[i]);
            }
        }
        tensor.shape = toShape(dims);
    }
    std::set<std::string> free;
    for (const Tensor &tensor : graph.tensors) {
        if (!tensor.shape)
            continue;
        for (const Dim &dim : *tensor.shape) {
            if (dim.symbol.isValid())
                free.insert(std::string(graph.names.text(dim.symbol)));
        }
    }
    for (const auto &[name, size] : bindings.named) {
        if (size < 0)
            return badInput("dimension " + name, "a size of " + std::to_string(size) + " is negative");
        const NameId symbol = graph.names.find(name);
        const bool wasShaped = symbol.isValid() && sizes.contains(symbol);
        if (!wasShaped && !free.contains(name))
            return badInput("dimension " + name, "the model has no free dimension of this name; " + quotedList(free));
        if (symbol.isValid())
            sizes.emplace(symbol, size);
    }
    for (const TensorId id : graph.inputs) {
        if (!graph.tensor(id).shape)
            continue;
        for (Dim &dim : *graph.tensor(id).shape) {
            if (dim.isKnown())
                continue;
            if (const auto it = sizes.find(dim.symbol); dim.symbol.isValid() && it != sizes.end())
                dim = Dim{it->second, {}};
            else if (bindings.fallback >= 0) {
                if (dim.symbol.isValid())
                    sizes.emplace(dim.symbol, bindings.fallback);
                dim = Dim{bindings.fallback, {}};
            }
        }
    }
    for (Tensor &tensor : graph.tensors) {
        if (!tensor.shape || tensor.isGraphInput)
            continue;
        for (Dim &dim : *tensor.shape) {
            if (dim.isKnown() || !dim.symbol.isValid())
                continue;
            if (const auto it = sizes.find(dim.symbol); it != sizes.end())
                dim = Dim{it->second, {}};
        }
    }
    return {};
}

} // namespace

Expected<std::vector<InferenceFinding>> inferShapes(Graph &graph, const DimBindings &bindings)
{
    NORDLYS_TRY(bind(graph, bindings));
    State state{graph, {}};
    std::vector<InferenceFinding> findings;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        inferNode(state, NodeId(i), findings);
    return findings;
}

Expected<void> inferNodeShapes(Graph &graph, NodeId node)
{
    for (const TensorId output : graph.node(node).outputs) {
        if (output.isValid()) {
            graph.tensor(output).dtype = DType::Undefined;
            graph.tensor(output).shape.reset();
        }
    }
    const std::string what = "node " + std::string(graph.nameOf(node)) + " (" + std::string(graph.opOf(node)) + ")";
    if (!findOpSpec(graph, graph.node(node)))
        return notSupported(what, "the operator is not known at opset " + std::to_string(graph.node(node).opset));
    State state{graph, {}};
    std::vector<InferenceFinding> findings;
    inferNode(state, node, findings);
    if (!findings.empty())
        return badInput(what, std::move(findings.front().rule));
    return {};
}

} // namespace nordlys::core
