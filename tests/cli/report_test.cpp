// SPDX-License-Identifier: Apache-2.0
// Commands compare and report, and the report in a browser.
#include "browser.h"
#include "program.h"

#include <core/profile/stream.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <regex>
#include <set>

namespace nordlys::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string digits(const char *name) { return (digitsPath() / name).string(); }

struct LayerSpec {
    std::string name;
    std::int64_t ns;
};

/// A recording whose medians are known: each layer takes its time, give or take 1 %, in a fixed pattern.
std::string recording(const std::vector<LayerSpec> &layers, std::size_t inferences, bool finished = true)
{
    std::string bytes(core::kStreamMagic);
    core::DeviceHello hello;
    hello.runnerVersion = "test";
    hello.deviceModel = "Board <1>";
    hello.counters = {{1, "cpu clock", "Hz", true, {}, "/sys/clock"}, {2, "temperature", "degC", false, "no sensor", {}}};
    bytes += core::encodeStreamItem(hello);
    core::RunStart start;
    start.modelName = "net";
    start.precision = "float32";
    start.threads = 1;
    start.iterationsPlanned = inferences;
    for (const LayerSpec &layer : layers) {
        core::LayerInfo info;
        info.name = layer.name;
        info.op = "Conv";
        info.backend = "cpu";
        info.sourceNodes = {layer.name};
        start.layers.push_back(info);
    }
    bytes += core::encodeStreamItem(start);
    core::LayerTimesBatch batch;
    std::int64_t now = 0;
    core::CounterBatch samples;
    for (std::size_t i = 0; i < inferences; ++i) {
        std::int64_t sum = 0;
        for (const LayerSpec &layer : layers) {
            batch.layerOffsetNs.push_back(sum);
            batch.layerDurationNs.push_back(layer.ns + layer.ns * (static_cast<std::int64_t>(i * 7 % 11) - 5) / 500);
            sum += batch.layerDurationNs.back();
        }
        batch.inferenceStartNs.push_back(now);
        batch.inferenceDurationNs.push_back(sum);
        samples.push_back({1, now, 2.4e9});
        now += sum;
    }
    bytes += core::encodeStreamItem(batch);
    bytes += core::encodeStreamItem(samples);
    if (finished) {
        core::RunEnd end;
        end.inferences = inferences;
        end.tNs = now;
        bytes += core::encodeStreamItem(end);
    }
    return bytes;
}

std::vector<LayerSpec> threeLayers(std::int64_t second = 2'000'000)
{
    return {{"conv_a", 1'000'000}, {"conv_b", second}, {"conv_c", 3'000'000}};
}

const std::vector<std::string> &hostileNames()
{
    static const std::vector<std::string> names{
        "</script><script>console.error('in')</script><img src=x onerror=console.error(1)>",
        "\"'><svg onload=console.error(2)>\x07\u202egnp.exe\u2069",
        "{{7*7}} https://example.invalid/pixel.png =cmd|' /C calc'!A0", std::string(10'000, 'n') + "\u05e9\u05dc\u05d5\u05dd"};
    return names;
}

/// Names in the first cells that hold one, in the order of the layer table's rows.
std::vector<std::string> rowsOf(const std::string &dom)
{
    std::vector<std::string> names;
    const std::size_t table = dom.find("<table id=\"layers\""), end = dom.find("</table>", table);
    const std::string text = dom.substr(table, end - table);
    const std::regex cell("<tr data-i=\"(\\d+)\">");
    for (auto it = std::sregex_iterator(text.begin(), text.end(), cell); it != std::sregex_iterator(); ++it)
        names.push_back((*it)[1]);
    return names;
}

class Browser : public testing::Test {
protected:
    void SetUp() override
    {
        m_browser = findBrowser();
        if (m_browser.empty())
            GTEST_SKIP() << "needs Chromium: apt-get install chromium";
    }
    BrowserVisit open(const std::string &page, const std::string &fragment = {})
    {
        const BrowserVisit result = visit(m_browser, page, fragment);
        EXPECT_TRUE(result.finished);
        EXPECT_THAT(result.complaints, IsEmpty());
        EXPECT_THAT(result.requests, IsEmpty());
        return result;
    }
    Scratch m_scratch;
    std::string m_browser;
};

} // namespace

TEST(CliCompare, FindsTheSlowLayerAndItsGateFails)
{
    const Scratch scratch;
    writeFile(scratch / "a.nrs", recording(threeLayers(), 200));
    writeFile(scratch / "b.nrs", recording(threeLayers(3'000'000), 200));
    const Finished run = nordlys({"compare", scratch / "a.nrs", scratch / "b.nrs", "--json"});
    ASSERT_EQ(run.exitCode, 0) << run.err;
    EXPECT_EQ(run.err, "");
    const auto json = run.json();
    EXPECT_EQ(json.value("schema", ""), "nordlys.compare/1");
    const auto &total = json.at("total");
    EXPECT_NEAR(total.at("a").get<double>(), 6, 0.01);
    EXPECT_NEAR(total.at("b").get<double>(), 7, 0.01);
    EXPECT_NEAR(total.at("deltaPercent").get<double>(), 100.0 / 6, 0.05);
    EXPECT_EQ(total.at("verdict"), "slower");
    EXPECT_LE(total.at("interval").at(0).get<double>(), total.at("deltaPercent").get<double>());
    EXPECT_GE(total.at("interval").at(1).get<double>(), total.at("deltaPercent").get<double>());
    ASSERT_EQ(json.at("layers").size(), 3U);
    EXPECT_EQ(json.at("layers").at(1).at("name"), "conv_b");
    EXPECT_NEAR(json.at("layers").at(1).at("deltaPercent").get<double>(), 50, 0.1);
    EXPECT_EQ(json.at("layers").at(1).at("verdict"), "slower");
    EXPECT_EQ(json.at("layers").at(0).at("verdict"), "same");

    const Finished failed = nordlys({"compare", scratch / "a.nrs", scratch / "b.nrs", "--gate", "latency<+5%"});
    EXPECT_EQ(failed.exitCode, 1);
    EXPECT_EQ(failed.errorLines(), 1U) << failed.err;
    EXPECT_THAT(failed.err, HasSubstr("+16.7 %"));
    EXPECT_EQ(nordlys({"compare", scratch / "b.nrs", scratch / "a.nrs", "--gate", "latency<+5%"}).exitCode, 0);
    EXPECT_EQ(
        nordlys({"compare", scratch / "a.nrs", scratch / "b.nrs", "--gate", "latency<+20%", "--gate", "layers<+10%"}).exitCode,
        1);
}

TEST(CliCompare, SeveralRunsAgainstOneBaseline)
{
    const Scratch scratch;
    writeFile(scratch / "a.nrs", recording(threeLayers(), 100));
    writeFile(scratch / "b.nrs", recording(threeLayers(), 100));
    writeFile(scratch / "c.nrs", recording(threeLayers(1'000'000), 100));
    const auto json =
        nordlys({"compare", scratch / "a.nrs", scratch / "b.nrs", scratch / "c.nrs", "--json", "--gate", "latency<=0%"}).json();
    ASSERT_EQ(json.at("candidates").size(), 2U);
    EXPECT_EQ(json.at("candidates").at(0).at("total").at("verdict"), "same");
    EXPECT_EQ(json.at("candidates").at(1).at("total").at("verdict"), "faster");
    EXPECT_EQ(json.at("gates").size(), 2U);
    EXPECT_EQ(json.at("passed"), true);
}

TEST(CliCompare, FewOrUnfinishedInferencesGetNoVerdict)
{
    const Scratch scratch;
    writeFile(scratch / "a.nrs", recording(threeLayers(), 100));
    writeFile(scratch / "few.nrs", recording(threeLayers(4'000'000), 20));
    writeFile(scratch / "cut.nrs", recording(threeLayers(4'000'000), 100, false));
    for (const char *other : {"few.nrs", "cut.nrs"}) {
        const auto json = nordlys({"compare", scratch / "a.nrs", scratch / other, "--json"}).json();
        EXPECT_EQ(json.at("total").at("verdict"), "unknown") << other;
        EXPECT_FALSE(json.at("total").at("reason").get<std::string>().empty());
        EXPECT_EQ(nordlys({"compare", scratch / "a.nrs", scratch / other, "--gate", "latency<+90%"}).exitCode, 1) << other;
    }
}

TEST(CliCompare, BadInputIsNamed)
{
    const Scratch scratch;
    writeFile(scratch / "a.nrs", recording(threeLayers(), 40));
    writeFile(scratch / "x.nrs", "NRDSTRM9 something else");
    EXPECT_EQ(nordlys({"compare", scratch / "a.nrs"}).exitCode, 2);
    EXPECT_EQ(nordlys({"compare", scratch / "a.nrs", scratch / "a.nrs", "--gate", "speed<+5%"}).exitCode, 2);
    for (const std::string &bad : {scratch / "x.nrs", scratch / "absent.nrs", digits("digits.onnx")}) {
        const Finished run = nordlys({"compare", scratch / "a.nrs", bad});
        EXPECT_EQ(run.exitCode, 3) << run.err;
        EXPECT_EQ(run.errorLines(), 1U);
    }
}

TEST(CliReport, RunOfDigitsInThreeFormats)
{
    const Scratch scratch;
    ASSERT_EQ(nordlys({"run", digits("digits.onnx"), "--iterations", "40", "--record", scratch / "r.nrs"}).exitCode, 0);
    Launch launch;
    launch.environment = {"SOURCE_DATE_EPOCH=1795426860"};
    for (const char *name : {"r.html", "r.json", "r.csv", "again.html"}) {
        launch.args = {"report",  scratch / "r.nrs", "--model", digits("digits.onnx"),
                       "--title", "Digits & more",   "-o",      scratch / name};
        const Finished run = nordlys(launch);
        EXPECT_EQ(run.exitCode, 0) << run.err;
        EXPECT_EQ(run.err, "");
    }
    const std::string html = readFile(scratch / "r.html");
    EXPECT_EQ(html, readFile(scratch / "again.html"));
    EXPECT_THAT(html, HasSubstr("2026-11-23 09:41 UTC"));
    EXPECT_THAT(html, HasSubstr("Digits &amp; more"));
    const auto json = nlohmann::json::parse(readFile(scratch / "r.json"));
    EXPECT_EQ(json.at("schema"), "nordlys.report/1");
    const auto run = nordlys({"run", "--device", "recording:" + (scratch / "r.nrs"), "--json"}).json();
    EXPECT_DOUBLE_EQ(json.at("run").at("latencyMs").at("p50").get<double>(), run.at("latencyMs").at("p50").get<double>());
    EXPECT_EQ(json.at("run").at("layers").size(), run.at("layers").size());
    EXPECT_EQ(json.at("model").at("sha256"),
              nordlys({"info", digits("digits.onnx"), "--hash", "--json"}).json().at("model").at("sha256"));
    EXPECT_EQ(std::count(html.begin(), html.end(), '\0'), 0);
    const std::string csv = readFile(scratch / "r.csv");
    EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')), run.at("layers").size() + 1);
}

TEST(CliReport, ProjectBringsModelEncodingsAndNewestRun)
{
    const Scratch scratch;
    std::filesystem::copy(digits("digits.onnx"), scratch / "digits.onnx");
    writeFile(scratch / "old.nrs", recording(threeLayers(), 40));
    writeFile(scratch / "new.nrs", recording(threeLayers(5'000'000), 40));
    writeFile(scratch / "p.nordlys",
              R"({"schema":"nordlys.project/1","model":{"path":"digits.onnx","sha256":""},)"
              R"("runs":[{"path":"old.nrs","sha256":""},{"path":"new.nrs","sha256":""},{"path":"gone.nrs","sha256":""}]})");
    const Finished run =
        nordlys({"report", scratch / "p.nordlys", "--baseline", scratch / "old.nrs", "-o", scratch / "r.json", "--json"});
    ASSERT_EQ(run.exitCode, 0) << run.err;
    EXPECT_EQ(run.json().at("run"), "new.nrs");
    const auto json = nlohmann::json::parse(readFile(scratch / "r.json"));
    EXPECT_EQ(json.at("project"), "p.nordlys");
    EXPECT_EQ(json.at("model").at("file"), "digits.onnx");
    EXPECT_EQ(json.at("comparison").at("total").at("verdict"), "slower");
    EXPECT_THAT(json.at("warnings").dump(), HasSubstr("gone.nrs"));
}

TEST(CliReport, RefusalsNameTheReasonAndLeaveNothing)
{
    const Scratch scratch;
    writeFile(scratch / "a.nrs", recording(threeLayers(), 40));
    const std::string whole = readFile(scratch / "a.nrs");
    writeFile(scratch / "bad.nrs", whole.substr(0, 60) + std::string(200, '\xff'));
    writeFile(scratch / "bad.nordlys", "{\"schema\":\"nordlys.project/9\"}");
    const auto before = scratch.files();
    EXPECT_EQ(nordlys({"report", scratch / "a.nrs", "-o", scratch / "r.pdf"}).exitCode, 2);
    EXPECT_EQ(nordlys({"report", scratch / "a.nrs", "-o", scratch / "r"}).exitCode, 2);
    EXPECT_EQ(nordlys({"report", scratch / "absent.nrs", "-o", scratch / "r.html"}).exitCode, 3);
    EXPECT_EQ(nordlys({"report", scratch / "bad.nordlys", "-o", scratch / "r.html"}).exitCode, 5);
    EXPECT_EQ(nordlys({"report", scratch / "bad.nrs", "-o", scratch / "r.html"}).exitCode, 3);
    EXPECT_EQ(nordlys({"report", digits("digits.onnx"), "--baseline", scratch / "a.nrs", "-o", scratch / "r.html"}).exitCode, 2);
    const Finished unwritable = nordlys({"report", scratch / "a.nrs", "-o", scratch / "no/such/r.html"});
    EXPECT_EQ(unwritable.exitCode, 6);
    EXPECT_EQ(unwritable.errorLines(), 1U) << unwritable.err;
    EXPECT_EQ(scratch.files(), before);
}

TEST_F(Browser, OpensTheReportOfADigitsRun)
{
    ASSERT_EQ(nordlys({"run", digits("digits.onnx"), "--iterations", "60", "--record", m_scratch / "r.nrs"}).exitCode, 0);
    ASSERT_EQ(nordlys({"run", digits("digits.onnx"), "--iterations", "60", "--record", m_scratch / "b.nrs"}).exitCode, 0);
    const Finished made = nordlys({"report", m_scratch / "r.nrs", "--model", digits("digits.onnx"), "--baseline",
                                   m_scratch / "b.nrs", "-o", m_scratch / "r.html"});
    ASSERT_EQ(made.exitCode, 0) << made.err;
    const BrowserVisit page = open(m_scratch / "r.html");
    EXPECT_THAT(page.dom, HasSubstr("data-key=\"share\" aria-sort=\"descending\""));
    EXPECT_THAT(page.dom, HasSubstr("id=\"graph-view\""));
    EXPECT_THAT(page.dom,
                Not(HasSubstr("data-csv=\"layers\" data-file=\"layers.csv\" hidden"))); // the script ran and showed the button
}

TEST_F(Browser, SortsAndFiltersTheLayerTable)
{
    writeFile(m_scratch / "r.nrs", recording({{"mid", 2'000'000}, {"slow", 9'000'000}, {"fast", 1'000'000}}, 40));
    ASSERT_EQ(nordlys({"report", m_scratch / "r.nrs", "-o", m_scratch / "r.html"}).exitCode, 0);
    EXPECT_THAT(rowsOf(open(m_scratch / "r.html").dom), testing::ElementsAre("1", "0", "2")); // by share, as written
    EXPECT_THAT(rowsOf(open(m_scratch / "r.html", "#sort=p95").dom), testing::ElementsAre("2", "0", "1"));
    EXPECT_THAT(rowsOf(open(m_scratch / "r.html", "#sort=-p95").dom), testing::ElementsAre("1", "0", "2"));
    const BrowserVisit byName = open(m_scratch / "r.html", "#sort=layer&filter=SLO");
    EXPECT_THAT(rowsOf(byName.dom), testing::ElementsAre("1")); // "slow"; the others carry hidden=""
    EXPECT_THAT(byName.dom, HasSubstr("1 of 3 rows"));
    EXPECT_THAT(byName.dom, HasSubstr("data-key=\"layer\" aria-sort=\"ascending\""));
}

TEST_F(Browser, HostileNamesNeitherRunNorLoadAnything)
{
    std::vector<LayerSpec> layers;
    for (const std::string &name : hostileNames())
        layers.push_back({name, 1'000'000});
    writeFile(m_scratch / "r.nrs", recording(layers, 40));
    ASSERT_EQ(nordlys({"report", m_scratch / "r.nrs", "--baseline", m_scratch / "r.nrs", "--title", hostileNames()[0], "-o",
                       m_scratch / "r.html"})
                  .exitCode,
              0);
    const BrowserVisit page = open(m_scratch / "r.html", "#sort=layer");
    EXPECT_EQ(rowsOf(page.dom).size(), 4U);
    EXPECT_THAT(page.dom, HasSubstr(std::string(9'000, 'n')));
    EXPECT_THAT(page.dom, Not(HasSubstr("<img")));
    const std::string html = readFile(m_scratch / "r.html");
    const std::regex addresses("(src|href|action|data)=\"(?!#|data:,)[^\"]*\"");
    EXPECT_FALSE(std::regex_search(html, addresses));
}

// Guards the guard: a page that does complain and does load is found out.
TEST_F(Browser, APageWithErrorsIsFoundOut)
{
    writeFile(m_scratch / "bad.html",
              "<!doctype html><title>x</title><script>console.error('seen')</script><img src=\"http://example.invalid/a.png\">");
    const BrowserVisit page = visit(m_browser, m_scratch / "bad.html");
    EXPECT_TRUE(page.finished);
    EXPECT_THAT(page.complaints, testing::Contains(HasSubstr("seen")));
    EXPECT_THAT(page.requests, testing::Contains(HasSubstr("example.invalid")));
}

} // namespace nordlys::test
