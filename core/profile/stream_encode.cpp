// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include <core/base/utf8.h>

#include "core/profile/stream.pb.h"

#include <algorithm>

namespace nordlys::core {

namespace {

// protobuf refuses other bytes in a string, and names of a model may hold anything.
std::string asUtf8(const std::string &text)
{
    std::string result = text;
    for (std::size_t i = 0; i < result.size();) {
        const std::size_t length = utf8SequenceLength(result, i);
        if (length == 0)
            result[i] = '?';
        i += std::max<std::size_t>(length, 1);
    }
    return result;
}

void appendMessage(std::string &out, const stream::StreamMessage &message)
{
    const std::size_t size = message.ByteSizeLong();
    for (unsigned shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<char>((size >> shift) & 0xFF));
    message.AppendToString(&out);
}

void encodeTimes(std::string &out, const LayerTimesBatch &batch, std::size_t from, std::size_t to)
{
    const std::size_t inferences = batch.inferenceStartNs.size();
    const std::size_t layers = inferences ? batch.layerDurationNs.size() / inferences : 0;
    stream::StreamMessage message;
    auto &times = *message.mutable_layer_times();
    times.set_first_inference(batch.firstInference + from);
    const auto slice = [](auto &column, const std::vector<std::int64_t> &values, std::size_t begin, std::size_t end) {
        column.Reserve(static_cast<int>(end - begin));
        for (std::size_t i = begin; i < end; ++i)
            column.AddAlreadyReserved(static_cast<std::decay_t<decltype(*column.data())>>(values[i]));
    };
    slice(*times.mutable_inference_start_ns(), batch.inferenceStartNs, from, to);
    slice(*times.mutable_inference_duration_ns(), batch.inferenceDurationNs, from, to);
    slice(*times.mutable_layer_offset_ns(), batch.layerOffsetNs, from * layers, to * layers);
    slice(*times.mutable_layer_duration_ns(), batch.layerDurationNs, from * layers, to * layers);
    appendMessage(out, message);
}

struct Encoder {
    std::string &out;

    void operator()(const DeviceHello &hello) const
    {
        stream::StreamMessage message;
        auto &to = *message.mutable_hello();
        to.set_protocol_version(hello.protocolVersion);
        to.set_runner_version(asUtf8(hello.runnerVersion));
        to.set_device_model(asUtf8(hello.deviceModel));
        to.set_soc(asUtf8(hello.soc));
        to.set_os(asUtf8(hello.os));
        to.set_clock_origin_ns(hello.clockOriginNs);
        to.set_wall_clock_ns(hello.wallClockNs);
        to.set_cpu_count(hello.cpuCount);
        for (const CounterInfo &counter : hello.counters) {
            auto &entry = *to.add_counters();
            entry.set_id(counter.id);
            entry.set_name(asUtf8(counter.name));
            entry.set_unit(asUtf8(counter.unit));
            entry.set_available(counter.available);
            entry.set_why(asUtf8(counter.why));
            entry.set_source(asUtf8(counter.source));
        }
        appendMessage(out, message);
    }
    void operator()(const RunStart &start) const
    {
        stream::StreamMessage message;
        auto &to = *message.mutable_run_started();
        to.set_artifact(asUtf8(start.artifact));
        to.set_artifact_sha256(asUtf8(start.artifactSha256));
        to.set_precision(asUtf8(start.precision));
        to.set_threads(start.threads);
        to.set_warmup(start.warmup);
        to.set_iterations_planned(start.iterationsPlanned);
        to.set_model_name(asUtf8(start.modelName));
        to.set_sample_rate_hz(start.sampleRateHz);
        to.set_profiling(asUtf8(start.profiling));
        for (const LayerInfo &layer : start.layers) {
            auto &entry = *to.add_layers();
            entry.set_name(asUtf8(layer.name));
            entry.set_op(asUtf8(layer.op));
            entry.set_backend(asUtf8(layer.backend));
            entry.set_kernel(asUtf8(layer.kernel));
            entry.set_macs(layer.macs);
            entry.set_segment(layer.segment);
            entry.set_emulated(layer.isEmulated);
            entry.set_boundary_tensor(asUtf8(layer.boundaryTensor));
            entry.set_boundary_bytes(layer.boundaryBytes);
            for (const std::string &node : layer.sourceNodes)
                entry.add_source_nodes(asUtf8(node));
            for (const std::string &output : layer.outputs)
                entry.add_outputs(asUtf8(output));
        }
        // A run with fewer names is worth more than no run.
        if (message.ByteSizeLong() > kMaxStreamMessage) {
            for (auto &layer : *to.mutable_layers())
                layer.clear_outputs();
        }
        if (message.ByteSizeLong() > kMaxStreamMessage) {
            for (auto &layer : *to.mutable_layers())
                layer.clear_source_nodes();
        }
        appendMessage(out, message);
    }
    void operator()(const LayerTimesBatch &batch) const
    {
        const std::size_t inferences = batch.inferenceStartNs.size();
        const std::size_t layers = inferences ? batch.layerDurationNs.size() / inferences : 0;
        // A 64-bit varint takes at most 10 bytes.
        const std::size_t perMessage = std::max<std::size_t>(1, (kMaxStreamMessage - 1024) / (20 + layers * 20));
        std::size_t from = 0;
        do {
            const std::size_t to = std::min(inferences, from + perMessage);
            encodeTimes(out, batch, from, to);
            from = to;
        } while (from < inferences);
    }
    void operator()(const CounterBatch &batch) const
    {
        constexpr std::size_t perMessage = (kMaxStreamMessage - 1024) / (5 + 10 + 8);
        std::size_t from = 0;
        do {
            const std::size_t to = std::min(batch.size(), from + perMessage);
            stream::StreamMessage message;
            auto &samples = *message.mutable_counter_samples();
            for (std::size_t i = from; i < to; ++i) {
                samples.add_counter_id(batch[i].counterId);
                samples.add_t_ns(batch[i].tNs);
                samples.add_value(batch[i].value);
            }
            appendMessage(out, message);
            from = to;
        } while (from < batch.size());
    }
    void operator()(const LogLine &line) const
    {
        stream::StreamMessage message;
        auto &to = *message.mutable_log();
        to.set_t_ns(line.tNs);
        to.set_level(asUtf8(line.level));
        to.set_text(asUtf8(line.text));
        appendMessage(out, message);
    }
    void operator()(const DroppedEvents &dropped) const
    {
        stream::StreamMessage message;
        message.mutable_dropped()->set_count(dropped.count);
        appendMessage(out, message);
    }
    void operator()(const RunEnd &end) const
    {
        stream::StreamMessage message;
        auto &to = *message.mutable_run_finished();
        to.set_status(nameOf(end.status));
        to.set_reason(asUtf8(end.reason));
        to.set_inferences(end.inferences);
        to.set_t_ns(end.tNs);
        to.set_peak_rss_bytes(end.peakRssBytes);
        appendMessage(out, message);
    }
};

} // namespace

std::string encodeStreamItem(const StreamItem &item)
{
    std::string out;
    std::visit(Encoder{out}, item);
    return out;
}

} // namespace nordlys::core
