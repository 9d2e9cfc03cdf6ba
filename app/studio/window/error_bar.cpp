// SPDX-License-Identifier: GPL-3.0-or-later
#include "error_bar.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace nordlys::studio {

ErrorBar::ErrorBar(QWidget *parent)
    : QWidget(parent), m_icon(new QLabel(this)), m_title(new QLabel(this)), m_text(new QLabel(this)),
      m_close(new QPushButton(this))
{
    setObjectName(QStringLiteral("errorBar"));
    m_title->setFont(uiFont(12, QFont::DemiBold));
    m_text->setFont(uiFont(12));
    m_text->setWordWrap(true);
    for (QLabel *label : {m_title, m_text}) {
        label->setTextFormat(Qt::PlainText); // names come from files
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_close->setText(tr("Dismiss"));
    m_close->setObjectName(QStringLiteral("errorDismiss"));
    setBarSize(m_close);
    connect(m_close, &QPushButton::clicked, this, &QWidget::hide);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metrics().gapLarge, metrics().gapSmall, metrics().gapLarge, metrics().gapSmall);
    row->setSpacing(metrics().gap);
    row->addWidget(m_icon);
    row->addWidget(m_title);
    row->addWidget(m_text, 1);
    row->addWidget(m_close);
    hide();
}

// A word of thousands of letters (names come from files) cannot be wrapped and would make the window as wide as itself.
static QString readable(const QString &text)
{
    constexpr qsizetype kLongestText = 600, kLongestWord = 80;
    QStringList words = text.left(2 * kLongestText).split(QLatin1Char(' '));
    for (QString &word : words) {
        if (word.size() > kLongestWord)
            word = word.left(kLongestWord / 2) + QChar(0x2026) + word.right(kLongestWord / 2);
    }
    const QString joined = words.join(QLatin1Char(' '));
    return joined.size() > kLongestText ? joined.left(kLongestText) + QChar(0x2026) : joined;
}

void ErrorBar::present(bool isError, const QString &title, const QString &text)
{
    m_isError = isError;
    m_icon->setPixmap(iconPixmap(isError ? Icon::Error : Icon::Info, isError ? theme().error : theme().text2, metrics().icon,
                                 devicePixelRatioF()));
    m_title->setText(m_title->fontMetrics().elidedText(title, Qt::ElideMiddle, scaled(360)));
    m_title->setToolTip(title);
    QPalette inks = palette();
    inks.setColor(QPalette::WindowText, isError ? theme().error : theme().text);
    m_title->setPalette(inks);
    inks.setColor(QPalette::WindowText, theme().text);
    m_text->setPalette(inks);
    const QString shown = readable(text);
    m_text->setText(shown);
    if (shown != text && m_text->toolTip().isEmpty())
        m_text->setToolTip(text.left(4000));
    setAccessibleName(title + QStringLiteral(": ") + text);
    QWidget::show();
    update();
}

void ErrorBar::show(const core::Error &error)
{
    QString text = toQString(error.why);
    if (!error.fix.empty())
        text += (text.endsWith(QLatin1Char('.')) ? QStringLiteral(" ") : QStringLiteral(". ")) + toQString(error.fix);
    QStringList details;
    for (const std::string &detail : error.details)
        details << toQString(detail);
    m_text->setToolTip(details.join(QLatin1Char('\n')));
    present(true, toQString(error.what), text);
}

void ErrorBar::showNotice(const QString &text)
{
    m_text->setToolTip({});
    present(false, {}, text);
}

QString ErrorBar::text() const { return accessibleName(); }

void ErrorBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_isError ? theme().errorBg : theme().raised);
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_isError ? theme().error : theme().border);
}

} // namespace nordlys::studio
