// SPDX-License-Identifier: GPL-3.0-or-later
#include "job_threads.h"

#include <QCoreApplication>
#include <QMetaObject>

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace nordlys::studio {
namespace {

struct Running {
    std::thread thread;
    std::shared_ptr<std::atomic<bool>> done;
};

struct Threads {
    std::mutex mutex;
    std::list<Running> running;
};

Threads &threads()
{
    static Threads instance;
    return instance;
}

} // namespace

void joinJobThreads()
{
    std::list<Running> all;
    {
        const std::lock_guard lock(threads().mutex);
        all.swap(threads().running);
    }
    for (Running &entry : all)
        entry.thread.join();
}

void runOnThread(std::function<void()> work)
{
    // Qt forgets its post routines once they have run, so every application of a process (tests start several) needs its own.
    static const QCoreApplication *registeredFor = nullptr;
    if (registeredFor != QCoreApplication::instance()) {
        registeredFor = QCoreApplication::instance();
        qAddPostRoutine(joinJobThreads);
    }
    const std::lock_guard lock(threads().mutex);
    for (auto entry = threads().running.begin(); entry != threads().running.end();) {
        if (entry->done->load()) {
            entry->thread.join();
            entry = threads().running.erase(entry);
        } else {
            ++entry;
        }
    }
    auto done = std::make_shared<std::atomic<bool>>(false);
    threads().running.push_back({std::thread([work = std::move(work), done] {
                                     work();
                                     done->store(true);
                                 }),
                                 done});
}

void postToGui(std::function<void()> deliver)
{
    if (QCoreApplication *application = QCoreApplication::instance())
        QMetaObject::invokeMethod(application, std::move(deliver), Qt::QueuedConnection);
}

} // namespace nordlys::studio
