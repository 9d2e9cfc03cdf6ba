// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace nordlys::core {

/// Pseudorandom 64-bit numbers in integers only, so that every machine draws the same ones. SplitMix64: Steele, Lea, Flood,
/// Fast splittable pseudorandom number generators, OOPSLA 2014.
class SplitMix {
public:
    explicit SplitMix(std::uint64_t seed) : m_state(seed) {}
    std::uint64_t next()
    {
        std::uint64_t z = (m_state += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t m_state;
};

} // namespace nordlys::core
