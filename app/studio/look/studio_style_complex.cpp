// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <QAbstractSpinBox>
#include <QPainter>
#include <QStyleOptionComplex>
#include <QToolButton>

#include "icons.h"
#include "metrics.h"
#include "studio_style.h"
#include "studio_style_parts.h"
#include "theme.h"

namespace nordlys::studio {

void StudioStyle::drawComboBox(const QStyleOptionComboBox& option, QPainter* painter, const QWidget* widget) const
{
    const Theme& colours = theme();
    const bool enabled = isOn(option, State_Enabled);
    if (option.frame) {
        if (option.editable) {
            QStyleOptionFrame frame;
            frame.QStyleOption::operator=(option);
            frame.lineWidth = 1;
            drawPrimitive(PE_FrameLineEdit, &frame, painter, widget);
        } else {
            const bool hovered = enabled && isOn(option, State_MouseOver);
            const bool open = enabled && isOn(option, State_On);
            paintBox(painter, option.rect, open || hovered ? colours.hover : colours.surface, enabled ? colours.borderStrong : colours.border,
                     metrics().controlRadius);
        }
    }
    const QRect arrow = subControlRect(CC_ComboBox, &option, SC_ComboBoxArrow, widget);
    paintIcon(painter, arrow, Icon::ChevronDown, enabled ? colours.text3 : colours.disabled, metrics().smallIcon);
}

void StudioStyle::drawToolButton(const QStyleOptionToolButton& option, QPainter* painter, const QWidget* widget) const
{
    QStyleOptionButton button;
    button.QStyleOption::operator=(option);
    const auto* tool = qobject_cast<const QToolButton*>(widget);
    const bool framed = tool != nullptr && !tool->autoRaise();
    button.features = framed ? QStyleOptionButton::None : QStyleOptionButton::Flat;
    drawButton(button, painter, widget);

    const bool textBeside = option.toolButtonStyle == Qt::ToolButtonTextBesideIcon;
    const bool textOnly = option.toolButtonStyle == Qt::ToolButtonTextOnly || option.icon.isNull();
    button.icon = textOnly ? QIcon() : option.icon;
    button.iconSize = option.iconSize;
    button.text = textBeside || textOnly ? option.text : QString();
    if (option.features.testFlag(QStyleOptionToolButton::HasMenu) && (textBeside || textOnly)) {
        button.features |= QStyleOptionButton::HasMenu;
    }
    if (option.arrowType != Qt::NoArrow && option.icon.isNull() && option.text.isEmpty()) {
        const Icon chevron = option.arrowType == Qt::UpArrow ? Icon::ChevronUp
            : option.arrowType == Qt::LeftArrow              ? Icon::ChevronLeft
            : option.arrowType == Qt::RightArrow             ? Icon::ChevronRight
                                                             : Icon::ChevronDown;
        paintIcon(painter, option.rect, chevron, isOn(option, State_Enabled) ? theme().text2 : theme().disabled, metrics().smallIcon);
        return;
    }
    painter->save();
    painter->setFont(option.font);
    drawButtonLabel(button, painter, widget);
    painter->restore();
}

void StudioStyle::drawScrollBar(const QStyleOptionSlider& option, QPainter* painter, const QWidget* widget) const
{
    const Theme& colours = theme();
    // A scroll bar that lies over its view paints no groove.
    if (!flag(widget, "overlay")) {
        painter->fillRect(option.rect, colours.surface);
    }
    if (option.maximum <= option.minimum) {
        return;
    }
    const bool wide = isOn(option, State_MouseOver) || option.activeSubControls.testFlag(SC_ScrollBarSlider);
    QRect handle = subControlRect(CC_ScrollBar, &option, SC_ScrollBarSlider, widget);
    const int thickness = wide ? 10 : 6;
    if (option.orientation == Qt::Vertical) {
        handle = QRect(handle.right() + 1 - thickness, handle.y(), thickness, handle.height());
    } else {
        handle = QRect(handle.x(), handle.bottom() + 1 - thickness, handle.width(), thickness);
    }
    const bool pressed = isOn(option, State_Sunken) && option.activeSubControls.testFlag(SC_ScrollBarSlider);
    paintBox(painter, handle, pressed ? colours.control : colours.borderStrong, QColor(), thickness / 2);
}

void StudioStyle::drawSlider(const QStyleOptionSlider& option, QPainter* painter) const
{
    const Theme& colours = theme();
    const bool horizontal = option.orientation == Qt::Horizontal;
    const bool enabled = isOn(option, State_Enabled);
    const QRect handle = QProxyStyle::subControlRect(CC_Slider, &option, SC_SliderHandle, nullptr);
    const QRect& rect = option.rect;
    const QRect groove = horizontal ? QRect(rect.x(), rect.center().y() - 1, rect.width(), 2) : QRect(rect.center().x() - 1, rect.y(), 2, rect.height());
    painter->fillRect(groove, colours.borderStrong);
    QRect done = groove;
    if (horizontal) {
        done.setRight(handle.center().x());
    } else {
        done.setTop(handle.center().y());
    }
    if (enabled) {
        painter->fillRect(done, colours.accent);
    }
    const int side = std::min(handle.width(), handle.height());
    const QRect knob(handle.x() + (handle.width() - side) / 2 + 1, handle.y() + (handle.height() - side) / 2 + 1, side - 2, side - 2);
    paintBox(painter, knob, isOn(option, State_MouseOver) && enabled ? colours.hover : colours.raised, enabled ? colours.focus : colours.disabled, side / 2);
}

void StudioStyle::drawSpinBox(const QStyleOptionSpinBox& option, QPainter* painter, const QWidget* widget) const
{
    if (option.frame) {
        QStyleOptionFrame frame;
        frame.QStyleOption::operator=(option);
        frame.lineWidth = 1;
        drawPrimitive(PE_FrameLineEdit, &frame, painter, widget);
    }
    if (option.buttonSymbols == QAbstractSpinBox::NoButtons) {
        return;
    }
    const auto arrow = [&](SubControl part, Icon chevron, QAbstractSpinBox::StepEnabledFlag step) {
        const QRect rect = subControlRect(CC_SpinBox, &option, part, widget);
        const bool enabled = isOn(option, State_Enabled) && option.stepEnabled.testFlag(step);
        const bool pressed = option.activeSubControls == part && isOn(option, State_Sunken);
        if (pressed) {
            painter->fillRect(rect.adjusted(0, 1, -1, -1), theme().hover);
        }
        paintIcon(painter, rect, chevron, enabled ? theme().text3 : theme().disabled, scaled(9));
    };
    arrow(SC_SpinBoxUp, Icon::ChevronUp, QAbstractSpinBox::StepUpEnabled);
    arrow(SC_SpinBoxDown, Icon::ChevronDown, QAbstractSpinBox::StepDownEnabled);
}

void StudioStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    switch (control) {
    case CC_ComboBox:
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
            drawComboBox(*combo, painter, widget);
        }
        return;
    case CC_ToolButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            drawToolButton(*button, painter, widget);
        }
        return;
    case CC_ScrollBar:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            drawScrollBar(*bar, painter, widget);
        }
        return;
    case CC_Slider:
        if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            drawSlider(*slider, painter);
        }
        return;
    case CC_SpinBox:
        if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option)) {
            drawSpinBox(*spin, painter, widget);
        }
        return;
    default:
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

QRect StudioStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl subControl, const QWidget* widget) const
{
    if (control == CC_ScrollBar) {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (bar == nullptr) {
            return {};
        }
        const bool vertical = bar->orientation == Qt::Vertical;
        const QRect& rect = bar->rect;
        const int length = vertical ? rect.height() : rect.width();
        const double range = static_cast<double>(bar->maximum) - bar->minimum;
        int size = length;
        int offset = 0;
        if (range > 0) {
            size = static_cast<int>(length * (bar->pageStep / (range + bar->pageStep)));
            size = std::min(length, std::max(size, pixelMetric(PM_ScrollBarSliderMin, option, widget)));
            offset = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - size, bar->upsideDown);
        }
        const auto part = [&](int from, int extent) {
            return vertical ? QRect(rect.x(), rect.y() + from, rect.width(), extent) : QRect(rect.x() + from, rect.y(), extent, rect.height());
        };
        switch (subControl) {
        case SC_ScrollBarGroove:
            return rect;
        case SC_ScrollBarSlider:
            return part(offset, size);
        case SC_ScrollBarSubPage:
            return part(0, offset);
        case SC_ScrollBarAddPage:
            return part(offset + size, length - offset - size);
        default:
            return {}; // no arrow buttons
        }
    }
    if (control == CC_ComboBox) {
        const QRect& rect = option->rect;
        switch (subControl) {
        case SC_ComboBoxArrow:
            return visualRect(option->direction, rect, QRect(rect.right() - 22, rect.y(), 20, rect.height()));
        case SC_ComboBoxEditField:
            return visualRect(option->direction, rect, rect.adjusted(6, 2, -24, -2));
        default:
            break;
        }
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

} // namespace nordlys::studio
