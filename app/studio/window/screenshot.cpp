// SPDX-License-Identifier: GPL-3.0-or-later
#include "screenshot.h"

#include "main_window.h"
#include "palette/command_palette.h"

#include <studio/look/resources.h>
#include <studio/look/theme.h>
#include <studio/workspace/graph_choice.h>
#include <studio/workspace/text.h>

#include <QAction>
#include <QCoreApplication>
#include <QDir>
#include <QPixmap>

#include <cstdio>

namespace nordlys::studio {
namespace {

constexpr int kPollMs = 20;
constexpr int kSettleMs = 250; // layouts, queued repaints of plots

ThemeMode modeOf(const QString &name)
{
    if (name == QLatin1String("dark"))
        return ThemeMode::Dark;
    return name == QLatin1String("light") ? ThemeMode::Light : ThemeMode::System;
}

} // namespace

Screenshot::Screenshot(ScreenshotRequest request) : m_request(std::move(request))
{
    m_poll.setInterval(kPollMs);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        if (!m_window->isBusy())
            prepare();
    });
    startLanguage();
}

Screenshot::~Screenshot() = default;

QString Screenshot::pathOf(const QString &view, const QString &theme, const QSize &size) const
{
    if (!m_request.picture.isEmpty())
        return m_request.picture;
    QString name = QStringList{view, theme, m_language}.join(QLatin1Char('-'));
    if (m_request.sizes.size() > 1)
        name += QStringLiteral("-%1x%2").arg(size.width()).arg(size.height());
    return m_request.folder + QLatin1Char('/') + name + QStringLiteral(".png");
}

void Screenshot::startLanguage()
{
    if (m_request.languages.isEmpty())
        return QCoreApplication::exit(0);
    if (!m_request.folder.isEmpty() && !QDir().mkpath(m_request.folder))
        return fail(tr("%1: cannot be made. Choose a folder that can be written to.").arg(m_request.folder), 6);
    m_language = m_request.languages.takeFirst();
    m_window.reset();
    installTranslation(m_language.isEmpty() ? QLocale() : QLocale(m_language));
    m_window = std::make_unique<MainWindow>(false);
    connect(&m_window->workspace(), &Workspace::failed, this,
            [this](const core::Error &error) { fail(toQString(error.text()), core::exitCodeOf(error.code)); });
    m_window->setMinimumSize(QSize(320, 240));
    m_window->resize(m_request.sizes.front());
    m_window->show();
    for (const QSize &size : m_request.sizes)
        for (const QString &theme : m_request.themes)
            for (const QString &view : m_request.views)
                m_shots.append({size, theme, view, pathOf(view, theme, size)});
    m_step = 0;
    m_poll.start();
}

void Screenshot::fail(const QString &what, int code)
{
    m_poll.stop();
    m_shots.clear();
    if (!m_failed)
        std::fprintf(stderr, "nordlys-studio: error: %s\n", qPrintable(what));
    m_failed = true;
    // Before the event loop runs, exit() would be lost.
    QTimer::singleShot(0, this, [code] { QCoreApplication::exit(code); });
}

void Screenshot::prepare()
{
    switch (m_step++) {
    case 0:
        if (!m_request.file.isEmpty())
            m_window->keeper().open(m_request.file);
        return;
    case 1:
        if (!m_window->workspace().document() &&
            (!m_request.calibrate.isEmpty() || !m_request.evaluate.isEmpty() || !m_request.build.isEmpty() || m_request.run > 0))
            return fail(tr("%1: there is no model to calibrate, evaluate, build or run").arg(m_request.file), 3);
        if (!m_request.calibrate.isEmpty()) {
            CalibrationRequest request;
            request.inputs.spec = m_request.calibrate;
            m_window->quantizer().calibrate(request);
        }
        return;
    case 2:
        if (!m_request.evaluate.isEmpty())
            m_window->quantizer().evaluate({{m_request.evaluate, {}, 0}, m_request.labels});
        return;
    case 3:
        if (!m_request.build.isEmpty())
            m_window->runner().build(m_request.build);
        return;
    case 4:
        if (m_request.run > 0) {
            RunSettings settings;
            settings.iterations = static_cast<std::uint64_t>(m_request.run);
            m_window->runner().run(settings);
        }
        return;
    case 5: {
        m_poll.stop();
        if (const auto document = m_window->workspace().document(); document && !m_request.select.isEmpty()) {
            const std::string name = m_request.select.toStdString();
            if (const core::NodeId node = document->findNode(name); node.isValid())
                m_window->workspace().selectNode(node);
            else if (const core::TensorId tensor = document->findTensor(name); tensor.isValid())
                m_window->workspace().selectTensor(tensor);
            else if (const auto nodes = nodesMatching(m_window->workspace(), FilterQuery(m_request.select)); !nodes.empty())
                m_window->workspace().selectNodes(nodes);
            else
                return fail(tr("%1: the model has no such operator or tensor").arg(m_request.select), 2);
        }
        nextShot();
        return;
    }
    default: return;
    }
}

void Screenshot::nextShot()
{
    if (m_failed)
        return;
    if (m_shots.isEmpty())
        return startLanguage();
    const Shot shot = m_shots.takeFirst();
    ThemeController::instance().setMode(modeOf(shot.theme));
    m_window->resize(shot.size);
    m_window->showView(shot.view);
    if (!m_request.palette.isNull()) {
        m_window->actions().action(QStringLiteral("view.palette"))->trigger();
        m_window->findChild<CommandPalette *>()->open(m_request.palette);
    }
    QTimer::singleShot(kSettleMs, this, [this, shot] {
        if (!m_failed)
            take(shot);
    });
}

void Screenshot::take(const Shot &shot)
{
    if (!m_window->grab().save(shot.path, "PNG"))
        return fail(tr("%1: cannot be written. Choose a folder that can be written to.").arg(shot.path), 6);
    nextShot();
}

} // namespace nordlys::studio
