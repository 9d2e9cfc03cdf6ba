// SPDX-License-Identifier: GPL-3.0-or-later
#include "counter_text.h"

#include <studio/look/number_format.h>
#include <studio/workspace/text.h>

#include <cmath>

namespace nordlys::studio {

QString counterText(double value, std::string_view unit)
{
    constexpr double kBelievable = 1e15;
    if (!std::isfinite(value))
        return QStringLiteral("–");
    if (std::abs(value) > kBelievable)
        return withUnit(QString::number(value, 'g', 4), toQString(unit));
    if (unit == "Hz")
        return formatFrequency(value);
    if ((unit == "bytes" || unit == "B") && value >= 0)
        return formatBytes(static_cast<std::uint64_t>(value));
    if (unit == "degC")
        return formatTemperature(value);
    if (unit == "%")
        return formatPercent(value);
    return withUnit(formatSignificant(value, 3, 2), toQString(unit));
}

} // namespace nordlys::studio
