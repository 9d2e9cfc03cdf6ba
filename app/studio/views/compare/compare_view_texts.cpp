// SPDX-License-Identifier: GPL-3.0-or-later
// What the compare view says, and what can be done with a run.
#include "compare_view.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/views/timeline/note_box.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QDir>
#include <QMenu>
#include <QPushButton>
#include <QTabBar>

#include <cmath>

namespace nordlys::studio {
namespace {

// Quoted for a POSIX shell.
QString shellWord(const QString &text)
{
    QString quoted = text;
    return QLatin1Char('\'') + quoted.replace(QLatin1Char('\''), QLatin1String("'\\''")) + QLatin1Char('\'');
}

} // namespace

QString CompareView::gateCommand() const
{
    const RunRecord *a = m_set->baseline(), *b = m_set->candidate();
    const core::RunComparison *comparison = b ? m_set->comparisonOf(b) : nullptr;
    if (!comparison || a->recording.empty() || b->recording.empty())
        return {};
    // Whole percents above what noise explains, so that the gate does not fail by chance.
    const double limit = std::max(1.0, std::ceil(comparison->total.noiseFloorPercent));
    return QStringLiteral("nordlys compare %1 %2 --gate 'latency<+%3%'")
        .arg(shellWord(toQString(a->recording)), shellWord(toQString(b->recording)), plainNumber(limit, 0));
}

QString CompareView::noteText() const
{
    const RunRecord *candidate = m_set->candidate();
    const core::RunComparison *comparison = candidate ? m_set->comparisonOf(candidate) : nullptr;
    if (m_tabs->currentIndex() == RunsTab)
        return tr("Enter shows a run, F2 names it, Delete takes it out of the list");
    if (m_tabs->currentIndex() == SettingsTab || !comparison)
        return {};
    QStringList parts;
    if (m_layersSorted->rowCount() != m_layersModel->rowCount())
        parts << tr("%1 of %2 layers").arg(formatCount(m_layersSorted->rowCount()), formatCount(m_layersModel->rowCount()));
    else
        parts << Counted::layers(m_layersModel->rowCount());
    parts << tr("%1 faster").arg(formatCount(m_layersModel->countOf(core::ChangeVerdict::Faster)))
          << tr("%1 slower").arg(formatCount(m_layersModel->countOf(core::ChangeVerdict::Slower)))
          << tr("%1 the same").arg(formatCount(m_layersModel->countOf(core::ChangeVerdict::Same)))
          << tr("%1 not clear").arg(formatCount(m_layersModel->countOf(core::ChangeVerdict::Unknown)));
    return tr("%1; medians, 95 % bootstrap interval, Holm-corrected over %2 rows")
        .arg(parts.join(QStringLiteral(", ")), formatCount(static_cast<qint64>(comparison->significanceRows)));
}

void CompareView::refreshTexts()
{
    const auto &runs = m_workspace.runs();
    const RunRecord *shown = m_workspace.run();
    const QString noRun = shown ? QString() : tr("There is no run yet.");
    m_actions.setReason(QStringLiteral("run.useAsBaseline"),
                        shown && shown == m_workspace.baseline() ? tr("It is the baseline already.") : noRun);
    m_actions.setReason(QStringLiteral("run.rename"), noRun);
    m_actions.setReason(QStringLiteral("run.remove"), shown && shown->live ? tr("It still runs.") : noRun);
    m_actions.setReason(QStringLiteral("run.copyGate"), gateCommand().isEmpty() ? tr("Two recorded runs have to be compared first.") : QString());
    if (runs.empty())
        return;
    const RunRecord *a = m_set->baseline(), *b = m_set->candidate();
    const core::RunComparison *comparison = b ? m_set->comparisonOf(b) : nullptr;
    QStringList devices;
    for (const auto &run : runs) {
        if (!run->device.isEmpty() && !devices.contains(run->device))
            devices << run->device;
    }
    const QString count = runs.size() == 1 ? tr("1 run") : tr("%1 runs").arg(formatCount(static_cast<qint64>(runs.size())));
    m_title->setText(devices.size() == 1 ? tr("%1 on %2").arg(count, devices.first())
                                         : devices.size() > 1 ? tr("%1 on %2 devices").arg(count).arg(devices.size()) : count);
    m_condition->setText(a ? a->condition() : QString());
    m_floor->setText(comparison && comparison->total.noiseFloorPercent > 0
                         ? tr("Noise floor ±%1").arg(formatPercent(comparison->total.noiseFloorPercent))
                         : QString());
    m_gate->setEnabled(!gateCommand().isEmpty());

    const std::size_t differ = comparison ? comparison->differences.size() : 0;
    const auto elided = [this](const QString &name) { return fontMetrics().elidedText(name, Qt::ElideMiddle, scaled(120)); };
    QString layersTitle = b ? tr("Layers: %1 against %2").arg(elided(b->name), elided(a->name)) : tr("Layers");
    QString settingsTitle = differ == 0 ? tr("Settings") : differ == 1 ? tr("Settings: 1 differs") : tr("Settings: %1 differ").arg(differ);
    // A tab bar reads "&" as a mnemonic.
    m_tabs->setTabText(LayersTab, layersTitle.replace(QLatin1Char('&'), QLatin1String("&&")));
    m_tabs->setTabText(RunsTab, tr("Runs: %1").arg(formatCount(static_cast<qint64>(runs.size()))));
    m_tabs->setTabText(SettingsTab, settingsTitle);
    m_note->setText(noteText());
    if (!b)
        m_layersTable->setEmptyText(tr("One run is there. Change something and run again, or open a recording, to see what differs."));
    else if (b->live || a->live)
        m_layersTable->setEmptyText(tr("The comparison comes when the run has ended."));
    else if (m_set->isComputing() && !comparison)
        m_layersTable->setEmptyText(tr("Comparing…"));
    else if (comparison && m_layersModel->rowCount() == 0)
        m_layersTable->setEmptyText(tr("Neither run was recorded with layer times."));
    else
        m_layersTable->setEmptyText(tr("No layer matches the filter."));

    QStringList warnings;
    if (comparison && !comparison->refusal.empty())
        warnings << toQString(comparison->refusal);
    if (comparison && std::min(comparison->total.a.count, comparison->total.b.count) < core::kSamplesForVerdict)
        warnings << toQString(comparison->total.reason);
    constexpr double kHighFloor = 10;
    if (comparison && comparison->total.noiseFloorPercent > kHighFloor)
        warnings << tr("The runs drift: only a change above ±%1 is told from noise. Measure longer, or on a quieter device.")
                        .arg(formatPercent(comparison->total.noiseFloorPercent));
    QStringList weak;
    if (comparison) {
        for (const core::RunDifference &difference : comparison->differences) {
            if (difference.weakens && weak.size() < 3)
                weak << tr("%1: %2 and %3").arg(toQString(difference.what), toQString(difference.a), toQString(difference.b));
        }
    }
    if (!weak.isEmpty())
        warnings << tr("The runs differ in what they were measured under: %1.").arg(weak.join(QStringLiteral("; ")));
    m_warning->setVisible(!warnings.isEmpty());
    if (!warnings.isEmpty()) {
        const bool refused = comparison && (!comparison->refusal.empty() ||
                                            std::min(comparison->total.a.count, comparison->total.b.count) < core::kSamplesForVerdict);
        m_warning->setTexts(Icon::Warn, refused ? tr("%1 gets no verdict").arg(b->name) : tr("Compare with care"),
                            warnings.join(QLatin1Char(' ')));
    }
}

void CompareView::runMenu(const RunRecord *run, const QPoint &globalAt)
{
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("runMenu"));
    if (run) {
        menu.addAction(icon(Icon::Timeline), tr("Show in all views"), this, [this, run] { m_workspace.showRun(run); })
            ->setEnabled(run != m_workspace.run());
        menu.addAction(icon(Icon::Pin), tr("Use as baseline"), this, [this, run] { m_workspace.setBaseline(run); })
            ->setEnabled(run != m_workspace.baseline());
        menu.addAction(icon(Icon::Compare), tr("Compare with the baseline"), this, [this, run] { m_set->setCandidate(run); })
            ->setEnabled(run != m_workspace.baseline() && run != m_set->candidate());
        menu.addSeparator();
        menu.addAction(icon(Icon::Edit), tr("Rename…"), this, [this, run] { renameRun(run); });
        menu.addAction(icon(Icon::Trash), tr("Remove from the list"), this, [this, run] { removeRun(run); })->setEnabled(!run->live);
        menu.addSeparator();
    }
    menu.addAction(m_actions.action(QStringLiteral("file.openRecording")));
    menu.exec(globalAt);
}

void CompareView::renameRun(const RunRecord *run)
{
    const int row = m_runsModel->rowOf(run);
    if (row < 0)
        return;
    showTab(RunsTab);
    const QModelIndex index = m_runsSorted->mapFromSource(m_runsModel->index(row, RunsModel::Name));
    m_runsTable->setCurrentIndex(index);
    m_runsTable->edit(index);
}

void CompareView::removeRun(const RunRecord *run)
{
    if (!run || m_runsModel->rowOf(run) < 0)
        return;
    if (run->live) {
        Q_EMIT m_workspace.notice(tr("%1 still runs. Stop it first.").arg(run->name));
        return;
    }
    const QString name = run->name;
    const QString file = run->recording.empty() ? QString() : QDir::toNativeSeparators(toQString(run->recording));
    m_workspace.touch();
    m_workspace.removeRun(run);
    Q_EMIT m_workspace.notice(file.isEmpty() ? tr("%1 is out of the list.").arg(name)
                                             : tr("%1 is out of the list; its recording stays: %2").arg(name, file));
}

} // namespace nordlys::studio
