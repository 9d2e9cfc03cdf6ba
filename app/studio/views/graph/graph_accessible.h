// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace nordlys::studio {

/// Lets screen readers see the operators of a GraphCanvas as its children, in drawing order, named with the text of their hover.
/// Call once or more often before the first canvas is shown. GUI thread.
void installGraphAccessibility();

} // namespace nordlys::studio
