// SPDX-License-Identifier: GPL-3.0-or-later
#include "empty_state.h"

#include <QPushButton>
#include <QVBoxLayout>

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include "ink_label.h"

namespace nordlys::studio {
namespace {

constexpr int pictureSize = 40;

} // namespace

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent), m_picture(new QLabel(this)), m_title(new InkLabel(CellInk::Default, this)), m_text(new InkLabel(CellInk::Note, this)),
      m_hint(new InkLabel(CellInk::Note, this)), m_button(new QPushButton(this))
{
    m_title->setFont(uiFont(14, QFont::DemiBold));
    m_text->setFont(uiFont(12));
    m_text->setWordWrap(true);
    m_hint->setFont(uiFont(11));
    m_hint->setWordWrap(true);
    const int maxWidth = QFontMetrics(uiFont(12)).averageCharWidth() * 72;
    for (QLabel* label : {m_picture, m_title, m_text, m_hint}) {
        label->setAlignment(Qt::AlignCenter);
        label->setMaximumWidth(maxWidth);
    }
    setPrimary(m_button);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(metrics().gap);
    column->addStretch(1);
    column->addWidget(m_picture, 0, Qt::AlignHCenter);
    column->addWidget(m_title, 0, Qt::AlignHCenter);
    // Word wrapped labels need the width of the column, not of their shortest form.
    column->addWidget(m_text);
    column->setAlignment(m_text, Qt::Alignment());
    column->addWidget(m_button, 0, Qt::AlignHCenter);
    column->addWidget(m_hint);
    column->addStretch(2);
    m_text->setMaximumWidth(QWIDGETSIZE_MAX);
    m_hint->setMaximumWidth(QWIDGETSIZE_MAX);
    m_button->hide();
    m_hint->hide();
    connect(m_button, &QPushButton::clicked, this, &EmptyState::actionTriggered);
    connect(&ThemeController::instance(), &ThemeController::changed, this, &EmptyState::applyTheme);
}

void EmptyState::setTexts(Icon icon, const QString& title, const QString& text)
{
    m_icon = icon;
    m_title->setText(title);
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
    applyTheme();
}

void EmptyState::setAction(const QString& text, Icon icon)
{
    m_button->setText(text);
    m_button->setIcon(nordlys::studio::icon(icon));
    m_button->setVisible(!text.isEmpty());
}

void EmptyState::setHint(const QString& hint)
{
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

void EmptyState::applyTheme()
{
    m_picture->setPixmap(iconPixmap(m_icon, theme().text3, pictureSize, devicePixelRatioF()));
}

} // namespace nordlys::studio
