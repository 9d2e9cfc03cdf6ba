// SPDX-License-Identifier: Apache-2.0
#include <core/profile/run_statistics.h>
#include <core/profile/throttle.h>

#include <gtest/gtest.h>

namespace nordlys::core {
namespace {

struct Case {
    const char *name;
    std::size_t slowFrom, slowTo;  ///< inferences that take 13 instead of 10 ms
    std::size_t clockFrom, clockTo; ///< inferences with 1.8 instead of 2.7 GHz
    std::size_t inferences;
    bool hasClock;
    std::size_t found; ///< stretches
};

RunProfile runOf(const Case &given)
{
    RunProfile run;
    run.hello.counters = {{1, "cpu7 clock", "Hz", given.hasClock, "", ""}, {2, "cpu0 clock", "Hz", true, "", ""}};
    std::int64_t at = 0;
    for (std::size_t i = 0; i < given.inferences; ++i) {
        const bool slow = i >= given.slowFrom && i < given.slowTo;
        run.inferenceStartNs.push_back(at);
        run.inferenceDurationNs.push_back(slow ? 13'000'000 : 10'000'000);
        if (given.hasClock)
            run.counterSamples.push_back({1, at, i >= given.clockFrom && i < given.clockTo ? 1.8e9 : 2.7e9});
        at += 15'000'000;
    }
    run.status = RunStatus::Finished;
    run.endNs = at;
    return run;
}

class Throttled : public testing::TestWithParam<Case> {};

TEST_P(Throttled, NeedsBothASlowInferenceAndALowerClock)
{
    const RunProfile run = runOf(GetParam());
    const std::vector<ThrottledStretch> found = findThrottled(run);
    ASSERT_EQ(found.size(), GetParam().found);
    const RunSummary summary = summarize(run);
    EXPECT_EQ(summary.verdict.level == VerdictLevel::Throttled, GetParam().found > 0);
    if (found.empty())
        return;
    const ThrottledStretch &stretch = found.front();
    // Windows have eight inferences, so the ends are at most that far off.
    EXPECT_NEAR(static_cast<double>(stretch.first), static_cast<double>(GetParam().slowFrom), 8);
    EXPECT_NEAR(static_cast<double>(stretch.first + stretch.count), static_cast<double>(GetParam().slowTo), 8);
    EXPECT_EQ(stretch.fromNs, run.inferenceStartNs[stretch.first]);
    EXPECT_NEAR(stretch.slowdownPercent, 30, 0.01);
    EXPECT_NEAR(stretch.clockBeforeHz, 2.7e9, 0.1e9);
    EXPECT_NEAR(stretch.clockHz, 1.8e9, 0.2e9);
    EXPECT_EQ(stretch.clock, "cpu7 clock");
    EXPECT_NE(stretch.text().find("cpu7 clock"), std::string::npos);
    // A range before it knows nothing of it.
    const RunSummary cool = summarize(run, 1, run.inferenceStartNs[stretch.first - 1]);
    EXPECT_TRUE(cool.throttled.empty());
    EXPECT_EQ(cool.verdict.level, VerdictLevel::Trusted);
}

INSTANTIATE_TEST_SUITE_P(Runs, Throttled,
                         testing::Values(Case{"both", 120, 200, 120, 200, 200, true, 1}, Case{"slowOnly", 120, 200, 0, 0, 200, true, 0},
                                         Case{"clockOnly", 0, 0, 120, 200, 200, true, 0}, Case{"noClock", 120, 200, 120, 200, 200, false, 0},
                                         Case{"middle", 80, 120, 80, 120, 200, true, 1}, Case{"short", 80, 86, 80, 86, 200, true, 0},
                                         Case{"fewInferences", 10, 30, 10, 30, 30, true, 0}, Case{"none", 0, 0, 0, 0, 200, true, 0}),
                         [](const auto &given) { return std::string(given.param.name); });

} // namespace
} // namespace nordlys::core
