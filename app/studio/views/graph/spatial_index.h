// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include <cstdint>
#include <vector>

namespace nordlys::studio {

/// Finds the boxes that touch a rectangle. A uniform grid of about as many cells as boxes; boxes that span very many cells are
/// kept apart and tested one by one. Building is linear, a query costs what it finds.
class SpatialIndex {
public:
    SpatialIndex() = default;
    explicit SpatialIndex(std::vector<QRectF> boxes);

    [[nodiscard]] const QRectF &box(std::size_t index) const { return m_boxes[index]; }
    [[nodiscard]] std::size_t size() const { return m_boxes.size(); }
    /// Indices of boxes that touch `area`, ascending. Not thread-safe (keeps marks between calls).
    void query(const QRectF &area, std::vector<std::uint32_t> &found) const;

private:
    struct Span {
        int x0, y0, x1, y1;
    };
    [[nodiscard]] Span spanOf(const QRectF &area) const;

    std::vector<QRectF> m_boxes;
    QRectF m_bounds;
    int m_columns = 0, m_rows = 0;
    double m_cellWidth = 1, m_cellHeight = 1;
    std::vector<std::uint32_t> m_start, m_items, m_wide;
    mutable std::vector<std::uint32_t> m_seen;
    mutable std::uint32_t m_stamp = 0;
};

} // namespace nordlys::studio
