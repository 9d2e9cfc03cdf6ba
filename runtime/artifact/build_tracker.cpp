// SPDX-License-Identifier: Apache-2.0
#include "build_tracker.h"

namespace nordlys::runtime {

namespace {

constexpr auto kInterval = std::chrono::milliseconds(50);

std::int64_t nsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

std::string_view nameOf(BuildStep step)
{
    switch (step) {
    case BuildStep::Check: return "check";
    case BuildStep::Plan: return "plan";
    case BuildStep::Hash: return "hash";
    case BuildStep::Contexts: return "contexts";
    case BuildStep::Describe: return "describe";
    case BuildStep::Commit: return "commit";
    }
    return "check";
}

std::string_view nameOf(BuildSeverity severity)
{
    switch (severity) {
    case BuildSeverity::Info: return "info";
    case BuildSeverity::Warning: return "warning";
    case BuildSeverity::Error: return "error";
    }
    return "info";
}

BuildTracker::BuildTracker(const BuildObserver &observer, const core::JobContext &job, const core::Graph &graph)
    : m_observer(observer), m_job(job), m_graph(graph)
{
}

core::Expected<void> BuildTracker::begin(BuildStep step)
{
    if (m_job.stopRequested())
        return core::interrupted("building");
    end(BuildProgress::State::Done);
    m_step = step;
    m_stepStart = m_lastReport = Clock::now();
    m_done = m_total = 0;
    m_job.report(static_cast<std::uint64_t>(step), kBuildSteps.size(), nameOf(step));
    emitProgress(BuildProgress::State::Running);
    return {};
}

void BuildTracker::report(std::uint64_t done, std::uint64_t total)
{
    m_done = done;
    m_total = total;
    const auto now = Clock::now();
    if (now - m_lastReport < kInterval)
        return;
    m_lastReport = now;
    emitProgress(BuildProgress::State::Running);
}

void BuildTracker::say(BuildSeverity severity, std::string text, std::string node, std::string tensor)
{
    if (m_observer.message)
        m_observer.message({severity, m_step.value_or(BuildStep::Check), std::move(text), std::move(node), std::move(tensor), nsSince(m_start)});
}

void BuildTracker::finish()
{
    end(BuildProgress::State::Done);
    m_job.report(kBuildSteps.size(), kBuildSteps.size(), "built");
}

void BuildTracker::fail(const core::Error &error)
{
    const bool cancelled = error.code == core::ErrorCode::Interrupted;
    if (!cancelled) {
        BuildSubject subject = subjectOf(error, m_graph);
        say(BuildSeverity::Error, error.text(), std::move(subject.node), std::move(subject.tensor));
    }
    end(cancelled ? BuildProgress::State::Cancelled : BuildProgress::State::Failed);
}

core::JobContext BuildTracker::jobOfStep()
{
    return {m_job.stop, [this](std::uint64_t done, std::uint64_t total, std::string_view) { report(done, total); }};
}

void BuildTracker::end(BuildProgress::State state)
{
    if (!m_step)
        return;
    if (state == BuildProgress::State::Done)
        m_done = m_total;
    emitProgress(state);
    m_step.reset();
}

void BuildTracker::emitProgress(BuildProgress::State state)
{
    if (m_observer.progress)
        m_observer.progress({*m_step, state, m_done, m_total, nsSince(m_stepStart)});
}

BuildSubject subjectOf(const core::Error &error, const core::Graph &graph)
{
    for (const std::string_view prefix : {"tensor ", "encoding of ", "weight "}) {
        if (!error.what.starts_with(prefix))
            continue;
        const core::TensorId tensor = graph.findTensor(std::string_view(error.what).substr(prefix.size()));
        if (!tensor.isValid())
            continue;
        const core::Tensor &found = graph.tensor(tensor);
        const core::NodeId node = found.producer.isValid() || found.consumers.empty() ? found.producer : found.consumers.front();
        return {node.isValid() ? std::string(graph.nameOf(node)) : std::string(), std::string(graph.nameOf(tensor))};
    }
    for (const std::string_view prefix : {"step ", "node ", ""}) {
        if (!error.what.starts_with(prefix))
            continue;
        if (const core::NodeId node = graph.findNode(std::string_view(error.what).substr(prefix.size())); node.isValid())
            return {std::string(graph.nameOf(node)), {}};
    }
    return {};
}

} // namespace nordlys::runtime
