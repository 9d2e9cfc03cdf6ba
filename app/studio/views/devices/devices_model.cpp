// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices_model.h"

#include <studio/look/icons.h>
#include <studio/widgets/cell_roles.h>
#include <studio/widgets/chip.h>
#include <studio/workspace/text.h>

namespace nordlys::studio {
ChipKind DevicesModel::stateChip(DeviceEntry::State state)
{
    using DeviceState = DeviceEntry::State;
    switch (state) {
    case DeviceState::Checking: return ChipKind::Neutral;
    case DeviceState::Ready: return ChipKind::Ok;
    case DeviceState::NotReady:
    case DeviceState::Incomplete: return ChipKind::Warn;
    case DeviceState::Missing:
    case DeviceState::Broken: return ChipKind::Error;
    }
    return ChipKind::Neutral;
}

DevicesModel::DevicesModel(Runner &runner, QObject *parent) : QAbstractTableModel(parent), m_runner(runner)
{
    DeviceList &devices = m_runner.devices();
    connect(&devices, &DeviceList::aboutToInsert, this, [this](int row) { beginInsertRows({}, row, row); });
    connect(&devices, &DeviceList::inserted, this, [this] { endInsertRows(); });
    connect(&devices, &DeviceList::aboutToRemove, this, [this](int row) { beginRemoveRows({}, row, row); });
    connect(&devices, &DeviceList::removed, this, [this] { endRemoveRows(); });
    connect(&devices, &DeviceList::changed, this,
            [this](int row) { Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1)); });
    connect(&m_runner, &Runner::settingsChanged, this,
            [this] { Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1)); });
}

int DevicesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runner.devices().entries().size());
}

int DevicesModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString DevicesModel::stateText(const DeviceEntry &entry)
{
    switch (entry.state) {
    case DeviceEntry::State::Checking: return tr("looking");
    case DeviceEntry::State::Ready: return tr("ready");
    case DeviceEntry::State::NotReady: return entry.stateWord.isEmpty() ? tr("not ready") : entry.stateWord.left(24);
    case DeviceEntry::State::Incomplete: return tr("incomplete");
    case DeviceEntry::State::Missing: return entry.isAdb() ? tr("not there") : tr("missing");
    case DeviceEntry::State::Broken: return tr("not readable");
    }
    return {};
}

bool DevicesModel::isUsed(const DeviceEntry &entry) const
{
    const QString file = m_runner.settings.recordingFile();
    return file.isEmpty() ? entry.id == m_runner.settings.deviceId : file == entry.file;
}

QVariant DevicesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const DeviceEntry &entry = m_runner.devices().entries()[static_cast<std::size_t>(index.row())];
    switch (index.column()) {
    case Device:
        if (role == Qt::DisplayRole)
            return entry.name;
        if (role == Qt::ToolTipRole)
            return entry.isRecording() ? entry.file : entry.isAdb() ? entry.id : entry.name;
        if (role == IconRole)
            return static_cast<int>(entry.isRecording() ? Icon::Record : entry.isAdb() ? Icon::Device : Icon::Computer);
        if (role == IconInkRole)
            return static_cast<int>(CellInk::Label);
        if (role == BoldRole)
            return isUsed(entry);
        if (role == NoteRole && isUsed(entry))
            return tr("used by Run");
        return {};
    case State:
        if (role == CellKindRole)
            return static_cast<int>(CellKind::Chip);
        if (role == Qt::DisplayRole)
            return stateText(entry);
        if (role == ChipRole)
            return static_cast<int>(stateChip(entry.state));
        if (role == Qt::ToolTipRole)
            return entry.why;
        return {};
    case Model:
        if (role == Qt::DisplayRole)
            return toQString(entry.info.model);
        return {};
    case Processor:
        if (role == Qt::DisplayRole)
            return toQString(entry.info.soc);
        return {};
    case System:
        if (role == CellKindRole)
            return static_cast<int>(CellKind::Mono);
        if (role == Qt::DisplayRole)
            return entry.os;
        return {};
    case Why:
        if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
            return entry.why;
        if (role == InkRole)
            return static_cast<int>(CellInk::Note);
        return {};
    default: return {};
    }
}

QVariant DevicesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole) {
        const QString titles[] = {tr("Device"), tr("State"), tr("Model"), tr("Processor"), tr("System"), tr("Reason")};
        return titles[section];
    }
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {tr("This computer, devices over adb, and recordings that play their part"), tr("Whether it can run now"),
                                tr("Board or product, as the device says"), tr("System on chip or processor"),
                                tr("Operating system"), tr("Why it is not ready")};
        return tips[section];
    }
    return {};
}

} // namespace nordlys::studio
