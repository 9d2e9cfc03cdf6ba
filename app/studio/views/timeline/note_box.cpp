// SPDX-License-Identifier: GPL-3.0-or-later
#include "note_box.h"

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/widgets/table_delegate.h>

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace nordlys::studio {
namespace {

CellInk inkOf(ChipKind kind)
{
    switch (kind) {
    case ChipKind::Ok: return CellInk::Ok;
    case ChipKind::Warn: return CellInk::Warn;
    case ChipKind::Error: return CellInk::Error;
    case ChipKind::Estimate: return CellInk::Estimate;
    case ChipKind::Neutral: break;
    }
    return CellInk::Label;
}

QColor fillOf(ChipKind kind)
{
    switch (kind) {
    case ChipKind::Ok: return theme().okBg;
    case ChipKind::Warn: return theme().warnBg;
    case ChipKind::Error: return theme().errorBg;
    case ChipKind::Estimate: return theme().estimateBg;
    case ChipKind::Neutral: break;
    }
    return theme().raised;
}

} // namespace

NoteBox::NoteBox(ChipKind kind, QWidget *parent)
    : QWidget(parent), m_kind(kind), m_title(new InkLabel(inkOf(kind), this)), m_text(new InkLabel(CellInk::Label, this)),
      m_column(new QVBoxLayout(this))
{
    m_title->setFont(uiFont(12, QFont::DemiBold));
    m_title->setContentsMargins(metrics().icon + metrics().gapSmall, 0, 0, 0);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_column->setContentsMargins(metrics().gapLarge, metrics().gap, metrics().gapLarge, metrics().gap);
    m_column->setSpacing(metrics().gapTiny);
    m_column->addWidget(m_title);
    m_column->addWidget(m_text);
}

void NoteBox::setTexts(Icon icon, const QString &title, const QString &text)
{
    m_icon = icon;
    m_title->setText(title);
    m_text->setText(text);
    setAccessibleName(title + QStringLiteral(": ") + text);
    update();
}

void NoteBox::addAction(QWidget *button)
{
    auto *row = new QHBoxLayout;
    row->setContentsMargins(0, metrics().gapTiny, 0, 0);
    row->addWidget(button);
    row->addStretch(1);
    m_column->addLayout(row);
}

void NoteBox::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintBox(&painter, rect(), fillOf(m_kind), cellInk(inkOf(m_kind)), metrics().controlRadius);
    const QRect title = m_title->geometry();
    paintIcon(&painter, QRect(title.left(), title.top(), metrics().icon, title.height()), m_icon, cellInk(inkOf(m_kind)), metrics().icon);
}

} // namespace nordlys::studio
