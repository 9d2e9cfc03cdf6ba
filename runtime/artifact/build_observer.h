// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace nordlys::runtime {

/// What a build does, in this order.
enum class BuildStep {
    Check,    ///< operators and encodings against what can be built
    Plan,     ///< optimize, pack weights, place tensors in memory; counted in stages
    Hash,     ///< hash the model
    Contexts, ///< write the context containers; counted in bytes
    Describe, ///< write the descriptions and the manifest
    Commit,   ///< move everything into place
};
inline constexpr std::array kBuildSteps{BuildStep::Check,    BuildStep::Plan,     BuildStep::Hash,
                                        BuildStep::Contexts, BuildStep::Describe, BuildStep::Commit};
std::string_view nameOf(BuildStep step); ///< "check", "plan", "hash", "contexts", "describe", "commit"

enum class BuildSeverity { Info, Warning, Error };
std::string_view nameOf(BuildSeverity severity); ///< "info", "warning", "error"

struct BuildMessage {
    BuildSeverity severity = BuildSeverity::Info;
    BuildStep step = BuildStep::Check;
    std::string text;           ///< English
    std::string node, tensor;   ///< of the source model; empty: about the whole
    std::int64_t sinceStartNs = 0;
};

struct BuildProgress {
    enum class State { Running, Done, Failed, Cancelled };
    BuildStep step = BuildStep::Check;
    State state = State::Running;
    std::uint64_t done = 0, total = 0; ///< total 0: not countable
    std::int64_t elapsedNs = 0;        ///< since the step began
};

/// Whom a build tells about its way. Both are called on the thread that builds and must return quickly; both may be empty. Progress within a step comes
/// at most every 50 ms, beginnings and ends always, in order, each step that began ends once. Messages are one a node or tensor and may be as many.
struct BuildObserver {
    std::function<void(const BuildProgress &)> progress;
    std::function<void(const BuildMessage &)> message;
};

} // namespace nordlys::runtime
