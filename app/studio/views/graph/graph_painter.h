// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph_bands.h"
#include "graph_heat.h"
#include "graph_scene.h"

#include <QCoreApplication>
#include <QFont>
#include <QPainter>
#include <QPolygonF>

#include <vector>

namespace nordlys::studio {

/// Where the window looks: screen = layout * zoom + offset.
struct GraphTransform {
    double zoom = 1;
    QPointF offset;

    [[nodiscard]] QPointF toScreen(const QPointF &point) const { return point * zoom + offset; }
    [[nodiscard]] QRectF toScreen(const QRectF &rect) const { return {toScreen(rect.topLeft()), rect.size() * zoom}; }
    [[nodiscard]] QPointF toLayout(const QPointF &point) const { return (point - offset) / zoom; }
    [[nodiscard]] QRectF toLayout(const QRectF &rect) const { return {toLayout(rect.topLeft()), rect.size() / zoom}; }
};

/// What to emphasise while drawing.
struct GraphMarks {
    core::NodeId selected, hovered;
    const NodeSet *selection = nullptr; ///< all selected; `selected` is the current one of them
    core::TensorId selectedTensor;
    bool focused = false;                       ///< the widget has the keyboard
    const GraphBands *bands = nullptr;          ///< null: no placement
    const std::vector<bool> *matches = nullptr; ///< by NodeId; others are dimmed. Null: no filter
    bool shapes = true, encodings = true;       ///< parts of the tensor labels
};

/// Draws a scene with the level of detail of the zoom: below 60 % only names, below 30 % fill and stripe, below 12 % coloured
/// boxes.
class GraphPainter {
    Q_DECLARE_TR_FUNCTIONS(GraphPainter)

public:
    GraphPainter(const GraphScene &scene, const GraphHeat &heat, const Workspace &workspace, const GraphTransform &transform,
                 const GraphMarks &marks);

    static constexpr double kTwoLines = 0.6, kNames = 0.3, kBoxes = 0.12, kArrows = 0.4;

    /// Draws what lies inside `area` (device-independent pixels of the widget of this size).
    void paint(QPainter &painter, const QRectF &area, const QSize &size);
    /// Nodes and edges that the last paint() drew.
    [[nodiscard]] std::size_t drawnNodes() const { return m_drawnNodes; }

private:
    void paintEdges(QPainter &painter, const QRectF &area);
    void paintEdge(QPainter &painter, const core::LayoutEdge &edge, bool emphasised) const;
    void paintLabel(QPainter &painter, const core::LayoutEdge &edge) const;
    void paintNodes(QPainter &painter, const QRectF &area);
    void paintBoxes(QPainter &painter) const;
    /// What blocks a backend, at the top right corner.
    void paintBadge(QPainter &painter, const QRectF &box) const;
    [[nodiscard]] QColor stripeOf(core::NodeId node) const;
    void paintNode(QPainter &painter, core::NodeId node) const;
    void paintText(QPainter &painter, core::NodeId node, const QRectF &box, const QColor &ink, bool neutral) const;
    /// Inputs and outputs of the model: an arrow from or to nowhere, with the tensor's label.
    void paintPorts(QPainter &painter, core::NodeId node) const;
    void paintPort(QPainter &painter, core::TensorId tensor, const QPointF &from, const QPointF &to) const;
    void paintWeight(QPainter &painter, core::NodeId node, const QRectF &box) const;
    [[nodiscard]] QFont scaledFont(const QFont &font) const;
    [[nodiscard]] QString labelOf(core::TensorId tensor) const;
    [[nodiscard]] bool isDimmed(core::NodeId node) const;
    [[nodiscard]] bool isSelected(core::NodeId node) const;
    [[nodiscard]] QColor fillOf(core::NodeId node) const;

    const GraphScene &m_scene;
    const GraphHeat &m_heat;
    const Workspace &m_workspace;
    GraphTransform m_transform;
    GraphMarks m_marks;
    QSizeF m_size; // of the widget
    QFont m_nameFont, m_opFont, m_monoFont, m_labelFont;
    std::vector<std::uint32_t> m_found;
    std::size_t m_drawnNodes = 0;
};

/// "u8", "s8", "fp16" as the vendor's tools write it: storage without sign for asymmetric, with sign for symmetric encodings.
QString encodingName(const core::Encoding &encoding);

} // namespace nordlys::studio
