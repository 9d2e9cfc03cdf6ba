// SPDX-License-Identifier: GPL-3.0-or-later
#include "live_metrics.h"

#include "quantizer.h"
#include "text.h"

#include <core/inputs/sample_set.h>

#include <unistd.h>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr int kSamples = 8;
constexpr int kFeedMs = 33; // 30 updates a second
// A drag makes edits faster than a large model answers. What runs is given this long before a newer edit overtakes it, so that numbers come
// while the handle moves.
constexpr int kOvertakeMs = 300;
constexpr std::uint64_t kMostMemory = std::uint64_t(1) << 30;

// What is kept between edits must not push the rest of the desktop out.
std::uint64_t memoryBound()
{
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
    if (pages <= 0 || size <= 0)
        return kMostMemory / 2;
    return std::min(kMostMemory, static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size) / 4);
}

// Labels of which none belongs to the samples in use would be an error in each evaluation.
bool labelsAny(const core::LabelSet &labels, const core::SampleSet &samples, std::size_t count)
{
    for (std::size_t i = 0; i < std::min(count, samples.size()); ++i) {
        const auto path = samples.path(i);
        if (!path.empty() && labels.classOf(path))
            return true;
    }
    return false;
}

} // namespace

LiveMetrics::LiveMetrics(Workspace &workspace)
    : QObject(&workspace), m_workspace(workspace), m_sampleCount(kSamples), m_opening(tr("Opening samples"), nullptr)
{
    m_overtake.setSingleShot(true);
    connect(&m_overtake, &QTimer::timeout, this, &LiveMetrics::applyNow);
    connect(&m_workspace, &Workspace::editsChanged, this, &LiveMetrics::takeEdits);
    connect(&m_workspace, &Workspace::documentChanged, this, &LiveMetrics::restart);
    connect(&m_workspace, &Workspace::inputsChanged, this, [this] {
        if (m_document && m_document == m_workspace.document() && !(m_source == source()))
            restart();
    });
    connect(&m_workspace, &Workspace::evaluationChanged, this, [this] {
        if (!m_latest)
            Q_EMIT metricsChanged();
    });
}

LiveMetrics::~LiveMetrics() { closeRunner(); }

void LiveMetrics::forget()
{
    m_opening.drop();
    closeRunner();
    m_preview.reset();
    m_document.reset();
    m_base = {};
    m_source = {};
    m_latest = m_committed = m_before = m_beforePreview = nullptr;
    m_partial.clear();
    m_state = State::Idle;
    m_whyNot.clear();
}

// The engine may be in the middle of a step; the window does not wait for it.
void LiveMetrics::closeRunner()
{
    if (m_feed)
        m_feed->close();
    m_feed.reset();
    m_overtake.stop();
    m_running = 0;
    m_waiting = false;
    if (!m_runner)
        return;
    m_runner->cancel();
    const auto box = std::make_shared<std::shared_ptr<runtime::WhatIfRunner>>(std::exchange(m_runner, nullptr));
    runOnThread([box] { box->reset(); });
}

void LiveMetrics::start()
{
    if (std::exchange(m_started, true))
        return;
    restart();
}

void LiveMetrics::setSampleCount(int samples)
{
    samples = std::max(1, samples);
    if (std::exchange(m_sampleCount, samples) != samples)
        restart();
}

LiveMetrics::Source LiveMetrics::source() const
{
    if (m_workspace.evaluationInputs().spec.isEmpty())
        return {m_workspace.calibrationInputs(), {}};
    return {m_workspace.evaluationInputs(), m_workspace.labelsPath()};
}

void LiveMetrics::setState(State state, const QString &whyNot)
{
    if (m_state == state && m_whyNot == whyNot)
        return;
    m_state = state;
    m_whyNot = whyNot;
    Q_EMIT stateChanged();
}

void LiveMetrics::restart()
{
    m_document = m_workspace.document();
    m_base = m_workspace.encodings();
    m_opening.drop();
    closeRunner();
    const bool hadNumbers = m_latest || !m_partial.empty();
    m_latest = m_committed = m_before = m_beforePreview = nullptr;
    m_partial.clear();
    if (hadNumbers)
        Q_EMIT metricsChanged();
    m_source = source();
    if (!m_document)
        return setState(State::NoSamples, tr("Open a model first."));
    if (m_source.inputs.spec.isEmpty())
        return setState(State::NoSamples, tr("There are no samples. Calibrate or evaluate to choose some."));
    if (!m_started)
        return setState(State::Idle);
    setState(State::Running);
    const auto wanted = static_cast<std::size_t>(m_sampleCount);
    m_opening.start(
        [document = m_document, source = m_source, wanted](const core::JobContext &) -> core::Expected<Engine> {
            auto samples = openSamples(source.inputs, document->graph());
            if (!samples)
                return std::move(samples.error());
            runtime::WhatIfOptions options;
            options.threads = workerThreads();
            options.maxSamples = wanted;
            options.memoryBytes = memoryBound();
            if (!source.labels.isEmpty()) {
                auto labels = core::LabelSet::read(toPath(source.labels));
                if (!labels)
                    return std::move(labels.error());
                if (labelsAny(*labels, *samples, wanted))
                    options.labels = std::move(*labels);
            }
            auto made = runtime::WhatIf::create(document->model, std::move(*samples), std::move(options));
            if (!made)
                return std::move(made.error());
            return Engine{std::move(*made)};
        },
        [this](core::Expected<Engine> engine) { takeEngine(std::move(engine)); });
}

void LiveMetrics::takeEngine(core::Expected<Engine> engine)
{
    if (!engine) {
        if (engine.error().code != core::ErrorCode::Interrupted)
            setState(State::Failed, toQString(engine.error().text()));
        return;
    }
    m_feed = Feed<Event>::create(kFeedMs, [this](std::vector<Event> events) { receive(std::move(events)); });
    runtime::WhatIfRunner::Callbacks callbacks;
    callbacks.tensor = [feed = m_feed](runtime::WhatIfRunner::EditId edit, const runtime::WhatIfTensor &metrics) {
        feed->add({edit, metrics.error, nullptr});
    };
    callbacks.finished = [feed = m_feed](runtime::WhatIfRunner::EditId edit, core::Expected<runtime::WhatIfResult> result) {
        feed->add({edit, std::nullopt, std::make_shared<core::Expected<runtime::WhatIfResult>>(std::move(result))});
    };
    m_runner = std::make_shared<runtime::WhatIfRunner>(std::move(engine->whatIf), core::EncodingSet(), std::move(callbacks));
    submit();
}

void LiveMetrics::submit()
{
    if (!m_runner)
        return;
    if (encodings().empty()) {
        m_runner->cancel();
        m_overtake.stop();
        m_running = 0;
        m_waiting = false;
        m_latest = m_committed = m_before = nullptr;
        m_partial.clear();
        setState(State::Idle);
        Q_EMIT metricsChanged();
        return;
    }
    setState(State::Running);
    if (m_running == 0)
        return applyNow();
    m_waiting = true;
    if (!m_overtake.isActive())
        m_overtake.start(static_cast<int>(std::max<qint64>(0, kOvertakeMs - m_clock.elapsed())));
}

void LiveMetrics::applyNow()
{
    m_overtake.stop();
    m_waiting = false;
    m_clock.start();
    m_runningBase = m_preview ? 0 : m_baseNumber;
    m_running = m_runner->apply(encodings());
}

void LiveMetrics::receive(std::vector<Event> events)
{
    bool changed = false;
    for (Event &event : events) {
        // What an edit that was overtaken has measured counts: the engine does not take it again.
        if (m_running == 0 || event.edit > m_running || (!event.tensor && event.edit != m_running))
            continue;
        if (event.tensor) {
            std::string name = event.tensor->name;
            m_partial.insert_or_assign(std::move(name), std::move(*event.tensor));
            changed = true;
            continue;
        }
        m_running = 0;
        m_overtake.stop();
        core::Expected<runtime::WhatIfResult> &result = *event.finished;
        if (!result) {
            if (!m_waiting && result.error().code != core::ErrorCode::Interrupted)
                setState(State::Failed, toQString(result.error().text()));
        } else {
            auto snapshot = std::make_shared<Snapshot>();
            snapshot->result = std::move(*result);
            for (const auto *tensors : {&snapshot->result.evaluation.weights, &snapshot->result.evaluation.tensors}) {
                for (const runtime::TensorError &tensor : *tensors)
                    snapshot->index.insert_or_assign(tensor.name, &tensor);
            }
            m_latest = std::move(snapshot);
            m_partial.clear();
            if (m_runningBase == m_baseNumber) {
                m_committed = m_latest;
                if (m_preview)
                    m_before = m_committed;
            }
            if (!m_waiting)
                setState(State::Current);
            changed = true;
        }
        if (m_waiting)
            applyNow();
    }
    if (changed)
        Q_EMIT metricsChanged();
}

void LiveMetrics::takeEdits()
{
    // A document that is just being replaced announces its edits first; restart() follows.
    if (!m_document || m_document != m_workspace.document() || m_committing)
        return;
    const bool ended = std::exchange(m_preview, std::nullopt).has_value();
    if (!ended && m_base == m_workspace.encodings())
        return;
    m_base = m_workspace.encodings();
    ++m_baseNumber;
    if (m_committed)
        m_before = std::exchange(m_committed, nullptr);
    else if (ended)
        m_before = m_beforePreview;
    m_beforePreview = nullptr;
    submit();
    Q_EMIT encodingsShown();
}

core::Expected<void> LiveMetrics::preview(const core::Change &change)
{
    core::EditState wanted = m_workspace.edits();
    if (auto applied = core::applyChange(wanted, change); !applied)
        return std::move(applied.error());
    const bool differs = !(wanted == edits());
    if (!m_preview) {
        m_beforePreview = m_before;
        if (m_committed)
            m_before = m_committed;
    }
    m_preview = std::move(wanted);
    m_previewed = change;
    if (!differs)
        return {};
    submit();
    Q_EMIT encodingsShown();
    return {};
}

void LiveMetrics::endPreview()
{
    if (!m_preview)
        return;
    const bool differs = !(m_preview->encodings == m_workspace.encodings());
    m_preview.reset();
    m_before = std::exchange(m_beforePreview, nullptr);
    if (m_committed && m_runner) {
        // Its numbers are still here.
        m_runner->cancel();
        m_overtake.stop();
        m_running = 0;
        m_waiting = false;
        m_latest = m_committed;
        m_partial.clear();
        setState(State::Current);
        Q_EMIT metricsChanged();
    } else if (differs) {
        submit();
    }
    Q_EMIT encodingsShown();
}

core::Expected<void> LiveMetrics::commitPreview(const QString &title)
{
    if (!m_preview || *m_preview == m_workspace.edits()) {
        endPreview();
        return {};
    }
    const core::EditState shown = std::move(*m_preview);
    m_preview.reset();
    // What runs or ran for the preview is what the edit needs.
    m_committing = true;
    auto applied = m_workspace.history().apply(m_previewed, title);
    m_committing = false;
    if (!applied) {
        m_preview = shown;
        endPreview();
        return applied;
    }
    m_base = m_workspace.encodings();
    ++m_baseNumber;
    m_runningBase = m_baseNumber; // if it still runs
    m_beforePreview = nullptr;
    m_committed = m_state == State::Current ? m_latest : nullptr;
    Q_EMIT encodingsShown();
    return {};
}

const runtime::TensorError *LiveMetrics::findIn(const Snapshot *snapshot, std::string_view tensor) const
{
    if (!snapshot)
        return nullptr;
    const auto found = snapshot->index.find(tensor);
    return found == snapshot->index.end() ? nullptr : found->second;
}

const EvaluationState *LiveMetrics::fallback() const
{
    const auto &evaluated = m_workspace.evaluation();
    return evaluated && !m_preview && evaluated->edits.encodings == m_workspace.encodings() ? &*evaluated : nullptr;
}

const runtime::TensorError *LiveMetrics::find(std::string_view tensor) const
{
    if (const auto found = m_partial.find(tensor); found != m_partial.end())
        return &found->second;
    if (m_latest)
        return findIn(m_latest.get(), tensor);
    const EvaluationState *evaluated = fallback();
    return evaluated ? evaluated->find(tensor) : nullptr;
}

const runtime::TensorError *LiveMetrics::before(std::string_view tensor) const { return findIn(m_before.get(), tensor); }

const runtime::Evaluation *LiveMetrics::evaluation() const
{
    if (m_latest)
        return &m_latest->result.evaluation;
    const EvaluationState *evaluated = fallback();
    return evaluated ? &evaluated->result : nullptr;
}

const runtime::Evaluation *LiveMetrics::evaluationBefore() const { return m_before ? &m_before->result.evaluation : nullptr; }

const runtime::WhatIfResult *LiveMetrics::result() const { return m_latest ? &m_latest->result : nullptr; }

} // namespace nordlys::studio
