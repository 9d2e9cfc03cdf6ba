// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_feed.h"

#include "job_threads.h"

#include <QCoreApplication>
#include <QTimer>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr int kFrameMs = 33;
constexpr auto kSummaryInterval = std::chrono::milliseconds(250);

} // namespace

std::shared_ptr<RunFeed> RunFeed::create(std::function<void(Batch)> deliver)
{
    return std::shared_ptr<RunFeed>(new RunFeed(std::move(deliver)));
}

void RunFeed::add(const core::StreamItem &item)
{
    core::addToRun(m_profile, item);
    std::optional<core::RunSummary> summary;
    const auto now = Clock::now();
    if (std::holds_alternative<core::RunEnd>(item) || (now >= m_nextSummary && m_profile.inferenceCount() > 0)) {
        summary = core::summarize(m_profile);
        // Long runs take longer to sum up: at most a twentieth of the time goes there.
        m_nextSummary = Clock::now() + std::max<Clock::duration>(kSummaryInterval, 20 * (Clock::now() - now));
    }
    bool post = false;
    {
        const std::lock_guard lock(m_mutex);
        if (m_closed)
            return;
        m_waiting.items.push_back(item);
        if (summary)
            m_waiting.summary = std::move(summary);
        post = !std::exchange(m_scheduled, true);
    }
    if (post) {
        postToGui([self = shared_from_this()] { QTimer::singleShot(kFrameMs, qApp, [self] { self->flush(); }); });
    }
}

void RunFeed::flush()
{
    Batch batch;
    {
        const std::lock_guard lock(m_mutex);
        m_scheduled = false;
        if (m_closed)
            return;
        std::swap(batch, m_waiting);
    }
    if (!batch.items.empty())
        m_deliver(std::move(batch));
}

void RunFeed::close()
{
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    m_waiting = {};
}

} // namespace nordlys::studio
