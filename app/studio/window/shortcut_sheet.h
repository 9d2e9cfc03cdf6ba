// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/action_registry.h>

#include <QAbstractTableModel>
#include <QDialog>

#include <vector>

class QLineEdit;

namespace nordlys::studio {

class SortModel;
class TableView;

/// Keys that do something: those of the registered actions and those that views read themselves.
class ShortcutModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Keys, What, Where, ColumnCount };

    explicit ShortcutModel(const ActionRegistry &actions, QObject *parent = nullptr);
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Whether every word is in the row; upper and lower case are the same.
    [[nodiscard]] bool matches(int row, const QStringList &words) const;
    /// All rows as lines "keys, two spaces or more, what", by place.
    [[nodiscard]] QString asText() const;

private:
    struct Row {
        QString keys, what, where, whyNot;
    };
    std::vector<Row> m_rows;
};

/// All shortcuts, searchable; Copy puts them on the clipboard as text that prints well.
class ShortcutSheet : public QDialog {
    Q_OBJECT

public:
    explicit ShortcutSheet(const ActionRegistry &actions, QWidget *parent = nullptr);

private:
    ShortcutModel *m_model;
    SortModel *m_sorted;
    QLineEdit *m_search;
    TableView *m_table;
};

} // namespace nordlys::studio
