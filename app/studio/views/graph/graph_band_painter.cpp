// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_band_painter.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/text.h>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr double kWash = 0.05;
constexpr int kStripeWidth = 4, kLabelLeft = 14;
constexpr double kLeastForBorder = 7, kLeastForPlate = 40; // height of a band in pixels

QColor colourOf(core::Backend backend)
{
    switch (backend) {
    case core::Backend::Htp: return theme().htp;
    case core::Backend::Gpu: return theme().gpu;
    case core::Backend::Cpu: return theme().cpu;
    }
    return theme().cpu;
}

std::int64_t toNs(double us) { return static_cast<std::int64_t>(us * 1000 + 0.5); }

} // namespace

std::pair<std::size_t, std::size_t> GraphBandPainter::visible() const
{
    return m_bands.bandsIn(m_transform.toLayout(QPointF()).y(), m_transform.toLayout(QPointF(0, m_size.height())).y());
}

QColor GraphBandPainter::groundAt(double y) const
{
    const QColor canvas = theme().canvas;
    if (!m_bands.isDivided())
        return canvas;
    const double at = m_transform.toLayout(QPointF(0, y)).y();
    const auto [first, last] = m_bands.bandsIn(at, at);
    if (first >= last || !m_bands.bands()[first].backend)
        return canvas;
    const QColor over = colourOf(*m_bands.bands()[first].backend);
    const auto part = [](int below, int above) { return static_cast<int>(std::lround(below + (above - below) * kWash)); };
    return {part(canvas.red(), over.red()), part(canvas.green(), over.green()), part(canvas.blue(), over.blue())};
}

void GraphBandPainter::paintGround(QPainter &painter) const
{
    if (!m_bands.isDivided())
        return;
    painter.setRenderHint(QPainter::Antialiasing, false);
    const auto [first, last] = visible();
    double painted = -1; // thousands of bands on a few pixels: one rectangle a pixel is enough
    for (std::size_t i = first; i < last; ++i) {
        const GraphBand &band = m_bands.bands()[i];
        const double top = std::max(std::round(yOf(band.top)), i == first ? 0.0 : painted);
        const double bottom = std::round(yOf(band.bottom));
        if (bottom <= top)
            continue;
        painted = bottom;
        if (band.backend) {
            QColor wash = colourOf(*band.backend);
            wash.setAlphaF(static_cast<float>(kWash));
            painter.fillRect(QRectF(0, top, m_size.width(), bottom - top), wash);
        }
        if (i == 0 || bottom - top < kLeastForBorder)
            continue;
        painter.setPen(QPen(theme().control, 1, Qt::DashLine));
        painter.drawLine(QPointF(0, top), QPointF(m_size.width(), top));
    }
}

std::vector<GraphBandPainter::Line> GraphBandPainter::labelOf(const GraphBand &band, const QString &note) const
{
    std::vector<Line> lines;
    const QFont bold = uiFont(12, QFont::DemiBold), small = uiFont(11);
    if (band.segment == GraphBand::kSeveral) {
        lines.push_back({band.backend ? tr("Several segments · %1").arg(backendName(*band.backend)) : tr("Several segments"), bold,
                         band.backend ? colourOf(*band.backend) : theme().text3});
        return lines;
    }
    const GraphBands::SegmentFacts &facts = m_bands.segments()[band.segment];
    const core::BackendCapabilities *tables = m_workspace.placement().capabilities();
    lines.push_back({tr("Segment %1 · %2").arg(band.segment + 1).arg(backendTitle(facts.backend, tables)), bold,
                     colourOf(facts.backend)});
    const RunRecord *run = m_workspace.run();
    if (!m_bands.isDivided() && run && run->summary.latency.count > 0) {
        lines.push_back({formatDurationInterval(static_cast<std::int64_t>(run->summary.latency.p50Ns),
                                                static_cast<std::int64_t>(run->summary.latency.p50HalfIntervalNs)),
                         monoFont(12), theme().text});
        lines.push_back({tr("p50, n=%1, run %2")
                             .arg(formatCount(static_cast<std::int64_t>(run->summary.latency.count)), run->name),
                         small, theme().text3});
    }
    lines.push_back({Counted::ops(static_cast<qint64>(facts.ops)) + QStringLiteral(", ") +
                         formatAmount(static_cast<double>(facts.macs), QStringLiteral("MAC")),
                     small, theme().text3});
    if (!note.isEmpty())
        lines.push_back({note, small, theme().text3});
    return lines;
}

QString GraphBandPainter::plateText(const GraphBand &band) const
{
    std::int64_t bytes = 0;
    double us = 0;
    for (const std::size_t index : band.arriving) {
        bytes += m_bands.crossings()[index].bytes;
        us += m_bands.crossings()[index].estimateUs;
    }
    const core::Graph &graph = m_scene.document().graph();
    const QString what = band.arriving.size() == 1
                             ? toQString(graph.nameOf(m_bands.crossings()[band.arriving.front()].tensor))
                             : Counted::tensors(static_cast<qint64>(band.arriving.size()));
    const QFontMetricsF letters(monoFont(11));
    return QStringLiteral("%1  %2  %3")
        .arg(letters.elidedText(what, Qt::ElideMiddle, scaled(190)), formatBytes(static_cast<std::uint64_t>(bytes)),
             formatEstimate(toNs(us)));
}

QString GraphBandPainter::describe(std::size_t band) const
{
    constexpr std::size_t kListed = 8;
    const Document &document = m_scene.document();
    QStringList lines;
    const std::vector<std::size_t> &arriving = m_bands.bands()[band].arriving;
    for (std::size_t i = 0; i < arriving.size() && i < kListed; ++i) {
        const core::Crossing &crossing = m_bands.crossings()[arriving[i]];
        lines << tr("%1 %2, %3: segment %4 to %5")
                     .arg(toQString(document.graph().nameOf(crossing.tensor)), toQString(document.shapeText(crossing.tensor)),
                          formatBytes(static_cast<std::uint64_t>(crossing.bytes)))
                     .arg(crossing.from + 1)
                     .arg(crossing.to + 1);
    }
    if (arriving.size() > kListed)
        lines << tr("and %1 more").arg(arriving.size() - kListed);
    lines << tr("Times are estimates from planning figures, not measured.");
    return lines.join(QLatin1Char('\n'));
}

std::vector<CrossingPlate> GraphBandPainter::paintLabels(QPainter &painter, const QString &note) const
{
    std::vector<CrossingPlate> plates;
    const auto [first, last] = visible();
    const int line = scaled(17), plateHeight = scaled(15) + 6;
    const QFont plateFont = monoFont(11);
    double stripeFrom = 0;
    for (std::size_t i = first; i < last; ++i) {
        const GraphBand &band = m_bands.bands()[i];
        const double top = std::round(yOf(band.top)), bottom = std::round(yOf(band.bottom));
        const double from = std::max({top, 0.0, stripeFrom});
        const double to = std::min(bottom, static_cast<double>(m_size.height()));
        painter.setRenderHint(QPainter::Antialiasing, false);
        if (to > from) {
            painter.fillRect(QRectF(0, from, kStripeWidth, to - from), band.backend ? colourOf(*band.backend) : theme().borderStrong);
            stripeFrom = to;
        }
        double y = std::max(top, 0.0) + 6;
        const bool plated = i > 0 && !band.arriving.empty() && bottom - top >= kLeastForPlate && m_bands.isDivided();
        if (plated) {
            const QString text = plateText(band);
            const QRectF plate(kLabelLeft, top - plateHeight / 2.0,
                               QFontMetricsF(plateFont).horizontalAdvance(text) + metrics().smallIcon + 22, plateHeight);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(theme().control, 1));
            painter.setBrush(theme().surface);
            painter.drawRoundedRect(plate.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
            paintIcon(&painter, QRectF(plate.left() + 7, plate.top(), metrics().smallIcon, plate.height()).toRect(), Icon::Swap,
                      theme().text2, metrics().smallIcon);
            painter.setFont(plateFont);
            painter.setPen(theme().text);
            painter.drawText(plate.adjusted(metrics().smallIcon + 13, 0, -6, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
            plates.push_back({plate, i});
            if (top >= 0)
                y += plateHeight / 2.0 + 2;
        }
        // The plate of the next border keeps its place.
        const double end = std::min(to, bottom - (i + 1 < last ? plateHeight / 2.0 : 0));
        const auto fits = static_cast<std::size_t>(std::max(0.0, (end - y) / line));
        if (fits == 0)
            continue;
        const std::vector<Line> lines = labelOf(band, i == first ? note : QString());
        double widest = 0;
        const std::size_t shown = std::min(lines.size(), fits);
        for (std::size_t at = 0; at < shown; ++at)
            widest = std::max(widest, QFontMetricsF(lines[at].font).horizontalAdvance(lines[at].text));
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.fillRect(QRectF(kStripeWidth, y - 2, widest + 18, static_cast<double>(shown) * line + 6), groundAt(y));
        for (std::size_t at = 0; at < shown; ++at) {
            painter.setFont(lines[at].font);
            painter.setPen(lines[at].ink);
            painter.drawText(QRectF(kLabelLeft, y, m_size.width(), line), Qt::AlignLeft | Qt::AlignVCenter, lines[at].text);
            y += line;
        }
    }
    return plates;
}

} // namespace nordlys::studio
