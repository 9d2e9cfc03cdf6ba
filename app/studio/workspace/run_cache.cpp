// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_cache.h"

#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>

#include <algorithm>

namespace nordlys::studio {
namespace {

const QString kLockName = QStringLiteral("open.lock");

std::unique_ptr<QLockFile> lockOf(const QString &folder)
{
    auto lock = std::make_unique<QLockFile>(folder + QLatin1Char('/') + kLockName);
    lock->setStaleLockTime(0); // a lock is stale only when its process is gone
    return lock;
}

qint64 bytesBelow(const QString &folder)
{
    qint64 total = 0;
    QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        files.next();
        total += files.fileInfo().size();
    }
    return total;
}

} // namespace

RunCache::RunCache(QString root) : m_root(std::move(root)) {}

QString RunCache::defaultRoot() { return QStandardPaths::writableLocation(QStandardPaths::CacheLocation) + QStringLiteral("/runs"); }

QString RunCache::newRecording(const QString &run)
{
    const QString stamp = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz"));
    // Two windows may start a run in the same millisecond.
    for (int attempt = 0; attempt < 100; ++attempt) {
        const QString folder = m_root + QLatin1Char('/') + stamp + (attempt > 0 ? QStringLiteral("-%1").arg(attempt) : QString());
        if (QDir(folder).exists() || !QDir().mkpath(folder))
            continue;
        auto lock = lockOf(folder);
        if (lock->tryLock(0))
            m_locks.push_back(std::move(lock));
        return folder + QLatin1Char('/') + run + QStringLiteral(".nrs");
    }
    return {};
}

int RunCache::prune(const QString &root, int keepRuns, qint64 keepBytes, const QStringList &inUse)
{
    // Only folders that newRecording() names are ours to remove.
    static const QRegularExpression ours(QStringLiteral("^\\d{8}-\\d{6}-\\d{3}(-\\d+)?$"));
    QStringList folders = QDir(root).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks, QDir::Name).filter(ours);
    std::reverse(folders.begin(), folders.end()); // newest first
    int kept = 0, removed = 0;
    qint64 bytes = 0;
    for (const QString &name : std::as_const(folders)) {
        const QString folder = QDir(root).absoluteFilePath(name);
        const qint64 size = bytesBelow(folder);
        if (kept < keepRuns && bytes + size <= keepBytes) {
            ++kept;
            bytes += size;
            continue;
        }
        const bool used = std::ranges::any_of(
            inUse, [&](const QString &file) { return QFileInfo(file).absoluteFilePath().startsWith(folder + QLatin1Char('/')); });
        const auto lock = lockOf(folder);
        if (used || !lock->tryLock(0)) {
            ++kept;
            bytes += size;
            continue;
        }
        lock->unlock();
        if (QDir(folder).removeRecursively())
            ++removed;
    }
    return removed;
}

} // namespace nordlys::studio
