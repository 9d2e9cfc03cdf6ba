// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

class QAbstractButton;
class QStyleOptionButton;
class QStyleOptionComboBox;
class QStyleOptionHeader;
class QStyleOptionSlider;
class QStyleOptionSpinBox;
class QStyleOptionTab;
class QStyleOptionToolButton;
class QTabBar;

namespace nordlys::studio {

/// Fusion with our own drawing of everything that is visible (visual system, section 9). Needs no style sheet.
///
/// Dynamic properties that it reads (set them through the functions below):
/// "primary", "danger", "bar", "segment" on buttons, "bar" on combo boxes, "viewTabs" on tab bars, "invalid" on fields,
/// "focusRing" on any widget that wants the keyboard focus ring around it.
class StudioStyle : public QProxyStyle
{
    Q_OBJECT

public:
    StudioStyle();

    void polish(QWidget* widget) override;
    void unpolish(QWidget* widget) override;
    using QProxyStyle::polish;
    using QProxyStyle::unpolish;

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;
    [[nodiscard]] QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl subControl,
                                       const QWidget* widget) const override;
    [[nodiscard]] QRect subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const override;
    [[nodiscard]] QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                         const QWidget* widget) const override;
    [[nodiscard]] int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    [[nodiscard]] int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                                QStyleHintReturn* returnData) const override;
    [[nodiscard]] QIcon standardIcon(StandardPixmap standardIcon, const QStyleOption* option, const QWidget* widget) const override;

private:
    void drawButton(const QStyleOptionButton& option, QPainter* painter, const QWidget* widget) const;
    void drawButtonLabel(const QStyleOptionButton& option, QPainter* painter, const QWidget* widget) const;
    void drawHeaderSection(const QStyleOptionHeader& option, QPainter* painter) const;
    void drawHeaderLabel(const QStyleOptionHeader& option, QPainter* painter) const;
    void drawTabShape(const QStyleOptionTab& option, QPainter* painter, const QWidget* widget) const;
    void drawTabLabel(const QStyleOptionTab& option, QPainter* painter, const QWidget* widget) const;
    void drawDockTitle(const QStyleOption& option, QPainter* painter) const;
    void drawMenuBarItem(const QStyleOption& option, QPainter* painter) const;
    void drawProgress(const QStyleOption& option, QPainter* painter) const;
    void drawComboBox(const QStyleOptionComboBox& option, QPainter* painter, const QWidget* widget) const;
    void drawToolButton(const QStyleOptionToolButton& option, QPainter* painter, const QWidget* widget) const;
    void drawScrollBar(const QStyleOptionSlider& option, QPainter* painter, const QWidget* widget) const;
    void drawSlider(const QStyleOptionSlider& option, QPainter* painter) const;
    void drawSpinBox(const QStyleOptionSpinBox& option, QPainter* painter, const QWidget* widget) const;
};

/// The one primary button of a view (accent fill, 600).
void setPrimary(QAbstractButton* button, bool on = true);
/// Outline and ink in error colour: Stop, Delete.
void setDanger(QAbstractButton* button, bool on = true);
/// 24 instead of 28 px: buttons and combo boxes inside bars.
void setBarSize(QWidget* control, bool on = true);
/// One choice of a row of choices: accent fill while checked.
void setSegment(QAbstractButton* button, bool on = true);
/// A field whose text is not accepted: outline in error colour.
void setInvalid(QWidget* field, bool on = true);
/// The main view tabs: 34 instead of 28 px, on `window` instead of `raised`.
void setViewTabs(QTabBar* tabs, bool on = true);
/// Draws the keyboard focus ring around a widget that is no standard button, combo or slider.
void setFocusRing(QWidget* widget, bool on = true);

/// A rounded rectangle with a crisp 1 px outline. Pass an invalid colour to leave out fill or outline.
void paintBox(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& outline, int radius, int penWidth = 1);

} // namespace nordlys::studio
