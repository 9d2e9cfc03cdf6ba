// SPDX-License-Identifier: Apache-2.0
#include <core/profile/run_statistics.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

using namespace nordlys::core;
using testing::HasSubstr;

namespace {

std::vector<std::int64_t> oneTo(std::int64_t n)
{
    std::vector<std::int64_t> values(static_cast<std::size_t>(n));
    std::iota(values.begin(), values.end(), 1);
    return values;
}

} // namespace

// numpy.percentile([1, 2, 3, 4], [0, 25, 50, 95, 100]) and by hand: position (n - 1) * p / 100.
TEST(ProfileStatistics, percentileInterpolatesBetweenOrderStatistics)
{
    const std::vector<double> values{1, 2, 3, 4};
    EXPECT_DOUBLE_EQ(percentileOfSorted(values, 0), 1);
    EXPECT_DOUBLE_EQ(percentileOfSorted(values, 25), 1.75);
    EXPECT_DOUBLE_EQ(percentileOfSorted(values, 50), 2.5);
    EXPECT_DOUBLE_EQ(percentileOfSorted(values, 95), 3.85);
    EXPECT_DOUBLE_EQ(percentileOfSorted(values, 100), 4);
    EXPECT_DOUBLE_EQ(percentileOfSorted({}, 50), 0);
    EXPECT_DOUBLE_EQ(percentileOfSorted(std::vector<double>{7}, 99), 7);
}

TEST(ProfileStatistics, summaryOfOneToHundred)
{
    auto values = oneTo(100);
    std::swap(values[3], values[90]); // order must not matter
    const DurationSummary summary = summarize(values);
    EXPECT_EQ(summary.count, 100U);
    EXPECT_DOUBLE_EQ(summary.minNs, 1);
    EXPECT_DOUBLE_EQ(summary.maxNs, 100);
    EXPECT_DOUBLE_EQ(summary.meanNs, 50.5);
    EXPECT_DOUBLE_EQ(summary.p50Ns, 50.5);
    EXPECT_DOUBLE_EQ(summary.p95Ns, 95.05);
    EXPECT_DOUBLE_EQ(summary.p99Ns, 99.01);
    // Tables of the sign test: n = 100, 95 %: the 40th and the 61st value.
    EXPECT_DOUBLE_EQ(summary.p50HalfIntervalNs, (61 - 40) / 2.0);
}

// Ranks of the sign test's tables: n = 6: 1 and 6; n = 10: 2 and 9; n = 20: 6 and 15; n = 50: 18 and 33.
TEST(ProfileStatistics, medianIntervalFollowsTheBinomialTable)
{
    const std::vector<std::pair<std::int64_t, double>> table{{5, 0}, {6, 2.5}, {10, 3.5}, {20, 4.5}, {50, 7.5}};
    for (const auto &[count, half] : table)
        EXPECT_DOUBLE_EQ(summarize(oneTo(count)).p50HalfIntervalNs, half) << count;
    // 1000 values: ranks 469 and 532.
    EXPECT_NEAR(summarize(oneTo(1000)).p50HalfIntervalNs, 31.5, 0.51);
}

TEST(ProfileStatistics, emptyIsAllZero)
{
    const DurationSummary summary = summarize(std::span<const std::int64_t>{});
    EXPECT_EQ(summary.count, 0U);
    EXPECT_EQ(summary.p99Ns, 0);
}

TEST(ProfileStatistics, verdictFollowsCountAndSpread)
{
    DurationSummary latency;
    latency.count = 30;
    latency.p50Ns = 1e6;
    latency.p95Ns = 1.25e6;
    EXPECT_EQ(verdictOf(latency, RunStatus::Finished).level, VerdictLevel::Trusted);
    latency.p95Ns = 1.26e6;
    const Verdict noisy = verdictOf(latency, RunStatus::Finished);
    EXPECT_EQ(noisy.level, VerdictLevel::Noisy);
    EXPECT_THAT(noisy.reasons.at(0), HasSubstr("1.26"));
    latency.count = 29;
    const Verdict tooFew = verdictOf(latency, RunStatus::Finished);
    EXPECT_EQ(tooFew.level, VerdictLevel::TooFew);
    EXPECT_THAT(tooFew.reasons.at(0), HasSubstr("29"));
    EXPECT_THAT(tooFew.reasons.at(0), HasSubstr("30"));
    const Verdict stopped = verdictOf(latency, RunStatus::Interrupted, "the cable was pulled");
    EXPECT_EQ(stopped.level, VerdictLevel::Interrupted);
    EXPECT_THAT(stopped.reasons.at(0), HasSubstr("the cable was pulled"));
    EXPECT_EQ(verdictOf(latency, RunStatus::Failed).level, VerdictLevel::Failed);
    EXPECT_EQ(verdictOf({}, RunStatus::Finished).level, VerdictLevel::TooFew);
}

TEST(ProfileStatistics, runSummaryByHand)
{
    RunProfile run;
    run.status = RunStatus::Finished;
    run.hello.counters = {{1, "a", "Hz", true, {}, {}}, {2, "b", "%", false, "no such file", {}}};
    run.start.layers.resize(2);
    run.inferenceStartNs = {100, 200, 300};
    run.inferenceDurationNs = {40, 50, 60};
    run.layerOffsetNs = {0, 10, 0, 20, 0, 30};
    run.layerDurationNs = {10, 30, 20, 30, 30, 30};
    run.counterSamples = {{1, 90, 5}, {1, 250, 7}, {1, 400, 12}};
    const RunSummary all = summarize(run);
    EXPECT_EQ(all.latency.count, 3U);
    EXPECT_DOUBLE_EQ(all.latency.meanNs, 50);
    EXPECT_DOUBLE_EQ(all.layers[0].duration.p50Ns, 20);
    EXPECT_DOUBLE_EQ(all.layers[1].duration.p95Ns, 30);
    EXPECT_DOUBLE_EQ(all.sumOfLayersNs, 50);
    EXPECT_DOUBLE_EQ(all.layers[0].sharePercent, 40);
    EXPECT_DOUBLE_EQ(all.layers[1].sharePercent, 60);
    ASSERT_EQ(all.counters.size(), 2U);
    EXPECT_EQ(all.counters[0].samples, 3U);
    EXPECT_DOUBLE_EQ(all.counters[0].mean, 8);
    EXPECT_DOUBLE_EQ(all.counters[0].max, 12);
    EXPECT_EQ(all.counters[1].samples, 0U);
    EXPECT_EQ(all.verdict.level, VerdictLevel::TooFew);

    const RunSummary part = summarize(run, 150, 300);
    EXPECT_EQ(part.latency.count, 2U);
    EXPECT_DOUBLE_EQ(part.latency.meanNs, 55);
    EXPECT_DOUBLE_EQ(part.layers[0].duration.meanNs, 25);
    EXPECT_EQ(part.counters[0].samples, 1U);
}

TEST(ProfileStatistics, runWithoutLayerTimesHasLayersOfCountZero)
{
    RunProfile run;
    run.start.layers.resize(3);
    run.inferenceStartNs = {1};
    run.inferenceDurationNs = {5};
    const RunSummary summary = summarize(run);
    ASSERT_EQ(summary.layers.size(), 3U);
    EXPECT_EQ(summary.layers[2].duration.count, 0U);
    EXPECT_EQ(summary.latency.count, 1U);
}
