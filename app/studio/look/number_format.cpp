// SPDX-License-Identifier: GPL-3.0-or-later
#include "number_format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace nordlys::studio {
namespace {

constexpr QChar noBreakSpace(0x00A0);
constexpr QChar minusSign(0x2212);
constexpr QChar ellipsis(0x2026);
constexpr QChar plusMinus(0x00B1);
constexpr QChar almostEqual(0x2248);
constexpr int groupFrom = 5; // digits before the decimal sign from which groups are set

QString missing()
{
    return QString(QChar(0x2013));
}

// Power of ten of the first digit after rounding to `digits` significant ones (9.9996 with 4 digits counts as 10.00).
int exponentOf(double value, int digits)
{
    if (value == 0.0) {
        return 0;
    }
    const QByteArray text = QByteArray::number(std::fabs(value), 'e', digits - 1);
    return text.mid(text.indexOf('e') + 1).toInt();
}

double magnitudeNs(std::int64_t durationNs)
{
    return std::fabs(static_cast<double>(durationNs));
}

} // namespace

double nsPer(TimeUnit unit)
{
    static constexpr std::array<double, 4> factors{1.0, 1e3, 1e6, 1e9};
    return factors[static_cast<std::size_t>(unit)];
}

QString timeUnitName(TimeUnit unit)
{
    switch (unit) {
    case TimeUnit::Ns:
        return QStringLiteral("ns");
    case TimeUnit::Us:
        return QStringLiteral("\u00B5s");
    case TimeUnit::Ms:
        return QStringLiteral("ms");
    case TimeUnit::S:
        break;
    }
    return QStringLiteral("s");
}

TimeUnit timeUnitFor(std::int64_t durationNs)
{
    const double magnitude = magnitudeNs(durationNs);
    for (const TimeUnit unit : {TimeUnit::S, TimeUnit::Ms, TimeUnit::Us}) {
        if (magnitude >= 0.1 * nsPer(unit)) {
            return unit;
        }
    }
    return TimeUnit::Ns;
}

TimeUnit timeUnitForColumn(std::span<const std::int64_t> durationsNs)
{
    if (durationsNs.empty()) {
        return TimeUnit::Ms;
    }
    std::vector<double> sorted;
    sorted.reserve(durationsNs.size());
    for (const std::int64_t duration : durationsNs) {
        sorted.push_back(magnitudeNs(duration));
    }
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return timeUnitFor(*middle >= 9.2e18 ? INT64_MAX : static_cast<std::int64_t>(*middle));
}

QString formatNumber(double value, int decimals, const QLocale& locale)
{
    if (!std::isfinite(value)) {
        return missing();
    }
    QString digits = QString::number(std::fabs(value), 'f', std::clamp(decimals, 0, 9));
    const bool isZero = std::none_of(digits.cbegin(), digits.cend(), [](QChar c) { return c.isDigit() && c != QLatin1Char('0'); });
    const qsizetype point = digits.indexOf(QLatin1Char('.'));
    const qsizetype whole = point < 0 ? digits.size() : point;
    if (point >= 0) {
        digits.replace(point, 1, locale.decimalPoint());
    }
    if (whole >= groupFrom) {
        for (qsizetype at = whole - 3; at > 0; at -= 3) {
            digits.insert(at, noBreakSpace);
        }
    }
    return value < 0.0 && !isZero ? minusSign + digits : digits;
}

QString formatSigned(double value, int decimals, const QLocale& locale)
{
    const QString text = formatNumber(value, decimals, locale);
    const bool isZero = text == formatNumber(0.0, decimals, locale);
    return value > 0.0 && std::isfinite(value) && !isZero ? QLatin1Char('+') + text : text;
}

QString formatSignificant(double value, int digits, int maxDecimals, const QLocale& locale)
{
    if (!std::isfinite(value)) {
        return missing();
    }
    const int decimals = std::clamp(digits - 1 - exponentOf(value, digits), 0, maxDecimals);
    return formatNumber(value, decimals, locale);
}

QString withUnit(const QString& value, const QString& unit)
{
    return unit.isEmpty() ? value : value + noBreakSpace + unit;
}

int durationDecimals(std::int64_t durationNs, TimeUnit unit, std::optional<std::int64_t> halfIntervalNs)
{
    const int byDigits = unit == TimeUnit::Ns ? 0 : std::clamp(3 - exponentOf(static_cast<double>(durationNs) / nsPer(unit), 4), 0, 3);
    if (!halfIntervalNs || *halfIntervalNs == 0) {
        return byDigits;
    }
    const int byInterval = std::max(0, -exponentOf(static_cast<double>(*halfIntervalNs) / nsPer(unit), 1));
    return std::min(byDigits, byInterval);
}

QString formatDurationValue(std::int64_t durationNs, TimeUnit unit, const QLocale& locale)
{
    return formatNumber(static_cast<double>(durationNs) / nsPer(unit), durationDecimals(durationNs, unit), locale);
}

QString formatDuration(std::int64_t durationNs, std::optional<TimeUnit> unit, const QLocale& locale)
{
    const TimeUnit used = unit.value_or(timeUnitFor(durationNs));
    return withUnit(formatDurationValue(durationNs, used, locale), timeUnitName(used));
}

QString formatDurationInterval(std::int64_t durationNs, std::int64_t halfIntervalNs, std::optional<TimeUnit> unit, const QLocale& locale)
{
    const TimeUnit used = unit.value_or(timeUnitFor(durationNs));
    const int decimals = durationDecimals(durationNs, used, halfIntervalNs);
    const QString value = formatNumber(static_cast<double>(durationNs) / nsPer(used), decimals, locale);
    const QString half = formatNumber(magnitudeNs(halfIntervalNs) / nsPer(used), decimals, locale);
    return withUnit(value, timeUnitName(used)) + noBreakSpace + plusMinus + half;
}

QString formatEstimate(std::int64_t durationNs, std::optional<TimeUnit> unit, const QLocale& locale)
{
    const TimeUnit used = unit.value_or(timeUnitFor(durationNs));
    const QString value = formatSignificant(static_cast<double>(durationNs) / nsPer(used), 3, used == TimeUnit::Ns ? 0 : 3, locale);
    return QString(almostEqual) + noBreakSpace + withUnit(value, timeUnitName(used));
}

QString formatFrequency(double freqHz, const QLocale& locale)
{
    static const std::array<std::pair<double, QString>, 3> units{{{1e9, QStringLiteral("GHz")}, {1e6, QStringLiteral("MHz")}, {1e3, QStringLiteral("kHz")}}};
    if (!std::isfinite(freqHz)) {
        return missing();
    }
    for (const auto& [factor, name] : units) {
        // 999.6 MHz would round to 1000 MHz.
        if (std::fabs(freqHz) >= 0.9995 * factor) {
            return withUnit(formatSignificant(freqHz / factor, 3, 2, locale), name);
        }
    }
    return withUnit(formatSignificant(freqHz, 3, 2, locale), QStringLiteral("Hz"));
}

QString formatBytes(std::uint64_t bytes, const QLocale& locale)
{
    static const std::array<QString, 5> units{QStringLiteral("B"), QStringLiteral("KiB"), QStringLiteral("MiB"), QStringLiteral("GiB"), QStringLiteral("TiB")};
    if (bytes < 1024) {
        return withUnit(formatNumber(static_cast<double>(bytes), 0, locale), units[0]);
    }
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (unit + 1 < units.size() && value >= 1023.5) {
        value /= 1024.0;
        ++unit;
    }
    return withUnit(formatNumber(value, value < 99.95 ? 1 : 0, locale), units[unit]);
}

QString formatPercent(double percent, int decimals, const QLocale& locale)
{
    return std::isfinite(percent) ? withUnit(formatNumber(percent, decimals, locale), QStringLiteral("%")) : missing();
}

QString formatDecibel(double decibel, const QLocale& locale)
{
    if (std::isinf(decibel)) {
        const QString infinity(QChar(0x221E));
        return withUnit(decibel < 0 ? minusSign + infinity : infinity, QStringLiteral("dB"));
    }
    return std::isnan(decibel) ? missing() : withUnit(formatNumber(decibel, 1, locale), QStringLiteral("dB"));
}

QString formatCount(std::int64_t count, const QLocale& locale)
{
    Q_UNUSED(locale)
    // Not through double: counts above 2^53 stay exact.
    const bool negative = count < 0;
    QString digits = QString::number(count);
    if (negative) {
        digits.remove(0, 1);
    }
    if (digits.size() >= groupFrom) {
        for (qsizetype at = digits.size() - 3; at > 0; at -= 3) {
            digits.insert(at, noBreakSpace);
        }
    }
    return negative ? minusSign + digits : digits;
}

QString formatAmount(double amount, const QString& unit, const QLocale& locale)
{
    static const std::array<std::pair<double, QString>, 4> prefixes{
        {{1e12, QStringLiteral("T")}, {1e9, QStringLiteral("G")}, {1e6, QStringLiteral("M")}, {1e3, QStringLiteral("k")}}};
    if (!std::isfinite(amount)) {
        return missing();
    }
    for (const auto& [factor, prefix] : prefixes) {
        if (std::fabs(amount) >= 0.9995 * factor) {
            return withUnit(formatSignificant(amount / factor, 3, 2, locale), prefix + unit);
        }
    }
    return withUnit(formatSignificant(amount, 3, amount == std::floor(amount) ? 0 : 2, locale), unit);
}

QString formatTemperature(double celsius, int decimals, const QLocale& locale)
{
    return std::isfinite(celsius) ? withUnit(formatNumber(celsius, decimals, locale), QStringLiteral("\u00B0C")) : missing();
}

QString formatRange(double minimum, double maximum, int decimals, const QLocale& locale)
{
    return formatNumber(minimum, decimals, locale) + ellipsis + formatNumber(maximum, decimals, locale);
}

QString formatInterval(double low, double high, int decimals, const QLocale& locale)
{
    const QString separator = locale.decimalPoint() == QLatin1String(",") ? QStringLiteral(";") : QStringLiteral(",");
    return QLatin1Char('[') + formatNumber(low, decimals, locale) + separator + noBreakSpace + formatNumber(high, decimals, locale) + QLatin1Char(']');
}

QString formatScale(double scale, const QLocale& locale)
{
    if (std::isfinite(scale) && scale != 0.0 && std::fabs(scale) < 1e-4) {
        QString text = QString::number(scale, 'e', 5);
        text.replace(QLatin1Char('.'), locale.decimalPoint());
        text.replace(QLatin1Char('-'), QString(minusSign));
        return text;
    }
    return formatSignificant(scale, 6, 9, locale);
}

std::optional<double> parseNumber(const QString& text, const QLocale& locale)
{
    QString plain;
    for (const QChar c : text.trimmed()) {
        if (c == minusSign) {
            plain += QLatin1Char('-');
        } else if (QString(c) == locale.decimalPoint()) {
            plain += QLatin1Char('.');
        } else if (c.isDigit() && c.unicode() > 0x7F) {
            plain += QString::number(c.digitValue());
        } else if (c != noBreakSpace && c != QChar(0x202F) && c != QLatin1Char(' ')) {
            plain += c;
        }
    }
    bool isNumber = false;
    const double value = QLocale::c().toDouble(plain, &isNumber);
    // QLocale::c() takes grouping commas; "1,5" typed in an English locale must not become 15.
    if (!isNumber || !std::isfinite(value) || plain.contains(QLatin1Char(','))) {
        return std::nullopt;
    }
    return value;
}

QString plainNumber(double value, int decimals)
{
    return std::isfinite(value) ? QString::number(value, 'f', std::clamp(decimals, 0, 17)) : QString();
}

QString plainExact(double value)
{
    return std::isfinite(value) ? QString::number(value, 'g', QLocale::FloatingPointShortest) : QString();
}

QString plainDuration(std::int64_t durationNs, TimeUnit unit)
{
    static constexpr std::array<int, 4> unitDigits{0, 3, 6, 9};
    const int decimals = unitDigits[static_cast<std::size_t>(unit)];
    QString digits = QString::number(durationNs);
    const bool negative = durationNs < 0;
    if (negative) {
        digits.remove(0, 1);
    }
    if (decimals > 0) {
        digits = digits.rightJustified(decimals + 1, QLatin1Char('0'));
        digits.insert(digits.size() - decimals, QLatin1Char('.'));
        while (digits.endsWith(QLatin1Char('0'))) {
            digits.chop(1);
        }
        if (digits.endsWith(QLatin1Char('.'))) {
            digits.chop(1);
        }
    }
    return negative ? QLatin1Char('-') + digits : digits;
}

} // namespace nordlys::studio
