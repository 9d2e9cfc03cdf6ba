// SPDX-License-Identifier: Apache-2.0
#include "stream_writer.h"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace nordlys::runtime {

namespace {

std::size_t queuedSize(const core::StreamItem &item)
{
    if (const auto *times = std::get_if<core::LayerTimesBatch>(&item))
        return 64 + 16 * (times->inferenceStartNs.size() + times->layerDurationNs.size());
    if (const auto *samples = std::get_if<core::CounterBatch>(&item))
        return 64 + sizeof(core::CounterSample) * samples->size();
    if (const auto *line = std::get_if<core::LogLine>(&item))
        return 64 + line->text.size();
    return 0;
}

std::uint64_t eventCount(const core::StreamItem &item)
{
    if (const auto *times = std::get_if<core::LayerTimesBatch>(&item))
        return times->layerDurationNs.empty() ? times->inferenceStartNs.size() : times->layerDurationNs.size();
    return 0;
}

} // namespace

StreamWriter::StreamWriter(int descriptor, std::size_t maxQueuedBytes, std::function<void()> onBroken)
    : m_descriptor(descriptor), m_maxQueuedBytes(maxQueuedBytes), m_onBroken(std::move(onBroken)), m_thread([this] { loop(); })
{
}

StreamWriter::~StreamWriter()
{
    finish();
}

void StreamWriter::push(core::StreamItem item)
{
    const std::size_t size = queuedSize(item);
    {
        const std::lock_guard lock(m_mutex);
        if (m_broken)
            return;
        if (size > 0 && m_queuedBytes + size > m_maxQueuedBytes) {
            m_droppedTotal += eventCount(item);
            m_droppedUnreported += eventCount(item);
            return;
        }
        if (m_droppedUnreported > 0)
            m_queue.emplace_back(core::DroppedEvents{std::exchange(m_droppedUnreported, 0)});
        m_queuedBytes += size;
        m_queue.push_back(std::move(item));
    }
    m_wake.notify_one();
}

void StreamWriter::finish()
{
    {
        const std::lock_guard lock(m_mutex);
        m_finishing = true;
    }
    m_wake.notify_one();
    if (m_thread.joinable())
        m_thread.join();
}

std::uint64_t StreamWriter::dropped() const
{
    const std::lock_guard lock(m_mutex);
    return m_droppedTotal;
}

bool StreamWriter::writeAll(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_descriptor, bytes.data(), bytes.size());
        if (count > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN) { // a pipe that the reader made non-blocking for both
            struct pollfd event{m_descriptor, POLLOUT, 0};
            ::poll(&event, 1, 1000);
            continue;
        }
        const int error = count < 0 ? errno : ENOSPC;
        m_failure = error == EPIPE ? core::interrupted("standard output") : core::cannotWrite("standard output", std::strerror(error));
        return false;
    }
    return true;
}

void StreamWriter::loop()
{
    bool good = writeAll(core::kStreamMagic);
    std::unique_lock lock(m_mutex);
    while (good) {
        m_wake.wait(lock, [&] { return !m_queue.empty() || m_finishing; });
        if (m_queue.empty())
            return;
        const core::StreamItem item = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        good = writeAll(core::encodeStreamItem(item));
        lock.lock();
        m_queuedBytes -= queuedSize(item);
    }
    m_broken = true;
    m_queue.clear();
    lock.unlock();
    if (m_onBroken)
        m_onBroken();
}

} // namespace nordlys::runtime
