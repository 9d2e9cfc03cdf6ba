// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QFontDatabase>
#include <QFontInfo>
#include <QStringList>

namespace nordlys::studio {
namespace {

Metrics g_metrics;
QString g_uiFamily;
QString g_monoFamily;

bool platformNamesFonts()
{
    const QString platform = QGuiApplication::platformName();
    if (platform == QLatin1String("offscreen") || platform == QLatin1String("minimal") || platform == QLatin1String("vnc")) {
        return false;
    }
    // A bare X server or compositor without a desktop has no font settings; Qt then reports its built-in default.
    return qEnvironmentVariableIsSet("XDG_CURRENT_DESKTOP") || qEnvironmentVariableIsSet("QT_QPA_PLATFORMTHEME");
}

QString firstInstalled(const QStringList& families, const QString& fallback)
{
    const QStringList installed = QFontDatabase::families();
    for (const QString& family : families) {
        if (installed.contains(family)) {
            return family;
        }
    }
    return fallback;
}

QFont sized(const QString& family, int sizeAtBase12, QFont::Weight weight)
{
    QFont font(family);
    font.setPixelSize(scaled(sizeAtBase12));
    font.setWeight(weight);
    return font;
}

} // namespace

const Metrics& metrics()
{
    return g_metrics;
}

int scaled(int atBase12)
{
    return std::max(1, static_cast<int>(std::lround(atBase12 * g_metrics.base / 12.0)));
}

QFont uiFont(int sizeAtBase12, QFont::Weight weight)
{
    return sized(g_uiFamily, sizeAtBase12, weight);
}

QFont monoFont(int sizeAtBase12, QFont::Weight weight)
{
    QFont font = sized(g_monoFamily, sizeAtBase12, weight);
    font.setStyleHint(QFont::Monospace);
    return font;
}

void installFonts()
{
    installFonts(platformNamesFonts() ? QFontInfo(QApplication::font()).pixelSize() : 12);
}

void installFonts(int basePx)
{
    const bool desktop = platformNamesFonts();
    const QString desktopUi = QFontInfo(QApplication::font()).family();
    const QString desktopMono = QFontInfo(QFontDatabase::systemFont(QFontDatabase::FixedFont)).family();
    g_uiFamily = desktop ? desktopUi
                         : firstInstalled({QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")}, desktopUi);
    g_monoFamily = desktop
        ? desktopMono
        : firstInstalled({QStringLiteral("JetBrains Mono"), QStringLiteral("Noto Sans Mono"), QStringLiteral("DejaVu Sans Mono")}, desktopMono);

    Metrics sizes;
    sizes.base = std::clamp(basePx, 8, 48);
    const auto grown = [&sizes](int atBase12) { return std::max(atBase12, static_cast<int>(std::lround(atBase12 * sizes.base / 12.0))); };
    for (int* size : {&sizes.row, &sizes.header, &sizes.dockHeader, &sizes.button, &sizes.barButton, &sizes.field, &sizes.chip, &sizes.topBar,
                      &sizes.viewTabs, &sizes.statusBar, &sizes.paletteRow, &sizes.icon, &sizes.topBarIcon, &sizes.smallIcon}) {
        *size = grown(*size);
    }
    g_metrics = sizes;
    QApplication::setFont(uiFont());
}

} // namespace nordlys::studio
