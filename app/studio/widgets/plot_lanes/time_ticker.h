// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "qcp.h"

namespace nordlys::studio {

/// Ticks of the time axis: seconds from the start of the run, with as many decimals as neighbours need to differ, the unit
/// (s, ms, µs) chosen from the step.
class TimeTicker : public QCPAxisTicker
{
public:
    TimeTicker();

protected:
    double getTickStep(const QCPRange& range) override;
    int getSubTickCount(double tickStep) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar formatChar, int precision) override;

private:
    double m_step = 1.0;
};

} // namespace nordlys::studio
