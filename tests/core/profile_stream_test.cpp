// SPDX-License-Identifier: Apache-2.0
#include <core/profile/stream.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

using namespace nordlys::core;
using testing::HasSubstr;

namespace {

std::span<const std::byte> asBytes(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

DeviceHello exampleHello()
{
    DeviceHello hello;
    hello.runnerVersion = "0.1.0";
    hello.deviceModel = "Bord \xC3\xB8 7";
    hello.soc = "soc";
    hello.os = "Linux";
    hello.clockOriginNs = 123456789012345;
    hello.wallClockNs = 1700000000000000000;
    hello.cpuCount = 8;
    hello.counters = {{1, "cpu0 clock", "Hz", true, "", "/sys/x"}, {2, "temperature gpu", "degC", false, "no such zone", ""}};
    return hello;
}

RunStart exampleStart()
{
    RunStart start;
    start.artifact = "cpu_context.bin";
    start.artifactSha256 = std::string(64, 'a');
    start.precision = "float32";
    start.modelName = "digits";
    start.profiling = "detailed";
    start.threads = 2;
    start.warmup = 3;
    start.iterationsPlanned = 4;
    start.sampleRateHz = 12.5;
    start.layers = {{"conv1", "Conv+Relu", "cpu", "direct_avx2", {"/conv1", "/relu"}, {"t1"}, 1000}, {"fc", "Gemm", "cpu", "reference", {"/fc"}, {"out"}, 50}};
    return start;
}

std::vector<StreamItem> exampleItems()
{
    LayerTimesBatch first{0, {1000, 2000}, {500, 600}, {1, 200, 2, 210}, {190, 290, 200, 380}};
    LayerTimesBatch second{5, {9000}, {700}, {0, 300}, {300, 399}};
    return {exampleHello(), exampleStart(), first, CounterBatch{{1, 1500, 1.8e9}, {1, 2500, 2.4e9}}, LogLine{2600, "warning", "hot"}, second,
            DroppedEvents{6}, RunEnd{RunStatus::Finished, "", 3, 9800, 55 << 20}};
}

std::string encodeAll(const std::vector<StreamItem> &items)
{
    std::string stream(kStreamMagic);
    for (const StreamItem &item : items)
        stream += encodeStreamItem(item);
    return stream;
}

Expected<RunProfile> decodeRun(std::string_view stream, std::size_t piece)
{
    StreamDecoder decoder;
    RunProfile run;
    std::vector<StreamItem> items;
    for (std::size_t at = 0; at < stream.size(); at += piece)
        NORDLYS_TRY(decoder.feed(asBytes(stream.substr(at, piece)), items));
    EXPECT_TRUE(decoder.atBoundary());
    for (const StreamItem &item : items)
        addToRun(run, item);
    return run;
}

class TemporaryFile {
public:
    explicit TemporaryFile(std::string_view content)
        : path(std::filesystem::temp_directory_path() / ("nordlys_stream_" + std::to_string(::getpid()) + ".nrs"))
    {
        write(content);
    }
    ~TemporaryFile() { std::filesystem::remove(path); }
    void write(std::string_view content) const { std::ofstream(path, std::ios::binary | std::ios::trunc) << content; }
    const std::filesystem::path path;
};

std::string prefixed(std::string_view message)
{
    std::string out;
    for (unsigned shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<char>((message.size() >> shift) & 0xFF));
    return out.append(message);
}

std::string errorOf(std::string_view stream)
{
    StreamDecoder decoder;
    std::vector<StreamItem> items;
    const auto fed = decoder.feed(asBytes(stream), items);
    return fed ? std::string() : fed.error().text();
}

} // namespace

TEST(ProfileStream, roundTripInPiecesOfAnySize)
{
    const std::string stream = encodeAll(exampleItems());
    for (const std::size_t piece : {std::size_t(1), std::size_t(2), std::size_t(3), std::size_t(7), std::size_t(64), stream.size()}) {
        const auto decoded = decodeRun(stream, piece);
        ASSERT_TRUE(decoded) << decoded.error().text();
        const RunProfile &run = *decoded;
        EXPECT_EQ(run.hello.deviceModel, "Bord \xC3\xB8 7");
        EXPECT_EQ(run.hello.clockOriginNs, 123456789012345);
        EXPECT_EQ(run.hello.wallClockNs, 1700000000000000000);
        ASSERT_EQ(run.hello.counters.size(), 2U);
        EXPECT_EQ(run.hello.counters[0].source, "/sys/x");
        EXPECT_FALSE(run.hello.counters[1].available);
        EXPECT_EQ(run.hello.counters[1].why, "no such zone");
        ASSERT_EQ(run.layerCount(), 2U);
        EXPECT_EQ(run.start.layers[0].sourceNodes, (std::vector<std::string>{"/conv1", "/relu"}));
        EXPECT_EQ(run.start.layers[1].outputs, (std::vector<std::string>{"out"}));
        EXPECT_EQ(run.start.layers[0].macs, 1000);
        EXPECT_DOUBLE_EQ(run.start.sampleRateHz, 12.5);
        EXPECT_EQ(run.inferenceStartNs, (std::vector<std::int64_t>{1000, 2000, 9000}));
        EXPECT_EQ(run.inferenceDurationNs, (std::vector<std::int64_t>{500, 600, 700}));
        EXPECT_EQ(run.layerOffsetNs, (std::vector<std::int64_t>{1, 200, 2, 210, 0, 300}));
        EXPECT_EQ(run.layerDurationNs, (std::vector<std::int64_t>{190, 290, 200, 380, 300, 399}));
        ASSERT_EQ(run.counterSamples.size(), 2U);
        EXPECT_DOUBLE_EQ(run.counterSamples[1].value, 2.4e9);
        ASSERT_EQ(run.log.size(), 1U);
        EXPECT_EQ(run.log[0].text, "hot");
        EXPECT_EQ(run.dropped, 6U);
        EXPECT_EQ(run.status, RunStatus::Finished);
        EXPECT_EQ(run.peakRssBytes, 55U << 20);
        EXPECT_EQ(run.endNs, 9800);
    }
}

// Bytes written out by hand from the protobuf wire format and stream.proto: message 6 (Dropped), field 1 = 300.
TEST(ProfileStream, encodingIsLengthPrefixedProtobuf)
{
    const std::string expected{"\x05\x00\x00\x00\x32\x03\x08\xAC\x02", 9};
    EXPECT_EQ(encodeStreamItem(DroppedEvents{300}), expected);
}

TEST(ProfileStream, recordingCutAtEveryByteKeepsEverythingWhole)
{
    const auto items = exampleItems();
    const std::string stream = encodeAll(items);
    std::vector<std::size_t> ends; // of each item
    std::size_t end = kStreamMagic.size();
    for (const StreamItem &item : items)
        ends.push_back(end += encodeStreamItem(item).size());
    const TemporaryFile file("");
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        file.write(stream.substr(0, cut));
        const auto run = readRecording(file.path);
        if (cut < ends.front()) {
            ASSERT_FALSE(run) << cut;
            EXPECT_EQ(run.error().code, ErrorCode::BadInput);
            continue;
        }
        ASSERT_TRUE(run) << cut << ": " << run.error().text();
        RunProfile expected;
        for (std::size_t i = 0; i < items.size() && ends[i] <= cut; ++i)
            addToRun(expected, items[i]);
        EXPECT_EQ(run->status, cut == stream.size() ? RunStatus::Finished : RunStatus::Interrupted);
        EXPECT_EQ(run->reason, cut == stream.size() ? "" : "the recording ends early");
        EXPECT_EQ(run->inferenceDurationNs, expected.inferenceDurationNs);
        EXPECT_EQ(run->layerDurationNs, expected.layerDurationNs);
        EXPECT_EQ(run->counterSamples.size(), expected.counterSamples.size());
        EXPECT_EQ(run->dropped, expected.dropped);
    }
}

TEST(ProfileStream, everyCorruptedByteIsSurvived)
{
    const std::string stream = encodeAll(exampleItems());
    std::size_t refused = 0;
    for (std::size_t at = 0; at < stream.size(); ++at) {
        for (const int change : {0x01, 0x80, 0xFF}) {
            std::string damaged = stream;
            damaged[at] = static_cast<char>(damaged[at] ^ change);
            StreamDecoder decoder;
            std::vector<StreamItem> items;
            refused += !decoder.feed(asBytes(damaged), items);
            RunProfile run;
            for (const StreamItem &item : items)
                addToRun(run, item);
            // What passes the decoder is consistent.
            if (!run.layerDurationNs.empty()) {
                EXPECT_EQ(run.layerDurationNs.size(), run.inferenceCount() * run.layerCount());
            }
        }
    }
    EXPECT_GT(refused, stream.size() / 4);
}

TEST(ProfileStream, randomBytesAfterTheMagicAreSurvived)
{
    std::mt19937 random(1);
    const std::string hello = std::string(kStreamMagic) + encodeStreamItem(exampleHello()) + encodeStreamItem(exampleStart());
    for (int round = 0; round < 2000; ++round) {
        std::string body(random() % 200, '\0');
        for (char &c : body)
            c = static_cast<char>(random());
        (void)errorOf(hello + prefixed(body));
    }
}

TEST(ProfileStream, wrongOrderAndValuesAreNamed)
{
    const std::string magic(kStreamMagic);
    const std::string hello = encodeStreamItem(exampleHello());
    const std::string start = encodeStreamItem(exampleStart());
    const std::string end = encodeStreamItem(RunEnd{});
    const auto times = [](LayerTimesBatch batch) { return encodeStreamItem(batch); };
    const auto sample = [](std::uint32_t id, std::int64_t t, double value) { return encodeStreamItem(CounterBatch{{id, t, value}}); };
    DeviceHello newer = exampleHello();
    newer.protocolVersion = 2;

    EXPECT_THAT(errorOf("NRDSTRM2"), HasSubstr("NRDSTRM1"));
    EXPECT_THAT(errorOf(magic + start), HasSubstr("first message is not Hello"));
    EXPECT_THAT(errorOf(magic + encodeStreamItem(newer)), HasSubstr("protocol version 2"));
    EXPECT_THAT(errorOf(magic + hello + hello), HasSubstr("second Hello"));
    EXPECT_THAT(errorOf(magic + hello + start + start), HasSubstr("second RunStarted"));
    EXPECT_THAT(errorOf(magic + hello + times({0, {1}, {1}, {}, {}})), HasSubstr("before RunStarted"));
    EXPECT_THAT(errorOf(magic + hello + start + end + hello), HasSubstr("follow its end"));
    EXPECT_THAT(errorOf(magic + hello + start + end + "x"), HasSubstr("follow its end"));
    // Message 3: starts {1}, durations {1, 2}.
    EXPECT_THAT(errorOf(magic + hello + start + prefixed("\x1A\x07\x12\x01\x01\x1A\x02\x01\x02")), HasSubstr("1 inference starts and 2"));
    EXPECT_THAT(errorOf(magic + hello + start + times({0, {1}, {1}, {1}, {1}})), HasSubstr("1 inferences of 2 layers"));
    EXPECT_THAT(errorOf(magic + hello + start + times({0, {1}, {-1}, {1, 1}, {1, 1}})), HasSubstr("out of range"));
    EXPECT_THAT(errorOf(magic + hello + start + times({0, {1}, {1}, {1, 1}, {1, -5}})), HasSubstr("out of range"));
    EXPECT_THAT(errorOf(magic + hello + start + times({0, {9, 8}, {1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}})), HasSubstr("go back"));
    EXPECT_THAT(errorOf(magic + hello + start + times({3, {1}, {1}, {1, 1}, {1, 1}}) + times({3, {2}, {1}, {1, 1}, {1, 1}})), HasSubstr("after inference 4"));
    EXPECT_THAT(errorOf(magic + hello + start + times({0, {1}, {1}, {1, 1}, {1, 1}}) + times({1, {2}, {1}, {}, {}})), HasSubstr("some batches"));
    EXPECT_THAT(errorOf(magic + hello + sample(3, 1, 1)), HasSubstr("counter 3"));
    EXPECT_THAT(errorOf(magic + hello + sample(1, -1, 1)), HasSubstr("out of range"));
    EXPECT_THAT(errorOf(magic + hello + sample(1, 1, std::nan(""))), HasSubstr("out of range"));
    EXPECT_THAT(errorOf(magic + std::string("\x01\x00\x00\x01", 4)), HasSubstr("16777217 bytes"));
    // Message 7, status "odd".
    EXPECT_THAT(errorOf(magic + hello + prefixed(std::string("\x3A\x05\x0A\x03odd", 7))), HasSubstr("unknown status \"odd\""));
    // Field 15 is of a later version: skipped.
    EXPECT_EQ(errorOf(magic + hello + prefixed(std::string("\x7A\x01z", 3)) + start + end), "");
}

TEST(ProfileStream, aBrokenStreamStaysBrokenAndKeepsWhatCameBefore)
{
    StreamDecoder decoder;
    std::vector<StreamItem> items;
    const std::string stream = std::string(kStreamMagic) + encodeStreamItem(exampleHello()) + encodeStreamItem(exampleHello());
    EXPECT_FALSE(decoder.feed(asBytes(stream), items));
    EXPECT_EQ(items.size(), 1U);
    EXPECT_FALSE(decoder.feed(asBytes(encodeStreamItem(exampleStart())), items));
    EXPECT_EQ(items.size(), 1U);
}

TEST(ProfileStream, aBombOfEmptyLayersIsRefused)
{
    std::string inner;
    for (int i = 0; i < 300'000; ++i)
        inner += std::string("\x3A\x00", 2); // an empty Layer
    std::string message("\x12", 1);
    for (std::size_t size = inner.size(); size > 0; size >>= 7)
        message.push_back(static_cast<char>((size & 0x7F) | (size > 0x7F ? 0x80 : 0)));
    message += inner;
    EXPECT_THAT(errorOf(std::string(kStreamMagic) + encodeStreamItem(exampleHello()) + prefixed(message)), HasSubstr("300000 layers"));
}

TEST(ProfileStream, largeBatchBecomesSeveralMessages)
{
    RunStart start = exampleStart();
    start.layers.resize(100);
    LayerTimesBatch batch;
    constexpr std::size_t inferences = 20'000; // 100 layers: over 16 MiB
    for (std::size_t i = 0; i < inferences; ++i) {
        batch.inferenceStartNs.push_back(std::int64_t(i) * 1'000'000'000);
        batch.inferenceDurationNs.push_back(900'000'000 + std::int64_t(i));
    }
    batch.layerOffsetNs.assign(inferences * 100, 1'000'000'000'000'000);
    batch.layerDurationNs.assign(inferences * 100, 2'000'000'000'000'000);
    const std::string stream = encodeAll({exampleHello(), start, batch, RunEnd{}});
    const auto run = decodeRun(stream, std::size_t(1) << 16);
    ASSERT_TRUE(run) << run.error().text();
    EXPECT_EQ(run->inferenceStartNs, batch.inferenceStartNs);
    EXPECT_EQ(run->layerDurationNs.size(), batch.layerDurationNs.size());
}

TEST(ProfileStream, namesThatAreNoUtf8Travel)
{
    RunStart start = exampleStart();
    start.layers[0].name = "a\xFF\xC3(\xE2\x82\xAC\xED\xA0\x80";
    const auto run = decodeRun(encodeAll({exampleHello(), start, RunEnd{}}), 1000);
    ASSERT_TRUE(run) << run.error().text();
    EXPECT_EQ(run->start.layers[0].name, "a?\?(\xE2\x82\xAC???");
}

TEST(ProfileStream, recordingErrorsNameTheFile)
{
    EXPECT_THAT(readRecording("/nonexistent/x.nrs").error().text(), HasSubstr("/nonexistent/x.nrs"));
    EXPECT_THAT(readRecording("/tmp").error().text(), HasSubstr("not a file"));
    const TemporaryFile file("hello, I am a text file");
    EXPECT_THAT(readRecording(file.path).error().text(), HasSubstr("NRDSTRM1"));
}

TEST(ProfileStream, decodesAMillionLayerEventsASecond)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "speed is not measured under a sanitizer";
#endif
    RunStart start = exampleStart();
    start.layers.resize(100);
    std::vector<StreamItem> items{exampleHello(), start};
    for (std::size_t batch = 0; batch < 200; ++batch) {
        LayerTimesBatch times;
        times.firstInference = batch * 100;
        for (std::size_t i = 0; i < 100; ++i) {
            times.inferenceStartNs.push_back(std::int64_t(batch * 100 + i) * 1'000'000);
            times.inferenceDurationNs.push_back(900'000);
        }
        times.layerOffsetNs.assign(10'000, 450'000);
        times.layerDurationNs.assign(10'000, 8'500);
        items.emplace_back(std::move(times));
    }
    const std::string stream = encodeAll(items);
    const auto begin = std::chrono::steady_clock::now();
    const auto run = decodeRun(stream, 65536);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    ASSERT_TRUE(run);
    ASSERT_EQ(run->layerDurationNs.size(), 2'000'000U);
    std::printf("decoded %.1f million layer events/s\n", 2.0 / seconds);
    EXPECT_GT(2e6 / seconds, 1e6);
}
