// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run_profile.h"

#include <core/base/error.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

namespace nordlys::core {

struct DroppedEvents { std::uint64_t count = 0; };
struct RunEnd {
    RunStatus status = RunStatus::Finished;
    std::string reason;
    std::uint64_t inferences = 0;
    std::int64_t tNs = 0;
    std::uint64_t peakRssBytes = 0;
};
using CounterBatch = std::vector<CounterSample>;
/// A message of the run stream in plain types.
using StreamItem = std::variant<DeviceHello, RunStart, LayerTimesBatch, CounterBatch, LogLine, DroppedEvents, RunEnd>;

inline constexpr std::string_view kStreamMagic = "NRDSTRM1";
inline constexpr std::size_t kMaxStreamMessage = std::size_t(16) << 20;
inline constexpr std::size_t kMaxStreamLayers = 200'000;   ///< layers and counters that one stream may announce
inline constexpr std::size_t kMaxStreamNames = 2'000'000; ///< strings in one Hello or RunStarted
inline constexpr std::int64_t kMaxStreamNs = std::int64_t(1) << 60; ///< times lie below, so that sums of a few cannot overflow

/// Length prefix and message. The magic is written apart, once. A batch of times or samples that needs more than kMaxStreamMessage becomes several messages;
/// a RunStart that does loses first its layers' outputs, then their source nodes. Bytes that are no UTF-8 become '?'.
std::string encodeStreamItem(const StreamItem &item);

/// Decodes a stream from pieces of any size. Hostile input is refused: lengths over the limit; times that are negative, go back or reach kMaxStreamNs; columns that
/// do not fit the announced layers; counters that Hello did not announce; values that are no numbers; wrong order (Hello first, RunStarted before times, nothing
/// after RunFinished). Messages of a kind it does not know are skipped.
class StreamDecoder {
public:
    /// Appends complete items of what was fed so far to `items`. BadInput once the stream is broken; items before it stay valid.
    Expected<void> feed(std::span<const std::byte> bytes, std::vector<StreamItem> &items);
    /// True when nothing is left of an incomplete message.
    [[nodiscard]] bool atBoundary() const { return m_pending.empty(); }

private:
    Expected<std::size_t> consume(std::span<const std::byte> bytes, std::vector<StreamItem> &items);
    Expected<void> decodeMessage(std::span<const std::byte> message, std::vector<StreamItem> &items);
    Expected<void> check(const DeviceHello &hello);
    Expected<void> check(const RunStart &start);
    Expected<void> check(const LayerTimesBatch &batch);
    Expected<void> check(const CounterBatch &batch);

    std::vector<std::byte> m_pending;
    bool m_magicSeen = false, m_helloSeen = false;
    std::size_t m_layers = 0;
    bool m_started = false, m_finished = false;
    std::optional<Error> m_broken;
    std::optional<bool> m_layerColumns; // whether batches carry them, known from the first batch on
    std::uint64_t m_nextInference = 0;
    std::int64_t m_lastStartNs = 0;
    std::unordered_set<std::uint32_t> m_counters;
};

/// Adds an item to the run.
void addToRun(RunProfile &run, const StreamItem &item);

/// Reads a recording. One that ends early (truncated, no RunFinished) is a result: status Interrupted with everything that is whole, reason
/// "the recording ends early". BadInput: no recording at all, another version (named), or inconsistent values.
Expected<RunProfile> readRecording(const std::filesystem::path &path);

} // namespace nordlys::core
