// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>

namespace nordlys::runtime::detail {

/// Four floats in the compiler's own vector type: SSE2 and NEON registers without intrinsics, so that the portable path is
/// vectorised on every architecture and optimisation level.
using Vector4 = float __attribute__((vector_size(16)));

inline Vector4 load4(const float *from)
{
    Vector4 value;
    std::memcpy(&value, from, sizeof(value));
    return value;
}

inline void store4(float *to, Vector4 value) { std::memcpy(to, &value, sizeof(value)); }

} // namespace nordlys::runtime::detail
