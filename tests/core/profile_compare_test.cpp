// SPDX-License-Identifier: Apache-2.0
#include <core/profile/compare_gate.h>
#include <core/profile/compare_runs.h>
#include <core/profile/join_layers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

using namespace nordlys::core;
using testing::HasSubstr;

namespace {

LayerInfo layer(std::string name, std::vector<std::string> nodes)
{
    LayerInfo info;
    info.name = std::move(name);
    info.op = "Conv";
    info.backend = "cpu";
    info.sourceNodes = std::move(nodes);
    return info;
}

/// A finished run whose layer times come from `timeNs(inference, layer)`; the latency is their sum.
RunProfile makeRun(std::vector<LayerInfo> layers, std::size_t inferences,
                   const std::function<double(std::size_t, std::size_t)> &timeNs)
{
    RunProfile run;
    run.start.layers = std::move(layers);
    run.status = RunStatus::Finished;
    std::int64_t now = 0;
    for (std::size_t i = 0; i < inferences; ++i) {
        std::int64_t sum = 0;
        for (std::size_t k = 0; k < run.layerCount(); ++k) {
            run.layerOffsetNs.push_back(sum);
            run.layerDurationNs.push_back(std::llround(timeNs(i, k)));
            sum += run.layerDurationNs.back();
        }
        run.inferenceStartNs.push_back(now);
        run.inferenceDurationNs.push_back(sum);
        now += sum;
    }
    return run;
}

std::vector<LayerInfo> threeLayers() { return {layer("a", {"a"}), layer("b", {"b"}), layer("c", {"c"})}; }

/// Independent noise of `percent` around `ns`.
std::function<double(std::size_t, std::size_t)> noisy(double ns, double percent, unsigned seed, std::size_t slowLayer = 99,
                                                      double factor = 1)
{
    auto engine = std::make_shared<std::mt19937>(seed);
    return [=](std::size_t, std::size_t k) {
        std::normal_distribution<double> normal(1, percent / 100);
        return ns * std::max(0.1, normal(*engine)) * (k == slowLayer ? factor : 1);
    };
}

RunComparison compared(const RunProfile &a, const RunProfile &b, const CompareOptions &options = {})
{
    auto result = compareRuns(a, b, options);
    EXPECT_TRUE(result) << (result ? "" : result.error().text());
    return result ? *result : RunComparison{};
}

std::vector<double> oneTo(int n)
{
    std::vector<double> values;
    for (int i = 1; i <= n; ++i)
        values.push_back(i);
    return values;
}

} // namespace

// Probabilities by hand: the median of a resample of {1, 2, 3} is 1 where at least two of three draws are 1: 7/27, and 3
// likewise; 2: 13/27.
TEST(ProfileCompare, resampledMediansOfThreeValuesHaveTheirExactProbabilities)
{
    const MedianRanks ranks = drawMedianRanks(3, 200'000, 7);
    ASSERT_EQ(ranks.lower, ranks.upper);
    for (std::uint32_t rank = 0; rank < 3; ++rank) {
        const double share = static_cast<double>(std::count(ranks.lower.begin(), ranks.lower.end(), rank)) / 200'000;
        EXPECT_NEAR(share, rank == 1 ? 13.0 / 27 : 7.0 / 27, 0.005) << rank;
    }
}

// By hand for {1, 2, 3, 4}: P(second smallest is 1) = 1 - (3/4)^4 - 4 (1/4) (3/4)^3 = 67/256; P(both middle ones are 1) = P(at
// least 3 of 4) = 13/256.
TEST(ProfileCompare, resampledMediansOfFourValuesHaveTheirExactProbabilities)
{
    const MedianRanks ranks = drawMedianRanks(4, 200'000, 7);
    std::size_t lowerFirst = 0, bothFirst = 0;
    for (std::size_t i = 0; i < ranks.lower.size(); ++i) {
        ASSERT_LE(ranks.lower[i], ranks.upper[i]);
        ASSERT_LT(ranks.upper[i], 4U);
        lowerFirst += ranks.lower[i] == 0 ? 1 : 0;
        bothFirst += ranks.upper[i] == 0 ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(lowerFirst) / 200'000, 67.0 / 256, 0.005);
    EXPECT_NEAR(static_cast<double>(bothFirst) / 200'000, 13.0 / 256, 0.003);
}

// The independent way: draw the values themselves, n times each, and take the percentiles of the ratios.
TEST(ProfileCompare, intervalEqualsThatOfDrawingTheValuesThemselves)
{
    std::mt19937 engine(11);
    std::lognormal_distribution<double> skewed(0, 0.4);
    std::vector<double> a(41), b(60);
    for (double &value : a)
        value = 1000 * skewed(engine);
    for (double &value : b)
        value = 1300 * skewed(engine);

    std::vector<double> ratios;
    const auto medianOf = [](std::vector<double> values) {
        std::sort(values.begin(), values.end());
        const std::size_t n = values.size();
        return (values[(n - 1) / 2] + values[n / 2]) / 2;
    };
    const auto resampled = [&](const std::vector<double> &values) {
        std::vector<double> drawn(values.size());
        std::uniform_int_distribution<std::size_t> pick(0, values.size() - 1);
        for (double &value : drawn)
            value = values[pick(engine)];
        return medianOf(std::move(drawn));
    };
    for (int i = 0; i < 40'000; ++i)
        ratios.push_back(100 * (resampled(b) / resampled(a) - 1));
    std::sort(ratios.begin(), ratios.end());

    const double delta = 100 * (medianOf(b) / medianOf(a) - 1);
    const MedianChange change = estimateChange(a, b, drawMedianRanks(41, 40'000, 1), drawMedianRanks(60, 40'000, 2), 1);
    EXPECT_NEAR(change.deltaPercent, delta, 1e-9);
    const double width = ratios[39'000] - ratios[1'000];
    EXPECT_NEAR(change.lowPercent, ratios[1'000], 0.03 * width);
    EXPECT_NEAR(change.highPercent, ratios[39'000], 0.03 * width);
}

// Blocks of two: medians 1.5, 3.5, ... 15.5: mean 8.5, standard deviation sqrt(24), error sqrt(3); t(7, 97.5 %) = 2.3646;
// median 8.5.
TEST(ProfileCompare, driftIsStudentsIntervalOfTheBlocksMedians)
{
    EXPECT_NEAR(driftPercent(oneTo(16), 8.5), 100 * 2.3646 * std::sqrt(3.0) / 8.5, 0.01);
    EXPECT_EQ(driftPercent(oneTo(15), 8), 0);
    EXPECT_EQ(driftPercent(oneTo(16), 0), 0);
}

// Holm 1979 by hand: 0.01 <= 0.05/4, 0.02 > 0.05/3 and everything above it falls too, though 0.022 < 0.05/2.
TEST(ProfileCompare, correctionForManyRowsIsHolms)
{
    EXPECT_THAT(significantTogether(std::vector<double>{0.02, 0.9, 0.01, 0.022}),
                testing::ElementsAre(false, false, true, false));
    EXPECT_THAT(significantTogether(std::vector<double>{0.012, 0.016, 0.024, 0.05}), testing::Each(true));
    EXPECT_TRUE(significantTogether({}).empty());
}

TEST(ProfileCompare, aSlowLayerIsFoundAndTheOthersStayTheSame)
{
    const RunProfile a = makeRun(threeLayers(), 300, noisy(1e5, 3, 1));
    const RunProfile b = makeRun(threeLayers(), 300, noisy(1e5, 3, 2, 1, 1.3));
    const RunComparison result = compared(a, b);
    EXPECT_EQ(result.total.verdict, ChangeVerdict::Slower);
    EXPECT_NEAR(result.total.deltaPercent, 10, 1); // 0.3 of a third
    EXPECT_LT(result.total.lowPercent, result.total.deltaPercent);
    EXPECT_GT(result.total.highPercent, result.total.deltaPercent);
    ASSERT_EQ(result.layers.size(), 3U);
    EXPECT_EQ(result.layers[0].change.verdict, ChangeVerdict::Same);
    EXPECT_EQ(result.layers[1].change.verdict, ChangeVerdict::Slower);
    EXPECT_NEAR(result.layers[1].change.deltaPercent, 30, 2);
    EXPECT_EQ(result.layers[2].change.verdict, ChangeVerdict::Same);
    EXPECT_EQ(result.significanceRows, 3U);
    EXPECT_EQ(compared(b, a).total.verdict, ChangeVerdict::Faster);
    EXPECT_NEAR(compared(b, a).layers[1].change.deltaPercent, 100 * (1 / 1.3 - 1), 2);
}

TEST(ProfileCompare, sameInputSameNumbers)
{
    const RunProfile a = makeRun(threeLayers(), 80, noisy(1e5, 9, 1)), b = makeRun(threeLayers(), 90, noisy(1e5, 9, 2));
    const RunComparison first = compared(a, b), second = compared(a, b);
    EXPECT_EQ(first.total.lowPercent, second.total.lowPercent);
    EXPECT_EQ(first.layers[2].change.highPercent, second.layers[2].change.highPercent);
}

TEST(ProfileCompare, aRunAgainstItselfIsTheSame)
{
    const RunProfile a = makeRun(threeLayers(), 30, noisy(1e5, 30, 3));
    const RunComparison result = compared(a, a);
    EXPECT_EQ(result.total.deltaPercent, 0);
    EXPECT_EQ(result.total.verdict, ChangeVerdict::Same);
    for (const LayerChange &entry : result.layers)
        EXPECT_EQ(entry.change.verdict, ChangeVerdict::Same);
    EXPECT_TRUE(result.differences.empty());
}

// Two hundred pairs of runs of equal layers: with 5 % for all rows of a pair together, the floor aside, at most about 10 pairs
// have a wrong verdict.
TEST(ProfileCompare, equalRunsAreSeldomCalledDifferent)
{
    int wrongTotals = 0, wrongPairs = 0, outside = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        const RunProfile a = makeRun(threeLayers(), 60, noisy(1e6, 8, 2 * seed + 100)),
                         b = makeRun(threeLayers(), 60, noisy(1e6, 8, 2 * seed + 101));
        const RunComparison result = compared(a, b);
        const auto isWrong = [](const MedianChange &change) {
            return change.verdict == ChangeVerdict::Faster || change.verdict == ChangeVerdict::Slower;
        };
        wrongTotals += isWrong(result.total) ? 1 : 0;
        wrongPairs += std::any_of(result.layers.begin(), result.layers.end(),
                                  [&](const LayerChange &entry) { return isWrong(entry.change); })
                          ? 1
                          : 0;
        outside += result.total.lowPercent > 0 || result.total.highPercent < 0 ? 1 : 0;
    }
    EXPECT_LE(wrongTotals, 14);
    EXPECT_LE(wrongPairs, 14);
    EXPECT_NEAR(outside, 10, 9); // 95 % coverage of the interval itself
}

// Throttling: the second half of both runs is 20 % slower. Where the switch falls decides the median, so a shift of it is no
// change of the model.
TEST(ProfileCompare, driftWithinARunRaisesTheFloor)
{
    const auto throttled = [](std::size_t from, unsigned seed) {
        auto noise = noisy(1e6, 1, seed);
        return makeRun({layer("a", {"a"})}, 200,
                       [=](std::size_t i, std::size_t k) { return noise(i, k) * (i >= from ? 1.2 : 1); });
    };
    const RunComparison result = compared(throttled(110, 1), throttled(90, 2));
    EXPECT_GT(result.total.deltaPercent, 10);
    EXPECT_GT(result.total.noiseFloorPercent, 10);
    EXPECT_NE(result.total.verdict, ChangeVerdict::Faster);
}

TEST(ProfileCompare, repeatsOfTheBaselineRaiseTheFloor)
{
    const RunProfile a = makeRun(threeLayers(), 100, noisy(1e5, 1, 1)), again = makeRun(threeLayers(), 100, noisy(1.06e5, 1, 2));
    const RunProfile b = makeRun(threeLayers(), 100, noisy(1.05e5, 1, 3));
    EXPECT_EQ(compared(a, b).total.verdict, ChangeVerdict::Slower);
    CompareOptions options;
    options.repeatsOfA = {&again};
    const RunComparison result = compared(a, b, options);
    EXPECT_NEAR(result.total.noiseFloorPercent, 6, 0.5);
    EXPECT_EQ(result.total.verdict, ChangeVerdict::Same);
    EXPECT_EQ(result.layers[0].change.verdict, ChangeVerdict::Same);
}

TEST(ProfileCompare, tooFewSamplesGetNumbersButNoVerdict)
{
    const RunProfile a = makeRun(threeLayers(), 100, noisy(1e5, 1, 1)), b = makeRun(threeLayers(), 29, noisy(2e5, 1, 2));
    const RunComparison result = compared(a, b);
    EXPECT_EQ(result.total.verdict, ChangeVerdict::Unknown);
    EXPECT_THAT(result.total.reason, HasSubstr("29"));
    EXPECT_TRUE(result.total.hasInterval);
    EXPECT_NEAR(result.total.deltaPercent, 100, 3);
    const RunComparison few = compared(a, makeRun(threeLayers(), 5, noisy(2e5, 1, 2)));
    EXPECT_FALSE(few.total.hasInterval);
    EXPECT_TRUE(few.total.hasDelta);
    EXPECT_EQ(compared(a, makeRun(threeLayers(), 30, noisy(2e5, 1, 2))).total.verdict, ChangeVerdict::Slower);
}

TEST(ProfileCompare, runsThatDidNotFinishGetNoVerdict)
{
    const RunProfile a = makeRun(threeLayers(), 100, noisy(1e5, 1, 1));
    for (const RunStatus status : {RunStatus::Interrupted, RunStatus::Failed, RunStatus::Running}) {
        RunProfile b = makeRun(threeLayers(), 100, noisy(2e5, 1, 2));
        b.status = status;
        b.reason = "the cable was pulled";
        for (const RunComparison &result : {compared(a, b), compared(b, a)}) {
            EXPECT_EQ(result.total.verdict, ChangeVerdict::Unknown);
            EXPECT_EQ(result.layers[0].change.verdict, ChangeVerdict::Unknown);
            EXPECT_FALSE(result.refusal.empty());
            EXPECT_TRUE(result.total.hasInterval);
        }
        if (status != RunStatus::Running) {
            EXPECT_THAT(compared(a, b).refusal, testing::AllOf(HasSubstr("Run B"), HasSubstr("cable")));
        }
    }
}

TEST(ProfileCompare, emptyAndZeroRunsAreNamed)
{
    const RunProfile a = makeRun(threeLayers(), 40, noisy(1e5, 1, 1)), none = makeRun({}, 0, noisy(1, 1, 1));
    const RunComparison result = compared(a, none);
    EXPECT_EQ(result.total.verdict, ChangeVerdict::Unknown);
    EXPECT_EQ(result.layers.size(), 3U);
    EXPECT_EQ(result.layers[0].change.reason, "Only run A has this layer.");
    const RunProfile zero = makeRun(threeLayers(), 40, [](std::size_t, std::size_t) { return 0; });
    EXPECT_FALSE(compared(zero, a).total.hasDelta);
    EXPECT_EQ(compared(zero, a).total.verdict, ChangeVerdict::Unknown);
    EXPECT_EQ(compared(a, zero).total.verdict, ChangeVerdict::Faster);
    RunProfile untimed = makeRun(threeLayers(), 40, noisy(1e5, 1, 2));
    untimed.layerDurationNs.clear();
    untimed.layerOffsetNs.clear();
    const RunComparison partly = compared(a, untimed);
    EXPECT_EQ(partly.total.verdict, ChangeVerdict::Same);
    EXPECT_EQ(partly.layers[0].change.reason, "Run B has no times of it.");
}

TEST(ProfileCompare, layersJoinByNodesWhatIsFusedIsSummed)
{
    const std::vector<LayerInfo> a{layer("conv1", {"conv1", "relu1"}), layer("pool", {"pool"}), layer("old", {"old"}),
                                   layer("quantize", {})};
    const std::vector<LayerInfo> b{layer("conv1", {"conv1"}), layer("relu1", {"relu1"}), layer("pooling", {"pool"}),
                                   layer("quantize", {}), layer("new", {"new"})};
    const auto rows = joinLayers(a, b);
    ASSERT_EQ(rows.size(), 5U);
    const auto isRow = [](const JoinedLayers &row, std::vector<std::size_t> x, std::vector<std::size_t> y) {
        return row.a == x && row.b == y;
    };
    EXPECT_TRUE(isRow(rows[0], {0}, {0, 1}));
    EXPECT_TRUE(isRow(rows[1], {1}, {2}));
    EXPECT_TRUE(isRow(rows[2], {2}, {}));
    EXPECT_TRUE(isRow(rows[3], {3}, {3}));
    EXPECT_TRUE(isRow(rows[4], {}, {4}));

    const RunComparison result = compared(makeRun(a, 50, noisy(2e6, 0.5, 1)), makeRun(b, 50, noisy(1e6, 0.5, 2)));
    EXPECT_EQ(result.layers[0].name, "conv1");
    EXPECT_EQ(result.layers[0].change.verdict, ChangeVerdict::Same); // 2 ms against 1 ms + 1 ms
    EXPECT_EQ(result.layers[1].change.verdict, ChangeVerdict::Faster);
    EXPECT_EQ(result.layers[4].name, "new");
    EXPECT_EQ(result.layers[4].change.reason, "Only run B has this layer.");
}

TEST(ProfileCompare, repeatedNamesLoseNoLayer)
{
    const std::vector<LayerInfo> a{layer("x", {}), layer("x", {}), layer("", {})}, b{layer("x", {}), layer("", {})};
    std::size_t inA = 0, inB = 0;
    for (const JoinedLayers &row : joinLayers(a, b)) {
        inA += row.a.size();
        inB += row.b.size();
    }
    EXPECT_EQ(inA, 3U);
    EXPECT_EQ(inB, 2U);
}

TEST(ProfileCompare, conditionsThatDifferAreNamed)
{
    RunProfile a = makeRun(threeLayers(), 40, noisy(1e5, 1, 1));
    a.hello.counters = {{1, "cpu0 clock", "Hz", true, {}, {}}, {2, "cpu-1", "degC", true, {}, {}}};
    a.start.threads = 1;
    RunProfile b = a;
    b.start.threads = 2;
    b.start.layers[1].backend = "htp";
    b.start.layers[1].isEmulated = true;
    a.counterSamples = {{1, 0, 2.0e9}, {2, 0, 38}, {2, 1, 44}};
    b.counterSamples = {{1, 0, 2.5e9}, {2, 0, 47}};
    const RunComparison result = compared(a, b);
    ASSERT_EQ(result.differences.size(), 4U);
    EXPECT_EQ(result.differences[0].what, "emulated backends");
    EXPECT_EQ(result.differences[0].a, "none");
    EXPECT_EQ(result.differences[0].b, "htp");
    EXPECT_EQ(result.differences[1].what, "threads");
    EXPECT_THAT(result.differences[2].what, HasSubstr("temperature at start"));
    EXPECT_THAT(result.differences[3].what, HasSubstr("mean clock"));
    EXPECT_TRUE(result.differences[3].weakens);
}

TEST(ProfileCompare, stopsWhenAsked)
{
    std::stop_source stop;
    stop.request_stop();
    const RunProfile a = makeRun(threeLayers(), 40, noisy(1e5, 1, 1));
    const auto result = compareRuns(a, a, {}, {stop.get_token(), {}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Interrupted);
}

TEST(ProfileCompare, gatesAreReadOrRefused)
{
    const auto gate = parseGate("latency<+5%");
    ASSERT_TRUE(gate);
    EXPECT_EQ(gate->metric, CompareGate::Metric::Latency);
    EXPECT_TRUE(gate->isRelative);
    EXPECT_EQ(gate->limit, 5);
    EXPECT_TRUE(parseGate("p95<=-2.5%")->allowsEqual);
    EXPECT_EQ(parseGate("p99<1.5ms")->limit, 1.5e6);
    EXPECT_EQ(parseGate("layer:a<b<+10%")->layer, "a<b");
    for (const char *bad :
         {"", "latency", "latency<", "latency<5%", "latency<+5", "latency<+5ms", "latency<nan%", "latency<+inf%", "speed<+5%",
          "latency>+5%", "layer:<+5%", "latency<+5%x", "latency<++5%", "latency<1e999%"}) {
        const auto refused = parseGate(bad);
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code, ErrorCode::Usage) << bad;
    }
}

TEST(ProfileCompare, gatesJudgeAndRefuseToGuess)
{
    const RunProfile a = makeRun(threeLayers(), 200, noisy(1e6, 1, 1)),
                     slower = makeRun(threeLayers(), 200, noisy(1e6, 1, 2, 1, 1.3));
    const RunComparison result = compared(a, slower);
    const auto passes = [&](const char *text, const RunComparison &comparison) {
        return checkGate(*parseGate(text), comparison).passed;
    };
    EXPECT_FALSE(passes("latency<+5%", result));
    EXPECT_TRUE(passes("latency<+12%", result));
    EXPECT_TRUE(passes("latency<4ms", result));
    EXPECT_FALSE(passes("latency<3ms", result));
    EXPECT_FALSE(passes("layers<+20%", result));
    EXPECT_TRUE(passes("layers<+40%", result));
    EXPECT_TRUE(passes("layer:a<+5%", result));
    EXPECT_FALSE(passes("layer:b<+5%", result));
    EXPECT_FALSE(passes("layer:absent<+5%", result));
    EXPECT_TRUE(passes("p95<+15%", result));
    EXPECT_THAT(checkGate(*parseGate("latency<+5%"), result).reason, HasSubstr("+10"));
    // Noise is no regression, nor does it fail a gate that wants none.
    EXPECT_TRUE(passes("latency<=0%", compared(a, a)));
    const RunComparison few = compared(a, makeRun(threeLayers(), 12, noisy(1e6, 1, 3)));
    EXPECT_FALSE(passes("latency<+50%", few));
    RunProfile stopped = a;
    stopped.status = RunStatus::Interrupted;
    EXPECT_FALSE(passes("latency<+50%", compared(a, stopped)));
}
