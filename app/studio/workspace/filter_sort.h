// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace nordlys::studio {

/// A filter text in its terms, with what it says of the order ("sort:sqnr") apart: that is for tables alone and hides no row.
struct SplitFilter {
    QStringList terms; ///< quotes and ! as they were typed
    QString sort;      ///< lower case; empty: nothing is said; the last one counts
};
SplitFilter splitFilter(const QString &text);

} // namespace nordlys::studio
