// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>

#include <filesystem>
#include <vector>

namespace nordlys::cli {

/// Usage error where writing `output` would destroy one of `inputs`: the same file (by any name), or a file that is inside an input
/// folder. Empty paths are left out; what is no file (a specification like random:1:2) is no input.
core::Expected<void> refuseToOverwriteInputs(const std::filesystem::path &output, const std::vector<std::filesystem::path> &inputs);

/// The same for everything that the command reads: the model with its external weights, and the files of the samples (may be null).
core::Expected<void> refuseToOverwriteSources(const std::filesystem::path &output, const core::Model &model, const core::SampleSet *samples);

} // namespace nordlys::cli
