// SPDX-License-Identifier: GPL-3.0-or-later
#include "side_strip.h"

#include "window_layout.h"

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/widgets/dock_header.h>

#include <QApplication>
#include <QDockWidget>
#include <QEvent>
#include <QPainter>
#include <QShortcut>
#include <QVBoxLayout>

namespace nordlys::studio {
namespace {

constexpr int kStrip = 28;

/// A tab whose text runs from bottom to top.
class StripTab : public QAbstractButton {
public:
    explicit StripTab(const QString &text, QWidget *parent) : QAbstractButton(parent)
    {
        setText(text);
        setCheckable(true);
        setFocusPolicy(Qt::TabFocus);
        setFocusRing(this);
        setAttribute(Qt::WA_Hover);
    }
    [[nodiscard]] QSize sizeHint() const override
    {
        return {scaled(kStrip), QFontMetrics(uiFont(12, QFont::DemiBold)).horizontalAdvance(text()) + 2 * metrics().gapLarge};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &colours = theme();
        QPainter painter(this);
        painter.fillRect(rect(), underMouse() ? colours.hover : colours.window);
        if (isChecked())
            painter.fillRect(QRect(width() - 2, 0, 2, height()), colours.accent);
        painter.setFont(uiFont(12, isChecked() ? QFont::DemiBold : QFont::Medium));
        painter.setPen(isChecked() ? colours.text : colours.text2);
        painter.rotate(-90);
        painter.drawText(QRect(-height(), 0, height(), width()), Qt::AlignCenter, text());
    }
};

/// Content above the view, with an outline at its right.
class Panel : public QWidget {
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), theme().surface);
        painter.fillRect(QRect(width() - 1, 0, 1, height()), theme().borderStrong);
    }
};

} // namespace

SideStrip::SideStrip(QDockWidget &dock, QWidget *over, QWidget *parent)
    : QWidget(parent), m_dock(dock), m_over(over), m_panel(new Panel(over)), m_tab(new StripTab(dock.windowTitle(), this))
{
    setObjectName(QStringLiteral("sideStrip"));
    setFixedWidth(scaled(kStrip));
    m_tab->setObjectName(QStringLiteral("sideStripTab"));
    m_panel->setObjectName(QStringLiteral("sideStripPanel"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_tab);
    column->addStretch(1);
    auto *inside = new QVBoxLayout(m_panel);
    inside->setContentsMargins(0, 0, 1, 0);
    inside->setSpacing(0);
    inside->addWidget(new DockHeader(dock.windowTitle(), m_panel));
    m_panel->hide();
    hide();
    connect(m_tab, &QAbstractButton::toggled, this, &SideStrip::setOpen);
    connect(new QShortcut(Qt::Key_Escape, m_panel, nullptr, nullptr, Qt::WidgetWithChildrenShortcut), &QShortcut::activated, this,
            [this] { setOpen(false); });
    connect(qApp, &QApplication::focusChanged, this, [this](const QWidget *, const QWidget *now) {
        if (now && isOpen() && !m_panel->isAncestorOf(now) && !isAncestorOf(now) && now->window() == window())
            setOpen(false);
    });
    over->installEventFilter(this);
}

void SideStrip::setActive(bool active)
{
    setVisible(active);
    if (active && !m_content) {
        m_content = m_dock.widget();
        if (m_content) {
            m_panel->layout()->addWidget(m_content); // takes it out of the dock
            m_content->show();
        }
    } else if (!active && m_content) {
        setOpen(false);
        m_dock.setWidget(m_content);
        m_content = nullptr;
    }
}

bool SideStrip::isOpen() const { return !m_panel->isHidden(); }

void SideStrip::setOpen(bool open)
{
    m_tab->setChecked(open);
    if (open == isOpen())
        return;
    m_panel->setVisible(open);
    if (!open)
        return;
    place();
    m_panel->raise();
    if (m_content)
        m_content->setFocus(Qt::PopupFocusReason);
}

void SideStrip::place() { m_panel->setGeometry(0, 0, scaled(dockSizes(ScreenClass::Small).left), m_over->height()); }

bool SideStrip::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_over && event->type() == QEvent::Resize && isOpen())
        place();
    return false;
}

void SideStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().window);
    painter.fillRect(QRect(width() - 1, 0, 1, height()), theme().border);
}

} // namespace nordlys::studio
