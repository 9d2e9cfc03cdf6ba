// SPDX-License-Identifier: Apache-2.0
#include "sample_values.h"

#include <algorithm>
#include <cstring>

namespace nordlys::runtime {

void SampleValues::retain(const KeySet &keep)
{
    for (auto it = m_values.begin(); it != m_values.end();) {
        if (keep.contains(it->first)) {
            ++it;
            continue;
        }
        giveBack(std::move(it->second));
        it = m_values.erase(it);
    }
}

core::Expected<AlignedBuffer> SampleValues::take(std::size_t bytes)
{
    bytes = std::max<std::size_t>(1, bytes);
    if (const auto it = m_free.find(bytes); it != m_free.end()) {
        AlignedBuffer buffer = std::move(it->second);
        m_free.erase(it);
        return buffer;
    }
    return AlignedBuffer::create(bytes);
}

void SampleValues::giveBack(AlignedBuffer buffer)
{
    const std::size_t size = buffer.size();
    m_free.emplace(size, std::move(buffer));
}

std::uint64_t SampleValues::keptBytes() const
{
    std::uint64_t total = 0;
    for (const core::HostTensor &input : m_inputs)
        total += input.bytes().size();
    for (const auto &[key, buffer] : m_values)
        total += buffer.size();
    return total;
}

StepRun::StepRun(const StepProgram &program, SampleValues &values, const KeySet &keep)
    : m_program(program), m_values(values), m_keep(keep), m_uses(program.program->tensors.size(), 0), m_needed(program.program->steps.size(), false),
      m_temporary(program.program->tensors.size())
{
}

bool StepRun::isRawInput(int tensor) const
{
    return m_program.producers[static_cast<std::size_t>(tensor)] < 0;
}

void StepRun::want(int tensor)
{
    ++m_uses[static_cast<std::size_t>(tensor)];
}

void StepRun::plan()
{
    for (std::size_t s = m_needed.size(); s-- > 0;) {
        const ProgramStep &step = m_program.program->steps[s];
        m_needed[s] = std::ranges::any_of(step.outputs, [&](int out) {
            return out >= 0 && m_uses[static_cast<std::size_t>(out)] > 0 && m_values.find(m_program.key(out)) == nullptr;
        });
        if (!m_needed[s] || step.inputs == step.outputs) // a quantize step reads the sample's input itself
            continue;
        for (const int in : step.inputs) {
            if (in >= 0 && !m_program.program->isConstant(in))
                ++m_uses[static_cast<std::size_t>(in)];
        }
    }
}

const std::byte *StepRun::data(int tensor) const
{
    if (m_program.program->isConstant(tensor))
        return m_program.tensor(tensor).constant.bytes.data();
    if (const auto *own = m_temporary[static_cast<std::size_t>(tensor)].data())
        return own;
    if (const std::byte *kept = m_values.find(m_program.key(tensor)))
        return kept;
    if (isRawInput(tensor)) {
        for (std::size_t i = 0; i < m_program.program->inputs.size(); ++i) {
            if (m_program.program->inputs[i] == tensor)
                return m_values.input(i).bytes().data();
        }
    }
    return nullptr;
}

core::Expected<void> StepRun::ensure(int tensor, std::byte *scratch, ThreadPool &pool, const std::stop_token &stop)
{
    while (data(tensor) == nullptr) {
        if (stop.stop_requested())
            return core::interrupted("running the model");
        while (m_next < m_needed.size() && !m_needed[m_next])
            ++m_next;
        if (m_next >= m_needed.size())
            return core::internalError("tensor " + m_program.tensor(tensor).name, "no step of the plan makes it");
        NORDLYS_TRY(runStep(m_next++, scratch, pool));
    }
    return {};
}

void StepRun::release(int tensor)
{
    const auto index = static_cast<std::size_t>(tensor);
    if (--m_uses[index] > 0 || m_temporary[index].data() == nullptr)
        return;
    m_values.giveBack(std::exchange(m_temporary[index], AlignedBuffer()));
}

core::Expected<void> StepRun::runStep(std::size_t index, std::byte *scratch, ThreadPool &pool)
{
    const ProgramStep &step = m_program.program->steps[index];
    const BoundStep &bound = (*m_program.steps)[index];
    std::vector<AlignedBuffer> made(step.outputs.size());
    std::vector<const std::byte *> inputs(std::max(step.inputs.size(), KernelRun::minPointers), nullptr);
    std::vector<std::byte *> outputs(std::max(step.outputs.size(), KernelRun::minPointers), nullptr);
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
        if (step.outputs[i] < 0)
            continue;
        auto buffer = m_values.take(m_program.tensor(step.outputs[i]).bytes);
        NORDLYS_TRY(buffer);
        made[i] = std::move(*buffer);
        outputs[i] = made[i].data();
    }
    if (step.inputs == step.outputs) { // quantize-dequantize of an input, in place
        const auto at = std::ranges::find(m_program.program->inputs, step.inputs[0]);
        if (at == m_program.program->inputs.end())
            return core::internalError("step " + step.name, "it quantizes what is no input");
        const auto raw = m_values.input(static_cast<std::size_t>(at - m_program.program->inputs.begin())).bytes();
        std::copy(raw.begin(), raw.end(), outputs[0]);
    } else {
        for (std::size_t i = 0; i < step.inputs.size(); ++i) {
            if (step.inputs[i] < 0)
                continue;
            inputs[i] = data(step.inputs[i]);
            // Weights that are packed into the step have no data of their own.
            if (inputs[i] == nullptr && !m_program.program->isConstant(step.inputs[i]))
                return core::internalError("step " + step.name, "its input " + m_program.tensor(step.inputs[i]).name + " has no value");
        }
        if (const KernelStatus status = bound.kernel.run({inputs.data(), outputs.data(), scratch, &pool}))
            return core::badInput("node " + step.name + " (" + step.op + ")", status);
    }
    for (const auto &quantizer : bound.quantizers)
        quantizer.apply(reinterpret_cast<float *>(outputs[quantizer.output]), pool);
    ++m_stepsRun;
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
        const int out = step.outputs[i];
        if (out < 0)
            continue;
        if (m_values.find(m_program.key(out)) != nullptr)
            m_values.giveBack(std::move(made[i]));
        else if (m_keep.contains(m_program.key(out)))
            m_values.put(m_program.key(out), std::move(made[i]));
        else if (m_uses[static_cast<std::size_t>(out)] > 0)
            m_temporary[static_cast<std::size_t>(out)] = std::move(made[i]);
        else
            m_values.giveBack(std::move(made[i]));
    }
    if (step.inputs != step.outputs) {
        for (const int in : step.inputs) {
            if (in >= 0 && !m_program.program->isConstant(in))
                release(in);
        }
    }
    return {};
}

} // namespace nordlys::runtime
