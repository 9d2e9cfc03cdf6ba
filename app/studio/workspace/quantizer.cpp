// SPDX-License-Identifier: GPL-3.0-or-later
#include "quantizer.h"

#include "text.h"

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
    runtime::CalibrationOptions options;
    options.actBits = request.actBits;
    options.weightBits = request.weightBits;
    options.perChannel = request.perChannel;
    options.actSymmetric = request.actSymmetric;
    options.weightSymmetric = request.weightSymmetric;
    options.threads = workerThreads();
    options.histogram = core::HistogramMode::Growing; // whatever the method: the window draws them
    options.skipBroken = false;
    for (const auto &[name, entry] : m_workspace.encodings().entries) {
        if (entry.locked)
            options.keep.entries.emplace(name, entry);
    }
    m_calibration.start(
        [document, inputs = request.inputs, options](const core::JobContext &job) -> core::Expected<Calibrated> {
            auto samples = openSamples(inputs, document->graph());
            if (!samples)
                return std::move(samples.error());
            auto statistics = std::make_shared<runtime::CalibrationStatistics>();
            auto result = runtime::calibrate(document->model, *samples, options, job, statistics.get());
            if (!result)
                return std::move(result.error());
            return Calibrated{std::move(*result), std::move(statistics)};
        },
        [this, document](core::Expected<Calibrated> calibrated) {
            if (document != m_workspace.document())
                return;
            if (!calibrated) {
                if (calibrated.error().code != core::ErrorCode::Interrupted)
                    Q_EMIT m_workspace.failed(calibrated.error());
                return;
            }
            runtime::CalibrationResult *const result = &calibrated->result;
            core::EditState wanted = m_workspace.edits();
            wanted.encodings = result->encodings;
            CalibrationState state;
            state.ranges = std::move(result->ranges);
            state.encodings = result->encodings;
            state.samples = result->samples;
            state.statistics = std::move(calibrated->statistics);
            if (!(wanted == m_workspace.edits())) {
                const auto applied = m_workspace.history().apply(core::difference(m_workspace.edits(), wanted, "calibrate"),
                                                                 tr("calibrate, min-max, n=%1").arg(state.samples));
                if (!applied) {
                    Q_EMIT m_workspace.failed(applied.error());
                    return;
                }
            }
            m_workspace.setCalibration(std::move(state));
            m_workspace.touch();
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
        [document, request, options](const core::JobContext &job) mutable -> core::Expected<runtime::Evaluation> {
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
            return runtime::evaluateQuantized(document->model, *samples, options, job);
        },
        [this, document, edits, undoIndex](core::Expected<runtime::Evaluation> result) {
            if (document != m_workspace.document())
                return;
            if (!result) {
                if (result.error().code != core::ErrorCode::Interrupted)
                    Q_EMIT m_workspace.failed(result.error());
                return;
            }
            m_workspace.setEvaluation(
                EvaluationState{.result = std::move(*result), .edits = edits, .undoIndex = undoIndex, .index = {}});
            m_workspace.touch();
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

void Quantizer::exportEncodings(const QString &path)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    m_file.setTitle(tr("Writing encodings"));
    m_file.start(
        [document, file = toPath(path), set = m_workspace.encodings()](const core::JobContext &) -> core::Expected<Imported> {
            NORDLYS_TRY(core::writeEncodings(file, set, document->graph()));
            return Imported{{}, tr("%1 written, %2 entries").arg(toQString(file.filename())).arg(set.entries.size())};
        },
        [this](core::Expected<Imported> result) {
            if (result)
                Q_EMIT m_workspace.notice(result->summary);
            else
                Q_EMIT m_workspace.failed(result.error());
        });
}

} // namespace nordlys::studio
