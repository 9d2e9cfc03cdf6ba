// SPDX-License-Identifier: GPL-3.0-or-later
#include "time_ticker.h"

#include <cmath>

#include <studio/look/number_format.h>

namespace nordlys::studio {

TimeTicker::TimeTicker()
{
    setTickCount(10);
}

double TimeTicker::getTickStep(const QCPRange& range)
{
    m_step = QCPAxisTicker::getTickStep(range);
    return m_step;
}

int TimeTicker::getSubTickCount(double)
{
    return 0;
}

QString TimeTicker::getTickLabel(double tick, const QLocale&, QChar, int)
{
    double factor = 1.0;
    QString unit = QStringLiteral("s");
    if (m_step < 9e-7) {
        factor = 1e6;
        unit = QStringLiteral("\u00B5s");
    } else if (m_step < 9e-2) {
        factor = 1e3;
        unit = QStringLiteral("ms");
    }
    int decimals = 0;
    // As many as the step needs, which may be 2.5 times a power of ten: ticks must not look unevenly spaced.
    for (double step = m_step * factor; decimals < 9 && std::abs(step - std::round(step)) > 1e-6 * step; step *= 10.0) {
        ++decimals;
    }
    return withUnit(formatNumber(tick * factor, decimals), unit);
}

} // namespace nordlys::studio
