// SPDX-License-Identifier: GPL-3.0-or-later
#include "section.h"

#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/theme.h>

namespace nordlys::studio {

SectionHeader::SectionHeader(const QString& title, QWidget* parent) : QAbstractButton(parent)
{
    setText(title);
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize SectionHeader::sizeHint() const
{
    return {QFontMetrics(uiFont(11, QFont::DemiBold)).horizontalAdvance(text()) + 40, scaled(26)};
}

void SectionHeader::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), underMouse() ? theme().hover : theme().surface);
    painter.fillRect(QRect(0, 0, width(), 1), theme().border);
    paintIcon(&painter, QRect(metrics().gap, 0, metrics().smallIcon, height()), isChecked() ? Icon::ChevronDown : Icon::ChevronRight, theme().text3);
    painter.setFont(uiFont(11, QFont::DemiBold));
    painter.setPen(theme().text2);
    painter.drawText(rect().adjusted(metrics().gap + metrics().smallIcon + metrics().gapSmall, 0, -metrics().gap, 0),
                     Qt::AlignVCenter | Qt::AlignLeft, text());
}

void SectionHeader::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        toggle();
        return;
    }
    QAbstractButton::keyPressEvent(event);
}

Section::Section(const QString& title, QWidget* parent) : QWidget(parent), m_header(new SectionHeader(title, this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    connect(m_header, &SectionHeader::toggled, this, [this](bool open) {
        if (m_content != nullptr) {
            m_content->setVisible(open);
        }
        Q_EMIT openChanged(open);
    });
}

void Section::setContent(QWidget* content)
{
    delete m_content;
    m_content = content;
    if (content != nullptr) {
        layout()->addWidget(content);
        content->setVisible(isOpen());
    }
}

void Section::setOpen(bool open)
{
    m_header->setChecked(open);
}

bool Section::isOpen() const
{
    return m_header->isChecked();
}

void Section::setTitle(const QString& title)
{
    m_header->setText(title);
}

} // namespace nordlys::studio
