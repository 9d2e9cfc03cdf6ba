// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/tensor/host_tensor.h>
#include <runtime/plan/plan.h>

#include <string>
#include <vector>

namespace nordlys::runtime {

/// One tensor per port: from "F.npy" (where there is one) or "NAME=F.npy", else pseudo-random values that depend on the input's index only: floats
/// in (0, 1], integers 1, booleans true. A file of another floating-point type is converted for a float32 input. BadInput names input and file;
/// NotSupported names an input whose type has no such values.
core::Expected<std::vector<core::HostTensor>> makeRunnerInputs(const std::vector<PortInfo> &ports, const std::vector<std::string> &arguments);

} // namespace nordlys::runtime
