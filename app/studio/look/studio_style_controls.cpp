// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QComboBox>
#include <QPainter>
#include <QStyleOptionProgressBar>
#include <QTabBar>

#include "icons.h"
#include "metrics.h"
#include "studio_style.h"
#include "studio_style_parts.h"
#include "theme.h"

namespace nordlys::studio {
namespace {

struct ButtonLook {
    QColor fill;
    QColor outline;
    QColor ink;
    QFont::Weight weight = QFont::Normal;
};

ButtonLook lookOf(const QStyleOption& option, bool flat, const QWidget* widget)
{
    const Theme& colours = theme();
    const bool enabled = isOn(option, QStyle::State_Enabled);
    const bool hovered = enabled && isOn(option, QStyle::State_MouseOver);
    const bool pressed = enabled && isOn(option, QStyle::State_Sunken);
    const bool checked = isOn(option, QStyle::State_On);
    if (!enabled) {
        return {flat ? QColor() : colours.surface, flat ? QColor() : colours.border, colours.disabled};
    }
    if (flag(widget, "primary") || (checked && flag(widget, "segment"))) {
        // Pressed and hover stay visible without leaving the contrast of accentInk.
        const QColor fill = pressed ? colours.accentFill.darker(125) : hovered ? colours.accentFill.darker(110) : colours.accentFill;
        return {fill, fill, colours.accentInk, QFont::DemiBold};
    }
    const QColor ink = flag(widget, "danger") ? colours.error : flat && !hovered && !checked ? colours.text2 : colours.text;
    const QColor rest = flat ? QColor() : colours.raised;
    ButtonLook look{pressed ? colours.borderStrong : hovered ? colours.hover : rest, flat ? QColor() : colours.borderStrong, ink};
    if (flag(widget, "danger")) {
        look.outline = colours.error;
    }
    if (checked) {
        look.outline = colours.accent;
        look.fill = pressed ? colours.borderStrong : colours.hover;
    }
    return look;
}

void drawInkedIcon(QPainter* painter, const QRect& rect, const QIcon& source, const QColor& ink, bool enabled)
{
    // Our own icons take the ink of the control; foreign ones are shown as they are.
    for (int index = 0; !source.name().isEmpty() && index < iconCount; ++index) {
        if (iconName(static_cast<Icon>(index)) == source.name()) {
            paintIcon(painter, rect, static_cast<Icon>(index), ink);
            return;
        }
    }
    source.paint(painter, rect, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
}

} // namespace

void StudioStyle::drawButton(const QStyleOptionButton& option, QPainter* painter, const QWidget* widget) const
{
    const ButtonLook look = lookOf(option, option.features.testFlag(QStyleOptionButton::Flat), widget);
    if (look.fill.isValid() || look.outline.isValid()) {
        paintBox(painter, option.rect, look.fill, look.outline, metrics().controlRadius);
    }
}

void StudioStyle::drawButtonLabel(const QStyleOptionButton& option, QPainter* painter, const QWidget* widget) const
{
    const ButtonLook look = lookOf(option, option.features.testFlag(QStyleOptionButton::Flat), widget);
    painter->save();
    QFont font = painter->font();
    if (look.weight != QFont::Normal) {
        font.setWeight(look.weight);
    }
    painter->setFont(font);
    painter->setPen(look.ink);
    const QFontMetrics letters(font);
    const bool hasMenu = option.features.testFlag(QStyleOptionButton::HasMenu);
    QRect rect = option.rect.adjusted(4, 0, hasMenu ? -18 : -4, 0);
    const int iconSide = option.icon.isNull() ? 0 : option.iconSize.width();
    const int gap = iconSide > 0 && !option.text.isEmpty() ? 6 : 0;
    const QString text = letters.elidedText(option.text, Qt::ElideMiddle, rect.width() - iconSide - gap, Qt::TextShowMnemonic);
    const int width = iconSide + gap + letters.size(Qt::TextShowMnemonic, text).width();
    int left = rect.x() + std::max(0, (rect.width() - width) / 2);
    if (iconSide > 0) {
        const QRect place(left, rect.y() + (rect.height() - iconSide) / 2, iconSide, iconSide);
        drawInkedIcon(painter, visualRect(option.direction, option.rect, place), option.icon, look.ink, isOn(option, State_Enabled));
        left += iconSide + gap;
    }
    const QRect textRect = visualRect(option.direction, option.rect, QRect(left, rect.y(), rect.right() - left + 1, rect.height()));
    painter->drawText(textRect, Qt::AlignVCenter | Qt::AlignLeading | (styleHint(SH_UnderlineShortcut, &option, widget, nullptr) != 0 ? Qt::TextShowMnemonic : Qt::TextHideMnemonic), text);
    if (hasMenu) {
        paintIcon(painter, QRect(option.rect.right() - 18, option.rect.y(), 12, option.rect.height()), Icon::ChevronDown, theme().text3, 12);
    }
    painter->restore();
}

void StudioStyle::drawHeaderSection(const QStyleOptionHeader& option, QPainter* painter) const
{
    const Theme& colours = theme();
    const bool hovered = isOn(option, State_MouseOver) && isOn(option, State_Enabled);
    painter->fillRect(option.rect, isOn(option, State_Sunken) ? colours.borderStrong : hovered ? colours.hover : colours.raised);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), colours.border);
    if (option.orientation == Qt::Horizontal) {
        painter->fillRect(QRect(option.rect.right(), option.rect.top(), 1, option.rect.height()), colours.border);
    }
}

void StudioStyle::drawHeaderLabel(const QStyleOptionHeader& option, QPainter* painter) const
{
    const Theme& colours = theme();
    const bool sorted = option.sortIndicator != QStyleOptionHeader::None;
    const int arrow = sorted ? scaled(10) : 0;
    const QFont font = uiFont(11, QFont::Medium);
    const QFontMetrics letters(font);
    QRect rect = option.rect;
    const int room = std::max(0, rect.width() - (sorted ? arrow + 4 : 0));
    const QString text = letters.elidedText(option.text, Qt::ElideRight, room);
    const int width = letters.horizontalAdvance(text);
    const bool right = option.textAlignment.testFlag(Qt::AlignRight);
    const int total = width + (sorted ? arrow + 4 : 0);
    const int left = right ? rect.right() + 1 - total : rect.left();
    painter->save();
    painter->setFont(font);
    painter->setPen(isOn(option, State_Enabled) ? (sorted ? colours.text : colours.text2) : colours.disabled);
    painter->drawText(QRect(left, rect.y(), width + 2, rect.height()), Qt::AlignVCenter | Qt::AlignLeft, text);
    painter->restore();
    if (sorted) {
        // Qt calls the arrow of ascending order "down"; we show where the large values are.
        const Icon chevron = option.sortIndicator == QStyleOptionHeader::SortDown ? Icon::ChevronUp : Icon::ChevronDown;
        paintIcon(painter, QRect(left + width + 4, rect.y(), arrow, rect.height()), chevron, colours.text2, arrow);
    }
}

void StudioStyle::drawTabShape(const QStyleOptionTab& option, QPainter* painter, const QWidget* widget) const
{
    const Theme& colours = theme();
    const bool views = flag(widget, "viewTabs");
    const bool selected = isOn(option, State_Selected);
    const bool hovered = isOn(option, State_MouseOver) && isOn(option, State_Enabled) && !selected;
    const QRect& rect = option.rect;
    painter->fillRect(rect, hovered ? colours.hover : views ? colours.window : colours.raised);
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colours.border);
    if (selected) {
        painter->fillRect(QRect(rect.left(), rect.bottom() - 1, rect.width(), 2), colours.accent);
    }
    const auto* bar = qobject_cast<const QTabBar*>(widget);
    if (selected && bar != nullptr && bar->hasFocus() && isOn(option, State_KeyboardFocusChange)) {
        paintBox(painter, rect.adjusted(2, 2, -2, -4), QColor(), colours.focus, metrics().controlRadius, 2);
    }
}

void StudioStyle::drawTabLabel(const QStyleOptionTab& option, QPainter* painter, const QWidget* widget) const
{
    const Theme& colours = theme();
    const bool views = flag(widget, "viewTabs");
    const bool selected = isOn(option, State_Selected);
    const QFont font = uiFont(views ? 12 : 11, selected || !views ? QFont::DemiBold : QFont::Normal);
    painter->save();
    painter->setFont(font);
    const QColor ink = !isOn(option, State_Enabled) ? colours.disabled : selected ? colours.text : colours.text2;
    painter->setPen(ink);
    QRect rect = option.rect.adjusted(11, 0, -11, 0);
    if (!option.leftButtonSize.isEmpty()) {
        rect.setLeft(rect.left() + option.leftButtonSize.width() + metrics().gapSmall);
    }
    if (!option.rightButtonSize.isEmpty()) {
        rect.setRight(rect.right() - option.rightButtonSize.width() - metrics().gapSmall);
    }
    if (!option.icon.isNull()) {
        const QRect place(rect.left(), rect.top(), metrics().icon, rect.height());
        drawInkedIcon(painter, place.adjusted(0, (place.height() - place.width()) / 2, 0, -(place.height() - place.width()) / 2), option.icon, ink,
                      isOn(option, State_Enabled));
        rect.setLeft(rect.left() + metrics().icon + metrics().gapSmall);
    }
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextHideMnemonic,
                      QFontMetrics(font).elidedText(option.text, Qt::ElideMiddle, rect.width(), Qt::TextShowMnemonic));
    painter->restore();
}

void StudioStyle::drawDockTitle(const QStyleOption& option, QPainter* painter) const
{
    const Theme& colours = theme();
    const auto* dock = qstyleoption_cast<const QStyleOptionDockWidget*>(&option);
    painter->fillRect(option.rect, colours.raised);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), colours.border);
    if (dock == nullptr) {
        return;
    }
    painter->save();
    const QFont font = uiFont(11, QFont::DemiBold);
    painter->setFont(font);
    painter->setPen(colours.text2);
    const QRect rect = option.rect.adjusted(metrics().dockMargin, 0, -metrics().gap, 0);
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(font).elidedText(dock->title, Qt::ElideRight, rect.width()));
    painter->restore();
}

void StudioStyle::drawMenuBarItem(const QStyleOption& option, QPainter* painter) const
{
    const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(&option);
    if (item == nullptr) {
        return;
    }
    const Theme& colours = theme();
    painter->fillRect(option.rect, colours.window);
    const bool enabled = isOn(option, State_Enabled);
    const bool active = enabled && isOn(option, State_Selected);
    if (active) {
        paintBox(painter, option.rect.adjusted(0, 1, 0, -1), isOn(option, State_Sunken) ? colours.borderStrong : colours.hover, QColor(),
                 metrics().controlRadius);
    }
    painter->save();
    painter->setPen(!enabled ? colours.disabled : active ? colours.text : colours.text2);
    painter->drawText(option.rect, Qt::AlignCenter | Qt::TextHideMnemonic, item->text);
    painter->restore();
}

void StudioStyle::drawProgress(const QStyleOption& option, QPainter* painter) const
{
    const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(&option);
    const Theme& colours = theme();
    const QRect line(option.rect.x(), option.rect.y() + std::max(0, (option.rect.height() - 2) / 2), option.rect.width(), std::min(2, option.rect.height()));
    painter->fillRect(line, colours.border);
    if (bar != nullptr && bar->maximum > bar->minimum) {
        const double share = (static_cast<double>(bar->progress) - bar->minimum) / (static_cast<double>(bar->maximum) - bar->minimum);
        painter->fillRect(QRect(line.x(), line.y(), static_cast<int>(line.width() * std::clamp(share, 0.0, 1.0)), line.height()), colours.accent);
    } else {
        // Length unknown: a still, dashed line; nothing moves.
        for (int x = line.left(); x < line.right(); x += 8) {
            painter->fillRect(QRect(x, line.y(), 4, line.height()), colours.accent);
        }
    }
}

void StudioStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    switch (element) {
    case CE_PushButtonBevel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            drawButton(*button, painter, widget);
        }
        return;
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            drawButtonLabel(*button, painter, widget);
        }
        return;
    case CE_Header:
        // Fusion takes the header margin off all four sides and draws its own arrow.
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            drawHeaderSection(*header, painter);
            QStyleOptionHeader label(*header);
            label.rect = header->rect.adjusted(metrics().cellMargin, 0, -metrics().cellMargin - 1, -1);
            drawHeaderLabel(label, painter);
        }
        return;
    case CE_HeaderSection:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            drawHeaderSection(*header, painter);
        }
        return;
    case CE_HeaderLabel:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            drawHeaderLabel(*header, painter);
        }
        return;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, theme().raised);
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), theme().border);
        return;
    case CE_TabBarTabShape:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            drawTabShape(*tab, painter, widget);
        }
        return;
    case CE_TabBarTabLabel:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            drawTabLabel(*tab, painter, widget);
        }
        return;
    case CE_DockWidgetTitle:
        drawDockTitle(*option, painter);
        return;
    case CE_MenuBarItem:
        drawMenuBarItem(*option, painter);
        return;
    case CE_MenuBarEmptyArea:
    case CE_ToolBar:
        painter->fillRect(option->rect, theme().window);
        return;
    case CE_ProgressBarGroove:
    case CE_ProgressBarLabel:
        return;
    case CE_ProgressBarContents:
        drawProgress(*option, painter);
        return;
    case CE_Splitter:
        painter->fillRect(option->rect, theme().border);
        return;
    case CE_SizeGrip:
    case CE_FocusFrame:
        return;
    case CE_RubberBand: {
        QColor wash = theme().accent;
        wash.setAlphaF(0.07F);
        painter->fillRect(option->rect, wash);
        paintBox(painter, option->rect, QColor(), theme().focus, 0);
        return;
    }
    case CE_ComboBoxLabel:
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
            QStyleOptionComboBox inner(*combo);
            inner.palette.setColor(QPalette::ButtonText, isOn(*option, State_Enabled) ? theme().text : theme().disabled);
            inner.palette.setColor(QPalette::Text, inner.palette.color(QPalette::ButtonText));
            QProxyStyle::drawControl(element, &inner, painter, widget);
        }
        return;
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

} // namespace nordlys::studio
