// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include <runtime/plan/evaluate_call.h>

#include <algorithm>
#include <cstring>

namespace nordlys::runtime {

std::uint64_t bytesOf(const Value &value)
{
    if (value.isTensor())
        return value.tensor().bytes().size();
    std::uint64_t total = 0;
    if (value.isSequence()) {
        for (const Value &element : value.elements())
            total += bytesOf(element);
    }
    return total;
}

namespace {

/// Per step the Dynamic tensors that no later step and no output of the program needs.
std::vector<std::vector<int>> lastUses(const Program &program)
{
    std::vector<int> last(program.tensors.size(), -1);
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        for (const auto *list : {&program.steps[s].inputs, &program.steps[s].outputs}) {
            for (const int tensor : *list) {
                if (tensor >= 0)
                    last[static_cast<std::size_t>(tensor)] = static_cast<int>(s);
            }
        }
    }
    for (const int out : program.outputs) {
        if (out >= 0)
            last[static_cast<std::size_t>(out)] = -1;
    }
    std::vector<std::vector<int>> result(program.steps.size());
    for (std::size_t t = 0; t < last.size(); ++t) {
        if (last[t] >= 0 && program.tensors[t].storage == Storage::Dynamic)
            result[static_cast<std::size_t>(last[t])].push_back(static_cast<int>(t));
    }
    return result;
}

} // namespace

core::Expected<std::unique_ptr<Frame>> Frame::create(const Program &program, const std::vector<BoundStep> &steps, FrameShared &shared)
{
    std::unique_ptr<Frame> frame(new Frame(program, steps, shared));
    // Never empty: tensors without elements point somewhere too.
    auto arena = AlignedBuffer::create(std::max<std::size_t>(program.arenaBytes, AlignedBuffer::alignment));
    NORDLYS_TRY(arena);
    frame->m_arena = std::move(*arena);
    std::memset(frame->m_arena.data(), 0, frame->m_arena.size());
    frame->m_external.assign(program.tensors.size(), nullptr);
    frame->m_externalUses.resize(program.tensors.size());
    frame->m_values.resize(program.tensors.size());
    frame->m_release = lastUses(program);
    frame->m_inference.resize(program.steps.size());
    frame->m_children.resize(program.steps.size());
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        const ProgramStep &step = program.steps[s];
        StepPointers pointers;
        pointers.inputs.assign(std::max(step.inputs.size(), KernelRun::minPointers), nullptr);
        pointers.outputs.assign(std::max(step.outputs.size(), KernelRun::minPointers), nullptr);
        for (std::size_t i = 0; i < step.inputs.size(); ++i) {
            const int in = step.inputs[i];
            if (in < 0 || !program.tensor(in).isFixed())
                continue;
            if (program.tensor(in).storage == Storage::External)
                frame->m_externalUses[static_cast<std::size_t>(in)].push_back({s, i});
            else
                pointers.inputs[i] = frame->readAddress(in);
        }
        for (std::size_t i = 0; i < step.outputs.size(); ++i) {
            if (step.outputs[i] >= 0 && program.tensor(step.outputs[i]).isFixed())
                pointers.outputs[i] = frame->address(step.outputs[i]);
        }
        frame->m_pointers.push_back(std::move(pointers));
        frame->m_children[s].resize(step.bodies.size());
    }
    return frame;
}

const std::byte *Frame::readAddress(int tensor)
{
    const ProgramTensor &t = m_program.tensor(tensor);
    switch (t.storage) {
    case Storage::Constant: return t.constant.bytes.data();
    case Storage::External: return m_external[static_cast<std::size_t>(tensor)];
    default: return address(tensor);
    }
}

void Frame::setExternal(int tensor, const std::byte *data)
{
    m_external[static_cast<std::size_t>(tensor)] = data;
    for (const ExternalUse &use : m_externalUses[static_cast<std::size_t>(tensor)])
        m_pointers[use.step].inputs[use.input] = data;
}

void Frame::setValue(int tensor, Value value)
{
    Value &place = m_values[static_cast<std::size_t>(tensor)];
    m_shared.valueBytes -= std::min(m_shared.valueBytes, bytesOf(place));
    m_shared.valueBytes += bytesOf(value);
    place = std::move(value);
}

core::Expected<Value> Frame::valueOf(int tensor)
{
    const ProgramTensor &t = m_program.tensor(tensor);
    if (!t.isFixed())
        return m_values[static_cast<std::size_t>(tensor)];
    auto host = core::HostTensor::create(t.dtype, t.dims);
    NORDLYS_TRY(host);
    if (t.bytes > 0)
        std::memcpy(host->bytes().data(), readAddress(tensor), t.bytes);
    return Value::ofTensor(std::move(*host));
}

void Frame::clearValues()
{
    for (std::size_t t = 0; t < m_values.size(); ++t) {
        if (!m_values[t].isNothing())
            setValue(static_cast<int>(t), Value());
    }
}

void Frame::releaseAfter(std::size_t index)
{
    for (const int tensor : m_release[index])
        setValue(tensor, Value());
}

core::Error Frame::broken(const ProgramStep &step, std::string why) const
{
    return core::badInput("node " + step.name + " (" + step.op + ")", std::move(why));
}

core::Expected<void> Frame::runAll()
{
    for (std::size_t i = 0; i < m_program.steps.size(); ++i) {
        if (m_shared.stop.stop_requested())
            return core::interrupted("running the model");
        NORDLYS_TRY(runStep(i));
        releaseAfter(i);
    }
    return {};
}

core::Expected<void> Frame::runStep(std::size_t index)
{
    const BoundStep &step = m_steps[index];
    if (!step.bodies.empty())
        return runControl(index);
    if (step.late)
        return runLate(index);
    StepPointers &pointers = m_pointers[index];
    if (const KernelStatus status = step.kernel.run({pointers.inputs.data(), pointers.outputs.data(), m_shared.scratch.data(), m_shared.pool.get()}))
        return broken(m_program.steps[index], status);
    for (const auto &quantizer : step.quantizers)
        quantizer.apply(reinterpret_cast<float *>(pointers.outputs[quantizer.output]), *m_shared.pool);
    return {};
}

core::Expected<void> Frame::runLate(std::size_t index)
{
    const ProgramStep &step = m_program.steps[index];
    // A value of any kind passes; nothing is copied.
    if (step.op == "Identity" && step.domain.empty() && step.inputs.size() == 1 && step.inputs[0] >= 0 && !m_program.tensor(step.inputs[0]).isFixed()) {
        NORDLYS_TRY(storeValue(index, 0, m_values[static_cast<std::size_t>(step.inputs[0])]));
        return quantizeLate(step);
    }
    KernelCall call;
    call.node = step.name;
    call.op = step.op;
    call.domain = step.domain;
    call.opset = step.opset;
    call.attributes = &step.attributes;
    const bool onValues = findValueKernel(step.domain, step.op, step.opset) != nullptr;
    std::vector<Value> values;
    for (const int in : step.inputs) {
        Value value;
        if (in >= 0 && (onValues || !m_program.tensor(in).isFixed())) {
            auto found = valueOf(in);
            NORDLYS_TRY(found);
            value = std::move(*found);
        }
        if (in < 0)
            call.inputs.emplace_back();
        else if (m_program.tensor(in).isFixed() && !onValues) {
            call.inputs.push_back(m_program.tensor(in).desc());
            call.inputs.back().constant = readAddress(in);
        } else
            call.inputs.push_back(descOf(value));
        values.push_back(std::move(value));
    }
    std::vector<CallOutput> places;
    for (const int out : step.outputs) {
        CallOutput place;
        place.wanted = out >= 0;
        if (out >= 0) {
            const ProgramTensor &tensor = m_program.tensor(out);
            place.dtype = tensor.dtype;
            place.channelsLast = tensor.channelsLast;
            if (tensor.isFixed()) {
                place.place = address(out);
                place.dims = tensor.dims;
            }
        }
        places.push_back(std::move(place));
    }
    auto &inference = m_inference[index];
    if (inference == nullptr)
        inference = std::make_unique<CallInference>(step.name, step.op, step.domain, step.opset, step.attributes, step.inputs.size(), step.outputs.size());
    const std::uint64_t left = m_shared.valueBudgetBytes - std::min(m_shared.valueBudgetBytes, m_shared.valueBytes);
    auto results = evaluateCall(call, values, places, *inference, {*m_shared.pool, m_shared.stop, left, m_shared.lateScratch});
    NORDLYS_TRY(results);
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i].wanted && places[i].place == nullptr)
            setValue(step.outputs[i], std::move((*results)[i]));
    }
    return quantizeLate(step);
}

core::Expected<void> Frame::quantizeLate(const ProgramStep &step)
{
    for (std::size_t i = 0; i < step.quantizers.size() && i < step.outputs.size(); ++i) {
        const int out = step.outputs[i];
        if (!step.quantizers[i] || out < 0)
            continue;
        ProgramTensor tensor = m_program.tensor(out);
        const bool fixed = tensor.isFixed();
        core::HostTensor copy;
        if (!fixed) {
            const Value &value = m_values[static_cast<std::size_t>(out)];
            if (!value.isTensor())
                continue;
            copy = value.tensor();
            tensor.dtype = copy.dtype();
            tensor.dims = copy.dims();
            tensor.bytes = copy.bytes().size();
        }
        auto quantizer = bindQuantizer(tensor, *step.quantizers[i]);
        NORDLYS_TRY(quantizer);
        if (*quantizer)
            (*quantizer)(reinterpret_cast<float *>(fixed ? address(out) : copy.bytes().data()), *m_shared.pool);
        if (!fixed)
            setValue(out, Value::ofTensor(std::move(copy)));
    }
    return {};
}

core::Expected<void> Frame::storeValue(std::size_t step, std::size_t output, Value value)
{
    const ProgramStep &source = m_program.steps[step];
    const int out = output < source.outputs.size() ? source.outputs[output] : -1;
    if (out < 0)
        return {};
    const ProgramTensor &tensor = m_program.tensor(out);
    if (!tensor.isFixed()) {
        setValue(out, std::move(value));
        return {};
    }
    if (!value.isTensor() || value.tensor().dims() != tensor.dims || value.tensor().dtype() != tensor.dtype)
        return broken(source, "output " + std::to_string(output) + " is not the planned " + std::string(core::nameOf(tensor.dtype)) + " " + core::shapeText(tensor.dims));
    std::copy(value.tensor().bytes().begin(), value.tensor().bytes().end(), address(out));
    return {};
}

} // namespace nordlys::runtime
