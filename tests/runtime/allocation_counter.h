// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace nordlys::test {

/// Counts what the whole program takes through operator new while it lives.
class AllocationCounter {
public:
    AllocationCounter();
    ~AllocationCounter();
    AllocationCounter(const AllocationCounter &) = delete;
    AllocationCounter &operator=(const AllocationCounter &) = delete;
    /// Stops counting.
    std::size_t stop();
};

} // namespace nordlys::test
