// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nordlys::core {

struct CounterInfo {
    std::uint32_t id = 0;
    std::string name, unit;
    bool available = false;
    std::string why;    ///< when not available
    std::string source; ///< path that is read
};

struct DeviceHello {
    std::uint32_t protocolVersion = 1;
    std::string runnerVersion, deviceModel, soc, os;
    std::int64_t clockOriginNs = 0, wallClockNs = 0;
    std::uint32_t cpuCount = 0;
    std::vector<CounterInfo> counters;
};

/// One step of the built plan, as it runs, or a tensor that crosses to another segment.
struct LayerInfo {
    std::string name, op, backend, kernel;
    std::vector<std::string> sourceNodes; ///< nodes of the source model that became this layer
    std::vector<std::string> outputs;     ///< tensors of the source model that it stores
    std::int64_t macs = 0;
    std::uint32_t segment = 0;   ///< segment of the placement that runs it
    bool isEmulated = false;     ///< a backend simulated on the CPU
    std::string boundaryTensor = {}; ///< not empty: no operator, but a tensor handed to this segment by another
    std::int64_t boundaryBytes = 0;

    [[nodiscard]] bool isBoundary() const { return !boundaryTensor.empty(); }
};

struct RunStart {
    std::string artifact, artifactSha256, precision, modelName, profiling;
    std::uint32_t threads = 0, warmup = 0;
    std::uint64_t iterationsPlanned = 0;
    double sampleRateHz = 0;
    std::vector<LayerInfo> layers;
};

/// Batch of inferences; see stream.proto's LayerTimes. With profiling off the layer columns are empty.
struct LayerTimesBatch {
    std::uint64_t firstInference = 0;
    std::vector<std::int64_t> inferenceStartNs, inferenceDurationNs;
    std::vector<std::int64_t> layerOffsetNs, layerDurationNs;
};

struct CounterSample {
    std::uint32_t counterId = 0;
    std::int64_t tNs = 0;
    double value = 0;
};

struct LogLine {
    std::int64_t tNs = 0;
    std::string level, text;
};

enum class RunStatus { Running, Finished, Interrupted, Failed };
std::string nameOf(RunStatus status); ///< "running", "finished", "interrupted", "failed"

/// A run as far as it was received. Times are nanoseconds from the start of the stream, on the device's monotonic clock.
struct RunProfile {
    DeviceHello hello;
    RunStart start;
    std::vector<std::int64_t> inferenceStartNs, inferenceDurationNs;
    std::vector<std::int64_t> layerOffsetNs, layerDurationNs; ///< inference-major, start.layers.size() columns
    std::vector<CounterSample> counterSamples;                ///< in order of arrival
    std::vector<LogLine> log;
    std::uint64_t dropped = 0;
    RunStatus status = RunStatus::Running;
    std::string reason; ///< of interrupted and failed
    std::uint64_t peakRssBytes = 0;
    std::int64_t endNs = 0;

    [[nodiscard]] std::size_t layerCount() const { return start.layers.size(); }
    [[nodiscard]] std::size_t inferenceCount() const { return inferenceStartNs.size(); }
};

} // namespace nordlys::core
