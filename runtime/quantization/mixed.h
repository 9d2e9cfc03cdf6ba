// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configuration_metric.h"
#include "encoded_layers.h"

#include <optional>
#include <string_view>
#include <vector>

namespace nordlys::runtime {

/// What running a layer at the higher width costs.
enum class LayerCost {
    Macs,  ///< EncodedLayer::macs
    Bytes, ///< EncodedLayer::weightBytes: what weights grow by, as a share of all weights
};
std::string_view nameOf(LayerCost cost); ///< "macs", "bytes"

struct MixedOptions {
    core::EncodingSet encodings;
    MetricOptions metric;
    HigherWidth width = HigherWidth::Int16;
    LayerCost cost = LayerCost::Macs;
    double budgetPercent = 25; ///< the raised layers' cost, as a share of the cost of all layers
    /// Up to so many layers every choice within the budget is measured; beyond, the greedy way.
    std::size_t exactLayers = 13;
    int threads = 1; ///< choices in parallel; the result does not depend on it
};

/// A choice of layers to raise.
struct MixedChoice {
    std::vector<bool> raised; ///< per layer
    double costPercent = 0;
    Measured measured;
};

struct MixedResult {
    std::vector<EncodedLayer> layers; ///< in graph order
    MixedChoice best;
    /// Of the measured choices within the budget those that no other one beats in cost and metric at once: ascending cost, each better than the one before.
    std::vector<MixedChoice> pareto;
    core::EncodingSet encodings; ///< of the best choice
    BiasValues biases;           ///< of the model, for raised()
    Measured exact;              ///< the float model
    bool isExact = false;        ///< every choice within the budget was measured
    bool complete = true;        ///< false: cancelled; the best of what was measured
    std::size_t measuredChoices = 0, samples = 0;
    std::int64_t elapsedNs = 0;
};

/// The layers that are worth a higher width. Exact: the best metric of all subsets of layers whose cost is within the budget (equal: higher SQNR, then
/// lower cost, then fewer and earlier layers). Greedy: layers in the order of what quantizing each alone costs (its noise where the metric is SQNR, its loss
/// in the metric else, then its noise) per cost are raised one after the other, what leaves the budget is passed over, and every step is measured.
/// Usage error for a budget outside 0..100.
core::Expected<MixedResult> searchMixed(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const MixedOptions &options,
                                        const core::JobContext &job = {});

} // namespace nordlys::runtime
