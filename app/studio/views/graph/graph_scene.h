// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "spatial_index.h"

#include <studio/workspace/document.h>

#include <QPointF>
#include <QRectF>

#include <memory>
#include <vector>

namespace nordlys::studio {

/// The drawing of a document in layout units, with indices for what is visible and what lies under the pointer.
class GraphScene {
public:
    explicit GraphScene(std::shared_ptr<const Document> document);

    [[nodiscard]] const Document &document() const { return *m_document; }
    [[nodiscard]] const QRectF &bounds() const { return m_bounds; }
    [[nodiscard]] std::size_t nodeCount() const { return m_nodes.size(); }
    [[nodiscard]] const QRectF &nodeBox(core::NodeId node) const { return m_nodes.box(node.index); }
    [[nodiscard]] const std::vector<core::LayoutEdge> &edges() const { return m_document->layout.edges; }
    [[nodiscard]] const QRectF &edgeBox(std::size_t edge) const { return m_edges.box(edge); }

    void nodesIn(const QRectF &area, std::vector<std::uint32_t> &found) const { m_nodes.query(area, found); }
    void edgesIn(const QRectF &area, std::vector<std::uint32_t> &found) const { m_edges.query(area, found); }
    /// Invalid where no node is.
    [[nodiscard]] core::NodeId nodeAt(const QPointF &point) const;
    /// True when no node other than `except` touches the area.
    [[nodiscard]] bool isFree(const QRectF &area, core::NodeId except) const;
    /// The edge that carries the label of its tensor: the first of each tensor.
    [[nodiscard]] bool carriesLabel(std::size_t edge) const { return m_labelEdge[edge]; }

    enum class Direction { Up, Down, Left, Right };
    /// Where an arrow key leads: producer, consumer, or the neighbour in the same rank. Invalid when there is none.
    [[nodiscard]] core::NodeId neighbour(core::NodeId node, Direction direction) const;
    /// First node of the drawing (top left).
    [[nodiscard]] core::NodeId first() const;

private:
    std::shared_ptr<const Document> m_document;
    SpatialIndex m_nodes, m_edges;
    std::vector<bool> m_labelEdge;
    QRectF m_bounds;
};

} // namespace nordlys::studio
