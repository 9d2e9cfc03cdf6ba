// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "calibration_statistics.h"

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/quantization/encoding_set.h>
#include <core/quantization/range_methods.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nordlys::runtime {

struct CalibrationOptions {
    int actBits = 8, weightBits = 8; ///< 4, 8 or 16
    bool perChannel = false;         ///< weights
    /// Not 0: weights with channels get one grid per run of so many indices along their input axis, within each channel (the axis that ONNX and the encodings
    /// files put blocks along); those whose input axis is no longer than a block get one grid a channel.
    std::int64_t blockSize = 0;
    bool actSymmetric = false;
    bool weightSymmetric = true;
    core::EncodingSet keep;          ///< entries that stay as they are (locked ones too)
    int threads = 1;                 ///< samples in parallel, one thread each; the result does not depend on it
    core::RangeChoice actRange, weightRange; ///< methods; calibrateMinMax does not look at them
    std::optional<core::RangeSchema> actSchema, weightSchema; ///< instead of the two flags above
    /// Nothing: growing, for methods that need histograms. Set: histograms of activations are gathered whatever the method.
    std::optional<core::HistogramMode> histogram;
    std::set<std::string, std::less<>> exclude; ///< tensors that get no encodings; biases made of them get none either
    bool skipBroken = true; ///< samples that cannot be used are skipped and named; calibrateMinMax ends with the first
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
    std::size_t samples = 0; ///< that were used
    std::vector<SkippedSample> skipped;
    std::vector<std::string> notes; ///< where the method was not the one asked for, and why
    std::int64_t elapsedNs = 0;
    std::int64_t gatherNs = 0, searchNs = 0; ///< runs over the samples; ranges from what they showed
};

/// Float runs over all samples (gatherStatistics), then ranges per quantizable tensor (core/quantization/quantizable.h) by the methods of
/// core/quantization/range_methods.h: tie groups share one histogram and one encoding, fixed ranges win, biases are int32 with the product of
/// scales. Weights are taken as the optimized plan computes with them, that is after a following BatchNormalization was folded in (the folded weight
/// keeps the source weight's name): QuantSim quantizes the same values. Tied tensors of which one is in `keep` take over its encoding.
/// `statistics` (may be null): goes on from there and leaves all that was gathered, also after an error.
core::Expected<CalibrationResult> calibrate(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const CalibrationOptions &options = {},
                                            const core::JobContext &job = {}, CalibrationStatistics *statistics = nullptr);

/// The second half alone: other methods, bits and symmetry without a run. Uses options.threads.
core::Expected<CalibrationResult> encodingsFromStatistics(const core::Model &model, const CalibrationStatistics &statistics,
                                                          const CalibrationOptions &options, const core::JobContext &job = {});

/// calibrate() with min-max for activations and weights. Samples that cannot be read are the error, and activations that become NaN or infinite are
/// BadInput naming tensor and sample.
core::Expected<CalibrationResult> calibrateMinMax(std::shared_ptr<const core::Model> model, const core::SampleSet &samples,
                                                  const CalibrationOptions &options = {}, const core::JobContext &job = {});

} // namespace nordlys::runtime
