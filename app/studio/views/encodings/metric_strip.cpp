// SPDX-License-Identifier: GPL-3.0-or-later
#include "metric_strip.h"

#include <studio/look/metrics.h>
#include <studio/look/theme.h>
#include <studio/widgets/table_delegate.h>

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace nordlys::studio {

MetricStrip::MetricStrip(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Numbers of this tensor"));
}

QSize MetricStrip::sizeHint() const { return {scaled(600), scaled(72)}; }

QSize MetricStrip::minimumSizeHint() const { return {scaled(240), scaled(72)}; }

void MetricStrip::setMetrics(const QList<Metric> &list)
{
    if (list == m_list)
        return;
    m_list = list;
    QStringList said;
    for (const Metric &metric : list)
        said << QStringList({metric.name, metric.value, metric.unit, metric.change}).join(QLatin1Char(' ')).simplified();
    setAccessibleDescription(said.join(QStringLiteral("; ")));
    update();
}

void MetricStrip::setStale(bool stale)
{
    m_stale = stale;
    update();
}

QRect MetricStrip::cell(int index) const
{
    const int count = std::max(1, static_cast<int>(m_list.size()));
    const int left = width() * index / count;
    return {left, 0, width() * (index + 1) / count - left, height()};
}

void MetricStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().surface);
    painter.fillRect(0, 0, width(), 1, theme().border);
    painter.fillRect(0, height() - 1, width(), 1, theme().border);
    for (int i = 0; i < m_list.size(); ++i) {
        const Metric &metric = m_list[i];
        const QRect whole = cell(i);
        if (i > 0)
            painter.fillRect(whole.left(), 0, 1, height(), theme().border);
        const QRect inner = whole.adjusted(metrics().cellMargin + 2, 0, -metrics().gapTiny, 0);
        painter.setFont(uiFont(11));
        painter.setPen(theme().text2);
        const QFontMetrics small(painter.font());
        painter.drawText(QRect(inner.left(), scaled(8), inner.width(), scaled(16)), Qt::AlignLeft | Qt::AlignVCenter,
                         small.elidedText(metric.name, Qt::ElideRight, inner.width()));
        painter.setPen(m_stale ? theme().text3 : theme().text);
        // A narrow cell has smaller digits rather than none.
        QFont font = monoFont(17);
        for (const int size : {17, 14, 11}) {
            font = monoFont(size);
            if (QFontMetrics(font).horizontalAdvance(metric.value) + (metric.unit.isEmpty() ? 0 : small.horizontalAdvance(metric.unit) + 5) <= inner.width())
                break;
        }
        painter.setFont(font);
        const QRect line(inner.left(), scaled(26), inner.width(), scaled(20));
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, metric.value);
        if (!metric.unit.isEmpty()) {
            const int after = QFontMetrics(font).horizontalAdvance(metric.value) + 5;
            painter.setFont(uiFont(11));
            painter.setPen(theme().text2);
            painter.drawText(line.adjusted(after, 2, 0, 2), Qt::AlignLeft | Qt::AlignVCenter, metric.unit);
        }
        painter.setFont(monoFont(10));
        painter.setPen(m_stale ? theme().text3 : cellInk(metric.ink));
        painter.drawText(QRect(inner.left(), scaled(48), inner.width(), scaled(16)), Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetrics(painter.font()).elidedText(metric.change, Qt::ElideRight, inner.width()));
    }
}

bool MetricStrip::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        QString text;
        for (int i = 0; i < m_list.size(); ++i) {
            if (cell(i).contains(help->pos()))
                text = m_list[i].hint;
        }
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace nordlys::studio
