// SPDX-License-Identifier: GPL-3.0-or-later
#include "build_steps_model.h"

#include <studio/look/number_format.h>
#include <studio/widgets/cell_roles.h>
#include <studio/widgets/chip.h>

#include <limits>

namespace nordlys::studio {
namespace {

using StepState = runtime::BuildProgress::State;

double shareOf(const BuildRecord::Step &step)
{
    if (!step.began)
        return 0;
    if (step.progress.state == StepState::Done)
        return 1;
    return step.progress.total > 0 ? static_cast<double>(step.progress.done) / static_cast<double>(step.progress.total) : 0;
}

} // namespace

BuildStepsModel::BuildStepsModel(Runner &runner, QObject *parent) : QAbstractTableModel(parent), m_runner(runner)
{
    for (const auto signal : {&Runner::buildStarted, &Runner::buildProgressed, &Runner::buildEnded})
        connect(&m_runner, signal, this, &BuildStepsModel::refresh);
}

void BuildStepsModel::refresh() { Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1)); }

int BuildStepsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(runtime::kBuildSteps.size());
}

int BuildStepsModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString BuildStepsModel::title(runtime::BuildStep step)
{
    switch (step) {
    case runtime::BuildStep::Check: return tr("Check operators and encodings");
    case runtime::BuildStep::Plan: return tr("Optimize and pack weights");
    case runtime::BuildStep::Hash: return tr("Hash the model");
    case runtime::BuildStep::Contexts: return tr("Write contexts");
    case runtime::BuildStep::Describe: return tr("Write descriptions");
    case runtime::BuildStep::Commit: return tr("Move into place");
    }
    return {};
}

QVariant BuildStepsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    const BuildRecord *record = m_runner.lastBuild();
    const BuildRecord::Step step = record ? record->steps[row] : BuildRecord::Step();
    const bool waits = !step.began;
    switch (index.column()) {
    case Step:
        if (role == Qt::DisplayRole)
            return title(runtime::kBuildSteps[row]);
        if (role == InkRole && waits)
            return static_cast<int>(CellInk::Label);
        return {};
    case State: {
        const StepState state = step.progress.state;
        if (role == CellKindRole)
            return static_cast<int>(waits ? CellKind::Text : CellKind::Chip);
        if (role == InkRole)
            return static_cast<int>(CellInk::Note);
        if (role == Qt::DisplayRole) {
            if (waits)
                return record && record->state != BuildRecord::State::Running ? tr("not reached") : tr("waiting");
            switch (state) {
            case StepState::Running: return tr("running");
            case StepState::Done: return tr("done");
            case StepState::Failed: return tr("failed");
            case StepState::Cancelled: return tr("cancelled");
            }
        }
        if (role == ChipRole && !waits) {
            const ChipKind kinds[] = {ChipKind::Neutral, ChipKind::Ok, ChipKind::Error, ChipKind::Warn};
            return static_cast<int>(kinds[static_cast<int>(state)]);
        }
        if (role == ChipIconRole && !waits && state == StepState::Running)
            return static_cast<int>(Icon::Run);
        return {};
    }
    case Progress:
        if (role == CellKindRole)
            return static_cast<int>(waits ? CellKind::Text : CellKind::Bar);
        if (role == ShareRole)
            return shareOf(step);
        if (role == RampRole)
            return static_cast<int>(CellRamp::Plain);
        if (role == Qt::DisplayRole && !waits)
            return formatPercent(100 * shareOf(step), 0);
        if (role == NumberRole)
            return waits ? std::numeric_limits<double>::quiet_NaN() : 100 * shareOf(step);
        return {};
    case Time:
        if (role == CellKindRole)
            return static_cast<int>(CellKind::Number);
        if (role == Qt::DisplayRole)
            return waits ? QStringLiteral("–") : formatDuration(step.progress.elapsedNs);
        if (role == NumberRole)
            return waits ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(step.progress.elapsedNs) / 1e6;
        return {};
    default: return {};
    }
}

QVariant BuildStepsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole) {
        const QString titles[] = {tr("Step"), tr("State"), tr("Progress"), tr("Time")};
        return titles[section];
    }
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {tr("What a build does, in this order"), tr("How far this step is"),
                                tr("Share of the step that is done, %"), tr("Time that the step took; copied in ms")};
        return tips[section];
    }
    return {};
}

} // namespace nordlys::studio
