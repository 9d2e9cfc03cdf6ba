// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

namespace nordlys::cli {

/// Turns the first SIGINT or SIGTERM into a stop request; the second ends the program the hard way. Call once, at start.
std::stop_token stopOnSignals();

} // namespace nordlys::cli
