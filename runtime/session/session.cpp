// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include "frame.h"

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
    if (host->elementCount() != elementCount)
        return core::internalError("tensor " + std::string(name), "its size differs from its shape");
    if (!channelsLast || dims->size() != 4 || isPacked(dtype)) {
        if (elementCount > 0)
            std::memcpy(host->bytes().data(), data, host->bytes().size());
        return host;
    }
    const std::size_t size = elementSize(dtype);
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
    FrameShared shared;
    std::unique_ptr<Frame> frame;
    std::vector<StepTime> times;
    std::vector<std::int64_t> delaysNs;
    std::int64_t startNs = 0, durationNs = 0;
    bool timersEnabled = true, hasRun = false;
    std::vector<bool> inputHasStep; ///< a step rewrites this input in place before anybody reads it

    [[nodiscard]] const Program &program() const { return plan->data().program; }
    /// Nothing for what is no tensor.
    [[nodiscard]] std::optional<TensorView> view(int tensor)
    {
        const ProgramTensor &t = program().tensor(tensor);
        if (t.isFixed())
            return TensorView{t.name, t.dtype, &t.dims, frame->readAddress(tensor), static_cast<std::size_t>(t.desc().elementCount()), t.channelsLast};
        const Value &value = frame->value(tensor);
        if (!value.isTensor())
            return std::nullopt;
        const core::HostTensor &host = value.tensor();
        return TensorView{t.name, host.dtype(), &host.dims(), host.bytes().data(), host.elementCount(), false};
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
    state->shared.pool = std::move(pool);
    state->shared.valueBudgetBytes = data.valueBudgetBytes;
    state->shared.maxLoopIterations = data.maxLoopIterations;
    auto scratch = AlignedBuffer::create(std::max(AlignedBuffer::alignment, scratchBytesOf(data.steps, state->shared.pool->threads())));
    NORDLYS_TRY(scratch);
    state->shared.scratch = std::move(*scratch);
    auto frame = Frame::create(program, data.steps, state->shared);
    NORDLYS_TRY(frame);
    state->frame = std::move(*frame);
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

namespace {

core::Expected<void> checkTensor(const PortInfo &port, const core::HostTensor &input)
{
    if (port.kind == core::ValueKind::Sequence || port.kind == core::ValueKind::OptionalSequence)
        return core::badInput("input " + port.name, "it is a tensor, the model wants a sequence");
    const bool typeFits = input.dtype() == port.dtype || (!port.isFixed && port.dtype == core::DType::Undefined);
    if (!typeFits || (port.isFixed && input.dims() != port.dims))
        return core::badInput("input " + port.name,
                              "it is " + std::string(core::nameOf(input.dtype())) + " " + core::shapeText(input.dims()) + ", the model wants "
                                  + std::string(core::nameOf(port.dtype)) + (port.isFixed ? " " + core::shapeText(port.dims) : std::string()));
    return {};
}

core::Expected<void> checkCount(const std::vector<PortInfo> &ports, std::size_t count)
{
    if (count != ports.size())
        return core::badInput("inputs", "the model has " + std::to_string(ports.size()) + " inputs, " + std::to_string(count) + " were given");
    return {};
}

} // namespace

core::Expected<void> checkInputs(const std::vector<PortInfo> &ports, std::span<const core::HostTensor> inputs)
{
    NORDLYS_TRY(checkCount(ports, inputs.size()));
    for (std::size_t i = 0; i < inputs.size(); ++i)
        NORDLYS_TRY(checkTensor(ports[i], inputs[i]));
    return {};
}

core::Expected<void> checkInputs(const std::vector<PortInfo> &ports, std::span<const Value> inputs)
{
    NORDLYS_TRY(checkCount(ports, inputs.size()));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const bool mayBeNothing = ports[i].kind == core::ValueKind::OptionalTensor || ports[i].kind == core::ValueKind::OptionalSequence;
        if (inputs[i].isTensor())
            NORDLYS_TRY(checkTensor(ports[i], inputs[i].tensor()));
        else if (inputs[i].isNothing() ? !mayBeNothing : ports[i].isFixed || ports[i].kind == core::ValueKind::OptionalTensor)
            return core::badInput("input " + ports[i].name, inputs[i].isNothing() ? "it is missing" : "it is a sequence, the model wants a tensor");
    }
    return {};
}

std::span<std::byte> Session::inputBytes(std::size_t index)
{
    const int tensor = m_state->program().inputs[index];
    if (!m_state->program().tensor(tensor).isFixed())
        return {};
    return {m_state->frame->address(tensor), m_state->program().tensor(tensor).bytes};
}

std::span<const std::byte> Session::outputBytes(std::size_t index) const
{
    const int tensor = m_state->program().outputs[index];
    if (!m_state->program().tensor(tensor).isFixed())
        return {};
    return {m_state->frame->readAddress(tensor), m_state->program().tensor(tensor).bytes};
}

core::Expected<void> Session::run(std::span<const core::HostTensor> inputs, const TensorObserver &observer, const std::stop_token &stop)
{
    m_state->hasRun = false;
    NORDLYS_TRY(checkInputs(m_state->plan->data().inputs, inputs));
    m_state->frame->clearValues();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (const int tensor = m_state->program().inputs[i]; !m_state->program().tensor(tensor).isFixed())
            m_state->frame->setValue(tensor, Value::ofTensor(inputs[i]));
        else if (!inputs[i].bytes().empty())
            std::memcpy(inputBytes(i).data(), inputs[i].bytes().data(), inputs[i].bytes().size());
    }
    return runPrepared(observer, stop);
}

core::Expected<void> Session::runValues(std::span<const Value> inputs, const TensorObserver &observer, const std::stop_token &stop)
{
    m_state->hasRun = false;
    NORDLYS_TRY(checkInputs(m_state->plan->data().inputs, inputs));
    m_state->frame->clearValues();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (const int tensor = m_state->program().inputs[i]; !m_state->program().tensor(tensor).isFixed())
            m_state->frame->setValue(tensor, inputs[i]);
        else if (!inputs[i].tensor().bytes().empty())
            std::memcpy(inputBytes(i).data(), inputs[i].tensor().bytes().data(), inputs[i].tensor().bytes().size());
    }
    return runPrepared(observer, stop);
}

core::Expected<void> Session::runPrepared(const TensorObserver &observer, const std::stop_token &stop)
{
    State &s = *m_state;
    const Plan::Data &data = s.plan->data();
    const Program &program = data.program;
    s.hasRun = false;
    s.shared.stop = stop;
    // Steps whose kernels share their work out end in the middle; what they leave is not used.
    s.shared.pool->setStop(&s.shared.stop);
    struct Release { // the pool may outlive this session
        ThreadPool *pool;
        ~Release() { pool->setStop(nullptr); }
    } release{s.shared.pool.get()};
    const auto observe = [&](int tensor) {
        if (const auto view = s.view(tensor))
            observer(*view);
    };
    for (std::size_t i = 0; i < program.inputs.size() && observer; ++i) {
        if (!s.inputHasStep[i])
            observe(program.inputs[i]);
    }
    s.startNs = nowNs();
    for (std::size_t i = 0; i < data.steps.size(); ++i) {
        if (stop.stop_requested())
            return core::interrupted("running the model");
        const std::int64_t before = s.timersEnabled ? nowNs() : 0;
        NORDLYS_TRY(s.frame->runStep(i));
        if (s.delaysNs[i] > 0) {
            for (const std::int64_t until = nowNs() + s.delaysNs[i]; nowNs() < until;) {
            }
        }
        if (s.timersEnabled)
            s.times[i] = {before - s.startNs, nowNs() - before};
        if (observer) {
            for (const int out : program.steps[i].outputs) {
                if (out >= 0 && program.tensor(out).fromSource)
                    observe(out);
            }
        }
        s.frame->releaseAfter(i);
    }
    if (stop.stop_requested())
        return core::interrupted("running the model");
    s.durationNs = nowNs() - s.startNs;
    s.hasRun = true;
    return {};
}

core::Expected<core::HostTensor> Session::output(std::size_t index) const
{
    auto value = outputValue(index);
    NORDLYS_TRY(value);
    if (!value->isTensor())
        return core::notSupported("output " + m_state->program().outputNames[index], "it is no tensor");
    return value->tensor();
}

core::Expected<Value> Session::outputValue(std::size_t index) const
{
    State &s = *m_state;
    const Program &program = s.program();
    if (index >= program.outputs.size())
        return core::usageError("output " + std::to_string(index), "the model has " + std::to_string(program.outputs.size()) + " outputs");
    if (!s.hasRun)
        return core::usageError("output " + std::to_string(index), "no run was completed");
    if (!program.tensor(program.outputs[index]).isFixed())
        return s.frame->value(program.outputs[index]);
    auto host = s.view(program.outputs[index])->toHost();
    NORDLYS_TRY(host);
    return Value::ofTensor(std::move(*host));
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
