// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstddef>
#include <span>
#include <string>

namespace nordlys::runtime {

/// Weights that were packed earlier, before a kernel reads them as floats: BadInput naming `what` when they have not `expected`
/// bytes or do not lie where a float can.
core::Expected<void> checkPackedBytes(const std::string &what, std::size_t expected, std::span<const std::byte> packed);

} // namespace nordlys::runtime
