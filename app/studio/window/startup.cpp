// SPDX-License-Identifier: GPL-3.0-or-later
#include "startup.h"

#include "first_paint.h"
#include "headless_report.h"
#include "main_window.h"
#include "screenshot.h"
#include "view_table.h"

#include <studio/look/resources.h>
#include <studio/look/theme.h>

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QSettings>
#include <QTemporaryDir>

#include <cstdio>
#include <cstring>
#include <optional>

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

/// "graph, encodings, start"
QString viewNames() { return viewIds().join(QStringLiteral(", ")); }

/// Where the system sets no folder for the session, Qt says so on stderr; a folder of our own, gone at the end, keeps it quiet.
class RuntimeFolder {
public:
    RuntimeFolder()
    {
        if (!qEnvironmentVariableIsEmpty("XDG_RUNTIME_DIR"))
            return;
        m_folder.emplace(QDir::tempPath() + QStringLiteral("/nordlys-studio-XXXXXX"));
        if (m_folder->isValid())
            qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_folder->path()));
    }

private:
    std::optional<QTemporaryDir> m_folder; // its owner alone may enter it
};

bool needsNoDisplay(int argc, char **argv)
{
    for (int i = 1; i < argc; ++i) {
        if (std::strncmp(argv[i], "--screenshot", 12) == 0 || std::strncmp(argv[i], "--report", 8) == 0 ||
            std::strcmp(argv[i], "--help") == 0 || std::strcmp(argv[i], "--version") == 0)
            return true;
    }
    return false;
}

} // namespace

int runStudio(int argc, char **argv)
{
    // Pictures and reports need no display; without one the platform plugin would end the program.
    const bool hasDisplay = !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
    if (needsNoDisplay(argc, argv) && !hasDisplay && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");

    const RuntimeFolder runtimeFolder;
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
    const QCommandLineOption view(QStringLiteral("view"), viewNames(), QStringLiteral("NAME"));
    const QCommandLineOption picture(QStringLiteral("screenshot"), QStringLiteral("Save a picture of the window and end"),
                                     QStringLiteral("OUT.png"));
    const QCommandLineOption pictures(
        QStringLiteral("screenshots"),
        QStringLiteral("Save pictures of all views, dark and light, English and Norwegian, and end"), QStringLiteral("DIR"));
    const QCommandLineOption palette(QStringLiteral("palette"), QStringLiteral("Open the command palette with this text"),
                                     QStringLiteral("TEXT"));
    const QCommandLineOption size(QStringLiteral("size"),
                                  QStringLiteral("Size of the window; several, divided by commas, for --screenshots"),
                                  QStringLiteral("WxH"));
    const QCommandLineOption mode(QStringLiteral("theme"), QStringLiteral("dark, light or system"), QStringLiteral("NAME"));
    const QCommandLineOption language(QStringLiteral("language"), QStringLiteral("en or nb"), QStringLiteral("LOCALE"));
    const QCommandLineOption calibrate(QStringLiteral("calibrate"), QStringLiteral("Calibrate with these inputs first"),
                                       QStringLiteral("SPEC"));
    const QCommandLineOption evaluate(QStringLiteral("evaluate"), QStringLiteral("Evaluate with these inputs first"),
                                      QStringLiteral("SPEC"));
    const QCommandLineOption labels(QStringLiteral("labels"), QStringLiteral("Labels for the evaluation"), QStringLiteral("CSV"));
    const QCommandLineOption build(QStringLiteral("build"), QStringLiteral("Build into this folder first"), QStringLiteral("DIR"));
    const QCommandLineOption run(QStringLiteral("run"), QStringLiteral("Run this many inferences first"), QStringLiteral("N"));
    const QCommandLineOption select(QStringLiteral("select"), QStringLiteral("Select an operator or tensor"),
                                    QStringLiteral("NAME"));
    const QCommandLineOption quit(QStringLiteral("quit-after-paint"),
                                  QStringLiteral("End once the window, or the graph of FILE, is drawn: for measurements"));
    const QCommandLineOption report(QStringLiteral("report"), QStringLiteral("Write a report (.html, .pdf, .json or .csv) and end"),
                                    QStringLiteral("F"));
    parser.addOptions(
        {quit, report, view, picture, pictures, palette, size, mode, language, calibrate, evaluate, labels, build, run, select});
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
        return usage(QStringLiteral("--view %1: there is no such view. Use %2.").arg(viewName, viewNames()));
    QList<QSize> sizes;
    for (const QString &part : parser.value(size).split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        sizes << sizeOf(part);
        if (!sizes.back().isValid())
            return usage(QStringLiteral("--size %1: is not WIDTHxHEIGHT. Write for example 1440x900.").arg(part));
    }
    const QSize wanted = sizes.value(0);
    const bool draws = parser.isSet(picture) || parser.isSet(pictures);
    if (parser.isSet(picture) && parser.isSet(pictures))
        return usage(QStringLiteral("--screenshot and --screenshots: use one of them"));
    const QSettings settings;
    QString modeName = parser.value(mode);
    if (modeName.isEmpty())
        modeName = draws ? QStringLiteral("dark") : settings.value(QStringLiteral("theme"), QStringLiteral("system")).toString();
    if (modeName != QLatin1String("dark") && modeName != QLatin1String("light") && modeName != QLatin1String("system"))
        return usage(QStringLiteral("--theme %1: there is no such theme. Use dark, light or system.").arg(modeName));
    bool runOk = true;
    const int iterations = parser.isSet(run) ? parser.value(run).toInt(&runOk) : 0;
    if (!runOk || iterations < 0)
        return usage(QStringLiteral("--run %1: is not a number of inferences").arg(parser.value(run)));

    const ThemeMode theme = modeName == QLatin1String("dark")    ? ThemeMode::Dark
                            : modeName == QLatin1String("light") ? ThemeMode::Light
                                                                 : ThemeMode::System;
    ThemeController::instance().install(theme);
    const QString file = parser.positionalArguments().value(0);
    for (const QCommandLineOption *output : {&picture, &report}) {
        const QString path = parser.value(*output);
        if (!path.isEmpty() && QFileInfo::exists(file) && QFileInfo(path) == QFileInfo(file))
            return usage(QStringLiteral("%1: it is read as an input and would be overwritten. Choose another name.").arg(path));
    }
    if (draws) {
        ScreenshotRequest request;
        request.file = file;
        request.calibrate = parser.value(calibrate);
        request.evaluate = parser.value(evaluate);
        request.labels = parser.value(labels);
        request.select = parser.value(select);
        request.build = parser.value(build);
        request.run = iterations;
        if (parser.isSet(palette))
            request.palette = parser.value(palette) + QLatin1String(""); // empty, but not null
        request.picture = parser.value(picture);
        request.folder = parser.value(pictures);
        const bool one = parser.isSet(picture);
        const QStringList start{QStringLiteral("start")};
        request.views = !viewName.isEmpty() ? QStringList{viewName}
                        : one               ? (file.isEmpty() ? start : QStringList{QStringLiteral("graph")})
                        : file.isEmpty()    ? start
                                            : MainWindow::viewIds();
        request.themes =
            one || parser.isSet(mode) ? QStringList{modeName} : QStringList{QStringLiteral("dark"), QStringLiteral("light")};
        request.languages = one || parser.isSet(language) ? QStringList{parser.value(language)}
                                                          : QStringList{QStringLiteral("en"), QStringLiteral("nb")};
        request.sizes = sizes.isEmpty() ? QList<QSize>{QSize(1440, 900)} : one ? QList<QSize>{wanted} : sizes;
        const Screenshot screenshot(std::move(request));
        return QApplication::exec();
    }
    installTranslation(parser.isSet(language) ? QLocale(parser.value(language)) : QLocale());
    if (parser.isSet(report)) {
        if (file.isEmpty())
            return usage(QStringLiteral("--report needs a project, model or recording"));
        if (!isReportPath(parser.value(report)))
            return usage(QStringLiteral("--report %1: must end in .html, .pdf, .json or .csv").arg(parser.value(report)));
        MainWindow window(false);
        const HeadlessReport writing(window, file, parser.value(report));
        return QApplication::exec();
    }
    MainWindow window;
    std::optional<FirstPaint> firstPaint;
    if (parser.isSet(quit))
        firstPaint.emplace(window, !file.isEmpty());
    if (wanted.isValid())
        window.resize(wanted);
    window.show();
    if (!file.isEmpty())
        window.openPath(file);
    if (!viewName.isEmpty())
        window.showView(viewName);
    return QApplication::exec();
}

} // namespace nordlys::studio
