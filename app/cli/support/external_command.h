// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace nordlys::cli {

/// A command of the user, as a shell takes it.
struct ExternalCommand {
    std::string text;
    std::chrono::seconds timeout{60};
};

/// Runs the command with `arguments` behind its own, nothing on standard input, and returns what it wrote to standard output (at most 1 MiB). BadInput, with
/// the last line of its standard error, where it cannot be found, fails or is not done in time; it and what it started are ended then, also after a
/// stop request (Interrupted). `what` names it in messages.
core::Expected<std::string> runExternal(const std::string &what, const ExternalCommand &command, const std::vector<std::string> &arguments,
                                        const std::stop_token &stop = {});
/// The same for a command that says one finite number and nothing else.
core::Expected<double> numberOf(const std::string &what, const ExternalCommand &command, const std::vector<std::string> &arguments,
                                const std::stop_token &stop = {});

} // namespace nordlys::cli
