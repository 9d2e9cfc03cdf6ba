// SPDX-License-Identifier: GPL-3.0-or-later
#include "key_value_grid.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <studio/look/metrics.h>
#include <studio/look/theme.h>

#include "table_delegate.h"

namespace nordlys::studio {
namespace {

constexpr int topPadding = 4;
constexpr int bottomPadding = 8;

int rowHeight()
{
    return scaled(22);
}

QFont valueFont(const KeyValue& row)
{
    return row.mono ? monoFont(11) : uiFont(12);
}

} // namespace

KeyValueGrid::KeyValueGrid(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void KeyValueGrid::setRows(const QList<KeyValue>& rows)
{
    if (rows == m_rows) {
        return;
    }
    m_rows = rows;
    m_selected = m_selected < rows.size() ? m_selected : -1;
    QStringList spoken;
    for (const KeyValue& row : rows) {
        spoken << row.label + QLatin1Char(' ') + row.value;
    }
    setAccessibleName(spoken.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

void KeyValueGrid::setLabelWidth(int widthAtBase12)
{
    m_labelWidth = widthAtBase12;
    update();
}

QSize KeyValueGrid::sizeHint() const
{
    return {scaled(m_labelWidth) + scaled(160), static_cast<int>(m_rows.size()) * rowHeight() + topPadding + bottomPadding};
}

QSize KeyValueGrid::minimumSizeHint() const
{
    return {scaled(m_labelWidth) + scaled(60), sizeHint().height()};
}

QRect KeyValueGrid::rowRect(int row) const
{
    return {0, topPadding + row * rowHeight(), width(), rowHeight()};
}

int KeyValueGrid::rowAt(int y) const
{
    const int row = y < topPadding ? -1 : (y - topPadding) / rowHeight();
    return row < m_rows.size() ? row : -1;
}

void KeyValueGrid::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    m_chips.clear();
    for (int i = 0; i < m_rows.size(); ++i) {
        const KeyValue& row = m_rows[i];
        const QRect line = rowRect(i);
        const bool inverted = i == m_selected && hasFocus();
        if (i == m_selected) {
            painter.fillRect(line, hasFocus() ? theme().selection : theme().hover);
        }
        QRect rect = line.adjusted(metrics().dockMargin, 0, -metrics().gap, 0);
        painter.setFont(uiFont());
        painter.setPen(inverted ? theme().selectionInk : theme().text3);
        const int labelWidth = scaled(m_labelWidth) - metrics().gapTiny;
        painter.drawText(QRect(rect.left(), rect.top(), labelWidth, rect.height()), Qt::AlignVCenter | Qt::AlignLeft,
                         QFontMetrics(painter.font()).elidedText(row.label, Qt::ElideRight, labelWidth));
        rect.setLeft(rect.left() + scaled(m_labelWidth));
        painter.setFont(valueFont(row));
        painter.setPen(inverted ? theme().selectionInk : cellInk(row.ink));
        const int chipWidth = row.chip.isEmpty() ? 0 : chipSize(row.chip).width() + metrics().gapSmall;
        const QFontMetrics letters(painter.font());
        const QString value = letters.elidedText(row.value, Qt::ElideMiddle, std::max(0, rect.width() - chipWidth));
        painter.drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, value);
        rect.setLeft(rect.left() + letters.horizontalAdvance(value) + (value.isEmpty() ? 0 : metrics().gapSmall));
        if (!row.note.isEmpty()) {
            painter.setFont(row.mono ? monoFont(11) : uiFont(11));
            painter.setPen(inverted ? theme().selectionInk : theme().text3);
            const QFontMetrics noteLetters(painter.font());
            const QString note = noteLetters.elidedText(row.note, Qt::ElideRight, std::max(0, rect.width() - chipWidth));
            painter.drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, note);
            rect.setLeft(rect.left() + noteLetters.horizontalAdvance(note) + metrics().gapSmall);
        }
        m_chips << (row.chip.isEmpty() ? QRect() : paintChip(&painter, rect, row.chipKind, row.chip, chipIcon(row.chipKind)));
    }
}

void KeyValueGrid::select(int row)
{
    m_selected = row;
    update();
}

void KeyValueGrid::mousePressEvent(QMouseEvent* event)
{
    const QPoint at = event->position().toPoint();
    const int row = rowAt(at.y());
    select(row);
    if (event->button() == Qt::LeftButton && row >= 0 && row < m_chips.size() && m_chips[row].contains(at)) {
        Q_EMIT chipClicked(row);
    }
}

void KeyValueGrid::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if (event->key() == Qt::Key_Down && m_selected + 1 < m_rows.size()) {
        select(m_selected + 1);
    } else if (event->key() == Qt::Key_Up && m_selected > 0) {
        select(m_selected - 1);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void KeyValueGrid::contextMenuEvent(QContextMenuEvent* event)
{
    select(rowAt(event->pos().y()));
    QMenu menu(this);
    connect(menu.addAction(icon(Icon::Copy), tr("Copy value")), &QAction::triggered, this, &KeyValueGrid::copy);
    connect(menu.addAction(tr("Copy all")), &QAction::triggered, this, [this] { QApplication::clipboard()->setText(rowsAsTsv()); });
    menu.actions().constFirst()->setEnabled(m_selected >= 0);
    menu.exec(event->globalPos());
}

void KeyValueGrid::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    update();
}

bool KeyValueGrid::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int row = rowAt(help->pos().y());
        if (row >= 0) {
            const KeyValue& shown = m_rows[row];
            const QString text = shown.toolTip.isEmpty() ? shown.value : shown.toolTip;
            QToolTip::showText(help->globalPos(), text, this, rowRect(row));
            return true;
        }
    }
    return QWidget::event(event);
}

QString KeyValueGrid::rowsAsTsv() const
{
    QString text;
    for (const KeyValue& row : m_rows) {
        QString value = row.copyText.isEmpty() ? row.value : row.copyText;
        value.replace(QLatin1Char('\t'), QLatin1Char(' ')).replace(QLatin1Char('\n'), QLatin1Char(' '));
        text += row.label + QLatin1Char('\t') + value + QLatin1Char('\n');
    }
    return text;
}

void KeyValueGrid::copy() const
{
    if (m_selected < 0 || m_selected >= m_rows.size()) {
        QApplication::clipboard()->setText(rowsAsTsv());
        return;
    }
    const KeyValue& row = m_rows[m_selected];
    QApplication::clipboard()->setText(row.copyText.isEmpty() ? row.value : row.copyText);
}

} // namespace nordlys::studio
