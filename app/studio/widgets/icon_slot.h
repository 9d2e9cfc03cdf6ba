// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace nordlys::studio {

/// Values of IconRole that are no icon, for columns of which only some cells have one.
constexpr int kEmptyIconSlot = -1; ///< the text stands where it would with an icon
constexpr int kDotIconSlot = -2;   ///< a dot in the icon's ink: changed

} // namespace nordlys::studio
