// SPDX-License-Identifier: GPL-3.0-or-later
#include "calibration_request.h"

#include "counted.h"
#include "text.h"

#include <core/quantization/tensor_query.h>

#include <algorithm>

namespace nordlys::studio {
namespace {

/// Details of an offer are widgets of text: a folder of a million broken files must not become a million lines.
constexpr std::size_t kNamed = 200;

QString nameOf(const core::RangeChoice &choice)
{
    const QString name = toQString(core::nameOf(choice.method));
    return choice.method == core::RangeMethod::Percentile ? QStringLiteral("%1 %2").arg(name, formatNumber(choice.percentile, 2)) : name;
}

bool isSame(const core::RangeChoice &a, const core::RangeChoice &b)
{
    return a.method == b.method && (a.method != core::RangeMethod::Percentile || a.percentile == b.percentile);
}

core::Expected<runtime::CalibrationStatistics> readOrBegin(const std::filesystem::path &path, const Document &document, const core::JobContext &job)
{
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored))
        return runtime::readStatistics(path);
    runtime::CalibrationStatistics fresh;
    auto hash = core::modelSha256(*document.model, job);
    NORDLYS_TRY(hash);
    fresh.modelSha256 = std::move(*hash);
    return fresh;
}

} // namespace

std::set<std::string, std::less<>> Calibrations::excludedBy(const QString &queries, const core::Graph &graph)
{
    std::vector<std::string> list;
    for (const QString &query : queries.split(QLatin1Char(';'), Qt::SkipEmptyParts)) {
        if (!query.trimmed().isEmpty())
            list.push_back(query.trimmed().toStdString());
    }
    return list.empty() ? std::set<std::string, std::less<>>() : core::selectTensors(graph, list);
}

runtime::CalibrationOptions Calibrations::optionsOf(const CalibrationRequest &request, const core::Graph &graph, const core::EncodingSet &present,
                                                 int threads)
{
    runtime::CalibrationOptions options;
    options.threads = threads;
    options.actBits = request.actBits;
    options.weightBits = request.weightBits;
    options.perChannel = request.perChannel;
    options.actRange = request.actRange;
    options.weightRange = request.weightRange;
    options.actSchema = request.actSchema;
    options.weightSchema = request.weightSchema;
    options.histogram = request.histogram; // whatever the method: the next calibration may ask for another one without a run
    options.exclude = excludedBy(request.exclude, graph);
    for (const auto &[name, entry] : present.entries) {
        if (entry.locked || (request.keepPresent && !options.exclude.contains(name)))
            options.keep.entries.emplace(name, entry);
    }
    return options;
}

QString Calibrations::methodText(const CalibrationRequest &request)
{
    const QString activations = nameOf(request.actRange);
    return isSame(request.actRange, request.weightRange) ? activations : tr("%1, weights %2").arg(activations, nameOf(request.weightRange));
}

QString Calibrations::title(const QString &method, std::size_t samples) { return tr("calibrate, %1, n=%2").arg(method).arg(samples); }

QString Calibrations::vendorCommand(const CalibrationRequest &request, const Document &document)
{
    core::VendorSettings settings;
    settings.model = document.path.string();
    settings.output = document.path.stem().string();
    settings.inputList = request.inputs.spec.endsWith(QLatin1String(".txt")) ? request.inputs.spec.toStdString() : "input_list.txt";
    settings.actBits = request.actBits;
    settings.weightBits = request.weightBits;
    settings.actRange = request.actRange;
    settings.weightRange = request.weightRange;
    settings.actSchema = request.actSchema;
    settings.weightSchema = request.weightSchema;
    settings.perChannel = request.perChannel;
    settings.excludes = !excludedBy(request.exclude, document.graph()).empty();
    const core::VendorCommands commands = core::vendorCommands(settings);
    QStringList lines;
    for (const std::string &line : commands.qairt)
        lines << toQString(line);
    lines << QString();
    for (const std::string &line : commands.qnn)
        lines << toQString(line);
    for (const std::string &note : commands.notes)
        lines << QStringLiteral("# ") + toQString(note);
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

Offer Calibrations::remarks(const runtime::CalibrationResult &result)
{
    Offer offer;
    offer.id = QStringLiteral("calibration.remarks");
    const std::size_t skipped = result.skipped.size();
    if (skipped == 0 && result.notes.empty())
        return offer;
    if (skipped > 0) {
        const QString count = formatCount(static_cast<qint64>(skipped));
        offer.title = skipped == 1 ? tr("1 sample was skipped") : tr("%1 samples were skipped").arg(count);
        offer.text = tr("%1: %2").arg(toQString(result.skipped.front().name), toQString(result.skipped.front().why));
        for (std::size_t i = 0; i < std::min(skipped, kNamed); ++i)
            offer.details << tr("%1: %2").arg(toQString(result.skipped[i].name), toQString(result.skipped[i].why));
        if (skipped > kNamed)
            offer.details << tr("and %1 more").arg(formatCount(static_cast<qint64>(skipped - kNamed)));
    } else {
        offer.title = tr("Calibrated, with remarks");
        offer.text = toQString(result.notes.front());
    }
    for (std::size_t i = 0; i < std::min(result.notes.size(), kNamed); ++i)
        offer.details << toQString(result.notes[i]);
    if (result.notes.size() > kNamed)
        offer.details << tr("and %1 more").arg(formatCount(static_cast<qint64>(result.notes.size() - kNamed)));
    offer.choices.push_back({QStringLiteral("close"), tr("Close"), false, [] {}});
    return offer;
}

core::Expected<CalibrationOutcome> Calibrations::run(const Document &document, const core::SampleSet &samples, const CalibrationRequest &request,
                                                     const runtime::CalibrationOptions &options,
                                                     const std::shared_ptr<const runtime::CalibrationStatistics> &before,
                                                     const core::JobContext &job)
{
    if (request.reuse && before && before->histograms == options.histogram) {
        auto result = runtime::encodingsFromStatistics(*document.model, *before, options, job);
        NORDLYS_TRY(result);
        result->samples = before->used();
        result->skipped = before->skipped;
        return CalibrationOutcome{std::move(*result), before, true};
    }
    auto statistics = std::make_shared<runtime::CalibrationStatistics>();
    if (!request.statistics.isEmpty()) {
        auto begun = readOrBegin(toPath(request.statistics), document, job);
        NORDLYS_TRY(begun);
        *statistics = std::move(*begun);
    }
    const std::size_t done = statistics->done;
    auto result = runtime::calibrate(document.model, samples, options, job, statistics.get());
    if (!request.statistics.isEmpty() && statistics->done > done)
        NORDLYS_TRY(runtime::writeStatistics(toPath(request.statistics), *statistics));
    NORDLYS_TRY(result);
    return CalibrationOutcome{std::move(*result), std::move(statistics), false};
}

} // namespace nordlys::studio
