// SPDX-License-Identifier: GPL-3.0-or-later
#include "range_fields.h"

#include "histogram_painter.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/widgets/flow_row.h>
#include <studio/widgets/ink_label.h>

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>

namespace nordlys::studio {

RangeFields::RangeFields(QWidget *parent) : QWidget(parent), m_revert(new QPushButton(tr("Revert"), this))
{
    auto *row = new FlowRow(this);
    row->setContentsMargins(metrics().dockMargin, metrics().gapSmall, metrics().dockMargin, metrics().gapSmall);
    row->setSpacing(metrics().gap);
    row->setLastAtRight(true);
    add(EncodingField::Min, tr("min"), QStringLiteral("rangeMin"), 84);
    add(EncodingField::Max, tr("max"), QStringLiteral("rangeMax"), 84);
    add(EncodingField::Scale, tr("scale"), QStringLiteral("rangeScale"), 92);
    add(EncodingField::ZeroPoint, tr("zero point"), QStringLiteral("rangeZeroPoint"), 58);
    m_revert->setObjectName(QStringLiteral("rangeRevert"));
    setBarSize(m_revert);
    row->addWidget(m_revert);
    connect(m_revert, &QPushButton::clicked, this, &RangeFields::revertAsked);
}

void RangeFields::add(EncodingField field, const QString &label, const QString &name, int width)
{
    auto *pair = new QWidget(this);
    auto *row = new QHBoxLayout(pair);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics().gapSmall);
    auto *edit = new QLineEdit(pair);
    edit->setObjectName(name);
    edit->setAccessibleName(label);
    edit->setFont(monoFont(11));
    edit->setAlignment(Qt::AlignRight);
    edit->setFixedWidth(scaled(width));
    edit->installEventFilter(this);
    row->addWidget(new InkLabel(label, CellInk::Label, pair));
    row->addWidget(edit);
    pair->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    layout()->addWidget(pair);
    m_entries.append({field, edit, {}, {}});
    const auto index = m_entries.size() - 1;
    connect(edit, &QLineEdit::textEdited, this, [this, index] { check(m_entries[index]); });
    connect(edit, &QLineEdit::editingFinished, this, [this, index] { take(m_entries[index]); });
}

QLineEdit *RangeFields::field(EncodingField field) const
{
    for (const Entry &entry : m_entries) {
        if (entry.field == field)
            return entry.edit;
    }
    return nullptr;
}

void RangeFields::restore(Entry &entry)
{
    if (entry.edit->text() != entry.shown)
        entry.edit->setText(entry.shown);
    entry.edit->setModified(false);
    setInvalid(entry.edit, false);
    entry.edit->setToolTip(entry.why);
}

void RangeFields::setGrid(const core::Grid *grid)
{
    for (Entry &entry : m_entries) {
        const int decimals = grid ? rangeDecimals({grid->min, grid->max}) : 2;
        switch (entry.field) {
        case EncodingField::Min: entry.shown = grid ? formatNumber(grid->min, decimals) : QString(); break;
        case EncodingField::Max: entry.shown = grid ? formatNumber(grid->max, decimals) : QString(); break;
        case EncodingField::Scale: entry.shown = grid ? formatScale(grid->scale) : QString(); break;
        case EncodingField::ZeroPoint: entry.shown = grid ? formatNumber(static_cast<double>(grid->zeroPoint), 0) : QString(); break;
        case EncodingField::Bits: break;
        }
        if (!(entry.edit->isModified() && entry.edit->hasFocus()))
            restore(entry);
    }
}

void RangeFields::setReason(EncodingField field, const QString &why)
{
    for (Entry &entry : m_entries) {
        if (entry.field != field)
            continue;
        entry.why = why;
        entry.edit->setEnabled(why.isEmpty());
        if (!entry.edit->isModified())
            entry.edit->setToolTip(why);
    }
}

void RangeFields::setRevertReason(const QString &why)
{
    m_revert->setEnabled(why.isEmpty());
    m_revert->setToolTip(why.isEmpty() ? tr("Back to what calibration made of it") : why);
}

void RangeFields::check(Entry &entry)
{
    const auto value = parseNumber(entry.edit->text());
    const QString why = !value ? tr("This is not a number.") : m_validator ? m_validator(entry.field, *value) : QString();
    setInvalid(entry.edit, !why.isEmpty());
    entry.edit->setToolTip(why);
}

void RangeFields::take(Entry &entry)
{
    if (!entry.edit->isModified())
        return;
    const auto value = parseNumber(entry.edit->text());
    const bool refused = !value || (m_validator && !m_validator(entry.field, *value).isEmpty());
    const bool same = entry.edit->text() == entry.shown;
    // What is refused stays to be mended while the field has the focus.
    if (refused && entry.edit->hasFocus())
        return;
    restore(entry);
    if (!refused && !same)
        Q_EMIT entered(entry.field, *value);
}

bool RangeFields::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
        for (Entry &entry : m_entries) {
            if (watched != entry.edit || static_cast<QKeyEvent *>(event)->key() != Qt::Key_Escape || !entry.edit->isModified())
                continue;
            if (event->type() == QEvent::KeyPress)
                restore(entry);
            event->accept();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void RangeFields::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().surface);
    painter.fillRect(0, 0, width(), 1, theme().border);
}

} // namespace nordlys::studio
