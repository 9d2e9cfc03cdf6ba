// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run_profile.h"

#include <core/base/error.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
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

/// Length prefix and message. The magic is written apart, once.
std::string encodeStreamItem(const StreamItem &item);

/// Decodes a stream from pieces of any size. Hostile input: lengths, column sizes and order are checked (Hello first, RunStarted before times).
class StreamDecoder {
public:
    /// Appends complete items of what was fed so far to `items`. BadInput once the stream is broken; items before it stay valid.
    Expected<void> feed(std::span<const std::byte> bytes, std::vector<StreamItem> &items);
    /// True when nothing is left of an incomplete message.
    [[nodiscard]] bool atBoundary() const { return m_pending.empty(); }

private:
    std::vector<std::byte> m_pending;
    bool m_magicSeen = false, m_helloSeen = false;
    std::size_t m_layers = 0;
    bool m_started = false, m_finished = false;
};

/// Adds an item to the run.
void addToRun(RunProfile &run, const StreamItem &item);

/// Reads a recording. One that ends early (truncated, no RunFinished) is a result: status Interrupted with everything that is whole, reason
/// "the recording ends early". BadInput: no recording at all, another version (named), or inconsistent values.
Expected<RunProfile> readRecording(const std::filesystem::path &path);

} // namespace nordlys::core
