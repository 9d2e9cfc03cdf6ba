// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/table_delegate.h>

#include <QMetaType>

namespace nordlys::studio {

/// Noise of a tensor relative to its signal, as shares of the column's largest: what its own quantization adds, what comes from before it, and
/// the sum as it was.
struct NoiseBar {
    double local = 0, inherited = 0;
    double before = -1; ///< negative: not known
    friend bool operator==(const NoiseBar &, const NoiseBar &) = default;
};

enum NoiseRole : int {
    NoiseBarRole = LastCellRole + 1, ///< NoiseBar
};

/// A cell with a NoiseBar: local in the error ramp, inherited in the ink of controls, before as a dashed mark.
class NoiseBarDelegate : public TableDelegate {
    Q_OBJECT

public:
    using TableDelegate::TableDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// Noise power relative to the signal, 10^(-dB / 10); 0 for infinite dB.
double noiseOf(double sqnrDb);

} // namespace nordlys::studio

Q_DECLARE_METATYPE(nordlys::studio::NoiseBar)
