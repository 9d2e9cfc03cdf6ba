// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include <studio/look/number_format.h>

namespace nordlys::studio {
namespace {

const QLocale en(QLocale::English, QLocale::UnitedStates);
const QLocale nb(QLocale::NorwegianBokmal, QLocale::Norway);

// '_' stands for the no-break space, '~' for the minus U+2212.
std::string shown(QString text)
{
    text.replace(QChar(0x00A0), QLatin1Char('_'));
    text.replace(QChar(0x2212), QLatin1Char('~'));
    return text.toStdString();
}

TEST(Numbers, Durations)
{
    struct Case {
        std::int64_t ns;
        const char* en;
        const char* nb;
    };
    const std::vector<Case> cases{
        {1'462'000, "1.462_ms", "1,462_ms"},     {618'000, "0.618_ms", "0,618_ms"},        {14'620'000, "14.62_ms", "14,62_ms"},
        {148'600, "0.149_ms", "0,149_ms"},       {61'200, "61.20_µs", "61,20_µs"},         {98'000, "98.00_µs", "98,00_µs"},
        {0, "0_ns", "0_ns"},                     {99, "99_ns", "99_ns"},                   {250, "0.250_µs", "0,250_µs"},
        {22'610'000'000, "22.61_s", "22,61_s"},  {-1'462'000, "~1.462_ms", "~1,462_ms"},   {9'999'600, "10.00_ms", "10,00_ms"},
        {12'345'678'000'000, "12_346_s", "12_346_s"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(shown(formatDuration(c.ns, std::nullopt, en)), c.en) << c.ns;
        EXPECT_EQ(shown(formatDuration(c.ns, std::nullopt, nb)), c.nb) << c.ns;
    }
    EXPECT_EQ(shown(formatDuration(98'000, TimeUnit::Ms, en)), "0.098_ms");
    EXPECT_EQ(shown(formatDuration(std::numeric_limits<std::int64_t>::min(), TimeUnit::Ns, en)), "~9_223_372_036_854_775_808_ns");
}

TEST(Numbers, OneUnitAColumnFromTheMedian)
{
    const std::vector<std::int64_t> column{900, 1'200'000, 1'500'000, 2'000'000, 900'000'000};
    EXPECT_EQ(timeUnitForColumn(column), TimeUnit::Ms);
    const std::vector<std::int64_t> micro{2'000, 3'000, 40'000'000};
    EXPECT_EQ(timeUnitForColumn(micro), TimeUnit::Us);
    EXPECT_EQ(timeUnitForColumn({}), TimeUnit::Ms);
    EXPECT_EQ(timeUnitFor(99), TimeUnit::Ns);
    EXPECT_EQ(timeUnitFor(100), TimeUnit::Us);
}

TEST(Numbers, DigitsFollowTheInterval)
{
    EXPECT_EQ(shown(formatDurationInterval(1'462'300, 8'000, std::nullopt, en)), "1.462_ms_±0.008");
    EXPECT_EQ(shown(formatDurationInterval(1'462'300, 8'000, std::nullopt, nb)), "1,462_ms_±0,008");
    EXPECT_EQ(shown(formatDurationInterval(14'623'000, 210'000, std::nullopt, en)), "14.6_ms_±0.2");
    EXPECT_EQ(shown(formatDurationInterval(14'623'000, 3'100'000, std::nullopt, en)), "15_ms_±3");
    EXPECT_EQ(shown(formatEstimate(1'070'000, std::nullopt, en)), "≈_1.07_ms");
}

TEST(Numbers, OtherQuantities)
{
    EXPECT_EQ(shown(formatFrequency(2.7136e9, en)), "2.71_GHz");
    EXPECT_EQ(shown(formatFrequency(812e6, nb)), "812_MHz");
    EXPECT_EQ(shown(formatFrequency(999.7e6, en)), "1.00_GHz");
    EXPECT_EQ(shown(formatFrequency(std::nan(""), en)), "–");
    EXPECT_EQ(shown(formatBytes(96, en)), "96_B");
    EXPECT_EQ(shown(formatBytes(3'891, en)), "3.8_KiB");
    EXPECT_EQ(shown(formatBytes(268 * 1024, en)), "268_KiB");
    EXPECT_EQ(shown(formatBytes(314'573, nb)), "307_KiB");
    EXPECT_EQ(shown(formatBytes(1024ULL * 1024 * 1024 * 1024 * 20'000, en)), "20_000_TiB");
    EXPECT_EQ(shown(formatPercent(96.2, 1, en)), "96.2_%");
    EXPECT_EQ(shown(formatPercent(2.31, 2, nb)), "2,31_%");
    EXPECT_EQ(shown(formatDecibel(19.44, en)), "19.4_dB");
    EXPECT_EQ(shown(formatDecibel(-3.24, nb)), "~3,2_dB");
    EXPECT_EQ(shown(formatDecibel(std::numeric_limits<double>::infinity(), en)), "∞_dB");
    EXPECT_EQ(shown(formatDecibel(std::nan(""), en)), "–");
    EXPECT_EQ(shown(formatCount(5452, en)), "5452");
    EXPECT_EQ(shown(formatCount(12'345, en)), "12_345");
    EXPECT_EQ(shown(formatCount(-1'234'567, nb)), "~1_234_567");
    EXPECT_EQ(shown(formatAmount(58'300, QStringLiteral("cyc"), en)), "58.3_kcyc");
    EXPECT_EQ(shown(formatAmount(164.4e6, QStringLiteral("MAC"), nb)), "164_MMAC") << "3 significant digits";
    EXPECT_EQ(shown(formatAmount(12, QStringLiteral("MAC"), en)), "12_MAC");
    EXPECT_EQ(shown(formatTemperature(97.42, 1, nb)), "97,4_°C");
    EXPECT_EQ(shown(formatRange(-18.4, 18.6, 2, en)), "~18.40…18.60");
    EXPECT_EQ(shown(formatRange(-18.4, 18.6, 2, nb)), "~18,40…18,60");
    EXPECT_EQ(shown(formatInterval(-31.3, -30.1, 1, en)), "[~31.3,_~30.1]");
    EXPECT_EQ(shown(formatInterval(-31.3, -30.1, 1, nb)), "[~31,3;_~30,1]");
    EXPECT_EQ(shown(formatScale(0.14509804, en)), "0.145098");
    EXPECT_EQ(shown(formatScale(0.0235294, nb)), "0,0235294");
    EXPECT_EQ(shown(formatScale(2.5e-7, en)), "2.50000e~07");
    EXPECT_EQ(shown(formatNumber(-0.001, 2, en)), "0.00") << "no negative zero";
    EXPECT_EQ(shown(formatSigned(47.71, 1, en)), "+47.7");
    EXPECT_EQ(shown(formatSigned(0.01, 1, en)), "0.0");
}

TEST(Numbers, PlainTextAlwaysHasThePoint)
{
    QLocale::setDefault(nb);
    EXPECT_EQ(plainNumber(-18.4, 2).toStdString(), "-18.40");
    EXPECT_EQ(plainExact(0.1).toStdString(), "0.1");
    EXPECT_EQ(plainExact(std::nan("")).toStdString(), "");
    EXPECT_EQ(plainDuration(1'462'000, TimeUnit::Ms).toStdString(), "1.462");
    EXPECT_EQ(plainDuration(-5, TimeUnit::S).toStdString(), "-0.000000005");
    EXPECT_EQ(plainDuration(12'000'000'000, TimeUnit::S).toStdString(), "12");
    QLocale::setDefault(en);
}

TEST(Numbers, Parsing)
{
    EXPECT_EQ(parseNumber(QStringLiteral(" \u221218.40 "), en), -18.4);
    EXPECT_EQ(parseNumber(QStringLiteral("18,6"), nb), 18.6);
    EXPECT_EQ(parseNumber(QStringLiteral("18.6"), nb), 18.6) << "the point is always understood";
    EXPECT_EQ(parseNumber(QStringLiteral("12\u00A0345,5"), nb), 12345.5);
    EXPECT_EQ(parseNumber(QStringLiteral("1e-3"), en), 0.001);
    for (const char16_t* text : {u"", u"abc", u"1,5", u"1.2.3", u"nan", u"inf", u"1e999", u"--1", u"0x10"}) {
        EXPECT_EQ(parseNumber(QString::fromUtf16(text), en), std::nullopt) << QString::fromUtf16(text).toStdString();
    }
}

} // namespace
} // namespace nordlys::studio
