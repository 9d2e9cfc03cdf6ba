// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace nordlys::studio {

/// A command line for a POSIX shell that passes exactly these arguments, whatever characters they have. The one place where the
/// studio quotes for a shell.
QString shellLine(const QStringList &arguments);

} // namespace nordlys::studio
