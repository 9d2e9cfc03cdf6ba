// SPDX-License-Identifier: GPL-3.0-or-later
#include "error_block.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace nordlys::studio {
namespace {

// A name without spaces wraps nowhere and would widen the window.
QString breakable(QString text)
{
    constexpr qsizetype kMaxLength = 600;
    if (text.size() > kMaxLength)
        text = text.left(kMaxLength / 2) + QStringLiteral(" … ") + text.right(kMaxLength / 2);
    for (const QChar c : {QLatin1Char('/'), QLatin1Char('_'), QLatin1Char('.')})
        text.replace(c, QString(c) + QChar(0x200B));
    return text;
}

} // namespace

ErrorBlock::ErrorBlock(QWidget *parent)
    : QWidget(parent), m_icon(new QLabel(this)), m_what(new QLabel(this)), m_why(new QLabel(this)), m_button(new QPushButton(this))
{
    m_what->setFont(uiFont(12, QFont::DemiBold));
    m_why->setFont(uiFont(12));
    for (QLabel *label : {m_what, m_why}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setMinimumWidth(1);
    }
    setBarSize(m_button);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_what);
    texts->addWidget(m_why);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metrics().gapLarge, metrics().gap, metrics().gapLarge, metrics().gap);
    row->setSpacing(metrics().gap);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addLayout(texts, 1);
    row->addWidget(m_button, 0, Qt::AlignVCenter);
    connect(m_button, &QPushButton::clicked, this, &ErrorBlock::actionTriggered);
    connect(&ThemeController::instance(), &ThemeController::changed, this, &ErrorBlock::applyTheme);
    applyTheme();
    hide();
}

void ErrorBlock::applyTheme()
{
    m_icon->setPixmap(iconPixmap(Icon::Error, theme().error, metrics().icon, devicePixelRatioF()));
    QPalette inks = palette();
    inks.setColor(QPalette::WindowText, theme().error);
    m_what->setPalette(inks);
    inks.setColor(QPalette::WindowText, theme().text);
    m_why->setPalette(inks);
}

void ErrorBlock::setError(const QString &what, const QString &why, const QString &button)
{
    m_what->setText(breakable(what));
    m_what->setToolTip(what.size() > 120 ? what.left(2000) : QString());
    m_why->setText(breakable(why));
    m_why->setVisible(!why.isEmpty());
    m_button->setText(button);
    m_button->setVisible(!button.isEmpty());
    setAccessibleName(what + QStringLiteral(": ") + why);
    show();
    update();
}

void ErrorBlock::clear() { hide(); }

QString ErrorBlock::text() const { return accessibleName(); }

void ErrorBlock::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().errorBg);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme().border);
}

} // namespace nordlys::studio
