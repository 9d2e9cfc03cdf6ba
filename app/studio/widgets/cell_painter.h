// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRect>

#include "cell_roles.h"

class QPainter;

namespace nordlys::studio {

// The drawings inside cells, also used outside tables (inspector, tool tips).

/// A 10 px bar from the left of `rect`, `share` of its width (at least 1 px if above zero), hatched for estimates.
void paintShareBar(QPainter* painter, const QRect& rect, double share, const QColor& colour, bool estimate);
/// Two 4 px bars below each other.
void paintTwoBars(QPainter* painter, const QRect& rect, double first, const QColor& firstColour, double second, const QColor& secondColour);
/// Zero line, 6 px bar at 35 %, 2 px whisker, 3 px dot, on the interval's scale.
void paintInterval(QPainter* painter, const QRect& rect, const CellInterval& interval, const QColor& zeroLine);
/// A 1.3 px line over 116 x 16 px with the throttled stretch shaded.
void paintSpark(QPainter* painter, const QRect& rect, const CellSpark& spark, const QColor& line);

} // namespace nordlys::studio
