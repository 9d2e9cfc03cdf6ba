// SPDX-License-Identifier: GPL-3.0-or-later
#include "path_field.h"

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

namespace nordlys::studio {

PathField::PathField(Kind kind, const QString &name, QWidget *parent) : QWidget(parent), m_kind(kind), m_edit(new QLineEdit(this))
{
    auto *button = new QPushButton(tr("Choose…"), this);
    button->setAccessibleName(tr("Choose: %1").arg(name));
    button->setAutoDefault(false); // Enter in a field presses the dialog's primary button
    setBarSize(button);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics().gapSmall);
    row->addWidget(m_edit, 1);
    row->addWidget(button);
    m_edit->setMinimumWidth(scaled(320));
    m_edit->setAccessibleName(name);
    setFocusProxy(m_edit);
    connect(button, &QPushButton::clicked, this, [this] {
        if (const QString chosen = choose(); !chosen.isEmpty())
            m_edit->setText(chosen);
    });
}

QString PathField::choose()
{
    switch (m_kind) {
    case Kind::Folder: return QFileDialog::getExistingDirectory(this, tr("Folder of samples"), m_edit->text());
    case Kind::Csv: return QFileDialog::getOpenFileName(this, tr("Labels"), m_edit->text(), tr("Labels (*.csv)"));
    case Kind::Statistics:
        // The file is gone on from where it is there already: nothing is overwritten.
        return QFileDialog::getSaveFileName(this, tr("Calibration statistics"), m_edit->text(), tr("Statistics (*.json)"), nullptr,
                                            QFileDialog::DontConfirmOverwrite);
    case Kind::NewModel: return QFileDialog::getSaveFileName(this, tr("New model"), m_edit->text(), tr("ONNX models (*.onnx)"));
    }
    return {};
}

QString PathField::path() const { return m_edit->text().trimmed(); }

void PathField::setPath(const QString &path) { m_edit->setText(path); }

} // namespace nordlys::studio
