// SPDX-License-Identifier: Apache-2.0
#include "encoding_file.h"

#include "quantizable.h"

#include <core/base/atomic_file.h>
#include <core/base/json_text.h>

#include <set>

namespace nordlys::core {

namespace {

using Entry = std::pair<const std::string, EncodingEntry>;

// In the order in which the network runs, so that the file reads from top to bottom; what the model does not have comes last, by
// name.
std::vector<const Entry *> ordered(const EncodingSet &set, const Graph &graph)
{
    std::vector<const Entry *> result;
    std::set<std::string_view> done;
    for (const QuantizableTensor &item : quantizableTensors(graph)) {
        const auto it = set.entries.find(graph.nameOf(item.tensor));
        if (it != set.entries.end() && done.insert(it->first).second)
            result.push_back(&*it);
    }
    for (const Entry &entry : set.entries) {
        if (!done.contains(entry.first))
            result.push_back(&entry);
    }
    return result;
}

std::string gridText(const Encoding &encoding, const Grid *grid)
{
    std::string text = "{\"bitwidth\": " + std::to_string(encoding.bitwidth);
    if (!grid)
        return text + ", \"dtype\": \"float\"}";
    text += std::string(", \"dtype\": \"int\", \"is_symmetric\": ") + (encoding.symmetric ? "\"True\"" : "\"False\"");
    text +=
        ", \"min\": " + jsonNumber(grid->min) + ", \"max\": " + jsonNumber(grid->max) + ", \"scale\": " + jsonNumber(grid->scale);
    return text + ", \"offset\": " + std::to_string(-grid->zeroPoint) + "}";
}

std::string section(const std::vector<const Entry *> &entries, EncodingKind kind)
{
    std::string text;
    for (const Entry *entry : entries) {
        if (entry->second.kind != kind)
            continue;
        const Encoding &encoding = entry->second.encoding;
        text += (text.empty() ? "\n    " : ",\n    ") + jsonQuoted(entry->first) + ": [";
        if (encoding.grids.empty())
            text += gridText(encoding, nullptr);
        for (std::size_t i = 0; i < encoding.grids.size(); ++i)
            text += (i ? ",\n      " : "") + gridText(encoding, &encoding.grids[i]);
        text += ']';
    }
    return text.empty() ? "{}" : '{' + text + "\n  }";
}

// The most frequent bitwidth of a kind; 8 where there is none.
int usualBits(const EncodingSet &set, EncodingKind kind)
{
    std::map<int, std::size_t> counts;
    for (const auto &[name, entry] : set.entries) {
        if (entry.kind == kind && !entry.encoding.isFloat && (kind == EncodingKind::Activation || entry.encoding.bitwidth != 32))
            ++counts[entry.encoding.bitwidth];
    }
    int usual = 8;
    std::size_t most = 0;
    for (const auto &[bits, count] : counts) {
        if (count > most) {
            usual = bits;
            most = count;
        }
    }
    return usual;
}

} // namespace

std::string encodingsToJson(const EncodingSet &set, const Graph &graph)
{
    const std::vector<const Entry *> entries = ordered(set, graph);
    bool perChannel = false, symmetric = false;
    for (const Entry *entry : entries) {
        const Encoding &encoding = entry->second.encoding;
        perChannel = perChannel || encoding.isPerChannel();
        symmetric = symmetric || (entry->second.kind == EncodingKind::Parameter && encoding.symmetric);
    }
    const auto boolean = [](bool value) { return value ? "true" : "false"; };
    std::string text = "{\n  \"version\": \"0.6.1\",\n  \"activation_encodings\": " + section(entries, EncodingKind::Activation);
    text += ",\n  \"param_encodings\": " + section(entries, EncodingKind::Parameter);
    text += ",\n  \"quantizer_args\": {\"activation_bitwidth\": " + std::to_string(usualBits(set, EncodingKind::Activation));
    text += std::string(", \"dtype\": \"int\", \"is_symmetric\": ") + boolean(symmetric);
    text += ", \"param_bitwidth\": " + std::to_string(usualBits(set, EncodingKind::Parameter));
    text += std::string(", \"per_channel_quantization\": ") + boolean(perChannel) + ", \"quant_scheme\": \"post_training_tf\"}";
    return text + ",\n  \"excluded_layers\": []\n}\n";
}

Expected<void> writeEncodings(const std::filesystem::path &path, const EncodingSet &set, const Graph &graph)
{
    for (const auto &[name, entry] : set.entries)
        NORDLYS_TRY(checkEncoding(entry.encoding, name));
    return writeFileAtomically(path, std::string_view(encodingsToJson(set, graph)));
}

} // namespace nordlys::core
