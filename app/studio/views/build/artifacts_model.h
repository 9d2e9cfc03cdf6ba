// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/runner.h>

#include <QAbstractTableModel>

namespace nordlys::studio {

/// The files of the newest build that succeeded.
class ArtifactsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { File, Kind, Size, Hash, ColumnCount };
    ArtifactsModel(Runner &runner, QObject *parent);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] QString pathOf(int row) const; ///< absolute
    [[nodiscard]] QString hashOf(int row) const;
    [[nodiscard]] quint64 totalBytes() const;

private:
    void load();

    Runner &m_runner;
    QString m_folder;
    std::vector<runtime::BuiltFile> m_files;
};

} // namespace nordlys::studio
