// SPDX-License-Identifier: Apache-2.0
#include "comparison_json.h"

#include <cmath>

namespace nordlys::core {

namespace {

using Json = nlohmann::ordered_json;

Json namesOf(const std::vector<std::size_t> &layers, const RunProfile &run)
{
    Json names = Json::array();
    for (const std::size_t layer : layers)
        names.push_back(run.start.layers[layer].name);
    return names;
}

} // namespace

Json changeJson(const MedianChange &change)
{
    Json json;
    json["a"] = change.a.count > 0 ? Json(change.a.p50Ns / 1e6) : Json(nullptr);
    json["b"] = change.b.count > 0 ? Json(change.b.p50Ns / 1e6) : Json(nullptr);
    json["deltaPercent"] = change.hasDelta && std::isfinite(change.deltaPercent) ? Json(change.deltaPercent) : Json(nullptr);
    json["interval"] = change.hasInterval ? Json::array({change.lowPercent, change.highPercent}) : Json(nullptr);
    json["verdict"] = nameOf(change.verdict);
    json["reason"] = change.reason;
    json["noiseFloorPercent"] = change.hasInterval ? Json(change.noiseFloorPercent) : Json(nullptr);
    json["aCount"] = change.a.count;
    json["bCount"] = change.b.count;
    return json;
}

Json comparisonJson(const RunComparison &comparison, const RunProfile &a, const RunProfile &b)
{
    Json json;
    json["unit"] = "ms";
    json["total"] = changeJson(comparison.total);
    json["layers"] = Json::array();
    for (const LayerChange &layer : comparison.layers) {
        Json row{{"name", layer.name}, {"op", layer.op}};
        row.update(changeJson(layer.change));
        row["aLayers"] = namesOf(layer.a, a);
        row["bLayers"] = namesOf(layer.b, b);
        json["layers"].push_back(std::move(row));
    }
    json["differences"] = Json::array();
    for (const RunDifference &difference : comparison.differences)
        json["differences"].push_back(
            {{"what", difference.what}, {"a", difference.a}, {"b", difference.b}, {"weakens", difference.weakens}});
    json["cautions"] = comparison.cautions;
    json["refusal"] = comparison.refusal.empty() ? Json(nullptr) : Json(comparison.refusal);
    json["method"] = {{"interval", "percentile bootstrap of the ratio of medians, 95 %"},
                      {"correction", "Holm"},
                      {"rows", comparison.significanceRows}};
    return json;
}

} // namespace nordlys::core
