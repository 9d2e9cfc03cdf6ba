// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_scene.h"

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

std::vector<QRectF> nodeBoxes(const core::GraphLayout &layout)
{
    std::vector<QRectF> boxes;
    boxes.reserve(layout.nodes.size());
    for (const core::LayoutNode &node : layout.nodes)
        boxes.emplace_back(node.x, node.y, node.width, node.height);
    return boxes;
}

std::vector<QRectF> edgeBoxes(const core::GraphLayout &layout)
{
    std::vector<QRectF> boxes;
    boxes.reserve(layout.edges.size());
    for (const core::LayoutEdge &edge : layout.edges) {
        double left = 0, top = 0, right = 0, bottom = 0;
        for (std::size_t i = 0; i < edge.points.size(); ++i) {
            const core::PointF &point = edge.points[i];
            left = i == 0 ? point.x : std::min(left, point.x);
            right = i == 0 ? point.x : std::max(right, point.x);
            top = i == 0 ? point.y : std::min(top, point.y);
            bottom = i == 0 ? point.y : std::max(bottom, point.y);
        }
        boxes.emplace_back(left, top, right - left, bottom - top);
    }
    return boxes;
}

} // namespace

GraphScene::GraphScene(std::shared_ptr<const Document> document)
    : m_document(std::move(document)), m_nodes(nodeBoxes(m_document->layout)), m_edges(edgeBoxes(m_document->layout)),
      m_bounds(0, 0, m_document->layout.width, m_document->layout.height)
{
    std::vector<bool> seen(m_document->graph().tensors.size());
    m_labelEdge.reserve(edges().size());
    for (const core::LayoutEdge &edge : edges()) {
        const bool valid = edge.tensor.isValid() && edge.tensor.index < seen.size();
        m_labelEdge.push_back(valid && !seen[edge.tensor.index]);
        if (valid)
            seen[edge.tensor.index] = true;
    }
}

core::NodeId GraphScene::nodeAt(const QPointF &point) const
{
    std::vector<std::uint32_t> found;
    m_nodes.query(QRectF(point, QSizeF(0, 0)), found);
    return found.empty() ? core::NodeId() : core::NodeId(static_cast<std::size_t>(found.back()));
}

bool GraphScene::isFree(const QRectF &area, core::NodeId except) const
{
    std::vector<std::uint32_t> found;
    m_nodes.query(area, found);
    return std::ranges::all_of(found, [except](std::uint32_t node) { return node == except.index; });
}

core::NodeId GraphScene::first() const
{
    core::NodeId best;
    for (const core::LayoutNode &node : m_document->layout.nodes) {
        if (!best.isValid() || std::pair(node.y, node.x) < std::pair(nodeBox(best).y(), nodeBox(best).x()))
            best = node.node;
    }
    return best;
}

core::NodeId GraphScene::neighbour(core::NodeId node, Direction direction) const
{
    const core::Graph &graph = m_document->graph();
    const double centre = nodeBox(node).center().x();
    core::NodeId best;
    // Of several producers or consumers the one straight ahead.
    const auto consider = [&](core::NodeId candidate) {
        if (!candidate.isValid() || candidate == node)
            return;
        const double distance = std::abs(nodeBox(candidate).center().x() - centre);
        if (!best.isValid() || distance < std::abs(nodeBox(best).center().x() - centre))
            best = candidate;
    };
    switch (direction) {
    case Direction::Up:
        for (const core::TensorId input : graph.node(node).inputs) {
            if (input.isValid())
                consider(graph.tensor(input).producer);
        }
        return best;
    case Direction::Down:
        for (const core::TensorId output : graph.node(node).outputs) {
            if (!output.isValid())
                continue;
            for (const core::NodeId consumer : graph.tensor(output).consumers)
                consider(consumer);
        }
        return best;
    case Direction::Left:
    case Direction::Right: {
        const QRectF box = nodeBox(node);
        const bool left = direction == Direction::Left;
        const QRectF beside(left ? m_bounds.left() : box.right() + 1, box.top(),
                            left ? box.left() - 1 - m_bounds.left() : m_bounds.right(), box.height());
        std::vector<std::uint32_t> found;
        m_nodes.query(beside, found);
        for (const std::uint32_t index : found)
            consider(core::NodeId(static_cast<std::size_t>(index)));
        return best;
    }
    }
    return best;
}

} // namespace nordlys::studio
