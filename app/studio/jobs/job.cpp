// SPDX-License-Identifier: GPL-3.0-or-later
#include "job.h"

#include <chrono>
#include <exception>
#include <mutex>
#include <new>

namespace nordlys::studio {
namespace {

std::function<void(const core::Error &)> &failureSink()
{
    static std::function<void(const core::Error &)> sink;
    return sink;
}

} // namespace

/// Progress on its way to the GUI thread: the newest replaces what was not fetched yet.
struct JobBase::Mailbox {
    std::mutex mutex;
    JobProgress latest;
    bool posted = false;
    std::chrono::steady_clock::time_point lastPost{};
};

JobBase::JobBase(QString title, QObject *owner)
    : QObject(owner), m_title(std::move(title)), m_self(std::make_shared<JobBase *>(this))
{}

JobBase::~JobBase()
{
    *m_self = nullptr;
    m_stop.request_stop();
}

void JobBase::cancel() { m_stop.request_stop(); }

void JobBase::drop()
{
    if (!m_running)
        return;
    m_stop.request_stop();
    ++m_generation;
    m_running = false;
    Q_EMIT ended();
}

void JobBase::setFailureSink(std::function<void(const core::Error &)> sink) { failureSink() = std::move(sink); }

core::Error JobBase::caughtError()
{
    try {
        throw;
    } catch (const std::bad_alloc &) {
        return core::badInput("memory", "there is not enough for this", "Close other programs, or use a smaller model or fewer samples.");
    } catch (const std::exception &error) {
        return core::internalError("nordlys-studio", error.what());
    } catch (...) {
        return core::internalError("nordlys-studio", "an unknown exception");
    }
}

void JobBase::launch(std::function<Delivery(const core::JobContext &)> work)
{
    using Clock = std::chrono::steady_clock;
    static constexpr auto kInterval = std::chrono::milliseconds(100);

    m_stop.request_stop();
    if (m_running)
        Q_EMIT ended();
    m_stop = std::stop_source();
    m_running = true;
    m_progress = {};
    m_clock.start();
    const quint64 generation = ++m_generation;
    const std::shared_ptr<JobBase *> self = m_self;

    core::JobContext context;
    context.stop = m_stop.get_token();
    auto mailbox = std::make_shared<Mailbox>();
    context.progress = [self, generation, mailbox](std::uint64_t done, std::uint64_t total, std::string_view what) {
        {
            const std::lock_guard lock(mailbox->mutex);
            mailbox->latest = {done, total, QString::fromUtf8(what.data(), static_cast<qsizetype>(what.size()))};
            const auto now = Clock::now();
            if (mailbox->posted || now - mailbox->lastPost < kInterval)
                return;
            mailbox->posted = true;
            mailbox->lastPost = now;
        }
        postToGui([self, generation, mailbox] {
            JobProgress latest;
            {
                const std::lock_guard lock(mailbox->mutex);
                latest = mailbox->latest;
                mailbox->posted = false;
            }
            if (!*self || (*self)->m_generation != generation || !(*self)->m_running)
                return;
            (*self)->m_progress = latest;
            Q_EMIT(*self)->progressed();
        });
    };

    Q_EMIT started();
    runOnThread([self, generation, context, work = std::move(work)] {
        Delivery delivery;
        try {
            delivery = work(context);
        } catch (...) {
            delivery = [error = caughtError()] {
                if (failureSink())
                    failureSink()(error);
            };
        }
        postToGui([self, generation, delivery = std::move(delivery)] {
            if (!*self || (*self)->m_generation != generation)
                return;
            (*self)->m_running = false;
            delivery();
            // The delivery may have ended the owner, or started the next run.
            if (*self && !(*self)->m_running)
                Q_EMIT(*self)->ended();
        });
    });
}

} // namespace nordlys::studio
