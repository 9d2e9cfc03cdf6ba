// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "project_keeper.h"

#include <QDateTime>
#include <QObject>
#include <QSet>
#include <QTimer>

namespace nordlys::studio {

/// Keeps what is not saved in a recovery file: every edit is on the disk within two seconds, written by a worker thread, one file
/// for each window. A file whose window died is offered: at the start, and when its project is opened. GUI thread.
class RecoveryKeeper : public QObject {
    Q_OBJECT

public:
    RecoveryKeeper(Workspace &workspace, ProjectKeeper &keeper);
    ~RecoveryKeeper() override;

    /// Where recovery files lie: NORDLYS_RECOVERY_DIR, else `recovery` in the user's data folder of this program. A cache folder
    /// could be emptied at any time, and beside the project may be read-only or shared.
    static QString folder();
    /// Looks for files of windows that died and offers them.
    void offerLeftOver();
    /// The window closes and what is not saved is not wanted.
    void discard();

Q_SIGNALS:
    /// The recovery file holds everything up to now.
    void written();

private:
    struct Store;
    struct Found;
    static std::vector<Found> find(const std::filesystem::path &folder);
    void noteChange();
    void refresh();
    void hashModel();
    void offer(const std::vector<Found> &found);

    Workspace &m_workspace;
    ProjectKeeper &m_keeper;
    std::shared_ptr<Store> m_store;
    Job<core::Expected<void>> m_write;
    Job<core::Expected<std::string>> m_hash;
    std::unique_ptr<Job<std::vector<Found>>> m_find;
    QTimer m_timer;
    QDateTime m_edited;
    bool m_isStale = false;  ///< changed since the newest write began
    bool m_hasFile = false;
    bool m_hasFailed = false; ///< said once
    QString m_runs; ///< which runs there were at the last look
    QSet<QString> m_offered;
    QSet<QString> m_answered; ///< discarded: never offered again, also by a search that began before
    std::vector<std::shared_ptr<core::RecoverySlot>> m_taken; ///< recovered, and not yet in our own file
};

} // namespace nordlys::studio
