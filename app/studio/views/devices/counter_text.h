// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string_view>

namespace nordlys::studio {

/// A counter's value with its unit, in the size that reads best: "2.71 GHz", "38.5 °C", "312 MiB". Values that no counter can
/// have are shown as they are, without a unit of size.
QString counterText(double value, std::string_view unit);

} // namespace nordlys::studio
