// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host_tensor.h"

namespace nordlys::core {

/// Converts to `dtype`. To a floating-point type: nearest value (ties to even). To an integer type or bool: every value must be
/// representable exactly, else BadInput naming the first one that is not. NotSupported for strings, complex, 4-bit and 8-bit
/// float targets.
Expected<HostTensor> convertTensor(const HostTensor &tensor, DType dtype);

/// True when a floating-point tensor holds a NaN; false for every other type.
bool containsNaN(const HostTensor &tensor);

} // namespace nordlys::core
