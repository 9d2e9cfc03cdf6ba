// SPDX-License-Identifier: GPL-3.0-or-later
#include "segmented_control.h"

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>

namespace nordlys::studio {

SegmentedControl::SegmentedControl(QWidget *parent) : QWidget(parent)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void SegmentedControl::setName(const QString &name)
{
    m_name = name;
    setAccessibleName(name);
    for (const Choice &choice : m_choices)
        choice.button->setAccessibleName(tr("%1: %2").arg(name, choice.button->text()));
}

int SegmentedControl::addChoice(const QString &text, int value)
{
    auto *made = new QPushButton(text, this);
    made->setCheckable(true);
    made->setFlat(true);
    setSegment(made);
    setBarSize(made);
    made->setAccessibleName(m_name.isEmpty() ? text : tr("%1: %2").arg(m_name, text));
    made->installEventFilter(this);
    connect(made, &QPushButton::clicked, this, [this, value] {
        place(); // the click has toggled it
        if (value != m_chosen)
            Q_EMIT asked(value);
    });
    layout()->addWidget(made);
    m_choices.append({made, value});
    place();
    return static_cast<int>(m_choices.size()) - 1;
}

void SegmentedControl::setChosen(int value)
{
    m_chosen = value;
    place();
}

void SegmentedControl::place()
{
    bool any = false;
    for (const Choice &choice : m_choices)
        any = any || choice.value == m_chosen;
    for (const Choice &choice : m_choices) {
        choice.button->setChecked(choice.value == m_chosen);
        choice.button->setFocusPolicy(choice.value == m_chosen || !any ? Qt::StrongFocus : Qt::ClickFocus);
    }
    update();
}

void SegmentedControl::setReason(int value, const QString &why)
{
    if (QPushButton *found = button(value)) {
        found->setEnabled(why.isEmpty());
        found->setToolTip(why);
    }
    update();
}

QPushButton *SegmentedControl::button(int value) const
{
    for (const Choice &choice : m_choices) {
        if (choice.value == value)
            return choice.button;
    }
    return nullptr;
}

bool SegmentedControl::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        const int step = key == Qt::Key_Left || key == Qt::Key_Up ? -1 : key == Qt::Key_Right || key == Qt::Key_Down ? 1 : 0;
        for (int i = 0; step != 0 && i < m_choices.size(); ++i) {
            if (m_choices[i].button != watched)
                continue;
            for (int other = i + step; other >= 0 && other < m_choices.size(); other += step) {
                if (!m_choices[other].button->isEnabled())
                    continue;
                m_choices[other].button->setFocus(Qt::TabFocusReason);
                m_choices[other].button->click();
                break;
            }
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void SegmentedControl::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintBox(&painter, rect(), theme().canvas, theme().borderStrong, metrics().controlRadius);
}

} // namespace nordlys::studio
