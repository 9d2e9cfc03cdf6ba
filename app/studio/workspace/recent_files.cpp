// SPDX-License-Identifier: GPL-3.0-or-later
#include "recent_files.h"

#include <QSettings>

namespace nordlys::studio {
namespace {

constexpr int kMost = 20;

QString key() { return QStringLiteral("recent"); }

void write(const QList<RecentFile> &files)
{
    QSettings settings;
    settings.remove(key()); // a shorter array would leave the rest of the longer one behind
    settings.beginWriteArray(key(), static_cast<int>(files.size()));
    for (int i = 0; i < files.size(); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(QStringLiteral("path"), files[i].path);
        settings.setValue(QStringLiteral("opened"), files[i].opened);
        settings.setValue(QStringLiteral("latencyNs"), files[i].latencyNs);
        settings.setValue(QStringLiteral("count"), files[i].count);
        settings.setValue(QStringLiteral("verdict"), files[i].verdict);
    }
    settings.endArray();
}

} // namespace

QList<RecentFile> RecentFiles::read()
{
    QList<RecentFile> files;
    QSettings settings;
    const int count = settings.beginReadArray(key());
    for (int i = 0; i < count && i < kMost; ++i) {
        settings.setArrayIndex(i);
        RecentFile file;
        file.path = settings.value(QStringLiteral("path")).toString();
        file.opened = settings.value(QStringLiteral("opened")).toDateTime();
        file.latencyNs = settings.value(QStringLiteral("latencyNs")).toLongLong();
        file.count = settings.value(QStringLiteral("count")).toULongLong();
        file.verdict = settings.value(QStringLiteral("verdict")).toString();
        if (!file.path.isEmpty())
            files.append(file);
    }
    settings.endArray();
    return files;
}

void RecentFiles::remember(const RecentFile &file)
{
    QList<RecentFile> files = read();
    files.removeIf([&file](const RecentFile &other) { return other.path == file.path; });
    files.prepend(file);
    while (files.size() > kMost)
        files.removeLast();
    write(files);
}

void RecentFiles::forget(const QString &path)
{
    QList<RecentFile> files = read();
    files.removeIf([&path](const RecentFile &other) { return other.path == path; });
    write(files);
}

void RecentFiles::clear() { write({}); }

void RecentFiles::relocate(const QString &from, const QString &to)
{
    QList<RecentFile> files = read();
    files.removeIf([&](const RecentFile &other) { return other.path == to && to != from; });
    for (RecentFile &file : files) {
        if (file.path == from)
            file.path = to;
    }
    write(files);
}

} // namespace nordlys::studio
