// SPDX-License-Identifier: GPL-3.0-or-later
#include "watchdog.h"

#include <QAbstractEventDispatcher>
#include <QMetaEnum>
#include <QThread>
#include <QWidget>

#include <algorithm>
#include <cstdio>

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

namespace nordlys::studio::test {
namespace {

// Instrumented code is several times slower; the limits are meant for what people run.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kSlowdown = 20;
#else
constexpr double kSlowdown = 1;
#endif

std::int64_t clockNs(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return time.tv_sec * std::int64_t(1000000000) + time.tv_nsec;
}

// Time that this thread was ready to run and did not run. The kernel counts it; 0 where it does not.
std::int64_t readyNs()
{
    static const int file = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC); // of the GUI thread, which comes first
    char text[96];
    const ssize_t size = file < 0 ? -1 : ::pread(file, text, sizeof text - 1, 0);
    if (size <= 0)
        return 0;
    text[size] = '\0';
    long long run = 0, ready = 0;
    return std::sscanf(text, "%lld %lld", &run, &ready) == 2 ? ready : 0;
}

QString describe(const QObject *receiver, QEvent::Type type)
{
    QString text = QString::fromLatin1(receiver->metaObject()->className());
    if (!receiver->objectName().isEmpty())
        text += QStringLiteral(" (%1)").arg(receiver->objectName());
    for (const QObject *at = receiver->parent(); at && receiver->objectName().isEmpty(); at = at->parent()) {
        if (!at->objectName().isEmpty()) {
            text += QStringLiteral(" in %1").arg(at->objectName());
            break;
        }
    }
    const char *event = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
    return text + QStringLiteral(" handling ") + (event ? QString::fromLatin1(event) : QString::number(type));
}

} // namespace

WatchedApplication::WatchedApplication(int &argc, char **argv) : QApplication(argc, argv)
{
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, this, [this] { ++m_loop; });
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock, this, [this] { ++m_loop; });
}

WatchedApplication::Clocks WatchedApplication::now()
{
    return {clockNs(CLOCK_MONOTONIC), clockNs(CLOCK_THREAD_CPUTIME_ID), readyNs()};
}

void WatchedApplication::exclude(const Clocks &begin, const Clocks &end)
{
    if (m_frames.empty())
        return;
    const std::int64_t cpu = end.cpuNs - begin.cpuNs;
    m_frames.back().otherCpuNs += cpu;
    m_frames.back().otherSleepNs += end.wallNs - begin.wallNs - cpu - (end.readyNs - begin.readyNs);
    m_frames.back().loop = m_loop;
}

bool WatchedApplication::notify(QObject *receiver, QEvent *event)
{
    // Sent by the handler that runs: part of it. (Qt's own threads deliver their events through here too.)
    const auto isPart = [this](const Frame &frame) { return frame.loop == m_loop && frame.level == thread()->loopLevel(); };
    if (QThread::currentThread() != thread() || m_allowed > 0 || (!m_frames.empty() && isPart(m_frames.back())))
        return QApplication::notify(receiver, event);
    // Receiver and event may be gone afterwards.
    const QEvent::Type type = event->type();
    const QString name = describe(receiver, type);
    m_frames.push_back({now(), 0, 0, m_loop, thread()->loopLevel()});
    const bool result = QApplication::notify(receiver, event);
    const Clocks end = now();
    const Frame frame = m_frames.back();
    m_frames.pop_back();
    const std::int64_t cpuNs = end.cpuNs - frame.begin.cpuNs;
    const double workMs = static_cast<double>(cpuNs - frame.otherCpuNs) / 1e6;
    const double sleptMs =
        static_cast<double>(end.wallNs - frame.begin.wallNs - cpuNs - (end.readyNs - frame.begin.readyNs) - frame.otherSleepNs) / 1e6;
    exclude(frame.begin, end);
    m_longestMs = std::max(m_longestMs, workMs);
    if (workMs > kMostWorkMs * kSlowdown)
        block(name, QStringLiteral("%1 ms of work").arg(workMs, 0, 'f', 0), workMs > 2 * kMostWorkMs * kSlowdown);
    // In a nested loop the thread sleeps with good reason, and that sleep belongs to no event.
    else if (sleptMs > kMostSleepMs * kSlowdown && frame.loop == m_loop)
        block(name, QStringLiteral("waited %1 ms").arg(sleptMs, 0, 'f', 0), true);
    return result;
}

void WatchedApplication::block(const QString &name, const QString &spent, bool fails)
{
    const bool again = std::ranges::any_of(m_blocks, [&](const Block &block) { return block.name == name; });
    m_blocks.push_back({name, spent, fails || again});
}

std::vector<WatchedApplication::Block> WatchedApplication::takeBlocks() { return std::exchange(m_blocks, {}); }

AllowedBlock::AllowedBlock(const char *) : m_begin(WatchedApplication::now())
{
    ++static_cast<WatchedApplication *>(qApp)->m_allowed;
}

AllowedBlock::~AllowedBlock()
{
    auto *application = static_cast<WatchedApplication *>(qApp);
    --application->m_allowed;
    application->exclude(m_begin, WatchedApplication::now());
}

} // namespace nordlys::studio::test
