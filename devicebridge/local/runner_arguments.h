// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <devicebridge/device.h>

#include <string>
#include <vector>

namespace nordlys::devicebridge {

/// The runner's command line for a request, without the program's name.
std::vector<std::string> runnerArguments(const RunRequest &request, bool monitorOnly);

} // namespace nordlys::devicebridge
