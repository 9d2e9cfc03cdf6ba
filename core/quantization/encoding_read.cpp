// SPDX-License-Identifier: Apache-2.0
#include "encoding_document.h"
#include "encoding_file.h"
#include "qdq_encodings.h"

#include <core/import/model.h>

namespace nordlys::core {

static Expected<EncodingFile> checked(EncodingFile file, const std::string &what)
{
    if (file.set.empty() && !file.unread.empty()) {
        const EncodingRepair &first = file.unread.front();
        return badInput(what + ", tensor '" + first.tensor.substr(0, 300) + "'", first.what,
                        file.unread.size() > 1 ? std::to_string(file.unread.size()) + " entries, none of them can be read." : std::string());
    }
    return file;
}

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
    return checked(std::move(file), what);
}

bool isModelFile(const std::filesystem::path &path) { return path.extension() == ".onnx"; }

Expected<EncodingFile> readEncodings(const std::filesystem::path &path, const Graph *graph)
{
    if (isModelFile(path)) {
        const auto model = openModel(path);
        NORDLYS_TRY(model);
        if (!firstQdqNode((*model)->graph).isValid())
            return badInput(path.string(), "the model has no QuantizeLinear and no DequantizeLinear", "Name an encodings file, or a model in QDQ form.");
        return checked(qdqEncodings((*model)->graph), path.string());
    }
    auto document = EncodingDocument::read(path, graph);
    NORDLYS_TRY(document);
    return encodingFile(*document, path.string());
}

} // namespace nordlys::core
