// SPDX-License-Identifier: GPL-3.0-or-later
#include "studio_style.h"

#include <algorithm>

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QScrollBar>
#include <QSlider>
#include <QStatusBar>
#include <QStyleFactory>
#include <QTabBar>
#include <QToolButton>

#include "focus_ring.h"
#include "icons.h"
#include "metrics.h"
#include "studio_style_parts.h"
#include "theme.h"

namespace nordlys::studio {
namespace {

void setFlag(QWidget* widget, const char* property, bool on)
{
    if (flag(widget, property) == on) {
        return;
    }
    widget->setProperty(property, on);
    widget->update();
}

// For properties that change the size: buttons and combo boxes keep their size hint until the style changes.
void setSizeFlag(QWidget* widget, const char* property, bool on)
{
    if (flag(widget, property) != on) {
        setFlag(widget, property, on);
        QEvent change(QEvent::StyleChange);
        QApplication::sendEvent(widget, &change);
        widget->updateGeometry();
    }
}

bool wantsHover(const QWidget* widget)
{
    return qobject_cast<const QAbstractButton*>(widget) != nullptr || qobject_cast<const QComboBox*>(widget) != nullptr
        || qobject_cast<const QScrollBar*>(widget) != nullptr || qobject_cast<const QTabBar*>(widget) != nullptr
        || qobject_cast<const QHeaderView*>(widget) != nullptr || qobject_cast<const QSlider*>(widget) != nullptr
        || qobject_cast<const QAbstractSpinBox*>(widget) != nullptr;
}

} // namespace

StudioStyle::StudioStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
{
    FocusRing::install();
}

void StudioStyle::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    if (wantsHover(widget)) {
        widget->setAttribute(Qt::WA_Hover);
    }
    if (auto* view = qobject_cast<QAbstractItemView*>(widget)) {
        view->viewport()->setAttribute(Qt::WA_Hover);
    }
    // Names come from files: a label or tooltip shows "<b>" and loads no picture. Whoever wants rich text says so.
    if (auto* label = qobject_cast<QLabel*>(widget); label != nullptr && label->textFormat() == Qt::AutoText) {
        label->setTextFormat(Qt::PlainText);
    }
    if (auto* bar = qobject_cast<QStatusBar*>(widget)) {
        bar->setFont(uiFont(11));
        bar->setFixedHeight(metrics().statusBar);
    }
}

void StudioStyle::unpolish(QWidget* widget)
{
    QProxyStyle::unpolish(widget);
}

int StudioStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    const Metrics& sizes = metrics();
    switch (metric) {
    case PM_DefaultFrameWidth:
    case PM_SpinBoxFrameWidth:
    case PM_ComboBoxFrameWidth:
    case PM_MenuPanelWidth:
    case PM_ToolTipLabelFrameWidth:
        return 1;
    case PM_MenuHMargin:
    case PM_MenuVMargin:
        return 4;
    case PM_MenuBarPanelWidth:
    case PM_MenuBarVMargin:
    case PM_MenuBarHMargin:
    case PM_MenuBarItemSpacing:
    case PM_DockWidgetFrameWidth:
    case PM_TabBarBaseHeight:
    case PM_TabBarBaseOverlap:
    case PM_TabBarTabOverlap:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_ToolBarFrameWidth:
    case PM_ToolBarHandleExtent:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_ScrollView_ScrollBarSpacing:
    case PM_ScrollView_ScrollBarOverlap:
        return 0;
    case PM_SplitterWidth:
        return 1;
    case PM_DockWidgetSeparatorExtent:
        return 1; // QMainWindow then lays an invisible widget of 5 px over the line to catch the mouse
    case PM_ScrollBarExtent:
        return 10;
    case PM_ScrollBarSliderMin:
        return 28;
    case PM_HeaderMargin:
        return sizes.cellMargin;
    case PM_HeaderMarkSize:
        return scaled(10);
    case PM_HeaderDefaultSectionSizeVertical:
        return sizes.row;
    case PM_ButtonIconSize:
    case PM_SmallIconSize:
    case PM_ListViewIconSize:
    case PM_TabBarIconSize:
    case PM_ButtonMargin:
    case PM_LineEditIconSize:
    case PM_ToolBarIconSize:
        return metric == PM_ButtonMargin ? 6 : sizes.icon;
    case PM_DockWidgetTitleMargin:
        return 6;
    case PM_DockWidgetTitleBarButtonMargin:
        return 4;
    case PM_TabBarTabHSpace:
        return 22;
    case PM_TabBarTabVSpace:
        return 12;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return scaled(14);
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
    case PM_ToolBarItemSpacing:
        return sizes.gapSmall;
    case PM_TreeViewIndentation:
        return scaled(16);
    case PM_SliderThickness:
    case PM_SliderControlThickness:
    case PM_SliderLength:
        return scaled(14);
    case PM_LayoutLeftMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutBottomMargin:
        return sizes.dockMargin;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return sizes.gap;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
        return 2;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int StudioStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* returnData) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_UnderlineShortcut:
    case SH_ScrollView_FrameOnlyAroundContents:
    case SH_Widget_Animate:
    case SH_Widget_Animation_Duration:
    case SH_ItemView_ShowDecorationSelected:
        return hint == SH_ItemView_ShowDecorationSelected ? 1 : 0;
    case SH_ComboBox_Popup:
        return 0;
    case SH_ItemView_ChangeHighlightOnFocus:
        return 1;
    case SH_TabBar_Alignment:
        return Qt::AlignLeft;
    case SH_TabBar_ElideMode:
        return Qt::ElideMiddle;
    case SH_Header_ArrowAlignment:
        return Qt::AlignRight | Qt::AlignVCenter;
    case SH_Table_GridLineColor:
        return static_cast<int>(theme().border.rgb());
    case SH_ToolTip_WakeUpDelay:
        return 400;
    case SH_DockWidget_ButtonsHaveFrame:
        return 0;
    case SH_ScrollBar_Transient:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

QSize StudioStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size, const QWidget* widget) const
{
    const Metrics& sizes = metrics();
    const int controlHeight = flag(widget, "bar") ? sizes.barButton : sizes.button;
    switch (type) {
    case CT_PushButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            const int text = button->text.isEmpty()
                ? 0
                : QFontMetrics(flag(widget, "primary") ? uiFont(12, QFont::DemiBold) : button->fontMetrics.height() > 0 && widget != nullptr ? widget->font() : uiFont())
                      .size(Qt::TextShowMnemonic, button->text).width();
            const int icon = button->icon.isNull() ? 0 : button->iconSize.width();
            const int inner = text + icon + (text > 0 && icon > 0 ? 6 : 0);
            const int padding = text == 0 ? 6 : flag(widget, "bar") || flag(widget, "segment") ? 9 : 12;
            const int menu = button->features.testFlag(QStyleOptionButton::HasMenu) ? 16 : 0;
            return {std::max(inner + 2 * padding + menu, controlHeight), controlHeight};
        }
        break;
    case CT_ComboBox:
        return {QProxyStyle::sizeFromContents(type, option, size, widget).width() + 8, controlHeight};
    case CT_LineEdit:
    case CT_SpinBox:
        return {QProxyStyle::sizeFromContents(type, option, size, widget).width(), sizes.field};
    case CT_ToolButton: {
        const QSize natural = QProxyStyle::sizeFromContents(type, option, size, widget);
        const auto* button = qobject_cast<const QToolButton*>(widget);
        const bool wide = button != nullptr && button->toolButtonStyle() != Qt::ToolButtonIconOnly;
        const int height = flag(widget, "bar") ? sizes.barButton : sizes.button;
        return {wide ? natural.width() + 12 : std::max(height, natural.width()), height};
    }
    case CT_HeaderSection:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            const int text = QFontMetrics(uiFont(11, QFont::Medium)).horizontalAdvance(header->text);
            const int arrow = header->sortIndicator != QStyleOptionHeader::None ? scaled(10) + sizes.gapTiny : 0;
            return {text + arrow + 2 * sizes.cellMargin + 1, sizes.header};
        }
        break;
    case CT_TabBarTab:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            const bool views = flag(widget, "viewTabs");
            const int text = QFontMetrics(uiFont(views ? 12 : 11, QFont::DemiBold)).size(Qt::TextShowMnemonic, tab->text).width();
            const int icon = tab->icon.isNull() ? 0 : sizes.icon + sizes.gapSmall;
            const int sides = (tab->leftButtonSize.isEmpty() ? 0 : tab->leftButtonSize.width() + sizes.gapSmall)
                + (tab->rightButtonSize.isEmpty() ? 0 : tab->rightButtonSize.width() + sizes.gapSmall);
            return {text + icon + sides + 2 * 11, views ? sizes.viewTabs : sizes.dockHeader};
        }
        break;
    case CT_MenuItem: {
        QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
        const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
        if (item != nullptr && item->menuItemType != QStyleOptionMenuItem::Separator) {
            result.setHeight(std::max(result.height(), sizes.row));
        }
        return result;
    }
    case CT_MenuBarItem:
        return {size.width() + 14, sizes.barButton};
    case CT_ItemViewItem: {
        QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
        result.setHeight(std::max(result.height(), sizes.row));
        return result;
    }
    case CT_ProgressBar:
        return {size.width(), 2};
    default:
        break;
    }
    return QProxyStyle::sizeFromContents(type, option, size, widget);
}

QRect StudioStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    switch (element) {
    case SE_ProgressBarGroove:
    case SE_ProgressBarContents:
        return option->rect;
    case SE_TabBarTabText:
        // QTabBar shortens the text to this width in its own font; drawTabLabel() has the last word.
        return option->rect.adjusted(2, 0, 200, 0);
    case SE_LineEditContents: {
        // Numbers and names stand 6 px from the outline.
        const QRect inner = QProxyStyle::subElementRect(element, option, widget);
        return flag(widget, "inCell") ? inner.adjusted(4, 0, -4, 0) : inner.adjusted(3, 0, -3, 0);
    }
    default:
        return QProxyStyle::subElementRect(element, option, widget);
    }
}

QIcon StudioStyle::standardIcon(StandardPixmap standard, const QStyleOption* option, const QWidget* widget) const
{
    switch (standard) {
    case SP_TitleBarCloseButton:
    case SP_DockWidgetCloseButton:
    case SP_LineEditClearButton:
        return icon(Icon::Close);
    case SP_TitleBarNormalButton:
        return icon(Icon::Maximize);
    case SP_MessageBoxWarning:
        return icon(Icon::Warn, theme().warn);
    case SP_MessageBoxCritical:
        return icon(Icon::Error, theme().error);
    case SP_MessageBoxInformation:
    case SP_MessageBoxQuestion:
        return icon(Icon::Info, theme().accent);
    case SP_ToolBarHorizontalExtensionButton:
        return icon(Icon::More);
    default:
        return QProxyStyle::standardIcon(standard, option, widget);
    }
}

void setPrimary(QAbstractButton* button, bool on)
{
    setSizeFlag(button, "primary", on);
}

void setDanger(QAbstractButton* button, bool on)
{
    setFlag(button, "danger", on);
}

void setBarSize(QWidget* control, bool on)
{
    setSizeFlag(control, "bar", on);
}

void setSegment(QAbstractButton* button, bool on)
{
    setSizeFlag(button, "segment", on);
}

void setInvalid(QWidget* field, bool on)
{
    setFlag(field, "invalid", on);
}

void setViewTabs(QTabBar* tabs, bool on)
{
    setSizeFlag(tabs, "viewTabs", on);
}

void setFocusRing(QWidget* widget, bool on)
{
    setFlag(widget, "focusRing", on);
}

void paintBox(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& outline, int radius, int penWidth)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, radius > 0);
    const qreal inset = outline.isValid() ? penWidth / 2.0 : 0.0;
    painter->setPen(outline.isValid() ? QPen(outline, penWidth) : QPen(Qt::NoPen));
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter->drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius);
    painter->restore();
}

} // namespace nordlys::studio
