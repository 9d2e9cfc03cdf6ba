// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "recording_file.h"

#include <core/profile/stream.h>
#include <devicebridge/device.h>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace nordlys::devicebridge {

/// Takes a run's bytes to where they belong, in this order: recording, decoder, run, callback.
class StreamReceiver {
public:
    enum class Choice { Deliver, Skip, Stop };
    /// Asked before each item; Stop leaves it and all that follow out.
    using ItemFilter = std::function<Choice(const core::StreamItem &)>;

    StreamReceiver(RecordingFile recording, StreamCallback callback) : m_recording(std::move(recording)), m_callback(std::move(callback)) {}

    /// CannotWrite (recording) or BadInput (stream); items before the error are delivered.
    core::Expected<void> take(std::span<const std::byte> bytes);
    core::Expected<void> take(std::span<const std::byte> bytes, const ItemFilter &filter);
    [[nodiscard]] bool hasHello() const { return m_hasHello; }
    [[nodiscard]] bool hasEnd() const { return m_run.status != core::RunStatus::Running; }
    [[nodiscard]] const core::RunProfile &run() const { return m_run; }
    /// Ends a run whose stream has no end of its own, and returns it. A run that has one stays as it is.
    core::RunProfile finish(core::RunStatus status, std::string reason);

private:
    void deliver(const core::StreamItem &item);

    RecordingFile m_recording;
    StreamCallback m_callback;
    core::StreamDecoder m_decoder;
    core::RunProfile m_run;
    std::vector<core::StreamItem> m_items;
    bool m_hasHello = false;
};

} // namespace nordlys::devicebridge
