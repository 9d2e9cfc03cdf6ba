// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <studio/jobs/job.h>

#include <core/project/project.h>

#include <QObject>

#include <functional>

namespace nordlys::studio {

/// Opens models, projects and recordings into a workspace and saves projects. Reading, hashing and writing happen on worker
/// threads; what was open stays until the new is ready.
class ProjectKeeper : public QObject {
    Q_OBJECT

public:
    explicit ProjectKeeper(Workspace &workspace);

    /// Opens a file by what it is: `.nordlys` project, `.nrs` recording, anything else as a model. A recording is added to the
    /// open model when one is open. Emits opened() or Workspace::failed().
    void open(const QString &path);
    /// Saves to `path` (a new name becomes the project's). `then` is called with whether it worked; files that the project refers
    /// to and that lie in the cache are copied beside it.
    void save(const QString &path, std::function<void(bool)> then = {});

    [[nodiscard]] JobBase &openJob();
    [[nodiscard]] JobBase &saveJob();
    /// View state that goes into the project: set by the window before saving, read after opening.
    std::map<std::string, std::string> viewState;

    /// Filters for file dialogs.
    static QString openFilter();
    static QString projectFilter();

Q_SIGNALS:
    void opened(const QString &path);
    /// A project was opened; `viewState` is its.
    void viewStateLoaded();

private:
    struct Loaded;
    static core::Expected<Loaded> load(const std::filesystem::path &path, const core::JobContext &job);
    void show(const QString &path, Loaded loaded);
    void setDefaultInputs();
    [[nodiscard]] core::Project makeProject() const;

    Workspace &m_workspace;
    std::unique_ptr<Job<core::Expected<Loaded>>> m_open;
    struct Saved;
    std::unique_ptr<Job<core::Expected<Saved>>> m_save;
};

} // namespace nordlys::studio
