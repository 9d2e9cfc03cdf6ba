// SPDX-License-Identifier: Apache-2.0
#include "dialects/entry_forms.h"
#include "encoding_document.h"
#include "encoding_file.h"
#include "quantizable.h"

#include <core/base/atomic_file.h>
#include <core/base/json_text.h>

#include <algorithm>
#include <set>

namespace nordlys::core {

namespace {

using Entry = std::pair<const std::string, EncodingEntry>;

// In the order in which the network runs, so that the file reads from top to bottom; what the model does not have comes last, by
// name.
std::vector<const Entry *> ordered(const EncodingSet &set, const Graph *graph)
{
    std::vector<const Entry *> result;
    std::set<std::string_view> done;
    if (graph != nullptr) {
        for (const QuantizableTensor &item : quantizableTensors(*graph)) {
            const auto it = set.entries.find(graph->nameOf(item.tensor));
            if (it != set.entries.end() && done.insert(it->first).second)
                result.push_back(&*it);
        }
    }
    for (const Entry &entry : set.entries) {
        if (!done.contains(entry.first))
            result.push_back(&entry);
    }
    return result;
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

std::string quantizerArguments(const EncodingSet &set)
{
    bool perChannel = false, symmetric = false;
    for (const auto &[name, entry] : set.entries) {
        perChannel = perChannel || entry.encoding.axis >= 0;
        symmetric = symmetric || (entry.kind == EncodingKind::Parameter && entry.encoding.symmetric);
    }
    const auto boolean = [](bool value) { return value ? "true" : "false"; };
    std::string text = "{\"activation_bitwidth\": " + std::to_string(usualBits(set, EncodingKind::Activation));
    text += std::string(", \"dtype\": \"int\", \"is_symmetric\": ") + boolean(symmetric);
    text += ", \"param_bitwidth\": " + std::to_string(usualBits(set, EncodingKind::Parameter));
    return text + ", \"per_channel_quantization\": " + boolean(perChannel) + ", \"quant_scheme\": \"post_training_tf\"}";
}

} // namespace

Expected<WrittenEncodings> newEncodingsText(EncodingDialect dialect, const EncodingSet &set, const Graph *graph)
{
    if (!isWritable(dialect))
        return notSupported("dialect " + std::string(nameOf(dialect)), "it is read, not written", "Use 0.6.1, 1.0.0 or 2.0.0.");
    const EntryContext context(graph);
    WrittenEncodings result;
    std::map<EncodingKind, std::string> sections;
    for (const Entry *entry : ordered(set, graph)) {
        const auto &[tensor, value] = *entry;
        NORDLYS_TRY(checkEncoding(value.encoding, tensor));
        bool isOmitted = false;
        for (EncodingLoss &loss : lossesIn(dialect, tensor, value)) {
            isOmitted = isOmitted || loss.omitted;
            result.lost.push_back(std::move(loss));
        }
        if (isOmitted)
            continue;
        auto text = isDictionary(dialect)                ? dictionaryMember(tensor, value.encoding, dialect, {})
                    : dialect == EncodingDialect::List100 ? listElement(tensor, value.encoding, {})
                                                          : onnxElement(tensor, value.encoding, context.factsOf(tensor), {});
        if (!text) {
            result.lost.push_back({tensor, text.error().why, true});
            continue;
        }
        std::string &section = sections[isOnnxLike(dialect) ? EncodingKind::Activation : value.kind];
        section += (section.empty() ? "\n    " : ",\n    ") + *text;
    }
    const bool isList = !isDictionary(dialect);
    const auto section = [&](EncodingKind kind) {
        const std::string &body = sections[kind];
        return (isList ? "[" : "{") + (body.empty() ? "" : body + "\n  ") + (isList ? "]" : "}");
    };
    std::string &text = result.text = "{\n";
    if (dialect != EncodingDialect::Seed)
        text += "  \"version\": " + jsonQuoted(nameOf(dialect)) + ",\n";
    if (isOnnxLike(dialect)) {
        text += "  \"encodings\": " + section(EncodingKind::Activation) + "\n}\n";
        return result;
    }
    text += "  \"activation_encodings\": " + section(EncodingKind::Activation) + ",\n  \"param_encodings\": " + section(EncodingKind::Parameter);
    if (dialect == EncodingDialect::Seed) {
        text += ",\n  \"activation_bitwidth\": " + std::to_string(usualBits(set, EncodingKind::Activation));
        text += ",\n  \"param_bitwidth\": " + std::to_string(usualBits(set, EncodingKind::Parameter)) + ",\n  \"bias_bitwidth\": 32";
    }
    if (dialect == EncodingDialect::Dictionary061 || dialect == EncodingDialect::List100)
        text += ",\n  \"quantizer_args\": " + quantizerArguments(set) + ",\n  \"excluded_layers\": []";
    text += "\n}\n";
    return result;
}

std::string encodingsToJson(const EncodingSet &set, const Graph &graph)
{
    const bool hasBlocks = std::ranges::any_of(set.entries, [](const auto &entry) { return entry.second.encoding.isBlockwise(); });
    auto written = newEncodingsText(hasBlocks ? EncodingDialect::List100 : EncodingDialect::Dictionary061, set, &graph);
    return written ? std::move(written->text) : std::string();
}

Expected<void> writeEncodings(const std::filesystem::path &path, const EncodingSet &set, const Graph &graph)
{
    auto written = newEncodingsText(EncodingDialect::Dictionary061, set, &graph);
    NORDLYS_TRY(written);
    for (const EncodingLoss &loss : written->lost) {
        if (loss.omitted)
            return notSupported("encoding of '" + loss.tensor + "'", "a file of version 0.6.1 cannot say it: " + loss.what, "Write version 1.0.0.");
    }
    return writeFileAtomically(path, std::string_view(written->text));
}

} // namespace nordlys::core
