// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph_canvas.h"

#include <QPixmap>

namespace nordlys::studio {

/// The whole graph in 130 px, with the visible part as a box that can be dragged. Sits over the canvas at the top right.
class GraphMinimap : public QWidget {
    Q_OBJECT

public:
    GraphMinimap(GraphCanvas &canvas, QWidget *parent);
    /// Height that suits the graph when `available` pixels are free.
    [[nodiscard]] int heightFor(int available) const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] QPointF toMap(const QPointF &layoutPoint) const;
    [[nodiscard]] QPointF toLayout(const QPointF &mapPoint) const;
    [[nodiscard]] double scaleX() const;
    [[nodiscard]] double scaleY() const;
    void invalidate();
    void renderPixmap();

    GraphCanvas &m_canvas;
    QPixmap m_pixmap;
    bool m_dirty = true;
};

/// Explains fill and border: title, ramp and its ends with units. A click asks for the next metric.
class GraphLegend : public QWidget {
    Q_OBJECT

public:
    GraphLegend(GraphCanvas &canvas, QWidget *parent);
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void fillClicked();
    void borderClicked();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    [[nodiscard]] int blockHeight() const;
    GraphCanvas &m_canvas;
};

} // namespace nordlys::studio
