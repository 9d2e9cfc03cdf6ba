// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace nordlys::studio {

/// Draws a line of the palette: icon, text with what was found in accent, detail, keys at the right.
class PaletteDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// Draws keys as small boxes, right aligned in `rect`; returns the width used. "Ctrl+Shift+P" is three boxes.
int paintKeys(QPainter *painter, const QRect &rect, const QString &keys, const QColor &ink);

} // namespace nordlys::studio
