// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace nordlys::studio {

/// Lets screen readers see a HistogramPlot as a slider (its value: both ends; what they move: the active handle) and say the selected channel of a
/// ChannelStrip. Called by both; may be called often. GUI thread.
void installPlotAccessibility();

} // namespace nordlys::studio
