// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace nordlys::runtime {

/// Which implementation of a kernel runs. Results are bit identical for every thread count within one path; two paths differ
/// by rounding only (the vector path fuses multiply and add).
enum class KernelPath : std::uint8_t {
    Auto,    ///< the fastest one that this CPU has
    Generic, ///< plain C++, on every architecture
    Avx2,    ///< AVX2 + FMA; falls back to Generic where the CPU or the build has none
};

/// True where this build contains the AVX2 kernels and this CPU (and its system) runs AVX2 and FMA.
bool avx2Available();

/// Generic or Avx2, never Auto: what really runs here for a wish.
KernelPath resolvePath(KernelPath wish);

} // namespace nordlys::runtime
