// SPDX-License-Identifier: Apache-2.0
#pragma once


#include <core/base/progress.h>
#include <core/export/linear_layers.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>

#include <map>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// Mean and standard deviation per channel (axis 1) of float32 values in float runs over all samples, by name; the numbers do not depend on the
/// number of threads. Values that the runs never store as float32 of rank 2 or more are left out. BadInput where one becomes NaN or infinite.
core::Expected<std::map<std::string, core::ChannelStatistics>> measureChannels(std::shared_ptr<const core::Model> model, const core::SampleSet &samples,
                                                                         const std::vector<std::string> &tensors, int threads,
                                                                         const core::JobContext &job);

} // namespace nordlys::runtime
