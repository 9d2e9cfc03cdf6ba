// SPDX-License-Identifier: GPL-3.0-or-later
// Own main: an application without a display (unless QT_QPA_PLATFORM names one). A test fails when Qt warns of something that it
// did not expect, and when events keep the GUI thread for more than 50 ms (see WatchedApplication::takeBlocks).
#include <gtest/gtest.h>

#include <iostream>

#include <QApplication>
#include <QLocale>
#include <QMutex>
#include <QStandardPaths>
#include <QStringList>

#include <studio/look/theme.h>

#include "crash_child.h"
#include "studio_test.h"
#include "watchdog.h"

namespace {

QMutex g_mutex;
QStringList g_warnings;
QStringList g_expected;

void collect(QtMsgType type, const QMessageLogContext&, const QString& message)
{
    if (type == QtDebugMsg || type == QtInfoMsg) {
        return;
    }
    // The platform without a display says that it cannot do what a display does; that is no defect of ours.
    // A runtime folder is missing in containers, and an X server without a window manager never confirms activation.
    static const QStringList harmless{QStringLiteral("This plugin does not support"), QStringLiteral("XDG_RUNTIME_DIR"),
                                      QStringLiteral("propagateSizeHints")};
    const QMutexLocker lock(&g_mutex);
    for (const QString& part : harmless + g_expected) {
        if (message.contains(part)) {
            return;
        }
    }
    g_warnings << message;
    if (type == QtFatalMsg) {
        std::cerr << message.toStdString() << std::endl;
        std::abort();
    }
}

using nordlys::studio::test::WatchedApplication;

class WarningListener : public testing::EmptyTestEventListener
{
    void OnTestStart(const testing::TestInfo&) override
    {
        static_cast<WatchedApplication*>(qApp)->takeBlocks();
        const QMutexLocker lock(&g_mutex);
        g_warnings.clear();
        g_expected.clear();
    }
    void OnTestEnd(const testing::TestInfo&) override
    {
        QStringList warnings;
        {
            const QMutexLocker lock(&g_mutex);
            warnings.swap(g_warnings);
        }
        for (const QString& warning : warnings) {
            ADD_FAILURE() << "Qt warned: " << warning.toStdString();
        }
        for (const WatchedApplication::Block& block : static_cast<WatchedApplication*>(qApp)->takeBlocks()) {
            const std::string text = "the GUI thread was blocked: " + block.name.toStdString() + ": " + block.spent.toStdString();
            if (block.fails) {
                ADD_FAILURE() << text;
            } else {
                std::cout << text << std::endl;
            }
        }
    }
};

} // namespace

void nordlys::studio::test::expectQtWarning(const QString& part)
{
    const QMutexLocker lock(&g_mutex);
    g_expected << part;
}

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    testing::InitGoogleTest(&argc, argv);
    QStandardPaths::setTestModeEnabled(true);
    qInstallMessageHandler(collect);
    WatchedApplication application(argc, argv);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    nordlys::studio::ThemeController::instance().install(nordlys::studio::ThemeMode::Dark);
    if (qEnvironmentVariableIsSet("NORDLYS_CRASH_CHILD")) {
        return nordlys::studio::test::runCrashChild();
    }
    testing::UnitTest::GetInstance()->listeners().Append(new WarningListener);
    return RUN_ALL_TESTS();
}
