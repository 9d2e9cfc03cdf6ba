// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QList>
#include <QString>

namespace nordlys::studio {

/// A file that was open before, with what was known of it then.
struct RecentFile {
    QString path;
    QDateTime opened;
    qint64 latencyNs = 0; ///< p50 of its last run; 0: not run
    quint64 count = 0;    ///< inferences of that run
    QString verdict;      ///< core's name of the verdict; empty: not run
};

/// The newest files first, at most 20, kept in QSettings. A file that is gone stays in the list until someone removes it: its disk
/// may only be unplugged. GUI thread.
class RecentFiles {
public:
    [[nodiscard]] static QList<RecentFile> read();
    /// Puts the file first.
    static void remember(const RecentFile &file);
    static void forget(const QString &path);
    static void clear();
    /// The file was moved: its entry keeps its place and what is known of it.
    static void relocate(const QString &from, const QString &to);
};

} // namespace nordlys::studio
