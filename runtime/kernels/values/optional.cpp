// SPDX-License-Identifier: Apache-2.0
#include "families.h"

namespace nordlys::runtime::values {

std::span<const ValueKernelEntry> optionalKernels()
{
    return {};
}

} // namespace nordlys::runtime::values
