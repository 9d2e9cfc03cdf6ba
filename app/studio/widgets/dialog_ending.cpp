// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialog_ending.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QPushButton>
#include <QVBoxLayout>

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>

namespace nordlys::studio {

QPushButton *endDialog(QDialog *dialog, QLayout *content, QWidget *problem, const QString &acceptText)
{
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, dialog);
    QPushButton *accept = buttons->addButton(acceptText, QDialogButtonBox::AcceptRole);
    accept->setDefault(true);
    setPrimary(accept);
    auto *column = new QVBoxLayout(dialog);
    column->setSpacing(metrics().gapLarge);
    column->addLayout(content);
    if (problem)
        column->addWidget(problem);
    column->addWidget(buttons);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    return accept;
}

} // namespace nordlys::studio
