// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>

namespace nordlys::cli {

/// A whole number from `least` to `most`. Signs and overlong numbers are refused instead of wrapping
/// around in an unsigned option.
CLI::Validator wholeNumber(std::int64_t least, std::int64_t most);
/// A finite number from `least` to `most`; no NaN.
CLI::Validator finiteNumber(double least, double most);

/// Counts of inferences, seconds of a run and telemetry rates as the runner takes them.
CLI::Validator inferenceCount();
CLI::Validator seconds();
CLI::Validator sampleRate();

} // namespace nordlys::cli
