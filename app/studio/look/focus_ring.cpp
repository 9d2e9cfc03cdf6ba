// SPDX-License-Identifier: GPL-3.0-or-later
#include "focus_ring.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QApplication>
#include <QComboBox>
#include <QFocusEvent>
#include <QPainter>
#include <QSlider>

#include "metrics.h"
#include "studio_style.h"
#include "studio_style_parts.h"
#include "theme.h"

namespace nordlys::studio {
namespace {

constexpr int ringReach = 3; // 1 px gap, 2 px ring

class RingOverlay : public QWidget
{
public:
    explicit RingOverlay(QWidget* parent) : QWidget(parent)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setAttribute(Qt::WA_NoSystemBackground);
        setFocusPolicy(Qt::NoFocus);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        paintBox(&painter, rect(), QColor(), theme().focus, metrics().controlRadius + 1, 2);
    }
};

bool wantsRing(const QWidget* widget)
{
    const auto* combo = qobject_cast<const QComboBox*>(widget);
    return flag(widget, "focusRing") || qobject_cast<const QAbstractButton*>(widget) != nullptr
        || qobject_cast<const QSlider*>(widget) != nullptr || (combo != nullptr && !combo->isEditable());
}

// The ring must scroll and be clipped with its control, but not by the tight layout right around it.
QWidget* ringParent(const QWidget* target)
{
    for (QWidget* parent = target->parentWidget(); parent != nullptr; parent = parent->parentWidget()) {
        const auto* area = qobject_cast<const QAbstractScrollArea*>(parent->parentWidget());
        if (parent->isWindow() || (area != nullptr && area->viewport() == parent)) {
            return parent;
        }
    }
    return nullptr;
}

} // namespace

void FocusRing::install()
{
    static QPointer<FocusRing> ring;
    if (ring.isNull() && qApp != nullptr) {
        ring = new FocusRing(qApp);
        qApp->installEventFilter(ring);
    }
}

bool FocusRing::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::FocusIn: {
        auto* widget = qobject_cast<QWidget*>(watched);
        const Qt::FocusReason reason = static_cast<QFocusEvent*>(event)->reason();
        const bool byKeyboard = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
        if (widget != nullptr && byKeyboard && wantsRing(widget)) {
            attach(widget);
        }
        break;
    }
    case QEvent::FocusOut:
    case QEvent::Hide:
        if (watched == m_target) {
            detach();
        }
        break;
    case QEvent::MouseButtonPress:
        if (!m_target.isNull() && watched->isWidgetType()) {
            detach();
        }
        break;
    case QEvent::Move:
    case QEvent::Resize:
    case QEvent::Paint:
        if (watched == m_target) {
            place();
        }
        break;
    default:
        break;
    }
    return false;
}

void FocusRing::attach(QWidget* target)
{
    detach();
    QWidget* parent = ringParent(target);
    if (parent == nullptr) {
        return;
    }
    m_target = target;
    m_overlay = new RingOverlay(parent);
    place();
    m_overlay->show();
}

void FocusRing::detach()
{
    m_target.clear();
    if (!m_overlay.isNull()) {
        m_overlay->hide();
        m_overlay->deleteLater();
        m_overlay.clear();
    }
}

void FocusRing::place()
{
    if (m_target.isNull() || m_overlay.isNull()) {
        return;
    }
    const QRect around(m_target->mapTo(m_overlay->parentWidget(), QPoint(0, 0)), m_target->size());
    const QRect wanted = around.adjusted(-ringReach, -ringReach, ringReach, ringReach);
    if (m_overlay->geometry() != wanted) {
        m_overlay->setGeometry(wanted);
    }
    m_overlay->raise();
}

} // namespace nordlys::studio
