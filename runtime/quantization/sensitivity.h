// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configuration_metric.h"
#include "encoded_layers.h"

#include <limits>
#include <optional>
#include <vector>

namespace nordlys::runtime {

struct LayerSensitivity {
    EncodedLayer layer;
    std::optional<Measured> alone;     ///< only this layer quantized; nothing: not done when the run was cancelled
    std::optional<Measured> leftFloat; ///< everything but this layer quantized
    double delta = std::numeric_limits<double>::quiet_NaN(); ///< gain of leaving only this layer in float, over everything quantized; NaN: not done
    std::size_t rank = 0; ///< 1: costs most when quantized alone; 0: not done
};

struct Sensitivity {
    std::vector<LayerSensitivity> layers; ///< by rank, then what is not done
    Measured exact;                       ///< the float model
    std::optional<Measured> quantized;    ///< everything quantized
    BiasValues biases;                    ///< of the model, for raised()
    std::size_t samples = 0;
    bool complete = true;                 ///< false: cancelled; what is done stands here
    std::int64_t elapsedNs = 0;
};

struct SensitivityOptions {
    core::EncodingSet encodings;
    MetricOptions metric;
    int threads = 1; ///< choices of layers in parallel; the result does not depend on it
};

/// Ranks layers by what quantizing each alone costs (equal: by what leaving each alone in float gains, then by SQNR, then in graph order). A stop request
/// after the float run gives what is done, with `complete` false. BadInput: no layer has an encoding; what ConfigurationMetric::create says.
core::Expected<Sensitivity> measureSensitivity(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const SensitivityOptions &options,
                                               const core::JobContext &job = {});

} // namespace nordlys::runtime
