// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/import/model.h>

#include <string_view>
#include <vector>

namespace nordlys::runtime {

/// Is there something that computes this operator at this opset: a kernel, a value kernel, or control flow that plans lower? What it says of types
/// and attributes is settled when a plan is built.
bool isComputable(std::string_view domain, std::string_view op, int opset);

/// Every operator of the model that cannot run, its subgraphs included, with how often it stands there and why: no row in the table of operators,
/// or no kernel. Sorted by domain and name.
std::vector<core::UnsupportedOp> unsupportedOperators(const core::Model &model);

} // namespace nordlys::runtime
