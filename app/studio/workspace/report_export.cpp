// SPDX-License-Identifier: GPL-3.0-or-later
#include "report_export.h"

#include "pdf_report.h"
#include "text.h"

#include <core/base/sha256.h>
#include <core/report/report.h>

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>

#include <algorithm>
#include <tuple>

namespace nordlys::studio {
namespace {

using SharedRun = std::shared_ptr<const RunRecord>;

// What the thread works from; nothing in it changes any more.
struct Sources {
    core::ReportInput input;
    std::shared_ptr<const Document> document;
    bool graph = true;
    SharedRun run, baseline;
    std::string runName, baselineName;
    std::filesystem::path path;
};

core::ReportAccuracy accuracyOf(const runtime::Evaluation &evaluation)
{
    core::ReportAccuracy accuracy;
    accuracy.samples = evaluation.samples;
    for (const runtime::OutputError &output : evaluation.outputs)
        accuracy.outputs.push_back({output.name, output.sqnrDb, output.cosine, output.maxAbsError});
    for (const runtime::TensorError &tensor : evaluation.tensors)
        accuracy.tensors.push_back({tensor.name, tensor.sqnrDb, tensor.localSqnrDb, tensor.clippedPercent, tensor.bitwidth});
    if (evaluation.accuracy) {
        accuracy.hasTop1 = true;
        accuracy.floatTop1 = evaluation.accuracy->floatTop1;
        accuracy.quantizedTop1 = evaluation.accuracy->quantizedTop1;
        accuracy.agreement = evaluation.accuracy->agreement;
        accuracy.labelled = evaluation.accuracy->samples;
    }
    return accuracy;
}

// File name and hash of the recording, where it is there.
core::Expected<std::pair<std::string, std::string>> recordingOf(const RunRecord &run, const core::JobContext &job)
{
    std::error_code ignored;
    if (run.recording.empty() || !std::filesystem::is_regular_file(run.recording, ignored))
        return std::pair<std::string, std::string>();
    auto hash = core::sha256OfFile(run.recording, job.stop);
    if (!hash && job.stopRequested())
        return std::move(hash.error());
    return std::pair(run.recording.filename().string(), hash ? std::move(*hash) : std::string());
}

// The stages in their order; stageText() has words for them.
enum Stage : std::uint64_t { ReadModel, SumUp, Compare, WriteFile, StageCount };

bool isPdf(const std::filesystem::path &path)
{
    return QString::fromStdString(path.extension().string()).toLower() == QLatin1String(".pdf");
}

core::Expected<void> write(Sources sources, const core::JobContext &job)
{
    core::ReportInput &input = sources.input;
    if (sources.document) {
        job.report(ReadModel, StageCount, {});
        auto model = core::reportModelOf(sources.document->model, {job.stop, {}});
        if (!model)
            return std::move(model.error());
        input.model = std::move(*model);
        if (!sources.graph) {
            input.model->layout = {};
            input.model->notDrawn = "left out on request";
        }
    }
    job.report(SumUp, StageCount, {});
    if (sources.run) {
        auto recording = recordingOf(*sources.run, job);
        if (!recording)
            return std::move(recording.error());
        core::ReportRun run;
        run.profile = std::shared_ptr<const core::RunProfile>(sources.run, &sources.run->profile);
        run.summary = core::summarize(*run.profile);
        run.name = sources.runName;
        std::tie(run.recordingFile, run.recordingSha256) = std::move(*recording);
        input.run = std::move(run);
    }
    job.report(Compare, StageCount, {});
    if (sources.run && sources.baseline) {
        auto recording = recordingOf(*sources.baseline, job);
        if (!recording)
            return std::move(recording.error());
        auto comparison = core::compareRuns(sources.baseline->profile, sources.run->profile, {}, {job.stop, {}});
        if (!comparison)
            return std::move(comparison.error());
        core::ReportBaseline baseline;
        baseline.profile = std::shared_ptr<const core::RunProfile>(sources.baseline, &sources.baseline->profile);
        baseline.summary = core::summarize(*baseline.profile);
        baseline.name = sources.baselineName;
        std::tie(baseline.recordingFile, baseline.recordingSha256) = std::move(*recording);
        baseline.comparison = std::move(*comparison);
        input.baseline = std::move(baseline);
    }
    job.report(WriteFile, StageCount, {});
    if (job.stopRequested())
        return core::interrupted(sources.path.filename().string());
    if (isPdf(sources.path))
        return writePdfReport(input, sources.path);
    return core::writeReport(input, sources.path);
}

} // namespace

bool isReportPath(const QString &path)
{
    const std::filesystem::path file = toPath(path);
    return isPdf(file) || core::reportFormatOf(file).hasValue();
}

ReportExporter::ReportExporter(Workspace &workspace, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_job(tr("Exporting the report"), nullptr)
{}

QString ReportExporter::stageText() const
{
    switch (m_job.progress().done) {
    case ReadModel: return tr("Reading the model");
    case SumUp: return tr("Summing up the run");
    case Compare: return tr("Comparing the runs");
    default: return tr("Writing");
    }
}

void ReportExporter::start(const ReportRequest &request)
{
    const auto shared = [this](const RunRecord *run) -> SharedRun {
        const auto found = std::ranges::find(m_workspace.runs(), run, [](const auto &entry) { return entry.get(); });
        return found == m_workspace.runs().end() || (*found)->live ? nullptr : *found;
    };
    Sources sources;
    sources.path = toPath(request.path);
    sources.document = m_workspace.document();
    sources.graph = request.graph;
    sources.run = shared(request.run);
    sources.baseline = request.baseline == request.run ? nullptr : shared(request.baseline);
    sources.runName = sources.run ? sources.run->name.toStdString() : std::string();
    sources.baselineName = sources.baseline ? sources.baseline->name.toStdString() : std::string();
    sources.input.title = request.title.trimmed().toStdString();
    sources.input.date = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyy-MM-dd HH:mm 'UTC'")).toStdString();
    sources.input.version = QCoreApplication::applicationVersion().toStdString();
    if (!m_workspace.projectPath().isEmpty())
        sources.input.project = QFileInfo(m_workspace.projectPath()).fileName().toStdString();
    if (request.encodings && !m_workspace.encodings().empty()) {
        core::ReportEncodings encodings;
        encodings.set = m_workspace.encodings();
        encodings.source = sources.input.project.empty() ? "edited in the window" : "project " + sources.input.project;
        sources.input.encodings = std::move(encodings);
    }
    if (const auto &evaluation = m_workspace.evaluation(); request.accuracy && evaluation) {
        sources.input.accuracy = accuracyOf(evaluation->result);
        if (const int age = m_workspace.evaluationAge(); age > 0)
            sources.input.warnings.push_back("The accuracy was evaluated before " + std::to_string(age) +
                                             (age == 1 ? " edit." : " edits."));
    }
    if (sources.run && sources.run.get() == m_workspace.run()) {
        if (const int age = m_workspace.runAge(); age > 0)
            sources.input.warnings.push_back("The run was made before " + std::to_string(age) +
                                             (age == 1 ? " edit." : " edits."));
    }
    m_job.start([sources = std::move(sources)](const core::JobContext &job) { return write(sources, job); },
                [this, path = request.path](core::Expected<void> result) {
                    if (result)
                        Q_EMIT written(path);
                    else if (result.error().code == core::ErrorCode::Interrupted)
                        Q_EMIT stopped();
                    else
                        Q_EMIT failed(result.error());
                });
}

} // namespace nordlys::studio
