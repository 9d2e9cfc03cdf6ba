// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include "stream_limits.h"

#include "core/profile/stream.pb.h"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nordlys::core {

namespace {

constexpr std::size_t kPrefixBytes = 4;

Error broken(std::string why)
{
    return badInput("run stream", std::move(why));
}

std::uint32_t readLength(std::span<const std::byte> bytes)
{
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < kPrefixBytes; ++i)
        length |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
    return length;
}

bool isTime(std::int64_t ns)
{
    return ns >= 0 && ns < kMaxStreamNs;
}

DeviceHello plain(const stream::Hello &from)
{
    DeviceHello hello;
    hello.protocolVersion = from.protocol_version();
    hello.runnerVersion = from.runner_version();
    hello.deviceModel = from.device_model();
    hello.soc = from.soc();
    hello.os = from.os();
    hello.clockOriginNs = from.clock_origin_ns();
    hello.wallClockNs = from.wall_clock_ns();
    hello.cpuCount = from.cpu_count();
    hello.counters.reserve(static_cast<std::size_t>(from.counters_size()));
    for (const auto &counter : from.counters())
        hello.counters.push_back({counter.id(), counter.name(), counter.unit(), counter.available(), counter.why(), counter.source()});
    return hello;
}

RunStart plain(const stream::RunStarted &from)
{
    RunStart start;
    start.artifact = from.artifact();
    start.artifactSha256 = from.artifact_sha256();
    start.precision = from.precision();
    start.modelName = from.model_name();
    start.profiling = from.profiling();
    start.threads = from.threads();
    start.warmup = from.warmup();
    start.iterationsPlanned = from.iterations_planned();
    start.sampleRateHz = from.sample_rate_hz();
    start.layers.reserve(static_cast<std::size_t>(from.layers_size()));
    for (const auto &layer : from.layers()) {
        LayerInfo &info = start.layers.emplace_back();
        info.name = layer.name();
        info.op = layer.op();
        info.backend = layer.backend();
        info.kernel = layer.kernel();
        info.macs = layer.macs();
        info.segment = layer.segment();
        info.isEmulated = layer.emulated();
        info.boundaryTensor = layer.boundary_tensor();
        info.boundaryBytes = layer.boundary_bytes();
        info.sourceNodes.assign(layer.source_nodes().begin(), layer.source_nodes().end());
        info.outputs.assign(layer.outputs().begin(), layer.outputs().end());
    }
    return start;
}

template <typename Column>
std::vector<std::int64_t> plainColumn(const Column &from)
{
    std::vector<std::int64_t> values(static_cast<std::size_t>(from.size()));
    // A uint64 above the limit turns negative or stays above it: both are refused afterwards.
    std::transform(from.begin(), from.end(), values.begin(), [](auto value) { return static_cast<std::int64_t>(value); });
    return values;
}

LayerTimesBatch plain(const stream::LayerTimes &from)
{
    LayerTimesBatch batch;
    batch.firstInference = from.first_inference();
    batch.inferenceStartNs = plainColumn(from.inference_start_ns());
    batch.inferenceDurationNs = plainColumn(from.inference_duration_ns());
    batch.layerOffsetNs = plainColumn(from.layer_offset_ns());
    batch.layerDurationNs = plainColumn(from.layer_duration_ns());
    return batch;
}

Expected<CounterBatch> plain(const stream::CounterSamples &from)
{
    if (from.t_ns_size() != from.counter_id_size() || from.value_size() != from.counter_id_size())
        return broken(fmt::format("counter samples with {} ids, {} times and {} values", from.counter_id_size(), from.t_ns_size(), from.value_size()));
    CounterBatch batch(static_cast<std::size_t>(from.counter_id_size()));
    for (int i = 0; i < from.counter_id_size(); ++i)
        batch[static_cast<std::size_t>(i)] = {from.counter_id(i), from.t_ns(i), from.value(i)};
    return batch;
}

Expected<RunEnd> plain(const stream::RunFinished &from)
{
    RunEnd end;
    end.reason = from.reason();
    end.inferences = from.inferences();
    end.tNs = from.t_ns();
    end.peakRssBytes = from.peak_rss_bytes();
    if (!isTime(end.tNs))
        return broken("the time of its end is out of range");
    for (const RunStatus status : {RunStatus::Finished, RunStatus::Interrupted, RunStatus::Failed}) {
        if (from.status() == nameOf(status)) {
            end.status = status;
            return end;
        }
    }
    return broken(fmt::format("it ends with the unknown status \"{:.40}\"", from.status()));
}

} // namespace

Expected<void> StreamDecoder::feed(std::span<const std::byte> bytes, std::vector<StreamItem> &items)
{
    if (m_broken)
        return *m_broken;
    const bool buffered = !m_pending.empty();
    if (buffered)
        m_pending.insert(m_pending.end(), bytes.begin(), bytes.end());
    const std::span<const std::byte> all = buffered ? std::span<const std::byte>(m_pending) : bytes;
    const auto consumed = consume(all, items);
    if (!consumed) {
        m_broken = consumed.error();
        return *m_broken;
    }
    if (buffered)
        m_pending.erase(m_pending.begin(), m_pending.begin() + static_cast<std::ptrdiff_t>(*consumed));
    else
        m_pending.assign(bytes.begin() + static_cast<std::ptrdiff_t>(*consumed), bytes.end());
    return {};
}

Expected<std::size_t> StreamDecoder::consume(std::span<const std::byte> bytes, std::vector<StreamItem> &items)
{
    std::size_t at = 0;
    if (bytes.empty())
        return at;
    if (!m_magicSeen) {
        const std::size_t compared = std::min(bytes.size(), kStreamMagic.size());
        if (std::memcmp(bytes.data(), kStreamMagic.data(), compared) != 0)
            return broken("it does not begin with NRDSTRM1");
        if (compared < kStreamMagic.size())
            return at;
        m_magicSeen = true;
        at = kStreamMagic.size();
    }
    while (bytes.size() - at >= kPrefixBytes) {
        if (m_finished)
            break;
        const std::size_t length = readLength(bytes.subspan(at));
        if (length > kMaxStreamMessage)
            return broken(fmt::format("a message of {} bytes; at most {} are allowed", length, kMaxStreamMessage));
        if (bytes.size() - at - kPrefixBytes < length)
            break;
        NORDLYS_TRY(decodeMessage(bytes.subspan(at + kPrefixBytes, length), items));
        at += kPrefixBytes + length;
    }
    if (m_finished && at < bytes.size())
        return broken("bytes follow its end");
    return at;
}

Expected<void> StreamDecoder::decodeMessage(std::span<const std::byte> bytes, std::vector<StreamItem> &items)
{
    NORDLYS_TRY(checkMessageLimits(bytes));
    stream::StreamMessage message;
    const google::protobuf::LogSilencer silence; // damage is reported by us, not on stderr
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return broken("a message that is no run stream message");
    using Body = stream::StreamMessage::BodyCase;
    if (!m_helloSeen && message.body_case() != Body::kHello)
        return broken("the first message is not Hello");
    const auto take = [&](auto value) -> Expected<void> {
        NORDLYS_TRY(value);
        items.emplace_back(std::move(*value));
        return {};
    };
    const auto takeChecked = [&](auto value) -> Expected<void> {
        NORDLYS_TRY(check(value));
        items.emplace_back(std::move(value));
        return {};
    };
    switch (message.body_case()) {
    case Body::kHello: return takeChecked(plain(message.hello()));
    case Body::kRunStarted: return takeChecked(plain(message.run_started()));
    case Body::kLayerTimes: return takeChecked(plain(message.layer_times()));
    case Body::kCounterSamples: {
        auto batch = plain(message.counter_samples());
        NORDLYS_TRY(batch);
        return takeChecked(std::move(*batch));
    }
    case Body::kLog:
        if (!isTime(message.log().t_ns()))
            return broken("the time of a log line is out of range");
        items.emplace_back(LogLine{message.log().t_ns(), message.log().level(), message.log().text()});
        return {};
    case Body::kDropped: items.emplace_back(DroppedEvents{message.dropped().count()}); return {};
    case Body::kRunFinished:
        m_finished = true;
        return take(plain(message.run_finished()));
    case Body::BODY_NOT_SET: return {};
    }
    return {};
}

Expected<void> StreamDecoder::check(const DeviceHello &hello)
{
    if (m_helloSeen)
        return broken("a second Hello");
    if (hello.protocolVersion != 1)
        return badInput("run stream", fmt::format("it has protocol version {}; this program reads version 1", hello.protocolVersion),
                        "Use the Nordlys that wrote it, or a newer one.");
    for (const CounterInfo &counter : hello.counters) {
        if (!m_counters.insert(counter.id).second)
            return broken(fmt::format("counter {} is announced twice", counter.id));
    }
    m_helloSeen = true;
    return {};
}

Expected<void> StreamDecoder::check(const RunStart &start)
{
    if (m_started)
        return broken("a second RunStarted");
    if (!std::isfinite(start.sampleRateHz) || start.sampleRateHz < 0)
        return broken("the sample rate is no number");
    const auto negative = std::find_if(start.layers.begin(), start.layers.end(), [](const LayerInfo &layer) { return layer.macs < 0 || layer.boundaryBytes < 0; });
    if (negative != start.layers.end())
        return broken(fmt::format("layer {} has a negative count of multiply-accumulates or bytes", negative - start.layers.begin()));
    m_started = true;
    m_layers = start.layers.size();
    return {};
}

Expected<void> StreamDecoder::check(const LayerTimesBatch &batch)
{
    if (!m_started)
        return broken("times before RunStarted");
    const std::size_t inferences = batch.inferenceStartNs.size();
    if (batch.inferenceDurationNs.size() != inferences)
        return broken(fmt::format("{} inference starts and {} durations", inferences, batch.inferenceDurationNs.size()));
    const bool hasLayers = !batch.layerDurationNs.empty() || !batch.layerOffsetNs.empty();
    // Both factors are bounded (message size, kMaxStreamLayers), so the product cannot overflow.
    const std::size_t expected = hasLayers ? inferences * m_layers : 0;
    if (batch.layerDurationNs.size() != expected || batch.layerOffsetNs.size() != expected)
        return broken(fmt::format("{} layer durations and {} offsets for {} inferences of {} layers", batch.layerDurationNs.size(),
                                  batch.layerOffsetNs.size(), inferences, m_layers));
    if (inferences > 0 && m_layers > 0) {
        if (m_layerColumns && *m_layerColumns != hasLayers)
            return broken("some batches have layer times and some have none");
        m_layerColumns = hasLayers;
    }
    if (batch.firstInference < m_nextInference || batch.firstInference > std::uint64_t(kMaxStreamNs))
        return broken(fmt::format("inference {} after inference {}", batch.firstInference, m_nextInference));
    for (const std::int64_t start : batch.inferenceStartNs) {
        if (!isTime(start) || start < m_lastStartNs)
            return broken("inference starts go back or are out of range");
        m_lastStartNs = start;
    }
    for (const auto *column : {&batch.inferenceDurationNs, &batch.layerOffsetNs, &batch.layerDurationNs}) {
        if (!std::all_of(column->begin(), column->end(), isTime))
            return broken("a duration is out of range");
    }
    m_nextInference = batch.firstInference + inferences;
    return {};
}

Expected<void> StreamDecoder::check(const CounterBatch &batch)
{
    for (const CounterSample &sample : batch) {
        if (!m_counters.contains(sample.counterId))
            return broken(fmt::format("samples of counter {}, which Hello does not announce", sample.counterId));
        if (!isTime(sample.tNs) || !std::isfinite(sample.value))
            return broken(fmt::format("a sample of counter {} is out of range", sample.counterId));
    }
    return {};
}

} // namespace nordlys::core
