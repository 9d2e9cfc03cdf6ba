// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/quantization/histogram.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// Smallest and largest value of every channel; both of one length.
struct ChannelRanges {
    std::vector<double> min, max;
    friend bool operator==(const ChannelRanges &, const ChannelRanges &) = default;
};

struct MeasuredRanges {
    std::map<std::string, ChannelRanges, std::less<>> tensors;
    std::size_t samples = 0; ///< that were used
    std::size_t skipped = 0; ///< that cannot be read, do not fit, or make one of the tensors NaN or infinite
};

/// Range per channel (axis 1) of named activations in float runs over all samples; the numbers do not depend on the number of threads. Tensors that the runs
/// do not store as float32 of rank 2 or more are left out. BadInput where not one sample can be used; Interrupted after a stop request.
core::Expected<MeasuredRanges> measureChannelRanges(const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples,
                                                    const std::vector<std::string> &tensors, int threads = 1, const core::JobContext &job = {});

/// What a constant holds.
struct WeightValues {
    double min = 0, max = 0;
    std::uint64_t values = 0;
    core::Histogram histogram; ///< as of core::HistogramMode::Growing
    int channelAxis = -1;      ///< -1: none was asked for or there is none
    ChannelRanges channels;    ///< along channelAxis
    bool isFolded = false;     ///< not what the file holds: a BatchNormalization or the like is multiplied in
};

/// The values of a float32 constant as QuantSim quantizes them: after folding, under the source's name. Builds the optimized program, which takes as long as
/// opening the model does. BadInput where the model has no such constant, or it holds NaN or infinity.
core::Expected<WeightValues> weightValues(const core::Model &model, const std::string &tensor, int channelAxis = -1);

} // namespace nordlys::runtime
