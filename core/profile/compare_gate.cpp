// SPDX-License-Identifier: Apache-2.0
#include "compare_gate.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace nordlys::core {

namespace {

constexpr std::string_view kForms = "Write for example latency<+5%, p95<+10%, latency<12ms, layers<+20% or layer:NAME<+10%.";

Error badGate(std::string_view text, std::string why)
{
    return usageError("gate '" + std::string(text.substr(0, 200)) + "'", std::move(why), std::string(kForms));
}

struct Unit {
    std::string_view name;
    double ns;
};
constexpr Unit kUnits[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};

std::string milliseconds(double ns) { return fmt::format("{:.4g} ms", ns / 1e6); }

/// One value against the limit. `same`: a change inside the noise.
GateResult checkValue(const CompareGate &gate, const std::string &what, double a, double b, bool same)
{
    double value = b;
    std::string shown = fmt::format("{} is {}", what, milliseconds(b));
    if (gate.isRelative) {
        if (!(a > 0))
            return {false, fmt::format("{} of run A is 0 ns: no change can be told.", what)};
        value = same ? 0 : 100 * (b / a - 1);
        shown = same ? fmt::format("{} is the same ({:+.1f} % is noise)", what, 100 * (b / a - 1))
                     : fmt::format("{} changed by {:+.1f} %", what, value);
    }
    const bool passed = gate.allowsEqual ? value <= gate.limit : value < gate.limit;
    const std::string limit = gate.isRelative ? fmt::format("{:+.4g} %", gate.limit) : milliseconds(gate.limit);
    return {passed, fmt::format("{}; the limit is {}{}.", shown, gate.allowsEqual ? "at most " : "below ", limit)};
}

bool hasVerdictOrIsUnclear(const MedianChange &change)
{
    return change.hasInterval && change.a.count >= kSamplesForVerdict && change.b.count >= kSamplesForVerdict;
}

GateResult checkChange(const CompareGate &gate, const std::string &what, const MedianChange &change)
{
    if (!hasVerdictOrIsUnclear(change))
        return {false, what + " cannot be judged: " + change.reason};
    return checkValue(gate, what, change.a.p50Ns, change.b.p50Ns, change.verdict == ChangeVerdict::Same);
}

GateResult checkLayers(const CompareGate &gate, const RunComparison &comparison)
{
    std::size_t looked = 0;
    for (const LayerChange &layer : comparison.layers) {
        if (layer.a.empty() || layer.b.empty() || (gate.metric == CompareGate::Metric::Layer && layer.name != gate.layer))
            continue;
        ++looked;
        GateResult result = checkChange(gate, "layer '" + layer.name.substr(0, 200) + "'", layer.change);
        if (!result.passed || gate.metric == CompareGate::Metric::Layer)
            return result;
    }
    if (looked == 0)
        return {false, gate.metric == CompareGate::Metric::Layer ? "Both runs have no layer '" + gate.layer.substr(0, 200) + "'."
                                                                 : "The runs have no layer in common."};
    return {true, fmt::format("All {} layers keep it.", looked)};
}

} // namespace

Expected<CompareGate> parseGate(std::string_view text)
{
    CompareGate gate;
    gate.text = text;
    // The last sign: names of layers may hold others.
    const std::size_t sign = text.rfind('<');
    if (sign == std::string_view::npos)
        return badGate(text, "there is no '<' in it");
    const std::string_view metric = text.substr(0, sign);
    std::string_view limit = text.substr(sign + 1);
    if (metric == "latency")
        gate.metric = CompareGate::Metric::Latency;
    else if (metric == "p95")
        gate.metric = CompareGate::Metric::P95;
    else if (metric == "p99")
        gate.metric = CompareGate::Metric::P99;
    else if (metric == "layers")
        gate.metric = CompareGate::Metric::Layers;
    else if (metric.starts_with("layer:") && metric.size() > 6) {
        gate.metric = CompareGate::Metric::Layer;
        gate.layer = metric.substr(6);
    } else
        return badGate(text, "'" + std::string(metric.substr(0, 100)) + "' is no metric");
    gate.allowsEqual = limit.starts_with('=');
    if (gate.allowsEqual)
        limit.remove_prefix(1);
    const bool hasSign = limit.starts_with('+') || limit.starts_with('-');
    if (limit.starts_with('+'))
        limit.remove_prefix(1);
    const auto [end, code] = std::from_chars(limit.data(), limit.data() + limit.size(), gate.limit);
    if (code != std::errc() || !std::isfinite(gate.limit) || limit.starts_with("+"))
        return badGate(text, "its limit is no number");
    const std::string_view unit = limit.substr(static_cast<std::size_t>(end - limit.data()));
    if (unit == "%") {
        if (!hasSign && gate.limit != 0)
            return badGate(text, "a change in percent needs its sign, + or -");
        return gate;
    }
    gate.isRelative = false;
    for (const Unit &known : kUnits) {
        if (unit == known.name && !hasSign) {
            gate.limit *= known.ns;
            return gate;
        }
    }
    return badGate(text, hasSign ? "a signed limit is a change and has the unit %" : "its limit has no unit");
}

GateResult checkGate(const CompareGate &gate, const RunComparison &comparison)
{
    if (!comparison.refusal.empty())
        return {false, "It cannot be judged: " + comparison.refusal};
    const MedianChange &total = comparison.total;
    switch (gate.metric) {
    case CompareGate::Metric::Layers:
    case CompareGate::Metric::Layer: return checkLayers(gate, comparison);
    case CompareGate::Metric::Latency: return checkChange(gate, "latency", total);
    case CompareGate::Metric::P95:
    case CompareGate::Metric::P99: break;
    }
    const bool is95 = gate.metric == CompareGate::Metric::P95;
    const std::string what = is95 ? "p95" : "p99";
    if (!hasVerdictOrIsUnclear(total))
        return {false, what + " cannot be judged: " + total.reason};
    return is95 ? checkValue(gate, what, total.a.p95Ns, total.b.p95Ns, false)
                : checkValue(gate, what, total.a.p99Ns, total.b.p99Ns, false);
}

} // namespace nordlys::core
