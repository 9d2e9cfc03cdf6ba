// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph_band_painter.h"
#include "graph_painter.h"

#include <QVariantAnimation>
#include <QWidget>

#include <memory>

namespace nordlys::studio {

/// The drawn graph: panned by dragging, zoomed around the pointer by the wheel, selected by click and arrow keys. Only what is
/// visible is drawn. Its table twin is the layers table.
class GraphCanvas : public QWidget {
    Q_OBJECT

public:
    explicit GraphCanvas(Workspace &workspace, QWidget *parent = nullptr);
    ~GraphCanvas() override;

    [[nodiscard]] const GraphScene *scene() const { return m_scene.get(); }
    [[nodiscard]] const Workspace &workspace() const { return m_workspace; }
    [[nodiscard]] const GraphHeat &heat() const { return m_heat; }
    [[nodiscard]] const GraphBands &bands() const { return m_bands; }
    /// Plates of the crossings as last drawn.
    [[nodiscard]] const std::vector<CrossingPlate> &plates() const { return m_plates; }
    [[nodiscard]] const GraphTransform &transform() const { return m_transform; }
    void setMetrics(FillMetric fill, BorderMetric border);
    void setLabels(bool encodings, bool shapes);
    /// Nodes that stay bright; empty: all.
    void setMatches(std::vector<bool> matches);

    static constexpr double kMinZoom = 0.0002, kMaxZoom = 3.0;
    void setZoom(double zoom, const QPointF &around);
    void zoomIn();
    void zoomOut();
    void fit();
    /// Brings a node to the middle at a zoom where its name can be read.
    void showNode(core::NodeId node, bool animated = true);
    /// Moves only as far as needed to see the node.
    void ensureVisible(core::NodeId node);
    void centreOn(const QPointF &layoutPoint);
    /// Visible part in layout units.
    [[nodiscard]] QRectF visibleArea() const;
    /// Layout point under a widget position, and back.
    [[nodiscard]] QPointF positionOf(core::NodeId node) const;

    /// What hover says of an operator, also to screen readers: its name, then lines of facts. The scene must have the node.
    [[nodiscard]] QString describe(core::NodeId node) const;
    [[nodiscard]] core::NodeId selectedNode() const { return m_marks.selected; }

    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 120}; }

Q_SIGNALS:
    void transformChanged();
    void heatChanged();
    void searchRequested();
    void detailsRequested(nordlys::core::NodeId node);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool event(QEvent *event) override;

private:
    void rebuildScene();
    void rebuildHeat();
    void rebuildBands();
    void moveTo(const GraphTransform &target, bool animated);
    void setTransform(GraphTransform transform);
    [[nodiscard]] GraphTransform clamped(GraphTransform transform) const;
    [[nodiscard]] GraphTransform fitted() const;
    /// What a freshly opened graph shows: all of it where names can be read then, else its top.
    [[nodiscard]] GraphTransform firstView() const;
    void selectAndShow(core::NodeId node);
    [[nodiscard]] core::NodeId nodeUnder(const QPointF &position) const;
    /// What a click means with these keys: alone, Ctrl in or out, Shift all between the current one and this.
    void click(core::NodeId node, Qt::KeyboardModifiers modifiers);
    /// Selects what the rubber band touches; Ctrl keeps what was selected.
    void selectInBand(Qt::KeyboardModifiers modifiers);
    [[nodiscard]] QRectF band() const;
    /// Band whose plate is there.
    [[nodiscard]] std::optional<std::size_t> plateAt(const QPointF &position) const;

    Workspace &m_workspace;
    std::unique_ptr<GraphScene> m_scene;
    GraphHeat m_heat;
    GraphBands m_bands;
    std::vector<CrossingPlate> m_plates;
    GraphTransform m_transform;
    GraphMarks m_marks;
    std::vector<bool> m_matches;
    FillMetric m_fill = FillMetric::Automatic;
    BorderMetric m_border = BorderMetric::Automatic;
    QVariantAnimation m_animation;
    GraphTransform m_from, m_to;
    QPointF m_pressed, m_pressedOffset;
    QPointF m_bandEnd;
    bool m_dragging = false, m_banding = false;
    bool m_selecting = false; // the selection comes from here: what was clicked is in sight already
    bool m_untouched = true; // nobody moved the view yet: it follows the size of the window
    QString m_fontKey;
};

} // namespace nordlys::studio
