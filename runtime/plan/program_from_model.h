// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program.h"

#include <core/import/model.h>

namespace nordlys::runtime {

/// One step per node, one tensor per tensor, constants aligned; names as in the model. Sizes come from shape inference and from evaluating what is constant:
/// `fold` makes such values constants at once and takes the branch of an If whose condition is constant; otherwise every node stays a step.
/// Nodes whose sizes only a run can tell become late steps on Dynamic tensors, control flow becomes steps with bodies (built the same way).
/// NotSupported lists operators without kernels; BadInput names a tensor or node that is broken.
core::Expected<Program> programFromModel(const core::Model &model, bool fold);

} // namespace nordlys::runtime
