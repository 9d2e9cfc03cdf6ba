// SPDX-License-Identifier: Apache-2.0
#include "report_palette.h"

#include <fmt/format.h>

#include <iterator>

namespace nordlys::core {

namespace {

std::string rootRule(bool dark)
{
    std::string rule = fmt::format(":root{{color-scheme:{};", dark ? "dark" : "light");
    auto out = std::back_inserter(rule);
    for (const ReportColour &colour : kReportColours)
        fmt::format_to(out, "--{}:#{:06X};", colour.name, dark ? colour.dark : colour.light);
    for (std::size_t i = 0; i < kReportTimeRamp.size(); ++i) {
        const ReportStep &step = kReportTimeRamp[i];
        fmt::format_to(out, "--t{0}:#{1:06X};--i{0}:{2};", i, dark ? step.dark : step.light,
                       (dark ? step.darkTakesBlack : step.lightTakesBlack) ? "#000000" : "#FFFFFF");
    }
    for (std::size_t i = 0; i < kReportDeltaRamp.size(); ++i)
        fmt::format_to(out, "--d{}:#{:06X};", i, dark ? kReportDeltaRamp[i].dark : kReportDeltaRamp[i].light);
    return rule + "}\n";
}

} // namespace

int timeStepOf(double share)
{
    constexpr int kLast = static_cast<int>(kReportTimeRamp.size()) - 1;
    if (!(share > 0))
        return 0;
    return share >= 1 ? kLast : static_cast<int>(share * kLast + 0.5);
}

std::string reportColourRules()
{
    return rootRule(false) + "@media screen and (prefers-color-scheme:dark){" + rootRule(true) + "}\n";
}

} // namespace nordlys::core
