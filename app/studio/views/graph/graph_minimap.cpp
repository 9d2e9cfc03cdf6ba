// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_minimap.h"

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/workspace/placement_keeper.h>

#include <QFontMetrics>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr int kInset = 6;
constexpr double kMaxScale = 0.17;
constexpr int kLegendWidth = 146;

} // namespace

GraphMinimap::GraphMinimap(GraphCanvas &canvas, QWidget *parent) : QWidget(parent), m_canvas(canvas)
{
    setObjectName(QStringLiteral("graphMinimap"));
    setAccessibleName(tr("Overview of the graph"));
    setCursor(Qt::PointingHandCursor);
    connect(&m_canvas, &GraphCanvas::heatChanged, this, &GraphMinimap::invalidate);
    connect(&m_canvas, &GraphCanvas::transformChanged, this, qOverload<>(&QWidget::update));
}

void GraphMinimap::invalidate()
{
    m_dirty = true;
    update();
}

int GraphMinimap::heightFor(int available) const
{
    if (!m_canvas.scene())
        return 0;
    const double wanted = m_canvas.scene()->bounds().height() * kMaxScale + 2 * kInset;
    return std::clamp(static_cast<int>(wanted), 60, std::max(60, available));
}

double GraphMinimap::scaleX() const
{
    const double width = std::max(1.0, m_canvas.scene()->bounds().width());
    return std::min((this->width() - 2.0 * kInset) / width, kMaxScale);
}

double GraphMinimap::scaleY() const
{
    // The two directions scale apart: a long chain stays visible as a column of bars.
    const double height = std::max(1.0, m_canvas.scene()->bounds().height());
    return std::min((this->height() - 2.0 * kInset) / height, kMaxScale);
}

QPointF GraphMinimap::toMap(const QPointF &point) const
{
    const QRectF bounds = m_canvas.scene()->bounds();
    return {width() / 2.0 + (point.x() - bounds.center().x()) * scaleX(),
            height() / 2.0 + (point.y() - bounds.center().y()) * scaleY()};
}

QPointF GraphMinimap::toLayout(const QPointF &point) const
{
    const QRectF bounds = m_canvas.scene()->bounds();
    return {bounds.center().x() + (point.x() - width() / 2.0) / scaleX(),
            bounds.center().y() + (point.y() - height() / 2.0) / scaleY()};
}

void GraphMinimap::renderPixmap()
{
    m_dirty = false;
    m_pixmap = QPixmap(size() * devicePixelRatioF());
    m_pixmap.setDevicePixelRatio(devicePixelRatioF());
    m_pixmap.fill(Qt::transparent);
    QPainter painter(&m_pixmap);
    paintBox(&painter, rect(), theme().window, theme().border, metrics().cardRadius);
    const GraphScene &scene = *m_canvas.scene();
    const GraphHeat &heat = m_canvas.heat();
    for (std::size_t i = 0; i < scene.nodeCount(); ++i) {
        const QRectF box = scene.nodeBox(core::NodeId(i));
        const QPointF topLeft = toMap(box.topLeft());
        const int step = i < heat.fill.size() ? heat.fill[i] : -1;
        const QColor colour =
            step < 1 ? theme().borderStrong : (heat.fillIsError ? theme().errorRamp.at(step) : theme().timeRamp.at(step));
        painter.fillRect(QRectF(topLeft, QSizeF(std::max(1.0, box.width() * scaleX()), std::max(1.0, box.height() * scaleY()))),
                         colour);
    }
    const GraphBands &bands = m_canvas.bands();
    double painted = kInset;
    for (const GraphBand &band : bands.bands()) {
        const double bottom = std::min(toMap(QPointF(0, band.bottom)).y(), static_cast<double>(height() - kInset));
        if (bottom - painted < 1)
            continue;
        QColor colour = theme().borderStrong;
        if (band.backend)
            colour = *band.backend == core::Backend::Htp ? theme().htp
                                                         : (*band.backend == core::Backend::Gpu ? theme().gpu : theme().cpu);
        painter.fillRect(QRectF(3, painted, 3, bottom - painted), colour);
        painted = bottom;
    }
}

void GraphMinimap::paintEvent(QPaintEvent *)
{
    if (!m_canvas.scene())
        return;
    if (m_dirty || m_pixmap.size() != size() * devicePixelRatioF())
        renderPixmap();
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_pixmap);
    const QRectF seen = m_canvas.visibleArea();
    QRectF box(toMap(seen.topLeft()), toMap(seen.bottomRight()));
    box = box.intersected(QRectF(rect()).adjusted(2, 2, -2, -2));
    QColor wash = theme().focus;
    wash.setAlphaF(0.12F);
    painter.setPen(QPen(theme().focus, 1));
    painter.setBrush(wash);
    painter.drawRect(
        QRectF(std::floor(box.left()) + 0.5, std::floor(box.top()) + 0.5, std::floor(box.width()), std::floor(box.height())));
}

void GraphMinimap::mousePressEvent(QMouseEvent *event)
{
    if (m_canvas.scene())
        m_canvas.centreOn(toLayout(event->position()));
}

void GraphMinimap::mouseMoveEvent(QMouseEvent *event)
{
    if (m_canvas.scene() && (event->buttons() & Qt::LeftButton))
        m_canvas.centreOn(toLayout(event->position()));
}

void GraphMinimap::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_dirty = true;
}

GraphLegend::GraphLegend(GraphCanvas &canvas, QWidget *parent) : QWidget(parent), m_canvas(canvas)
{
    setObjectName(QStringLiteral("graphLegend"));
    setCursor(Qt::PointingHandCursor);
    setToolTip(tr("Click to change the metric"));
    connect(&m_canvas, &GraphCanvas::heatChanged, this, [this] {
        updateGeometry();
        update();
    });
}

int GraphLegend::blockHeight() const { return 2 * scaled(15) + 14; }

QSize GraphLegend::sizeHint() const
{
    const GraphHeat &heat = m_canvas.heat();
    const QFontMetrics measure(uiFont(11));
    const int blocks = (heat.fillTitle.isEmpty() ? 0 : 1) + (heat.borderTitle.isEmpty() ? 0 : 1);
    const int backends = m_canvas.bands().isDivided() ? scaled(15) + 6 : 0;
    const int wide = std::max(
        {kLegendWidth, measure.horizontalAdvance(heat.fillTitle) + 20, measure.horizontalAdvance(heat.borderTitle) + 20});
    const int height = blocks * blockHeight() + backends;
    return {wide, height == 0 ? 0 : height + 10};
}

void GraphLegend::paintEvent(QPaintEvent *)
{
    const GraphHeat &heat = m_canvas.heat();
    QPainter painter(this);
    paintBox(&painter, rect(), theme().surface, theme().border, metrics().cardRadius);
    int top = 5;
    const auto block = [&](const QString &title, const QString &low, const QString &high, bool error) {
        const QRect line(10, top, width() - 20, scaled(15));
        painter.setFont(uiFont(11));
        painter.setPen(theme().text2);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, title);
        const double wide = line.width() / 8.0;
        for (int step = 0; step < 8; ++step) {
            const QColor colour = error ? theme().errorRamp.at(step) : theme().timeRamp.at(step);
            painter.fillRect(QRectF(line.left() + step * wide, line.bottom() + 3, wide, 9), colour);
        }
        const QRect ends(line.left(), line.bottom() + 13, line.width(), scaled(15));
        painter.setFont(monoFont(10));
        painter.setPen(theme().text2);
        painter.drawText(ends, Qt::AlignLeft | Qt::AlignVCenter, low);
        painter.drawText(ends, Qt::AlignRight | Qt::AlignVCenter, high);
        top += blockHeight();
    };
    if (!heat.fillTitle.isEmpty())
        block(heat.fillTitle, heat.fillLow, heat.fillHigh, heat.fillIsError);
    if (!heat.borderTitle.isEmpty())
        block(heat.borderTitle, heat.borderLow, heat.borderHigh, true);
    if (!m_canvas.bands().isDivided())
        return;
    painter.setFont(uiFont(11));
    int x = 10;
    for (const core::Backend backend : {core::Backend::Htp, core::Backend::Gpu, core::Backend::Cpu}) {
        if (!m_canvas.bands().uses(backend))
            continue;
        const QColor colour =
            backend == core::Backend::Htp ? theme().htp : (backend == core::Backend::Gpu ? theme().gpu : theme().cpu);
        painter.fillRect(QRect(x, top + 3, 4, scaled(15) - 4), colour);
        const QString name = backendTitle(backend, m_canvas.workspace().placement().capabilities());
        painter.setPen(theme().text2);
        painter.drawText(QRect(x + 8, top, width(), scaled(15)), Qt::AlignLeft | Qt::AlignVCenter, name);
        x += 8 + painter.fontMetrics().horizontalAdvance(name) + 12;
    }
}

void GraphLegend::mouseReleaseEvent(QMouseEvent *event)
{
    const bool first = event->position().y() < 5 + blockHeight();
    if (!m_canvas.heat().fillTitle.isEmpty() && first)
        Q_EMIT fillClicked();
    else
        Q_EMIT borderClicked();
}

} // namespace nordlys::studio
