// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace nordlys::runtime {

/// The runner program: loads an artifact, runs it, samples telemetry, writes the run stream on standard output. Errors before the stream begins are one line
/// on standard error. Returns the exit code of core/base/error.h; 130 when the run was stopped.
int runnerMain(int argc, char **argv);

} // namespace nordlys::runtime
