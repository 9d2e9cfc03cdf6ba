// SPDX-License-Identifier: GPL-3.0-or-later
#include "improver.h"

#include "counted.h"
#include "quantizer.h"
#include "text.h"

#include <algorithm>

namespace nordlys::studio {
namespace {

/// A metric with the labels that it looks at; lives as long as the measuring.
struct OpenMetric {
    runtime::MetricOptions options;
    std::optional<core::LabelSet> labels;

    static core::Expected<std::unique_ptr<OpenMetric>> open(const MetricRequest &request)
    {
        auto made = std::make_unique<OpenMetric>();
        made->options = request.options();
        const bool wantsLabels = request.kind == runtime::MetricKind::Accuracy || request.kind == runtime::MetricKind::Command;
        if (wantsLabels && !request.labels.isEmpty()) {
            auto read = core::LabelSet::read(toPath(request.labels));
            NORDLYS_TRY(read);
            made->labels = std::move(*read);
            made->options.labels = &*made->labels;
        }
        return made;
    }
};

/// Samples where the source names some; none else.
core::Expected<std::optional<core::SampleSet>> openOptional(const InputSource &source, const core::Graph &graph)
{
    if (source.spec.isEmpty())
        return std::optional<core::SampleSet>();
    auto opened = openSamples(source, graph);
    NORDLYS_TRY(opened);
    return std::optional<core::SampleSet>(std::move(*opened));
}

} // namespace

Improver::Improver(Workspace &workspace)
    : QObject(&workspace), m_workspace(workspace), m_sensitivityJob(tr("Measuring sensitivity"), nullptr),
      m_mixedJob(tr("Searching mixed precision"), nullptr), m_equalizeJob(tr("Equalizing"), nullptr), m_biasJob(tr("Correcting biases"), nullptr)
{
    connect(&m_workspace, &Workspace::documentChanged, this, &Improver::forget);
    connect(&m_workspace, &Workspace::editsChanged, this, [this] {
        for (const Tool tool : {SensitivityTool, MixedTool, BiasCorrectTool}) {
            if (m_made[tool])
                Q_EMIT changed(tool);
        }
    });
}

void Improver::forget()
{
    // Results of the old model mean nothing for a new one.
    m_sensitivity.reset();
    m_mixed.reset();
    m_equalized.reset();
    m_biasCorrected.reset();
    for (int tool = 0; tool < ToolCount; ++tool) {
        job(static_cast<Tool>(tool)).cancel();
        m_errors[tool].reset();
        m_made[tool].reset();
        Q_EMIT changed(tool);
    }
}

JobBase &Improver::job(Tool tool)
{
    switch (tool) {
    case SensitivityTool: return m_sensitivityJob;
    case MixedTool: return m_mixedJob;
    case EqualizeTool: return m_equalizeJob;
    default: break;
    }
    return m_biasJob;
}

int Improver::age(Tool tool) const
{
    // Equalization does not look at encodings.
    const auto &made = m_made[tool];
    return made && tool != EqualizeTool ? m_workspace.history().stepsSince(made->edits, made->undoIndex) : 0;
}

Improver::Made Improver::now() const { return {m_workspace.edits(), m_workspace.history().stack().index()}; }

void Improver::begin(Tool tool)
{
    m_errors[tool].reset();
    Q_EMIT changed(tool);
    Q_EMIT started(tool);
}

template <typename T>
bool Improver::accept(Tool tool, const std::shared_ptr<const Document> &document, const core::Expected<T> &outcome)
{
    if (document != m_workspace.document())
        return false;
    if (outcome)
        return true;
    if (outcome.error().code != core::ErrorCode::Interrupted)
        m_errors[tool] = outcome.error();
    Q_EMIT changed(tool);
    return false;
}

void Improver::measureSensitivity(const SensitivityRequest &request)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    begin(SensitivityTool);
    m_sensitivityJob.start(
        [document, request, encodings = m_workspace.encodings()](const core::JobContext &job) -> core::Expected<runtime::Sensitivity> {
            auto samples = openSamples(request.inputs, document->graph());
            NORDLYS_TRY(samples);
            auto metric = OpenMetric::open(request.metric);
            NORDLYS_TRY(metric);
            return runtime::measureSensitivity(document->model, *samples, {encodings, (*metric)->options, workerThreads()}, job);
        },
        [this, document, made = now(), kind = request.metric.kind](core::Expected<runtime::Sensitivity> outcome) {
            if (!accept(SensitivityTool, document, outcome))
                return;
            m_sensitivity = MeasuredSensitivity{std::move(*outcome), kind};
            m_made[SensitivityTool] = made;
            Q_EMIT changed(SensitivityTool);
        });
}

void Improver::searchMixed(const MixedRequest &request)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    begin(MixedTool);
    m_mixedJob.start(
        [document, request, encodings = m_workspace.encodings()](const core::JobContext &job) -> core::Expected<runtime::MixedResult> {
            auto samples = openSamples(request.inputs, document->graph());
            NORDLYS_TRY(samples);
            auto metric = OpenMetric::open(request.metric);
            NORDLYS_TRY(metric);
            runtime::MixedOptions options;
            options.encodings = encodings;
            options.metric = (*metric)->options;
            options.width = request.width;
            options.cost = request.cost;
            options.budgetPercent = request.budgetPercent;
            options.threads = workerThreads();
            return runtime::searchMixed(document->model, *samples, options, job);
        },
        [this, document, made = now(), request](core::Expected<runtime::MixedResult> outcome) {
            if (!accept(MixedTool, document, outcome))
                return;
            m_mixed = MeasuredMixed{std::move(*outcome), request, made.edits.encodings};
            m_made[MixedTool] = made;
            Q_EMIT changed(MixedTool);
        });
}

void Improver::equalize(const EqualizeRequest &request)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    begin(EqualizeTool);
    m_equalizeJob.start(
        [document, request](const core::JobContext &job) -> core::Expected<runtime::EqualizeReport> {
            auto samples = openOptional(request.absorbBias ? request.inputs : InputSource(), document->graph());
            NORDLYS_TRY(samples);
            runtime::EqualizeOptions options;
            options.replaceClip = request.replaceClip;
            options.absorbBias = request.absorbBias;
            options.samples = *samples ? &**samples : nullptr;
            options.threads = workerThreads();
            return runtime::equalizeModel(document->model, toPath(request.target), options, job);
        },
        [this, document, made = now(), target = request.target](core::Expected<runtime::EqualizeReport> outcome) {
            if (!accept(EqualizeTool, document, outcome))
                return;
            m_equalized = Equalized{std::move(*outcome), target};
            m_made[EqualizeTool] = made;
            Q_EMIT changed(EqualizeTool);
        });
}

void Improver::correctBias(const BiasCorrectRequest &request)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    begin(BiasCorrectTool);
    m_biasJob.start(
        [document, request, encodings = m_workspace.encodings()](const core::JobContext &job) -> core::Expected<runtime::BiasCorrectReport> {
            auto samples = openOptional(request.inputs, document->graph());
            NORDLYS_TRY(samples);
            const runtime::BiasCorrectOptions options{encodings, *samples ? &**samples : nullptr, workerThreads()};
            return runtime::biasCorrectModel(document->model, toPath(request.target), options, job);
        },
        [this, document, made = now(), target = request.target](core::Expected<runtime::BiasCorrectReport> outcome) {
            if (!accept(BiasCorrectTool, document, outcome))
                return;
            m_biasCorrected = BiasCorrected{std::move(*outcome), target};
            m_made[BiasCorrectTool] = made;
            Q_EMIT changed(BiasCorrectTool);
        });
}

void Improver::raiseLayers(const std::vector<std::size_t> &layers, runtime::HigherWidth width)
{
    const auto document = m_workspace.document();
    if (!document || !m_sensitivity || layers.empty())
        return;
    std::vector<runtime::EncodedLayer> chosen;
    for (const std::size_t layer : layers)
        chosen.push_back(m_sensitivity->result.layers.at(layer).layer);
    auto wanted = runtime::raised(document->graph(), chosen, std::vector<bool>(chosen.size(), true), m_workspace.encodings(), width, &m_sensitivity->result.biases);
    if (!wanted) {
        Q_EMIT m_workspace.failed(wanted.error());
        return;
    }
    const QString count = Counted::layers(static_cast<qint64>(chosen.size()));
    const bool isFloat = width != runtime::HigherWidth::Int16;
    applyEncodings(std::move(*wanted), isFloat ? "leave layers in float" : "raise layers to 16 bit",
                   isFloat ? tr("%1 left in float").arg(count) : tr("%1 raised to 16 bit").arg(count));
}

void Improver::applyMixed(std::size_t point)
{
    const auto document = m_workspace.document();
    if (!document || !m_mixed || point >= m_mixed->result.pareto.size())
        return;
    const runtime::MixedResult &result = m_mixed->result;
    const runtime::MixedChoice &choice = result.pareto[point];
    auto wanted = runtime::raised(document->graph(), result.layers, choice.raised, m_mixed->base, m_mixed->request.width, &result.biases);
    if (!wanted) {
        Q_EMIT m_workspace.failed(wanted.error());
        return;
    }
    for (const auto &[name, entry] : m_workspace.encodings().entries) {
        if (entry.locked)
            wanted->entries.insert_or_assign(name, entry);
    }
    applyEncodings(std::move(*wanted), "mixed precision",
                   tr("mixed precision, %1 at %2 of the cost")
                       .arg(Counted::layers(std::ranges::count(choice.raised, true)), formatPercent(choice.costPercent)));
}

void Improver::applyEncodings(core::EncodingSet encodings, const std::string &change, const QString &title)
{
    core::EditState wanted = m_workspace.edits();
    wanted.encodings = std::move(encodings);
    if (wanted == m_workspace.edits()) {
        Q_EMIT m_workspace.notice(tr("Nothing changed: these layers are that wide already, or locked."));
        return;
    }
    if (const auto applied = m_workspace.history().apply(core::difference(m_workspace.edits(), wanted, change), title); !applied)
        Q_EMIT m_workspace.failed(applied.error());
}

} // namespace nordlys::studio
