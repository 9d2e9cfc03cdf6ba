// SPDX-License-Identifier: Apache-2.0
#include "segmented_session.h"

#include <runtime/base/thread_pool.h>

#include <chrono>
#include <cstring>

namespace nordlys::runtime {

namespace {

std::int64_t nowNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void copyBytes(std::span<const std::byte> from, std::span<std::byte> to)
{
    if (!from.empty())
        std::memcpy(to.data(), from.data(), from.size());
}

} // namespace

core::Expected<std::unique_ptr<SegmentedSession>> SegmentedSession::create(std::shared_ptr<const SegmentedPlan> plan, int threads)
{
    auto result = std::unique_ptr<SegmentedSession>(new SegmentedSession);
    result->m_plan = std::move(plan);
    const SegmentedPlan &segmented = *result->m_plan;
    const auto pool = std::make_shared<ThreadPool>(threads);
    for (const PlanSegment &segment : segmented.segments()) {
        auto session = Session::create(segment.plan, pool);
        NORDLYS_TRY(session);
        result->m_parts.push_back({std::move(*session), {}, {}});
    }
    for (std::size_t s = 0; s < result->m_parts.size(); ++s) {
        Part &part = result->m_parts[s];
        const auto &sources = segmented.sourcesOf(s);
        for (std::size_t i = 0; i < sources.size(); ++i) {
            if (sources[i].segment)
                part.copies.push_back({result->m_parts[*sources[i].segment].session->outputBytes(sources[i].port), part.session->inputBytes(i)});
            else
                part.inputs.emplace_back(sources[i].port, i);
        }
    }
    result->m_times.resize(segmented.layers().size());
    return result;
}

core::Expected<void> SegmentedSession::run(std::span<const core::HostTensor> inputs, const std::stop_token &stop)
{
    NORDLYS_TRY(checkInputs(m_plan->inputs(), inputs));
    for (Part &part : m_parts) {
        for (const auto &[from, to] : part.inputs)
            copyBytes(inputs[from].bytes(), part.session->inputBytes(to));
    }
    m_startNs = nowNs();
    std::size_t layer = 0;
    for (Part &part : m_parts) {
        for (const Copy &copy : part.copies) {
            const std::int64_t before = m_timersEnabled ? nowNs() : 0;
            copyBytes(copy.from, copy.to);
            if (m_timersEnabled)
                m_times[layer] = {before - m_startNs, nowNs() - before};
            ++layer;
        }
        NORDLYS_TRY(part.session->runPrepared({}, stop));
        const std::int64_t begin = part.session->lastRunStartNs() - m_startNs;
        for (const Session::StepTime &time : part.session->stepTimes())
            m_times[layer++] = {begin + time.offsetNs, time.durationNs};
    }
    m_durationNs = nowNs() - m_startNs;
    return {};
}

core::Expected<core::HostTensor> SegmentedSession::output(std::size_t index) const
{
    if (index >= m_plan->outputs().size())
        return core::usageError("output " + std::to_string(index), "the model has " + std::to_string(m_plan->outputs().size()) + " outputs");
    const PortSource &source = m_plan->outputSource(index);
    return m_parts[*source.segment].session->output(source.port);
}

void SegmentedSession::setTimersEnabled(bool enabled)
{
    m_timersEnabled = enabled;
    for (Part &part : m_parts)
        part.session->setTimersEnabled(enabled);
}

void SegmentedSession::delayLayer(std::size_t layer, std::int64_t extraNs)
{
    std::size_t first = 0;
    for (Part &part : m_parts) {
        first += part.copies.size();
        const std::size_t steps = part.session->stepTimes().size();
        if (layer >= first && layer < first + steps)
            part.session->delayStep(layer - first, extraNs);
        first += steps;
    }
}

} // namespace nordlys::runtime
