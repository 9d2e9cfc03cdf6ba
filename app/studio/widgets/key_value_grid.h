// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

#include "cell_roles.h"
#include "chip.h"

namespace nordlys::studio {

/// One row of the inspector: label, value, note, chip.
struct KeyValue {
    QString label;
    QString value;
    QString note; ///< in text3 after the value: "±0.4 n=400"
    CellInk ink = CellInk::Default;
    QString toolTip;
    QString copyText; ///< raw number with the point; default: the value
    QString chip;     ///< a chip after the value; empty: none
    ChipKind chipKind = ChipKind::Neutral;
    bool mono = true; ///< numbers and shapes; false: words in the interface font

    friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

/// Rows of label, value and note, 104 px labels. A click selects a row, Ctrl+C (or the context menu) copies its value, with no
/// row selected all of them as TSV; Up and Down move.
class KeyValueGrid : public QWidget
{
    Q_OBJECT

public:
    explicit KeyValueGrid(QWidget* parent = nullptr);

    void setRows(const QList<KeyValue>& rows);
    [[nodiscard]] const QList<KeyValue>& rows() const { return m_rows; }
    void setLabelWidth(int widthAtBase12);
    [[nodiscard]] QString rowsAsTsv() const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

public Q_SLOTS:
    void copy() const;

Q_SIGNALS:
    void chipClicked(int row);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] int rowAt(int y) const;
    [[nodiscard]] QRect rowRect(int row) const;
    void select(int row);

    QList<KeyValue> m_rows;
    QList<QRect> m_chips;
    int m_selected = -1;
    int m_labelWidth = 104;
};

} // namespace nordlys::studio
