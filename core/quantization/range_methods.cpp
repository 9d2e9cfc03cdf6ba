// SPDX-License-Identifier: Apache-2.0
#include "range_methods.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace nordlys::core {

namespace {

constexpr std::array kMethods{RangeMethod::MinMax, RangeMethod::Percentile, RangeMethod::Mse, RangeMethod::Entropy, RangeMethod::Sqnr};
constexpr std::array kSchemas{RangeSchema::Asymmetric, RangeSchema::Symmetric, RangeSchema::UnsignedSymmetric, RangeSchema::StrictSymmetric};

template <typename Choices>
std::optional<typename Choices::value_type> byName(const Choices &choices, std::string_view name)
{
    for (const auto choice : choices) {
        if (nameOf(choice) == name)
            return choice;
    }
    return std::nullopt;
}

} // namespace

std::string_view nameOf(RangeMethod method)
{
    constexpr std::array<std::string_view, 5> names{"min-max", "percentile", "mse", "entropy", "sqnr"};
    return names[static_cast<std::size_t>(method)];
}

std::optional<RangeMethod> rangeMethodFromName(std::string_view name) { return byName(kMethods, name); }

std::string_view nameOf(RangeSchema schema)
{
    constexpr std::array<std::string_view, 4> names{"asymmetric", "symmetric", "unsignedsymmetric", "strictsymmetric"};
    return names[static_cast<std::size_t>(schema)];
}

std::optional<RangeSchema> rangeSchemaFromName(std::string_view name) { return byName(kSchemas, name); }

RangeRule ruleOf(RangeSchema schema, int bitwidth)
{
    RangeRule rule;
    rule.bitwidth = bitwidth;
    rule.symmetric = schema != RangeSchema::Asymmetric;
    rule.strictSymmetric = schema == RangeSchema::StrictSymmetric;
    rule.unsignedSymmetric = schema == RangeSchema::UnsignedSymmetric;
    return rule;
}

bool usesMinMax(RangeMethod method, int bitwidth)
{
    return method == RangeMethod::MinMax || (method == RangeMethod::Entropy && bitwidth != 8);
}

Expected<Grid> chooseGrid(const Histogram &histogram, double min, double max, const RangeRule &rule, const RangeChoice &choice)
{
    if (choice.method == RangeMethod::Percentile && !(choice.percentile > 50 && choice.percentile <= 100))
        return usageError("percentile", fmt::format("{} is not above 50 and at most 100", choice.percentile));
    if (usesMinMax(choice.method, rule.bitwidth) || !occupiedBins(histogram))
        return gridFromRange(min, max, rule);
    // From here on the rule says what the grid is: unsigned or symmetric, not "one of both".
    const bool isUnsigned = rule.unsignedSymmetric && min >= 0;
    RangeRule signs = rule;
    signs.unsignedSymmetric = isUnsigned;
    signs.symmetric = !isUnsigned && (rule.symmetric || rule.strictSymmetric || rule.unsignedSymmetric);
    signs.strictSymmetric = !isUnsigned && rule.strictSymmetric;
    Range range;
    switch (choice.method) {
    case RangeMethod::Sqnr:
        return min == 0 && max == 0 ? gridFromRange(-1, 1, rule) : sqnrGrid(histogram, signs);
    case RangeMethod::Mse:
        return mseGrid(histogram, signs);
    case RangeMethod::Percentile:
        range = percentileRange(histogram, choice.percentile);
        break;
    case RangeMethod::Entropy:
        range = entropyRange(histogram, signs.symmetric);
        break;
    case RangeMethod::MinMax:
        return gridFromRange(min, max, rule);
    }
    // The first bin of data without a negative value may begin below zero.
    return gridFromRange(min >= 0 && !signs.symmetric ? std::max(0.0, range.first) : range.first, range.second, signs);
}

} // namespace nordlys::core
