// SPDX-License-Identifier: Apache-2.0
#include "program_builder.h"

#include "evaluate_call.h"

#include <core/graph/cost.h>
#include <core/graph/op_spec.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace nordlys::runtime {

namespace {

/// Evaluating while planning trades memory for time; beyond this size (or twice the inputs) a value is better computed in every run.
constexpr std::size_t maxEvaluatedBytes = std::size_t(16) << 20;
constexpr std::size_t maxEvaluatedTotal = std::size_t(512) << 20;

constexpr std::array<std::string_view, 7> randomOperators{"RandomNormal",  "RandomNormalLike", "RandomUniform", "RandomUniformLike",
                                                          "Multinomial",   "Bernoulli",        "Dropout"};

bool isRandom(const ProgramStep &step)
{
    return std::ranges::find(randomOperators, step.op) != randomOperators.end();
}

/// Kernels read constants in place, so data that the file stores unaligned is copied; so is what has no bytes, for a place that is not null.
core::Expected<ConstantBytes> alignedConstant(const core::ConstantData &data, std::size_t bytes)
{
    const std::span<const std::byte> source = data.bytes();
    if (bytes > 0 && reinterpret_cast<std::uintptr_t>(source.data()) % 8 == 0)
        return ConstantBytes{std::make_shared<core::ConstantData>(data), source.first(bytes)};
    return copiedConstant(source.first(bytes));
}

/// A placeholder for a tensor of an outer graph.
bool isCaptured(const core::Tensor &tensor)
{
    return !tensor.producer.isValid() && !tensor.isConstant() && !tensor.isGraphInput;
}

void collectCaptured(const core::Graph &graph, std::unordered_set<std::string_view> &names)
{
    for (const core::Tensor &tensor : graph.tensors) {
        if (isCaptured(tensor))
            names.insert(graph.names.text(tensor.name));
    }
}

core::Dims partialDims(const core::Shape &shape)
{
    core::Dims dims;
    for (const core::Dim &dim : shape)
        dims.push_back(dim.isKnown() ? dim.value : -1);
    return dims;
}

} // namespace

core::Expected<void> ProgramBuilder::buildModel(const core::Graph &graph)
{
    Scope scope{graph, nullptr, {}, {}, {}, {}, false};
    prepare(scope, true);
    for (const core::TensorId id : graph.inputs) {
        auto index = addSource(scope, id);
        NORDLYS_TRY(index);
        m_program.inputs.push_back(*index);
        m_program.inputNames.emplace_back(graph.nameOf(id));
        m_program.inputKinds.push_back(graph.tensor(id).kind);
    }
    for (const core::TensorId id : graph.outputs)
        m_program.outputKinds.push_back(graph.tensor(id).kind);
    NORDLYS_TRY(lowerNodes(scope));
    return addGraphOutputs(scope);
}

core::Expected<void> ProgramBuilder::buildBody(const core::Graph &graph, const std::vector<Formal> &formals)
{
    Scope scope{graph, nullptr, {}, {}, {}, {}, false};
    prepare(scope, false);
    if (formals.size() != graph.inputs.size())
        return core::badInput("subgraph " + std::string(graph.names.text(graph.name)),
                              "it has " + std::to_string(graph.inputs.size()) + " inputs, its operator feeds " + std::to_string(formals.size()));
    for (std::size_t i = 0; i < formals.size(); ++i) {
        const core::TensorId id = graph.inputs[i];
        ProgramTensor tensor;
        tensor.name = uniqueName(scope, graph.nameOf(id));
        tensor.dtype = formals[i].dtype != core::DType::Undefined ? formals[i].dtype : graph.tensor(id).dtype;
        tensor.dims = formals[i].dims;
        const auto bytes = formals[i].isFixed ? checkedTensorBytes(tensor.dtype, tensor.dims) : std::nullopt;
        tensor.storage = bytes ? Storage::External : Storage::Dynamic;
        tensor.bytes = bytes.value_or(0);
        m_tensorNames.insert(tensor.name);
        const int index = m_program.addTensor(std::move(tensor));
        scope.indexOf[id.index] = index;
        m_program.inputs.push_back(index);
        m_program.inputNames.emplace_back(graph.nameOf(id));
    }
    NORDLYS_TRY(lowerNodes(scope));
    return addGraphOutputs(scope);
}

void ProgramBuilder::prepare(Scope &scope, bool inferred)
{
    scope.inferred = inferred;
    scope.indexOf.assign(scope.graph.tensors.size(), -1);
    for (std::size_t i = 0; i < scope.graph.tensors.size(); ++i)
        scope.byName.emplace(scope.graph.names.text(scope.graph.tensors[i].name), core::TensorId(i));
    for (const core::Node &node : scope.graph.nodes) {
        for (const core::Attribute &attribute : node.attributes) {
            if (const auto *body = std::get_if<std::shared_ptr<const core::Graph>>(&attribute.value); body != nullptr && *body)
                collectCaptured(**body, scope.captured);
        }
    }
}

core::Expected<void> ProgramBuilder::addGraphOutputs(Scope &scope)
{
    for (const core::TensorId id : scope.graph.outputs) {
        auto index = use(scope, id);
        NORDLYS_TRY(index);
        m_program.outputs.push_back(*index);
        m_program.outputNames.emplace_back(scope.graph.nameOf(id));
    }
    return {};
}

core::Expected<void> ProgramBuilder::lowerNodes(Scope &scope)
{
    Scope *const before = m_top;
    m_top = &scope;
    for (std::size_t n = 0; n < scope.graph.nodes.size(); ++n)
        NORDLYS_TRY(lowerNode(scope, core::NodeId(n)));
    m_top = before;
    return {};
}

std::string ProgramBuilder::uniqueName(const Scope &scope, std::string_view name) const
{
    std::string made(name);
    if (m_tensorNames.contains(made) && !scope.prefix.empty())
        made = scope.prefix + made;
    for (int count = 2; m_tensorNames.contains(made); ++count)
        made = scope.prefix + std::string(name) + "#" + std::to_string(count);
    return made;
}

core::Expected<int> ProgramBuilder::addSource(Scope &scope, core::TensorId id)
{
    const core::Tensor &source = scope.graph.tensor(id);
    ProgramTensor result;
    result.name = uniqueName(scope, scope.graph.nameOf(id));
    result.dtype = source.dtype;
    const auto dims = source.kind == core::ValueKind::Tensor && source.shape ? core::knownDims(*source.shape) : std::nullopt;
    if (!dims) {
        if (source.kind == core::ValueKind::Other)
            return core::notSupported("tensor " + result.name, "it is neither a tensor nor a sequence or optional of tensors");
        result.storage = Storage::Dynamic;
        if (source.kind == core::ValueKind::Tensor && source.shape)
            result.dims = partialDims(*source.shape);
    } else {
        result.dims = *dims;
        const auto bytes = checkedTensorBytes(result.dtype, result.dims);
        if (!bytes) {
            if (core::bitsOf(result.dtype) == 0)
                return core::notSupported("tensor " + result.name, "kernels do not compute with " + std::string(core::nameOf(result.dtype)));
            return core::badInput("tensor " + result.name, "its shape " + core::shapeText(result.dims) + " is too large to compute with");
        }
        result.bytes = *bytes;
    }
    if (source.isConstant()) {
        if (source.constant->bytes().size() < result.bytes)
            return core::badInput("weight " + result.name, "its data is shorter than its shape " + core::shapeText(result.dims));
        auto constant = alignedConstant(*source.constant, result.bytes);
        NORDLYS_TRY(constant);
        result.storage = Storage::Constant;
        result.constant = std::move(*constant);
    }
    m_tensorNames.insert(result.name);
    return scope.indexOf[id.index] = m_program.addTensor(std::move(result));
}

core::Expected<int> ProgramBuilder::use(Scope &scope, core::TensorId id)
{
    if (!id.isValid())
        return -1;
    if (const int index = scope.indexOf[id.index]; index >= 0)
        return index;
    if (!isCaptured(scope.graph.tensor(id)))
        return addSource(scope, id);
    const std::string_view name = scope.graph.nameOf(id);
    auto index = scope.outer != nullptr ? useByName(*scope.outer, name) : capture(name);
    NORDLYS_TRY(index);
    return scope.indexOf[id.index] = *index;
}

core::Expected<int> ProgramBuilder::useByName(Scope &scope, std::string_view name)
{
    if (const auto found = scope.byName.find(name); found != scope.byName.end())
        return use(scope, found->second);
    return scope.outer != nullptr ? useByName(*scope.outer, name) : capture(name);
}

core::Expected<int> ProgramBuilder::capture(std::string_view name)
{
    if (const auto found = m_captured.find(std::string(name)); found != m_captured.end())
        return found->second;
    if (m_outer == nullptr || m_outer->m_top == nullptr)
        return core::badInput("tensor " + std::string(name), "nobody produces it");
    auto outside = m_outer->useByName(*m_outer->m_top, name);
    NORDLYS_TRY(outside);
    const ProgramTensor &source = m_outer->m_program.tensor(*outside);
    ProgramTensor made;
    made.name = source.name;
    for (int count = 2; m_tensorNames.contains(made.name); ++count)
        made.name = source.name + "#" + std::to_string(count);
    made.dtype = source.dtype;
    made.dims = source.dims;
    made.bytes = source.bytes;
    made.storage = source.isFixed() ? Storage::External : Storage::Dynamic;
    const std::byte *values = m_outer->known(*outside);
    if (values != nullptr) {
        made.storage = Storage::Constant;
        made.constant = source.storage == Storage::Constant ? source.constant : m_outer->m_known[static_cast<std::size_t>(*outside)];
    }
    m_tensorNames.insert(made.name);
    const int index = m_program.addTensor(std::move(made));
    if (values == nullptr) {
        m_program.inputs.push_back(index);
        m_program.inputNames.emplace_back(name);
        m_captures.push_back(*outside);
    }
    m_captured.emplace(name, index);
    return index;
}

const std::byte *ProgramBuilder::known(int tensor) const
{
    if (m_program.isConstant(tensor))
        return m_program.tensor(tensor).constant.bytes.data();
    const auto index = static_cast<std::size_t>(tensor);
    return index < m_known.size() ? m_known[index].bytes.data() : nullptr;
}

bool ProgramBuilder::isRead(const Scope &scope, core::TensorId id) const
{
    if (!id.isValid())
        return false;
    const core::Tensor &tensor = scope.graph.tensor(id);
    return !tensor.consumers.empty() || tensor.isGraphOutput || scope.captured.contains(scope.graph.nameOf(id));
}

core::Error ProgramBuilder::brokenNode(const Scope &scope, core::NodeId id, const std::string &rule) const
{
    return core::badInput("node " + std::string(scope.graph.nameOf(id)) + " (" + std::string(scope.graph.opOf(id)) + ")", rule);
}

ProgramStep ProgramBuilder::stepOf(Scope &scope, core::NodeId id) const
{
    const core::Graph &graph = scope.graph;
    const core::Node &node = graph.node(id);
    ProgramStep step;
    step.name = graph.names.text(node.name);
    if (m_stepNames.contains(step.name) && !scope.prefix.empty())
        step.name = scope.prefix + step.name;
    step.op = graph.names.text(node.opType);
    step.label = step.op;
    step.domain = graph.names.text(node.domain);
    step.opset = node.opset;
    step.sourceNodes = {step.name};
    if (scope.inferred)
        step.macs = core::costOf(graph, id).macs;
    for (const core::Attribute &attribute : node.attributes) {
        if (!std::holds_alternative<std::shared_ptr<const core::Graph>>(attribute.value))
            step.attributes.insert_or_assign(std::string(graph.names.text(attribute.name)), attribute.value);
    }
    return step;
}

core::Expected<void> ProgramBuilder::checkArity(const Scope &scope, core::NodeId id) const
{
    // Where the file states the shapes, the shape rule is not asked; passes and kernels rely on the operator's own inputs all the same.
    const core::Node &node = scope.graph.node(id);
    const core::OpSpec *spec = core::findOpSpec(scope.graph, node);
    if (spec == nullptr)
        return {};
    const auto last = std::find_if(node.inputs.rbegin(), node.inputs.rend(), [](core::TensorId input) { return input.isValid(); });
    const auto given = static_cast<int>(node.inputs.rend() - last);
    if (given < spec->minInputs || (spec->maxInputs >= 0 && given > spec->maxInputs))
        return brokenNode(scope, id, "the list of inputs has " + std::to_string(given) + " entries, the operator takes " + std::to_string(spec->minInputs)
                                         + (spec->maxInputs < 0 ? " or more" : " to " + std::to_string(spec->maxInputs)));
    if (spec->minInputs > 0 && !node.inputs[0].isValid())
        return brokenNode(scope, id, "its first input is left out");
    const auto lastOutput = std::find_if(node.outputs.rbegin(), node.outputs.rend(), [](core::TensorId output) { return output.isValid(); });
    const auto made = static_cast<int>(node.outputs.rend() - lastOutput);
    if (made < 1)
        return brokenNode(scope, id, "it has no outputs");
    if (spec->maxOutputs >= 0 && made > spec->maxOutputs)
        return brokenNode(scope, id, "the list of outputs has " + std::to_string(made) + " entries, the operator gives at most " + std::to_string(spec->maxOutputs));
    return {};
}

core::Expected<void> ProgramBuilder::lowerNode(Scope &scope, core::NodeId id)
{
    const core::Node &node = scope.graph.node(id);
    ProgramStep step = stepOf(scope, id);
    m_stepNames.insert(step.name);
    for (const core::TensorId input : node.inputs) {
        auto index = use(scope, input);
        NORDLYS_TRY(index);
        step.inputs.push_back(*index);
    }
    auto control = lowerControl(scope, id, step);
    NORDLYS_TRY(control);
    if (*control)
        return {};
    const bool onValues = findValueKernel(step.domain, step.op, step.opset) != nullptr;
    if (!onValues && findReferenceKernel(step.domain, step.op, step.opset) == nullptr) {
        ++m_shared.missing[(step.domain.empty() ? std::string() : step.domain + ".") + step.op];
        // Goes on, so that all of them are named.
        return finishStep(scope, id, std::move(step), std::vector<Output>(node.outputs.size()), true);
    }
    NORDLYS_TRY(checkArity(scope, id));
    auto evaluated = tryEvaluate(scope, id, step);
    NORDLYS_TRY(evaluated);
    if (*evaluated)
        return {};
    auto outputs = outputsOf(scope, id, step);
    bool late = onValues;
    if (!outputs && m_outer != nullptr) {
        // A body may be one that these inputs never enter: what is wrong in it is said when it runs.
        outputs = std::vector<Output>(node.outputs.size());
        late = true;
    }
    NORDLYS_TRY(outputs);
    for (const int in : step.inputs)
        late = late || (in >= 0 && !m_program.tensor(in).isFixed());
    if (onValues) {
        for (Output &output : *outputs)
            output.isFixed = false;
    }
    return finishStep(scope, id, std::move(step), *outputs, late);
}

KernelCall ProgramBuilder::callOf(const ProgramStep &step) const
{
    KernelCall call = runtime::callOf(m_program, step);
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
        if (step.inputs[i] >= 0 && m_program.tensor(step.inputs[i]).isFixed())
            call.inputs[i].constant = known(step.inputs[i]);
    }
    return call;
}

core::Expected<std::vector<ProgramBuilder::Output>> ProgramBuilder::outputsOf(Scope &scope, core::NodeId id, const ProgramStep &step)
{
    const core::Node &node = scope.graph.node(id);
    std::vector<Output> outputs(node.outputs.size());
    bool settled = scope.inferred;
    for (const int in : step.inputs)
        settled = settled && (in < 0 || m_program.tensor(in).isFixed());
    for (std::size_t i = 0; i < node.outputs.size() && settled; ++i) {
        if (!node.outputs[i].isValid())
            continue;
        const core::Tensor &tensor = scope.graph.tensor(node.outputs[i]);
        const auto dims = tensor.shape ? core::knownDims(*tensor.shape) : std::nullopt;
        settled = (dims && tensor.dtype != core::DType::Undefined) || (i > 0 && !isRead(scope, node.outputs[i]));
        if (dims)
            outputs[i] = {tensor.dtype, true, *dims};
    }
    if (settled)
        return outputs;
    std::vector<Operand> operands;
    const KernelCall call = callOf(step);
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
        const int in = step.inputs[i];
        if (in >= 0 && !m_program.tensor(in).isFixed()) {
            const ProgramTensor &tensor = m_program.tensor(in);
            Operand operand{true, tensor.dtype, std::nullopt, nullptr, 0};
            if (!tensor.dims.empty()) {
                operand.shape.emplace();
                for (const std::int64_t dim : tensor.dims)
                    operand.shape->push_back({dim, {}});
            }
            operands.push_back(std::move(operand));
        } else
            operands.push_back(Operand::of(call.inputs[i]));
    }
    CallInference inference(step.name, step.op, step.domain, step.opset, step.attributes, operands.size(), outputs.size());
    auto found = inference.infer(operands);
    NORDLYS_TRY(found);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const auto &[dtype, shape] = (*found)[i];
        outputs[i].dtype = dtype != core::DType::Undefined || !node.outputs[i].isValid() ? dtype : scope.graph.tensor(node.outputs[i]).dtype;
        const auto dims = shape ? core::knownDims(*shape) : std::nullopt;
        outputs[i].isFixed = dims.has_value();
        if (shape)
            outputs[i].dims = partialDims(*shape);
    }
    return outputs;
}

core::Expected<int> ProgramBuilder::addOutput(Scope &scope, core::NodeId node, core::TensorId id, const Output &output, bool wanted)
{
    if (!id.isValid() || !wanted)
        return -1;
    ProgramTensor tensor;
    tensor.name = uniqueName(scope, scope.graph.nameOf(id));
    tensor.dtype = output.dtype;
    tensor.dims = output.dims;
    tensor.storage = Storage::Dynamic;
    if (output.isFixed && output.dtype != core::DType::Undefined) {
        const auto bytes = checkedTensorBytes(tensor.dtype, tensor.dims);
        if (!bytes && core::bitsOf(tensor.dtype) == 0)
            return core::notSupported("tensor " + tensor.name, "kernels do not compute with " + std::string(core::nameOf(tensor.dtype)));
        if (!bytes)
            return brokenNode(scope, node, "the shape " + core::shapeText(tensor.dims) + " of its output " + tensor.name + " is too large to compute with");
        tensor.bytes = *bytes;
        tensor.storage = Storage::Arena;
    }
    m_tensorNames.insert(tensor.name);
    return scope.indexOf[id.index] = m_program.addTensor(std::move(tensor));
}

core::Expected<void> ProgramBuilder::finishStep(Scope &scope, core::NodeId id, ProgramStep step, const std::vector<Output> &outputs, bool late)
{
    const core::Node &node = scope.graph.node(id);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        // An output that nobody reads may stay without a place; the first one always has one, so that every step computes something.
        const bool wanted = i == 0 || outputs[i].isFixed || isRead(scope, node.outputs[i]);
        auto index = addOutput(scope, id, node.outputs[i], outputs[i], node.outputs[i].isValid() && wanted);
        NORDLYS_TRY(index);
        late = late || (*index >= 0 && !m_program.tensor(*index).isFixed());
        step.outputs.push_back(*index);
    }
    step.late = late;
    m_program.steps.push_back(std::move(step));
    return {};
}

core::Expected<bool> ProgramBuilder::tryEvaluate(Scope &scope, core::NodeId id, ProgramStep &step)
{
    const core::Node &node = scope.graph.node(id);
    if (step.domain == planDomain || node.outputs.empty() || isRandom(step) || m_shared.evaluatedBytes > maxEvaluatedTotal)
        return false;
    KernelCall call = callOf(step);
    const bool needsNoValues = step.op == "Shape" || step.op == "Size";
    std::size_t inputBytes = 0;
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
        const int in = step.inputs[i];
        if (in < 0)
            continue;
        if (!m_program.tensor(in).isFixed() || (call.inputs[i].constant == nullptr && !needsNoValues))
            return false;
        inputBytes += m_program.tensor(in).bytes;
    }
    const bool onValues = findValueKernel(step.domain, step.op, step.opset) != nullptr;
    std::vector<Value> values;
    for (std::size_t i = 0; i < step.inputs.size() && onValues; ++i) {
        values.emplace_back();
        if (step.inputs[i] < 0)
            continue;
        const ProgramTensor &tensor = m_program.tensor(step.inputs[i]);
        auto host = core::HostTensor::create(tensor.dtype, tensor.dims);
        NORDLYS_TRY(host);
        if (tensor.bytes > 0)
            std::memcpy(host->bytes().data(), call.inputs[i].constant, tensor.bytes);
        values.back() = Value::ofTensor(std::move(*host));
    }
    std::vector<CallOutput> places;
    for (const core::TensorId output : node.outputs) {
        places.push_back({output.isValid() && (places.empty() || isRead(scope, output)), nullptr, core::DType::Undefined, {}, false});
        if (output.isValid())
            places.back().dtype = scope.graph.tensor(output).dtype;
    }
    CallInference inference(step.name, step.op, step.domain, step.opset, step.attributes, step.inputs.size(), node.outputs.size());
    const std::uint64_t limit = std::max<std::uint64_t>(maxEvaluatedBytes, 2 * static_cast<std::uint64_t>(inputBytes));
    static const std::stop_token never;
    const auto results = evaluateCall(call, values, places, inference, {m_shared.pool, never, limit, m_shared.scratch, &m_shared.productsLeft});
    // What cannot be computed here is reported where the step is bound or run, if it is needed then.
    if (!results)
        return false;
    for (std::size_t i = 0; i < results->size(); ++i) {
        if (places[i].wanted && !(*results)[i].isTensor())
            return false;
    }
    NORDLYS_TRY(finishValues(scope, id, std::move(step), *results));
    return true;
}

core::Expected<void> ProgramBuilder::finishValues(Scope &scope, core::NodeId id, ProgramStep step, const std::vector<Value> &values)
{
    const core::Node &node = scope.graph.node(id);
    bool folded = m_shared.fold;
    for (const core::TensorId output : node.outputs)
        folded = folded && !(output.isValid() && scope.graph.tensor(output).isGraphOutput); // an output lies in memory like every other
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        if (!values[i].isTensor()) {
            step.outputs.push_back(-1);
            continue;
        }
        const core::HostTensor &value = values[i].tensor();
        auto index = addOutput(scope, id, node.outputs[i], {value.dtype(), true, value.dims()}, true);
        NORDLYS_TRY(index);
        auto constant = copiedConstant(value.bytes());
        NORDLYS_TRY(constant);
        m_shared.evaluatedBytes += constant->bytes.size();
        ProgramTensor &tensor = m_program.tensor(*index);
        if (folded) {
            tensor.storage = Storage::Constant;
            tensor.constant = std::move(*constant);
        } else {
            m_known.resize(m_program.tensors.size());
            m_known[static_cast<std::size_t>(*index)] = std::move(*constant);
        }
        step.outputs.push_back(*index);
    }
    if (folded)
        m_program.foldedNodes.insert(m_program.foldedNodes.end(), step.sourceNodes.begin(), step.sourceNodes.end());
    else {
        step.late = findValueKernel(step.domain, step.op, step.opset) != nullptr;
        m_program.steps.push_back(std::move(step));
    }
    return {};
}

} // namespace nordlys::runtime
