// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>

namespace nordlys::studio {

/// Sizes in device-independent pixels, derived from the base font size.
struct Metrics {
    int base = 12; ///< body text, pixels

    int row = 24;
    int header = 24;
    int dockHeader = 28;
    int button = 28;
    int barButton = 24; ///< buttons inside bars
    int field = 24;
    int chip = 20;
    int topBar = 40;
    int viewTabs = 34;
    int statusBar = 24;
    int paletteRow = 32;
    int icon = 16;
    int topBarIcon = 20;
    int smallIcon = 12;

    // The grid does not grow with the font.
    int gapTiny = 4;
    int gapSmall = 6;
    int gap = 8;
    int gapLarge = 12;
    int gapHuge = 16;
    int dockMargin = 12;
    int cellMargin = 8;
    int chipRadius = 3;
    int controlRadius = 4;
    int cardRadius = 6;
};

/// The sizes in use; they change only in installFonts().
const Metrics& metrics();

/// A length given for the 12 px base, scaled to the base in use.
int scaled(int atBase12);

/// Interface font at `sizeAtBase12` (10 ticks, 11 headers and notes, 12 body, 14 dock title, 17 and 20 key numbers, 22 page
/// title). Weights in use: QFont::Normal, QFont::Medium, QFont::DemiBold.
QFont uiFont(int sizeAtBase12 = 12, QFont::Weight weight = QFont::Normal);

/// Fixed-width font for numbers, shapes, hashes. Ligatures are not part of its look: pass text as is.
QFont monoFont(int sizeAtBase12 = 11, QFont::Weight weight = QFont::Normal);

/// Chooses the fonts (the desktop's; where the platform names none Inter, Noto Sans or DejaVu Sans) and computes metrics().
/// Sets the application font. Needs a QApplication.
void installFonts();

/// Same, with a given base size in pixels (>= 8); used for tests of large text.
void installFonts(int basePx);

} // namespace nordlys::studio
