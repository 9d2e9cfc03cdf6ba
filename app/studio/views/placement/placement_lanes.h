// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/workspace.h>

#include <QAbstractScrollArea>
#include <QPolygonF>

#include <vector>

namespace nordlys::studio {

/// The segments in order of execution, one lane per backend, as wide as their share of the work; between them what crosses, with
/// bytes and estimated time. A click selects a segment's operators or a crossing's tensor; Left and Right go from segment to
/// segment. Its table twin is the placement table.
class PlacementLanes : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit PlacementLanes(Workspace &workspace, QWidget *parent = nullptr);

    /// Where a segment is drawn, in viewport coordinates; empty: it does not exist.
    [[nodiscard]] QRect segmentRect(std::size_t segment) const;
    /// Where the plate of what goes from one segment to the other is drawn; empty: there is no such crossing, or no room for it.
    [[nodiscard]] QRect plateRect(std::size_t from, std::size_t to) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    struct Box {
        QRectF rect;
        QString title, shortTitle, detail;
    };
    /// All tensors that one segment hands to another.
    struct Link {
        std::size_t from = 0, to = 0;
        std::vector<core::TensorId> tensors;
        std::int64_t bytes = 0;
        double estimateUs = 0;
        QPolygonF line;
        QRectF plate; ///< empty: no room
    };
    void rebuild();
    void layOut();
    void routeLinks();
    [[nodiscard]] QRectF laneRect(core::Backend backend) const;
    [[nodiscard]] double gutter() const;
    [[nodiscard]] std::vector<double> weights() const;
    [[nodiscard]] QString detailOf(const core::Segment &segment) const;
    void paintLanes(QPainter &painter) const;
    void paintBox(QPainter &painter, std::size_t segment, const QRectF &rect) const;
    void paintLink(QPainter &painter, const Link &link) const;
    void paintSummary(QPainter &painter) const;
    [[nodiscard]] int segmentAt(const QPointF &position) const; ///< -1: none
    [[nodiscard]] const Link *linkAt(const QPointF &position) const;
    [[nodiscard]] int currentSegment() const;
    void select(std::size_t segment, Qt::KeyboardModifiers modifiers);
    [[nodiscard]] QString describe(const Link &link) const;
    [[nodiscard]] QPointF scrolled() const;

    Workspace &m_workspace;
    std::vector<Box> m_boxes;
    std::vector<Link> m_links;
    double m_contentWidth = 0;
};

} // namespace nordlys::studio
