// SPDX-License-Identifier: Apache-2.0
#include "fake_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>

using namespace nordlys;
using namespace nordlys::devicebridge;
using core::RunStatus;
using testing::HasSubstr;
using test::FakeRunner;
using test::ScratchFolder;

namespace {

struct Observed {
    std::size_t items = 0, inferences = 0;
    std::optional<core::RunEnd> end;
    StreamCallback callback()
    {
        return [this](const core::StreamItem &item) {
            ++items;
            EXPECT_FALSE(end) << "an item after the end";
            if (const auto *times = std::get_if<core::LayerTimesBatch>(&item))
                inferences += times->inferenceStartNs.size();
            if (const auto *last = std::get_if<core::RunEnd>(&item))
                end = *last;
        };
    }
};

core::Expected<core::RunProfile> runLocal(const RunRequest &request, const StreamCallback &callback = {}, const core::JobContext &job = {})
{
    auto device = openDevice("local");
    EXPECT_TRUE(device);
    return (*device)->run(request, callback, job);
}

std::size_t openDescriptors()
{
    std::size_t count = 0;
    for ([[maybe_unused]] const auto &entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

bool hasChildren()
{
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

} // namespace

TEST(LocalDevice, receivesRecordsAndReturnsTheRun)
{
    const ScratchFolder folder;
    const std::string bytes = test::encodeStream(test::exampleRun(40, true));
    folder.write("stream", bytes);
    const FakeRunner runner(folder, "cat $D/stream");
    RunRequest request;
    request.recordPath = folder.path / "run.nrs";
    Observed observed;
    const std::size_t descriptors = openDescriptors();
    const auto run = runLocal(request, observed.callback());
    ASSERT_TRUE(run) << run.error().text();
    EXPECT_EQ(run->status, RunStatus::Finished);
    EXPECT_EQ(run->inferenceCount(), 40U);
    EXPECT_EQ(run->layerDurationNs[2 * 39], 200'039);
    EXPECT_EQ(run->hello.deviceModel, "Board 7");
    EXPECT_EQ(observed.items, 83U);
    EXPECT_EQ(observed.inferences, 40U);
    EXPECT_EQ(folder.read("run.nrs"), bytes);
    EXPECT_EQ(openDescriptors(), descriptors);
    EXPECT_FALSE(hasChildren());
}

TEST(LocalDevice, theRecordingIsOnDiskBeforeTheCallback)
{
    const ScratchFolder folder;
    folder.write("first", test::encodeStream(test::exampleRun(3, false)));
    folder.write("second", test::encodeStream({core::RunEnd{}}, false));
    const FakeRunner runner(folder, "cat $D/first; sleep 0.2; cat $D/second");
    RunRequest request;
    request.recordPath = folder.path / "run.nrs";
    const std::size_t firstBytes = folder.read("first").size();
    bool checked = false;
    const auto run = runLocal(request, [&](const core::StreamItem &item) {
        if (std::holds_alternative<core::RunStart>(item)) {
            EXPECT_GE(std::filesystem::file_size(request.recordPath), firstBytes);
            checked = true;
        }
    });
    ASSERT_TRUE(run);
    EXPECT_TRUE(checked);
}

TEST(LocalDevice, aKilledRunnerLeavesAnInterruptedRunWithEverythingReceived)
{
    const ScratchFolder folder;
    folder.write("stream", test::encodeStream(test::exampleRun(5, false)));
    const FakeRunner runner(folder, "cat $D/stream; kill -9 $$");
    Observed observed;
    const auto run = runLocal({}, observed.callback());
    ASSERT_TRUE(run) << run.error().text();
    EXPECT_EQ(run->status, RunStatus::Interrupted);
    EXPECT_THAT(run->reason, HasSubstr("signal 9"));
    EXPECT_EQ(run->inferenceCount(), 5U);
    ASSERT_TRUE(observed.end);
    EXPECT_EQ(observed.end->status, RunStatus::Interrupted);
    EXPECT_FALSE(hasChildren());
}

TEST(LocalDevice, aCrashSaysWhatTheRunnerSaid)
{
    const ScratchFolder folder;
    folder.write("stream", test::encodeStream(test::exampleRun(1, false)));
    const FakeRunner runner(folder, "cat $D/stream; echo 'something broke' >&2; exit 9");
    const auto run = runLocal({});
    ASSERT_TRUE(run);
    EXPECT_EQ(run->status, RunStatus::Interrupted);
    EXPECT_THAT(run->reason, HasSubstr("exit code 9"));
    EXPECT_THAT(run->reason, HasSubstr("something broke"));
}

TEST(LocalDevice, garbageInTheMiddleFailsTheRunAndKeepsWhatCameBefore)
{
    const ScratchFolder folder;
    folder.write("stream", test::encodeStream(test::exampleRun(4, false)));
    const FakeRunner runner(folder, "cat $D/stream; echo 'this is no stream message at all'; sleep 20");
    const auto begin = std::chrono::steady_clock::now();
    const auto run = runLocal({});
    ASSERT_TRUE(run);
    EXPECT_EQ(run->status, RunStatus::Failed);
    EXPECT_EQ(run->inferenceCount(), 4U);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
    EXPECT_FALSE(hasChildren());
}

TEST(LocalDevice, errorsBeforeTheStreamKeepTheirKindAndText)
{
    const ScratchFolder folder;
    folder.write("old.nrs", "an older recording");
    for (const auto &[code, kind] : std::vector<std::pair<int, core::ErrorCode>>{{2, core::ErrorCode::Usage}, {3, core::ErrorCode::BadInput},
             {5, core::ErrorCode::NotSupported}, {1, core::ErrorCode::Device}}) {
        const FakeRunner runner(folder, "echo 'nordlys-run: error: x.bin: it is damaged' >&2; exit " + std::to_string(code));
        RunRequest request;
        request.recordPath = folder.path / "old.nrs";
        const auto run = runLocal(request);
        ASSERT_FALSE(run);
        EXPECT_EQ(run.error().code, kind);
        EXPECT_EQ(run.error().text(), "x.bin: it is damaged");
        request.recordPath = folder.path / "new.nrs";
        EXPECT_FALSE(runLocal(request));
    }
    EXPECT_EQ(folder.read("old.nrs"), "an older recording");
    EXPECT_FALSE(std::filesystem::exists(folder.path / "new.nrs"));
}

TEST(LocalDevice, outputThatIsNoStreamIsADeviceError)
{
    const ScratchFolder folder;
    const FakeRunner runner(folder, "echo 'hello, world'; sleep 20");
    const auto run = runLocal({});
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().code, core::ErrorCode::Device);
}

TEST(LocalDevice, stopIsPassedOnAndTheRunnersOwnEndCounts)
{
    const ScratchFolder folder;
    folder.write("stream", test::encodeStream(test::exampleRun(2, false)));
    folder.write("end", test::encodeStream({core::RunEnd{RunStatus::Interrupted, "stopped", 2, 5'000'000, 7}}, false));
    const FakeRunner runner(folder, "trap 'cat $D/end; exit 130' TERM\ncat $D/stream\nwhile :; do sleep 0.05; done");
    std::stop_source stop;
    core::JobContext job{stop.get_token(), {}};
    const auto run = runLocal({}, [&](const core::StreamItem &item) {
        if (std::holds_alternative<core::LayerTimesBatch>(item))
            stop.request_stop();
    }, job);
    ASSERT_TRUE(run) << run.error().text();
    EXPECT_EQ(run->status, RunStatus::Interrupted);
    EXPECT_EQ(run->reason, "stopped");
    EXPECT_EQ(run->peakRssBytes, 7U);
}

TEST(LocalDevice, aRunnerThatDoesNotListenIsKilledAfterADeadline)
{
    const ScratchFolder folder;
    folder.write("stream", test::encodeStream(test::exampleRun(2, false)));
    const FakeRunner runner(folder, "trap '' TERM\ncat $D/stream\nwhile :; do sleep 0.1; done");
    std::stop_source stop;
    core::JobContext job{stop.get_token(), {}};
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        stop.request_stop();
    });
    const auto begin = std::chrono::steady_clock::now();
    const auto run = runLocal({}, {}, job);
    later.join();
    ASSERT_TRUE(run);
    EXPECT_EQ(run->status, RunStatus::Interrupted);
    EXPECT_THAT(run->reason, HasSubstr("killed"));
    EXPECT_EQ(run->inferenceCount(), 2U);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(9));
    EXPECT_FALSE(hasChildren());
}

TEST(LocalDevice, aFullDiskStopsTheRunAndNamesTheRecording)
{
    if (!std::filesystem::exists("/dev/full"))
        GTEST_SKIP() << "needs /dev/full";
    const ScratchFolder folder;
    folder.write("stream", test::encodeStream(test::exampleRun(2, true)));
    const FakeRunner runner(folder, "cat $D/stream; sleep 20");
    RunRequest request;
    request.recordPath = "/dev/full";
    const auto run = runLocal(request);
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().code, core::ErrorCode::CannotWrite);
    EXPECT_THAT(run.error().text(), HasSubstr("/dev/full"));
    request.recordPath = folder.path / "no/such/folder/x.nrs";
    EXPECT_EQ(runLocal(request).error().code, core::ErrorCode::CannotWrite);
    EXPECT_FALSE(hasChildren());
}

TEST(LocalDevice, theRequestBecomesAnArgumentListWithoutAShell)
{
    const ScratchFolder folder;
    folder.write("stream", test::encodeStream(test::exampleRun(1, true)));
    const FakeRunner runner(folder, "for a in \"$@\"; do printf '%s\\n' \"$a\"; done > $D/arguments; cat $D/stream");
    RunRequest request;
    request.artifact = "-odd $(name); 'x'";
    request.input = "in put.npy";
    request.iterations = 7;
    request.testSlowLayer = "conv=5000";
    ASSERT_TRUE(runLocal(request));
    EXPECT_EQ(folder.read("arguments"), "--sample-rate\n20.000000\n--sysfs-root\n/sys\n--procfs-root\n/proc\n--iterations\n7\n--warmup\n10\n--threads\n0\n"
                                        "--profiling\ndetailed\n--input\nin put.npy\n--delay-layer\nconv=5000\n--\n-odd $(name); 'x'\n");
}

TEST(LocalDevice, manyRunsLeakNoDescriptor)
{
    const ScratchFolder folder;
    folder.write("stream", test::encodeStream(test::exampleRun(1, true)));
    const FakeRunner runner(folder, "cat $D/stream");
    ASSERT_TRUE(runLocal({}));
    const std::size_t before = openDescriptors();
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(runLocal({}));
    EXPECT_EQ(openDescriptors(), before);
    EXPECT_FALSE(hasChildren());
}

TEST(LocalDevice, aMissingRunnerIsNamed)
{
    ::setenv("NORDLYS_RUN", "/nonexistent/nordlys-run", 1);
    const auto run = runLocal({});
    const auto devices = listDevices();
    ::unsetenv("NORDLYS_RUN");
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().code, core::ErrorCode::Device);
    EXPECT_THAT(run.error().text(), HasSubstr("/nonexistent/nordlys-run"));
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].id, "local");
    EXPECT_EQ(devices[0].state, "missing");
    EXPECT_THAT(devices[0].why, HasSubstr("NORDLYS_RUN"));
}
