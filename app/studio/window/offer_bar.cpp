// SPDX-License-Identifier: GPL-3.0-or-later
#include "offer_bar.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr int kDetailsHeight = 132;
constexpr int kMostRows = 4;
// Longer names say nothing more in a strip and would take its height; the details hold all of them.
constexpr int kMostCharacters = 400;

QString shortened(const QString &text)
{
    return text.size() <= kMostCharacters ? text
                                          : text.left(kMostCharacters / 2) + QStringLiteral(" … ") + text.right(kMostCharacters / 2);
}

} // namespace

class OfferBar::Row : public QWidget {
public:
    Row(OfferBar &bar, const Offer &offer) : QWidget(&bar), id(offer.id), m_bar(bar)
    {
        setObjectName(QStringLiteral("offerRow"));
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(metrics().gapLarge, metrics().gapSmall, metrics().gapLarge, metrics().gapSmall);
        column->setSpacing(metrics().gapSmall);
        auto *line = new QHBoxLayout;
        line->setSpacing(metrics().gap);
        column->addLayout(line);
        auto *picture = new QLabel(this);
        picture->setPixmap(iconPixmap(Icon::Warn, theme().warn, metrics().icon, devicePixelRatioF()));
        line->addWidget(picture);
        title = new QLabel(shortened(offer.title), this);
        text = new QLabel(shortened(offer.text), this);
        title->setFont(uiFont(12, QFont::DemiBold));
        text->setFont(uiFont(12));
        for (QLabel *label : {title, text}) {
            label->setTextFormat(Qt::PlainText); // names come from files
            label->setWordWrap(true);
        }
        title->setMaximumWidth(scaled(360));
        title->setMinimumWidth(std::min(scaled(360), title->fontMetrics().horizontalAdvance(title->text()) + 2));
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        line->addWidget(title);
        line->addWidget(text, 1);
        for (const Offer::Choice &choice : offer.choices)
            line->addWidget(addButton(choice));
        if (!offer.details.isEmpty())
            line->insertWidget(line->count() - static_cast<int>(offer.choices.size()) + 1, addDetails(*column, offer.details));
        setAccessibleName(offer.title + QStringLiteral(" ") + offer.text);
    }

    const QString id;
    QLabel *title = nullptr, *text = nullptr;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), theme().warnBg);
        painter.fillRect(QRect(0, height() - 1, width(), 1), theme().warn);
    }

private:
    QPushButton *addButton(const Offer::Choice &choice)
    {
        auto *button = new QPushButton(choice.text, this);
        button->setObjectName(QStringLiteral("offer_") + choice.id);
        setBarSize(button);
        if (choice.isPrimary)
            setPrimary(button);
        connect(button, &QPushButton::clicked, this, [this, run = choice.run] {
            m_bar.remove(this);
            if (run)
                run();
        });
        return button;
    }
    QPushButton *addDetails(QVBoxLayout &column, const QStringList &lines)
    {
        auto *list = new QPlainTextEdit(lines.join(QLatin1Char('\n')), this);
        list->setObjectName(QStringLiteral("offerDetails"));
        list->setReadOnly(true);
        list->setFont(monoFont(11));
        list->setFixedHeight(scaled(kDetailsHeight));
        list->setLineWrapMode(QPlainTextEdit::NoWrap);
        list->hide();
        column.addWidget(list);
        auto *button = new QPushButton(OfferBar::tr("Show"), this);
        button->setObjectName(QStringLiteral("offer_show"));
        setBarSize(button);
        connect(button, &QPushButton::clicked, this, [button, list] {
            list->setVisible(!list->isVisible());
            button->setText(list->isVisible() ? OfferBar::tr("Hide") : OfferBar::tr("Show"));
        });
        return button;
    }

    OfferBar &m_bar;
};

OfferBar::OfferBar(QWidget *parent) : QWidget(parent), m_column(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("offerBar"));
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    hide();
}

void OfferBar::add(const Offer &offer)
{
    withdraw(offer.id);
    auto *row = new Row(*this, offer);
    m_rows.push_back(row);
    m_column->addWidget(row);
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        m_rows[i]->setVisible(i < kMostRows); // the others follow as these are answered
    show();
}

void OfferBar::withdraw(const QString &id)
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&id](const Row *row) { return row->id == id; });
    if (found != m_rows.end())
        remove(*found);
}

QString OfferBar::text(const QString &id) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&id](const Row *row) { return row->id == id; });
    return found == m_rows.end() ? QString() : (*found)->title->text() + QLatin1Char(' ') + (*found)->text->text();
}

void OfferBar::remove(const Row *row)
{
    std::erase(m_rows, row);
    auto *widget = const_cast<Row *>(row);
    m_column->removeWidget(widget);
    widget->hide();
    widget->deleteLater(); // its click may be what brought us here
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        m_rows[i]->setVisible(i < kMostRows);
    setVisible(!m_rows.empty());
}

} // namespace nordlys::studio
