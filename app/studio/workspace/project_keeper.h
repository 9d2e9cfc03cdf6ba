// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "file_stamp.h"
#include "workspace.h"

#include <studio/jobs/job.h>

#include <core/project/project.h>
#include <core/project/recovery.h>

#include <QObject>

#include <functional>

namespace nordlys::studio {

/// What the keepers need of the window around them. Every one may be empty.
struct WindowHooks {
    std::function<void()> collectViewState;                                          ///< fills ProjectKeeper::viewState
    std::function<QString(const QString &title, const QString &filter)> askFile;     ///< empty: cancelled
    std::function<void(std::function<void()> then)> whenSaved = [](auto then) { then(); }; ///< asks about unsaved edits first
};

/// Opens models, projects and recordings into a workspace and saves projects. Reading, hashing and writing happen on worker
/// threads; what was open stays until the new is ready. Where a project's model is gone or holds something else, nothing is
/// replaced: an Offer asks first.
class ProjectKeeper : public QObject {
    Q_OBJECT

public:
    explicit ProjectKeeper(Workspace &workspace);
    ~ProjectKeeper() override;

    /// Opens a file by what it is: `.nordlys` project, `.nrs` recording, anything else as a model. A recording is added to the
    /// open model when one is open. Emits opened() or Workspace::failed(), or makes an Offer.
    void open(const QString &path);
    /// Reads project and model again from the disk; unsaved edits come on top, by name. What no longer fits is listed.
    /// `model`: another file in place of the project's model; empty: the same.
    void reload(const QString &model = {});
    /// Opens what a recovery file belongs to and applies its steps as undo steps. The project is modified then.
    void recover(const QString &recoveryFile);
    /// Saves to `path` (a new name becomes the project's). `then` is called with whether it worked; files that the project refers
    /// to and that lie in the cache are copied beside it.
    void save(const QString &path, std::function<void(bool)> then = {});

    [[nodiscard]] JobBase &openJob();
    [[nodiscard]] JobBase &saveJob();
    /// View state that goes into the project: set by the window before saving, read after opening.
    std::map<std::string, std::string> viewState;
    WindowHooks hooks;
    /// Takes a changed model with a notice, without an Offer (pictures for documents).
    bool acceptsChangedModels = false;

    /// What a crash would lose now.
    [[nodiscard]] core::Recovery recovery();
    /// SHA-256 of the open project file and model as they were read or written; empty: not known.
    [[nodiscard]] const std::string &projectSha256() const { return m_projectSha256; }
    [[nodiscard]] const std::string &modelSha256() const { return m_modelSha256; }
    void setModelSha256(std::string hash) { m_modelSha256 = std::move(hash); }
    /// Of the model file when it was opened.
    [[nodiscard]] const FileStamp &modelStamp() const { return m_modelStamp; }

    /// Filters for file dialogs.
    static QString openFilter();
    static QString projectFilter();

Q_SIGNALS:
    void opened(const QString &path);
    /// A project was opened; `viewState` is its.
    void viewStateLoaded();
    void saved();
    /// Recovered edits are in the workspace; the slot holds their file until it is let go.
    void recovered(const std::shared_ptr<nordlys::core::RecoverySlot> &slot);

private:
    struct Request;
    struct Loaded;
    static core::Expected<Loaded> load(const Request &request, const core::JobContext &job);
    static core::Expected<Loaded> loadProject(const Request &request, Loaded loaded, const core::JobContext &job);
    void start(Request request);
    void decide(std::shared_ptr<Loaded> loaded);
    void show(Loaded loaded);
    void showResults(const core::Project &project);
    void setDefaultInputs();
    /// Results and runs refer to `base`, the edits that the file holds.
    [[nodiscard]] core::Project makeProject(const core::EditState &base, bool withLiveRuns);

    Workspace &m_workspace;
    std::unique_ptr<Job<core::Expected<Loaded>>> m_open;
    struct Saved;
    std::unique_ptr<Job<core::Expected<Saved>>> m_save;
    std::string m_projectSha256, m_modelSha256;
    FileStamp m_modelStamp;
    std::string m_rangesJson, m_evaluationJson; // of the present results; empty: not made yet
};

} // namespace nordlys::studio
