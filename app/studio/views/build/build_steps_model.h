// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/runner.h>

#include <QAbstractTableModel>

namespace nordlys::studio {

/// The steps of the newest build, or those of the next one: always the same rows.
class BuildStepsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Step, State, Progress, Time, ColumnCount };
    BuildStepsModel(Runner &runner, QObject *parent);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    static QString title(runtime::BuildStep step);

private:
    void refresh();

    Runner &m_runner;
};

} // namespace nordlys::studio
