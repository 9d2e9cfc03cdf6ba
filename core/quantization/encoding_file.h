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
    bool contradicts = false; ///< the entry's numbers contradicted each other
};

struct EncodingFile {
    EncodingSet set;
    std::string version; ///< as stated in the file; "0.4.0" where the dictionary form states none
    std::vector<EncodingRepair> repaired;
    std::vector<std::string> notes;     ///< e.g. "the file begins with a comment line"
    std::vector<EncodingRepair> unread; ///< entries that are not in the set, and why
};

/// Reads an encodings file of any dialect (encoding_document.h), or the encodings of a model in QDQ form (qdq_encodings.h). Partial entries are completed; sign convention by the numbers; where the stated
/// range contradicts scale and offset, those are kept and the repair is listed. What cannot be understood is listed too, the rest is read: whoever
/// uses the set must show that list. BadInput for broken JSON and for a file of which nothing can be read; NotSupported names a version that is not
/// known. `graph` (may be null) gives channel axes; without it, or for a tensor that it does not have, axis 0.
Expected<EncodingFile> readEncodings(const std::filesystem::path &path, const Graph *graph);
bool isModelFile(const std::filesystem::path &path); ///< by its ending: .onnx
class EncodingDocument;
Expected<EncodingFile> encodingFile(const EncodingDocument &document, const std::string &what);
/// Writes version 0.6.1, entries in graph order, key order stable, doubles in shortest round-trip form; atomically. Biases with
/// 32 bit are written too. Only entries of the set are written: a tie group is complete in the file when every member has its
/// entry. NotSupported for what this version cannot say (blocks).
Expected<void> writeEncodings(const std::filesystem::path &path, const EncodingSet &set, const Graph &graph);
/// The same text, in version 1.0.0 where the set has blocks.
std::string encodingsToJson(const EncodingSet &set, const Graph &graph);

/// Do the encodings fit the model?
struct EncodingCoverage {
    std::size_t matched = 0; ///< entries of tensors that take one
    std::vector<std::string>
        missing; ///< quantizable tensors without entry (biases and tied tensors whose group is covered do not count)
    std::vector<std::string> extra; ///< entries whose tensor the model does not have
    struct Renamed {
        std::string from, to, evidence;
    };
    /// Entries that seem to mean exactly one tensor without entry, and no other entry means it: the names are equal after sanitising
    /// ([^A-Za-z0-9_] -> _, an underscore before a digit), or one is the end of the other behind a separator, with fitting section and channels. Both
    /// are left out of missing and extra.
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
