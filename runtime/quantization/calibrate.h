// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/quantization/encoding_set.h>

#include <map>
#include <string>
#include <vector>

namespace nordlys::runtime {

struct CalibrationOptions {
    int actBits = 8, weightBits = 8; ///< 4, 8 or 16
    bool perChannel = false;         ///< weights
    bool actSymmetric = false;
    bool weightSymmetric = true;
    core::EncodingSet keep;          ///< entries that stay as they are (locked ones too)
    int threads = 1;                 ///< samples in parallel, one thread each; the result does not depend on it
};

/// What was seen of one tensor.
struct ObservedRange {
    double min = 0, max = 0;
    std::uint64_t values = 0; ///< elements over all samples
    std::vector<double> channelMin, channelMax; ///< weights only, when per channel is possible
};

struct CalibrationResult {
    core::EncodingSet encodings;
    std::map<std::string, ObservedRange, std::less<>> ranges; ///< by tensor name
    std::size_t samples = 0;
    std::int64_t elapsedNs = 0;
};

/// Min-max calibration: float runs over all samples, ranges per quantizable tensor (core/quantization/quantizable.h), tie groups merged, grids by
/// core::gridFromRange, biases as int32 with the product of scales. Weights are taken as the optimized plan computes with them, that is after a
/// following BatchNormalization was folded in (the folded weight keeps the source weight's name): QuantSim quantizes the same values.
/// Tied tensors of which one is in `keep` take over its encoding. Activations that become NaN or infinite are BadInput naming tensor and sample.
core::Expected<CalibrationResult> calibrateMinMax(std::shared_ptr<const core::Model> model, const core::SampleSet &samples,
                                                  const CalibrationOptions &options = {}, const core::JobContext &job = {});

} // namespace nordlys::runtime
