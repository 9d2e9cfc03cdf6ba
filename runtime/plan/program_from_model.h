// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program.h"

#include <core/import/model.h>

namespace nordlys::runtime {

/// One step per node. NotSupported lists every operator without a kernel; BadInput or NotSupported where a tensor has no settled shape or type.
core::Expected<Program> programFromModel(const core::Model &model);

} // namespace nordlys::runtime
