// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay_scroll_bar.h"

#include <QAbstractScrollArea>
#include <QEvent>

namespace nordlys::studio {
namespace {

constexpr int thickness = 10;

} // namespace

OverlayScrollBar::OverlayScrollBar(Qt::Orientation orientation, QAbstractScrollArea* area)
    : QScrollBar(orientation, area), m_area(area),
      m_source(orientation == Qt::Vertical ? area->verticalScrollBar() : area->horizontalScrollBar())
{
    setProperty("overlay", true);
    setAttribute(Qt::WA_OpaquePaintEvent, false);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::NoFocus);
    if (orientation == Qt::Vertical) {
        area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    } else {
        area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    }
    connect(m_source, &QScrollBar::rangeChanged, this, &OverlayScrollBar::follow);
    connect(m_source, &QScrollBar::valueChanged, this, &OverlayScrollBar::follow);
    connect(this, &QScrollBar::valueChanged, m_source, &QScrollBar::setValue);
    area->installEventFilter(this);
    area->viewport()->installEventFilter(this);
    follow();
}

void OverlayScrollBar::installOn(QAbstractScrollArea* area)
{
    new OverlayScrollBar(Qt::Vertical, area);
    new OverlayScrollBar(Qt::Horizontal, area);
}

void OverlayScrollBar::follow()
{
    setPageStep(m_source->pageStep());
    setSingleStep(m_source->singleStep());
    setRange(m_source->minimum(), m_source->maximum());
    setValue(m_source->value());
    setVisible(maximum() > minimum());
    place();
}

void OverlayScrollBar::place()
{
    const QRect view = m_area->viewport()->geometry();
    if (orientation() == Qt::Vertical) {
        setGeometry(view.right() - thickness - 1, view.y() + 2, thickness, view.height() - 4);
    } else {
        setGeometry(view.x() + 2, view.bottom() - thickness - 1, view.width() - 4, thickness);
    }
    raise();
}

bool OverlayScrollBar::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize || event->type() == QEvent::Move || event->type() == QEvent::Show) {
        follow();
    }
    return QScrollBar::eventFilter(watched, event);
}

} // namespace nordlys::studio
