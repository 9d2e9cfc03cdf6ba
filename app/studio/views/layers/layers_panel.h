// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/models/layers_model.h>
#include <studio/widgets/sort_model.h>
#include <studio/widgets/table_view.h>

#include <QWidget>

class QLabel;

namespace nordlys::studio {

/// The layers table with the line that says what its numbers are. Selection and filter are the workspace's.
class LayersPanel : public QWidget {
    Q_OBJECT

public:
    /// `inRange`: only the workspace's time range counts (below the timeline).
    LayersPanel(Workspace &workspace, bool inRange, QWidget *parent = nullptr);
    [[nodiscard]] TableView &table() { return *m_table; }
    [[nodiscard]] LayersModel &model() { return *m_model; }

private:
    void updateSummary();
    void showSelection();

    Workspace &m_workspace;
    const bool m_inRange;
    LayersModel *m_model;
    SortModel *m_sorted;
    TableView *m_table;
    QLabel *m_title, *m_summary;
    bool m_selecting = false;
};

} // namespace nordlys::studio
