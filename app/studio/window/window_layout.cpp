// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_layout.h"

#include "side_strip.h"

#include <studio/look/metrics.h>

#include <QDockWidget>
#include <QEvent>
#include <QLayout>
#include <QSettings>

namespace nordlys::studio {
namespace {

constexpr int kSmallBelow = 1200, kLargeFrom = 2560;
constexpr int kKeepMs = 300;     // a drag of a splitter is over
constexpr int kStateVersion = 2; // of QMainWindow::saveState, ours to count

const char *nameOf(ScreenClass screen)
{
    switch (screen) {
    case ScreenClass::Small: return "small";
    case ScreenClass::Normal: return "normal";
    case ScreenClass::Large: return "large";
    }
    return "normal";
}

} // namespace

ScreenClass screenClassOf(const QSize &window)
{
    if (window.width() < scaled(kSmallBelow))
        return ScreenClass::Small;
    return window.width() < scaled(kLargeFrom) ? ScreenClass::Normal : ScreenClass::Large;
}

DockSizes dockSizes(ScreenClass screen)
{
    switch (screen) {
    case ScreenClass::Small: return {244, 264, 168};
    case ScreenClass::Normal: return {244, 308, 200};
    case ScreenClass::Large: return {300, 400, 360};
    }
    return {244, 308, 200};
}

WindowLayout::WindowLayout(QMainWindow &window, Docks docks) : QObject(&window), m_window(window), m_docks(std::move(docks))
{
    m_keepSoon.setSingleShot(true);
    m_keepSoon.setInterval(kKeepMs);
    connect(&m_keepSoon, &QTimer::timeout, this, &WindowLayout::keep);
    for (QDockWidget *dock : {m_docks.left, m_docks.right, m_docks.bottom})
        dock->installEventFilter(this);
}

QString WindowLayout::key() const { return QString::fromLatin1(nameOf(m_screen)) + QLatin1Char('/') + m_view; }

void WindowLayout::load()
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("layout"));
    for (const QString &name : settings.allKeys())
        m_states[name] = settings.value(name).toByteArray();
}

void WindowLayout::store()
{
    keep();
    QSettings settings;
    settings.beginGroup(QStringLiteral("layout"));
    settings.remove(QString());
    for (const auto &[name, state] : m_states)
        settings.setValue(name, state);
}

void WindowLayout::keep()
{
    m_keepSoon.stop();
    const bool any = m_belongs.left || m_belongs.inspector || m_belongs.bottom;
    if (any && m_applied && screenClassOf(m_window.size()) == m_screen)
        m_states[key()] = m_window.saveState(kStateVersion);
}

void WindowLayout::enter(const QString &view, ViewDocks belongs)
{
    const bool same = view == m_view && belongs.left == m_belongs.left && belongs.inspector == m_belongs.inspector &&
                      belongs.bottom == m_belongs.bottom;
    if (same && m_applied)
        return;
    keep();
    m_view = view;
    m_belongs = belongs;
    apply();
}

void WindowLayout::follow()
{
    const ScreenClass now = screenClassOf(m_window.size());
    if (now == m_screen && m_applied)
        return;
    // What the docks were squeezed to on the way is nobody's wish.
    m_keepSoon.stop();
    m_screen = now;
    apply();
    Q_EMIT screenChanged();
}

void WindowLayout::reset()
{
    m_states.erase(key());
    for (QDockWidget *dock : {m_docks.left, m_docks.right, m_docks.bottom})
        dock->setFloating(false);
    applyDesigned();
}

void WindowLayout::apply()
{
    if (!m_window.isVisible()) {
        hideForeign();
        return; // sizes mean nothing yet
    }
    m_applied = true;
    if (m_screen == ScreenClass::Large && m_belongs.bottom && !m_second && m_docks.makeSecond) {
        m_second = m_docks.makeSecond();
        m_second->installEventFilter(this);
    }
    const auto stored = m_states.find(key());
    if (stored != m_states.end() && m_window.restoreState(stored->second, kStateVersion))
        hideForeign();
    else
        applyDesigned();
    m_keepSoon.stop();
}

void WindowLayout::applyDesigned()
{
    m_window.addDockWidget(Qt::LeftDockWidgetArea, m_docks.left);
    m_window.addDockWidget(Qt::RightDockWidgetArea, m_docks.right);
    m_window.addDockWidget(Qt::BottomDockWidgetArea, m_docks.bottom);
    if (m_second)
        m_window.splitDockWidget(m_docks.bottom, m_second, Qt::Horizontal);
    for (QDockWidget *dock : {m_docks.left, m_docks.right, m_docks.bottom})
        dock->show();
    if (m_second)
        m_second->show();
    hideForeign();
    m_window.layout()->activate();
    const DockSizes sizes = dockSizes(m_screen);
    // A hidden dock among those to resize would take its share of the room.
    const auto resize = [this](std::initializer_list<std::pair<QDockWidget *, int>> wanted, Qt::Orientation orientation) {
        QList<QDockWidget *> docks;
        QList<int> lengths;
        for (const auto &[dock, length] : wanted) {
            if (dock && !dock->isHidden()) {
                docks << dock;
                lengths << length;
            }
        }
        m_window.resizeDocks(docks, lengths, orientation);
    };
    resize({{m_docks.left, scaled(sizes.left)}, {m_docks.right, scaled(sizes.right)}}, Qt::Horizontal);
    const int half = (m_window.width() - scaled(sizes.right)) / 2;
    if (m_second && !m_second->isHidden())
        resize({{m_docks.bottom, half}, {m_second, half}}, Qt::Horizontal);
    resize({{m_docks.bottom, scaled(sizes.bottom)}, {m_second, scaled(sizes.bottom)}}, Qt::Vertical);
}

void WindowLayout::hideForeign()
{
    const bool strip = m_belongs.left && m_screen == ScreenClass::Small;
    m_docks.strip->setActive(strip);
    if (!m_belongs.left || strip)
        m_docks.left->hide();
    if (!m_belongs.inspector)
        m_docks.right->hide();
    if (!m_belongs.bottom)
        m_docks.bottom->hide();
    if (m_second && (!m_belongs.bottom || m_screen != ScreenClass::Large))
        m_second->hide();
}

bool WindowLayout::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::Resize:
    case QEvent::Hide:
    case QEvent::Show:
        if (m_applied)
            m_keepSoon.start();
        break;
    default: break;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace nordlys::studio
