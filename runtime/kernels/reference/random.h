// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/split_mix.h>
#include <runtime/kernels/kernel.h>

#include <cstdint>

namespace nordlys::runtime::reference {

/// Numbers of the operators RandomUniform(Like), RandomNormal(Like), Bernoulli and Multinomial. Every run of a node draws the same numbers, and so
/// does every machine: the generator (SplitMix64) starts anew in each run from the seed that seedOf() gives. The numbers are our own, the standard
/// names no generator; other runtimes draw others from the same seed.
class RandomSource {
public:
    explicit RandomSource(std::uint64_t seed) : m_bits(seed) {}

    /// Uniform in [0, 1): the upper 53 of the next 64 bits times 2^-53.
    double uniform() { return static_cast<double>(m_bits.next() >> 11) * 0x1p-53; }
    /// Standard normal: the cosine branch of Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958, from two uniform numbers u
    /// and v: sqrt(-2 log(1 - u)) cos(2 pi v).
    double normal();

private:
    core::SplitMix m_bits;
};

/// The bits of the attribute `seed` (a float32) where the node has one; otherwise a number that the node's name decides (64-bit FNV-1a), so that two
/// nodes draw different numbers and runs repeat.
std::uint64_t seedOf(const KernelCall &call);

} // namespace nordlys::runtime::reference
