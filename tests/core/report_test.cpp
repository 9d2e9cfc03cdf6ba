// SPDX-License-Identifier: Apache-2.0
#include <core/base/markup_text.h>
#include <core/report/report.h>
#include <core/report/report_palette.h>
#include <core/report/report_text.h>

#include <support/temporary_folder.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

using namespace nordlys::core;
using testing::HasSubstr;
using testing::Not;

namespace {

/// Ten inferences of three layers: 1, 2 and 3 ms; names as given.
RunProfile makeRun(const std::vector<std::string> &names)
{
    RunProfile run;
    run.hello.deviceModel = "Board 1";
    run.hello.wallClockNs = 1'795'426'860'000'000'000; // 2026-11-23 09:41 UTC
    run.hello.counters = {{1, "cpu clock", "Hz", true, {}, "/sys/x"}, {2, "temperature", "degC", false, "no sensor <here>", {}}};
    run.start.modelName = "net";
    run.start.precision = "float32";
    run.start.threads = 2;
    for (const std::string &name : names) {
        LayerInfo layer;
        layer.name = name;
        layer.op = "Conv";
        layer.backend = "cpu";
        layer.sourceNodes = {name};
        run.start.layers.push_back(layer);
    }
    std::int64_t now = 0;
    for (int i = 0; i < 10; ++i) {
        std::int64_t offset = 0;
        for (std::size_t k = 0; k < names.size(); ++k) {
            const auto ns = static_cast<std::int64_t>(k + 1) * 1'000'000;
            run.layerOffsetNs.push_back(offset);
            run.layerDurationNs.push_back(ns);
            offset += ns;
        }
        run.inferenceStartNs.push_back(now);
        run.inferenceDurationNs.push_back(offset);
        run.counterSamples.push_back({1, now, 2.5e9});
        now += offset;
    }
    run.status = RunStatus::Finished;
    return run;
}

ReportRun reportRun(RunProfile profile)
{
    ReportRun run;
    run.profile = std::make_shared<const RunProfile>(std::move(profile));
    run.summary = summarize(*run.profile);
    run.name = "r1";
    return run;
}

/// Three nodes in a row, named as the layers.
ReportModel reportModel(const std::vector<std::string> &names)
{
    auto model = std::make_shared<Model>();
    Graph &graph = model->graph;
    TensorId value = graph.addTensor("in", DType::Float32, Shape{});
    graph.tensor(value).isGraphInput = true;
    graph.inputs = {value};
    for (const std::string &name : names) {
        Node node;
        node.name = graph.names.intern(name);
        node.opType = graph.names.intern("Relu");
        node.inputs = {value};
        value = graph.addTensor(name + "/out", DType::Float32, Shape{});
        node.outputs = {value};
        graph.addNode(node);
    }
    graph.outputs = {value};
    ReportModel result;
    result.file = "net.onnx";
    auto layout = layoutGraph(graph);
    EXPECT_TRUE(layout);
    result.layout = *layout;
    result.model = std::move(model);
    return result;
}

ReportInput makeInput(const std::vector<std::string> &names = {"a", "b", "c"})
{
    ReportInput input;
    input.date = "2026-11-23 10:00 UTC";
    input.version = "1.2.3";
    input.run = reportRun(makeRun(names));
    input.model = reportModel(names);
    return input;
}

const std::vector<std::string> &hostileNames()
{
    static const std::vector<std::string> names{"</script><script>alert(1)</script><img src=x onerror=alert(2)>",
                                                "\"'><b onload=alert(3)>&amp;\x07\x1b[31m\u202egnp.exe\u2069",
                                                std::string(10'000, 'n') +
                                                    "\u05e9\u05dc\u05d5\u05dd =HYPERLINK(\"http://x\")\xff"};
    return names;
}

std::size_t countOf(std::string_view text, std::string_view what)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size()))
        ++count;
    return count;
}

/// A reader of RFC 4180 written for this test.
std::vector<std::vector<std::string>> readCsv(const std::string &text)
{
    std::vector<std::vector<std::string>> rows(1);
    std::string cell;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quoted && text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"')
            cell += text[++i];
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == ',' || text[i] == '\n')) {
            rows.back().push_back(std::move(cell));
            cell.clear();
            if (text[i] == '\n')
                rows.emplace_back();
        } else if (quoted || text[i] != '\r')
            cell += text[i];
    }
    rows.pop_back();
    return rows;
}

} // namespace

TEST(Report, markupTextHoldsNothingThatActs)
{
    EXPECT_EQ(escapedMarkup("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    EXPECT_EQ(escapedMarkup("a\u202eb\u2066\u061c"), "a[U+202E]b[U+2066][U+061C]");
    EXPECT_EQ(escapedMarkup(std::string_view("\0\n\x7f", 3)), "[U+0000][U+000A][U+007F]");
    EXPECT_EQ(escapedMarkup("\u0085\u2028\ufeff\u200b"), "[U+0085][U+2028][U+FEFF][U+200B]");
    EXPECT_EQ(escapedMarkup("é→😀\u05d0"), "é→😀\u05d0");
    EXPECT_EQ(escapedMarkup("\xff\xc0\x80\xed\xa0\x80"), "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd");
    EXPECT_EQ(escapedMarkup("\xef\xbf\xbf x"), "\ufffd\ufffd\ufffd x");
    EXPECT_EQ(shortenedInFront("äbcdef", 4), "…def");
    EXPECT_EQ(shortenedInFront("abcd", 4), "abcd");
    EXPECT_EQ(shortenedInFront("abcd\x07"
                               "e",
                               6),
              "…007]e"); // what is shown is what counts
}

TEST(Report, numbersAreWrittenForPeople)
{
    EXPECT_EQ(countText(1, "layer", "layers"), "1 layer");
    EXPECT_EQ(countText(0, "layer", "layers"), "0 layers");
    EXPECT_EQ(countText(12'345, "layer", "layers"), "12\u00a0345 layers");
    EXPECT_EQ(halfIntervalText(8'000, 1'462'000), "0.008");     // of 1.462 ms
    EXPECT_EQ(halfIntervalText(1'386'000, 26'720'000), "1.39"); // of 26.72 ms
    EXPECT_EQ(durationText(1'462'000), "1.462\u00a0ms");
    EXPECT_EQ(durationText(14'620'000), "14.62\u00a0ms");
    EXPECT_EQ(durationText(148'600), "148.6\u00a0µs");
    EXPECT_EQ(durationText(320), "320\u00a0ns");
    EXPECT_EQ(durationText(2.5e9), "2.500\u00a0s");
    EXPECT_EQ(tickText(2e7), "20\u00a0ms");
    EXPECT_EQ(percentText(-12.34, 1), "−12.3\u00a0%");
    EXPECT_EQ(percentText(0.04, 1, true), "0.0\u00a0%");
    EXPECT_EQ(percentText(-0.04, 1, true), "0.0\u00a0%");
    EXPECT_EQ(percentText(3, 1, true), "+3.0\u00a0%");
    EXPECT_EQ(byteText(13'946'060), "13.3\u00a0MiB");
    EXPECT_EQ(amountText(300'774'272), "300.8\u00a0M");
    EXPECT_EQ(amountText(960), "960");
    EXPECT_EQ(macText(300'774'272), "300.8\u00a0MMAC");
    EXPECT_EQ(macText(0), "0\u00a0MAC");
    EXPECT_EQ(groupedText(10'402), "10\u00a0402");
    EXPECT_EQ(groupedText(9'999), "9999");
    EXPECT_EQ(counterText(2.71e9, "Hz"), "2.710\u00a0GHz");
    EXPECT_EQ(counterText(44.04, "degC"), "44.0\u00a0°C");
    EXPECT_EQ(counterText(1048576, "bytes"), "1.00\u00a0MiB");
    // date -u -d @N
    EXPECT_EQ(timeText(1'795'426'860'000'000'000), "2026-11-23 09:41 UTC");
    EXPECT_EQ(timeText(951'782'400'000'000'000), "2000-02-29 00:00 UTC");
    EXPECT_EQ(timeText(0), "");
    const std::vector<double> times{800, 148'600, 9e9};
    EXPECT_EQ(durationUnitFor(times).name, "µs");
    EXPECT_EQ(durationUnitFor(times).text(148'600), "148.6");
}

TEST(Report, theSameInputGivesTheSameBytes)
{
    const ReportInput input = makeInput();
    EXPECT_EQ(reportHtml(input), reportHtml(makeInput()));
    EXPECT_EQ(reportJson(input), reportJson(makeInput()));
    EXPECT_EQ(reportCsv(input), reportCsv(makeInput()));
    EXPECT_THAT(reportHtml(input), HasSubstr("2026-11-23 10:00 UTC"));
}

TEST(Report, htmlAsksForNothingOutside)
{
    const std::string html = reportHtml(makeInput());
    EXPECT_THAT(html, HasSubstr("Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"));
    EXPECT_THAT(html, Not(HasSubstr("http:")));
    EXPECT_THAT(html, Not(HasSubstr("https:")));
    EXPECT_THAT(html, Not(HasSubstr("unsafe-inline")));
    EXPECT_THAT(html, Not(HasSubstr(" style=\""))); // the policy would refuse it
    EXPECT_THAT(html, Not(HasSubstr("url(")));
    EXPECT_THAT(html, Not(HasSubstr("@import")));
    EXPECT_EQ(countOf(html, "<script"), 1U);
    EXPECT_EQ(countOf(html, "src="), 0U);
}

TEST(Report, htmlShowsWhatWasMeasured)
{
    const std::string html = reportHtml(makeInput());
    EXPECT_THAT(html, HasSubstr("<title>net on Board 1</title>"));
    EXPECT_THAT(html, HasSubstr("<b>6.000</b> ms"));
    EXPECT_THAT(html, HasSubstr("too few"));
    EXPECT_THAT(html, HasSubstr("10 inferences; a verdict needs at least 30."));
    EXPECT_THAT(html, HasSubstr("data-v=\"3000\">3.00</td>")); // layer c, in the column's unit and, for sorting, in µs
    EXPECT_THAT(html, HasSubstr("50.0\u00a0%"));
    EXPECT_THAT(html, HasSubstr("no sensor &lt;here&gt;"));
    EXPECT_THAT(html, HasSubstr("class=\"n h7\" data-node=\"2\"")); // the slowest node has the highest step
    EXPECT_THAT(html, HasSubstr("class=\"n h2\" data-node=\"0\"")); // a third of it: 7 / 3 rounded
}

TEST(Report, hostileNamesStayText)
{
    ReportInput input = makeInput(hostileNames());
    RunProfile run = makeRun(hostileNames());
    for (const std::uint32_t id : {3U, 4U}) {
        run.hello.counters.push_back({id, hostileNames()[id - 3], hostileNames()[0], true, {}, hostileNames()[1]}); // name, unit, source
        run.counterSamples.push_back({id, 0, 1.5});
        run.counterSamples.push_back({id, 1'000'000, 2.5});
    }
    input.run = reportRun(std::move(run));
    input.title = hostileNames()[0];
    input.project = hostileNames()[1];
    input.warnings = {hostileNames()[1]};
    input.facts = {{"<i>", "</dd><script>"}};
    const std::string html = reportHtml(input);
    EXPECT_EQ(countOf(html, "<script"), 1U);
    EXPECT_EQ(countOf(html, "</script"), 1U);
    EXPECT_EQ(countOf(html, "<img"), 0U);
    EXPECT_EQ(countOf(html, "<b onload"), 0U);
    EXPECT_THAT(html, Not(HasSubstr("\u202e")));
    EXPECT_THAT(html, Not(HasSubstr("\x1b")));
    EXPECT_THAT(html, Not(HasSubstr("\xff")));
    EXPECT_THAT(html, HasSubstr("[U+202E]"));
    EXPECT_THAT(html, HasSubstr(std::string(10'000, 'n'))); // nothing is cut from the text
    EXPECT_THAT(html, HasSubstr("<bdi>&quot;&#39;&gt;"));
    const auto json = nlohmann::json::parse(reportJson(input), nullptr, false);
    ASSERT_FALSE(json.is_discarded());
    EXPECT_EQ(json.at("run").at("layers").at(0).at("name"), hostileNames()[0]);
    EXPECT_EQ(json.at("run").at("layers").at(1).at("name"), hostileNames()[1]);
}

TEST(Report, jsonHasTheNumbers)
{
    const auto json = nlohmann::json::parse(reportJson(makeInput()));
    EXPECT_EQ(json.at("schema"), "nordlys.report/1");
    EXPECT_EQ(json.at("date"), "2026-11-23 10:00 UTC");
    EXPECT_DOUBLE_EQ(json.at("run").at("latencyMs").at("p50").get<double>(), 6);
    EXPECT_DOUBLE_EQ(json.at("run").at("layers").at(2).at("p50Us").get<double>(), 3000);
    EXPECT_DOUBLE_EQ(json.at("run").at("layers").at(2).at("sharePercent").get<double>(), 50);
    EXPECT_EQ(json.at("run").at("counters").at(1).at("mean"), nullptr);
    EXPECT_EQ(json.at("run").at("verdict").at("level"), "tooFew");
    EXPECT_EQ(json.at("model").at("nodeCount"), 3);
    EXPECT_EQ(json.at("comparison"), nullptr);
}

TEST(Report, emulatedBackendsAreNamedWhereverTimesStand)
{
    EXPECT_THAT(reportHtml(makeInput()), Not(HasSubstr("emulated")));
    EXPECT_TRUE(nlohmann::json::parse(reportJson(makeInput())).at("run").at("device").at("emulated").empty());
    RunProfile profile = makeRun({"a", "b", "c"});
    profile.start.layers[1].backend = "htp";
    profile.start.layers[1].isEmulated = true;
    profile.start.layers[1].segment = 1;
    profile.start.layers[1].boundaryTensor = "a/out";
    profile.start.layers[1].boundaryBytes = 64;
    ReportInput input = makeInput();
    input.run = reportRun(profile);
    const std::string html = reportHtml(input);
    EXPECT_THAT(html, HasSubstr("was emulated on the device's CPU."));
    EXPECT_THAT(html, HasSubstr(" emulated on its CPU"));
    EXPECT_THAT(html, HasSubstr(" emulated</span>"));
    const auto json = nlohmann::json::parse(reportJson(input)).at("run");
    EXPECT_EQ(json.at("device").at("emulated"), nlohmann::json::array({"htp"}));
    EXPECT_EQ(json.at("layers").at(0).at("emulated"), false);
    EXPECT_EQ(json.at("layers").at(0).at("boundary"), nullptr);
    EXPECT_EQ(json.at("layers").at(1).at("emulated"), true);
    EXPECT_EQ(json.at("layers").at(1).at("segment"), 1);
    EXPECT_EQ(json.at("layers").at(1).at("boundary"), (nlohmann::json{{"tensor", "a/out"}, {"bytes", 64}}));
}

TEST(Report, csvIsQuotedAndRunsNoFormula)
{
    ReportInput input;
    input.run = reportRun(makeRun({"=1+1", "a,\"b\"\r\nc", "plain"}));
    const std::string csv = reportCsv(input);
    const auto rows = readCsv(csv);
    ASSERT_EQ(rows.size(), 4U);
    for (const auto &row : rows)
        EXPECT_EQ(row.size(), rows[0].size());
    EXPECT_EQ(rows[1][0], "'=1+1");
    EXPECT_EQ(rows[2][0], "a,\"b\"\r\nc");
    EXPECT_EQ(rows[3][0], "plain");
    EXPECT_EQ(rows[0][4], "p50Us");
    EXPECT_EQ(rows[3][4], "3000");
    EXPECT_EQ(rows[3][11], "50");
    EXPECT_EQ(countOf(csv, "\r\n"), 6U); // four lines and one inside each of two cells: the name, and the node it came from
    for (const char *formula : {"+1", "-1", "@x", "\tx", "\rx", "\nx"}) {
        input.run = reportRun(makeRun({formula}));
        EXPECT_EQ(readCsv(reportCsv(input))[1][0], std::string("'") + formula);
    }
}

TEST(Report, aBaselineAddsAComparison)
{
    ReportInput input = makeInput();
    RunProfile slower = makeRun({"a", "b", "c"});
    for (std::int64_t &ns : slower.inferenceDurationNs)
        ns *= 2;
    input.baseline = ReportBaseline{input.run->profile, input.run->summary, "r0 <old>", {}, {}, {}};
    input.run = reportRun(slower);
    input.baseline->comparison = *compareRuns(*input.baseline->profile, *input.run->profile);
    const std::string html = reportHtml(input);
    EXPECT_THAT(html, HasSubstr("Against the baseline"));
    EXPECT_THAT(html, HasSubstr("r0 &lt;old&gt;"));
    EXPECT_THAT(html, HasSubstr("n=10, need 30"));
    const auto json = nlohmann::json::parse(reportJson(input));
    EXPECT_DOUBLE_EQ(json.at("comparison").at("total").at("deltaPercent").get<double>(), 100);
    EXPECT_EQ(json.at("comparison").at("total").at("verdict"), "unknown");
    const auto rows = readCsv(reportCsv(input));
    EXPECT_EQ(rows[0].back(), "verdict");
    EXPECT_EQ(rows[3][14], "3000");
    EXPECT_EQ(rows[3].back(), "unknown");
}

TEST(Report, emptyAndPartialInputsAreNamedNotHidden)
{
    ReportInput nothing;
    EXPECT_THAT(reportHtml(nothing), HasSubstr("There is no run in this report."));
    EXPECT_EQ(nlohmann::json::parse(reportJson(nothing)).at("run"), nullptr);
    EXPECT_EQ(reportCsv(nothing), "name,op\r\n");
    ReportInput modelOnly = makeInput();
    modelOnly.run.reset();
    EXPECT_THAT(reportHtml(modelOnly), HasSubstr("id=\"layers\""));
    EXPECT_EQ(readCsv(reportCsv(modelOnly)).size(), 4U);
    modelOnly.model->layout = {};
    modelOnly.model->notDrawn = "too many";
    EXPECT_THAT(reportHtml(modelOnly), HasSubstr("It is not drawn: <bdi>too many</bdi>"));

    RunProfile stopped = makeRun({"a"});
    stopped.status = RunStatus::Interrupted;
    stopped.reason = "the recording ends early";
    stopped.layerDurationNs.clear();
    stopped.layerOffsetNs.clear();
    ReportInput partial;
    partial.run = reportRun(stopped);
    const std::string html = reportHtml(partial);
    EXPECT_THAT(html, HasSubstr("interrupted"));
    EXPECT_THAT(html, HasSubstr("the recording ends early"));
    EXPECT_THAT(html, HasSubstr("without times of its layers"));
    RunProfile empty;
    empty.status = RunStatus::Failed;
    partial.run = reportRun(empty);
    EXPECT_THAT(reportHtml(partial), HasSubstr("The run failed."));
}

TEST(Report, absurdTimesAndValuesAreDrawn)
{
    RunProfile run = makeRun({"a", "b"});
    run.inferenceStartNs.back() = (std::int64_t(1) << 60) - 1;
    run.inferenceDurationNs.back() = (std::int64_t(1) << 60) - 1;
    run.layerDurationNs.back() = (std::int64_t(1) << 60) - 1;
    run.layerOffsetNs.back() = (std::int64_t(1) << 60) - 1;
    run.counterSamples = {{1, 0, 1e308}, {1, (std::int64_t(1) << 60) - 1, -1e308}};
    ReportInput input;
    input.run = reportRun(run);
    const std::string html = reportHtml(input);
    EXPECT_THAT(html, Not(HasSubstr("\"nan")));
    EXPECT_THAT(html, Not(testing::ContainsRegex("[ \"MHVh]-?(nan|inf)[ \"MHV.]")));
    EXPECT_FALSE(nlohmann::json::parse(reportJson(input), nullptr, false).is_discarded());
}

TEST(Report, aMillionEventsStayASmallPage)
{
    RunProfile run;
    run.start.layers.resize(50);
    for (std::size_t i = 0; i < 50; ++i)
        run.start.layers[i].name = "layer" + std::to_string(i);
    run.hello.counters = {{1, "cpu clock", "Hz", true, {}, {}}};
    for (std::int64_t i = 0; i < 20'000; ++i) {
        run.inferenceStartNs.push_back(i * 50'000);
        run.inferenceDurationNs.push_back(50'000);
        run.counterSamples.push_back({1, i * 50'000, 1e9 + static_cast<double>(i % 7)});
        for (std::int64_t k = 0; k < 50; ++k) {
            run.layerOffsetNs.push_back(k * 1000);
            run.layerDurationNs.push_back(1000);
        }
    }
    run.status = RunStatus::Finished;
    ReportInput input;
    input.run = reportRun(std::move(run));
    EXPECT_LT(reportHtml(input).size(), 200'000U);
}

// Inferences 30 and 31 of 60 are equally near to the median, but layers of number 30 were disturbed.
TEST(Report, picturesAnInferenceThatIsTypicalLayerByLayer)
{
    RunProfile run = makeRun({"a", "b", "c"});
    run.inferenceStartNs.clear();
    run.inferenceDurationNs.clear();
    run.layerOffsetNs.clear();
    run.layerDurationNs.clear();
    for (std::int64_t i = 0; i < 60; ++i) {
        const std::int64_t first = i == 29 ? 3'000'000 : 1'000'000, third = (i == 29 ? 1'000'000 : 3'000'000) + (i - 30) * 1000;
        run.inferenceStartNs.push_back(i * 10'000'000);
        run.inferenceDurationNs.push_back(first + 2'000'000 + third);
        for (const std::int64_t offset : {std::int64_t(0), first, first + 2'000'000})
            run.layerOffsetNs.push_back(offset);
        for (const std::int64_t duration : {first, std::int64_t(2'000'000), third})
            run.layerDurationNs.push_back(duration);
    }
    ReportInput input;
    input.run = reportRun(std::move(run));
    EXPECT_THAT(reportHtml(input), HasSubstr("number 31 of 60"));
}

// A copy by <use> sees only rules that need nothing outside it.
TEST(Report, overviewIsColouredAsTheGraph)
{
    const std::string html = reportHtml(makeInput());
    EXPECT_THAT(html, HasSubstr("<g id=\"graph-all\" class=\"graph\">"));
    EXPECT_THAT(html, HasSubstr("<use href=\"#graph-all\"/>"));
    for (const char *part : {".b{", ".e{", ".k{"})
        EXPECT_THAT(html, Not(HasSubstr(std::string("svg.graph ") + part))) << part;
}

TEST(Report, formatComesFromTheExtension)
{
    EXPECT_EQ(*reportFormatOf("a.HTML"), ReportFormat::Html);
    EXPECT_EQ(*reportFormatOf("a.b.json"), ReportFormat::Json);
    EXPECT_EQ(*reportFormatOf("a.csv"), ReportFormat::Csv);
    for (const char *path : {"a.pdf", "a", "a.", "html"}) {
        ASSERT_FALSE(reportFormatOf(path)) << path;
        EXPECT_EQ(reportFormatOf(path).error().code, ErrorCode::Usage);
    }
}

TEST(Report, isWrittenWholeOrNotAtAll)
{
    const nordlys::test::TemporaryFolder folder;
    const auto path = folder.path() / "r.html";
    ASSERT_TRUE(writeReport(makeInput(), path));
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), reportHtml(makeInput()));
    const auto refused = writeReport(makeInput(), folder.path() / "absent" / "r.html");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::CannotWrite);
}
