// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph_canvas.h"
#include "graph_minimap.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace nordlys::studio {

/// The graph with its bar (metrics, labels, search, zoom), minimap and legend.
class GraphView : public QWidget {
    Q_OBJECT

public:
    explicit GraphView(Workspace &workspace, QWidget *parent = nullptr);

    [[nodiscard]] GraphCanvas &canvas() { return *m_canvas; }
    void focusSearch();
    /// Nodes and tensors whose name contains the text, as nodes in drawing order.
    [[nodiscard]] std::vector<core::NodeId> search(const QString &text) const;

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void placeOverlays();
    void applyFilter();
    void applyMetrics();
    void jump(int step);
    void updateSearch();

    Workspace &m_workspace;
    GraphCanvas *m_canvas;
    GraphMinimap *m_minimap;
    GraphLegend *m_legend;
    QComboBox *m_fill, *m_border, *m_labels;
    QLabel *m_zoom, *m_hits;
    QLineEdit *m_search;
    std::vector<core::NodeId> m_found;
    int m_at = -1;
};

} // namespace nordlys::studio
