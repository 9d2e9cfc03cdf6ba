// SPDX-License-Identifier: Apache-2.0
#include "plan.h"

#include "arena.h"
#include "fast_steps.h"
#include "integer_form.h"
#include "layout.h"
#include "plan_data.h"
#include "program_from_model.h"

#include <runtime/passes/passes.h>

#include <algorithm>
#include <unordered_set>

namespace nordlys::runtime {

std::string_view nameOf(Precision precision)
{
    switch (precision) {
    case Precision::QuantSim: return "quantsim";
    case Precision::Integer: return "integer";
    case Precision::Float32: break;
    }
    return "float32";
}

std::optional<Precision> precisionFromName(std::string_view name)
{
    if (name == "float32")
        return Precision::Float32;
    if (name == "quantsim")
        return Precision::QuantSim;
    if (name == "integer")
        return Precision::Integer;
    return std::nullopt;
}

namespace {

/// Bodies first: what their passes drop is no longer captured from outside.
core::Expected<void> optimizeWithBodies(Program &program, const NameSet &keep)
{
    for (ProgramStep &step : program.steps) {
        for (ProgramBody &body : step.bodies)
            NORDLYS_TRY(optimizeWithBodies(*body.program, {}));
    }
    return passes::optimize(program, keep);
}

core::Expected<void> chooseKernels(Program &program)
{
    for (ProgramStep &step : program.steps) {
        for (ProgramBody &body : step.bodies)
            NORDLYS_TRY(chooseKernels(*body.program));
    }
    NORDLYS_TRY(assignLayouts(program));
    return packWeights(program);
}

} // namespace

core::Expected<Program> optimizedProgram(const core::Model &model, const PlanOptions &options)
{
    if (options.precision == Precision::Integer)
        return integerProgram(model, options);
    auto program = programFromModel(model, options.optimize);
    NORDLYS_TRY(program);
    if (!options.optimize)
        return program;
    NameSet keep(options.keepTensors.begin(), options.keepTensors.end());
    if (options.precision == Precision::QuantSim) {
        for (const auto &[name, entry] : options.encodings.entries)
            keep.insert(name);
    }
    NORDLYS_TRY(optimizeWithBodies(*program, keep));
    return program;
}

namespace {

void addWeightBytes(const Program &program, std::unordered_set<const std::byte *> &seen, std::size_t &total)
{
    const auto add = [&](std::span<const std::byte> bytes) {
        if (!bytes.empty() && seen.insert(bytes.data()).second)
            total += bytes.size();
    };
    for (const ProgramTensor &tensor : program.tensors)
        add(tensor.constant.bytes);
    for (const ProgramStep &step : program.steps) {
        add(step.packed.bytes);
        for (const ProgramBody &body : step.bodies)
            addWeightBytes(*body.program, seen, total);
    }
}

std::size_t weightBytesOf(const Program &program)
{
    std::size_t total = 0;
    std::unordered_set<const std::byte *> seen;
    addWeightBytes(program, seen, total);
    return total;
}

/// Binds the bodies of a step and places their tensors. `taken`: the arenas of all bodies together.
core::Expected<void> bindBodies(const ProgramStep &step, BoundStep &bound, std::uint64_t budgetBytes, std::uint64_t &taken)
{
    for (const ProgramBody &body : step.bodies) {
        auto made = std::make_shared<BoundProgram>();
        made->program = body.program;
        for (const ProgramStep &inner : body.program->steps) {
            auto innerBound = bindStep(*body.program, inner);
            if (!innerBound && mayBindLate(inner)) {
                // Perhaps these inputs never enter this body; if they do, binding again says what is wrong.
                innerBound = BoundStep();
                innerBound->late = true;
                innerBound->kernel.name = "reference/" + inner.op;
            }
            NORDLYS_TRY(innerBound);
            NORDLYS_TRY(bindBodies(inner, *innerBound, budgetBytes, taken));
            made->steps.push_back(std::move(*innerBound));
        }
        NORDLYS_TRY(planArena(*body.program, made->steps, budgetBytes - std::min(taken, budgetBytes)));
        taken += body.program->arenaBytes;
        bound.bodies.push_back(std::move(made));
    }
    return {};
}

core::LayerInfo layerOf(const Program &program, const ProgramStep &step, const BoundStep &bound)
{
    core::LayerInfo layer;
    layer.name = step.name;
    layer.op = step.label;
    layer.backend = "cpu";
    layer.kernel = bound.kernel.name;
    layer.sourceNodes = step.sourceNodes;
    layer.macs = step.macs;
    for (const int out : step.outputs) {
        if (out >= 0 && program.tensor(out).fromSource)
            layer.outputs.push_back(program.tensor(out).name);
    }
    return layer;
}

} // namespace

core::Expected<std::shared_ptr<const Plan>> finishPlan(std::unique_ptr<Plan::Data> data, const PlanOptions &options, bool checkOffsets)
{
    Program &program = data->program;
    std::uint64_t taken = 0;
    for (const ProgramStep &step : program.steps) {
        auto bound = bindStep(program, step);
        NORDLYS_TRY(bound);
        NORDLYS_TRY(bindBodies(step, *bound, options.memoryBudgetBytes, taken));
        data->layers.push_back(layerOf(program, step, *bound));
        data->steps.push_back(std::move(*bound));
    }
    data->weightBytes = weightBytesOf(program);
    const std::size_t scratch = scratchBytesOf(data->steps, std::max(1, options.threads));
    if (__builtin_add_overflow(taken, static_cast<std::uint64_t>(data->weightBytes), &taken)
        || __builtin_add_overflow(taken, static_cast<std::uint64_t>(scratch), &taken) || taken > options.memoryBudgetBytes)
        return core::badInput("model", "weights and scratch memory need more than " + std::to_string(options.memoryBudgetBytes) + " bytes",
                              "Raise the memory budget");
    if (checkOffsets)
        NORDLYS_TRY(checkArena(program, data->steps));
    else
        NORDLYS_TRY(planArena(program, data->steps, options.memoryBudgetBytes - taken));
    if (program.arenaBytes > options.memoryBudgetBytes - taken)
        return core::badInput("model", "it needs more memory than " + std::to_string(options.memoryBudgetBytes) + " bytes", "Use a smaller input size or batch");
    data->valueBudgetBytes = options.memoryBudgetBytes - taken - program.arenaBytes;
    data->maxLoopIterations = options.maxLoopIterations;
    for (std::size_t i = 0; i < program.inputs.size(); ++i) {
        const ProgramTensor &tensor = program.tensor(program.inputs[i]);
        data->inputs.push_back({program.inputNames[i], tensor.dtype, tensor.isFixed() ? tensor.dims : core::Dims(), tensor.isFixed(), program.inputKinds.empty() ? core::ValueKind::Tensor : program.inputKinds[i]});
    }
    for (std::size_t i = 0; i < program.outputs.size(); ++i) {
        const ProgramTensor &tensor = program.tensor(program.outputs[i]);
        data->outputs.push_back({program.outputNames[i], tensor.dtype, tensor.isFixed() ? tensor.dims : core::Dims(), tensor.isFixed(), program.outputKinds.empty() ? core::ValueKind::Tensor : program.outputKinds[i]});
    }
    return std::shared_ptr<const Plan>(std::make_shared<Plan>(std::move(data)));
}

core::Expected<std::shared_ptr<const Plan>> Plan::build(std::shared_ptr<const core::Model> model, const PlanOptions &options, const core::JobContext &job)
{
    if (model == nullptr)
        return core::usageError("plan", "there is no model");
    job.report(0, 3, "optimizing");
    auto program = optimizedProgram(*model, options);
    NORDLYS_TRY(program);
    if (job.stopRequested())
        return core::interrupted("building the plan");
    auto data = std::make_unique<Data>();
    data->program = std::move(*program);
    data->precision = options.precision;
    if (options.precision == Precision::QuantSim) {
        data->encodings = options.encodings;
        NORDLYS_TRY(applyEncodings(data->program, options.encodings));
    }
    job.report(1, 3, "packing weights");
    if (options.fastKernels)
        NORDLYS_TRY(chooseKernels(data->program));
    if (job.stopRequested())
        return core::interrupted("building the plan");
    job.report(2, 3, "placing tensors");
    auto plan = finishPlan(std::move(data), options, false);
    job.report(3, 3, "planned");
    return plan;
}

Plan::Plan(std::unique_ptr<Data> data) : m_data(std::move(data)) {}
Plan::~Plan() = default;

const std::vector<PortInfo> &Plan::inputs() const
{
    return m_data->inputs;
}
const std::vector<PortInfo> &Plan::outputs() const
{
    return m_data->outputs;
}
const std::vector<core::LayerInfo> &Plan::layers() const
{
    return m_data->layers;
}
std::size_t Plan::arenaBytes() const
{
    return m_data->program.arenaBytes;
}
std::size_t Plan::weightBytes() const
{
    return m_data->weightBytes;
}
Precision Plan::precision() const
{
    return m_data->precision;
}
const std::vector<std::string> &Plan::foldedNodes() const
{
    return m_data->program.foldedNodes;
}
const std::vector<std::string> &Plan::removedNodes() const
{
    return m_data->program.removedNodes;
}

} // namespace nordlys::runtime
