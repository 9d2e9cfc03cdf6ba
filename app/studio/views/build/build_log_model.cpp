// SPDX-License-Identifier: GPL-3.0-or-later
#include "build_log_model.h"

#include "build_steps_model.h"

#include <studio/look/icons.h>
#include <studio/look/number_format.h>
#include <studio/widgets/cell_roles.h>
#include <studio/workspace/text.h>

namespace nordlys::studio {
namespace {

using Severity = runtime::BuildSeverity;

} // namespace

BuildLogModel::BuildLogModel(Workspace &workspace, Runner &runner, QObject *parent)
    : QAbstractTableModel(parent), m_workspace(workspace), m_runner(runner)
{
    connect(&m_runner, &Runner::buildStarted, this, &BuildLogModel::restart);
    connect(&m_runner, &Runner::buildProgressed, this, &BuildLogModel::extend);
    connect(&m_runner, &Runner::buildEnded, this, &BuildLogModel::extend);
    extend();
}

void BuildLogModel::restart()
{
    beginResetModel();
    m_rows = 0;
    endResetModel();
    extend();
}

void BuildLogModel::extend()
{
    const BuildRecord *record = m_runner.lastBuild();
    const int now = record ? static_cast<int>(record->log.size()) : 0;
    if (now <= m_rows)
        return;
    beginInsertRows({}, m_rows, now - 1);
    m_rows = now;
    endInsertRows();
}

int BuildLogModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : m_rows; }

int BuildLogModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

const runtime::BuildMessage &BuildLogModel::message(int row) const
{
    return m_runner.lastBuild()->log[static_cast<std::size_t>(row)];
}

Severity BuildLogModel::severityOf(int row) const { return message(row).severity; }

Selection BuildLogModel::subjectOf(int row) const
{
    const auto document = m_workspace.document();
    if (!document || row < 0 || row >= m_rows)
        return {};
    const runtime::BuildMessage &line = message(row);
    return {document->findNode(line.node), document->findTensor(line.tensor)};
}

QVariant BuildLogModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid) || !m_runner.lastBuild())
        return {};
    const runtime::BuildMessage &line = message(index.row());
    switch (index.column()) {
    case Level:
        if (role == Qt::DisplayRole)
            return line.severity == Severity::Error     ? tr("error")
                   : line.severity == Severity::Warning ? tr("warning")
                                                        : tr("info");
        if (role == IconRole)
            return static_cast<int>(line.severity == Severity::Error     ? Icon::Error
                                    : line.severity == Severity::Warning ? Icon::Warn
                                                                         : Icon::Info);
        if (role == InkRole || role == IconInkRole)
            return static_cast<int>(line.severity == Severity::Error     ? CellInk::Error
                                    : line.severity == Severity::Warning ? CellInk::Warn
                                                                         : CellInk::Note);
        if (role == NumberRole)
            return static_cast<double>(line.severity);
        if (role == CopyRole)
            return toQString(runtime::nameOf(line.severity));
        return {};
    case Message:
        if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
            return toQString(line.text);
        return {};
    case Node:
        if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
            return toQString(line.node);
        if (role == InkRole)
            return static_cast<int>(CellInk::Accent);
        return {};
    case Step:
        if (role == Qt::DisplayRole)
            return BuildStepsModel::title(line.step);
        if (role == InkRole)
            return static_cast<int>(CellInk::Note);
        return {};
    case Time:
        if (role == CellKindRole)
            return static_cast<int>(CellKind::Number);
        if (role == InkRole)
            return static_cast<int>(CellInk::Note);
        if (role == Qt::DisplayRole)
            return formatDurationValue(line.sinceStartNs, TimeUnit::Ms);
        if (role == NumberRole)
            return static_cast<double>(line.sinceStartNs) / 1e6;
        return {};
    default: return {};
    }
}

QVariant BuildLogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole) {
        const QString titles[] = {tr("Level"), tr("Message"), tr("Node"), tr("Step"), tr("Time ms")};
        return titles[section];
    }
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {tr("Error, warning or information"), tr("What happened"),
                                tr("Operator that the line is about; Enter shows it in the graph"),
                                tr("Step of the build that said it"), tr("Since the build began")};
        return tips[section];
    }
    return {};
}

} // namespace nordlys::studio
