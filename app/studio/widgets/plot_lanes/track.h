// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>

namespace nordlys::studio {

/// Colour of a lane or series, by meaning, so that it follows a theme switch.
enum class LaneInk { TimeRamp, ErrorRamp, Htp, Gpu, Cpu, Outline, Text2, Accent, Error, Warn };

/// Colour of an ink; ramps give the colour of `step`.
QColor laneColour(LaneInk ink, int step = 5);
/// Ink for text on laneColour().
QColor laneTextColour(LaneInk ink, int step = 5);

/// The label of a track in the gutter and its height.
struct TrackSpec {
    QString name; ///< bold: "CPU clock"
    QString unit; ///< below it: "GHz", "segment 2, 4 threads"
    int height = 36;
    LaneInk stripe = LaneInk::Outline; ///< backend stripe before the name; Outline: none
};

} // namespace nordlys::studio
