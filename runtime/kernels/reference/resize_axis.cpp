// SPDX-License-Identifier: Apache-2.0
#include "resize_axis.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace nordlys::runtime::reference {

namespace {

/// Position in the input of output position x.
double originalPosition(const ResizeRule &rule, const ResizeAxis &a, double x)
{
    const auto in = static_cast<double>(a.input), out = static_cast<double>(a.output);
    // With a scale the resized length need not be whole: the standard's formulas then count with the product.
    const double length = a.bySize ? out : in * a.scale;
    const auto unscaled = [&](double value) { return a.bySize ? value * in / out : value / a.scale; };
    if (rule.coordinates == "align_corners")
        return a.output == 1 || length == 1 ? 0 : x * (in - 1) / (length - 1);
    if (rule.coordinates == "asymmetric")
        return unscaled(x);
    if (rule.coordinates == "tf_half_pixel_for_nn")
        return unscaled(x + 0.5);
    if (rule.coordinates == "tf_crop_and_resize") {
        const double extent = (a.roiEnd - a.roiStart) * (in - 1);
        return a.roiStart * (in - 1) + (a.output == 1 || length == 1 ? extent / 2 : x * extent / (length - 1));
    }
    if (rule.coordinates == "pytorch_half_pixel" && a.output == 1)
        return 0;
    const double shift = rule.coordinates == "half_pixel_symmetric" ? in / 2 * (1 - out / length) : 0;
    return shift + unscaled(x + 0.5) - 0.5;
}

std::int64_t nearestIndex(const ResizeRule &rule, const ResizeAxis &a, double x)
{
    double rounded = 0;
    if (rule.nearest == "round_prefer_floor")
        rounded = std::ceil(x - 0.5);
    else if (rule.nearest == "round_prefer_ceil")
        rounded = std::floor(x + 0.5);
    else if (rule.nearest == "floor" || (rule.nearest == "simple" && !(a.scale < 1)))
        rounded = std::floor(x);
    else
        rounded = std::ceil(x);
    return static_cast<std::int64_t>(std::clamp(rounded, 0.0, static_cast<double>(a.input - 1)));
}

/// Weight of a neighbour at this distance.
double kernelWeight(const ResizeRule &rule, double distance)
{
    const double d = std::abs(distance);
    if (rule.mode == ResizeMode::Linear)
        return std::max(0.0, 1 - d);
    const double a = rule.cubicCoefficient; // Keys' cubic convolution
    if (d <= 1)
        return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/// Positions floor(x) + low .. floor(x) + high with their weights; antialiasing widens the kernel by the shrinking factor.
void appendTaps(const ResizeRule &rule, const ResizeAxis &a, double x, double stretch, ResizeTable &table)
{
    const double reach = rule.mode == ResizeMode::Linear ? 1 : 2;
    const auto low = static_cast<std::int64_t>(std::floor(-reach * stretch)) + 1, high = 1 - low;
    const auto base = static_cast<std::int64_t>(std::floor(x));
    const std::size_t start = table.index.size();
    double sum = 0;
    for (std::int64_t i = low; i <= high; ++i) {
        const std::int64_t position = base + i;
        const double weight = kernelWeight(rule, (static_cast<double>(position) - x) / stretch);
        if (weight == 0 || (rule.excludeOutside && (position < 0 || position >= a.input)))
            continue;
        const std::int64_t index = std::clamp<std::int64_t>(position, 0, a.input - 1);
        sum += weight;
        if (table.index.size() > start && table.index.back() == index) {
            table.weight.back() += weight;
        } else {
            table.index.push_back(index);
            table.weight.push_back(weight);
        }
    }
    if ((rule.excludeOutside || stretch > 1) && sum != 0) {
        for (std::size_t i = start; i < table.weight.size(); ++i)
            table.weight[i] /= sum;
    }
}

template <std::size_t N>
bool isOneOf(const std::string &name, const std::array<std::string_view, N> &names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

core::Expected<void> checkResizeRule(const KernelCall &call, const ResizeRule &rule)
{
    static constexpr std::array<std::string_view, 7> coordinates{"half_pixel",         "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
                                                                 "asymmetric",         "tf_half_pixel_for_nn", "tf_crop_and_resize"};
    static constexpr std::array<std::string_view, 5> nearest{"simple", "round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
    if (!isOneOf(rule.coordinates, coordinates))
        return call.broken("coordinate_transformation_mode \"" + rule.coordinates + "\" is unknown");
    if (!isOneOf(rule.nearest, nearest))
        return call.broken("nearest_mode \"" + rule.nearest + "\" is unknown");
    return {};
}

/// Some 24 bytes each.
constexpr double maxTableTaps = 1 << 25;

core::Expected<ResizeTable> resizeTable(const KernelCall &call, const ResizeRule &rule, const ResizeAxis &axis)
{
    const double scale = axis.bySize ? static_cast<double>(axis.output) / static_cast<double>(axis.input) : axis.scale;
    const double stretch = rule.antialias && rule.mode != ResizeMode::Nearest && scale < 1 ? 1 / scale : 1;
    // A kernel far wider than the input only repeats its borders; no sane scale gets there, and the table would have no bound.
    if (!(scale > 0) || !(stretch <= 4 * static_cast<double>(axis.input) + 16))
        return call.broken("the scale of dimension " + std::to_string(axis.axis) + " does not fit its size");
    // The table is made when the call is bound, beside the budget for tensors.
    const double taps = static_cast<double>(axis.output) * (rule.mode == ResizeMode::Nearest ? 1 : 4 * stretch);
    if (!(taps <= maxTableTaps))
        return call.unsupported("a dimension of " + std::to_string(axis.output) + " positions to be resized has no kernel");
    ResizeTable table;
    table.axis = axis.axis;
    table.input = axis.input;
    table.output = axis.output;
    table.identity = axis.input == axis.output;
    const double last = static_cast<double>(axis.input - 1);
    for (std::int64_t o = 0; o < axis.output; ++o) {
        double x = originalPosition(rule, axis, static_cast<double>(o));
        // Runtimes compute the position in single precision; 3 / 0.33333334 is 9 there, and nearest must not fall below it.
        if (!axis.bySize)
            x = static_cast<double>(static_cast<float>(x));
        table.first.push_back(table.index.size());
        const bool crops = rule.coordinates == "tf_crop_and_resize";
        if (!(x >= -1e15 && x <= 1e15) || (crops && (x < 0 || x > last))) {
            if (!crops)
                return call.broken("the scale of dimension " + std::to_string(axis.axis) + " does not fit its size");
            table.outside.resize(static_cast<std::size_t>(axis.output));
            table.outside[static_cast<std::size_t>(o)] = 1;
            table.index.push_back(0);
            table.weight.push_back(1);
        } else if (rule.mode == ResizeMode::Nearest) {
            table.index.push_back(nearestIndex(rule, axis, x));
            table.weight.push_back(1);
        } else {
            appendTaps(rule, axis, x, stretch, table);
        }
        const bool own = table.index.size() == table.first.back() + 1 && table.index.back() == o && table.weight.back() == 1.0;
        table.identity = table.identity && own && table.outside.empty();
    }
    table.first.push_back(table.index.size());
    return table;
}

} // namespace nordlys::runtime::reference
