// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <QLocale>
#include <QString>

/// Numbers as the studio shows them: value, no-break space, unit; minus is U+2212; digits are grouped from 10 000 on; the
/// decimal sign is the locale's (nb: comma). The plain... functions always use the point and '-', for files and copying.
/// A value that is not finite is shown as an en dash.
namespace nordlys::studio {

enum class TimeUnit { Ns, Us, Ms, S };

/// Unit for one duration: the largest in which it is at least 0.1 (below 100 ns: ns).
TimeUnit timeUnitFor(std::int64_t durationNs);
/// One unit for a whole column, from the median of its values (0 and negative ones count by magnitude). Empty: ms.
TimeUnit timeUnitForColumn(std::span<const std::int64_t> durationsNs);
QString timeUnitName(TimeUnit unit);
/// Nanoseconds in one unit.
double nsPer(TimeUnit unit);

/// A number with a fixed count of decimals (0 to 9), without unit.
QString formatNumber(double value, int decimals, const QLocale& locale = QLocale());
/// Same with a sign, also for positive values; zero has none.
QString formatSigned(double value, int decimals, const QLocale& locale = QLocale());
/// `digits` significant digits, at most `maxDecimals` decimals.
QString formatSignificant(double value, int digits, int maxDecimals = 9, const QLocale& locale = QLocale());
/// Text of a value and a unit with a no-break space.
QString withUnit(const QString& value, const QString& unit);

/// Decimals of a duration in `unit`: 4 significant digits and at most 3 decimals, less where `halfIntervalNs` (half of the
/// 95 % interval) does not support them: the last digit shown is the interval's first.
int durationDecimals(std::int64_t durationNs, TimeUnit unit, std::optional<std::int64_t> halfIntervalNs = std::nullopt);
/// "1.462 ms"; `unit` defaults to timeUnitFor(durationNs).
QString formatDuration(std::int64_t durationNs, std::optional<TimeUnit> unit = std::nullopt, const QLocale& locale = QLocale());
/// "1.462", for columns that name the unit in the header.
QString formatDurationValue(std::int64_t durationNs, TimeUnit unit, const QLocale& locale = QLocale());
/// "1.462 ms ±0.008" (the digits follow the interval).
QString formatDurationInterval(std::int64_t durationNs, std::int64_t halfIntervalNs, std::optional<TimeUnit> unit = std::nullopt,
                               const QLocale& locale = QLocale());
/// "≈ 1.07 ms": 3 significant digits, the sign of an estimate before it.
QString formatEstimate(std::int64_t durationNs, std::optional<TimeUnit> unit = std::nullopt, const QLocale& locale = QLocale());

/// "2.71 GHz", "812 MHz": 3 significant digits.
QString formatFrequency(double freqHz, const QLocale& locale = QLocale());
/// "268 KiB", "3.8 KiB", "96 B".
QString formatBytes(std::uint64_t bytes, const QLocale& locale = QLocale());
/// "96.2 %". `percent` is the percentage itself, not a fraction.
QString formatPercent(double percent, int decimals = 1, const QLocale& locale = QLocale());
/// "19.4 dB"; +infinity (no error at all) is "∞ dB".
QString formatDecibel(double decibel, const QLocale& locale = QLocale());
/// "5452", "12 345": whole numbers.
QString formatCount(std::int64_t count, const QLocale& locale = QLocale());
/// "58.3 kcyc", "677 kMAC", "164.5 MMAC"-style amounts: 3 significant digits with k, M, G, T before the unit.
QString formatAmount(double amount, const QString& unit, const QLocale& locale = QLocale());
/// "38 °C" or with decimals "97.4 °C".
QString formatTemperature(double celsius, int decimals = 1, const QLocale& locale = QLocale());
/// "−18.40…18.60": two decimals.
QString formatRange(double minimum, double maximum, int decimals = 2, const QLocale& locale = QLocale());
/// "[−31.3, −30.1]"; locales with a decimal comma separate by semicolon.
QString formatInterval(double low, double high, int decimals = 1, const QLocale& locale = QLocale());
/// Six significant digits, for scale fields: "0.145098".
QString formatScale(double scale, const QLocale& locale = QLocale());

/// A number as the user may type it in this locale or with the point; U+2212 and grouping spaces are understood.
std::optional<double> parseNumber(const QString& text, const QLocale& locale = QLocale());

/// Point, '-', no grouping.
QString plainNumber(double value, int decimals);
/// Shortest text that reads back as the same double.
QString plainExact(double value);
/// The duration in `unit`, exact to the nanosecond, without trailing zeros.
QString plainDuration(std::int64_t durationNs, TimeUnit unit);

} // namespace nordlys::studio
