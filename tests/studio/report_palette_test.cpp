// SPDX-License-Identifier: GPL-3.0-or-later
// The reports' colours are the studio's: core has its own small table, since it knows no Qt.
#include <core/report/report_palette.h>

#include <studio/look/theme.h>

#include <gtest/gtest.h>

#include <map>
#include <string_view>

namespace nordlys::studio {
namespace {

unsigned rgb(const QColor &colour) { return colour.rgb() & 0xFFFFFFU; }

const std::map<std::string_view, QColor Theme::*> &tokens()
{
    static const std::map<std::string_view, QColor Theme::*> table{{"canvas", &Theme::canvas},
                                                                   {"window", &Theme::window},
                                                                   {"surface", &Theme::surface},
                                                                   {"raised", &Theme::raised},
                                                                   {"hover", &Theme::hover},
                                                                   {"border", &Theme::border},
                                                                   {"borderStrong", &Theme::borderStrong},
                                                                   {"control", &Theme::control},
                                                                   {"text", &Theme::text},
                                                                   {"text2", &Theme::text2},
                                                                   {"text3", &Theme::text3},
                                                                   {"accent", &Theme::accent},
                                                                   {"focus", &Theme::focus},
                                                                   {"ok", &Theme::ok},
                                                                   {"okBg", &Theme::okBg},
                                                                   {"warn", &Theme::warn},
                                                                   {"warnBg", &Theme::warnBg},
                                                                   {"error", &Theme::error},
                                                                   {"errorBg", &Theme::errorBg},
                                                                   {"estimate", &Theme::estimate},
                                                                   {"estimateBg", &Theme::estimateBg},
                                                                   {"htp", &Theme::htp},
                                                                   {"gpu", &Theme::gpu},
                                                                   {"cpu", &Theme::cpu}};
    return table;
}

TEST(ReportPalette, isTheThemes)
{
    for (const core::ReportColour &colour : core::kReportColours) {
        const auto token = tokens().find(colour.name);
        ASSERT_NE(token, tokens().end()) << colour.name;
        EXPECT_EQ(rgb(darkTheme.*token->second), colour.dark) << colour.name;
        EXPECT_EQ(rgb(lightTheme.*token->second), colour.light) << colour.name;
    }
    EXPECT_EQ(tokens().size(), core::kReportColours.size());
}

TEST(ReportPalette, rampsAreTheThemes)
{
    const QColor black(0, 0, 0);
    for (std::size_t i = 0; i < core::kReportTimeRamp.size(); ++i) {
        const core::ReportStep &step = core::kReportTimeRamp[i];
        EXPECT_EQ(rgb(darkTheme.timeRamp.step[i]), step.dark) << i;
        EXPECT_EQ(rgb(lightTheme.timeRamp.step[i]), step.light) << i;
        EXPECT_EQ(darkTheme.timeRamp.ink[i] == black, step.darkTakesBlack) << i;
        EXPECT_EQ(lightTheme.timeRamp.ink[i] == black, step.lightTakesBlack) << i;
    }
    for (std::size_t i = 0; i < core::kReportDeltaRamp.size(); ++i) {
        const core::ReportStep &step = core::kReportDeltaRamp[i];
        EXPECT_EQ(rgb(darkTheme.deltaRamp.step[i]), step.dark) << i;
        EXPECT_EQ(rgb(lightTheme.deltaRamp.step[i]), step.light) << i;
        EXPECT_EQ(darkTheme.deltaRamp.ink[i] == black, step.darkTakesBlack) << i;
        EXPECT_EQ(lightTheme.deltaRamp.ink[i] == black, step.lightTakesBlack) << i;
    }
    for (const double share : {-1.0, 0.0, 0.07, 0.08, 0.5, 0.92, 0.93, 1.0, 7.0})
        EXPECT_EQ(core::timeStepOf(share), darkTheme.timeRamp.indexOf(share)) << share;
}

} // namespace
} // namespace nordlys::studio
