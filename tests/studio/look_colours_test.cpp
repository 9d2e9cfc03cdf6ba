// SPDX-License-Identifier: GPL-3.0-or-later
// The program's own colour tables against the limits of the visual system: contrast (WCAG 2), and differences (CIEDE2000) as
// people with normal vision, protanopia and deuteranopia see them (Machado, Oliveira, Fernandes 2009, severity 1.0, on linear
// RGB).
#include <studio/look/theme.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

namespace nordlys::studio {
namespace {

using Vec = std::array<double, 3>;
using Matrix = std::array<Vec, 3>;

enum Vision { Normal, Protan, Deutan, VisionCount };
constexpr const char *kVisionNames[] = {"normal", "protan", "deutan"};
constexpr Matrix kVision[VisionCount] = {
    {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
    {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
};
// sRGB to CIE XYZ, D65.
constexpr Matrix kXyz = {
    {{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}}};

Vec times(const Matrix &matrix, const Vec &v)
{
    Vec out{};
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t i = 0; i < 3; ++i)
            out[row] += matrix[row][i] * v[i];
    return out;
}

Vec linear(const QColor &colour)
{
    Vec out{colour.red() / 255.0, colour.green() / 255.0, colour.blue() / 255.0};
    for (double &x : out)
        x = x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4);
    return out;
}

double contrast(const QColor &a, const QColor &b)
{
    const auto luminance = [](const QColor &colour) { return times(kXyz, linear(colour))[1]; };
    const double first = luminance(a), second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

Vec lab(const QColor &colour, Vision vision)
{
    Vec rgb = times(kVision[vision], linear(colour));
    for (double &x : rgb)
        x = std::clamp(x, 0.0, 1.0);
    const Vec xyz = times(kXyz, rgb);
    const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    const double fx = f(xyz[0] / 0.95047), fy = f(xyz[1]), fz = f(xyz[2] / 1.08883);
    return {116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)};
}

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

/// Sharma, Wu, Dalal: The CIEDE2000 color-difference formula (2005).
double difference(const Vec &p, const Vec &q)
{
    const double mean = (std::hypot(p[1], p[2]) + std::hypot(q[1], q[2])) / 2;
    const double pow25 = std::pow(25.0, 7);
    const double g = 0.5 * (1 - std::sqrt(std::pow(mean, 7) / (std::pow(mean, 7) + pow25)));
    const double a1 = p[1] * (1 + g), a2 = q[1] * (1 + g);
    const double c1 = std::hypot(a1, p[2]), c2 = std::hypot(a2, q[2]);
    const auto hue = [](double a, double b) {
        if (a == 0 && b == 0)
            return 0.0;
        const double degrees = std::atan2(b, a) * 180 / std::numbers::pi;
        return degrees < 0 ? degrees + 360 : degrees;
    };
    const double h1 = hue(a1, p[2]), h2 = hue(a2, q[2]);
    const bool grey = c1 * c2 == 0;
    double dh = grey ? 0 : h2 - h1;
    if (dh > 180)
        dh -= 360;
    else if (dh < -180)
        dh += 360;
    const double dH = 2 * std::sqrt(c1 * c2) * std::sin(radians(dh / 2));
    const double lm = (p[0] + q[0]) / 2, cm = (c1 + c2) / 2;
    double hm = (h1 + h2) / 2;
    if (grey)
        hm = h1 + h2;
    else if (std::abs(h1 - h2) > 180)
        hm += h1 + h2 < 360 ? 180 : -180;
    const double t = 1 - 0.17 * std::cos(radians(hm - 30)) + 0.24 * std::cos(radians(2 * hm)) +
                     0.32 * std::cos(radians(3 * hm + 6)) - 0.2 * std::cos(radians(4 * hm - 63));
    const double sl = 1 + 0.015 * std::pow(lm - 50, 2) / std::sqrt(20 + std::pow(lm - 50, 2));
    const double sc = 1 + 0.045 * cm, sh = 1 + 0.015 * cm * t;
    const double rt = -std::sin(radians(60 * std::exp(-std::pow((hm - 275) / 25, 2)))) * 2 *
                      std::sqrt(std::pow(cm, 7) / (std::pow(cm, 7) + pow25));
    const double dL = (q[0] - p[0]) / sl, dC = (c2 - c1) / sc, dHs = dH / sh;
    return std::sqrt(dL * dL + dC * dC + dHs * dHs + rt * dC * dHs);
}

double between(const QColor &a, const QColor &b, Vision vision) { return difference(lab(a, vision), lab(b, vision)); }

double smallest(const std::vector<QColor> &set, Vision vision)
{
    double least = 1000;
    for (std::size_t i = 0; i < set.size(); ++i)
        for (std::size_t j = i + 1; j < set.size(); ++j)
            least = std::min(least, between(set[i], set[j], vision));
    return least;
}

double smallestStep(std::span<const QColor> ramp, Vision vision)
{
    double least = 1000;
    for (std::size_t i = 1; i < ramp.size(); ++i)
        least = std::min(least, between(ramp[i - 1], ramp[i], vision));
    return least;
}

// The formula itself, against the published test data of its authors (pairs 1, 4, 7, 17, 25, 34 of their table 1).
TEST(Colours, DifferenceIsTheOneOfThePaper)
{
    const struct {
        Vec p, q;
        double expected;
    } cases[] = {
        {{50, 2.6772, -79.7751}, {50, 0, -82.7485}, 2.0425},
        {{50, -1.3802, -84.2814}, {50, 0, -82.7485}, 1.0000},
        {{50, 0, 0}, {50, -1, 2}, 2.3669},
        {{50, 2.5, 0}, {73, 25, -18}, 27.1492},
        {{60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}, 1.2644},
        {{2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}, 0.9082},
    };
    for (const auto &[p, q, expected] : cases) {
        EXPECT_NEAR(difference(p, q), expected, 1e-4);
        EXPECT_NEAR(difference(q, p), expected, 1e-4);
    }
    EXPECT_NEAR(contrast(Qt::black, Qt::white), 21.0, 1e-5);
}

class ColoursOf : public testing::TestWithParam<const Theme *> {
protected:
    const Theme &colours = *GetParam();
};

TEST_P(ColoursOf, EveryInkReadsOnEveryGround)
{
    const struct {
        const char *name;
        QColor ink;
        double dark, light; // measured, as the visual system prints them: one decimal
    } inks[] = {
        {"text", colours.text, 10.9, 14.6}, {"text2", colours.text2, 6.8, 6.9},
        {"text3", colours.text3, 4.8, 4.7}, {"accent", colours.accent, 5.3, 5.2},
        {"ok", colours.ok, 6.3, 4.6},       {"warn", colours.warn, 8.6, 6.4},
        {"error", colours.error, 4.7, 5.1}, {"estimate", colours.estimate, 6.5, 5.7},
        {"htp", colours.htp, 7.9, 4.8},     {"gpu", colours.gpu, 6.3, 8.4},
        {"cpu", colours.cpu, 4.8, 5.6},
    };
    for (const auto &[name, ink, dark, light] : inks) {
        double least = 100;
        for (const QColor &ground :
             {colours.canvas, colours.window, colours.surface, colours.raised, colours.zebra, colours.hover})
            least = std::min(least, contrast(ink, ground));
        EXPECT_GE(least, 4.5) << name;
        EXPECT_NEAR(least, colours.dark ? dark : light, 0.051) << name;
    }
}

TEST_P(ColoursOf, PairsKeepTheirContrast)
{
    const struct {
        const char *name;
        QColor a, b;
        double needed;
        double dark, light; // 0: only the limit is given
    } pairs[] = {
        {"selectionInk on selection", colours.selectionInk, colours.selection, 4.5, 0, 0},
        {"text on selection", colours.text, colours.selection, 4.5, 9.57, 13.21},
        {"text2 on selection", colours.text2, colours.selection, 4.5, 5.96, 6.26},
        {"accentInk on accentFill", colours.accentInk, colours.accentFill, 4.5, 6.28, 6.23},
        {"ok on okBg", colours.ok, colours.okBg, 4.5, 6.86, 4.74},
        {"warn on warnBg", colours.warn, colours.warnBg, 4.5, 9.13, 6.66},
        {"error on errorBg", colours.error, colours.errorBg, 4.5, 5.53, 5.04},
        {"estimate on estimateBg", colours.estimate, colours.estimateBg, 4.5, 6.98, 5.71},
        {"control on surface", colours.control, colours.surface, 3, 3.63, 3.65},
        {"control on raised", colours.control, colours.raised, 3, 0, 0},
        {"focus on surface", colours.focus, colours.surface, 3, 8.99, 6.23},
        {"focus on selection", colours.focus, colours.selection, 3, 6.21, 4.75},
        {"accent on selection", colours.accent, colours.selection, 3, 0, 0},
    };
    for (const auto &[name, a, b, needed, dark, light] : pairs) {
        EXPECT_GE(contrast(a, b), needed) << name;
        if (dark > 0) {
            EXPECT_NEAR(contrast(a, b), colours.dark ? dark : light, 0.006) << name;
        }
    }
    // Never the only carrier of information, and never invisible.
    EXPECT_GE(contrast(colours.disabled, colours.surface), 2.2);
}

TEST_P(ColoursOf, SetsStayApartForEveryEye)
{
    const bool dark = colours.dark;
    const struct {
        const char *name;
        std::vector<QColor> set;
        Vec dark, light;
    } sets[] = {
        {"backends", {colours.htp, colours.gpu, colours.cpu}, {43.9, 26.4, 22.6}, {39.9, 23.0, 21.3}},
        {"states", {colours.ok, colours.warn, colours.error, colours.estimate}, {28.9, 16.3, 13.9}, {29.0, 13.6, 9.7}},
        {"backends and accent", {colours.htp, colours.gpu, colours.cpu, colours.accent}, {25.3, 1.9, 7.7}, {23.6, 13.1, 8.5}},
        {"warn and cpu", {colours.warn, colours.cpu}, {18.0, 16.2, 13.8}, {9.9, 1.4, 4.1}},
    };
    for (int vision = Normal; vision < VisionCount; ++vision) {
        const auto v = static_cast<Vision>(vision);
        for (const auto &[name, set, onDark, onLight] : sets)
            EXPECT_NEAR(smallest(set, v), (dark ? onDark : onLight)[static_cast<std::size_t>(vision)], 0.051)
                << name << ", " << kVisionNames[vision];
    }
}

TEST_P(ColoursOf, RampsRiseEvenlyAndTheirInkReads)
{
    const bool dark = colours.dark;
    const struct {
        const char *name;
        std::span<const QColor> steps, inks;
        bool monotone;
        double dark, light; // best ink
        Vec darkStep, lightStep;
    } ramps[] = {
        {"time", colours.timeRamp.step, colours.timeRamp.ink, true, 4.62, 5.66, {10.5, 4.0, 5.6}, {9.5, 9.0, 7.4}},
        {"error", colours.errorRamp.step, colours.errorRamp.ink, true, 5.57, 5.36, {9.1, 5.5, 4.9}, {9.0, 4.5, 2.8}},
        {"delta", colours.deltaRamp.step, colours.deltaRamp.ink, false, 5.32, 6.11, {14.0, 13.8, 13.9}, {15.7, 13.3, 15.5}},
    };
    for (const auto &ramp : ramps) {
        double least = 100;
        for (std::size_t i = 0; i < ramp.steps.size(); ++i) {
            const double chosen = contrast(ramp.steps[i], ramp.inks[i]);
            EXPECT_GE(chosen, std::max(contrast(ramp.steps[i], Qt::black), contrast(ramp.steps[i], Qt::white)) - 1e-9)
                << ramp.name << " step " << i << " has the weaker ink";
            least = std::min(least, chosen);
        }
        EXPECT_GE(least, 4.5) << ramp.name;
        EXPECT_NEAR(least, dark ? ramp.dark : ramp.light, 0.006) << ramp.name;
        for (int vision = Normal; vision < VisionCount; ++vision) {
            const auto v = static_cast<Vision>(vision);
            EXPECT_NEAR(smallestStep(ramp.steps, v), (dark ? ramp.darkStep : ramp.lightStep)[static_cast<std::size_t>(vision)],
                        0.051)
                << ramp.name << ", " << kVisionNames[vision];
            if (!ramp.monotone)
                continue;
            const double way = lab(ramp.steps.back(), v)[0] - lab(ramp.steps.front(), v)[0];
            for (std::size_t i = 1; i < ramp.steps.size(); ++i)
                EXPECT_GT((lab(ramp.steps[i], v)[0] - lab(ramp.steps[i - 1], v)[0]) * way, 0)
                    << ramp.name << ", " << kVisionNames[vision] << ", step " << i;
        }
    }
    const Vec ends = dark ? Vec{48.9, 51.2, 54.7} : Vec{45.4, 47.4, 51.9};
    const Vec kinds = dark ? Vec{44.9, 43.0, 34.8} : Vec{33.0, 39.4, 34.9};
    for (int vision = Normal; vision < VisionCount; ++vision) {
        const auto v = static_cast<Vision>(vision);
        EXPECT_NEAR(between(colours.deltaRamp.step.front(), colours.deltaRamp.step.back(), v),
                    ends[static_cast<std::size_t>(vision)], 0.051);
        EXPECT_NEAR(between(colours.timeRamp.step[6], colours.errorRamp.step[6], v), kinds[static_cast<std::size_t>(vision)],
                    0.051);
    }
}

INSTANTIATE_TEST_SUITE_P(Both, ColoursOf, testing::Values(&darkTheme, &lightTheme),
                         [](const auto &theme_) { return theme_.param->dark ? std::string("dark") : std::string("light"); });

} // namespace
} // namespace nordlys::studio
