// SPDX-License-Identifier: GPL-3.0-or-later
#include "startup.h"

#include "main_window.h"
#include "screenshot.h"

#include <studio/look/resources.h>
#include <studio/look/theme.h>

#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QLocale>
#include <QSettings>

#include <cstdio>
#include <cstring>

#ifndef NORDLYS_VERSION
#define NORDLYS_VERSION "0.1.0"
#endif

namespace nordlys::studio {
namespace {

int usage(const QString &text)
{
    std::fprintf(stderr, "nordlys-studio: error: %s\n", qPrintable(text));
    return 2;
}

QSize sizeOf(const QString &text)
{
    const QStringList parts = text.split(QLatin1Char('x'));
    bool wideOk = false, highOk = false;
    const int wide = parts.value(0).toInt(&wideOk), high = parts.value(1).toInt(&highOk);
    constexpr int kMost = 16384;
    return parts.size() == 2 && wideOk && highOk && wide > 0 && high > 0 && wide <= kMost && high <= kMost ? QSize(wide, high)
                                                                                                           : QSize();
}

bool wantsPicture(int argc, char **argv)
{
    for (int i = 1; i < argc; ++i) {
        if (std::strncmp(argv[i], "--screenshot", 12) == 0 || std::strcmp(argv[i], "--help") == 0 ||
            std::strcmp(argv[i], "--version") == 0)
            return true;
    }
    return false;
}

} // namespace

int runStudio(int argc, char **argv)
{
    // Pictures need no display; without one the platform plugin would end the program.
    const bool hasDisplay = !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
    if (wantsPicture(argc, argv) && !hasDisplay && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");

    QCoreApplication::setOrganizationName(QStringLiteral("Nordlys"));
    QCoreApplication::setApplicationName(QStringLiteral("nordlys-studio"));
    QCoreApplication::setApplicationVersion(QStringLiteral(NORDLYS_VERSION));
    QApplication application(argc, argv);
    QApplication::setApplicationDisplayName(QStringLiteral("Nordlys Studio"));
    initStudioResources();

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Studio for neural networks on phones and boards"));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("FILE"), QStringLiteral("Model, project or recording"));
    const QCommandLineOption view(QStringLiteral("view"), QStringLiteral("graph, encodings, layers, timeline or start"),
                                  QStringLiteral("NAME"));
    const QCommandLineOption picture(QStringLiteral("screenshot"), QStringLiteral("Save a picture of the window and end"),
                                     QStringLiteral("OUT.png"));
    const QCommandLineOption size(QStringLiteral("size"), QStringLiteral("Size of the window"), QStringLiteral("WxH"));
    const QCommandLineOption mode(QStringLiteral("theme"), QStringLiteral("dark, light or system"), QStringLiteral("NAME"));
    const QCommandLineOption language(QStringLiteral("language"), QStringLiteral("en or nb"), QStringLiteral("LOCALE"));
    const QCommandLineOption calibrate(QStringLiteral("calibrate"), QStringLiteral("Calibrate with these inputs first"),
                                       QStringLiteral("SPEC"));
    const QCommandLineOption evaluate(QStringLiteral("evaluate"), QStringLiteral("Evaluate with these inputs first"),
                                      QStringLiteral("SPEC"));
    const QCommandLineOption labels(QStringLiteral("labels"), QStringLiteral("Labels for the evaluation"), QStringLiteral("CSV"));
    const QCommandLineOption run(QStringLiteral("run"), QStringLiteral("Run this many inferences first"), QStringLiteral("N"));
    const QCommandLineOption select(QStringLiteral("select"), QStringLiteral("Select an operator or tensor"),
                                    QStringLiteral("NAME"));
    parser.addOptions({view, picture, size, mode, language, calibrate, evaluate, labels, run, select});
    if (!parser.parse(QApplication::arguments()))
        return usage(parser.errorText());
    if (parser.isSet(QStringLiteral("help")))
        parser.showHelp(0);
    if (parser.isSet(QStringLiteral("version")))
        parser.showVersion();
    if (parser.positionalArguments().size() > 1)
        return usage(QStringLiteral("more than one file was named"));
    const QString viewName = parser.value(view);
    if (!viewName.isEmpty() && !MainWindow::viewIds().contains(viewName))
        return usage(
            QStringLiteral("--view %1: there is no such view. Use graph, encodings, layers, timeline or start.").arg(viewName));
    const QSize wanted = sizeOf(parser.value(size));
    if (parser.isSet(size) && !wanted.isValid())
        return usage(QStringLiteral("--size %1: is not WIDTHxHEIGHT. Write for example 1440x900.").arg(parser.value(size)));
    const QSettings settings;
    QString modeName = parser.value(mode);
    if (modeName.isEmpty())
        modeName = parser.isSet(picture) ? QStringLiteral("dark")
                                         : settings.value(QStringLiteral("theme"), QStringLiteral("system")).toString();
    if (modeName != QLatin1String("dark") && modeName != QLatin1String("light") && modeName != QLatin1String("system"))
        return usage(QStringLiteral("--theme %1: there is no such theme. Use dark, light or system.").arg(modeName));
    bool runOk = true;
    const int iterations = parser.isSet(run) ? parser.value(run).toInt(&runOk) : 0;
    if (!runOk || iterations < 0)
        return usage(QStringLiteral("--run %1: is not a number of inferences").arg(parser.value(run)));

    installTranslation(parser.isSet(language) ? QLocale(parser.value(language)) : QLocale());
    ThemeController::instance().install(modeName == QLatin1String("dark")    ? ThemeMode::Dark
                                        : modeName == QLatin1String("light") ? ThemeMode::Light
                                                                             : ThemeMode::System);
    MainWindow window(!parser.isSet(picture));
    if (wanted.isValid()) {
        window.setMinimumSize(QSize(320, 240).boundedTo(wanted));
        window.resize(wanted);
    }
    const QString file = parser.positionalArguments().value(0);
    if (parser.isSet(picture)) {
        if (!wanted.isValid())
            window.resize(1440, 900);
        window.show();
        const QString shown =
            viewName.isEmpty() ? (file.isEmpty() ? QStringLiteral("start") : QStringLiteral("graph")) : viewName;
        new Screenshot(window, {file, shown, parser.value(picture), parser.value(calibrate), parser.value(evaluate),
                                parser.value(labels), parser.value(select), iterations});
        return QApplication::exec();
    }
    window.show();
    if (!file.isEmpty())
        window.openPath(file);
    if (!viewName.isEmpty())
        window.showView(viewName);
    return QApplication::exec();
}

} // namespace nordlys::studio
