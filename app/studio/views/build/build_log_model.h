// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/runner.h>

#include <QAbstractTableModel>

namespace nordlys::studio {

/// The messages of the newest build, in order. Grows while it builds.
class BuildLogModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Level, Message, Node, Step, Time, ColumnCount };
    BuildLogModel(Workspace &workspace, Runner &runner, QObject *parent);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] runtime::BuildSeverity severityOf(int row) const;
    /// Node and tensor that a line is about; both invalid where it is about the whole.
    [[nodiscard]] Selection subjectOf(int row) const;

private:
    [[nodiscard]] const runtime::BuildMessage &message(int row) const;
    void restart();
    void extend();

    Workspace &m_workspace;
    Runner &m_runner;
    int m_rows = 0;
};

} // namespace nordlys::studio
