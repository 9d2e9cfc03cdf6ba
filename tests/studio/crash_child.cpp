// SPDX-License-Identifier: GPL-3.0-or-later
#include "crash_child.h"

#include <studio/window/main_window.h>

#include <QApplication>
#include <QDateTime>
#include <QSettings>
#include <QTimer>

#include <cstdio>

namespace nordlys::studio::test {

int runCrashChild()
{
    QCoreApplication::setOrganizationName(QStringLiteral("NordlysTest"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, qEnvironmentVariable("NORDLYS_CRASH_SETTINGS"));
    MainWindow window;
    window.show();
    window.openPath(qEnvironmentVariable("NORDLYS_CRASH_CHILD"));
    int number = qEnvironmentVariableIntValue("NORDLYS_CRASH_FROM");
    QTimer timer;
    timer.setInterval(50);
    QObject::connect(&timer, &QTimer::timeout, [&] {
        if (!window.workspace().document() || window.isBusy())
            return;
        // All three kinds of edits take the same way through the one history.
        ++number;
        core::EncodingEntry entry;
        entry.encoding.grids = {*core::gridFromRange(0, number, {})};
        const core::Change changes[] = {
            {core::SetEncoding{"logits", entry}},
            {core::SetBackend{std::string(window.workspace().document()->graph().nameOf(core::NodeId(0))),
                              number % 2 ? core::Backend::Htp : core::Backend::Cpu}},
            {core::SetBuildOption{"count", std::to_string(number)}}};
        for (const core::Change &change : changes) {
            if (!window.workspace().history().apply(change, QStringLiteral("Edit %1").arg(number)))
                QCoreApplication::exit(3);
        }
        std::printf("EDIT %d %lld\n", number, static_cast<long long>(QDateTime::currentMSecsSinceEpoch()));
        std::fflush(stdout);
    });
    timer.start();
    return QApplication::exec();
}

} // namespace nordlys::studio::test
