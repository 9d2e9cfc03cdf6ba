// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "run_lanes.h"

#include <studio/jobs/job.h>
#include <studio/widgets/chip.h>
#include <studio/widgets/empty_state.h>
#include <studio/widgets/ink_label.h>
#include <studio/widgets/key_value_grid.h>
#include <studio/workspace/action_registry.h>
#include <studio/workspace/range_statistics.h>
#include <studio/workspace/workspace.h>

#include <QTimer>
#include <QWidget>

class QPushButton;
class QStackedWidget;

namespace nordlys::studio {

class LayersPanel;
class NoteBox;

/// A run on one time axis, live while it runs, with the statistics of the selected range at the right and the layers in range
/// below.
class TimelineView : public QWidget {
    Q_OBJECT

public:
    TimelineView(Workspace &workspace, ActionRegistry &actions, QWidget *parent = nullptr);
    [[nodiscard]] LanePlot &plot() { return *m_plot; }
    [[nodiscard]] LayersPanel &layers() { return *m_layers; }
    [[nodiscard]] RangeStatistics &statistics() { return *m_statistics; }
    [[nodiscard]] JobBase &exportJob() { return m_export; }
    /// Writes the inferences in the range (none: all) as CSV. Does nothing without a finished run.
    void exportRange(const QString &path);

public Q_SLOTS:
    void fit() { m_plot->fit(); }
    void zoomIn();
    void zoomOut();

private:
    void addActions(ActionRegistry &actions);
    void updateActions();
    void buildBar(QWidget *bar, ActionRegistry &actions);
    QWidget *buildSide();
    void connectPlot();
    void showRun();
    void extendRun();
    void extendMore();
    void updateHeader();
    void updateRange();
    void updateThrottled();
    void askExport();
    void selectInference(std::size_t inference);
    [[nodiscard]] std::int64_t movedEdge(std::int64_t timeNs, bool isEnd, int steps) const;
    [[nodiscard]] QString flagText(TimeSpan span) const;

    Workspace &m_workspace;
    ActionRegistry &m_actions;
    RangeStatistics *m_statistics;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    LanePlot *m_plot;
    RunLanes m_lanes;
    InkLabel *m_title, *m_state;
    Chip *m_stale;
    QPushButton *m_again, *m_follow, *m_zoom, *m_more;
    KeyValueGrid *m_numbers;
    InkLabel *m_rangeTitle, *m_reasons;
    Chip *m_verdict;
    NoteBox *m_throttled;
    LayersPanel *m_layers;
    Job<core::Expected<std::size_t>> m_export;
    QTimer m_extendSoon;
    bool m_wasLive = false, m_fitWhenWhole = false;
};

} // namespace nordlys::studio
