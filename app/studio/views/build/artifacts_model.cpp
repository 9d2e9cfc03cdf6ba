// SPDX-License-Identifier: GPL-3.0-or-later
#include "artifacts_model.h"

#include <studio/look/number_format.h>
#include <studio/widgets/cell_roles.h>
#include <studio/workspace/text.h>

#include <numeric>

namespace nordlys::studio {

ArtifactsModel::ArtifactsModel(Runner &runner, QObject *parent) : QAbstractTableModel(parent), m_runner(runner)
{
    connect(&m_runner, &Runner::buildEnded, this, &ArtifactsModel::load);
    // A new build's files replace these when it is whole; with another model they are gone at once.
    connect(&m_runner, &Runner::buildStarted, this, [this] {
        if (!m_runner.lastBuild())
            load();
    });
    load();
}

void ArtifactsModel::load()
{
    const BuildRecord *record = m_runner.lastBuild();
    if (record && !record->result)
        return; // a build that failed or was cancelled left the files of the one before
    beginResetModel();
    m_files = record ? record->result->files : std::vector<runtime::BuiltFile>();
    m_folder = record ? record->recipe.folder : QString();
    endResetModel();
}

int ArtifactsModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_files.size()); }

int ArtifactsModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString ArtifactsModel::pathOf(int row) const
{
    return m_folder + QLatin1Char('/') + toQString(m_files[static_cast<std::size_t>(row)].path);
}

QString ArtifactsModel::hashOf(int row) const { return toQString(m_files[static_cast<std::size_t>(row)].sha256); }

quint64 ArtifactsModel::totalBytes() const
{
    return std::accumulate(m_files.begin(), m_files.end(), quint64(0),
                           [](quint64 sum, const runtime::BuiltFile &file) { return sum + file.bytes; });
}

QVariant ArtifactsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const runtime::BuiltFile &file = m_files[static_cast<std::size_t>(index.row())];
    switch (index.column()) {
    case File:
        if (role == Qt::DisplayRole)
            return toQString(file.path);
        if (role == Qt::ToolTipRole)
            return pathOf(index.row());
        return {};
    case Kind:
        if (role == Qt::DisplayRole)
            return toQString(file.kind);
        if (role == InkRole)
            return static_cast<int>(CellInk::Label);
        return {};
    case Size:
        if (role == CellKindRole)
            return static_cast<int>(CellKind::Number);
        if (role == Qt::DisplayRole)
            return formatBytes(file.bytes);
        if (role == NumberRole)
            return static_cast<double>(file.bytes);
        if (role == CopyRole)
            return QString::number(file.bytes);
        if (role == Qt::ToolTipRole)
            return withUnit(formatCount(static_cast<qint64>(file.bytes)), tr("bytes"));
        return {};
    case Hash:
        if (role == CellKindRole)
            return static_cast<int>(CellKind::Mono);
        if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
            return toQString(file.sha256);
        return {};
    default: return {};
    }
}

QVariant ArtifactsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole) {
        const QString titles[] = {tr("File"), tr("Kind"), tr("Size"), tr("SHA-256")};
        return titles[section];
    }
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {tr("Path in the output folder"), tr("What the file is for"),
                                tr("Size of the file; copied in bytes"), tr("Hash of the content: same input, same bytes")};
        return tips[section];
    }
    return {};
}

} // namespace nordlys::studio
