// SPDX-License-Identifier: GPL-3.0-or-later
#include "table_delegate.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QTableView>
#include <QToolTip>
#include <QTreeView>

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include "cell_painter.h"
#include "chip.h"
#include "icon_slot.h"

namespace nordlys::studio {
namespace {

CellKind kindOf(const QModelIndex& index)
{
    return static_cast<CellKind>(index.data(CellKindRole).toInt());
}

template <typename T>
T enumAt(const QModelIndex& index, CellRole role, T fallback)
{
    const QVariant value = index.data(role);
    return value.isValid() ? static_cast<T>(value.toInt()) : fallback;
}

bool isRight(CellKind kind)
{
    return kind == CellKind::Number;
}

QFont fontOf(const QModelIndex& index, CellKind kind)
{
    const bool bold = index.data(GroupRole).toBool() || index.data(BoldRole).toBool();
    const QFont::Weight weight = bold ? QFont::DemiBold : QFont::Normal;
    return kind == CellKind::Text || kind == CellKind::Chip ? uiFont(12, weight) : monoFont(11, weight);
}

// The frozen column is a view inside the view; an open editor belongs to it as well.
bool hasViewFocus(const QStyleOptionViewItem& option)
{
    const QWidget* view = option.widget;
    if (view != nullptr && qobject_cast<const QTableView*>(view->parentWidget()) != nullptr) {
        view = view->parentWidget();
    }
    const QWidget* focus = QApplication::focusWidget();
    return view != nullptr && focus != nullptr && (focus == view || view->isAncestorOf(focus));
}

bool isFirstInRow(const QStyleOptionViewItem& option, const QModelIndex& index)
{
    return option.viewItemPosition == QStyleOptionViewItem::Beginning || option.viewItemPosition == QStyleOptionViewItem::OnlyOne
        || index.column() == 0;
}

QColor barColour(const QModelIndex& index)
{
    const int step = index.data(RampStepRole).isValid() ? index.data(RampStepRole).toInt() : 5;
    switch (enumAt(index, RampRole, CellRamp::Time)) {
    case CellRamp::Error:
        return theme().errorRamp.at(step);
    case CellRamp::Plain:
        return theme().control;
    case CellRamp::Time:
        break;
    }
    return theme().timeRamp.at(step);
}

} // namespace

QColor cellInk(CellInk ink)
{
    switch (ink) {
    case CellInk::Label:
        return theme().text2;
    case CellInk::Note:
        return theme().text3;
    case CellInk::Disabled:
        return theme().disabled;
    case CellInk::Ok:
        return theme().ok;
    case CellInk::Warn:
        return theme().warn;
    case CellInk::Error:
        return theme().error;
    case CellInk::Estimate:
        return theme().estimate;
    case CellInk::Accent:
        return theme().accent;
    case CellInk::Default:
        break;
    }
    return theme().text;
}

QColor backendColour(CellBackend backend)
{
    switch (backend) {
    case CellBackend::Htp:
        return theme().htp;
    case CellBackend::Gpu:
        return theme().gpu;
    case CellBackend::Cpu:
        return theme().cpu;
    case CellBackend::None:
        break;
    }
    return {};
}

QString cellCopyText(const QModelIndex& index)
{
    QString text;
    const QVariant copy = index.data(CopyRole);
    const QVariant number = index.data(NumberRole);
    if (copy.isValid()) {
        text = copy.toString();
    } else if (number.isValid() && number.canConvert<double>()) {
        text = plainExact(number.toDouble());
    } else {
        text = index.data(Qt::DisplayRole).toString();
    }
    for (const char16_t breaker : {u'\t', u'\n', u'\r', u'\u2028', u'\u2029'}) {
        text.replace(QChar(breaker), QLatin1Char(' '));
    }
    return text;
}

TableDelegate::TableDelegate(QObject* parent) : QStyledItemDelegate(parent) {}

void TableDelegate::followLeader(TableDelegate* leader)
{
    m_leader = leader;
    connect(this, &TableDelegate::editStarted, leader, &TableDelegate::editStarted);
    connect(this, &TableDelegate::editFinished, leader, &TableDelegate::editFinished);
    connect(this, &TableDelegate::editRejected, leader, &TableDelegate::editRejected);
}

void TableDelegate::drawBackground(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Theme& colours = theme();
    const int hoverRow = m_leader != nullptr ? m_leader->m_hoverRow : m_hoverRow;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver)
        || (hoverRow >= 0 && index.row() == hoverRow && qobject_cast<const QTableView*>(option.widget) != nullptr);
    QColor fill;
    if (selected) {
        fill = hasViewFocus(option) ? colours.selection : colours.hover;
    } else if (hovered) {
        fill = colours.hover;
    } else if (index.data(GroupRole).toBool()) {
        fill = colours.raised;
    } else if (option.features.testFlag(QStyleOptionViewItem::Alternate)) {
        fill = colours.zebra;
    } else {
        fill = colours.surface;
    }
    painter->fillRect(option.rect, fill);
    if (m_leader != nullptr ? m_leader->m_rowLines : m_rowLines) {
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), colours.border);
    }
    if (selected && !hasViewFocus(option) && isFirstInRow(option, index)) {
        painter->fillRect(QRect(option.rect.topLeft(), QSize(2, option.rect.height())), colours.accent);
    }
}

void TableDelegate::drawTextCell(QPainter* painter, const QRect& cell, const QModelIndex& index, CellKind kind, bool inverted) const
{
    QRect rect = cell;
    const QColor ink = inverted ? theme().selectionInk : cellInk(enumAt(index, InkRole, CellInk::Default));
    const QColor stripe = backendColour(enumAt(index, BackendRole, CellBackend::None));
    if (stripe.isValid()) {
        painter->fillRect(QRect(rect.x(), rect.y() + (rect.height() - 12) / 2, 4, 12), stripe);
        rect.setLeft(rect.left() + 4 + 5);
    }
    if (const QVariant iconValue = index.data(IconRole); iconValue.isValid()) {
        const CellInk iconInk = enumAt(index, IconInkRole, enumAt(index, InkRole, CellInk::Default));
        const QRect slot(rect.x(), rect.y(), metrics().icon, rect.height());
        const QColor colour = inverted ? theme().selectionInk : cellInk(iconInk);
        if (iconValue.toInt() >= 0) {
            paintIcon(painter, slot, static_cast<Icon>(iconValue.toInt()), colour, metrics().smallIcon + 2);
        } else if (iconValue.toInt() == kDotIconSlot) {
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(colour);
            painter->drawEllipse(QRectF(slot).center(), scaled(7) / 2.0, scaled(7) / 2.0);
            painter->setRenderHint(QPainter::Antialiasing, false);
        }
        rect.setLeft(rect.left() + metrics().icon + metrics().gapTiny);
    }
    const QFont font = fontOf(index, kind);
    const QFontMetrics letters(font);
    const QString text = index.data(Qt::DisplayRole).toString();
    const QString note = index.data(NoteRole).toString();
    const QFont noteFont = kind == CellKind::Text ? uiFont(11) : monoFont(11);
    const int noteWidth = note.isEmpty() ? 0 : QFontMetrics(noteFont).horizontalAdvance(note) + metrics().gapSmall;
    const int room = std::max(0, rect.width() - noteWidth);
    const QString shown = letters.elidedText(text, Qt::ElideMiddle, room);
    const int width = std::min(room, letters.horizontalAdvance(shown));
    const bool right = isRight(kind) || (index.data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight) != 0;
    const int left = right ? rect.right() + 1 - width - noteWidth : rect.left();
    painter->setFont(font);
    painter->setPen(ink);
    painter->drawText(QRect(left, rect.y(), width + 1, rect.height()), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, shown);
    if (!note.isEmpty()) {
        painter->setFont(noteFont);
        painter->setPen(inverted ? theme().selectionInk : theme().text3);
        painter->drawText(QRect(left + width + metrics().gapSmall, rect.y(), noteWidth, rect.height()),
                          Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, note);
    }
}

void TableDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    painter->setClipRect(option.rect, Qt::IntersectClip);
    drawBackground(painter, option, index);
    const bool inverted = option.state.testFlag(QStyle::State_Selected) && hasViewFocus(option);
    const CellKind kind = kindOf(index);
    const int margin = qobject_cast<const QTreeView*>(option.widget) != nullptr && index.column() == 0 ? metrics().gapTiny : metrics().cellMargin;
    const QRect rect = option.rect.adjusted(margin, 0, -metrics().cellMargin, -1);
    switch (kind) {
    case CellKind::Bar: {
        const QString text = index.data(Qt::DisplayRole).toString();
        const int number = text.isEmpty() ? 0 : std::max(QFontMetrics(monoFont(11)).horizontalAdvance(text), scaled(48)) + metrics().gap;
        const QRect bar = rect.adjusted(0, 0, -number, 0);
        const QVariant share = index.data(ShareRole);
        if (const QVariant second = index.data(SecondShareRole); second.isValid()) {
            paintTwoBars(painter, bar, share.toDouble(), barColour(index), second.toDouble(), theme().control);
        } else if (share.isValid()) {
            paintShareBar(painter, bar, share.toDouble(), barColour(index), index.data(EstimateRole).toBool());
        }
        if (number > 0) {
            // A row without a bar (a group, say) may use the whole cell for its text.
            drawTextCell(painter, share.isValid() ? QRect(rect.right() + 1 - number, rect.y(), number, rect.height()) : rect, index,
                         share.isValid() ? CellKind::Number : CellKind::Mono, inverted);
        }
        break;
    }
    case CellKind::Interval:
        if (const QVariant value = index.data(IntervalRole); value.canConvert<CellInterval>()) {
            paintInterval(painter, rect, value.value<CellInterval>(), inverted ? theme().selectionInk : theme().control);
        }
        break;
    case CellKind::Spark:
        if (const QVariant value = index.data(SparkRole); value.canConvert<CellSpark>()) {
            paintSpark(painter, rect, value.value<CellSpark>(), inverted ? theme().selectionInk : theme().text2);
        }
        break;
    case CellKind::Chip: {
        const QString text = index.data(Qt::DisplayRole).toString();
        if (!text.isEmpty()) {
            const auto chip = enumAt(index, ChipRole, ChipKind::Neutral);
            paintChip(painter, rect, chip, text, enumAt(index, ChipIconRole, chipIcon(chip)));
        }
        break;
    }
    case CellKind::Text:
    case CellKind::Number:
    case CellKind::Mono:
        drawTextCell(painter, rect, index, kind, inverted);
        break;
    }
    if (!index.data(InvalidRole).toString().isEmpty()) {
        paintBox(painter, option.rect.adjusted(0, 0, 0, -1), QColor(), theme().error, 0);
    } else if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange)
               && option.widget != nullptr && option.widget->hasFocus()) {
        paintBox(painter, option.rect.adjusted(0, 0, 0, -1), QColor(), theme().focus, 0);
    }
    painter->restore();
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const
{
    const CellKind kind = kindOf(index);
    const QString text = index.data(Qt::DisplayRole).toString();
    int width = QFontMetrics(fontOf(index, kind)).horizontalAdvance(text);
    switch (kind) {
    case CellKind::Bar:
        width = std::max(width, scaled(48)) + scaled(96);
        break;
    case CellKind::Interval:
        width = scaled(120);
        break;
    case CellKind::Spark:
        width = 116;
        break;
    case CellKind::Chip:
        width = text.isEmpty() ? 0 : chipSize(text).width();
        break;
    default:
        if (index.data(IconRole).isValid()) {
            width += metrics().icon + metrics().gapTiny;
        }
        if (index.data(BackendRole).toInt() != 0) {
            width += 9;
        }
        if (const QString note = index.data(NoteRole).toString(); !note.isEmpty()) {
            width += QFontMetrics(kind == CellKind::Text ? uiFont(11) : monoFont(11)).horizontalAdvance(note) + metrics().gapSmall;
        }
    }
    return {width + 2 * metrics().cellMargin + 1, metrics().row};
}

bool TableDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    if (event == nullptr || view == nullptr || event->type() != QEvent::ToolTip) {
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    }
    QString text = index.data(InvalidRole).toString();
    if (text.isEmpty()) {
        text = index.data(Qt::ToolTipRole).toString();
    }
    // An elided name is shown in full.
    if (text.isEmpty() && sizeHint(option, index).width() > option.rect.width()) {
        text = index.data(Qt::DisplayRole).toString();
    }
    if (text.isEmpty()) {
        QToolTip::hideText();
        event->ignore();
        return true;
    }
    // Names come from files: never let them be read as rich text.
    QToolTip::showText(event->globalPos(), text, view, option.rect);
    return true;
}

} // namespace nordlys::studio
