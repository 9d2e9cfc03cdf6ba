// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QEvent>
#include <QScopedValueRollback>
#include <QToolTip>
#include <QWidget>

#include "metrics.h"
#include "studio_style.h"

namespace nordlys::studio {
namespace {

const Theme* g_theme = &darkTheme;

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour)
{
    return 0.2126 * linear(colour.red() / 255.0) + 0.7152 * linear(colour.green() / 255.0)
        + 0.0722 * linear(colour.blue() / 255.0);
}

} // namespace

const Theme& theme()
{
    return *g_theme;
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

QPalette paletteOf(const Theme& colours)
{
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, const QColor& normal, const QColor& disabled) {
        palette.setColor(QPalette::Active, role, normal);
        palette.setColor(QPalette::Inactive, role, normal);
        palette.setColor(QPalette::Disabled, role, disabled);
    };
    const auto same = [&set](QPalette::ColorRole role, const QColor& colour) { set(role, colour, colour); };
    same(QPalette::Window, colours.window);
    same(QPalette::Base, colours.surface);
    same(QPalette::AlternateBase, colours.zebra);
    same(QPalette::Button, colours.raised);
    same(QPalette::ToolTipBase, colours.raised);
    same(QPalette::ToolTipText, colours.text);
    set(QPalette::WindowText, colours.text, colours.disabled);
    set(QPalette::Text, colours.text, colours.disabled);
    set(QPalette::ButtonText, colours.text, colours.disabled);
    set(QPalette::PlaceholderText, colours.text3, colours.disabled);
    same(QPalette::BrightText, colours.error);
    set(QPalette::Link, colours.accent, colours.disabled);
    set(QPalette::LinkVisited, colours.accent, colours.disabled);
    set(QPalette::Highlight, colours.selection, colours.hover);
    set(QPalette::HighlightedText, colours.selectionInk, colours.disabled);
    // Fusion mixes the following into frames and bevels that StudioStyle does not draw itself.
    same(QPalette::Light, colours.raised);
    same(QPalette::Midlight, colours.border);
    same(QPalette::Mid, colours.border);
    same(QPalette::Dark, colours.borderStrong);
    same(QPalette::Shadow, colours.borderStrong);
    return palette;
}

ThemeController& ThemeController::instance()
{
    static ThemeController controller;
    return controller;
}

bool ThemeController::wantsDark() const
{
    if (m_mode != ThemeMode::System) {
        return m_mode == ThemeMode::Dark;
    }
    // An application palette without own roles resolves to the desktop's, which is what we compare.
    QApplication::setPalette(QPalette());
    const QPalette desktop = QApplication::palette();
    return luminance(desktop.color(QPalette::Window)) < luminance(desktop.color(QPalette::WindowText));
}

void ThemeController::install(ThemeMode mode)
{
    m_mode = mode;
    if (!m_installed) {
        installFonts();
        QApplication::setStyle(new StudioStyle);
        qApp->installEventFilter(this);
        m_installed = true;
    }
    const QScopedValueRollback<bool> guard(m_applying, true);
    apply(wantsDark());
}

void ThemeController::setMode(ThemeMode mode)
{
    if (!m_installed) {
        install(mode);
        return;
    }
    m_mode = mode;
    const QScopedValueRollback<bool> guard(m_applying, true);
    apply(wantsDark());
}

void ThemeController::apply(bool dark)
{
    const Theme* next = dark ? &darkTheme : &lightTheme;
    const bool different = next != g_theme;
    g_theme = next;
    const QPalette palette = paletteOf(*next);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    if (different) {
        Q_EMIT changed();
        const QWidgetList widgets = QApplication::allWidgets();
        for (QWidget* widget : widgets) {
            widget->update();
        }
    }
}

bool ThemeController::eventFilter(QObject* watched, QEvent* event)
{
    const bool desktopChanged = event->type() == QEvent::ThemeChange
        || (event->type() == QEvent::ApplicationPaletteChange && watched == qApp);
    if (desktopChanged && m_mode == ThemeMode::System && !m_applying) {
        const QScopedValueRollback<bool> guard(m_applying, true);
        apply(wantsDark());
    }
    return false;
}

} // namespace nordlys::studio
