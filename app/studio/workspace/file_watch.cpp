// SPDX-License-Identifier: GPL-3.0-or-later
#include "file_watch.h"

#include "text.h"

#include <core/base/sha256.h>

#include <QFileInfo>

namespace nordlys::studio {
namespace {

constexpr int kSettleMs = 300; // a writer is rarely done with its first block

} // namespace

FileWatch::FileWatch(Workspace &workspace, ProjectKeeper &keeper)
    : QObject(&keeper), m_workspace(workspace), m_keeper(keeper), m_look(QString(), nullptr)
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMs);
    connect(&m_settle, &QTimer::timeout, this, &FileWatch::look);
    for (const auto signal : {&QFileSystemWatcher::fileChanged, &QFileSystemWatcher::directoryChanged})
        connect(&m_watcher, signal, this, [this] {
            if (!m_settle.isActive()) // in a busy folder something happens all the time
                m_settle.start();
        });
    connect(&m_keeper, &ProjectKeeper::opened, this, &FileWatch::watch);
    connect(&m_keeper, &ProjectKeeper::saved, this, &FileWatch::watch);
    connect(&m_workspace, &Workspace::documentChanged, this, &FileWatch::watch);
}

void FileWatch::watch()
{
    for (const char *id : {"projectChanged", "modelChanged"})
        Q_EMIT m_workspace.offerWithdrawn(QString::fromLatin1(id));
    if (const QStringList old = m_watcher.files() + m_watcher.directories(); !old.isEmpty())
        m_watcher.removePaths(old);
    const auto document = m_workspace.document();
    m_model = document ? document->path : std::filesystem::path();
    m_project = document ? toPath(m_workspace.projectPath()) : std::filesystem::path();
    m_known = {FileStamp::of(m_project), m_keeper.modelStamp(), m_keeper.projectSha256(), m_keeper.modelSha256()};
    QStringList paths;
    for (const std::filesystem::path &path : {m_project, m_model}) {
        // The folder tells of files that are replaced by a rename, which end the watch on the file itself.
        if (!path.empty())
            paths << toQString(path) << toQString(path.parent_path());
    }
    paths.removeDuplicates();
    if (!paths.isEmpty())
        m_watcher.addPaths(paths);
    if (m_known.model != FileStamp::of(m_model))
        m_settle.start(); // it changed while it was opened
}

void FileWatch::look()
{
    if (m_keeper.saveJob().isRunning() || m_keeper.openJob().isRunning()) {
        m_settle.start(); // its end tells what we know
        return;
    }
    m_look.start(
        [project = m_project, model = m_model, known = m_known](const core::JobContext &job) {
            Look now;
            now.project = FileStamp::of(project);
            now.model = FileStamp::of(model);
            if (now.project.exists && now.project != known.project) {
                if (auto hash = core::sha256OfFile(project, job.stop))
                    now.projectSha256 = std::move(*hash);
            }
            if (now.model.exists && now.model != known.model) {
                if (auto hash = core::modelFileSha256(model, job))
                    now.modelSha256 = std::move(*hash);
            }
            return now;
        },
        [this](const Look &now) { compare(now); });
}

void FileWatch::compare(const Look &now)
{
    // A file that was replaced is watched no longer.
    for (const std::filesystem::path &path : {m_project, m_model}) {
        if (const QString file = toQString(path); !path.empty() && !m_watcher.files().contains(file) && QFileInfo::exists(file))
            m_watcher.addPath(file);
    }
    if (now.project != m_known.project && !m_project.empty()) {
        const QString name = toQString(m_project.filename());
        if (!now.project.exists)
            Q_EMIT m_workspace.notice(tr("%1 is gone from the disk. Saving writes it anew.").arg(name));
        else if (now.projectSha256 != m_keeper.projectSha256())
            offerReload(QStringLiteral("projectChanged"), tr("%1 was changed by another program").arg(name),
                        m_workspace.isModified() ? tr("Reloading keeps your unsaved edits, on top of what the file holds now.")
                                                 : tr("Reloading shows what the file holds now."));
    }
    if (now.model != m_known.model && !m_model.empty()) {
        const QString name = toQString(m_model.filename());
        if (!now.model.exists)
            Q_EMIT m_workspace.notice(tr("%1 is gone from the disk. Put it back before you build or save.").arg(name));
        else if (m_keeper.modelSha256().empty() || now.modelSha256 != m_keeper.modelSha256())
            offerReload(QStringLiteral("modelChanged"), tr("%1 was changed by another program").arg(name),
                        tr("Reloading keeps all edits whose operators and tensors are still there by name."));
    }
    m_known.project = now.project;
    m_known.model = now.model;
}

void FileWatch::offerReload(const QString &id, const QString &title, const QString &text)
{
    Offer offer;
    offer.id = id;
    offer.title = title;
    offer.text = text;
    offer.choices = {{QStringLiteral("reload"), tr("Reload"), true, [this] { m_keeper.reload(); }},
                     {QStringLiteral("keep"), tr("Keep what is open"), false, [] {}}};
    Q_EMIT m_workspace.offered(offer);
}

} // namespace nordlys::studio
