// SPDX-License-Identifier: GPL-3.0-or-later
#include "lane_blocks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

namespace nordlys::studio {

LaneBlocks::LaneBlocks(QCPAxis* timeAxis, QCPAxis* valueAxis, LaneInk ink) : QCPAbstractPlottable(timeAxis, valueAxis), m_ink(ink)
{
    setSelectable(QCP::stNone);
    setAntialiased(false);
}

void LaneBlocks::setVisibleNs(std::int64_t fromNs, std::int64_t toNs)
{
    m_fromNs = fromNs;
    m_toNs = toNs;
}

double LaneBlocks::selectTest(const QPointF&, bool, QVariant*) const
{
    return -1; // LanePlot does its own hit test, in nanoseconds
}

QCPRange LaneBlocks::getKeyRange(bool& foundRange, QCP::SignDomain) const
{
    foundRange = !m_store.empty();
    return {static_cast<double>(m_store.startNs()) * 1e-9, static_cast<double>(m_store.endNs()) * 1e-9};
}

QCPRange LaneBlocks::getValueRange(bool& foundRange, QCP::SignDomain, const QCPRange&) const
{
    foundRange = !m_store.empty();
    return {0.0, 1.0};
}

void LaneBlocks::drawOutlined(QCPPainter* painter, const BlockStore::Drawn& piece, const QRect& rect) const
{
    const bool warned = (piece.flags & LaneBlock::Warn) != 0;
    const QColor outline = warned ? theme().warn : theme().borderStrong;
    if (piece.count > 1 || rect.width() < 5) {
        painter->fillRect(rect, outline);
        return;
    }
    paintBox(painter, rect, theme().raised, outline, 2);
}

void LaneBlocks::draw(QCPPainter* painter)
{
    const QCPAxisRect* area = keyAxis()->axisRect();
    const QRect box = area->rect();
    const double ratio = parentPlot()->bufferDevicePixelRatio();
    // Merging counts device pixels; drawing stays in logical ones.
    const std::vector<BlockStore::Drawn> pieces = m_store.layout(m_fromNs, m_toNs, box.width() * ratio);
    painter->save();
    painter->setAntialiasing(false);
    painter->setClipRect(box);
    std::array<QList<QRectF>, 8> byStep;
    QList<QRectF> warned;
    const double leftEdge = box.left();
    for (const BlockStore::Drawn& piece : pieces) {
        const double left = leftEdge + std::max(piece.left / ratio, -4.0);
        const double right = leftEdge + std::min(piece.right / ratio, box.width() + 4.0);
        const double height = std::max(1.0, std::round(piece.share * box.height()));
        QRectF rect(left, box.bottom() + 1 - height, std::max(1.0 / ratio, right - left), height);
        // Neighbours that touch stay apart by a pixel where there is room.
        if (piece.count == 1 && rect.width() >= 4.0) {
            rect.setRight(rect.right() - 1.0);
        }
        if (m_ink == LaneInk::Outline) {
            drawOutlined(painter, piece, rect.toRect());
        } else if ((piece.flags & LaneBlock::Estimate) != 0) {
            painter->fillRect(rect, QBrush(laneColour(m_ink, piece.step), Qt::BDiagPattern));
        } else if ((piece.flags & LaneBlock::Warn) != 0 && m_ink != LaneInk::TimeRamp && m_ink != LaneInk::ErrorRamp) {
            warned << rect;
        } else {
            byStep[std::min<std::size_t>(piece.step, 7)] << rect;
        }
    }
    painter->setPen(Qt::NoPen);
    for (std::size_t step = 0; step < byStep.size(); ++step) {
        if (!byStep[step].isEmpty()) {
            painter->setBrush(laneColour(m_ink, static_cast<int>(step)));
            painter->drawRects(byStep[step]);
        }
    }
    if (!warned.isEmpty()) {
        painter->setBrush(theme().warn);
        painter->drawRects(warned);
    }
    if (m_labelOf) {
        const QFont font = monoFont(10);
        const QFontMetrics letters(font);
        painter->setFont(font);
        for (const BlockStore::Drawn& piece : pieces) {
            const double left = std::max(leftEdge, leftEdge + piece.left / ratio);
            const double right = std::min(static_cast<double>(box.right()), leftEdge + piece.right / ratio);
            if (piece.count > 1 || right - left < 24.0) {
                continue;
            }
            const QString text = m_labelOf(m_store.at(piece.first));
            if (letters.horizontalAdvance(text) + 8 > right - left) {
                continue;
            }
            const bool warnedOutline = m_ink == LaneInk::Outline && (piece.flags & LaneBlock::Warn) != 0;
            painter->setPen(warnedOutline ? theme().warn : laneTextColour(m_ink, piece.step));
            painter->drawText(QRectF(left, box.top(), right - left, box.height()), Qt::AlignCenter, text);
        }
    }
    painter->restore();
}

void LaneBlocks::drawLegendIcon(QCPPainter* painter, const QRectF& rect) const
{
    painter->fillRect(rect, laneColour(m_ink));
}

} // namespace nordlys::studio
