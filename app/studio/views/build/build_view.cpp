// SPDX-License-Identifier: GPL-3.0-or-later
#include "build_view.h"

#include <studio/look/number_format.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/shell_line.h>
#include <studio/workspace/text.h>

#include <QApplication>
#include <QClipboard>
#include <QItemSelectionModel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QStandardPaths>

namespace nordlys::studio {
namespace {

QString snapshotFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/commands");
}

QString lineOf(const BuildCommand &command) { return shellLine(command.arguments); }

KeyValue row(const QString &label, const QString &value, const QString &note = {})
{
    KeyValue made;
    made.label = label;
    made.value = value;
    made.note = note;
    return made;
}

} // namespace

// What is laid out stands in build_view_layout.cpp; here is what happens.

QString BuildView::command() const { return m_command->toPlainText(); }

QString BuildView::savedProject(const BuildRecipe &recipe) const
{
    const bool saved = !m_workspace.projectPath().isEmpty() && m_workspace.history().stack().isClean();
    return saved && m_workspace.edits() == recipe.edits ? m_workspace.projectPath() : QString();
}

BuildRecipe BuildView::recipe() const
{
    const BuildRecord *record = m_runner.lastBuild();
    return record ? record->recipe : m_runner.recipe();
}

void BuildView::updateCommand()
{
    if (!m_workspace.document() || !isVisible())
        return;
    const BuildRecipe wanted = recipe();
    m_commandJob.start(
        [wanted, project = savedProject(wanted), folder = snapshotFolder()](const core::JobContext &) {
            return core::Expected<QString>(lineOf(buildCommand(wanted, project, folder)));
        },
        [this](core::Expected<QString> line) {
            if (line && m_command->toPlainText() != *line)
                m_command->setPlainText(*line);
        });
}

void BuildView::copyCommand()
{
    if (!m_workspace.document())
        return;
    const BuildRecipe wanted = recipe();
    m_copyJob.start(
        [wanted, project = savedProject(wanted), folder = snapshotFolder()](const core::JobContext &) -> core::Expected<QString> {
            const BuildCommand command = buildCommand(wanted, project, folder);
            NORDLYS_TRY(writeSnapshot(wanted, command));
            return lineOf(command);
        },
        [this](core::Expected<QString> line) {
            if (!line) {
                Q_EMIT m_workspace.failed(line.error());
                return;
            }
            QApplication::clipboard()->setText(*line);
            m_command->setPlainText(*line);
            Q_EMIT m_workspace.notice(tr("The command is in the clipboard."));
        });
}

void BuildView::showRecord()
{
    m_stack->setCurrentIndex(m_workspace.document() ? 1 : 0);
    m_error->clear();
    updateState();
    updateCounts();
    m_commandDelay.start();
}

void BuildView::updateState()
{
    const BuildRecord *record = m_runner.lastBuild();
    const bool building = m_runner.isBuilding();
    m_build->setVisible(!building);
    m_cancel->setVisible(building);
    m_copy->setEnabled(m_workspace.document() != nullptr);
    const int age = record && record->state == BuildRecord::State::Done ? m_runner.buildAge() : 0;
    m_stale->setVisible(age > 0);
    m_stale->setText(Counted::before(age));
    QString state;
    QList<KeyValue> rows;
    if (!record) {
        state = tr("not built yet");
    } else {
        const std::int64_t elapsed = building ? m_runner.buildJob().elapsedMs() * 1'000'000 : record->elapsedNs;
        KeyValue first = row(tr("State"), {});
        switch (record->state) {
        case BuildRecord::State::Running:
            state = tr("building, %1").arg(formatNumber(static_cast<double>(elapsed) / 1e9, 1) + QStringLiteral(" s"));
            first.chip = tr("running");
            break;
        case BuildRecord::State::Done:
            state = tr("built in %1").arg(formatDuration(elapsed));
            first.chip = tr("done");
            first.chipKind = ChipKind::Ok;
            break;
        case BuildRecord::State::Failed:
            state = tr("failed after %1").arg(formatDuration(elapsed));
            first.chip = tr("failed");
            first.chipKind = ChipKind::Error;
            break;
        case BuildRecord::State::Cancelled:
            state = tr("cancelled after %1; the folder is as it was").arg(formatDuration(elapsed));
            first.chip = tr("cancelled");
            first.chipKind = ChipKind::Warn;
            break;
        }
        rows << first << row(tr("Took"), formatDuration(elapsed)) << row(tr("Precision"), toQString(runtime::nameOf(record->recipe.precision)))
             << row(tr("Threads"), QString::number(record->recipe.threads));
        if (record->result) {
            rows << row(tr("Segments"), formatCount(static_cast<qint64>(record->result->segments)))
                 << row(tr("Files"), formatCount(static_cast<qint64>(record->result->files.size())))
                 << row(tr("Size"), formatBytes(m_artifactsModel->totalBytes()));
        }
    }
    m_state->setText(state);
    m_result->setRows(rows);
    m_resultSection->setVisible(!rows.isEmpty());
    const int files = m_artifactsModel->rowCount();
    m_artifactsNote->setText(files == 0 ? QString()
                                        : tr("%1, %2").arg(Counted::files(files), formatBytes(m_artifactsModel->totalBytes())));
    for (QPushButton *button : {m_reveal, m_copyPath, m_copyHash})
        button->setEnabled(files > 0);
}

void BuildView::showEnd()
{
    const BuildRecord *record = m_runner.lastBuild();
    if (record && record->error) {
        const core::Error &error = *record->error;
        QString why = toQString(error.why);
        if (!error.fix.empty())
            why += (why.endsWith(QLatin1Char('.')) ? QStringLiteral(" ") : QStringLiteral(". ")) + toQString(error.fix);
        if (error.code == core::ErrorCode::CannotWrite)
            why += QLatin1Char(' ') + tr("What was in the folder is as it was.");
        m_error->setError(toQString(error.what), why,
                          error.code == core::ErrorCode::CannotWrite ? tr("Choose another folder…") : tr("Build again"));
        // Elsewhere the window's bar says it.
        if (!isVisible())
            Q_EMIT m_workspace.failed(error);
    }
    updateState();
    updateCounts();
    m_commandDelay.start();
}

void BuildView::updateCounts()
{
    const BuildRecord *record = m_runner.lastBuild();
    const int warnings = record ? record->count(runtime::BuildSeverity::Warning) : 0;
    const int errors = record ? record->count(runtime::BuildSeverity::Error) : 0;
    m_all->setText(tr("All %1").arg(formatCount(m_logModel->rowCount())));
    m_warnings->setText(tr("Warnings %1").arg(formatCount(warnings)));
    m_errors->setText(tr("Errors %1").arg(formatCount(errors)));
}

void BuildView::filterLog()
{
    const QString words = m_workspace.filter().trimmed();
    const auto least = m_least;
    if (words.isEmpty() && least == runtime::BuildSeverity::Info) {
        m_logSorted->setRowPredicate({});
        return;
    }
    m_logSorted->setRowPredicate([this, words, least](int sourceRow, const QModelIndex &) {
        if (m_logModel->severityOf(sourceRow) < least)
            return false;
        if (words.isEmpty())
            return true;
        const auto has = [&](int column) {
            return m_logModel->index(sourceRow, column).data().toString().contains(words, Qt::CaseInsensitive);
        };
        return has(BuildLogModel::Node) || has(BuildLogModel::Message);
    });
}

void BuildView::selectSubject()
{
    const QModelIndexList rows = m_log->selectionModel()->selectedRows();
    const Selection subject = rows.isEmpty() ? Selection() : m_logModel->subjectOf(m_logSorted->mapToSource(rows.front()).row());
    m_show->setEnabled(subject.node.isValid() || subject.tensor.isValid());
    if (subject.tensor.isValid())
        m_workspace.selectTensor(subject.tensor);
    else if (subject.node.isValid())
        m_workspace.selectNode(subject.node);
}

void BuildView::showInGraph()
{
    selectSubject();
    if (m_show->isEnabled())
        Q_EMIT m_workspace.viewRequested(QStringLiteral("graph"));
}

int BuildView::currentFile() const
{
    const QModelIndexList rows = m_artifacts->selectionModel()->selectedRows();
    return rows.isEmpty() ? 0 : m_artifactsSorted->mapToSource(rows.front()).row();
}

} // namespace nordlys::studio
