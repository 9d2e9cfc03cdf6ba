// SPDX-License-Identifier: GPL-3.0-or-later
#include "motion.h"

#include <QGuiApplication>
#include <QSettings>
#include <QStandardPaths>

namespace nordlys::studio {
namespace {

constexpr int normalMs = 120;

QVariant setting(const char *file, const char *key)
{
    const QString path = QStandardPaths::locate(QStandardPaths::GenericConfigLocation, QString::fromLatin1(file));
    return path.isEmpty() ? QVariant() : QSettings(path, QSettings::IniFormat).value(QString::fromLatin1(key));
}

bool desktopWantsStillness()
{
    const QVariant factor = setting("kdeglobals", "KDE/AnimationDurationFactor");
    if (factor.isValid() && factor.toDouble() <= 0.0)
        return true;
    for (const char *file : {"gtk-4.0/settings.ini", "gtk-3.0/settings.ini"}) {
        const QVariant enabled = setting(file, "Settings/gtk-enable-animations");
        if (enabled.isValid())
            return !enabled.toBool();
    }
    return false;
}

} // namespace

int motionMs()
{
    static const int chosen = [] {
        const QString platform = QGuiApplication::platformName();
        const bool desktop = platform != QLatin1String("offscreen") && platform != QLatin1String("minimal");
        return desktop && !desktopWantsStillness() ? normalMs : 0;
    }();
    return chosen;
}

} // namespace nordlys::studio
