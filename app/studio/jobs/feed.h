// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job_threads.h"

#include <QCoreApplication>
#include <QTimer>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace nordlys::studio {

/// Carries items from a working thread to the GUI thread in batches, at most one every `intervalMs`, in order.
template <typename T>
class Feed : public std::enable_shared_from_this<Feed<T>> {
public:
    /// `deliver` is called on the GUI thread.
    static std::shared_ptr<Feed> create(int intervalMs, std::function<void(std::vector<T>)> deliver)
    {
        return std::shared_ptr<Feed>(new Feed(intervalMs, std::move(deliver)));
    }

    /// Any one thread.
    void add(T item)
    {
        bool post = false;
        {
            const std::lock_guard lock(m_mutex);
            if (m_closed)
                return;
            m_waiting.push_back(std::move(item));
            post = !std::exchange(m_scheduled, true);
        }
        if (post) {
            postToGui([self = this->shared_from_this()] {
                QTimer::singleShot(self->m_intervalMs, QCoreApplication::instance(), [self] { self->flush(); });
            });
        }
    }
    /// GUI thread: delivers at once what is waiting.
    void flush()
    {
        std::vector<T> batch;
        {
            const std::lock_guard lock(m_mutex);
            m_scheduled = false;
            if (m_closed)
                return;
            std::swap(batch, m_waiting);
        }
        if (!batch.empty())
            m_deliver(std::move(batch));
    }
    /// Drops what is waiting and whatever comes later. GUI thread.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        m_waiting.clear();
    }

private:
    Feed(int intervalMs, std::function<void(std::vector<T>)> deliver) : m_intervalMs(intervalMs), m_deliver(std::move(deliver)) {}

    const int m_intervalMs;
    const std::function<void(std::vector<T>)> m_deliver;
    std::mutex m_mutex;
    std::vector<T> m_waiting;
    bool m_scheduled = false, m_closed = false;
};

} // namespace nordlys::studio
