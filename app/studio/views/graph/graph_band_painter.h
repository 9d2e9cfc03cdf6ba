// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph_bands.h"
#include "graph_painter.h"

#include <QCoreApplication>

#include <vector>

namespace nordlys::studio {

/// A plate on the border of two segments and the crossings that it stands for.
struct CrossingPlate {
    QRectF rect;
    std::size_t band = 0;
};

/// Draws the segments: below the graph a wash per band and dashed borders, above it stripes, labels that stay in view, and plates
/// with what crosses.
class GraphBandPainter {
    Q_DECLARE_TR_FUNCTIONS(GraphBandPainter)

public:
    GraphBandPainter(const GraphScene &scene, const GraphBands &bands, const Workspace &workspace, const GraphTransform &transform,
                     const QSize &size)
        : m_scene(scene), m_bands(bands), m_workspace(workspace), m_transform(transform), m_size(size)
    {}

    void paintGround(QPainter &painter) const;
    /// Returns the plates that were drawn. `note`: a line below the first label, e.g. that the numbers are stale.
    std::vector<CrossingPlate> paintLabels(QPainter &painter, const QString &note) const;
    /// Names of the tensors with bytes, for hover.
    [[nodiscard]] QString describe(std::size_t band) const;
    /// Colour of the drawing's ground at this height of the window.
    [[nodiscard]] QColor groundAt(double y) const;

private:
    struct Line {
        QString text;
        QFont font;
        QColor ink;
    };
    [[nodiscard]] std::pair<std::size_t, std::size_t> visible() const;
    [[nodiscard]] std::vector<Line> labelOf(const GraphBand &band, const QString &note) const;
    [[nodiscard]] QString plateText(const GraphBand &band) const;
    [[nodiscard]] double yOf(double layoutY) const { return m_transform.toScreen(QPointF(0, layoutY)).y(); }

    const GraphScene &m_scene;
    const GraphBands &m_bands;
    const Workspace &m_workspace;
    GraphTransform m_transform;
    QSize m_size;
};

} // namespace nordlys::studio
