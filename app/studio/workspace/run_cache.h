// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLockFile>
#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace nordlys::studio {

/// Recordings of runs that belong to no saved project, one folder each in the cache. Old ones go; those that a window has open
/// stay, whichever process it belongs to.
class RunCache {
public:
    /// `root` need not exist.
    explicit RunCache(QString root);
    static QString defaultRoot();

    /// File for a run's recording in a folder of its own, which counts as open from here on. Empty when it cannot be made.
    QString newRecording(const QString &run);
    /// Nothing is open any more.
    void closeAll() { m_locks.clear(); }

    static constexpr int kKeepRuns = 20;
    static constexpr qint64 kKeepBytes = qint64(2) << 30;
    /// Removes the oldest folders until at most `keepRuns` and `keepBytes` are left; open ones count and stay, and so does what
    /// holds one of `inUse`. Any thread. Returns how many were removed.
    static int prune(const QString &root, int keepRuns = kKeepRuns, qint64 keepBytes = kKeepBytes, const QStringList &inUse = {});
    [[nodiscard]] const QString &root() const { return m_root; }

private:
    const QString m_root;
    std::vector<std::unique_ptr<QLockFile>> m_locks;
};

} // namespace nordlys::studio
