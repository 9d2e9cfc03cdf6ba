// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding_set.h"

#include <core/graph/graph.h>

#include <filesystem>
#include <string>
#include <vector>

namespace nordlys::core {

/// What was repaired while reading, e.g. a positive offset that was negated.
struct EncodingRepair {
    std::string tensor, what;
};

struct EncodingFile {
    EncodingSet set;
    std::string version; ///< as stated in the file; "0.4.0" where none is
    std::vector<EncodingRepair> repaired;
    std::vector<std::string> notes; ///< e.g. "the file begins with a comment line"
};

/// Reads AIMET/QNN encodings of the dictionary form (0.4.0, 0.5.0, 0.6.1) and of the list form 1.0.0 (per tensor and per
/// channel). Partial entries are completed; sign convention by the numbers; where the stated range contradicts scale and offset,
/// those are kept and the repair is listed. BadInput for broken JSON, NaN, negative scale, absurd bitwidths; NotSupported names
/// another version, block encodings and the torch flavour. `graph` (may be null) gives channel axes; without it, or for a tensor
/// that it does not have, axis 0.
Expected<EncodingFile> readEncodings(const std::filesystem::path &path, const Graph *graph);
/// Writes version 0.6.1, entries in graph order, key order stable, doubles in shortest round-trip form; atomically. Biases with
/// 32 bit are written too. Only entries of the set are written: a tie group is complete in the file when every member has its
/// entry.
Expected<void> writeEncodings(const std::filesystem::path &path, const EncodingSet &set, const Graph &graph);
std::string encodingsToJson(const EncodingSet &set, const Graph &graph);

/// Do the encodings fit the model?
struct EncodingCoverage {
    std::size_t matched = 0; ///< entries of tensors that take one
    std::vector<std::string>
        missing; ///< quantizable tensors without entry (biases and tied tensors whose group is covered do not count)
    std::vector<std::string> extra; ///< entries whose tensor the model does not have
    struct Renamed {
        std::string from, to;
    };
    /// Entries whose sanitised name ([^A-Za-z0-9_] -> _) is that of exactly one tensor without entry; both are left out of
    /// missing and extra.
    std::vector<Renamed> renamed;
    struct Violation {
        std::string tensor, rule, message, fix;
    };
    /// Rules: "grid" (zero not representable, numbers that contradict each other), "channel-count", "channel-axis", "kind" (wrong
    /// section), "tied" (group members that differ), "not-encodable" (inside a fused operator, or no stored real value).
    std::vector<Violation> violations;
};
EncodingCoverage checkCoverage(const Graph &graph, const EncodingSet &set);

} // namespace nordlys::core
