// SPDX-License-Identifier: GPL-3.0-or-later
#include "ink_label.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "table_delegate.h"

#include <studio/look/theme.h>

namespace nordlys::studio {

InkLabel::InkLabel(CellInk ink, QWidget* parent) : QLabel(parent), m_ink(ink)
{
    setTextFormat(Qt::PlainText); // names come from files
}

InkLabel::InkLabel(const QString& text, CellInk ink, QWidget* parent) : InkLabel(ink, parent)
{
    setText(text);
}

void InkLabel::setInk(CellInk ink)
{
    m_ink = ink;
    update();
}

void InkLabel::setElided(bool elided)
{
    m_elided = elided;
    updateGeometry();
    update();
}

QSize InkLabel::minimumSizeHint() const
{
    const QSize natural = QLabel::minimumSizeHint();
    return m_elided ? QSize(std::min(natural.width(), 24), natural.height()) : natural;
}

void InkLabel::paintEvent(QPaintEvent* event)
{
    const bool fits = fontMetrics().horizontalAdvance(text()) <= contentsRect().width();
    // QLabel draws in the palette's colour; a palette of its own would not follow the theme.
    if (!m_elided || fits) {
        const QColor colour = isEnabled() ? cellInk(m_ink) : theme().disabled;
        if (palette().color(foregroundRole()) != colour) {
            QPalette inked = palette();
            inked.setColor(foregroundRole(), colour);
            setPalette(inked);
        }
        QLabel::paintEvent(event);
        return;
    }
    QPainter painter(this);
    painter.setPen(isEnabled() ? cellInk(m_ink) : theme().disabled);
    painter.drawText(contentsRect(), static_cast<int>(alignment()), fontMetrics().elidedText(text(), Qt::ElideMiddle, contentsRect().width()));
}

bool InkLabel::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && m_elided && toolTip().isEmpty() && fontMetrics().horizontalAdvance(text()) > contentsRect().width()) {
        QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), text(), this);
        return true;
    }
    return QLabel::event(event);
}

} // namespace nordlys::studio
