// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <runtime/base/aligned_buffer.h>
#include <runtime/base/thread_pool.h>
#include <runtime/plan/plan_data.h>

#include <algorithm>
#include <chrono>
#include <cstring>

namespace nordlys::runtime {

namespace {

std::int64_t nowNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

core::Expected<core::HostTensor> TensorView::toHost() const
{
    auto host = core::HostTensor::create(dtype, *dims);
    NORDLYS_TRY(host);
    const std::size_t size = elementSize(dtype);
    if (host->bytes().size() != elementCount * size)
        return core::internalError("tensor " + std::string(name), "its size differs from its shape");
    if (!channelsLast || dims->size() != 4) {
        if (elementCount > 0)
            std::memcpy(host->bytes().data(), data, elementCount * size);
        return host;
    }
    const auto pixels = static_cast<std::size_t>((*dims)[2] * (*dims)[3]), channels = static_cast<std::size_t>((*dims)[1]);
    std::byte *to = host->bytes().data();
    for (std::size_t n = 0; n < static_cast<std::size_t>((*dims)[0]); ++n) {
        for (std::size_t c = 0; c < channels; ++c) {
            for (std::size_t p = 0; p < pixels; ++p, to += size)
                std::memcpy(to, data + ((n * pixels + p) * channels + c) * size, size);
        }
    }
    return host;
}

struct Session::State {
    std::shared_ptr<const Plan> plan;
    std::shared_ptr<ThreadPool> pool;
    AlignedBuffer arena, scratch;
    struct StepPointers {
        std::vector<const std::byte *> inputs;
        std::vector<std::byte *> outputs;
    };
    std::vector<StepPointers> pointers;
    std::vector<StepTime> times;
    std::vector<std::int64_t> delaysNs;
    std::int64_t startNs = 0, durationNs = 0;
    bool timersEnabled = true, hasRun = false;
    std::vector<bool> inputHasStep; ///< a step rewrites this input in place before anybody reads it

    [[nodiscard]] const Program &program() const { return plan->data().program; }
    [[nodiscard]] std::byte *address(int tensor)
    {
        return arena.data() + program().tensor(tensor).arenaOffset;
    }
    [[nodiscard]] const std::byte *readAddress(int tensor)
    {
        const ProgramTensor &t = program().tensor(tensor);
        return t.storage == Storage::Constant ? t.constant.bytes.data() : address(tensor);
    }
    [[nodiscard]] TensorView view(int tensor)
    {
        const ProgramTensor &t = program().tensor(tensor);
        return {t.name, t.dtype, &t.dims, readAddress(tensor), t.bytes / elementSize(t.dtype), t.channelsLast};
    }
};

Session::Session(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Session::~Session() = default;

core::Expected<std::unique_ptr<Session>> Session::create(std::shared_ptr<const Plan> plan, int threads)
{
    return create(std::move(plan), std::make_shared<ThreadPool>(threads));
}

core::Expected<std::unique_ptr<Session>> Session::create(std::shared_ptr<const Plan> plan, std::shared_ptr<ThreadPool> pool)
{
    auto state = std::make_unique<State>();
    state->plan = std::move(plan);
    const Plan::Data &data = state->plan->data();
    const Program &program = data.program;
    state->pool = std::move(pool);
    // Never empty: tensors without elements point somewhere too.
    auto arena = AlignedBuffer::create(std::max<std::size_t>(program.arenaBytes, AlignedBuffer::alignment));
    NORDLYS_TRY(arena);
    state->arena = std::move(*arena);
    std::memset(state->arena.data(), 0, state->arena.size());
    std::size_t scratchBytes = AlignedBuffer::alignment;
    for (const BoundStep &step : data.steps) {
        if (step.kernel.scratchBytes)
            scratchBytes = std::max(scratchBytes, step.kernel.scratchBytes(state->pool->threads()));
    }
    auto scratch = AlignedBuffer::create(scratchBytes);
    NORDLYS_TRY(scratch);
    state->scratch = std::move(*scratch);
    for (const ProgramStep &step : program.steps) {
        State::StepPointers pointers;
        pointers.inputs.assign(std::max(step.inputs.size(), KernelRun::minPointers), nullptr);
        pointers.outputs.assign(std::max(step.outputs.size(), KernelRun::minPointers), nullptr);
        for (std::size_t i = 0; i < step.inputs.size(); ++i)
            pointers.inputs[i] = step.inputs[i] >= 0 ? state->readAddress(step.inputs[i]) : nullptr;
        for (std::size_t i = 0; i < step.outputs.size(); ++i)
            pointers.outputs[i] = step.outputs[i] >= 0 ? state->address(step.outputs[i]) : nullptr;
        state->pointers.push_back(std::move(pointers));
    }
    const std::vector<int> producers = program.producers();
    for (const int in : program.inputs)
        state->inputHasStep.push_back(producers[static_cast<std::size_t>(in)] >= 0);
    state->times.resize(program.steps.size());
    state->delaysNs.resize(program.steps.size(), 0);
    return std::unique_ptr<Session>(new Session(std::move(state)));
}

const Plan &Session::plan() const
{
    return *m_state->plan;
}

core::Expected<void> checkInputs(const std::vector<PortInfo> &ports, std::span<const core::HostTensor> inputs)
{
    if (inputs.size() != ports.size())
        return core::badInput("inputs", "the model has " + std::to_string(ports.size()) + " inputs, " + std::to_string(inputs.size()) + " were given");
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const PortInfo &port = ports[i];
        if (inputs[i].dtype() != port.dtype || inputs[i].dims() != port.dims)
            return core::badInput("input " + port.name,
                                  "it is " + std::string(core::nameOf(inputs[i].dtype())) + " " + core::shapeText(inputs[i].dims()) + ", the model wants "
                                      + std::string(core::nameOf(port.dtype)) + " " + core::shapeText(port.dims));
    }
    return {};
}

std::span<std::byte> Session::inputBytes(std::size_t index)
{
    const int tensor = m_state->program().inputs[index];
    return {m_state->address(tensor), m_state->program().tensor(tensor).bytes};
}

std::span<const std::byte> Session::outputBytes(std::size_t index) const
{
    const int tensor = m_state->program().outputs[index];
    return {m_state->readAddress(tensor), m_state->program().tensor(tensor).bytes};
}

core::Expected<void> Session::run(std::span<const core::HostTensor> inputs, const TensorObserver &observer, const std::stop_token &stop)
{
    m_state->hasRun = false;
    NORDLYS_TRY(checkInputs(m_state->plan->data().inputs, inputs));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i].bytes().empty())
            std::memcpy(inputBytes(i).data(), inputs[i].bytes().data(), inputs[i].bytes().size());
    }
    return runPrepared(observer, stop);
}

core::Expected<void> Session::runPrepared(const TensorObserver &observer, const std::stop_token &stop)
{
    State &s = *m_state;
    const Plan::Data &data = s.plan->data();
    const Program &program = data.program;
    s.hasRun = false;
    for (std::size_t i = 0; i < program.inputs.size() && observer; ++i) {
        if (!s.inputHasStep[i])
            observer(s.view(program.inputs[i]));
    }
    s.startNs = nowNs();
    for (std::size_t i = 0; i < data.steps.size(); ++i) {
        if (stop.stop_requested())
            return core::interrupted("running the model");
        const std::int64_t before = s.timersEnabled ? nowNs() : 0;
        const BoundStep &step = data.steps[i];
        const KernelStatus status = step.kernel.run({s.pointers[i].inputs.data(), s.pointers[i].outputs.data(), s.scratch.data(), s.pool.get()});
        if (status != nullptr)
            return core::badInput("node " + program.steps[i].name + " (" + program.steps[i].op + ")", status);
        for (const auto &quantizer : step.quantizers)
            quantizer.apply(reinterpret_cast<float *>(s.pointers[i].outputs[quantizer.output]), *s.pool);
        if (s.delaysNs[i] > 0) {
            for (const std::int64_t until = nowNs() + s.delaysNs[i]; nowNs() < until;) {
            }
        }
        if (s.timersEnabled)
            s.times[i] = {before - s.startNs, nowNs() - before};
        if (observer) {
            for (const int out : program.steps[i].outputs) {
                if (out >= 0 && program.tensor(out).fromSource)
                    observer(s.view(out));
            }
        }
    }
    s.durationNs = nowNs() - s.startNs;
    s.hasRun = true;
    return {};
}

core::Expected<core::HostTensor> Session::output(std::size_t index) const
{
    State &s = *m_state;
    const Program &program = s.program();
    if (index >= program.outputs.size())
        return core::usageError("output " + std::to_string(index), "the model has " + std::to_string(program.outputs.size()) + " outputs");
    if (!s.hasRun)
        return core::usageError("output " + std::to_string(index), "no run was completed");
    return s.view(program.outputs[index]).toHost();
}

core::Expected<void> checkInputs(const std::vector<PortInfo> &ports, std::span<const Value> inputs)
{
    if (inputs.size() != ports.size())
        return core::badInput("inputs", "the model has " + std::to_string(ports.size()) + " inputs, " + std::to_string(inputs.size()) + " were given");
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i].isTensor())
            return core::badInput("input " + ports[i].name, "it is no tensor");
        if (inputs[i].tensor().dtype() != ports[i].dtype || inputs[i].tensor().dims() != ports[i].dims)
            return core::badInput("input " + ports[i].name, "it has another type or shape");
    }
    return {};
}

core::Expected<void> Session::runValues(std::span<const Value> inputs, const TensorObserver &observer, const std::stop_token &stop)
{
    NORDLYS_TRY(checkInputs(m_state->plan->data().inputs, inputs));
    std::vector<core::HostTensor> tensors;
    for (const Value &input : inputs)
        tensors.push_back(input.tensor());
    return run(tensors, observer, stop);
}

core::Expected<Value> Session::outputValue(std::size_t index) const
{
    auto tensor = output(index);
    NORDLYS_TRY(tensor);
    return Value::ofTensor(std::move(*tensor));
}

std::span<const Session::StepTime> Session::stepTimes() const
{
    return m_state->times;
}
std::int64_t Session::lastRunNs() const
{
    return m_state->durationNs;
}
std::int64_t Session::lastRunStartNs() const
{
    return m_state->startNs;
}
void Session::setTimersEnabled(bool enabled)
{
    m_state->timersEnabled = enabled;
}
void Session::delayStep(std::size_t step, std::int64_t extraNs)
{
    if (step < m_state->delaysNs.size())
        m_state->delaysNs[step] = extraNs;
}

} // namespace nordlys::runtime
