// SPDX-License-Identifier: Apache-2.0
#include <runtime/runner/options.h>
#include <runtime/runner/stream_writer.h>
#include <runtime/runner/times_batch.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>
#include <unistd.h>

using namespace nordlys;
using namespace nordlys::runtime;
using testing::HasSubstr;

namespace {

struct Pipe {
    Pipe() { EXPECT_EQ(::pipe(ends), 0); }
    ~Pipe()
    {
        closeRead();
        if (ends[1] >= 0)
            ::close(ends[1]);
    }
    void closeRead()
    {
        if (ends[0] >= 0)
            ::close(ends[0]);
        ends[0] = -1;
    }
    int ends[2] = {-1, -1};
};

core::RunStart twoLayers()
{
    core::RunStart start;
    start.layers.resize(2);
    return start;
}

std::string usageOf(const std::vector<std::string> &arguments)
{
    const auto options = parseRunnerOptions(arguments);
    if (options)
        return {};
    EXPECT_EQ(options.error().code, core::ErrorCode::Usage);
    return options.error().text();
}

} // namespace

TEST(StreamWriter, aReaderThatDoesNotReadCostsEventsButNoTime)
{
    Pipe pipe;
    StreamWriter writer(pipe.ends[1], 4096, {});
    writer.push(core::DeviceHello{});
    writer.push(twoLayers());
    TimesBatch batch(writer);
    constexpr std::size_t inferences = 200'000; // far more than pipe and queue hold
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < inferences; ++i) {
        batch.addInference(static_cast<std::int64_t>(i) * 1000, 900);
        batch.addLayer(0, 400);
        batch.addLayer(400, 500);
        if (i % 20 == 19)
            batch.flush(0);
    }
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(elapsed, std::chrono::seconds(10));
    const std::uint64_t dropped = writer.dropped();
    EXPECT_GT(dropped, 0U);
    std::thread finishing([&] {
        writer.push(core::RunEnd{core::RunStatus::Finished, {}, inferences, 0, 0});
        writer.finish();
        ::close(pipe.ends[1]);
        pipe.ends[1] = -1;
    });
    core::StreamDecoder decoder;
    core::RunProfile run;
    std::vector<core::StreamItem> items;
    std::vector<std::byte> block(65536);
    for (;;) {
        const ssize_t count = ::read(pipe.ends[0], block.data(), block.size());
        if (count <= 0)
            break;
        const auto fed = decoder.feed(std::span(block).first(static_cast<std::size_t>(count)), items);
        EXPECT_TRUE(fed) << fed.error().text();
    }
    finishing.join();
    for (const auto &item : items)
        core::addToRun(run, item);
    EXPECT_EQ(run.status, core::RunStatus::Finished);
    EXPECT_EQ(run.dropped, dropped);
    EXPECT_EQ(run.layerDurationNs.size() + run.dropped, inferences * 2);
    EXPECT_FALSE(writer.failure());
}

TEST(StreamWriter, aReaderThatWentAwayIsToldOnceAndQuietly)
{
    std::signal(SIGPIPE, SIG_IGN);
    Pipe pipe;
    pipe.closeRead();
    std::atomic<int> told = 0;
    StreamWriter writer(pipe.ends[1], 1 << 20, [&] { ++told; });
    for (int i = 0; i < 100; ++i)
        writer.push(core::LogLine{0, "info", "text"});
    writer.finish();
    EXPECT_EQ(told, 1);
    ASSERT_TRUE(writer.failure());
    EXPECT_EQ(writer.failure()->code, core::ErrorCode::Interrupted);
}

TEST(RunnerOptions, defaultsAndValues)
{
    const auto options = parseRunnerOptions({"--iterations", "7", "--warmup=0", "--delay-layer", "a=b=500", "--profiling", "basic", "--", "-x"});
    ASSERT_TRUE(options) << options.error().text();
    EXPECT_EQ(options->iterations, 7U);
    EXPECT_EQ(options->warmup, 0U);
    EXPECT_EQ(options->artifact, "-x");
    ASSERT_EQ(options->delayedLayers.size(), 1U);
    EXPECT_EQ(options->delayedLayers[0].first, "a=b");
    EXPECT_EQ(options->delayedLayers[0].second, 500);
    EXPECT_EQ(options->profiling, Profiling::Basic);
    EXPECT_EQ(parseRunnerOptions({"a", "--duration", "2.5"})->iterations, 0U);
    EXPECT_EQ(parseRunnerOptions({"a", "--duration", "2.5", "--iterations", "9"})->iterations, 9U);
}

TEST(RunnerOptions, wrongOnesAreUsageErrorsThatNameThem)
{
    EXPECT_THAT(usageOf({}), HasSubstr("artifact"));
    EXPECT_THAT(usageOf({"a", "b"}), HasSubstr("only one"));
    EXPECT_THAT(usageOf({"a", "--frob"}), HasSubstr("--frob"));
    EXPECT_THAT(usageOf({"a", "--iterations"}), HasSubstr("missing"));
    for (const char *value : {"-1", "1e3", "x", "", "99999999999999999999999"})
        EXPECT_THAT(usageOf({"a", "--iterations", value}), HasSubstr("--iterations")) << value;
    for (const char *value : {"nan", "inf", "-1", "101", "0.5"})
        EXPECT_THAT(usageOf({"a", "--sample-rate", value}), HasSubstr("--sample-rate")) << value;
    for (const char *value : {"nan", "-0.1", "1e9"})
        EXPECT_THAT(usageOf({"a", "--duration", value}), HasSubstr("--duration")) << value;
    for (const char *value : {"conv", "=5", "conv=", "conv=-1", "conv=99999999999999"})
        EXPECT_THAT(usageOf({"a", "--delay-layer", value}), HasSubstr("--delay-layer")) << value;
    EXPECT_THAT(usageOf({"--monitor", "a"}), HasSubstr("--monitor"));
    EXPECT_THAT(usageOf({"a", "--profiling", "full"}), HasSubstr("--profiling"));
}
