// SPDX-License-Identifier: GPL-3.0-or-later
#include "main_window.h"

#include "calibrate_dialog.h"
#include "error_bar.h"
#include "export_report_dialog.h"
#include "menus.h"
#include "palette/command_palette.h"
#include "shortcut_sheet.h"
#include "top_bar.h"
#include "window_layout.h"

#include <studio/look/icons.h>
#include <studio/look/theme.h>
#include <studio/views/encodings/encodings_view.h>
#include <studio/views/graph/graph_view.h>
#include <studio/views/timeline/timeline_view.h>
#include <studio/views/start/start_view.h>
#include <studio/workspace/encodings_export.h>
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

/// "file.open" is in the menu "file"; those of a submenu are named here.
QString menuOf(const QString &id)
{
    if (id.startsWith(QLatin1String("run.n")) || id == QLatin1String("run.minute"))
        return QStringLiteral("run/length");
    if (id == QLatin1String("view.dark") || id == QLatin1String("view.light") || id == QLatin1String("view.system"))
        return QStringLiteral("view/theme");
    return id.section(QLatin1Char('.'), 0, 0);
}

struct Adder {
    ActionRegistry &actions;
    void operator()(const char *name, int group, const QString &text, const QKeySequence &keys, std::optional<Icon> picture,
                    std::function<void()> run) const
    {
        const QString id = QString::fromLatin1(name);
        actions.add({.id = id, .text = text, .shortcut = keys, .icon = picture, .menu = menuOf(id), .group = group},
                    std::move(run));
    }
};

} // namespace

void MainWindow::addActions()
{
    const Adder add{*m_actions};
    add("file.open", 0, tr("&Open…"), QKeySequence::Open, Icon::FolderOpen, [this] { askOpen(ProjectKeeper::openFilter()); });
    add("file.openRecording", 0, tr("Open &recording…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), Icon::Timeline,
        [this] { askOpen(tr("Recordings (*.nrs)")); });
    add("file.openSample", 0, tr("Open the &sample"), {}, Icon::Graph, [this] { openPath(sampleModelPath()); });
    add("file.save", 1, tr("&Save"), QKeySequence::Save, Icon::Save, [this] { saveProject(false); });
    add("file.saveAs", 1, tr("Save &as…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S), {}, [this] { saveProject(true); });
    add("file.exportReport", 1, tr("&Export report…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), Icon::Export, [this] {
        ExportReportDialog(*m_workspace, this).exec();
    });
    add("file.close", 2, tr("&Close"), QKeySequence::Close, {}, [this] {
        whenSaved([this] {
            m_workspace->closeDocument();
            showView(QStringLiteral("start"));
        });
    });
    add("file.quit", 2, tr("&Quit"), QKeySequence::Quit, {}, [this] { close(); });

    add("edit.undo", 0, tr("&Undo"), QKeySequence::Undo, Icon::Undo, [this] { m_workspace->history().stack().undo(); });
    add("edit.redo", 0, tr("&Redo"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), Icon::Redo,
        [this] { m_workspace->history().stack().redo(); });
    m_actions->action(QStringLiteral("edit.redo"))
        ->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    add("edit.find", 1, tr("&Find"), QKeySequence::Find, Icon::Search, [this] {
        if (m_view == QLatin1String("graph") && m_workspace->document())
            m_graph->focusSearch();
        else if (!callView("focusSearch"))
            m_viewBar->focusFilter();
    });
    add("edit.filter", 1, tr("Filter all &views"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), Icon::Filter,
        [this] { m_viewBar->focusFilter(); });

    add("quantize.calibrate", 0, tr("&Calibrate…"), QKeySequence(Qt::CTRL | Qt::Key_K), Icon::Calibrate, [this] { calibrate(); });
    add("quantize.evaluate", 0, tr("&Evaluate…"), QKeySequence(Qt::CTRL | Qt::Key_E), Icon::Evaluate, [this] { evaluate(); });
    add("quantize.import", 1, tr("&Import…"), {}, Icon::Import, [this] {
        const QString path =
            QFileDialog::getOpenFileName(this, tr("Import encodings"), {}, tr("Encodings (*.encodings *.json *.onnx);;All files (*)"));
        if (!path.isEmpty())
            m_quantizer->importEncodings(path);
    });
    add("quantize.export", 1, tr("E&xport…"), {}, Icon::Export, [this] {
        QString filter;
        const QString path = QFileDialog::getSaveFileName(this, tr("Export encodings"), {}, encodingNameFilters().join(QStringLiteral(";;")), &filter);
        if (!path.isEmpty())
            m_quantizer->exportEncodings(path, dialectOfNameFilter(filter));
    });
    add("quantize.revert", 0, tr("&Revert to calibrated"), {}, Icon::Undo, [this] { m_encodings->revertSelected(); });

    add("build.build", 0, tr("&Build"), QKeySequence(Qt::CTRL | Qt::Key_B), Icon::Build, [this] { build(); });
    add("run.run", 0, tr("&Run"), QKeySequence(Qt::CTRL | Qt::Key_R), Icon::Run, [this] { m_runner->run(m_runner->settings); });
    add("run.stop", 0, tr("&Stop"), QKeySequence(Qt::SHIFT | Qt::Key_F5), Icon::Stop, [this] { m_runner->stop(); });
    add("run.n200", 0, tr("200 inferences"), {}, {}, [this] { m_runner->setLength(200, 0); });
    add("run.n1000", 0, tr("1000 inferences"), {}, {}, [this] { m_runner->setLength(1000, 0); });
    add("run.n10000", 0, tr("10 000 inferences"), {}, {}, [this] { m_runner->setLength(10000, 0); });
    add("run.minute", 0, tr("One minute"), {}, {}, [this] { m_runner->setLength(0, 60); });
}

void MainWindow::addViewActions()
{
    const Adder add{*m_actions};
    add("view.back", 0, tr("Back"), QKeySequence::Back, Icon::Back, [this] {
        m_navigating = true;
        m_forward << m_view;
        showView(m_back.takeLast());
        m_navigating = false;
        updateActions();
    });
    add("view.forward", 0, tr("Forward"), QKeySequence::Forward, Icon::Forward, [this] {
        m_navigating = true;
        m_back << m_view;
        showView(m_forward.takeLast());
        m_navigating = false;
        updateActions();
    });
    for (const ViewSpec &spec : m_views)
        m_actions->add({.id = QStringLiteral("view.") + spec.id,
                        .text = spec.title,
                        .shortcut = spec.shortcut,
                        .icon = spec.icon,
                        .menu = QStringLiteral("view"),
                        .group = 0,
                        .isView = true},
                       [this, id = spec.id] { showView(id); });
    add("view.start", 0, tr("&Start page"), {}, Icon::Recent, [this] { showView(QStringLiteral("start")); });
    add("view.palette", 0, tr("Command &palette…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P), Icon::Command,
        [this] { showPalette(); });
    add("view.zoomIn", 1, tr("Zoom &in"), QKeySequence::ZoomIn, Icon::ZoomIn, [this] {
        if (!callView("zoomIn"))
            m_graph->canvas().zoomIn();
    });
    add("view.zoomOut", 1, tr("Zoom &out"), QKeySequence::ZoomOut, Icon::ZoomOut, [this] {
        if (!callView("zoomOut"))
            m_graph->canvas().zoomOut();
    });
    add("view.fit", 1, tr("&Fit"), QKeySequence(Qt::CTRL | Qt::Key_0), Icon::Fit, [this] {
        if (m_view == QLatin1String("timeline"))
            m_timeline->plot().fit();
        else if (!callView("fit"))
            m_graph->canvas().fit();
    });
    add("view.dark", 0, tr("&Dark"), {}, {}, [] { chooseTheme(ThemeMode::Dark, "dark"); });
    add("view.light", 0, tr("&Light"), {}, {}, [] { chooseTheme(ThemeMode::Light, "light"); });
    add("view.system", 0, tr("As the &desktop"), {}, {}, [] { chooseTheme(ThemeMode::System, "system"); });
    const auto dock = [this](const char *name, const QString &text, const QString &tip, QDockWidget *MainWindow::*which) {
        const QString id = QString::fromLatin1(name);
        m_actions->add({.id = id, .text = text, .checkable = true, .menu = QStringLiteral("view"), .group = 3, .tip = tip},
                       [this, id, which] { (this->*which)->setVisible(m_actions->action(id)->isChecked()); });
    };
    dock("view.dockModel", tr("&Model tree"), tr("Show the tree of operators at the left"), &MainWindow::m_leftDock);
    dock("view.dockInspector", tr("&Inspector"), tr("Show the details of what is selected at the right"),
         &MainWindow::m_rightDock);
    dock("view.dockLayers", tr("Layers &below"), tr("Show the table of layers below"), &MainWindow::m_bottomDock);
    add("view.resetLayout", 3, tr("&Reset layout"), {}, {}, [this] { m_layout->reset(); });
}

void MainWindow::addHelpActions()
{
    const Adder add{*m_actions};
    add("help.shortcuts", 0, tr("&Shortcuts"), QKeySequence(Qt::Key_F1), Icon::Info, [this] { showShortcuts(); });
    m_actions->action(QStringLiteral("help.shortcuts"))
        ->setShortcuts({QKeySequence(Qt::Key_F1), QKeySequence(Qt::CTRL | Qt::Key_Slash),
                        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Question), QKeySequence(Qt::CTRL | Qt::Key_Question)});
    add("help.about", 1, tr("&About Nordlys Studio"), {}, {}, [this] { showAbout(); });
}

void MainWindow::fillRecent()
{
    QMenu *menu = m_menus->menu(QStringLiteral("file/recent"));
    menu->clear();
    for (const RecentFile &file : RecentFiles::read()) {
        const QFileInfo info(file.path);
        QString name = info.fileName();
        name.replace(QLatin1Char('&'), QLatin1String("&&"));
        QAction *entry = menu->addAction(info.exists() ? name : tr("%1 (not found)").arg(name));
        entry->setToolTip(file.path);
        connect(entry, &QAction::triggered, this, [this, path = file.path] { openPath(path); });
    }
    if (menu->isEmpty())
        menu->addAction(tr("Nothing opened yet"))->setEnabled(false);
    else
        menu->addSeparator();
    if (menu->actions().size() > 1)
        connect(menu->addAction(tr("Clear the list")), &QAction::triggered, this, [this] {
            RecentFiles::clear();
            m_start->refresh();
        });
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
    m_actions->setReason(QStringLiteral("file.exportReport"), open || recorded ? QString() : tr("Open a model or a recording first."));
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
    updateImproveActions();
    m_actions->setReason(QStringLiteral("build.build"), either(noModel, busy(m_runner->buildJob(), tr("A build is running."))));
    m_actions->setReason(QStringLiteral("run.run"), either(noModel, busy(m_runner->runJob(), tr("A run is under way."))));
    m_actions->setReason(QStringLiteral("run.stop"), m_runner->isRunning() ? QString() : tr("Nothing runs."));
    m_actions->setReason(QStringLiteral("view.back"), m_back.isEmpty() ? tr("No earlier view.") : QString());
    m_actions->setReason(QStringLiteral("view.forward"), m_forward.isEmpty() ? tr("No later view.") : QString());
    for (const ViewSpec &spec : m_views) {
        const bool enough = spec.needs == ViewNeeds::Nothing || open || (spec.needs == ViewNeeds::ModelOrRun && recorded);
        const QString why = enough                           ? QString()
                            : spec.needs == ViewNeeds::Model ? tr("Open a model first.")
                                                             : tr("Open a model or a recording first.");
        m_actions->setReason(QStringLiteral("view.") + spec.id, why);
    }
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
    ShortcutSheet sheet(*m_actions, this);
    sheet.exec();
}

void MainWindow::showPalette()
{
    if (!m_palette)
        m_palette = new CommandPalette(
            *m_workspace, *m_actions, [this](const QString &path) { openPath(path); }, this);
    m_palette->open();
}

} // namespace nordlys::studio
