// SPDX-License-Identifier: Apache-2.0
#include "fake_runner.h"

#include <core/profile/run_statistics.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

using namespace nordlys;
using namespace nordlys::devicebridge;
using core::RunStatus;
using testing::HasSubstr;
using test::ScratchFolder;

namespace {

core::Expected<core::RunProfile> replay(const std::string &id, const StreamCallback &callback = {}, const core::JobContext &job = {}, const RunRequest &request = {})
{
    auto device = openDevice(id);
    NORDLYS_TRY(device);
    return (*device)->run(request, callback, job);
}

double secondsOf(const std::function<void()> &work)
{
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace

TEST(RecordingDevice, replaysTheSameItemsAndNumbers)
{
    const ScratchFolder folder;
    const auto items = test::exampleRun(100, true);
    folder.write("a.nrs", test::encodeStream(items));
    std::vector<std::size_t> kinds;
    const auto run = replay("recording-fast:" + (folder.path / "a.nrs").string(), [&](const core::StreamItem &item) { kinds.push_back(item.index()); });
    ASSERT_TRUE(run) << run.error().text();
    std::vector<std::size_t> expected;
    for (const auto &item : items)
        expected.push_back(item.index());
    EXPECT_EQ(kinds, expected);
    const auto read = core::readRecording(folder.path / "a.nrs");
    ASSERT_TRUE(read);
    EXPECT_EQ(run->layerDurationNs, read->layerDurationNs);
    EXPECT_EQ(run->inferenceStartNs, read->inferenceStartNs);
    const auto summary = core::summarize(*run);
    EXPECT_DOUBLE_EQ(summary.latency.p50Ns, 500'049.5);
    EXPECT_DOUBLE_EQ(summary.layers[0].duration.meanNs, 200'049.5);
    EXPECT_EQ(summary.verdict.level, core::VerdictLevel::Trusted);
}

TEST(RecordingDevice, originalSpeedTakesAsLongAsTheRun)
{
    const ScratchFolder folder;
    folder.write("a.nrs", test::encodeStream(test::exampleRun(300, true)));
    const std::string path = (folder.path / "a.nrs").string();
    std::vector<double> arrival;
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_TRUE(replay("recording:" + path, [&](const core::StreamItem &item) {
        if (std::holds_alternative<core::LayerTimesBatch>(item))
            arrival.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }));
    EXPECT_GE(secondsOf([&] { (void)replay("recording:" + path); }), 0.29);
    ASSERT_EQ(arrival.size(), 300U);
    // Never early; how late depends on the load of the machine.
    for (std::size_t k = 0; k < arrival.size(); ++k)
        EXPECT_GE(arrival[k], 0.001 * static_cast<double>(k));
    EXPECT_LT(secondsOf([&] { (void)replay("recording-fast:" + path); }), 0.25);
}

TEST(RecordingDevice, cutAtHalfIsInterruptedWithTheNumbersOfThatHalf)
{
    const ScratchFolder folder;
    const std::string whole = test::encodeStream(test::exampleRun(100, true));
    folder.write("half.nrs", whole.substr(0, whole.size() / 2));
    folder.write("whole.nrs", whole);
    core::RunEnd end;
    const auto half = replay("recording-fast:" + (folder.path / "half.nrs").string(), [&](const core::StreamItem &item) {
        if (const auto *last = std::get_if<core::RunEnd>(&item))
            end = *last;
    });
    const auto all = replay("recording-fast:" + (folder.path / "whole.nrs").string());
    ASSERT_TRUE(half && all);
    EXPECT_EQ(half->status, RunStatus::Interrupted);
    EXPECT_EQ(end.status, RunStatus::Interrupted);
    EXPECT_EQ(half->reason, "the recording ends early");
    ASSERT_GT(half->inferenceCount(), 30U);
    ASSERT_LT(half->inferenceCount(), 70U);
    auto prefix = *all;
    prefix.inferenceDurationNs.resize(half->inferenceCount());
    prefix.layerDurationNs.resize(half->inferenceCount() * 2);
    EXPECT_EQ(half->inferenceDurationNs, prefix.inferenceDurationNs);
    EXPECT_EQ(half->layerDurationNs, prefix.layerDurationNs);
    EXPECT_EQ(core::summarize(*half).verdict.level, core::VerdictLevel::Interrupted);
}

TEST(RecordingDevice, stopEndsAReplayAtOnce)
{
    const ScratchFolder folder;
    auto items = test::exampleRun(3, false);
    items.emplace_back(core::LogLine{3'600'000'000'000, "info", "an hour later"});
    folder.write("a.nrs", test::encodeStream(items));
    std::stop_source stop;
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        stop.request_stop();
    });
    core::Expected<core::RunProfile> run = core::internalError("test", "not run");
    EXPECT_LT(secondsOf([&] { run = replay("recording:" + (folder.path / "a.nrs").string(), {}, {stop.get_token(), {}}); }), 5);
    later.join();
    ASSERT_TRUE(run);
    EXPECT_EQ(run->status, RunStatus::Interrupted);
    EXPECT_EQ(run->inferenceCount(), 3U);
}

TEST(RecordingDevice, monitorShowsCountersOnly)
{
    const ScratchFolder folder;
    folder.write("a.nrs", test::encodeStream(test::exampleRun(20, true)));
    auto device = openDevice("recording-fast:" + (folder.path / "a.nrs").string());
    ASSERT_TRUE(device);
    RunRequest request;
    const auto all = (*device)->monitor(request, {}, {});
    ASSERT_TRUE(all);
    EXPECT_EQ(all->inferenceCount(), 0U);
    EXPECT_EQ(all->counterSamples.size(), 20U);
    request.durationSeconds = 0.0095;
    const auto part = (*device)->monitor(request, {}, {});
    ASSERT_TRUE(part);
    EXPECT_EQ(part->counterSamples.size(), 10U);
    EXPECT_EQ(part->status, RunStatus::Finished);
}

TEST(RecordingDevice, canBeCopiedButNotOntoItself)
{
    const ScratchFolder folder;
    const std::string bytes = test::encodeStream(test::exampleRun(5, true));
    folder.write("a.nrs", bytes);
    const std::string id = "recording-fast:" + (folder.path / "a.nrs").string();
    RunRequest request;
    request.recordPath = folder.path / "b.nrs";
    ASSERT_TRUE(replay(id, {}, {}, request));
    EXPECT_EQ(folder.read("b.nrs"), bytes);
    request.recordPath = folder.path / "./a.nrs";
    EXPECT_EQ(replay(id, {}, {}, request).error().code, core::ErrorCode::Usage);
    EXPECT_EQ(folder.read("a.nrs"), bytes);
}

TEST(RecordingDevice, infoNamesTheDeviceThatWasRecorded)
{
    const ScratchFolder folder;
    folder.write("a.nrs", test::encodeStream(test::exampleRun(5, true)));
    folder.write("text.nrs", "no recording");
    folder.write("empty.nrs", "");
    const auto infoOf = [&](const std::string &name) { return (*openDevice("recording:" + (folder.path / name).string()))->info(); };
    EXPECT_EQ(infoOf("a.nrs").state, "ready");
    EXPECT_EQ(infoOf("a.nrs").model, "Board 7");
    EXPECT_EQ(infoOf("a.nrs").soc, "SoC 7");
    EXPECT_EQ(infoOf("text.nrs").state, "broken");
    EXPECT_EQ(infoOf("empty.nrs").state, "broken");
    EXPECT_EQ(infoOf("none.nrs").state, "missing");
    for (const std::string name : {"text.nrs", "empty.nrs", "none.nrs"}) {
        EXPECT_THAT(infoOf(name).why, HasSubstr(name));
        const auto run = replay("recording-fast:" + (folder.path / name).string());
        ASSERT_FALSE(run);
        EXPECT_EQ(run.error().code, core::ErrorCode::BadInput);
    }
}

TEST(RecordingDevice, otherIdsAreUsageErrors)
{
    for (const std::string id : {"", "locale", "recording", "recording:", "usb:1"}) {
        const auto device = openDevice(id);
        ASSERT_FALSE(device) << id;
        EXPECT_EQ(device.error().code, core::ErrorCode::Usage);
    }
}
