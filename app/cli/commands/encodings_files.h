// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../support/context.h"

namespace nordlys::cli {

/// `encodings convert`, `diff` and `used`.
void addEncodingsFiles(CLI::App &encodings, Action &action);

} // namespace nordlys::cli
