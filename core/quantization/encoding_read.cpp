// SPDX-License-Identifier: Apache-2.0
#include "encoding_document.h"
#include "encoding_file.h"

namespace nordlys::core {

Expected<EncodingFile> encodingFile(const EncodingDocument &document, const std::string &what)
{
    EncodingFile file;
    file.version = document.version();
    file.notes = document.notes();
    file.set = document.set();
    for (const DocumentEntry &entry : document.entries()) {
        for (const std::string &repair : entry.repairs)
            file.repaired.push_back({entry.tensor, repair, entry.contradicts});
        if (!entry.encoding)
            file.unread.push_back({entry.tensor, entry.problem, false});
    }
    if (file.set.empty() && !file.unread.empty()) {
        const EncodingRepair &first = file.unread.front();
        return badInput(what + ", tensor '" + first.tensor.substr(0, 300) + "'", first.what,
                        file.unread.size() > 1 ? std::to_string(file.unread.size()) + " entries, none of them can be read." : std::string());
    }
    return file;
}

Expected<EncodingFile> readEncodings(const std::filesystem::path &path, const Graph *graph)
{
    auto document = EncodingDocument::read(path, graph);
    NORDLYS_TRY(document);
    return encodingFile(*document, path.string());
}

} // namespace nordlys::core
