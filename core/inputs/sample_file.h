// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preprocess.h"

#include <filesystem>

namespace nordlys::core {

enum class SampleFileKind { None, Image, Tensor };
/// By the ending, in any case: png, jpg, jpeg; npy, pb, raw.
SampleFileKind sampleFileKind(const std::filesystem::path &path);

/// Reads one file for an input of this type and shape. Pictures go through `recipe`. A stored tensor must have the input's dims
/// (dimensions of 1 may be missing or additional); other element types are converted (see convertTensor). `.raw` and unknown
/// endings are bare little-endian data: float32, or the input's own type where the size says so. BadInput names the file, also
/// for a NaN.
Expected<HostTensor> readSampleFile(const std::filesystem::path &path, DType dtype, const Dims &dims,
                                    const PreprocessRecipe &recipe);

} // namespace nordlys::core
