// SPDX-License-Identifier: GPL-3.0-or-later
#include "quantizer.h"

#include "encodings_export.h"

#include "text.h"

#include <studio/look/number_format.h>

#include <core/quantization/encoding_file.h>

#include <algorithm>
#include <thread>

namespace nordlys::studio {

core::Expected<core::SampleSet> openSamples(const InputSource &source, const core::Graph &graph)
{
    core::SampleOptions options;
    options.limit = static_cast<std::size_t>(std::max(0, source.limit));
    if (!source.preprocess.isEmpty()) {
        auto recipe = core::PreprocessRecipe::parse(source.preprocess.toStdString());
        if (!recipe)
            return std::move(recipe.error());
        options.recipe = std::move(*recipe);
    }
    return core::SampleSet::open(source.spec.toStdString(), graph, options);
}

namespace {

core::Expected<UserMetric> measureCommand(const Document &document, const core::SampleSet &samples, const MetricRequest &request,
                                          const runtime::EvaluationOptions &options, const core::JobContext &job)
{
    runtime::MetricOptions metric = request.options();
    metric.kind = runtime::MetricKind::Command;
    metric.labels = options.labels;
    auto measuring = runtime::ConfigurationMetric::create(document.model, samples, metric, options.threads, job);
    NORDLYS_TRY(measuring);
    const auto quantized = (*measuring)->measure(options.encodings, job.stop);
    if (!quantized)
        return quantized.error();
    return UserMetric{(*measuring)->floatResult().metric, quantized->metric};
}

} // namespace

int workerThreads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1); }

Quantizer::Quantizer(Workspace &workspace)
    : QObject(&workspace), m_workspace(workspace), m_calibration(tr("Calibrating"), nullptr),
      m_evaluation(tr("Evaluating"), nullptr), m_file(tr("Reading encodings"), nullptr)
{
    // Results of the old model mean nothing for a new one.
    connect(&m_workspace, &Workspace::documentChanged, this, [this] {
        m_calibration.cancel();
        m_evaluation.cancel();
        m_file.cancel();
    });
}

void Quantizer::calibrate(const CalibrationRequest &request)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    m_workspace.setInputs(request.inputs, m_workspace.evaluationInputs(), m_workspace.labelsPath());
    const auto options = Calibrations::optionsOf(request, document->graph(), m_workspace.encodings(), workerThreads());
    const auto &last = m_workspace.calibration();
    const auto before = last && last->inputs == request.inputs ? last->statistics : nullptr;
    m_calibration.start(
        [document, request, options, before](const core::JobContext &job) -> core::Expected<CalibrationOutcome> {
            auto samples = openSamples(request.inputs, document->graph());
            if (!samples)
                return std::move(samples.error());
            return Calibrations::run(*document, *samples, request, options, before, job);
        },
        [this, document, request, method = Calibrations::methodText(request)](core::Expected<CalibrationOutcome> outcome) {
            if (document != m_workspace.document())
                return;
            if (!outcome) {
                if (outcome.error().code != core::ErrorCode::Interrupted)
                    Q_EMIT m_workspace.failed(outcome.error());
                else if (!request.statistics.isEmpty())
                    Q_EMIT m_workspace.notice(tr("Stopped. A calibration with the same statistics file goes on from here."));
                return;
            }
            runtime::CalibrationResult *result = &outcome->result;
            core::EditState wanted = m_workspace.edits();
            wanted.encodings = result->encodings;
            CalibrationState state;
            state.ranges = std::move(result->ranges);
            state.encodings = result->encodings;
            state.samples = result->samples;
            state.method = method;
            state.statistics = outcome->statistics;
            state.inputs = request.inputs;
            if (!(wanted == m_workspace.edits())) {
                const auto applied = m_workspace.history().apply(core::difference(m_workspace.edits(), wanted, "calibrate"),
                                                                 Calibrations::title(method, state.samples));
                if (!applied) {
                    Q_EMIT m_workspace.failed(applied.error());
                    return;
                }
            }
            m_workspace.setCalibration(std::move(state));
            m_workspace.touch();
            if (const Offer remarks = Calibrations::remarks(*result); !remarks.title.isEmpty())
                Q_EMIT m_workspace.offered(remarks);
            else
                Q_EMIT m_workspace.offerWithdrawn(remarks.id); // of an earlier calibration
        });
}

void Quantizer::evaluate(const EvaluationRequest &request)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    m_workspace.setInputs(m_workspace.calibrationInputs(), request.inputs, request.labels);
    runtime::EvaluationOptions options;
    options.encodings = m_workspace.encodings();
    options.threads = workerThreads();
    const core::EditState edits = m_workspace.edits();
    const int undoIndex = m_workspace.history().stack().index();
    m_evaluation.start(
        [document, request, options](const core::JobContext &job) mutable -> core::Expected<Evaluated> {
            auto samples = openSamples(request.inputs, document->graph());
            if (!samples)
                return std::move(samples.error());
            std::optional<core::LabelSet> labels;
            if (!request.labels.isEmpty()) {
                auto read = core::LabelSet::read(toPath(request.labels));
                if (!read)
                    return std::move(read.error());
                labels = std::move(*read);
                options.labels = &*labels;
            }
            auto evaluation = runtime::evaluateQuantized(document->model, *samples, options, job);
            NORDLYS_TRY(evaluation);
            Evaluated evaluated{std::move(*evaluation), std::nullopt, std::nullopt};
            if (!request.metric.command.isEmpty()) {
                auto metric = measureCommand(*document, *samples, request.metric, options, job);
                if (metric)
                    evaluated.metric = *metric;
                else
                    evaluated.metricError = std::move(metric.error());
            }
            return evaluated;
        },
        [this, document, edits, undoIndex](core::Expected<Evaluated> result) {
            if (document != m_workspace.document())
                return;
            if (!result) {
                if (result.error().code != core::ErrorCode::Interrupted)
                    Q_EMIT m_workspace.failed(result.error());
                return;
            }
            m_workspace.setEvaluation(
                EvaluationState{.result = std::move(result->evaluation), .edits = edits, .undoIndex = undoIndex, .index = {}});
            m_workspace.touch();
            if (result->metricError && result->metricError->code != core::ErrorCode::Interrupted)
                Q_EMIT m_workspace.failed(*result->metricError);
            if (result->metric) {
                Q_EMIT m_workspace.notice(tr("Metric command: %1 in float, %2 quantized")
                                              .arg(formatSignificant(result->metric->exact, 4), formatSignificant(result->metric->quantized, 4)));
            }
        });
}

void Quantizer::importEncodings(const QString &path)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    m_file.setTitle(tr("Reading encodings"));
    m_file.start(
        [document, file = toPath(path)](const core::JobContext &) -> core::Expected<Imported> {
            auto read = core::readEncodings(file, &document->graph());
            if (!read)
                return std::move(read.error());
            const core::EncodingCoverage coverage = core::checkCoverage(document->graph(), read->set);
            if (coverage.matched == 0) {
                return core::badInput(file.filename().string(), tr("no entry belongs to a tensor of this model").toStdString(),
                                      tr("Choose the encodings of this model.").toStdString());
            }
            // Entries of other models would only travel along unseen.
            std::erase_if(read->set.entries, [&](const auto &item) { return !document->findTensor(item.first).isValid(); });
            QString summary = tr("%1: %2 entries matched, %3 missing, %4 of no tensor, %5 repaired")
                                        .arg(toQString(file.filename()))
                                        .arg(coverage.matched)
                                        .arg(coverage.missing.size())
                                        .arg(coverage.extra.size())
                                        .arg(read->repaired.size());
            if (!read->unread.empty())
                summary += tr("; %1 could not be read, the first is %2").arg(read->unread.size()).arg(toQString(read->unread.front().tensor));
            return Imported{std::move(read->set), summary};
        },
        [this, document](core::Expected<Imported> result) {
            if (document != m_workspace.document())
                return;
            if (!result) {
                Q_EMIT m_workspace.failed(result.error());
                return;
            }
            core::EditState wanted = m_workspace.edits();
            wanted.encodings = std::move(result->set);
            if (!(wanted == m_workspace.edits())) {
                const auto applied = m_workspace.history().apply(
                    core::difference(m_workspace.edits(), wanted, "import encodings"), tr("import encodings"));
                if (!applied) {
                    Q_EMIT m_workspace.failed(applied.error());
                    return;
                }
            }
            Q_EMIT m_workspace.notice(result->summary);
        });
}

void Quantizer::exportEncodings(const QString &path, core::EncodingDialect dialect)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    m_file.setTitle(tr("Writing encodings"));
    m_file.start(
        [document, file = toPath(path), set = m_workspace.encodings(), dialect](const core::JobContext &job) -> core::Expected<Imported> {
            auto done = studio::exportEncodings(*document, set, file, dialect, job);
            NORDLYS_TRY(done);
            return Imported{{}, *std::move(done)};
        },
        [this](core::Expected<Imported> result) {
            if (result)
                Q_EMIT m_workspace.notice(result->summary);
            else
                Q_EMIT m_workspace.failed(result.error());
        });
}

} // namespace nordlys::studio
