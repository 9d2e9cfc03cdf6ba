// SPDX-License-Identifier: GPL-3.0-or-later
#include "noise_bar.h"

#include <studio/look/metrics.h>
#include <studio/look/theme.h>

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::studio {
namespace {

constexpr int kBarHeight = 11, kMarkHeight = 15;

} // namespace

double noiseOf(double sqnrDb)
{
    return std::isnan(sqnrDb) || sqnrDb == std::numeric_limits<double>::infinity() ? 0 : std::pow(10, -sqnrDb / 10);
}

void NoiseBarDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    TableDelegate::paint(painter, option, index);
    const QVariant value = index.data(NoiseBarRole);
    if (!value.canConvert<NoiseBar>())
        return;
    const auto bar = value.value<NoiseBar>();
    const QRect cell = option.rect.adjusted(metrics().cellMargin, 0, -metrics().cellMargin, -1);
    const auto pixels = [&](double share) { return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * cell.width())); };
    const int top = cell.top() + (cell.height() - kBarHeight) / 2;
    const int local = pixels(bar.local), both = std::max(local, pixels(bar.local + bar.inherited));
    painter->fillRect(QRect(cell.left(), top, local, kBarHeight), theme().errorRamp.at(5));
    painter->fillRect(QRect(cell.left() + local, top, both - local, kBarHeight), theme().control);
    if (bar.before >= 0) {
        QPen pen(option.state.testFlag(QStyle::State_Selected) ? theme().selectionInk : theme().text, 2);
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern({1, 0.75});
        painter->save();
        painter->setPen(pen);
        const int x = cell.left() + std::min(pixels(bar.before), cell.width() - 1), mark = cell.top() + (cell.height() - kMarkHeight) / 2;
        painter->drawLine(x, mark, x, mark + kMarkHeight);
        painter->restore();
    }
}

} // namespace nordlys::studio
