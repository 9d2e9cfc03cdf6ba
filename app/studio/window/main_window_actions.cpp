// SPDX-License-Identifier: GPL-3.0-or-later
#include "main_window.h"

#include "calibrate_dialog.h"
#include "error_bar.h"
#include "top_bar.h"

#include <studio/look/icons.h>
#include <studio/look/theme.h>
#include <studio/workspace/recent_files.h>
#include <studio/workspace/sample_files.h>

#include <QApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QSettings>

namespace nordlys::studio {
namespace {

void chooseTheme(ThemeMode mode, const char *name)
{
    ThemeController::instance().setMode(mode);
    QSettings().setValue(QStringLiteral("theme"), QString::fromLatin1(name));
}

} // namespace

void MainWindow::addActions()
{
    ActionRegistry &actions = *m_actions;
    const auto add = [&](const char *id, const QString &text, const QKeySequence &keys, std::optional<Icon> picture,
                         std::function<void()> run) {
        addAction(actions.add({QString::fromLatin1(id), text, keys, picture, false}, std::move(run)));
    };
    add("file.open", tr("&Open…"), QKeySequence::Open, Icon::FolderOpen, [this] { askOpen(ProjectKeeper::openFilter()); });
    add("file.openRecording", tr("Open &recording…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), Icon::Timeline,
        [this] { askOpen(tr("Recordings (*.nrs)")); });
    add("file.openSample", tr("Open the &sample"), {}, Icon::Graph, [this] { openPath(sampleModelPath()); });
    add("file.save", tr("&Save"), QKeySequence::Save, Icon::Save, [this] { saveProject(false); });
    add("file.saveAs", tr("Save &as…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S), {}, [this] { saveProject(true); });
    add("file.close", tr("&Close"), QKeySequence::Close, {}, [this] {
        whenSaved([this] {
            m_workspace->closeDocument();
            showView(QStringLiteral("start"));
        });
    });
    add("file.quit", tr("&Quit"), QKeySequence::Quit, {}, [this] { close(); });

    add("edit.undo", tr("&Undo"), QKeySequence::Undo, Icon::Undo, [this] { m_workspace->history().stack().undo(); });
    add("edit.redo", tr("&Redo"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), Icon::Redo,
        [this] { m_workspace->history().stack().redo(); });
    actions.action(QStringLiteral("edit.redo"))
        ->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    add("edit.find", tr("&Find"), QKeySequence::Find, Icon::Search, [this] {
        if (m_view == QLatin1String("graph") && m_workspace->document())
            m_graph->focusSearch();
        else
            m_viewBar->focusFilter();
    });
    add("edit.filter", tr("Filter all &views"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), Icon::Filter,
        [this] { m_viewBar->focusFilter(); });

    add("quantize.calibrate", tr("&Calibrate…"), QKeySequence(Qt::CTRL | Qt::Key_K), Icon::Calibrate, [this] { calibrate(); });
    add("quantize.evaluate", tr("&Evaluate…"), QKeySequence(Qt::CTRL | Qt::Key_E), Icon::Evaluate, [this] { evaluate(); });
    add("quantize.import", tr("&Import…"), {}, Icon::Import, [this] {
        const QString path =
            QFileDialog::getOpenFileName(this, tr("Import encodings"), {}, tr("Encodings (*.encodings *.json);;All files (*)"));
        if (!path.isEmpty())
            m_quantizer->importEncodings(path);
    });
    add("quantize.export", tr("E&xport…"), {}, Icon::Export, [this] {
        const QString path = QFileDialog::getSaveFileName(this, tr("Export encodings"), {}, tr("Encodings (*.encodings *.json)"));
        if (!path.isEmpty())
            m_quantizer->exportEncodings(path);
    });
    add("quantize.revert", tr("&Revert to calibrated"), {}, Icon::Undo, [this] { m_encodings->revertSelected(); });

    add("build.build", tr("&Build…"), QKeySequence(Qt::CTRL | Qt::Key_B), Icon::Build, [this] { build(); });
    add("run.run", tr("&Run"), QKeySequence(Qt::CTRL | Qt::Key_R), Icon::Run, [this] { m_runner->run(m_runner->settings); });
    add("run.stop", tr("&Stop"), QKeySequence(Qt::SHIFT | Qt::Key_F5), Icon::Stop, [this] { m_runner->stop(); });
    add("run.n200", tr("200 inferences"), {}, {}, [this] { m_runner->settings.iterations = 200; });
    add("run.n1000", tr("1000 inferences"), {}, {}, [this] { m_runner->settings.iterations = 1000; });
    add("run.n10000", tr("10 000 inferences"), {}, {}, [this] { m_runner->settings.iterations = 10000; });
    add("run.minute", tr("One minute"), {}, {}, [this] {
        m_runner->settings.iterations = 0;
        m_runner->settings.durationSeconds = 60;
    });
}

void MainWindow::addViewActions()
{
    ActionRegistry &actions = *m_actions;
    const auto add = [&](const char *id, const QString &text, const QKeySequence &keys, std::optional<Icon> picture,
                         std::function<void()> run) {
        addAction(actions.add({QString::fromLatin1(id), text, keys, picture, false}, std::move(run)));
    };
    add("view.back", tr("Back"), QKeySequence::Back, Icon::Back, [this] {
        m_navigating = true;
        m_forward << m_view;
        showView(m_back.takeLast());
        m_navigating = false;
        updateActions();
    });
    add("view.forward", tr("Forward"), QKeySequence::Forward, Icon::Forward, [this] {
        m_navigating = true;
        m_back << m_view;
        showView(m_forward.takeLast());
        m_navigating = false;
        updateActions();
    });
    add("view.graph", tr("&Graph"), QKeySequence(Qt::CTRL | Qt::Key_1), Icon::Graph,
        [this] { showView(QStringLiteral("graph")); });
    add("view.encodings", tr("&Encodings"), QKeySequence(Qt::CTRL | Qt::Key_2), Icon::Encodings,
        [this] { showView(QStringLiteral("encodings")); });
    add("view.timeline", tr("&Timeline"), QKeySequence(Qt::CTRL | Qt::Key_3), Icon::Timeline,
        [this] { showView(QStringLiteral("timeline")); });
    add("view.layers", tr("&Layers"), QKeySequence(Qt::CTRL | Qt::Key_4), Icon::Layers,
        [this] { showView(QStringLiteral("layers")); });
    add("view.start", tr("&Start page"), {}, Icon::Recent, [this] { showView(QStringLiteral("start")); });
    add("view.zoomIn", tr("Zoom &in"), QKeySequence::ZoomIn, Icon::ZoomIn, [this] { m_graph->canvas().zoomIn(); });
    add("view.zoomOut", tr("Zoom &out"), QKeySequence::ZoomOut, Icon::ZoomOut, [this] { m_graph->canvas().zoomOut(); });
    add("view.fit", tr("&Fit"), QKeySequence(Qt::CTRL | Qt::Key_0), Icon::Fit, [this] {
        if (m_view == QLatin1String("timeline"))
            m_timeline->plot().fit();
        else
            m_graph->canvas().fit();
    });
    add("view.dark", tr("&Dark"), {}, {}, [] { chooseTheme(ThemeMode::Dark, "dark"); });
    add("view.light", tr("&Light"), {}, {}, [] { chooseTheme(ThemeMode::Light, "light"); });
    add("view.system", tr("As the &desktop"), {}, {}, [] { chooseTheme(ThemeMode::System, "system"); });
    add("view.resetLayout", tr("&Reset layout"), {}, {}, [this] {
        for (QDockWidget *dock : {m_leftDock, m_rightDock, m_bottomDock})
            dock->setFloating(false);
        addDockWidget(Qt::LeftDockWidgetArea, m_leftDock);
        addDockWidget(Qt::RightDockWidgetArea, m_rightDock);
        addDockWidget(Qt::BottomDockWidgetArea, m_bottomDock);
        updateDocks();
        applyScreenClass();
    });
    add("help.shortcuts", tr("&Shortcuts"), QKeySequence(Qt::CTRL | Qt::Key_Slash), {}, [this] { showShortcuts(); });
    add("help.about", tr("&About Nordlys Studio"), {}, {}, [this] { showAbout(); });
}

void MainWindow::buildMenus()
{
    const auto menu = [this](const QString &title, std::initializer_list<const char *> ids) {
        auto *made = new QMenu(title, this);
        for (const char *id : ids) {
            if (*id == '-')
                made->addSeparator();
            else
                made->addAction(m_actions->action(QString::fromLatin1(id)));
        }
        m_menuActions << made->menuAction();
        return made;
    };
    QMenu *file = menu(tr("&File"), {"file.open", "file.openRecording", "file.openSample", "-", "file.save", "file.saveAs", "-",
                                     "file.close", "file.quit"});
    m_recentMenu = new QMenu(tr("Open re&cent"), this);
    connect(m_recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecent);
    file->insertMenu(m_actions->action(QStringLiteral("file.openSample")), m_recentMenu);
    menu(tr("&Edit"), {"edit.undo", "edit.redo", "-", "edit.find", "edit.filter"});
    menu(tr("&Quantize"),
         {"quantize.calibrate", "quantize.evaluate", "quantize.revert", "-", "quantize.import", "quantize.export"});
    menu(tr("&Build"), {"build.build"});
    QMenu *run = menu(tr("&Run"), {"run.run", "run.stop", "-"});
    auto *length = new QMenu(tr("&Length of a run"), this);
    for (const char *id : {"run.n200", "run.n1000", "run.n10000", "run.minute"})
        length->addAction(m_actions->action(QString::fromLatin1(id)));
    run->addMenu(length);
    QMenu *view = menu(tr("&View"), {"view.graph", "view.encodings", "view.timeline", "view.layers", "view.start", "-",
                                     "view.zoomIn", "view.zoomOut", "view.fit", "-"});
    auto *themes = new QMenu(tr("&Theme"), this);
    for (const char *id : {"view.dark", "view.light", "view.system"})
        themes->addAction(m_actions->action(QString::fromLatin1(id)));
    view->addMenu(themes);
    view->addAction(m_actions->action(QStringLiteral("view.resetLayout")));
    menu(tr("&Help"), {"help.shortcuts", "help.about"});
}

void MainWindow::fillRecent()
{
    m_recentMenu->clear();
    for (const RecentFile &file : RecentFiles::read()) {
        QAction *entry = m_recentMenu->addAction(QFileInfo(file.path).fileName());
        entry->setToolTip(file.path);
        connect(entry, &QAction::triggered, this, [this, path = file.path] { openPath(path); });
    }
    if (m_recentMenu->isEmpty())
        m_recentMenu->addAction(tr("Nothing opened yet"))->setEnabled(false);
}

void MainWindow::updateActions()
{
    if (m_closing || !m_viewBar)
        return;
    const bool open = m_workspace->document() != nullptr;
    const bool encoded = !m_workspace->encodings().empty();
    const bool recorded = m_workspace->run() != nullptr;
    const QString noModel = open ? QString() : tr("Open a model first.");
    const auto busy = [](const JobBase &job, const QString &why) { return job.isRunning() ? why : QString(); };
    const auto either = [](const QString &first, const QString &second) { return first.isEmpty() ? second : first; };
    QUndoStack &stack = m_workspace->history().stack();
    m_actions->setReason(QStringLiteral("file.openSample"),
                         sampleModelPath().isEmpty() ? tr("The samples are not installed.") : QString());
    m_actions->setReason(QStringLiteral("file.save"), noModel);
    m_actions->setReason(QStringLiteral("file.saveAs"), noModel);
    m_actions->setReason(QStringLiteral("file.close"), open || recorded ? QString() : tr("Nothing is open."));
    m_actions->setReason(QStringLiteral("edit.undo"), stack.canUndo() ? QString() : tr("Nothing to undo."));
    m_actions->setReason(QStringLiteral("edit.redo"), stack.canRedo() ? QString() : tr("Nothing to redo."));
    m_actions->setReason(QStringLiteral("quantize.calibrate"),
                         either(noModel, busy(m_quantizer->calibrationJob(), tr("Calibration is running."))));
    m_actions->setReason(QStringLiteral("quantize.evaluate"),
                         either(either(noModel, encoded ? QString() : tr("There are no encodings yet. Calibrate first.")),
                                busy(m_quantizer->evaluationJob(), tr("Evaluation is running."))));
    m_actions->setReason(QStringLiteral("quantize.import"), noModel);
    m_actions->setReason(QStringLiteral("quantize.export"),
                         either(noModel, encoded ? QString() : tr("There are no encodings yet.")));
    m_actions->setReason(QStringLiteral("quantize.revert"),
                         m_workspace->calibration() ? QString() : tr("Nothing was calibrated here."));
    m_actions->setReason(QStringLiteral("build.build"), either(noModel, busy(m_runner->buildJob(), tr("A build is running."))));
    m_actions->setReason(QStringLiteral("run.run"), either(noModel, busy(m_runner->runJob(), tr("A run is under way."))));
    m_actions->setReason(QStringLiteral("run.stop"), m_runner->isRunning() ? QString() : tr("Nothing runs."));
    m_actions->setReason(QStringLiteral("view.back"), m_back.isEmpty() ? tr("No earlier view.") : QString());
    m_actions->setReason(QStringLiteral("view.forward"), m_forward.isEmpty() ? tr("No later view.") : QString());
    m_viewBar->setViewsEnabled(open || recorded);
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About Nordlys Studio"),
                       tr("Nordlys Studio %1\n\nA studio for neural networks on phones and boards.\nLicence: GPL-3.0-or-later; "
                          "its libraries: Apache-2.0.")
                           .arg(QCoreApplication::applicationVersion()));
}

void MainWindow::showShortcuts()
{
    QStringList lines;
    for (const QString &id : m_actions->ids()) {
        const QAction *action = m_actions->action(id);
        if (action->shortcut().isEmpty())
            continue;
        QString text = action->text();
        text.remove(QLatin1Char('&'));
        lines << QStringLiteral("%1\t%2").arg(action->shortcut().toString(QKeySequence::NativeText), text);
    }
    lines << QString() << tr("Graph: arrow keys select, + and − zoom, F fits, / searches, Enter centres.");
    QMessageBox box(QMessageBox::NoIcon, tr("Shortcuts"), lines.join(QLatin1Char('\n')), QMessageBox::Close, this);
    box.exec();
}

} // namespace nordlys::studio
