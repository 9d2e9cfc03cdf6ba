// SPDX-License-Identifier: GPL-3.0-or-later
#include "spatial_index.h"

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr int kMaxSide = 1024;
constexpr int kWideCells = 64;

bool touches(const QRectF &a, const QRectF &b)
{
    // QRectF::intersects says no for lines, which edges often are.
    return a.left() <= b.right() && b.left() <= a.right() && a.top() <= b.bottom() && b.top() <= a.bottom();
}

} // namespace

SpatialIndex::SpatialIndex(std::vector<QRectF> boxes) : m_boxes(std::move(boxes))
{
    if (m_boxes.empty())
        return;
    double left = m_boxes.front().left(), top = m_boxes.front().top(), right = m_boxes.front().right(),
           bottom = m_boxes.front().bottom();
    for (const QRectF &box : m_boxes) {
        left = std::min(left, box.left());
        top = std::min(top, box.top());
        right = std::max(right, box.right());
        bottom = std::max(bottom, box.bottom());
    }
    m_bounds = QRectF(left, top, std::max(1.0, right - left), std::max(1.0, bottom - top));
    const double side = std::sqrt(m_bounds.width() * m_bounds.height() / static_cast<double>(m_boxes.size()));
    m_columns = std::clamp(static_cast<int>(m_bounds.width() / std::max(side, 1.0)), 1, kMaxSide);
    m_rows = std::clamp(static_cast<int>(m_bounds.height() / std::max(side, 1.0)), 1, kMaxSide);
    m_cellWidth = m_bounds.width() / m_columns;
    m_cellHeight = m_bounds.height() / m_rows;

    const auto isWide = [](const Span &span) {
        return static_cast<std::int64_t>(span.x1 - span.x0 + 1) * (span.y1 - span.y0 + 1) > kWideCells;
    };
    m_start.assign(static_cast<std::size_t>(m_columns) * static_cast<std::size_t>(m_rows) + 1, 0);
    const auto each = [this](const Span &span, auto &&use) {
        for (int y = span.y0; y <= span.y1; ++y) {
            for (int x = span.x0; x <= span.x1; ++x)
                use(static_cast<std::size_t>(y) * static_cast<std::size_t>(m_columns) + static_cast<std::size_t>(x));
        }
    };
    for (std::size_t i = 0; i < m_boxes.size(); ++i) {
        const Span span = spanOf(m_boxes[i]);
        if (isWide(span))
            m_wide.push_back(static_cast<std::uint32_t>(i));
        else
            each(span, [this](std::size_t cell) { ++m_start[cell + 1]; });
    }
    for (std::size_t cell = 1; cell < m_start.size(); ++cell)
        m_start[cell] += m_start[cell - 1];
    m_items.resize(m_start.back());
    std::vector<std::uint32_t> next(m_start.begin(), m_start.end() - 1);
    for (std::size_t i = 0; i < m_boxes.size(); ++i) {
        const Span span = spanOf(m_boxes[i]);
        if (!isWide(span))
            each(span, [&](std::size_t cell) { m_items[next[cell]++] = static_cast<std::uint32_t>(i); });
    }
    m_seen.assign(m_boxes.size(), 0);
}

SpatialIndex::Span SpatialIndex::spanOf(const QRectF &area) const
{
    const auto column = [this](double x) {
        return static_cast<int>(std::clamp((x - m_bounds.left()) / m_cellWidth, 0.0, static_cast<double>(m_columns - 1)));
    };
    const auto row = [this](double y) {
        return static_cast<int>(std::clamp((y - m_bounds.top()) / m_cellHeight, 0.0, static_cast<double>(m_rows - 1)));
    };
    return {column(area.left()), row(area.top()), column(area.right()), row(area.bottom())};
}

void SpatialIndex::query(const QRectF &area, std::vector<std::uint32_t> &found) const
{
    found.clear();
    if (m_boxes.empty() || !touches(area, m_bounds))
        return;
    if (area.contains(m_bounds)) {
        for (std::size_t i = 0; i < m_boxes.size(); ++i)
            found.push_back(static_cast<std::uint32_t>(i));
        return;
    }
    if (++m_stamp == 0) {
        std::fill(m_seen.begin(), m_seen.end(), 0);
        m_stamp = 1;
    }
    const Span span = spanOf(area);
    for (int y = span.y0; y <= span.y1; ++y) {
        for (int x = span.x0; x <= span.x1; ++x) {
            const std::size_t cell =
                static_cast<std::size_t>(y) * static_cast<std::size_t>(m_columns) + static_cast<std::size_t>(x);
            for (std::uint32_t at = m_start[cell]; at < m_start[cell + 1]; ++at) {
                const std::uint32_t item = m_items[at];
                if (m_seen[item] != m_stamp && touches(m_boxes[item], area)) {
                    m_seen[item] = m_stamp;
                    found.push_back(item);
                }
            }
        }
    }
    for (const std::uint32_t item : m_wide) {
        if (touches(m_boxes[item], area))
            found.push_back(item);
    }
    std::sort(found.begin(), found.end());
}

} // namespace nordlys::studio
