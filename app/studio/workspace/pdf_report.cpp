// SPDX-License-Identifier: GPL-3.0-or-later
#include "pdf_report.h"

#include "text.h"

#include <core/base/atomic_file.h>
#include <core/graph/cost.h>
#include <core/profile/emulated_backends.h>
#include <core/report/report.h>
#include <core/report/report_text.h>

#include <QBuffer>
#include <QPageSize>
#include <QPdfWriter>
#include <QTextDocument>
#include <QThread>

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace nordlys::studio {
namespace {

using core::countText;
using core::durationText;
using core::isolated;
using core::percentText;

constexpr std::size_t kMostLayers = 200; // some five pages; the other formats have them all
constexpr std::size_t kMostOutputs = 20;
constexpr std::size_t kMostLetters = 200;

std::string name(const std::string &text) { return core::escapedMarkup(core::shortenedInFront(text, kMostLetters)); }

/// The rich text that a text document understands; every argument is markup.
class Page {
public:
    void heading(std::string_view text) { m_html += fmt::format("<h2>{}</h2>", text); }
    void paragraph(std::string_view text) { m_html += fmt::format("<p>{}</p>", text); }
    void beginTable() { m_html += "<table width='100%' cellspacing='0' cellpadding='3'>"; }
    void endTable() { m_html += "</table><p class='gap'>&nbsp;</p>"; }
    void head(std::initializer_list<std::string> cells) { row(cells, "th"); }
    /// The first `left` cells are words, the others numbers.
    void row(std::initializer_list<std::string> cells, std::string_view tag = "td", int left = 1)
    {
        m_html += "<tr>";
        int column = 0;
        for (const std::string &cell : cells)
            m_html += fmt::format("<{0} align='{1}'>{2}</{0}>", tag, column++ < left ? "left" : "right", cell);
        m_html += "</tr>";
    }
    void fact(std::string_view label, const std::string &value)
    {
        if (!value.empty())
            m_html +=
                fmt::format("<tr><td width='26%'><span class='label'>{}</span></td><td><span class='value'>{}</span></td></tr>",
                            label, value);
    }
    [[nodiscard]] const std::string &html() const { return m_html; }

private:
    std::string m_html;
};

std::string medianText(const core::DurationSummary &latency)
{
    if (latency.count == 0)
        return "–";
    const std::string half =
        latency.p50HalfIntervalNs > 0 ? " ±" + core::halfIntervalText(latency.p50HalfIntervalNs, latency.p50Ns) : std::string();
    return durationText(latency.p50Ns) + half + ", " + countText(latency.count, "inference", "inferences");
}

void addRun(Page &page, const core::ReportRun &run)
{
    const core::RunSummary &summary = run.summary;
    page.heading("Latency");
    page.beginTable();
    page.fact("Median", medianText(summary.latency));
    if (summary.latency.count > 0) {
        page.fact("p95", durationText(summary.latency.p95Ns));
        page.fact("p99", durationText(summary.latency.p99Ns));
        page.fact("Fastest, slowest", durationText(summary.latency.minNs) + ", " + durationText(summary.latency.maxNs));
    }
    page.fact("Verdict", name(core::nameOf(summary.verdict.level)));
    page.endTable();
    for (const std::string &backend : core::emulatedBackends(run.profile->start))
        page.paragraph(
            fmt::format("{} was emulated on the device's CPU: its times say nothing about the real thing.", name(backend)));
    for (const std::string &reason : summary.verdict.reasons)
        page.paragraph(name(reason));
}

void addComparison(Page &page, const core::ReportBaseline &baseline)
{
    const core::MedianChange &total = baseline.comparison.total;
    page.heading("Against " + name(baseline.name));
    page.beginTable();
    page.fact("Median of the baseline", medianText(total.a));
    page.fact("Median of this run", medianText(total.b));
    if (total.hasDelta)
        page.fact("Change",
                  percentText(total.deltaPercent, 1, true) +
                      (total.hasInterval ? fmt::format(", 95 % interval [{}, {}]", percentText(total.lowPercent, 1, true),
                                                       percentText(total.highPercent, 1, true))
                                         : std::string()));
    page.fact("Verdict", name(core::nameOf(total.verdict)));
    page.endTable();
    page.paragraph(core::escapedMarkup(baseline.comparison.refusal.empty() ? total.reason : baseline.comparison.refusal));
    for (const std::string &caution : baseline.comparison.cautions)
        page.paragraph(core::escapedMarkup(caution));
}

void addAccuracy(Page &page, const core::ReportAccuracy &accuracy)
{
    page.heading("Accuracy after quantization");
    page.beginTable();
    page.fact("Samples", core::groupedText(accuracy.samples));
    if (accuracy.hasTop1) {
        page.fact("Top-1, float32", percentText(100 * accuracy.floatTop1, 1));
        page.fact("Top-1, quantized", percentText(100 * accuracy.quantizedTop1, 1));
        page.fact("Same answer", percentText(100 * accuracy.agreement, 1));
    }
    page.endTable();
    if (accuracy.outputs.empty())
        return;
    page.beginTable();
    page.head({"Output", "SQNR", "Cosine", "Largest error"});
    for (std::size_t i = 0; i < std::min(kMostOutputs, accuracy.outputs.size()); ++i) {
        const core::ReportAccuracy::Output &output = accuracy.outputs[i];
        page.row({name(output.name), core::decimalText(output.sqnrDb, 1) + "&nbsp;dB", core::decimalText(output.cosine, 6),
                  fmt::format("{:.4g}", output.maxAbsError)});
    }
    page.endTable();
}

void addEncodings(Page &page, const core::ReportEncodings &encodings)
{
    std::map<std::string, std::size_t> widths;
    std::size_t perChannel = 0; // channels or blocks
    for (const auto &[tensor, entry] : encodings.set.entries) {
        ++widths[fmt::format("{}{}", entry.encoding.isFloat ? "float" : "int", entry.encoding.bitwidth)];
        perChannel += entry.encoding.isPerChannel() || entry.encoding.isBlockwise() ? 1 : 0;
    }
    page.heading("Encodings");
    page.beginTable();
    page.fact("From", name(encodings.source));
    for (const auto &[width, count] : widths)
        page.fact(width, countText(count, "tensor", "tensors"));
    page.fact("Per channel", countText(perChannel, "tensor", "tensors"));
    page.endTable();
}

void addProvenance(Page &page, const core::ReportInput &input)
{
    page.heading("Provenance");
    page.beginTable();
    if (input.model && input.model->model) {
        const core::Graph &graph = input.model->model->graph;
        page.fact("Model", name(input.model->file));
        page.fact("SHA-256 of the model", core::escapedMarkup(input.model->sha256));
        page.fact("Size", fmt::format("{}, {}", countText(graph.nodes.size(), "operator", "operators"),
                                      core::macText(static_cast<double>(core::macCount(graph)))));
    }
    page.fact("Project", name(input.project));
    if (input.run) {
        const core::RunProfile &run = *input.run->profile;
        page.fact("Run", name(input.run->name));
        page.fact("Device", name(run.hello.deviceModel +
                                 (run.hello.soc.empty() || run.hello.soc == run.hello.deviceModel ? "" : ", " + run.hello.soc)));
        page.fact("System", name(run.hello.os));
        page.fact("Settings", fmt::format("{}, {}, {} warm-up", name(run.start.precision),
                                          countText(run.start.threads, "thread", "threads"), run.start.warmup));
        page.fact("Recording", name(input.run->recordingFile));
        page.fact("SHA-256 of the recording", core::escapedMarkup(input.run->recordingSha256));
    }
    for (const auto &[label, value] : input.facts)
        page.fact(name(label), name(value));
    page.fact("Report", core::escapedMarkup("Nordlys " + input.version + ", " + input.date));
    page.endTable();
}

void addLayers(Page &page, const core::ReportRun &run)
{
    std::vector<const core::LayerSummary *> layers;
    for (const core::LayerSummary &layer : run.summary.layers) {
        if (layer.duration.count > 0 && layer.layer < run.profile->start.layers.size())
            layers.push_back(&layer);
    }
    if (layers.empty())
        return;
    std::ranges::stable_sort(layers, std::ranges::greater(), &core::LayerSummary::sharePercent);
    const std::size_t shown = std::min(kMostLayers, layers.size());
    page.heading(shown < layers.size() ? fmt::format("The {} slowest of {} layers", shown, core::groupedText(layers.size()))
                                       : std::string("Layers"));
    page.beginTable();
    page.row({"Layer", "Op", "Backend", "p50", "p95", "p99", "Share"}, "th", 3);
    for (std::size_t i = 0; i < shown; ++i) {
        const core::LayerInfo &info = run.profile->start.layers[layers[i]->layer];
        const core::DurationSummary &duration = layers[i]->duration;
        page.row({name(info.name), name(info.op), name(info.backend), durationText(duration.p50Ns), durationText(duration.p95Ns),
                  durationText(duration.p99Ns), percentText(layers[i]->sharePercent, 1)},
                 "td", 3);
    }
    page.endTable();
}

QByteArray printed(const std::string &title, const std::string &html)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0)); // the text document keeps its own, two centimetres
    writer.setTitle(toQString(core::shortenedInFront(title, kMostLetters)));
    writer.setCreator(QStringLiteral("Nordlys"));
    writer.setResolution(300);
    QTextDocument document;
    QFont font(QStringLiteral("Inter"));
    font.setPointSizeF(9);
    document.setDefaultFont(font);
    // Paper has no dark theme: black on white, whatever the window looks like.
    document.setDefaultStyleSheet(
        QStringLiteral("body { color: black } h1 { font-size: 16pt } h2 { font-size: 11pt; margin-top: 12pt } "
                       ".gap { font-size: 4pt; margin: 0 } th { font-weight: 600; color: #444444 } .label { color: #444444 } "
                       // Inter writes "x86" as "×86".
                       ".value { font-family: 'JetBrains Mono', 'DejaVu Sans Mono', monospace; font-size: 8pt }"));
    document.setHtml(toQString(fmt::format("<body><h1>{}</h1>{}</body>", name(title), html)));
    document.print(&writer);
    return bytes;
}

} // namespace

core::Expected<void> writePdfReport(const core::ReportInput &input, const std::filesystem::path &path)
{
    Page page;
    for (const std::string &warning : input.warnings)
        page.paragraph(core::escapedMarkup(warning));
    if (input.run)
        addRun(page, *input.run);
    if (input.baseline)
        addComparison(page, *input.baseline);
    if (input.accuracy)
        addAccuracy(page, *input.accuracy);
    if (input.encodings && !input.encodings->set.empty())
        addEncodings(page, *input.encodings);
    addProvenance(page, input);
    if (input.run)
        addLayers(page, *input.run);

    const std::string title = core::reportTitle(input);
    QByteArray bytes;
    // A text document sets timers, which only threads of Qt can.
    const std::unique_ptr<QThread> printer(QThread::create([&] { bytes = printed(title, page.html()); }));
    printer->start();
    printer->wait();
    return core::writeFileAtomically(path, std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size()))));
}

} // namespace nordlys::studio
