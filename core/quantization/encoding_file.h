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
    std::string version;                 ///< as stated in the file; "0.4.0" where none is
    std::vector<EncodingRepair> repaired;
    std::vector<std::string> notes;      ///< e.g. "the file begins with a comment line"
};

/// Reads AIMET/QNN encodings of the dictionary form (0.4.0, 0.5.0, 0.6.1). Partial entries are completed; sign convention by the numbers.
/// BadInput for broken JSON, NaN, negative scale, absurd bitwidths; NotSupported names another version. `graph` (may be null) gives channel axes.
Expected<EncodingFile> readEncodings(const std::filesystem::path &path, const Graph *graph);
/// Writes version 0.6.1, key order stable, doubles in shortest round-trip form; atomically. Biases with 32 bit are written too.
Expected<void> writeEncodings(const std::filesystem::path &path, const EncodingSet &set, const Graph &graph);
std::string encodingsToJson(const EncodingSet &set, const Graph &graph);

/// Do the encodings fit the model?
struct EncodingCoverage {
    std::size_t matched = 0;
    std::vector<std::string> missing; ///< quantizable tensors without entry (biases and tied tensors whose group is covered do not count)
    std::vector<std::string> extra;   ///< entries whose tensor the model does not have
    struct Renamed { std::string from, to; };
    std::vector<Renamed> renamed;     ///< extra entries whose sanitised name ([^A-Za-z0-9_] -> _) is that of a missing tensor
    struct Violation { std::string tensor, rule, message, fix; };
    std::vector<Violation> violations; ///< wrong channel count, group members that differ, zero not representable
};
EncodingCoverage checkCoverage(const Graph &graph, const EncodingSet &set);

} // namespace nordlys::core
