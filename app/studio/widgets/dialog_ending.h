// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QDialog;
class QLayout;
class QPushButton;
class QWidget;

namespace nordlys::studio {

/// Lays a dialog out as all are: `content`, below it `problem` (may be null), then Cancel and the primary button `acceptText`, which
/// Enter presses. Returns that button; dialog, layout and widgets keep their owners.
QPushButton *endDialog(QDialog *dialog, QLayout *content, QWidget *problem, const QString &acceptText);

} // namespace nordlys::studio
