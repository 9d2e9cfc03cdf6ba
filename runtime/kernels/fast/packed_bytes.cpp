// SPDX-License-Identifier: Apache-2.0
#include "packed_bytes.h"

#include <cstdint>

namespace nordlys::runtime {

core::Expected<void> checkPackedBytes(const std::string &what, std::size_t expected, std::span<const std::byte> packed)
{
    constexpr const char *kFix = "Build the artifact again";
    if (packed.size() != expected)
        return core::badInput(
            what, "its packed weights have " + std::to_string(packed.size()) + " bytes, not " + std::to_string(expected), kFix);
    if (reinterpret_cast<std::uintptr_t>(packed.data()) % alignof(float) != 0)
        return core::badInput(what, "its packed weights are not aligned", kFix);
    return {};
}

} // namespace nordlys::runtime
