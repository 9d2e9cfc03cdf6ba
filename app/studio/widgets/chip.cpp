// SPDX-License-Identifier: GPL-3.0-or-later
#include "chip.h"

#include <algorithm>

#include <QCoreApplication>
#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

namespace nordlys::studio {
namespace {

constexpr int leftPadding = 6;
constexpr int rightPadding = 7;
constexpr int iconGap = 5;

QFont chipFont()
{
    return uiFont(11, QFont::Medium);
}

QColor chipFill(ChipKind kind)
{
    switch (kind) {
    case ChipKind::Ok:
        return theme().okBg;
    case ChipKind::Warn:
        return theme().warnBg;
    case ChipKind::Error:
        return theme().errorBg;
    case ChipKind::Estimate:
        return theme().estimateBg;
    case ChipKind::Neutral:
        break;
    }
    return theme().raised;
}

} // namespace

ChipKind chipKind(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Trusted:
    case Verdict::Faster:
    case Verdict::Same:
        return ChipKind::Ok;
    case Verdict::Noisy:
    case Verdict::Throttled:
    case Verdict::FellBack:
    case Verdict::Slower:
        return ChipKind::Warn;
    case Verdict::Interrupted:
    case Verdict::Failed:
        return ChipKind::Error;
    case Verdict::TooFew:
    case Verdict::NotClear:
        break;
    }
    return ChipKind::Neutral;
}

QString chipText(Verdict verdict)
{
    const auto words = [](const char* text) { return QCoreApplication::translate("Verdict", text); };
    switch (verdict) {
    case Verdict::Trusted:
        return words(QT_TRANSLATE_NOOP("Verdict", "trusted"));
    case Verdict::Noisy:
        return words(QT_TRANSLATE_NOOP("Verdict", "noisy"));
    case Verdict::Throttled:
        return words(QT_TRANSLATE_NOOP("Verdict", "throttled"));
    case Verdict::FellBack:
        return words(QT_TRANSLATE_NOOP("Verdict", "fell back"));
    case Verdict::TooFew:
        return words(QT_TRANSLATE_NOOP("Verdict", "too few"));
    case Verdict::Interrupted:
        return words(QT_TRANSLATE_NOOP("Verdict", "interrupted"));
    case Verdict::Failed:
        return words(QT_TRANSLATE_NOOP("Verdict", "failed"));
    case Verdict::Faster:
        return words(QT_TRANSLATE_NOOP("Verdict", "faster"));
    case Verdict::Slower:
        return words(QT_TRANSLATE_NOOP("Verdict", "slower"));
    case Verdict::Same:
        return words(QT_TRANSLATE_NOOP("Verdict", "same"));
    case Verdict::NotClear:
        break;
    }
    return words(QT_TRANSLATE_NOOP("Verdict", "not clear"));
}

Icon chipIcon(ChipKind kind)
{
    switch (kind) {
    case ChipKind::Ok:
        return Icon::Check;
    case ChipKind::Warn:
        return Icon::Warn;
    case ChipKind::Error:
        return Icon::Error;
    case ChipKind::Estimate:
        return Icon::Estimate;
    case ChipKind::Neutral:
        break;
    }
    return Icon::Info;
}

Icon chipIcon(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Throttled:
        return Icon::Thermometer;
    case Verdict::Faster:
        return Icon::ChevronDown; // time goes down
    case Verdict::Slower:
        return Icon::ChevronUp;
    case Verdict::Same:
        return Icon::Swap;
    default:
        return chipIcon(chipKind(verdict));
    }
}

QColor chipInk(ChipKind kind)
{
    switch (kind) {
    case ChipKind::Ok:
        return theme().ok;
    case ChipKind::Warn:
        return theme().warn;
    case ChipKind::Error:
        return theme().error;
    case ChipKind::Estimate:
        return theme().estimate;
    case ChipKind::Neutral:
        break;
    }
    return theme().text2;
}

QSize chipSize(const QString& text, bool withIcon)
{
    const int icon = withIcon ? metrics().smallIcon + (text.isEmpty() ? 0 : iconGap) : 0;
    return {leftPadding + icon + QFontMetrics(chipFont()).horizontalAdvance(text) + rightPadding, metrics().chip};
}

QRect paintChip(QPainter* painter, const QRect& rect, ChipKind kind, const QString& text, Icon icon, bool hovered, bool withIcon)
{
    const QSize wanted = chipSize(text, withIcon);
    const QRect box(rect.x(), rect.y() + (rect.height() - wanted.height()) / 2, std::min(wanted.width(), rect.width()), wanted.height());
    const QColor ink = chipInk(kind);
    const QColor outline = kind == ChipKind::Neutral ? theme().border : kind == ChipKind::Estimate ? QColor() : hovered ? ink : QColor();
    paintBox(painter, box, hovered && kind == ChipKind::Neutral ? theme().hover : chipFill(kind), outline, metrics().chipRadius);
    painter->save();
    if (kind == ChipKind::Estimate) {
        painter->setRenderHint(QPainter::Antialiasing);
        QPen dashes(ink, 1);
        dashes.setDashPattern({3, 2});
        painter->setPen(dashes);
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), metrics().chipRadius, metrics().chipRadius);
    }
    int left = box.x() + leftPadding;
    if (withIcon) {
        paintIcon(painter, QRect(left, box.y(), metrics().smallIcon, box.height()), icon, ink, metrics().smallIcon);
        left += metrics().smallIcon + iconGap;
    }
    painter->setFont(chipFont());
    painter->setPen(ink);
    const QRect words(left, box.y(), std::max(0, box.right() + 1 - rightPadding - left), box.height());
    painter->drawText(words, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(chipFont()).elidedText(text, Qt::ElideMiddle, words.width() + 1));
    painter->restore();
    return box;
}

Chip::Chip(QWidget* parent) : QAbstractButton(parent)
{
    setFocusPolicy(Qt::NoFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

Chip::Chip(ChipKind kind, const QString& text, QWidget* parent) : Chip(parent)
{
    setKind(kind);
    setText(text);
}

Chip::Chip(Verdict verdict, QWidget* parent) : Chip(parent)
{
    setVerdict(verdict);
}

void Chip::setKind(ChipKind kind)
{
    m_kind = kind;
    m_icon = chipIcon(kind);
    update();
}

void Chip::setVerdict(Verdict verdict)
{
    m_kind = nordlys::studio::chipKind(verdict);
    m_icon = nordlys::studio::chipIcon(verdict);
    setText(chipText(verdict));
    updateGeometry();
}

void Chip::setChipIcon(Icon icon)
{
    m_icon = icon;
    update();
}

void Chip::setIconVisible(bool visible)
{
    m_iconVisible = visible;
    updateGeometry();
    update();
}

void Chip::setClickable(bool clickable)
{
    m_clickable = clickable;
    setFocusPolicy(clickable || m_closable ? Qt::TabFocus : Qt::NoFocus);
    setCursor(clickable ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void Chip::setClosable(bool closable)
{
    m_closable = closable;
    setFocusPolicy(m_clickable || closable ? Qt::TabFocus : Qt::NoFocus);
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    const QSize size = chipSize(text(), m_iconVisible);
    return {size.width() + (m_closable ? metrics().smallIcon + 2 : 0), size.height()};
}

QSize Chip::minimumSizeHint() const
{
    const int closeRoom = m_closable ? metrics().smallIcon + 2 : 0;
    return {std::min(sizeHint().width(), chipSize(QString(), m_iconVisible).width() + closeRoom + 24), metrics().chip};
}

QRect Chip::closeRect() const
{
    return m_closable ? QRect(width() - metrics().smallIcon - 5, 0, metrics().smallIcon + 4, height()) : QRect();
}

bool Chip::event(QEvent* event)
{
    if (event->type() == QEvent::Enter || event->type() == QEvent::Leave) {
        update();
    }
    return QAbstractButton::event(event);
}

void Chip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const bool hovered = m_clickable && isEnabled() && underMouse();
    if (m_closable) {
        // The box of paintChip ends before the cross; draw one neutral box below both.
        paintBox(&painter, rect(), hovered ? theme().hover : chipFill(m_kind), m_kind == ChipKind::Neutral ? theme().border : QColor(),
                 metrics().chipRadius);
        painter.setClipRect(rect().adjusted(1, 1, -closeRect().width(), -1));
    }
    paintChip(&painter, rect().adjusted(0, 0, m_closable ? -metrics().smallIcon + 2 : 0, 0), m_kind, text(), m_icon, hovered, m_iconVisible);
    if (m_closable) {
        painter.setClipping(false);
        paintIcon(&painter, closeRect(), Icon::Close, theme().text3, scaled(10));
    }
}

void Chip::mousePressEvent(QMouseEvent* event)
{
    if (m_closable && event->button() == Qt::LeftButton && closeRect().contains(event->position().toPoint())) {
        Q_EMIT closeRequested();
        return;
    }
    if (!m_clickable) {
        event->ignore();
        return;
    }
    QAbstractButton::mousePressEvent(event);
}

void Chip::keyPressEvent(QKeyEvent* event)
{
    if (m_closable && (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace)) {
        Q_EMIT closeRequested();
        return;
    }
    if (!m_clickable) {
        event->ignore();
        return;
    }
    QAbstractButton::keyPressEvent(event);
}

} // namespace nordlys::studio
