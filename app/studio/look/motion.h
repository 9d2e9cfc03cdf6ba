// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace nordlys::studio {

/// How long a movement of the graph (Fit, jump to a search result) takes, in milliseconds: 120, or 0 where the desktop asks for
/// reduced motion or there is no desktop. Asks the settings of KDE and GTK once; GUI thread.
int motionMs();

} // namespace nordlys::studio
