// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../shape.h"

#include <cstdint>
#include <optional>
#include <span>

/// Sizes of resized axes, for shape inference and for the kernel. ONNX operators Upsample and Resize.
namespace nordlys::core::ops {

/// floor(length * scale) in single precision, as the standard's own shape inference computes it (10 * 0.7 is 7); nothing when the
/// scale is not positive or the length leaves 2^53.
std::optional<std::int64_t> scaledLength(std::int64_t length, double scale);

/// The one scale that keep_aspect_ratio_policy "not_larger" (else "not_smaller") takes for all axes; nothing when a length is 0.
std::optional<double> keptAspectScale(std::span<const std::int64_t> lengths, std::span<const std::int64_t> sizes, bool notLarger);
/// Length of an axis at that scale, rounded half up; nothing when it leaves 2^53.
std::optional<std::int64_t> keptAspectLength(std::int64_t length, double scale);

} // namespace nordlys::core::ops
