// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

namespace nordlys::runtime {

/// Runs a user's command through /bin/sh with `folder` as its last argument and reads one number from its standard output. BadInput
/// says in which way it failed: cannot be started, exit code or signal (with its last line on standard error), not one finite number, or no end within `timeout`; then it and everything that it started (its process group) is ended. Interrupted after a stop request.
core::Expected<double> runMetricCommand(const std::string &command, const std::filesystem::path &folder, std::chrono::milliseconds timeout,
                                        const std::stop_token &stop = {});

/// The one finite number that the text holds, with white space around it at most.
core::Expected<double> numberInOutput(std::string_view text, const std::string &command);

} // namespace nordlys::runtime
