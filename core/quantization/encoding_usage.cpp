// SPDX-License-Identifier: Apache-2.0
#include "encoding_usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace nordlys::core {

namespace {

std::string shapeWords(const Encoding &encoding)
{
    if (encoding.isFloat)
        return fmt::format("float{}", encoding.bitwidth);
    if (encoding.isBlockwise())
        return fmt::format("{} blocks of {}", encoding.grids.size(), encoding.blockSize);
    return encoding.isPerChannel() ? fmt::format("{} channels", encoding.grids.size()) : std::string("one grid");
}

bool sameScale(double a, double b, double tolerance) { return a == b || std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b)); }

/// Same numbers, whatever the axes are called.
bool sameValues(const Encoding &a, const Encoding &b, double tolerance)
{
    return a.isFloat == b.isFloat && a.bitwidth == b.bitwidth && a.grids.size() == b.grids.size() &&
           std::equal(a.grids.begin(), a.grids.end(), b.grids.begin(),
                      [&](const Grid &x, const Grid &y) { return x.zeroPoint == y.zeroPoint && sameScale(x.scale, y.scale, tolerance); });
}

std::optional<EncodingDifference> difference(const Encoding &first, const Encoding &second, double tolerance, bool withAxes)
{
    EncodingDifference result;
    if (first.bitwidth != second.bitwidth && first.isFloat == second.isFloat)
        result.words.push_back(fmt::format("{} bit became {} bit", first.bitwidth, second.bitwidth));
    if (first.isFloat != second.isFloat || first.grids.size() != second.grids.size() || first.isBlockwise() != second.isBlockwise())
        result.words.push_back(shapeWords(first) + " became " + shapeWords(second));
    if (withAxes && first.symmetric != second.symmetric)
        result.words.push_back(second.symmetric ? "asymmetric became symmetric" : "symmetric became asymmetric");
    if (withAxes && (first.axis != second.axis || first.blockAxis != second.blockAxis || first.blockSize != second.blockSize) && first.grids.size() == second.grids.size())
        result.words.push_back(fmt::format("axis {} became axis {}", first.axis, second.axis));
    if (withAxes && first.twoLevel != second.twoLevel)
        result.words.emplace_back("the two-level scale differs");
    bool isDifferent = !result.words.empty();
    for (std::size_t i = 0; first.grids.size() == second.grids.size() && i < first.grids.size(); ++i) {
        const Grid &a = first.grids[i], &b = second.grids[i];
        const double ratio = b.scale / a.scale;
        if (!sameScale(a.scale, b.scale, tolerance)) {
            isDifferent = true;
            if (std::abs(std::log(ratio)) > std::abs(std::log(result.scaleRatio)))
                result.scaleRatio = ratio;
        }
        const std::int64_t shift = b.zeroPoint - a.zeroPoint;
        isDifferent = isDifferent || shift != 0;
        if (std::abs(shift) > std::abs(result.codeShift))
            result.codeShift = shift;
        const CodeRange x = codeRangeOf(a, first.bitwidth), y = codeRangeOf(b, second.bitwidth);
        if (first.bitwidth == second.bitwidth && withAxes && (x.first != y.first || x.last != y.last) && shift == 0 && i == 0) {
            isDifferent = true;
            result.words.push_back(fmt::format("codes {} to {} became {} to {}", x.first, x.last, y.first, y.last));
        }
    }
    return isDifferent ? std::optional(std::move(result)) : std::nullopt;
}

} // namespace

std::optional<EncodingDifference> differenceOf(const Encoding &first, const Encoding &second, double tolerance)
{
    return difference(first, second, tolerance, true);
}

EncodingSetDifference compareEncodings(const EncodingSet &first, const EncodingSet &second, double tolerance)
{
    EncodingSetDifference result;
    for (const auto &[name, entry] : first.entries) {
        const EncodingEntry *other = second.find(name);
        if (other == nullptr) {
            result.onlyFirst.push_back(name);
            continue;
        }
        auto differs = differenceOf(entry.encoding, other->encoding, tolerance);
        if (entry.kind != other->kind) {
            differs = differs ? std::move(differs) : std::optional(EncodingDifference());
            differs->words.emplace_back(other->kind == EncodingKind::Parameter ? "an activation became a parameter" : "a parameter became an activation");
        }
        if (differs)
            result.changed.emplace_back(name, *std::move(differs));
        else
            ++result.equal;
    }
    for (const auto &[name, entry] : second.entries) {
        if (!first.find(name))
            result.onlySecond.push_back(name);
    }
    return result;
}

std::string sanitisedName(std::string_view name)
{
    std::string text(name);
    for (char &c : text) {
        const bool keeps = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        c = keeps ? c : '_';
    }
    return !text.empty() && text[0] >= '0' && text[0] <= '9' ? "_" + text : text;
}

EncodingUsage findUsage(const EncodingSet &supplied, const EncodingSet &converted)
{
    constexpr double kFloat32 = 1e-6;
    EncodingUsage usage;
    std::set<std::string_view> taken;
    std::vector<const std::pair<const std::string, EncodingEntry> *> unplaced;
    // Two names may become one when they are sanitised: it belongs to the entry that has its values, whoever comes first.
    std::vector<const std::pair<const std::string, EncodingEntry> *> unequal;
    for (const auto &item : supplied.entries) {
        const auto it = converted.entries.find(sanitisedName(item.first));
        if (it == converted.entries.end()) {
            unplaced.push_back(&item);
        } else if (difference(item.second.encoding, it->second.encoding, kFloat32, false) || !taken.insert(it->first).second) {
            unequal.push_back(&item);
        } else {
            usage.used.push_back({item.first, it->first, {}});
        }
    }
    for (const auto *item : unequal) {
        const auto it = converted.entries.find(sanitisedName(item->first));
        if (!taken.insert(it->first).second)
            unplaced.push_back(item);
        else if (auto differs = difference(item->second.encoding, it->second.encoding, kFloat32, false))
            usage.changed.push_back({{item->first, it->first, {}}, *std::move(differs)});
    }
    for (const auto *item : unplaced) {
        const std::string plain = sanitisedName(item->first);
        std::vector<std::string_view> byName, byValue; // tensors with the same values, those with the name in front first
        for (const auto &[name, entry] : converted.entries) {
            if (taken.contains(name) || !sameValues(item->second.encoding, entry.encoding, kFloat32))
                continue;
            byValue.push_back(name);
            if (name.starts_with(plain + "_"))
                byName.push_back(name);
        }
        const bool isNamed = byName.size() == 1;
        if (!isNamed && (byValue.size() != 1 || !byName.empty())) {
            usage.missing.push_back(item->first);
            continue;
        }
        const std::string_view found = isNamed ? byName[0] : byValue[0];
        taken.insert(found);
        usage.used.push_back({item->first, std::string(found), isNamed ? "equal values, and the name is longer by " + std::string(found.substr(plain.size()))
                                                                       : "no other tensor has these values"});
    }
    for (const auto &[name, entry] : converted.entries) {
        if (!taken.contains(name))
            usage.unsupplied.push_back(name);
    }
    return usage;
}

} // namespace nordlys::core
