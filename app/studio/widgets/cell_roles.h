// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QMetaType>

namespace nordlys::studio {

/// How TableDelegate draws a cell; the value of CellKindRole. Without it a cell is Text.
enum class CellKind {
    Text,     ///< DisplayRole, left, elided in the middle; optional IconRole before, BackendRole stripe, NoteRole after it
    Number,   ///< DisplayRole, right, fixed width; optional NoteRole after it (in text3)
    Mono,     ///< DisplayRole, left, fixed width: shapes, hashes
    Bar,      ///< bar of ShareRole from the left, DisplayRole right of it
    Interval, ///< IntervalRole: zero line, bar, whisker, dot
    Spark,    ///< SparkRole: a small line chart
    Chip,     ///< DisplayRole in a chip of ChipRole
};

/// Ink of a cell's text; the value of InkRole.
enum class CellInk { Default, Label, Note, Disabled, Ok, Warn, Error, Estimate, Accent };

/// Backend whose stripe stands before the text; the value of BackendRole.
enum class CellBackend { None, Htp, Gpu, Cpu };

enum class CellRamp { Time, Error, Plain };

/// A confidence interval on a scale shared by its column. All finite, low <= value <= high, scaleMin < scaleMax.
struct CellInterval {
    double low = 0.0;
    double value = 0.0;
    double high = 0.0;
    double scaleMin = -1.0;
    double scaleMax = 1.0;
    bool neutral = false; ///< no verdict, or inside the noise: without the colours of faster and slower

    friend bool operator==(const CellInterval&, const CellInterval&) = default;
};

/// Values of a sparkline, evenly spaced; [shadeFrom, shadeTo) is the throttled stretch (none where empty).
struct CellSpark {
    QList<float> values;
    int shadeFrom = 0;
    int shadeTo = 0;

    friend bool operator==(const CellSpark&, const CellSpark&) = default;
};

/// What a model tells the one table delegate, beside Qt's DisplayRole, EditRole, ToolTipRole and TextAlignmentRole.
enum CellRole : int {
    CellKindRole = Qt::UserRole + 0x200, ///< int: CellKind
    NumberRole,                          ///< double: the value to sort by; NaN (nothing measured) sorts last either way
    CopyRole,                            ///< QString: what is copied; default: NumberRole with the point, else DisplayRole
    ShareRole,                           ///< double in [0, 1]: length of the bar
    SecondShareRole,                     ///< double in [0, 1]: a second bar in `control` below the first
    RampRole,                            ///< int: CellRamp of the bar; default Time
    RampStepRole,                        ///< int 0..7: step of that ramp; default 5
    EstimateRole,                        ///< bool: the bar is hatched, the value an estimate (write the sign into DisplayRole)
    IntervalRole,                        ///< CellInterval
    SparkRole,                           ///< CellSpark
    ChipRole,                            ///< int: ChipKind
    ChipIconRole,                        ///< int: Icon of the chip; default: the kind's
    IconRole,                            ///< int: Icon before the text
    IconInkRole,                         ///< int: CellInk of that icon; default: the text's ink
    BackendRole,                         ///< int: CellBackend
    InkRole,                             ///< int: CellInk
    NoteRole,                            ///< QString after the value, in text3
    GroupRole,                           ///< bool: a group row, on `raised`, bold
    BoldRole,                            ///< bool: value in 600 (changed by the user, say)
    InvalidRole,                         ///< QString: why the cell's value is not accepted; outlined in error
    LastCellRole,
};

} // namespace nordlys::studio

Q_DECLARE_METATYPE(nordlys::studio::CellInterval)
Q_DECLARE_METATYPE(nordlys::studio::CellSpark)
