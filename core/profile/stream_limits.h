// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstddef>
#include <span>

namespace nordlys::core {

/// Walks a stream message's fields without building objects and refuses one that announces more than kMaxStreamLayers layers or counters or kMaxStreamNames
/// names: an empty sub-message takes two bytes of input and hundreds of memory. Says nothing about other damage; protobuf's parser does.
Expected<void> checkMessageLimits(std::span<const std::byte> message);

} // namespace nordlys::core
