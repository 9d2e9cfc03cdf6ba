// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/import/model.h>

#include <vector>

namespace nordlys::cli {

/// Operators of the model that cannot run here: those the importer names, and those for which the runtime has no kernel.
std::vector<core::UnsupportedOp> unsupportedOps(const core::Model &model);

} // namespace nordlys::cli
