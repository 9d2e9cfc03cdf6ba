// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "palette_model.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QListView;

namespace nordlys::studio {

/// Search over everything that can be done or shown, above the dimmed window. Keys: arrows and page keys choose, Enter runs, Esc
/// or a click beside it closes and gives the focus back.
class CommandPalette : public QWidget {
    Q_OBJECT

public:
    CommandPalette(Workspace &workspace, const ActionRegistry &actions, std::function<void(const QString &)> openFile,
                   QWidget *window);

    /// `text` is what is typed already ("@").
    void open(const QString &text = {});
    void close();
    [[nodiscard]] PaletteModel &model() { return *m_model; }
    [[nodiscard]] int currentRow() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();
    void search(const QString &text);
    void move(int rows);
    void selectRow(int row);
    void runCurrent();
    [[nodiscard]] bool handleKey(QKeyEvent *event);

    PaletteModel *m_model;
    QWidget *m_card;
    QLineEdit *m_field;
    QLabel *m_hint, *m_keys, *m_count;
    QListView *m_list;
    QPointer<QWidget> m_before;
};

} // namespace nordlys::studio
