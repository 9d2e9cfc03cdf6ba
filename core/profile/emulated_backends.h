// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run_profile.h"

#include <set>
#include <string>

namespace nordlys::core {

/// {"htp"} where layers of the run were simulated on the CPU: their times say nothing about that backend. Empty for most runs.
std::set<std::string> emulatedBackends(const RunStart &start);

} // namespace nordlys::core
