// SPDX-License-Identifier: GPL-3.0-or-later
#include "line_dialog.h"

#include <studio/look/metrics.h>
#include <studio/widgets/dialog_ending.h>
#include <studio/widgets/ink_label.h>

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace nordlys::studio {

LineDialog::LineDialog(const Text &text, const QString &initial, std::function<QString(const QString &)> whyNot, QWidget *parent)
    : QDialog(parent), m_whyNot(std::move(whyNot)), m_field(new QLineEdit(initial, this)), m_problem(new InkLabel(CellInk::Error, this))
{
    setObjectName(QStringLiteral("lineDialog"));
    setWindowTitle(text.title);
    m_field->setObjectName(QStringLiteral("lineField"));
    m_field->setAccessibleName(text.label);
    m_field->setMinimumWidth(scaled(360));
    m_field->selectAll();
    auto *label = new QLabel(text.label, this);
    label->setBuddy(m_field);
    auto *note = new InkLabel(text.note, CellInk::Note, this);
    note->setWordWrap(true);
    note->setVisible(!text.note.isEmpty());
    m_problem->setObjectName(QStringLiteral("lineProblem"));
    m_problem->setWordWrap(true);
    auto *column = new QVBoxLayout;
    column->setSpacing(metrics().gap);
    column->addWidget(label);
    column->addWidget(m_field);
    column->addWidget(note);
    m_accept = endDialog(this, column, m_problem, text.acceptText);
    m_accept->setObjectName(QStringLiteral("lineAccept"));
    connect(m_field, &QLineEdit::textChanged, this, &LineDialog::check);
    check();
}

QString LineDialog::value() const { return m_field->text().trimmed(); }

void LineDialog::check()
{
    const QString why = m_whyNot(value());
    m_accept->setEnabled(why.isEmpty());
    // Nothing typed yet is no mistake.
    m_problem->setText(value().isEmpty() ? QString() : why);
}

} // namespace nordlys::studio
