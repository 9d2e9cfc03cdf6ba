// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/chip.h>
#include <studio/workspace/runner.h>

#include <QAbstractTableModel>

namespace nordlys::studio {

/// The devices that the window knows, one a row.
class DevicesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Device, State, Model, Processor, System, Why, ColumnCount };
    DevicesModel(Runner &runner, QObject *parent);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// "ready", or adb's own word: "unauthorized".
    static QString stateText(const DeviceEntry &entry);
    static ChipKind stateChip(DeviceEntry::State state);

private:
    [[nodiscard]] bool isUsed(const DeviceEntry &entry) const;

    Runner &m_runner;
};

} // namespace nordlys::studio
