// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "run_lanes.h"

#include <studio/widgets/chip.h>
#include <studio/widgets/empty_state.h>
#include <studio/widgets/ink_label.h>
#include <studio/widgets/key_value_grid.h>
#include <studio/workspace/action_registry.h>
#include <studio/workspace/workspace.h>

#include <QWidget>

class QComboBox;
class QPushButton;
class QStackedWidget;

namespace nordlys::studio {

class LayersPanel;

/// A run on one time axis, live while it runs, with the statistics of the selected range at the right and the layers in range
/// below.
class TimelineView : public QWidget {
    Q_OBJECT

public:
    TimelineView(Workspace &workspace, ActionRegistry &actions, QWidget *parent = nullptr);
    [[nodiscard]] LanePlot &plot() { return *m_plot; }

private:
    void showRun();
    void extendRun();
    void updateHeader();
    void updateRange();

    Workspace &m_workspace;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    LanePlot *m_plot;
    RunLanes m_lanes;
    InkLabel *m_title, *m_state;
    Chip *m_stale;
    QPushButton *m_follow, *m_zoom;
    KeyValueGrid *m_numbers;
    InkLabel *m_rangeTitle, *m_reasons;
    LayersPanel *m_layers;
    bool m_wasLive = false;
};

} // namespace nordlys::studio
