// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "stream_writer.h"

#include <cstdint>

namespace nordlys::runtime {

/// Collects the times of inferences and hands them to the writer every 20 ms or 64 KiB, whichever comes first. One thread.
class TimesBatch {
public:
    static constexpr std::int64_t kPeriodNs = 20'000'000;
    static constexpr std::size_t kMaxBytes = std::size_t(64) << 10;

    explicit TimesBatch(StreamWriter &writer) : m_writer(writer) {}

    void addInference(std::int64_t startNs, std::int64_t durationNs)
    {
        m_batch.inferenceStartNs.push_back(startNs);
        m_batch.inferenceDurationNs.push_back(durationNs);
    }
    void addLayer(std::int64_t offsetNs, std::int64_t durationNs)
    {
        m_batch.layerOffsetNs.push_back(offsetNs);
        m_batch.layerDurationNs.push_back(durationNs);
    }
    void flushWhenDue(std::int64_t nowNs)
    {
        const std::size_t bytes = 16 * (m_batch.inferenceStartNs.size() + m_batch.layerDurationNs.size());
        if (nowNs - m_lastFlushNs >= kPeriodNs || bytes >= kMaxBytes)
            flush(nowNs);
    }
    void flush(std::int64_t nowNs)
    {
        m_lastFlushNs = nowNs;
        if (m_batch.inferenceStartNs.empty())
            return;
        const std::size_t inferences = m_batch.inferenceStartNs.size(), events = m_batch.layerDurationNs.size();
        core::LayerTimesBatch next;
        next.firstInference = m_batch.firstInference + inferences;
        next.inferenceStartNs.reserve(inferences);
        next.inferenceDurationNs.reserve(inferences);
        next.layerOffsetNs.reserve(events);
        next.layerDurationNs.reserve(events);
        m_writer.push(std::move(m_batch));
        m_batch = std::move(next);
    }

private:
    StreamWriter &m_writer;
    core::LayerTimesBatch m_batch;
    std::int64_t m_lastFlushNs = 0;
};

} // namespace nordlys::runtime
