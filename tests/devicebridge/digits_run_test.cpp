// SPDX-License-Identifier: Apache-2.0
// The whole chain with the real runner: model, artifact, process, stream, numbers.
#include "fake_runner.h"

#include <core/import/model.h>
#include <core/profile/run_statistics.h>
#include <runtime/artifact/artifact.h>
#include <support/shared_data.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

using namespace nordlys;
using namespace nordlys::devicebridge;
using core::RunStatus;
using testing::HasSubstr;
using test::ScratchFolder;

namespace {

class DigitsRun : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        folder = std::make_unique<ScratchFolder>();
        const auto model = core::openModel(test::digitsPath() / "digits.onnx");
        ASSERT_TRUE(model) << model.error().text();
        const auto built = runtime::buildArtifacts(*model, {}, artifactPath());
        ASSERT_TRUE(built) << built.error().text();
        ::setenv("NORDLYS_RUN", NORDLYS_BINARY_DIR "/bin/nordlys-run", 1);
    }
    static void TearDownTestSuite()
    {
        ::unsetenv("NORDLYS_RUN");
        folder.reset();
    }
    static std::filesystem::path artifactPath() { return folder->path / "out"; }
    static RunRequest request()
    {
        RunRequest request;
        request.artifact = artifactPath();
        request.iterations = 200;
        request.threads = 1;
        return request;
    }
    static core::Expected<core::RunProfile> run(const RunRequest &request, const StreamCallback &callback = {}, const core::JobContext &job = {})
    {
        return (*openDevice("local"))->run(request, callback, job);
    }

    static inline std::unique_ptr<ScratchFolder> folder;
};

} // namespace

TEST_F(DigitsRun, everyLayerHasPercentilesAndTheSumExplainsTheLatency)
{
    std::vector<double> ratios;
    for (int round = 0; round < 5; ++round) {
        const auto profile = run(request());
        ASSERT_TRUE(profile) << profile.error().text();
        ASSERT_EQ(profile->status, RunStatus::Finished) << profile->reason;
        ASSERT_EQ(profile->inferenceCount(), 200U);
        EXPECT_GT(profile->peakRssBytes, 1U << 20);
        EXPECT_EQ(profile->start.artifactSha256.size(), 64U);
        const auto summary = core::summarize(*profile);
        ASSERT_GE(summary.layers.size(), 3U);
        for (const core::LayerSummary &layer : summary.layers) {
            EXPECT_EQ(layer.duration.count, 200U);
            EXPECT_GT(layer.duration.maxNs, 0); // a layer that only renames may take less than the clock shows
            EXPECT_GE(layer.duration.p95Ns, layer.duration.p50Ns);
            EXPECT_GE(layer.duration.p99Ns, layer.duration.p95Ns);
            EXPECT_FALSE(profile->start.layers[layer.layer].name.empty());
            EXPECT_FALSE(profile->start.layers[layer.layer].kernel.empty());
        }
        ratios.push_back(summary.sumOfLayersNs / summary.latency.meanNs);
    }
    std::sort(ratios.begin(), ratios.end());
    std::printf("sum of layers / mean latency: %.4f (median of 5)\n", ratios[2]);
    EXPECT_GE(ratios[2], 0.9);
    EXPECT_LE(ratios[2], 1.0);
}

TEST_F(DigitsRun, aSlowedLayerRisesAlone)
{
    const auto plain = run(request());
    ASSERT_TRUE(plain) << plain.error().text();
    ASSERT_GE(plain->layerCount(), 3U);
    const std::size_t slow = plain->layerCount() / 2;
    constexpr double extraNs = 3e6;
    auto slowed = request();
    slowed.testSlowLayer = plain->start.layers[slow].name + "=3000000";
    const auto profile = run(slowed);
    ASSERT_TRUE(profile) << profile.error().text();
    const auto before = core::summarize(*plain), after = core::summarize(*profile);
    ASSERT_EQ(before.layers.size(), after.layers.size());
    for (std::size_t i = 0; i < after.layers.size(); ++i) {
        const double rise = after.layers[i].duration.p50Ns - before.layers[i].duration.p50Ns;
        if (i == slow)
            EXPECT_GE(rise, 0.8 * extraNs) << plain->start.layers[i].name;
        else
            EXPECT_LT(rise, 0.2 * extraNs) << plain->start.layers[i].name;
    }
}

TEST_F(DigitsRun, aRecordingReplaysToTheSameNumbersAndHalfOfItToThoseOfTheHalf)
{
    auto recorded = request();
    recorded.recordPath = folder->path / "run.nrs";
    const auto profile = run(recorded);
    ASSERT_TRUE(profile) << profile.error().text();
    const auto replayOf = [&](const std::string &name) { return (*openDevice("recording-fast:" + (folder->path / name).string()))->run({}, {}, {}); };
    const auto replayed = replayOf("run.nrs");
    ASSERT_TRUE(replayed) << replayed.error().text();
    EXPECT_EQ(replayed->status, RunStatus::Finished);
    EXPECT_EQ(replayed->inferenceDurationNs, profile->inferenceDurationNs);
    EXPECT_EQ(replayed->layerDurationNs, profile->layerDurationNs);
    EXPECT_EQ(replayed->counterSamples.size(), profile->counterSamples.size());

    const std::string bytes = folder->read("run.nrs");
    folder->write("half.nrs", bytes.substr(0, bytes.size() / 2));
    const auto half = replayOf("half.nrs");
    ASSERT_TRUE(half) << half.error().text();
    EXPECT_EQ(half->status, RunStatus::Interrupted);
    ASSERT_LT(half->inferenceCount(), profile->inferenceCount());
    auto prefix = *profile;
    prefix.inferenceStartNs.resize(half->inferenceCount());
    prefix.inferenceDurationNs.resize(half->inferenceCount());
    prefix.layerDurationNs.resize(half->inferenceCount() * prefix.layerCount());
    const auto expected = core::summarize(prefix), found = core::summarize(*half);
    EXPECT_EQ(half->inferenceDurationNs, prefix.inferenceDurationNs);
    EXPECT_DOUBLE_EQ(found.latency.p95Ns, expected.latency.p95Ns);
    for (std::size_t i = 0; i < found.layers.size(); ++i)
        EXPECT_DOUBLE_EQ(found.layers[i].duration.p50Ns, expected.layers[i].duration.p50Ns);
    EXPECT_EQ(found.verdict.level, core::VerdictLevel::Interrupted);
}

TEST_F(DigitsRun, aScriptedSysfsIsSeenThroughTheWholeChain)
{
    const auto policy = folder->path / "sys/devices/system/cpu/cpufreq/policy0";
    std::filesystem::create_directories(policy);
    const auto setClock = [&](int kHz) {
        std::ofstream(policy / "new") << kHz << '\n';
        std::filesystem::rename(policy / "new", policy / "scaling_cur_freq");
    };
    const std::vector<int> script{300000, 1800000, 2400000, 600000};
    setClock(script[0]);
    auto watched = request();
    watched.sysfsRoot = folder->path / "sys";
    watched.iterations = 0;
    watched.sampleRateHz = 100;
    std::stop_source stop;
    std::thread changing([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(1500)); // the runner starts meanwhile
        for (const int kHz : script) {
            setClock(kHz);
            std::this_thread::sleep_for(std::chrono::milliseconds(250));
        }
        stop.request_stop();
    });
    const auto profile = run(watched, {}, {stop.get_token(), {}});
    changing.join();
    ASSERT_TRUE(profile) << profile.error().text();
    EXPECT_EQ(profile->status, RunStatus::Interrupted);
    std::vector<double> seen;
    for (const core::CounterInfo &info : profile->hello.counters) {
        if (info.name != "cpu0 clock")
            continue;
        for (const core::CounterSample &sample : profile->counterSamples) {
            if (sample.counterId == info.id && (seen.empty() || seen.back() != sample.value))
                seen.push_back(sample.value);
        }
    }
    EXPECT_THAT(seen, testing::ElementsAre(3e8, 1.8e9, 2.4e9, 6e8));
    EXPECT_GT(profile->inferenceCount(), 0U);
}

TEST_F(DigitsRun, anArtifactThatIsNoneIsBadInput)
{
    folder->write("broken.bin", "not an artifact");
    auto wrong = request();
    wrong.artifact = folder->path / "broken.bin";
    const auto broken = run(wrong);
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, core::ErrorCode::BadInput);
    EXPECT_THAT(broken.error().text(), HasSubstr("broken.bin"));
    wrong.artifact = folder->path / "missing";
    EXPECT_EQ(run(wrong).error().code, core::ErrorCode::BadInput);
    wrong = request();
    wrong.testSlowLayer = "no such layer=5";
    EXPECT_EQ(run(wrong).error().code, core::ErrorCode::Usage);
}

TEST_F(DigitsRun, theRunnerNeedsNoImportLibraryAtRunTime)
{
    const std::string list = (folder->path / "needed").string();
    ASSERT_EQ(std::system(("ldd " NORDLYS_BINARY_DIR "/bin/nordlys-run > '" + list + "'").c_str()), 0);
    EXPECT_THAT(folder->read("needed"), testing::Not(HasSubstr("libonnx")));
}
