// SPDX-License-Identifier: Apache-2.0
#include "program_builder.h"

#include <algorithm>

/// Lowering of If, Loop, Scan and SequenceMap (ONNX operators of these names).
namespace nordlys::runtime {

namespace {

constexpr int maxBodyDepth = 64;
/// Deeper, carried values have no fixed size from the start: every level that tries builds its body up to three times.
constexpr int maxTryingDepth = 3;

const core::Graph *subgraphOf(const core::Graph &graph, const core::Node &node, std::string_view name)
{
    const core::Attribute *attribute = core::findAttribute(graph, node, name);
    const auto *body = attribute != nullptr ? std::get_if<std::shared_ptr<const core::Graph>>(&attribute->value) : nullptr;
    return body != nullptr ? body->get() : nullptr;
}

std::string missingBody(std::string_view name)
{
    return "it has no subgraph \"" + std::string(name) + "\"";
}

} // namespace

core::Expected<bool> ProgramBuilder::lowerControl(Scope &scope, core::NodeId id, ProgramStep &step)
{
    if (!step.domain.empty())
        return false;
    using Lower = core::Expected<void> (ProgramBuilder::*)(Scope &, core::NodeId, ProgramStep &);
    const std::pair<std::string_view, Lower> table[] = {{"If", &ProgramBuilder::lowerIf},
                                                        {"Loop", &ProgramBuilder::lowerLoop},
                                                        {"Scan", &ProgramBuilder::lowerScan},
                                                        {"SequenceMap", &ProgramBuilder::lowerSequenceMap}};
    for (const auto &[op, lower] : table) {
        if (step.op != op)
            continue;
        if (m_depth >= maxBodyDepth)
            return brokenNode(scope, id, "subgraphs nest deeper than " + std::to_string(maxBodyDepth));
        NORDLYS_TRY((this->*lower)(scope, id, step));
        return true;
    }
    return false;
}

ProgramBuilder::Formal ProgramBuilder::formalOf(int tensor) const
{
    if (tensor < 0)
        return {};
    const ProgramTensor &source = m_program.tensor(tensor);
    return {source.dtype, source.isFixed(), source.isFixed() ? source.dims : core::Dims()};
}

ProgramBuilder::Output ProgramBuilder::outputOf(const Program &program, int tensor) const
{
    if (tensor < 0)
        return {};
    const ProgramTensor &source = program.tensor(tensor);
    return {source.dtype, source.isFixed(), source.dims};
}

core::Expected<std::vector<ProgramBuilder::Output>> ProgramBuilder::addBody(ProgramStep &step, const core::Graph &graph, std::string_view attribute,
                                                                            const std::vector<Formal> &formals)
{
    ProgramBuilder builder(m_shared, this, m_depth + 1);
    NORDLYS_TRY(builder.buildBody(graph, formals));
    ProgramBody body;
    body.attribute = attribute;
    body.formalInputs = formals.size();
    for (const int outside : builder.captures()) {
        body.captures.push_back(static_cast<int>(step.inputs.size()));
        step.inputs.push_back(outside);
    }
    body.program = std::make_shared<Program>(builder.takeProgram());
    std::vector<Output> outputs;
    for (const int out : body.program->outputs)
        outputs.push_back(outputOf(*body.program, out));
    step.bodies.push_back(std::move(body));
    return outputs;
}

core::Expected<std::vector<ProgramBuilder::Output>> ProgramBuilder::addCarryingBody(ProgramStep &step, const core::Graph &body, std::vector<Formal> &formals,
                                                                                    const Carried &carried)
{
    const ProgramStep before = step;
    const auto first = formals.begin() + static_cast<std::ptrdiff_t>(carried.firstFormal);
    for (int round = 0;; ++round) {
        const auto missing = m_shared.missing;
        step = before;
        auto built = addBody(step, body, "body", formals);
        const bool mayRetry = round < 2 && std::any_of(first, first + static_cast<std::ptrdiff_t>(carried.count), [](const Formal &formal) { return formal.isFixed; });
        if (!built && !mayRetry)
            return built;
        const auto keeps = [&](std::size_t i) {
            const Formal &formal = formals[carried.firstFormal + i];
            const Output given = built ? (*built)[carried.firstOutput + i] : Output();
            return !formal.isFixed || (given.isFixed && given.dims == formal.dims && given.dtype == formal.dtype);
        };
        bool stable = built.hasValue();
        for (std::size_t i = 0; i < carried.count; ++i)
            stable = stable && keeps(i);
        // One round may free what depends on what the round before freed; the next frees all, so that there are three at most.
        for (std::size_t i = 0; i < carried.count && !stable; ++i) {
            Formal &formal = formals[carried.firstFormal + i];
            if (formal.isFixed && (round > 0 || !keeps(i))) {
                formal.isFixed = false;
                formal.dims.clear();
            }
        }
        if (stable)
            return built;
        m_shared.missing = missing;
    }
}

core::Expected<void> ProgramBuilder::inlineBranch(Scope &scope, core::NodeId id, const core::Graph &branch)
{
    const core::Node &node = scope.graph.node(id);
    if (branch.outputs.size() < node.outputs.size() || !branch.inputs.empty())
        return brokenNode(scope, id, "its branch has " + std::to_string(branch.inputs.size()) + " inputs and " + std::to_string(branch.outputs.size()) + " outputs");
    ++m_depth;
    Scope inner{branch, &scope, std::string(scope.graph.nameOf(id)) + "/", {}, {}, {}, false};
    prepare(inner, false);
    NORDLYS_TRY(lowerNodes(inner));
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        if (!node.outputs[i].isValid())
            continue;
        auto index = use(inner, branch.outputs[i]);
        NORDLYS_TRY(index);
        scope.indexOf[node.outputs[i].index] = *index;
    }
    --m_depth;
    return {};
}

core::Expected<void> ProgramBuilder::lowerIf(Scope &scope, core::NodeId id, ProgramStep &step)
{
    const core::Node &node = scope.graph.node(id);
    const core::Graph *branches[2] = {subgraphOf(scope.graph, node, "then_branch"), subgraphOf(scope.graph, node, "else_branch")};
    if (branches[0] == nullptr || branches[1] == nullptr)
        return brokenNode(scope, id, missingBody(branches[0] == nullptr ? "then_branch" : "else_branch"));
    if (step.inputs.size() != 1 || step.inputs[0] < 0)
        return brokenNode(scope, id, "it takes one input, the condition");
    const ProgramTensor &condition = m_program.tensor(step.inputs[0]);
    if (condition.dtype != core::DType::Bool && condition.dtype != core::DType::Undefined)
        return brokenNode(scope, id, "its condition is " + std::string(core::nameOf(condition.dtype)) + ", not bool");
    if (condition.isFixed() && condition.bytes != 1)
        return brokenNode(scope, id, "its condition has the shape " + core::shapeText(condition.dims) + ", not one element");
    if (const std::byte *value = condition.isFixed() ? known(step.inputs[0]) : nullptr) {
        m_program.foldedNodes.push_back(step.name);
        return inlineBranch(scope, id, *branches[*value != std::byte(0) ? 0 : 1]);
    }
    std::vector<Output> outputs[2];
    for (std::size_t b = 0; b < 2; ++b) {
        auto found = addBody(step, *branches[b], b == 0 ? "then_branch" : "else_branch", {});
        NORDLYS_TRY(found);
        if (found->size() < node.outputs.size())
            return brokenNode(scope, id, "a branch has " + std::to_string(found->size()) + " outputs, the node " + std::to_string(node.outputs.size()));
        outputs[b] = std::move(*found);
    }
    std::vector<Output> merged(node.outputs.size());
    for (std::size_t i = 0; i < merged.size(); ++i) {
        const Output &a = outputs[0][i], &b = outputs[1][i];
        merged[i].dtype = a.dtype != core::DType::Undefined ? a.dtype : b.dtype;
        merged[i].isFixed = a.isFixed && b.isFixed && a.dims == b.dims && a.dtype == b.dtype;
        if (merged[i].isFixed)
            merged[i].dims = a.dims;
    }
    return finishStep(scope, id, std::move(step), merged, true);
}

core::Expected<void> ProgramBuilder::lowerLoop(Scope &scope, core::NodeId id, ProgramStep &step)
{
    const core::Node &node = scope.graph.node(id);
    const core::Graph *body = subgraphOf(scope.graph, node, "body");
    if (body == nullptr)
        return brokenNode(scope, id, missingBody("body"));
    step.inputs.resize(std::max<std::size_t>(step.inputs.size(), 2), -1);
    const std::size_t states = step.inputs.size() - 2;
    if (body->inputs.size() != states + 2 || body->outputs.size() < states + 1 || node.outputs.size() > body->outputs.size() - 1)
        return brokenNode(scope, id, "its body has " + std::to_string(body->inputs.size()) + " inputs and " + std::to_string(body->outputs.size()) + " outputs for "
                                         + std::to_string(states) + " carried values and " + std::to_string(node.outputs.size()) + " results");
    // Some exporters give the counter and the condition one dimension of size 1.
    const auto single = [&](std::size_t input, core::DType type) {
        const auto &shape = body->tensor(body->inputs[input]).shape;
        return Formal{type, true, shape && shape->size() == 1 ? core::Dims{1} : core::Dims()};
    };
    std::vector<Formal> formals{single(0, core::DType::Int64), single(1, core::DType::Bool)};
    for (std::size_t i = 0; i < states; ++i) {
        formals.push_back(formalOf(step.inputs[2 + i]));
        if (m_depth >= maxTryingDepth)
            formals.back() = {formals.back().dtype, false, {}};
    }
    ProgramStep made = step;
    auto found = addCarryingBody(made, *body, formals, {2, 1, states});
    NORDLYS_TRY(found);
    std::vector<Output> outputs(node.outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const Output &inner = (*found)[1 + i];
        if (i < states)
            outputs[i] = {inner.dtype, formals[2 + i].isFixed, formals[2 + i].dims};
        else {
            outputs[i] = {inner.dtype, false, {}};
            if (inner.isFixed) {
                outputs[i].dims = inner.dims;
                outputs[i].dims.insert(outputs[i].dims.begin(), -1);
            }
        }
    }
    return finishStep(scope, id, std::move(made), outputs, true);
}

core::Expected<void> ProgramBuilder::lowerScan(Scope &scope, core::NodeId id, ProgramStep &step)
{
    const core::Node &node = scope.graph.node(id);
    const core::Graph *body = subgraphOf(scope.graph, node, "body");
    if (body == nullptr)
        return brokenNode(scope, id, missingBody("body"));
    const bool batched = step.opset < 9; // version 8 has sequence lengths in front and a batch dimension on everything
    const std::size_t first = batched ? 1 : 0;
    const std::int64_t scans = core::attributeInt(scope.graph, node, "num_scan_inputs", 0);
    const auto own = static_cast<std::int64_t>(step.inputs.size() - std::min(first, step.inputs.size()));
    if (scans < 1 || scans > own || static_cast<std::int64_t>(body->inputs.size()) != own || body->outputs.size() < static_cast<std::size_t>(own - scans)
        || node.outputs.size() > body->outputs.size() || std::find(step.inputs.begin() + static_cast<std::ptrdiff_t>(first), step.inputs.end(), -1) != step.inputs.end())
        return brokenNode(scope, id, "num_scan_inputs is " + std::to_string(scans) + ", it has " + std::to_string(own) + " inputs and its body "
                                         + std::to_string(body->inputs.size()));
    const auto states = static_cast<std::size_t>(own - scans);
    const std::vector<std::int64_t> axes = core::attributeInts(scope.graph, node, "scan_input_axes");
    std::vector<Formal> formals;
    for (std::size_t i = 0; i < static_cast<std::size_t>(own); ++i) {
        Formal formal = formalOf(step.inputs[first + i]);
        const auto rank = static_cast<std::int64_t>(formal.dims.size());
        const auto drop = [&](std::int64_t axis) {
            axis += axis < 0 ? rank : 0;
            if (axis < 0 || axis >= static_cast<std::int64_t>(formal.dims.size()))
                return false;
            formal.dims.erase(formal.dims.begin() + axis);
            return true;
        };
        bool fits = true;
        if (formal.isFixed && i >= states)
            fits = drop(batched ? 1 : i - states < axes.size() ? axes[i - states] : 0);
        if (formal.isFixed && batched)
            fits = fits && drop(0);
        if (!fits)
            return brokenNode(scope, id, "input " + std::to_string(first + i) + " has no dimension to scan along");
        if (i < states && m_depth >= maxTryingDepth)
            formal = {formal.dtype, false, {}};
        formals.push_back(std::move(formal));
    }
    ProgramStep made = step;
    auto found = addCarryingBody(made, *body, formals, {0, 0, states});
    NORDLYS_TRY(found);
    std::vector<Output> outputs(node.outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        outputs[i] = {(*found)[i].dtype, false, {}};
        if (i < states && !batched)
            outputs[i] = {(*found)[i].dtype, formals[i].isFixed, formals[i].dims};
    }
    return finishStep(scope, id, std::move(made), outputs, true);
}

core::Expected<void> ProgramBuilder::lowerSequenceMap(Scope &scope, core::NodeId id, ProgramStep &step)
{
    const core::Node &node = scope.graph.node(id);
    const core::Graph *body = subgraphOf(scope.graph, node, "body");
    if (body == nullptr)
        return brokenNode(scope, id, missingBody("body"));
    if (step.inputs.empty() || body->inputs.size() != step.inputs.size() || body->outputs.size() < node.outputs.size())
        return brokenNode(scope, id, "its body has " + std::to_string(body->inputs.size()) + " inputs and " + std::to_string(body->outputs.size()) + " outputs");
    std::vector<Formal> formals;
    for (const int input : step.inputs) {
        Formal formal = formalOf(input);
        formal.isFixed = formal.isFixed && input != step.inputs[0];
        if (!formal.isFixed)
            formal.dims.clear();
        formals.push_back(std::move(formal));
    }
    auto found = addBody(step, *body, "body", formals);
    NORDLYS_TRY(found);
    std::vector<Output> outputs(node.outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i)
        outputs[i].dtype = (*found)[i].dtype;
    return finishStep(scope, id, std::move(step), outputs, true);
}

} // namespace nordlys::runtime
