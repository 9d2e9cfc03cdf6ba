// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "project_keeper.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

#include <array>
#include <cstdint>

namespace nordlys::studio {

/// Watches the open project file and its model. When another program has changed one of them (its content, not merely its date),
/// a reload is offered. GUI thread; hashing happens on a worker thread.
class FileWatch : public QObject {
    Q_OBJECT

public:
    FileWatch(Workspace &workspace, ProjectKeeper &keeper);

private:
    /// What tells cheaply that a file is untouched.
    struct Stamp {
        bool exists = false;
        std::int64_t bytes = 0, modifiedNs = 0;
        std::uint64_t inode = 0;
        friend bool operator==(const Stamp &, const Stamp &) = default;
    };
    struct Look {
        Stamp project, model;
        std::string projectSha256, modelSha256; ///< empty: not looked at, or not readable
    };
    static Stamp stampOf(const std::filesystem::path &path);
    void watch();
    void look();
    void compare(const Look &now);
    void offerReload(const QString &id, const QString &title, const QString &text);

    Workspace &m_workspace;
    ProjectKeeper &m_keeper;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
    Job<Look> m_look;
    std::filesystem::path m_project, m_model;
    Look m_known;
};

} // namespace nordlys::studio
