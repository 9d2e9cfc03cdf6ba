// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QPainter>

#include "icons.h"
#include "metrics.h"
#include "studio_style.h"
#include "studio_style_parts.h"
#include "theme.h"

namespace nordlys::studio {
namespace {

void drawField(const QStyleOption& option, QPainter* painter, const QWidget* widget)
{
    const Theme& colours = theme();
    const bool enabled = isOn(option, QStyle::State_Enabled);
    const bool invalid = flag(widget, "invalid");
    const auto* edit = qobject_cast<const QLineEdit*>(widget);
    const bool readOnly = edit != nullptr && edit->isReadOnly();
    const bool focused = isOn(option, QStyle::State_HasFocus) && enabled;
    const QColor outline = invalid ? colours.error : focused ? colours.focus : enabled && !readOnly ? colours.control : colours.border;
    const int radius = flag(widget, "inCell") ? 0 : metrics().controlRadius;
    paintBox(painter, option.rect, enabled ? colours.canvas : colours.surface, outline, radius, focused || invalid ? 2 : 1);
}

void drawIndicator(const QStyleOption& option, QPainter* painter, bool round)
{
    const Theme& colours = theme();
    const bool enabled = isOn(option, QStyle::State_Enabled);
    const bool on = isOn(option, QStyle::State_On);
    const bool partly = isOn(option, QStyle::State_NoChange);
    const int side = std::min(option.rect.width(), option.rect.height());
    const QRect box(option.rect.x() + (option.rect.width() - side) / 2, option.rect.y() + (option.rect.height() - side) / 2, side, side);
    const bool filled = (on || partly) && enabled;
    const QColor fill = filled ? colours.accentFill : isOn(option, QStyle::State_MouseOver) && enabled ? colours.hover : colours.canvas;
    const QColor outline = filled ? colours.accentFill : enabled ? colours.control : colours.disabled;
    paintBox(painter, box, fill, outline, round ? side / 2 : 3);
    const QColor ink = enabled ? colours.accentInk : colours.disabled;
    if (round && on) {
        paintBox(painter, box.adjusted(4, 4, -4, -4), ink, QColor(), side / 2 - 4);
    } else if (partly) {
        painter->fillRect(QRect(box.x() + 3, box.center().y(), side - 6, 2), ink);
    } else if (on) {
        paintIcon(painter, box, Icon::Check, ink, side - 2);
    }
}

void drawItemRow(const QStyleOption& option, QPainter* painter, const QWidget* widget)
{
    const Theme& colours = theme();
    if (isOn(option, QStyle::State_Selected)) {
        const bool focused = isOn(option, QStyle::State_Active)
            && (isOn(option, QStyle::State_HasFocus) || (widget != nullptr && widget->hasFocus())
                || qobject_cast<const QComboBox*>(widget) != nullptr);
        painter->fillRect(option.rect, focused ? colours.selection : colours.hover);
        const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(&option);
        const bool first = item == nullptr || item->viewItemPosition == QStyleOptionViewItem::Beginning
            || item->viewItemPosition == QStyleOptionViewItem::OnlyOne || item->viewItemPosition == QStyleOptionViewItem::Invalid;
        if (!focused && first) {
            painter->fillRect(QRect(option.rect.topLeft(), QSize(2, option.rect.height())), colours.accent);
        }
    } else if (isOn(option, QStyle::State_MouseOver) && isOn(option, QStyle::State_Enabled)) {
        painter->fillRect(option.rect, colours.hover);
    }
}

Icon chevronOf(QStyle::PrimitiveElement element)
{
    switch (element) {
    case QStyle::PE_IndicatorArrowUp:
    case QStyle::PE_IndicatorSpinUp:
        return Icon::ChevronUp;
    case QStyle::PE_IndicatorArrowLeft:
        return Icon::ChevronLeft;
    case QStyle::PE_IndicatorArrowRight:
        return Icon::ChevronRight;
    default:
        return Icon::ChevronDown;
    }
}

} // namespace

void StudioStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    const Theme& colours = theme();
    const QRect& rect = option->rect;
    switch (element) {
    case PE_PanelLineEdit: {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (frame != nullptr && frame->lineWidth > 0) {
            drawField(*option, painter, widget);
        }
        return;
    }
    case PE_FrameLineEdit:
        drawField(*option, painter, widget);
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawIndicator(*option, painter, false);
        return;
    case PE_IndicatorRadioButton:
        drawIndicator(*option, painter, true);
        return;
    case PE_IndicatorBranch:
        if (isOn(*option, State_Children)) {
            paintIcon(painter, rect, isOn(*option, State_Open) ? Icon::ChevronDown : Icon::ChevronRight, colours.text3,
                      metrics().smallIcon);
        }
        return;
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowUp:
    case PE_IndicatorArrowLeft:
    case PE_IndicatorArrowRight:
    case PE_IndicatorSpinDown:
    case PE_IndicatorSpinUp:
    case PE_IndicatorButtonDropDown:
        paintIcon(painter, rect, chevronOf(element), isOn(*option, State_Enabled) ? colours.text3 : colours.disabled,
                  std::min(metrics().smallIcon, std::min(rect.width(), rect.height())));
        return;
    case PE_PanelItemViewRow:
        return;
    case PE_PanelItemViewItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
            item != nullptr && item->backgroundBrush.style() != Qt::NoBrush) {
            painter->fillRect(rect, item->backgroundBrush);
        }
        drawItemRow(*option, painter, widget);
        return;
    case PE_FrameFocusRect:
        // Controls have the ring around them; only cells and rows show it inside, and only for the keyboard.
        if (qobject_cast<const QAbstractItemView*>(widget) != nullptr && isOn(*option, State_KeyboardFocusChange)) {
            paintBox(painter, rect, QColor(), colours.focus, 0);
        }
        return;
    case PE_Frame:
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option); frame != nullptr && frame->lineWidth > 0) {
            paintBox(painter, rect, QColor(), colours.border, 0);
        }
        return;
    case PE_FrameWindow:
        paintBox(painter, rect, QColor(), colours.borderStrong, 0);
        return;
    case PE_FrameGroupBox:
    case PE_FrameTabWidget:
    case PE_FrameDockWidget:
    case PE_FrameStatusBarItem:
    case PE_FrameButtonBevel:
    case PE_FrameButtonTool:
    case PE_IndicatorToolBarHandle:
    case PE_IndicatorHeaderArrow:
        return;
    case PE_FrameTabBarBase:
        painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colours.border);
        return;
    case PE_PanelMenu:
    case PE_FrameMenu:
    case PE_PanelTipLabel:
        paintBox(painter, rect, element == PE_FrameMenu ? QColor() : colours.raised, colours.borderStrong, 0);
        return;
    case PE_PanelStatusBar:
        painter->fillRect(rect, colours.window);
        painter->fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), colours.border);
        return;
    case PE_PanelMenuBar:
    case PE_PanelToolBar:
        painter->fillRect(rect, colours.window);
        return;
    case PE_IndicatorTabClose:
        if (isOn(*option, State_MouseOver)) {
            paintBox(painter, rect, colours.hover, QColor(), metrics().chipRadius);
        }
        paintIcon(painter, rect, Icon::Close, colours.text3, metrics().smallIcon);
        return;
    case PE_IndicatorDockWidgetResizeHandle:
        painter->fillRect(rect, colours.border);
        return;
    case PE_PanelButtonCommand:
    case PE_PanelButtonBevel:
    case PE_PanelButtonTool: {
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            drawButton(*button, painter, widget);
        } else {
            QStyleOptionButton plain;
            plain.QStyleOption::operator=(*option);
            plain.features = element == PE_PanelButtonTool ? QStyleOptionButton::Flat : QStyleOptionButton::None;
            drawButton(plain, painter, widget);
        }
        return;
    }
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

} // namespace nordlys::studio
