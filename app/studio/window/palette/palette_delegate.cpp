// SPDX-License-Identifier: GPL-3.0-or-later
#include "palette_delegate.h"

#include "palette_model.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include <QPainter>

#include <algorithm>

namespace nordlys::studio {
namespace {

/// Draws the text with some of its characters marked; too long text ends in an ellipsis. Returns the width used.
int paintMarked(QPainter *painter, const QRect &rect, const QString &text, const QList<int> &marks, const QColor &ink,
                const QColor &markInk, bool underline)
{
    const QFont plain = uiFont(12);
    QFont marked = uiFont(12, QFont::DemiBold);
    marked.setUnderline(underline);
    const QFontMetrics plainWidth(plain), markedWidth(marked);
    int x = rect.left();
    for (qsizetype from = 0; from < text.size();) {
        const bool isMark = marks.contains(static_cast<int>(from));
        qsizetype to = from + 1;
        while (to < text.size() && marks.contains(static_cast<int>(to)) == isMark)
            ++to;
        QString part = text.mid(from, to - from);
        const QFontMetrics &width = isMark ? markedWidth : plainWidth;
        const int left = rect.right() + 1 - x;
        if (width.horizontalAdvance(part) > left) {
            part = width.elidedText(part, Qt::ElideRight, left);
            to = text.size();
        }
        painter->setFont(isMark ? marked : plain);
        painter->setPen(isMark ? markInk : ink);
        painter->drawText(QRect(x, rect.top(), left, rect.height()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, part);
        x += width.horizontalAdvance(part);
        from = to;
    }
    return x - rect.left();
}

} // namespace

int paintKeys(QPainter *painter, const QRect &rect, const QString &keys, const QColor &ink)
{
    if (keys.isEmpty())
        return 0;
    QStringList parts = keys.split(QLatin1Char('+'), Qt::SkipEmptyParts);
    if (keys.endsWith(QLatin1String("++")) || keys == QLatin1String("+"))
        parts << QStringLiteral("+");
    painter->setFont(monoFont(10));
    const QFontMetrics width = painter->fontMetrics();
    const int height = scaled(16), gap = metrics().gapTiny;
    int right = rect.right() + 1;
    for (qsizetype i = parts.size() - 1; i >= 0; --i) {
        const int box = std::max(height, width.horizontalAdvance(parts[i]) + 2 * metrics().gapTiny + 2);
        const QRect key(right - box, rect.center().y() - height / 2 + 1, box, height);
        paintBox(painter, key, QColor(), theme().borderStrong, metrics().chipRadius);
        painter->setPen(ink);
        painter->drawText(key, Qt::AlignCenter, parts[i]);
        right -= box + gap;
    }
    return rect.right() + 1 - right;
}

QSize PaletteDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const bool heading = index.data(PaletteModel::KindRole).toInt() == static_cast<int>(PaletteEntry::Kind::Heading);
    return {option.rect.width(), heading && index.row() > 0 ? scaled(32) : heading ? scaled(28) : metrics().paletteRow};
}

void PaletteDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto &model = *static_cast<const PaletteModel *>(index.model());
    const PaletteEntry &entry = model.entry(index.row());
    const Theme &colours = theme();
    painter->save();
    const QRect cell = option.rect.adjusted(metrics().gapLarge, 0, -metrics().gapLarge, 0);
    if (entry.kind == PaletteEntry::Kind::Heading) {
        painter->setFont(uiFont(11, QFont::Medium));
        painter->setPen(colours.text2);
        const QRect line(cell.left(), cell.bottom() - scaled(26), cell.width(), scaled(26));
        painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, entry.text);
        painter->restore();
        return;
    }
    const bool selected = option.state & QStyle::State_Selected, hovered = option.state & QStyle::State_MouseOver;
    if (selected || hovered)
        painter->fillRect(option.rect, selected ? colours.selection : colours.hover);
    const QColor ink = !entry.enabled ? (selected ? colours.text2 : colours.disabled)
                       : selected     ? colours.selectionInk
                                      : colours.text;
    const QColor note = selected ? colours.selectionInk : colours.text3;
    const QColor mark = selected ? colours.selectionInk : entry.enabled ? colours.accent : ink;
    const int icon = metrics().icon;
    paintIcon(painter, QRect(cell.left(), option.rect.top(), icon, option.rect.height()), entry.icon,
              selected && entry.enabled ? colours.selectionInk
              : entry.enabled           ? colours.text2
                                        : ink,
              icon);
    QRect text = cell.adjusted(icon + metrics().gap, 0, 0, 0);
    const QString keys = entry.shortcut.isEmpty() && selected && entry.enabled ? tr("Enter") : entry.shortcut;
    text.setRight(text.right() - paintKeys(painter, text, keys, note) - metrics().gap);
    const int used = paintMarked(painter, text, entry.text, entry.marks, ink, mark, selected);
    const QRect detail = text.adjusted(used + metrics().gapLarge, 0, 0, 0);
    if (!entry.detail.isEmpty() && detail.width() > scaled(32)) {
        painter->setFont(uiFont(11));
        painter->setPen(note);
        painter->drawText(detail, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(entry.detail, Qt::ElideRight, detail.width()));
    }
    painter->restore();
}

} // namespace nordlys::studio
