// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "block_store.h"
#include "qcp.h"
#include "track.h"

namespace nordlys::studio {

/// Blocks of work on one track. Data goes in through LanePlot::appendBlocks().
class LaneBlocks : public QCPAbstractPlottable
{
    Q_OBJECT

public:
    LaneBlocks(QCPAxis* timeAxis, QCPAxis* valueAxis, LaneInk ink);

    [[nodiscard]] BlockStore& store() { return m_store; }
    [[nodiscard]] const BlockStore& store() const { return m_store; }
    [[nodiscard]] LaneInk ink() const { return m_ink; }

    /// Text inside blocks that are wide enough for it ("14.5"); called for visible single blocks only.
    using LabelOf = std::function<QString(const LaneBlock& block)>;
    void setLabelOf(LabelOf labelOf) { m_labelOf = std::move(labelOf); }

    /// Times of the axis' edges, exact; set by LanePlot before each replot.
    void setVisibleNs(std::int64_t fromNs, std::int64_t toNs);

    double selectTest(const QPointF& position, bool onlySelectable, QVariant* details = nullptr) const override;
    QCPRange getKeyRange(bool& foundRange, QCP::SignDomain inSignDomain = QCP::sdBoth) const override;
    QCPRange getValueRange(bool& foundRange, QCP::SignDomain inSignDomain = QCP::sdBoth, const QCPRange& inKeyRange = QCPRange()) const override;

protected:
    void draw(QCPPainter* painter) override;
    void drawLegendIcon(QCPPainter* painter, const QRectF& rect) const override;

private:
    void drawOutlined(QCPPainter* painter, const BlockStore::Drawn& piece, const QRect& rect) const;

    BlockStore m_store;
    LabelOf m_labelOf;
    LaneInk m_ink;
    std::int64_t m_fromNs = 0;
    std::int64_t m_toNs = 1;
};

} // namespace nordlys::studio
