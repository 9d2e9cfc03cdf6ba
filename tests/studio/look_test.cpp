// SPDX-License-Identifier: GPL-3.0-or-later
// The colour tables against the figures of the visual system: WCAG 2 contrast, CIEDE2000 under simulated colour vision
// (Machado, Oliveira, Fernandes 2009, severity 1.0, linear RGB). The formulas here are written from the publications and share
// no code with the studio.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include <QApplication>
#include <QPalette>

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/theme.h>

namespace nordlys::studio {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

enum Vision { Normal, Protan, Deutan };

constexpr std::array<Matrix, 3> visionMatrix{{
    {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
    {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
}};

constexpr Matrix toXyz{{{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}}};

Vector times(const Matrix& m, const Vector& v)
{
    Vector result{};
    for (std::size_t row = 0; row < 3; ++row) {
        result[row] = m[row][0] * v[0] + m[row][1] * v[1] + m[row][2] * v[2];
    }
    return result;
}

Vector linearRgb(const QColor& colour)
{
    const auto linear = [](int channel) {
        const double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return {linear(colour.red()), linear(colour.green()), linear(colour.blue())};
}

double wcag(const QColor& a, const QColor& b)
{
    const auto luminance = [](const QColor& colour) {
        const Vector rgb = linearRgb(colour);
        return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    };
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

Vector lab(const QColor& colour, Vision vision)
{
    Vector seen = times(visionMatrix[vision], linearRgb(colour));
    for (double& channel : seen) {
        channel = std::clamp(channel, 0.0, 1.0);
    }
    const Vector xyz = times(toXyz, seen);
    const auto f = [](double t) { return t > 216.0 / 24389.0 ? std::cbrt(t) : (24389.0 / 27.0 * t + 16.0) / 116.0; };
    const double fx = f(xyz[0] / 0.95047);
    const double fy = f(xyz[1]);
    const double fz = f(xyz[2] / 1.08883);
    return {116.0 * fy - 16.0, 500.0 * (fx - fy), 200.0 * (fy - fz)};
}

double ciede2000(const Vector& p, const Vector& q)
{
    constexpr double degree = std::numbers::pi / 180.0;
    const double meanChroma = (std::hypot(p[1], p[2]) + std::hypot(q[1], q[2])) / 2.0;
    const double c7 = std::pow(meanChroma, 7.0);
    const double g = 0.5 * (1.0 - std::sqrt(c7 / (c7 + std::pow(25.0, 7.0))));
    const double a1 = p[1] * (1.0 + g);
    const double a2 = q[1] * (1.0 + g);
    const double c1 = std::hypot(a1, p[2]);
    const double c2 = std::hypot(a2, q[2]);
    const auto hue = [](double a, double b) {
        const double h = a == 0.0 && b == 0.0 ? 0.0 : std::atan2(b, a) / degree;
        return h < 0.0 ? h + 360.0 : h;
    };
    const double h1 = hue(a1, p[2]);
    const double h2 = hue(a2, q[2]);
    double dh = c1 * c2 == 0.0 ? 0.0 : h2 - h1;
    dh += dh > 180.0 ? -360.0 : (dh < -180.0 ? 360.0 : 0.0);
    double hm = h1 + h2;
    if (c1 * c2 != 0.0) {
        hm = std::fabs(h1 - h2) <= 180.0 ? hm / 2.0 : (hm < 360.0 ? (hm + 360.0) / 2.0 : (hm - 360.0) / 2.0);
    }
    const double lm = (p[0] + q[0]) / 2.0;
    const double cm = (c1 + c2) / 2.0;
    const double t = 1.0 - 0.17 * std::cos((hm - 30.0) * degree) + 0.24 * std::cos(2.0 * hm * degree) + 0.32 * std::cos((3.0 * hm + 6.0) * degree)
        - 0.20 * std::cos((4.0 * hm - 63.0) * degree);
    const double sl = 1.0 + 0.015 * std::pow(lm - 50.0, 2.0) / std::sqrt(20.0 + std::pow(lm - 50.0, 2.0));
    const double sc = 1.0 + 0.045 * cm;
    const double sh = 1.0 + 0.015 * cm * t;
    const double cm7 = std::pow(cm, 7.0);
    const double rt = -2.0 * std::sqrt(cm7 / (cm7 + std::pow(25.0, 7.0))) * std::sin(60.0 * std::exp(-std::pow((hm - 275.0) / 25.0, 2.0)) * degree);
    const double dl = (q[0] - p[0]) / sl;
    const double dc = (c2 - c1) / sc;
    const double dH = 2.0 * std::sqrt(c1 * c2) * std::sin(dh / 2.0 * degree) / sh;
    return std::sqrt(dl * dl + dc * dc + dH * dH + rt * dc * dH);
}

double difference(const QColor& a, const QColor& b, Vision vision)
{
    return ciede2000(lab(a, vision), lab(b, vision));
}

double smallestDifference(const std::vector<QColor>& colours, Vision vision)
{
    double smallest = 1e9;
    for (std::size_t i = 0; i < colours.size(); ++i) {
        for (std::size_t j = i + 1; j < colours.size(); ++j) {
            smallest = std::min(smallest, difference(colours[i], colours[j], vision));
        }
    }
    return smallest;
}

template <std::size_t N>
double smallestStep(const Ramp<N>& ramp, Vision vision)
{
    double smallest = 1e9;
    for (std::size_t i = 1; i < N; ++i) {
        smallest = std::min(smallest, difference(ramp.step[i - 1], ramp.step[i], vision));
    }
    return smallest;
}

const Theme& themeAt(int index)
{
    return index == 0 ? darkTheme : lightTheme;
}

constexpr double tenth = 0.0501; // the document states one decimal
constexpr double hundredth = 0.00501;

TEST(Ciede2000, PublishedPairs)
{
    // Sharma, Wu, Dalal 2005, table 1: pairs 1, 4, 7, 17, 25.
    EXPECT_NEAR(ciede2000({50.0, 2.6772, -79.7751}, {50.0, 0.0, -82.7485}), 2.0425, 5e-5);
    EXPECT_NEAR(ciede2000({50.0, -1.3802, -84.2814}, {50.0, 0.0, -82.7485}), 1.0000, 5e-5);
    EXPECT_NEAR(ciede2000({50.0, 0.0, 0.0}, {50.0, -1.0, 2.0}), 2.3669, 5e-5);
    EXPECT_NEAR(ciede2000({50.0, 2.5, 0.0}, {73.0, 25.0, -18.0}), 27.1492, 5e-5);
    EXPECT_NEAR(ciede2000({60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}), 1.2644, 5e-5);
}

TEST(Colours, LowestContrastOfEveryInk)
{
    const std::array<QColor Theme::*, 11> inks{&Theme::text, &Theme::text2, &Theme::text3, &Theme::accent, &Theme::ok, &Theme::warn,
                                               &Theme::error, &Theme::estimate, &Theme::htp, &Theme::gpu, &Theme::cpu};
    const std::array<std::array<double, 11>, 2> stated{{{10.9, 6.8, 4.8, 5.3, 6.3, 8.6, 4.7, 6.5, 7.9, 6.3, 4.8},
                                                        {14.6, 6.9, 4.7, 5.2, 4.6, 6.4, 5.1, 5.7, 4.8, 8.4, 5.6}}};
    for (int mode = 0; mode < 2; ++mode) {
        const Theme& colours = themeAt(mode);
        for (std::size_t i = 0; i < inks.size(); ++i) {
            double lowest = 99.0;
            for (const QColor& ground : {colours.canvas, colours.window, colours.surface, colours.raised, colours.zebra, colours.hover}) {
                lowest = std::min(lowest, wcag(colours.*inks[i], ground));
            }
            EXPECT_NEAR(lowest, stated[static_cast<std::size_t>(mode)][i], tenth) << "mode " << mode << " ink " << i;
            EXPECT_GE(lowest, 4.5);
        }
    }
}

TEST(Colours, ContrastOfStatedPairs)
{
    struct Pair {
        QColor Theme::*ink;
        QColor Theme::*ground;
        double dark;
        double light;
        double least;
    };
    const std::vector<Pair> pairs{
        {&Theme::text, &Theme::selection, 9.57, 13.21, 4.5},     {&Theme::text2, &Theme::selection, 5.96, 6.26, 4.5},
        {&Theme::accentInk, &Theme::accentFill, 6.28, 6.23, 4.5}, {&Theme::ok, &Theme::okBg, 6.86, 4.74, 4.5},
        {&Theme::warn, &Theme::warnBg, 9.13, 6.66, 4.5},          {&Theme::error, &Theme::errorBg, 5.53, 5.04, 4.5},
        {&Theme::estimate, &Theme::estimateBg, 6.98, 5.71, 4.5},  {&Theme::control, &Theme::surface, 3.63, 3.65, 3.0},
        {&Theme::focus, &Theme::surface, 8.99, 6.23, 3.0},        {&Theme::focus, &Theme::selection, 6.21, 4.75, 3.0},
    };
    for (const Pair& pair : pairs) {
        EXPECT_NEAR(wcag(darkTheme.*pair.ink, darkTheme.*pair.ground), pair.dark, hundredth);
        EXPECT_NEAR(wcag(lightTheme.*pair.ink, lightTheme.*pair.ground), pair.light, hundredth);
        EXPECT_GE(std::min(pair.dark, pair.light), pair.least);
        EXPECT_NEAR(contrastRatio(darkTheme.*pair.ink, darkTheme.*pair.ground), pair.dark, hundredth) << "the studio's own formula";
    }
    for (int mode = 0; mode < 2; ++mode) {
        EXPECT_GE(wcag(themeAt(mode).selectionInk, themeAt(mode).selection), 4.5);
    }
}

TEST(Colours, DifferencesUnderColourVision)
{
    using Figures = std::array<double, 3>; // normal, protan, deutan
    const auto check = [](const char* name, const Figures& stated, auto measure) {
        for (int vision = 0; vision < 3; ++vision) {
            EXPECT_NEAR(measure(static_cast<Vision>(vision)), stated[static_cast<std::size_t>(vision)], tenth) << name << " vision " << vision;
        }
    };
    const std::array<std::array<Figures, 9>, 2> stated{{
        {{{43.9, 26.4, 22.6}, {28.9, 16.3, 13.9}, {10.5, 4.0, 5.6}, {9.1, 5.5, 4.9}, {14.0, 13.8, 13.9}, {48.9, 51.2, 54.7}, {44.9, 43.0, 34.8},
          {25.3, 1.9, 7.7}, {18.0, 16.2, 13.8}}},
        {{{39.9, 23.0, 21.3}, {29.0, 13.6, 9.7}, {9.5, 9.0, 7.4}, {9.0, 4.5, 2.8}, {15.7, 13.3, 15.5}, {45.4, 47.4, 51.9}, {33.0, 39.4, 34.9},
          {23.6, 13.1, 8.5}, {9.9, 1.4, 4.1}}},
    }};
    for (int mode = 0; mode < 2; ++mode) {
        const Theme& t = themeAt(mode);
        const auto& figures = stated[static_cast<std::size_t>(mode)];
        check("backends", figures[0], [&](Vision v) { return smallestDifference({t.htp, t.gpu, t.cpu}, v); });
        check("states", figures[1], [&](Vision v) { return smallestDifference({t.ok, t.warn, t.error, t.estimate}, v); });
        check("time", figures[2], [&](Vision v) { return smallestStep(t.timeRamp, v); });
        check("error", figures[3], [&](Vision v) { return smallestStep(t.errorRamp, v); });
        check("delta", figures[4], [&](Vision v) { return smallestStep(t.deltaRamp, v); });
        check("delta ends", figures[5], [&](Vision v) { return difference(t.deltaRamp.at(0), t.deltaRamp.at(6), v); });
        check("time against error", figures[6], [&](Vision v) { return difference(t.timeRamp.at(6), t.errorRamp.at(6), v); });
        check("backends with accent", figures[7], [&](Vision v) { return smallestDifference({t.htp, t.gpu, t.cpu, t.accent}, v); });
        check("warn against cpu", figures[8], [&](Vision v) { return difference(t.warn, t.cpu, v); });
    }
}

template <std::size_t N>
void checkRamp(const Ramp<N>& ramp, double statedInk, bool monotone)
{
    double lowest = 99.0;
    for (std::size_t i = 0; i < N; ++i) {
        const double black = wcag(ramp.step[i], QColor(0, 0, 0));
        const double white = wcag(ramp.step[i], QColor(255, 255, 255));
        EXPECT_EQ(ramp.ink[i], black > white ? QColor(0, 0, 0) : QColor(255, 255, 255)) << "ink of step " << i;
        lowest = std::min(lowest, std::max(black, white));
    }
    EXPECT_NEAR(lowest, statedInk, hundredth);
    for (int vision = 0; monotone && vision < 3; ++vision) {
        const double direction = lab(ramp.step[N - 1], Normal)[0] - lab(ramp.step[0], Normal)[0];
        for (std::size_t i = 1; i < N; ++i) {
            const double rise = lab(ramp.step[i], static_cast<Vision>(vision))[0] - lab(ramp.step[i - 1], static_cast<Vision>(vision))[0];
            EXPECT_GT(rise * direction, 0.0) << "step " << i << " vision " << vision;
        }
    }
}

TEST(Colours, RampsAreMonotoneAndCarryTheBestInk)
{
    checkRamp(darkTheme.timeRamp, 4.62, true);
    checkRamp(lightTheme.timeRamp, 5.66, true);
    checkRamp(darkTheme.errorRamp, 5.57, true);
    checkRamp(lightTheme.errorRamp, 5.36, true);
    checkRamp(darkTheme.deltaRamp, 5.32, false);
    checkRamp(lightTheme.deltaRamp, 6.11, false);
}

TEST(Colours, RampIndexClamps)
{
    const Ramp<8>& ramp = darkTheme.timeRamp;
    EXPECT_EQ(ramp.indexOf(-1.0), 0);
    EXPECT_EQ(ramp.indexOf(std::nan("")), 0);
    EXPECT_EQ(ramp.indexOf(0.5), 4);
    EXPECT_EQ(ramp.indexOf(1.0), 7);
    EXPECT_EQ(ramp.indexOf(1e300), 7);
    EXPECT_EQ(ramp.at(99), ramp.step[7]);
    EXPECT_EQ(ramp.at(-3), ramp.step[0]);
}

TEST(ThemeSwitch, ChangesColoursPaletteAndSaysSo)
{
    ThemeController& controller = ThemeController::instance();
    controller.setMode(ThemeMode::Dark);
    int changes = 0;
    const auto connection = QObject::connect(&controller, &ThemeController::changed, &controller, [&changes] { ++changes; });
    controller.setMode(ThemeMode::Dark);
    EXPECT_EQ(changes, 0) << "the same theme is no change";
    controller.setMode(ThemeMode::Light);
    EXPECT_EQ(changes, 1);
    EXPECT_EQ(theme().text, lightTheme.text);
    for (const QPalette::ColorGroup group : {QPalette::Active, QPalette::Inactive}) {
        EXPECT_EQ(QApplication::palette().color(group, QPalette::Window), lightTheme.window);
        EXPECT_EQ(QApplication::palette().color(group, QPalette::Text), lightTheme.text);
        EXPECT_EQ(QApplication::palette().color(group, QPalette::Highlight), lightTheme.selection);
    }
    EXPECT_EQ(QApplication::palette().color(QPalette::Disabled, QPalette::Text), lightTheme.disabled);
    controller.setMode(ThemeMode::Dark);
    EXPECT_EQ(changes, 2);
    QObject::disconnect(connection);
}

TEST(Metrics, RowsFollowTheFont)
{
    installFonts(12);
    EXPECT_EQ(metrics().row, 24);
    EXPECT_EQ(metrics().viewTabs, 34);
    installFonts(16);
    EXPECT_EQ(metrics().row, 32) << "2 x base";
    EXPECT_EQ(uiFont(11).pixelSize(), 15) << "11/12 of 16";
    EXPECT_EQ(metrics().controlRadius, 4) << "radii do not grow";
    installFonts(10);
    EXPECT_EQ(metrics().row, 24) << "never lower than 24";
    installFonts(12);
}

TEST(Icons, EveryIconHasItsDrawingInTheGivenColour)
{
    for (int i = 0; i < iconCount; ++i) {
        const QColor ink(0xFF, 0x00, 0x80);
        const QImage image = iconPixmap(static_cast<Icon>(i), ink, 16, 2.0).toImage().convertToFormat(QImage::Format_ARGB32);
        ASSERT_EQ(image.width(), 32);
        int solid = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor pixel = image.pixelColor(x, y);
                if (pixel.alpha() > 250) {
                    ++solid;
                    ASSERT_EQ(pixel.rgb(), ink.rgb()) << iconName(static_cast<Icon>(i)).toStdString();
                }
            }
        }
        EXPECT_GT(solid, 3) << iconName(static_cast<Icon>(i)).toStdString();
    }
    EXPECT_FALSE(nordlysMark(20, 1.0).isNull());
}

} // namespace
} // namespace nordlys::studio
