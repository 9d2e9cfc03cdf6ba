// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGridLayout>
#include <QLabel>

namespace nordlys::studio {

/// The rows of a dialog: a label and one field across, or two fields side by side.
class FieldGrid : public QGridLayout {
public:
    FieldGrid();
    QLabel *addField(const QString &label, QWidget *field, QWidget *second = nullptr);
    /// Two small headings above the columns of fields.
    void addHeadings(const QString &first, const QString &second);
    /// Without a label: a check box, a note.
    void addWide(QWidget *field);
};

/// For what stops a dialog from being accepted: word wrapped, in the error ink, hidden while empty.
QLabel *problemLabel(QWidget *parent);
void showProblem(QLabel *label, const QString &problem);

} // namespace nordlys::studio
