// SPDX-License-Identifier: GPL-3.0-or-later
#include "view_tabs.h"

#include <studio/look/icons.h>
#include <studio/look/studio_style.h>

#include <QHBoxLayout>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <vector>

namespace nordlys::studio {

/// Tells how wide a tab is, shown or not.
class ViewTabs::Bar : public QTabBar {
public:
    using QTabBar::QTabBar;
    [[nodiscard]] int widthOf(int index) const { return tabSizeHint(index).width(); }
};

ViewTabs::ViewTabs(QWidget *parent) : QWidget(parent), m_bar(new Bar(this)), m_more(new QToolButton(this))
{
    m_bar->setObjectName(QStringLiteral("viewTabs"));
    m_bar->setDrawBase(false);
    m_bar->setExpanding(false);
    m_bar->setUsesScrollButtons(false);
    m_bar->setElideMode(Qt::ElideNone);
    setViewTabs(m_bar);
    m_more->setObjectName(QStringLiteral("viewTabsMore"));
    m_more->setIcon(icon(Icon::More));
    m_more->setAutoRaise(true);
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_more->setToolTip(tr("More views"));
    m_more->setAccessibleName(tr("More views"));
    setBarSize(m_more);
    auto *menu = new QMenu(m_more);
    menu->setToolTipsVisible(true);
    m_more->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, &ViewTabs::fillMenu);
    m_more->hide();
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_bar);
    row->addWidget(m_more);
    connect(m_bar, &QTabBar::currentChanged, this, [this](int index) {
        if (index >= 0 && m_bar->isTabEnabled(index))
            Q_EMIT chosen(index);
    });
}

void ViewTabs::addTab(const QString &title)
{
    const QSignalBlocker quiet(m_bar);
    m_bar->addTab(title);
}

void ViewTabs::setCurrent(int index)
{
    const QSignalBlocker quiet(m_bar);
    m_bar->setTabVisible(index, true);
    m_bar->setCurrentIndex(index);
    fitInto(m_width);
}

void ViewTabs::setTabReason(int index, const QString &whyNot)
{
    const QSignalBlocker quiet(m_bar);
    m_bar->setTabEnabled(index, whyNot.isEmpty());
    m_bar->setTabToolTip(index, whyNot);
}

void ViewTabs::fitInto(int width)
{
    m_width = width;
    const QSignalBlocker quiet(m_bar);
    const int count = m_bar->count(), current = std::max(0, m_bar->currentIndex());
    int all = 0;
    for (int i = 0; i < count; ++i)
        all += m_bar->widthOf(i);
    std::vector<bool> shown(static_cast<std::size_t>(count), true);
    if (all > width && width > 0) {
        int left = width - m_more->sizeHint().width() - m_bar->widthOf(current);
        for (int i = 0; i < count; ++i) {
            if (i == current)
                continue;
            left -= m_bar->widthOf(i);
            shown[static_cast<std::size_t>(i)] = left >= 0;
        }
    }
    for (int i = 0; i < count; ++i)
        m_bar->setTabVisible(i, shown[static_cast<std::size_t>(i)]);
    m_more->setVisible(std::ranges::count(shown, false) > 0);
    m_bar->updateGeometry();
}

int ViewTabs::hiddenCount() const
{
    int hidden = 0;
    for (int i = 0; i < m_bar->count(); ++i)
        hidden += m_bar->isTabVisible(i) ? 0 : 1;
    return hidden;
}

void ViewTabs::fillMenu()
{
    QMenu *menu = m_more->menu();
    menu->clear();
    for (int i = 0; i < m_bar->count(); ++i) {
        if (m_bar->isTabVisible(i))
            continue;
        QAction *entry = menu->addAction(m_bar->tabText(i), this, [this, i] { Q_EMIT chosen(i); });
        entry->setEnabled(m_bar->isTabEnabled(i));
        entry->setToolTip(m_bar->isTabEnabled(i) ? m_bar->tabText(i) : m_bar->tabToolTip(i));
    }
}

} // namespace nordlys::studio
