// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preprocess.h"

#include <cstddef>
#include <span>
#include <string>

namespace nordlys::core {

/// Most pixels that a picture may have.
constexpr std::uint64_t kMaxPixels = 100'000'000;

/// Decode a whole file in memory; `what` names it in errors. Sizes are checked before pixels are allocated.
Expected<Image> decodePng(std::span<const std::byte> file, const std::string &what);
Expected<Image> decodeJpeg(std::span<const std::byte> file, const std::string &what);

} // namespace nordlys::core
