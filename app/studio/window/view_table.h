// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/look/icons.h>
#include <studio/workspace/action_registry.h>
#include <studio/workspace/project_keeper.h>
#include <studio/workspace/quantizer.h>
#include <studio/workspace/runner.h>
#include <studio/workspace/workspace.h>

#include <QKeySequence>
#include <QString>

#include <functional>
#include <vector>

class QWidget;

namespace nordlys::studio {

/// What views are made of. All outlive every view.
struct ViewContext {
    Workspace &workspace;
    ActionRegistry &actions;
    ProjectKeeper &keeper;
    Quantizer &quantizer;
    Runner &runner;
    /// Shows the job below the bars while it runs, and counts as "the window is busy".
    std::function<void(JobBase &)> watchJob;
};

/// What must be open before a view has something to show.
enum class ViewNeeds {
    Nothing,
    Model,
    ModelOrRun,
};

/// The docks that belong to a view.
struct ViewDocks {
    bool left = false, inspector = false, bottom = false;
};

/// A view of the window.
struct ViewSpec {
    QString id;    ///< "graph"; its action is "view.graph"
    QString title; ///< of its tab, translated
    Icon icon;
    QKeySequence shortcut;
    ViewNeeds needs;
    ViewDocks docks;
    /// The widget may have the slots `fit()`, `zoomIn()`, `zoomOut()`, `focusSearch()`; the actions of that name call them.
    std::function<QWidget *(const ViewContext &, QWidget *parent)> create;
};

/// All views in the order of their tabs. A new view is one line there.
std::vector<ViewSpec> viewTable();

/// Their ids, and "start" for the first page, which has no tab.
QStringList viewIds();

} // namespace nordlys::studio
