// SPDX-License-Identifier: Apache-2.0
#include "step_program.h"

#include <runtime/plan/fast_steps.h>
#include <runtime/plan/layout.h>
#include <runtime/plan/plan_data.h>
#include <runtime/quantization/evaluation_summary.h>

#include <algorithm>

namespace nordlys::runtime {

namespace {

struct OwnedProgram {
    Program program;
    std::vector<BoundStep> steps;
};

const std::byte *placeOf(const ConstantBytes &data)
{
    return data.bytes.data();
}

ConstantBytes constantOf(const Program &program, const ProgramStep &step, std::size_t input)
{
    return input < step.inputs.size() && step.inputs[input] >= 0 ? program.tensor(step.inputs[input]).constant : ConstantBytes();
}

} // namespace

bool runsStepByStep(const Program &program, const std::vector<BoundStep> &steps)
{
    return std::ranges::all_of(steps, [](const BoundStep &step) { return !step.late && step.bodies.empty() && step.kernel.run; })
           && std::ranges::all_of(program.steps, [](const ProgramStep &step) { return step.bodies.empty(); })
           && std::ranges::all_of(program.tensors, [](const ProgramTensor &tensor) {
                  return tensor.storage == Storage::Arena || tensor.storage == Storage::Constant;
              });
}

core::Expected<void> QuantSimPrograms::optimize(const core::EncodingSet &encodings)
{
    std::set<std::string, std::less<>> names;
    for (const auto &[name, entry] : encodings.entries)
        names.insert(name);
    if (m_optimized && names == m_names)
        return {};
    PlanOptions options;
    options.precision = Precision::QuantSim;
    options.encodings = encodings;
    auto program = optimizedProgram(*m_model, options);
    NORDLYS_TRY(program);
    m_optimized = std::move(*program);
    m_names = std::move(names);
    m_weights.clear();
    return {};
}

core::Expected<StepProgram> QuantSimPrograms::build(const core::EncodingSet &encodings)
{
    NORDLYS_TRY(optimize(encodings));
    auto owned = std::make_shared<OwnedProgram>();
    owned->program = *m_optimized;
    Program &program = owned->program;
    for (std::size_t t = 0; t < program.tensors.size(); ++t) {
        ProgramTensor &tensor = program.tensors[t];
        const core::EncodingEntry *entry = constantEncoding(tensor, encodings);
        if (entry == nullptr)
            continue;
        auto known = m_weights.find(static_cast<int>(t));
        if (known == m_weights.end() || !(known->second.encoding == entry->encoding)) {
            auto rounded = quantizedConstant(tensor, entry->encoding);
            NORDLYS_TRY(rounded);
            known = m_weights.insert_or_assign(static_cast<int>(t), Weight{entry->encoding, std::move(*rounded), {}}).first;
        }
        tensor.constant = known->second.rounded;
    }
    m_listed.clear();
    for (const ProgramTensor *weight : encodedConstants(*m_optimized, encodings))
        m_listed.push_back(static_cast<int>(weight - m_optimized->tensors.data()));
    applyActivationEncodings(program, encodings);

    NORDLYS_TRY(assignLayouts(program));
    std::unordered_map<std::string, Packed> packed;
    const auto known = [&](const Program &made, const ProgramStep &step) -> ConstantBytes {
        Packed &entry = packed[step.name];
        entry = {constantOf(made, step, 1), constantOf(made, step, 2), {}};
        const auto before = m_packed.find(step.name);
        if (before != m_packed.end() && placeOf(before->second.weight) == placeOf(entry.weight) && placeOf(before->second.bias) == placeOf(entry.bias))
            entry.packed = before->second.packed;
        return entry.packed;
    };
    NORDLYS_TRY(packWeights(program, known));
    for (const ProgramStep &step : program.steps) {
        if (const auto entry = packed.find(step.name); entry != packed.end())
            entry->second.packed = step.packed;
        auto bound = bindStep(program, step);
        NORDLYS_TRY(bound);
        owned->steps.push_back(std::move(*bound));
    }
    m_packed = std::move(packed);

    StepProgram result;
    result.program = &owned->program;
    result.steps = &owned->steps;
    result.keys = valueKeys(owned->program, owned->steps, m_constants);
    result.producers = owned->program.producers();
    result.owner = std::move(owned);
    return result;
}

std::vector<TensorError> QuantSimPrograms::weightErrors(ThreadPool &pool)
{
    std::vector<TensorError> errors;
    for (const int t : m_listed) {
        Weight &weight = m_weights.at(t);
        if (!weight.error)
            weight.error = weightError(m_optimized->tensor(t), weight.encoding, weight.rounded, pool);
        errors.push_back(*weight.error);
    }
    return errors;
}

core::Expected<StepProgram> ExactPrograms::build(const std::vector<std::string> &keepTensors)
{
    if (m_plan != nullptr && keepTensors == m_names)
        return m_program;
    PlanOptions options;
    options.keepTensors = keepTensors;
    auto plan = Plan::build(m_model, options);
    NORDLYS_TRY(plan);
    m_plan = std::move(*plan);
    m_names = keepTensors;
    const Plan::Data &data = m_plan->data();
    m_program = {m_plan, &data.program, &data.steps, valueKeys(data.program, data.steps, m_constants), data.program.producers()};
    return m_program;
}

} // namespace nordlys::runtime
