// SPDX-License-Identifier: Apache-2.0
#include "number_checks.h"

#include <fmt/format.h>

#include <charconv>

namespace nordlys::cli {

template <typename T>
static CLI::Validator within(T least, T most, bool zeroToo)
{
    const std::string range = fmt::format("{}{} to {}", zeroToo ? "0, or " : "", least, most);
    CLI::Validator check;
    check.operation([=](std::string &text) {
        T value{};
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool isNumber = error == std::errc() && end == text.data() + text.size();
        const bool fits = isNumber && ((value >= least && value <= most) || (zeroToo && value == T{}));
        return fits ? std::string() : fmt::format("{} is not a number in the range {}", text, range);
    });
    return check;
}

CLI::Validator wholeNumber(std::int64_t least, std::int64_t most) { return within(least, most, false); }
CLI::Validator finiteNumber(double least, double most) { return within(least, most, false); }
CLI::Validator inferenceCount() { return wholeNumber(0, 1'000'000'000); }
CLI::Validator seconds() { return finiteNumber(0, 86400); }
CLI::Validator sampleRate() { return within(1.0, 100.0, true); }

} // namespace nordlys::cli
