// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dialects/json_spans.h"
#include "encoding_dialect.h"

#include <core/graph/graph.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace nordlys::core {

/// One entry of an encodings file, as it stands there.
struct DocumentEntry {
    std::string tensor; ///< empty: an entry without name
    EncodingKind kind = EncodingKind::Activation;
    std::optional<Encoding> encoding; ///< nothing: it could not be understood and is kept as text
    std::string problem;              ///< then why
    std::vector<std::string> repairs; ///< what the numbers proved to be meant otherwise than stated
    bool contradicts = false;         ///< its range and its scale and offset differ
    TextSpan text;                    ///< in the document's text; entries of one torch module share theirs
};

/// A text with encodings, and what it says.
struct WrittenEncodings {
    std::string text;
    std::vector<EncodingLoss> lost;
};

class EntryContext;

/// An encodings file as text and as entries. Entries that nobody touches keep their bytes when it is written back; what cannot be understood
/// (broken numbers, unknown kinds, a name that stood before) stays as text, with the reason, and the rest is there.
class EncodingDocument {
public:
    /// All dialects; which one it is follows from the version and, where that is missing or contradicts them, from the forms of the sections.
    /// `graph` (may be null) gives channel axes and kinds; without it, axis 0. BadInput: text that is no JSON object or has no sections, nesting
    /// deeper than 100, more than 512 MB; NotSupported: a version that is not known.
    static Expected<EncodingDocument> parse(std::string text, const std::string &what, const Graph *graph);
    static Expected<EncodingDocument> read(const std::filesystem::path &path, const Graph *graph);

    [[nodiscard]] EncodingDialect dialect() const { return m_dialect; }
    [[nodiscard]] const std::string &version() const { return m_version; } ///< as stated; "0.4.0" where the dictionary form states none
    [[nodiscard]] const std::string &text() const { return m_text; }
    [[nodiscard]] const std::vector<DocumentEntry> &entries() const { return m_entries; }
    [[nodiscard]] const std::vector<std::string> &notes() const { return m_notes; } ///< e.g. "the file begins with a comment line"
    [[nodiscard]] EncodingSet set() const; ///< what was understood; of entries with one name the first

    /// The text with the encodings of `wanted`: entries that say the same keep their bytes, others are changed in place, those that are not wanted
    /// go, new ones stand at the end of their section. Entries that were not understood stay, unless `wanted` has their tensor. BadInput for
    /// encodings that checkEncoding refuses; NotSupported for read-only dialects (unless nothing changes) and for an edit that the dialect cannot say.
    [[nodiscard]] Expected<std::string> textWith(const EncodingSet &wanted) const;

private:
    struct Section {
        std::size_t member = 0; ///< of the top object
        EncodingKind kind = EncodingKind::Activation;
        bool isKindKnown = true;
        JsonContainer container;
        std::vector<std::size_t> entries; ///< first entry of every member
    };
    friend class DocumentReader;

    EncodingDialect m_dialect = EncodingDialect::Dictionary040;
    std::string m_what, m_version, m_text;
    std::vector<std::string> m_notes;
    std::vector<DocumentEntry> m_entries;
    JsonContainer m_top;
    std::vector<Section> m_sections;
    std::shared_ptr<const EntryContext> m_context;
};

/// A new file of a dialect that can be written, with what it cannot say. Entries in graph order; what the model does not have comes last, by name.
/// BadInput as above; NotSupported for read-only dialects.
Expected<WrittenEncodings> newEncodingsText(EncodingDialect dialect, const EncodingSet &set, const Graph *graph);

} // namespace nordlys::core
