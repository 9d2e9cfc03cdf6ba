// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "artifacts_model.h"
#include "build_log_model.h"
#include "build_steps_model.h"

#include <studio/widgets/chip.h>
#include <studio/widgets/empty_state.h>
#include <studio/widgets/error_block.h>
#include <studio/widgets/ink_label.h>
#include <studio/widgets/key_value_grid.h>
#include <studio/widgets/section.h>
#include <studio/widgets/table_view.h>
#include <studio/workspace/action_registry.h>
#include <studio/workspace/runner.h>

#include <QTimer>
#include <QWidget>

class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace nordlys::studio {

class BuildSettingsPane;

/// Building: steps, log, artifacts, and the settings and the command that go with them.
class BuildView : public QWidget {
    Q_OBJECT

public:
    BuildView(Workspace &workspace, ActionRegistry &actions, Runner &runner, QWidget *parent = nullptr);

    [[nodiscard]] TableView &logTable() { return *m_log; }
    [[nodiscard]] TableView &artifactTable() { return *m_artifacts; }
    [[nodiscard]] TableView &stepTable() { return *m_steps; }
    [[nodiscard]] BuildLogModel &logModel() { return *m_logModel; }
    [[nodiscard]] ArtifactsModel &artifactsModel() { return *m_artifactsModel; }
    /// The command as shown; empty until it is known.
    [[nodiscard]] QString command() const;
    /// Puts the command into the clipboard, after writing what it refers to.
    void copyCommand();

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeBar();
    QWidget *makeLog();
    QWidget *makeArtifacts();
    QWidget *makeSide();
    void showRecord();
    void updateState();
    void updateCounts();
    void updateCommand();
    void showEnd();
    void filterLog();
    void selectSubject();
    void showInGraph();
    [[nodiscard]] int currentFile() const;
    [[nodiscard]] BuildRecipe recipe() const;
    [[nodiscard]] QString savedProject(const BuildRecipe &recipe) const;

    Workspace &m_workspace;
    ActionRegistry &m_actions;
    Runner &m_runner;
    BuildStepsModel *m_stepsModel;
    BuildLogModel *m_logModel;
    ArtifactsModel *m_artifactsModel;
    SortModel *m_logSorted, *m_artifactsSorted;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    ErrorBlock *m_error;
    TableView *m_steps, *m_log, *m_artifacts;
    InkLabel *m_state, *m_artifactsNote;
    Chip *m_stale;
    QPushButton *m_build, *m_cancel, *m_copy, *m_all, *m_warnings, *m_errors, *m_show, *m_reveal, *m_copyPath, *m_copyHash;
    BuildSettingsPane *m_settings = nullptr;
    KeyValueGrid *m_result;
    Section *m_resultSection;
    QPlainTextEdit *m_command;
    Job<core::Expected<QString>> m_commandJob, m_copyJob;
    QTimer m_clock, m_commandDelay;
    bool m_atEnd = true;
    runtime::BuildSeverity m_least = runtime::BuildSeverity::Info;
};

} // namespace nordlys::studio
