// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "project_keeper.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace nordlys::studio {

/// Watches the open project file and its model. When another program has changed one of them (its content, not merely its date),
/// a reload is offered. GUI thread; hashing happens on a worker thread.
class FileWatch : public QObject {
    Q_OBJECT

public:
    FileWatch(Workspace &workspace, ProjectKeeper &keeper);

private:
    struct Look {
        FileStamp project, model;
        std::string projectSha256, modelSha256; ///< empty: not looked at, or not readable
    };
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
