// SPDX-License-Identifier: GPL-3.0-or-later
// Opening, saving, dropping, closing, and what the project remembers of the window.
#include "calibrate_dialog.h"
#include "error_bar.h"
#include "main_window.h"
#include "offer_bar.h"

#include <studio/views/start/start_view.h>
#include <studio/workspace/file_watch.h>
#include <studio/workspace/recovery_keeper.h>
#include <studio/workspace/text.h>

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QStandardPaths>
#include <QTimer>

namespace nordlys::studio {
namespace {

QString firstFile(const QMimeData *data)
{
    if (!data->hasUrls())
        return {};
    for (const QUrl &url : data->urls()) {
        if (url.isLocalFile())
            return url.toLocalFile();
    }
    return {};
}

// A step's title as part of a menu text.
QString inMenu(QString title)
{
    constexpr int kMost = 48;
    title.replace(QLatin1Char('&'), QLatin1String("&&")).replace(QLatin1Char('\n'), QLatin1Char(' '));
    return title.size() <= kMost ? title : title.left(kMost - 1) + QChar(0x2026);
}

} // namespace

void MainWindow::connectKeepers()
{
    // The history says what would be taken back.
    QUndoStack &stack = m_workspace->history().stack();
    connect(&stack, &QUndoStack::undoTextChanged, this, [this](const QString &title) {
        m_actions->action(QStringLiteral("edit.undo"))->setText(title.isEmpty() ? tr("&Undo") : tr("&Undo: %1").arg(inMenu(title)));
    });
    connect(&stack, &QUndoStack::redoTextChanged, this, [this](const QString &title) {
        m_actions->action(QStringLiteral("edit.redo"))->setText(title.isEmpty() ? tr("&Redo") : tr("&Redo: %1").arg(inMenu(title)));
    });
    m_keeper->hooks.collectViewState = [this] { collectViewState(); };
    m_keeper->hooks.askFile = [this](const QString &title, const QString &filter) {
        return QFileDialog::getOpenFileName(this, title, {}, filter);
    };
    m_keeper->hooks.whenSaved = [this](std::function<void()> then) { whenSaved(std::move(then)); };
    connect(m_workspace, &Workspace::offered, m_offers, &OfferBar::add);
    connect(m_workspace, &Workspace::offerWithdrawn, m_offers, &OfferBar::withdraw);
    // A window that makes a picture for a document is nobody's workplace.
    m_keeper->acceptsChangedModels = !m_remembers;
    if (!m_remembers)
        return;
    m_recovery = new RecoveryKeeper(*m_workspace, *m_keeper);
    new FileWatch(*m_workspace, *m_keeper);
    QTimer::singleShot(0, m_recovery, &RecoveryKeeper::offerLeftOver);
}

void MainWindow::openPath(const QString &path)
{
    if (path.isEmpty())
        return;
    // A recording joins what is open; nothing is lost.
    if (path.endsWith(QLatin1String(".nrs")))
        m_keeper->open(path);
    else
        whenSaved([this, path] { m_keeper->open(path); });
}

void MainWindow::askOpen(const QString &filter)
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Open"), {}, filter);
    if (!path.isEmpty())
        openPath(path);
}

void MainWindow::saveProject(bool askName, std::function<void()> then)
{
    if (!m_workspace->document())
        return;
    QString path = m_workspace->projectPath();
    if (path.isEmpty() || askName) {
        const QFileInfo model(toQString(m_workspace->document()->path));
        QString suggested = path.isEmpty()
                                ? model.absolutePath() + QLatin1Char('/') + model.completeBaseName() + QStringLiteral(".nordlys")
                                : path;
        if (!QFileInfo(QFileInfo(suggested).absolutePath()).isWritable())
            suggested = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation) + QLatin1Char('/') +
                        QFileInfo(suggested).fileName();
        path = QFileDialog::getSaveFileName(this, tr("Save project"), suggested, ProjectKeeper::projectFilter());
        if (path.isEmpty())
            return;
        if (QFileInfo(path).suffix().isEmpty())
            path += QStringLiteral(".nordlys");
    }
    m_keeper->save(path, [this, then = std::move(then)](bool saved) {
        if (saved) {
            rememberRecent();
            if (then)
                then();
        }
    });
}

void MainWindow::whenSaved(std::function<void()> then)
{
    if (!m_workspace->isModified()) {
        then();
        return;
    }
    QMessageBox box(QMessageBox::NoIcon, tr("Unsaved edits"), tr("Save the changes of %1?").arg(m_workspace->title()),
                    QMessageBox::NoButton, this);
    box.setObjectName(QStringLiteral("unsavedBox"));
    box.setInformativeText(tr("Edits and runs since the last save are lost otherwise."));
    QPushButton *save = box.addButton(tr("Save"), QMessageBox::AcceptRole);
    QPushButton *discard = box.addButton(tr("Discard"), QMessageBox::DestructiveRole);
    box.addButton(tr("Cancel"), QMessageBox::RejectRole);
    box.setDefaultButton(save);
    box.exec();
    if (box.clickedButton() == static_cast<QAbstractButton *>(save))
        saveProject(false, std::move(then));
    else if (box.clickedButton() == static_cast<QAbstractButton *>(discard))
        then();
}

void MainWindow::calibrate()
{
    CalibrateDialog dialog(*m_workspace, this);
    if (dialog.exec() != QDialog::Accepted)
        return;
    m_errors->hide();
    showView(QStringLiteral("encodings"));
    m_quantizer->calibrate(dialog.request());
}

void MainWindow::evaluate()
{
    EvaluateDialog dialog(m_workspace->evaluationInputs(), m_workspace->labelsPath(), this);
    if (dialog.exec() != QDialog::Accepted)
        return;
    m_errors->hide();
    m_quantizer->evaluate(dialog.request());
}

void MainWindow::build()
{
    m_errors->hide();
    showView(QStringLiteral("build"));
    m_runner->build();
}

void MainWindow::collectViewState()
{
    if (!m_workspace->document())
        return;
    auto &state = m_keeper->viewState;
    state["view"] = m_view.toStdString();
    const Selection &selection = m_workspace->selection();
    const core::Graph &graph = m_workspace->document()->graph();
    state["selection.node"] = selection.node.isValid() ? std::string(graph.nameOf(selection.node)) : std::string();
    state["selection.tensor"] = selection.tensor.isValid() ? std::string(graph.nameOf(selection.tensor)) : std::string();
    state["runSettings"] = m_runner->settings.toJson();
    state["filter"] = m_workspace->filter().toStdString();
    state.erase("range");
    if (const auto &range = m_workspace->range())
        state["range"] = std::to_string(range->fromNs) + " " + std::to_string(range->toNs);
}

void MainWindow::restoreViewState()
{
    const auto value = [this](const char *key) {
        const auto found = m_keeper->viewState.find(key);
        return found == m_keeper->viewState.end() ? QString() : toQString(found->second);
    };
    const auto document = m_workspace->document();
    if (!document)
        return;
    if (m_keeper->viewState.contains("runSettings"))
        m_runner->setSettings(m_runner->storedSettings(m_keeper->viewState["runSettings"]));
    m_workspace->setFilter(value("filter"));
    const core::TensorId tensor = document->findTensor(value("selection.tensor").toStdString());
    const core::NodeId node = document->findNode(value("selection.node").toStdString());
    if (tensor.isValid())
        m_workspace->selectTensor(tensor);
    else if (node.isValid())
        m_workspace->selectNode(node);
    const QStringList range = value("range").split(QLatin1Char(' '));
    if (range.size() == 2 && range[0].toLongLong() < range[1].toLongLong())
        m_workspace->setRange(TimeRange{range[0].toLongLong(), range[1].toLongLong()});
    if (!showView(value("view")) || m_view == QLatin1String("start"))
        showView(QStringLiteral("graph"));
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_workspace->isModified() && !m_closing) {
        event->ignore();
        whenSaved([this] {
            m_closing = true;
            QTimer::singleShot(0, this, &QWidget::close); // within this close event another one is ignored
        });
        return;
    }
    saveLayout();
    m_runner->stop();
    if (m_recovery)
        m_recovery->discard();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (firstFile(event->mimeData()).isEmpty())
        return;
    m_start->setDropActive(true);
    event->acceptProposedAction();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent *) { m_start->setDropActive(false); }

void MainWindow::dropEvent(QDropEvent *event)
{
    m_start->setDropActive(false);
    const QString path = firstFile(event->mimeData());
    if (path.isEmpty())
        return;
    event->acceptProposedAction();
    openPath(path);
}

} // namespace nordlys::studio
