// SPDX-License-Identifier: GPL-3.0-or-later
#include "field_grid.h"

#include <studio/look/metrics.h>
#include <studio/look/theme.h>
#include <studio/widgets/ink_label.h>

namespace nordlys::studio {

FieldGrid::FieldGrid()
{
    setHorizontalSpacing(metrics().gap);
    setVerticalSpacing(metrics().gap);
    setColumnMinimumWidth(0, scaled(112));
    setColumnStretch(1, 1);
    setColumnStretch(2, 1);
}

QLabel *FieldGrid::addField(const QString &label, QWidget *field, QWidget *second)
{
    const int row = rowCount();
    auto *title = new QLabel(label, field->parentWidget());
    title->setBuddy(field);
    addWidget(title, row, 0, Qt::AlignLeft | Qt::AlignVCenter);
    addWidget(field, row, 1, 1, second ? 1 : 2);
    if (second)
        addWidget(second, row, 2);
    if (field->accessibleName().isEmpty())
        field->setAccessibleName(label);
    return title;
}

void FieldGrid::addHeadings(const QString &first, const QString &second)
{
    const int row = rowCount();
    for (int column : {1, 2}) {
        auto *heading = new InkLabel(column == 1 ? first : second, CellInk::Label);
        heading->setFont(uiFont(11, QFont::DemiBold));
        addWidget(heading, row, column);
    }
}

void FieldGrid::addWide(QWidget *field) { addWidget(field, rowCount(), 1, 1, 2); }

QLabel *problemLabel(QWidget *parent)
{
    auto *label = new InkLabel(CellInk::Error, parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setObjectName(QStringLiteral("problem"));
    return label;
}

void showProblem(QLabel *label, const QString &problem)
{
    label->setText(problem);
    label->setVisible(!problem.isEmpty());
}

} // namespace nordlys::studio
