// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include "report_parts.h"
#include "report_text.h"

#include <core/base/sha256.h>
#include <core/graph/cost.h>
#include <core/profile/emulated_backends.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <span>

namespace nordlys::core {

namespace report {

std::string icon(std::string_view name, std::string_view tone)
{
    return fmt::format("<svg class=\"i{}{}\" aria-hidden=\"true\"><use href=\"#i-{}\"/></svg>", tone.empty() ? "" : " ", tone,
                       name);
}

std::string chip(std::string_view tone, std::string_view iconName, std::string_view word)
{
    return fmt::format("<span class=\"chip {0}\">{1}{2}</span>", tone, icon(iconName), escapedMarkup(word));
}

std::string verdictChip(VerdictLevel level)
{
    switch (level) {
    case VerdictLevel::Trusted: return chip("ok", "check", "trusted");
    case VerdictLevel::Noisy: return chip("warn", "warn", "noisy");
    case VerdictLevel::Throttled: return chip("warn", "thermometer", "throttled");
    case VerdictLevel::Fallback: return chip("warn", "warn", "fell back");
    case VerdictLevel::TooFew: return chip("n", "info", "too few");
    case VerdictLevel::Interrupted: return chip("error", "error", "interrupted");
    case VerdictLevel::Failed: return chip("error", "error", "failed");
    }
    return chip("n", "info", "too few");
}

std::string changeChip(const MedianChange &change)
{
    switch (change.verdict) {
    case ChangeVerdict::Faster: return chip("ok", "down", "faster");
    case ChangeVerdict::Slower: return chip("warn", "up", "slower");
    case ChangeVerdict::Same: return chip("n", "equal", "same");
    case ChangeVerdict::Unknown: break;
    }
    if (change.b.count == 0 && change.a.count > 0)
        return chip("n", "info", "gone");
    if (change.a.count == 0 && change.b.count > 0)
        return chip("n", "info", "new");
    const std::uint64_t least = std::min(change.a.count, change.b.count);
    return chip("n", "info",
                least < kSamplesForVerdict ? fmt::format("n={}, need {}", least, kSamplesForVerdict) : std::string("not clear"));
}

std::string_view backendClass(std::string_view backend)
{
    return backend == "htp" || backend == "gpu" || backend == "cpu" ? backend : std::string_view("other");
}

std::string backendWord(std::string_view backend)
{
    std::string word(backend);
    if (backendClass(backend) != "other")
        std::transform(word.begin(), word.end(), word.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return word.empty() ? "–" : word;
}

std::string backendHtml(std::string_view backend, bool isEmulated)
{
    return fmt::format("<span class=\"bk\"><i class=\"{}\"></i>{}{}</span>", backendClass(backend), isolated(backendWord(backend)),
                       isEmulated ? " emulated" : "");
}

const CounterSummary *firstCounter(const RunSummary &summary, std::string_view unit)
{
    const auto found = std::find_if(summary.counters.begin(), summary.counters.end(), [&](const CounterSummary &counter) {
        return counter.samples > 0 && counter.info.unit == unit;
    });
    return found == summary.counters.end() ? nullptr : &*found;
}

namespace {

std::string subtitle(const ReportInput &input)
{
    std::vector<std::string> parts;
    if (input.run) {
        const RunProfile &profile = *input.run->profile;
        const std::string when = timeText(profile.hello.wallClockNs);
        parts.push_back("Run " + isolated(input.run->name) + (when.empty() ? "" : ", " + when));
        parts.push_back(isolated(profile.start.precision));
        parts.push_back(countText(profile.start.threads, "thread", "threads"));
        parts.push_back(countText(profile.inferenceCount(), "inference", "inferences"));
    }
    if (!input.project.empty())
        parts.push_back("project " + isolated(input.project));
    std::string text;
    for (const std::string &part : parts)
        text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::string keyCard(std::string_view label, const std::string &value, std::string_view unit, const std::string &note,
                    const std::string &last)
{
    return fmt::format("<div><div class=\"l\">{}</div><div class=\"v\"><b>{}</b> {}</div><div class=\"n m\">{}</div><div "
                       "class=\"c\">{}</div></div>\n",
                       label, value, unit, note, last);
}

/// "1.462 ms" apart: the number stands large, its unit small.
std::pair<std::string, std::string> apart(const std::string &text)
{
    const std::size_t space = text.rfind(kNoBreakSpace);
    return space == std::string::npos ? std::pair{text, std::string()}
                                      : std::pair{text.substr(0, space), text.substr(space + kNoBreakSpace.size())};
}

std::string runCards(const ReportInput &input)
{
    const ReportRun &run = *input.run;
    const DurationSummary &latency = run.summary.latency;
    std::string html;
    const auto [p50, p50Unit] = apart(durationText(latency.p50Ns));
    const std::string half = latency.p50HalfIntervalNs > 0
                                 ? fmt::format("±{}  ", halfIntervalText(latency.p50HalfIntervalNs, latency.p50Ns))
                                 : std::string();
    html += latency.count == 0 ? keyCard("Latency, p50", "–", {}, "n=0", verdictChip(run.summary.verdict.level))
                               : keyCard("Latency, p50", p50, p50Unit, fmt::format("{}n={}", half, groupedText(latency.count)),
                                         verdictChip(run.summary.verdict.level));
    if (latency.count > 0) {
        const auto [p95, p95Unit] = apart(durationText(latency.p95Ns));
        html += keyCard("Latency, p95", p95, p95Unit, fmt::format("p99 {}", durationText(latency.p99Ns)),
                        latency.p50Ns > 0 ? fmt::format("p95/p50 {}, limit 1.25", decimalText(latency.p95Ns / latency.p50Ns, 2))
                                          : std::string());
    }
    if (input.baseline) {
        const MedianChange &total = input.baseline->comparison.total;
        const auto [change, unit] = apart(percentText(total.deltaPercent, 1, true));
        html += keyCard("Against the baseline", total.hasDelta ? change : "–", total.hasDelta ? unit : "",
                        total.hasInterval ? intervalText(total) + " %" : std::string(), changeChip(total));
    }
    if (const CounterSummary *clock = firstCounter(run.summary, "Hz")) {
        const auto [mean, unit] = apart(counterText(clock->mean, "Hz"));
        html += keyCard("Clock", mean, unit,
                        clock->min == clock->max ? fmt::format("constant, n={}", groupedText(clock->samples))
                                                 : counterText(clock->min, "Hz") + " … " + counterText(clock->max, "Hz"),
                        clock->samples < 2              ? chip("n", "info", "one sample")
                        : clock->min < 0.9 * clock->max ? chip("warn", "warn", "moved")
                                                        : chip("ok", "check", "held"));
    } else {
        html += keyCard("Clock", "–", {}, {}, chip("n", "info", "not available"));
    }
    if (const CounterSummary *heat = firstCounter(run.summary, "degC"))
        html += keyCard("Temperature", decimalText(heat->min, 0) + "…" + decimalText(heat->max, 0), "°C",
                        fmt::format("n={}", groupedText(heat->samples)), isolated(heat->info.name));
    else
        html += keyCard("Temperature", "–", {}, {}, chip("n", "info", "not available"));
    if (run.profile->peakRssBytes > 0) {
        const auto [bytes, unit] = apart(byteText(run.profile->peakRssBytes));
        html += keyCard("Memory, peak", bytes, unit, "of the runner", {});
    }
    return html;
}

std::string modelCards(const ReportModel &model)
{
    const Graph &graph = model.model->graph;
    std::int64_t macs = macCount(graph);
    const auto [parameters, parameterUnit] = apart(amountText(static_cast<double>(parameterCount(graph))));
    const auto [work, workUnit] = apart(macText(static_cast<double>(macs)));
    return keyCard("Operators", groupedText(graph.nodes.size()), {}, countText(graph.tensors.size(), "tensor", "tensors"), {}) +
           keyCard("Parameters", parameters, parameterUnit, model.bytes > 0 ? byteText(model.bytes) : std::string(), {}) +
           keyCard("Work", work, workUnit, "one inference", {});
}

std::string accuracyCards(const ReportAccuracy &accuracy)
{
    std::string html;
    if (accuracy.hasTop1) {
        const auto count = [&](double share) {
            return std::to_string(std::llround(share * static_cast<double>(accuracy.labelled)));
        };
        html += keyCard("Accuracy, top-1", fmt::format("{} of {}", count(accuracy.quantizedTop1), accuracy.labelled), {},
                        fmt::format("float32: {} of {}", count(accuracy.floatTop1), accuracy.labelled),
                        fmt::format("agreement {} of {}", count(accuracy.agreement), accuracy.labelled));
    }
    double lowest = INFINITY;
    for (const auto &output : accuracy.outputs)
        lowest = std::min(lowest, output.sqnrDb);
    std::size_t below = 0;
    for (const auto &tensor : accuracy.tensors)
        below += tensor.bitwidth > 0 && tensor.localSqnrDb < 20 ? 1 : 0;
    if (!accuracy.outputs.empty())
        html += keyCard("SQNR at outputs", decimalText(lowest, 1), "dB", "n=" + countText(accuracy.samples, "sample", "samples"),
                        below > 0 ? chip("warn", "warn", countText(below, "tensor", "tensors") + " below 20 dB")
                                  : chip("ok", "check", "all tensors over 20 dB"));
    return html;
}

std::string inputsText(const Graph &graph, const std::vector<TensorId> &ids)
{
    std::string text;
    for (std::size_t i = 0; i < ids.size() && i < 16; ++i) {
        const Tensor &tensor = graph.tensor(ids[i]);
        text += (text.empty() ? "" : ", ") + isolated(graph.nameOf(ids[i])) + " " + std::string(nameOf(tensor.dtype));
        if (tensor.shape)
            text += " " + escapedMarkup(shapeText(*tensor.shape, graph.names));
    }
    return ids.size() > 16 ? text + fmt::format(" and {} more", ids.size() - 16) : text;
}

std::string base64(std::span<const unsigned char> bytes)
{
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
        const unsigned group = static_cast<unsigned>(bytes[i]) << 16U |
                               (left > 1 ? static_cast<unsigned>(bytes[i + 1]) << 8U : 0U) | (left > 2 ? bytes[i + 2] : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= left ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
    }
    return text;
}

/// 'sha256-...' of an inline element's text: the policy lets exactly this text run and no other.
std::string policyHash(std::string_view text)
{
    const std::string hex = sha256Hex(std::as_bytes(std::span(text.data(), text.size())));
    std::array<unsigned char, 32> bytes{};
    const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<unsigned char>(digit(hex[2 * i]) << 4U | digit(hex[2 * i + 1]));
    return "'sha256-" + base64(bytes) + "'";
}

constexpr std::string_view kMark =
    R"svg(<svg width="20" height="20" viewBox="0 0 20 20" fill="none" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M4 16.5V4.5" stroke="var(--accent)"/><path d="M4 6C9 6 11 14 16 14M16 15.5V3.5" stroke="var(--htp)"/></svg>)svg";

} // namespace

std::string keyNumbers(const ReportInput &input)
{
    std::string cards;
    if (input.run)
        cards += runCards(input);
    else if (input.model && input.model->model)
        cards += modelCards(*input.model);
    if (input.accuracy)
        cards += accuracyCards(*input.accuracy);
    return cards.empty() ? std::string() : "<div class=\"card keys\">\n" + cards + "</div>\n";
}

std::string provenance(const ReportInput &input)
{
    std::string rows;
    const auto add = [&](std::string_view name, const std::string &markup) {
        if (!markup.empty())
            rows += fmt::format("<dt>{}</dt><dd class=\"m\">{}</dd>\n", name, markup);
    };
    const auto hashed = [](const std::string &file, const std::string &hash) {
        return isolated(file) + (hash.empty() ? "" : "  sha256 " + escapedMarkup(hash));
    };
    if (input.model && input.model->model) {
        const Model &model = *input.model->model;
        add("Model",
            hashed(input.model->file, input.model->sha256) + (input.model->bytes > 0 ? "  " + byteText(input.model->bytes) : ""));
        add("Format", escapedMarkup(fmt::format("{}, opset {}{}{}", model.format, model.opsetOf(""),
                                                model.producer.empty() ? "" : ", made by ", model.producer)));
        add("Size", fmt::format("{}, {} parameters, {}", countText(model.graph.nodes.size(), "operator", "operators"),
                                amountText(static_cast<double>(parameterCount(model.graph))),
                                macText(static_cast<double>(macCount(model.graph)))));
        add("Inputs", inputsText(model.graph, model.graph.inputs));
        add("Outputs", inputsText(model.graph, model.graph.outputs));
    }
    if (!input.project.empty())
        add("Project", isolated(input.project));
    if (input.encodings)
        add("Encodings", hashed(input.encodings->source, input.encodings->sha256));
    if (input.run) {
        const RunProfile &profile = *input.run->profile;
        add("Artifact", hashed(profile.start.artifact, profile.start.artifactSha256));
        if (!input.run->recordingFile.empty())
            add("Recording", hashed(input.run->recordingFile, input.run->recordingSha256));
        std::string emulated;
        for (const std::string &backend : emulatedBackends(profile.start))
            emulated += ", " + isolated(backendWord(backend)) + " emulated on its CPU";
        add("Device", isolated(profile.hello.deviceModel) +
                          (profile.hello.soc.empty() || profile.hello.soc == profile.hello.deviceModel
                               ? ""
                               : ", " + isolated(profile.hello.soc)) +
                          ", " + countText(profile.hello.cpuCount, "processor", "processors") + emulated);
        add("System", isolated(profile.hello.os));
        add("Settings",
            isolated(profile.start.precision) +
                fmt::format(", {}, {} warm-up, {} of {} inferences, layer times ",
                            countText(profile.start.threads, "thread", "threads"), profile.start.warmup, profile.inferenceCount(),
                            profile.start.iterationsPlanned > 0 ? std::to_string(profile.start.iterationsPlanned)
                                                                : std::string("as many as fit")) +
                isolated(profile.start.profiling) +
                (profile.start.sampleRateHz > 0 ? fmt::format(", counters at {:.4g} Hz", profile.start.sampleRateHz)
                                                : std::string()));
        add("Runner",
            isolated(profile.hello.runnerVersion) +
                (timeText(profile.hello.wallClockNs).empty() ? "" : ", started " + timeText(profile.hello.wallClockNs)));
    }
    if (input.baseline)
        add("Baseline", hashed(input.baseline->recordingFile.empty() ? input.baseline->name : input.baseline->recordingFile,
                               input.baseline->recordingSha256));
    for (const auto &[name, value] : input.facts)
        add(escapedMarkup(name), isolated(value));
    add("Report", "Nordlys " + escapedMarkup(input.version) + (input.date.empty() ? "" : ", " + escapedMarkup(input.date)));
    return "<section><div class=\"hd\"><h2>Provenance</h2></div>\n<dl>\n" + rows + "</dl></section>\n";
}

} // namespace report

std::string reportTitle(const ReportInput &input)
{
    if (!input.title.empty())
        return input.title;
    std::string model = input.model ? input.model->file : std::string();
    if (const std::size_t folder = model.find('/'); folder != std::string::npos)
        model.resize(folder);
    if (model.ends_with(".onnx"))
        model.resize(model.size() - 5);
    if (model.empty() && input.run)
        model = input.run->profile->start.modelName;
    if (model.empty())
        model = "Model";
    if (!input.run)
        return model;
    const std::string &device = input.run->profile->hello.deviceModel;
    return model + " on " + (device.empty() ? "an unnamed device" : device);
}

std::string reportHtml(const ReportInput &input)
{
    using namespace report;
    const std::string style = styleSheet(), title = reportTitle(input);
    const std::string_view script = scriptText();
    std::string html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    auto out = std::back_inserter(html);
    fmt::format_to(out,
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src {}; "
                   "img-src data:; base-uri 'none'; form-action 'none'\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" "
                   "content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<meta name=\"generator\" content=\"Nordlys {}\">\n<link rel=\"icon\" "
                   "href=\"data:,\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
                   policyHash(style), policyHash(script), escapedMarkup(input.version), escapedMarkup(title), style);
    html += iconSymbols();
    fmt::format_to(
        out,
        "<main>\n<div class=\"top\">{}<span>Nordlys {} report</span><span class=\"sp\"></span>{}{}</div>\n<h1{}>{}</h1>\n<p "
        "class=\"sub\">{}</p>\n",
        kMark, input.run ? "run" : "model", input.run ? verdictChip(input.run->summary.verdict.level) : std::string(),
        fmt::format(
            "<button type=\"button\" class=\"btn\" data-csv=\"layers\" data-file=\"layers.csv\" hidden>{}{} as CSV</button>",
            icon("save"), input.run ? "Layers" : "Operators"),
        title.size() > 160 ? " class=\"long\"" : "", isolated(title), subtitle(input));
    html += keyNumbers(input);
    html += findings(input);
    if (input.run) {
        html += oneInference(*input.run);
        if (input.baseline)
            html += comparisonSection(*input.baseline, *input.run);
        html += layerTable(*input.run);
        html += wholeRun(*input.run);
    }
    if (input.model) {
        html += graphSection(*input.model, input.run ? &*input.run : nullptr);
        if (!input.run)
            html += nodeTable(*input.model);
    }
    html += encodingsSection(input);
    html += provenance(input);
    fmt::format_to(
        out,
        "</main>\n<footer>Everything is inside this file: it asks no network for anything. Medians with half of their 95 % "
        "interval; percentiles interpolate between order statistics.</footer>\n<script>{}</script>\n</body>\n</html>\n",
        script);
    return html;
}

} // namespace nordlys::core
