// SPDX-License-Identifier: Apache-2.0
#include "entry_forms.h"
#include "json_spans.h"

#include <core/base/json_text.h>

namespace nordlys::core {

using nlohmann::json;

namespace {

Expected<void> readChannel(const json &item, Encoding &whole, bool isFirst, EncodingKind kind, EntryContext &context)
{
    if (!item.is_object())
        return wrongEntry("an encoding is no object");
    context.noteUnknownKeys(item, {"bitwidth", "dtype", "is_symmetric", "min", "max", "scale", "offset"});
    auto head = readEntryHead(item, kind, "bitwidth", "is_symmetric", context);
    NORDLYS_TRY(head);
    if (isFirst)
        whole = *std::move(head);
    else if (head->bitwidth != whole.bitwidth || head->isFloat != whole.isFloat || head->symmetric != whole.symmetric)
        return wrongEntry("its channels differ in bitwidth, dtype or is_symmetric");
    if (whole.isFloat)
        return {};
    StatedGrid stated;
    for (const auto &[key, target] : {std::pair("min", &stated.min), std::pair("max", &stated.max), std::pair("scale", &stated.scale)}) {
        auto read = entryNumber(item, key);
        NORDLYS_TRY(read);
        *target = *read;
    }
    if (const auto it = item.find("offset"); it != item.end()) {
        auto offset = entryInteger(*it, "offset");
        NORDLYS_TRY(offset);
        stated.offset = *offset;
    }
    return addStatedGrid(whole, stated, context);
}

std::vector<JsonField> fieldsOf(const Encoding &encoding, const Grid *grid, EncodingDialect dialect, const JsonContainer *previous,
                                std::string_view previousText)
{
    const auto has = [&](const char *key) { return previous != nullptr && previous->find(key) != nullptr; };
    const bool hasType = dialect == EncodingDialect::Dictionary050 || dialect == EncodingDialect::Dictionary061;
    std::vector<JsonField> fields{{"bitwidth", std::to_string(encoding.bitwidth)}};
    if (hasType || has("dtype") || !grid)
        fields.push_back({"dtype", grid ? "\"int\"" : "\"float\""});
    if (!grid) {
        for (const char *key : {"is_symmetric", "min", "max", "scale", "offset"})
            fields.push_back({key, std::nullopt});
        return fields;
    }
    if (dialect != EncodingDialect::Seed || has("is_symmetric")) {
        const bool asText = !has("is_symmetric") || previous->find("is_symmetric")->value.of(previousText).starts_with('"');
        const std::string flag = asText ? (encoding.symmetric ? "\"True\"" : "\"False\"") : (encoding.symmetric ? "true" : "false");
        fields.push_back({"is_symmetric", flag});
    }
    fields.push_back({"min", jsonNumber(grid->min)});
    fields.push_back({"max", jsonNumber(grid->max)});
    fields.push_back({"scale", jsonNumber(grid->scale)});
    fields.push_back({"offset", std::to_string(dialect == EncodingDialect::Seed ? grid->zeroPoint : -grid->zeroPoint)});
    return fields;
}

Expected<std::string> channelText(const Encoding &encoding, const Grid *grid, EncodingDialect dialect, std::string_view previous)
{
    if (previous.empty()) {
        std::string text;
        for (const JsonField &field : fieldsOf(encoding, grid, dialect, nullptr, {})) {
            if (field.value)
                text += (text.empty() ? "{" : ", ") + jsonQuoted(field.key) + ": " + *field.value;
        }
        return text + "}";
    }
    auto container = scanContainer(previous, 0, "encoding");
    NORDLYS_TRY(container);
    return patchedObject(previous, fieldsOf(encoding, grid, dialect, &*container, previous), "encoding");
}

} // namespace

Expected<Encoding> readDictionaryEntry(const json &value, const std::string &tensor, EncodingKind kind, EncodingDialect dialect, EntryContext &context)
{
    Encoding encoding;
    if (value.is_object()) {
        if (dialect != EncodingDialect::Seed)
            context.repairs.emplace_back("a single object stands where a list is expected");
        NORDLYS_TRY(readChannel(value, encoding, true, kind, context));
        return encoding;
    }
    if (!value.is_array() || value.empty())
        return wrongEntry("its entry is no list of encodings");
    if (value.size() > kMaxGrids)
        return wrongEntry("it has too many channels");
    bool isFirst = true;
    for (const json &item : value) {
        NORDLYS_TRY(readChannel(item, encoding, isFirst, kind, context));
        isFirst = false;
    }
    if (encoding.grids.size() > 1)
        encoding.axis = context.channelAxisOf(tensor);
    return encoding;
}

Expected<std::string> dictionaryMember(const std::string &tensor, const Encoding &encoding, EncodingDialect dialect, std::string_view previous)
{
    const std::size_t count = encoding.grids.empty() ? 1 : encoding.grids.size();
    const auto grid = [&](std::size_t i) { return encoding.grids.empty() ? nullptr : &encoding.grids[i]; };
    const std::string name = jsonQuoted(tensor) + ": ";
    const bool wasObject = previous.starts_with('{');
    if (count == 1 && (wasObject || (previous.empty() && dialect == EncodingDialect::Seed))) {
        auto text = channelText(encoding, grid(0), dialect, previous);
        NORDLYS_TRY(text);
        return name + *text;
    }
    std::optional<JsonContainer> before;
    if (previous.starts_with('[')) {
        auto scanned = scanContainer(previous, 0, "encoding");
        NORDLYS_TRY(scanned);
        before = *std::move(scanned);
    }
    std::vector<std::string> channels;
    for (std::size_t i = 0; i < count; ++i) {
        std::string_view pattern;
        if (before && !before->members.empty())
            pattern = before->members[std::min(i, before->members.size() - 1)].value.of(previous);
        auto text = channelText(encoding, grid(i), dialect, pattern.starts_with('{') ? pattern : std::string_view());
        NORDLYS_TRY(text);
        channels.push_back(*std::move(text));
    }
    if (before) {
        ContainerEdit edit;
        edit.replaced.resize(before->members.size());
        edit.removed.resize(before->members.size());
        for (std::size_t i = 0; i < std::max(count, before->members.size()); ++i) {
            if (i >= before->members.size())
                edit.added.push_back(channels[i]);
            else if (i >= count)
                edit.removed[i] = true;
            else
                edit.replaced[i] = channels[i];
        }
        return name + editedContainer(previous, *before, edit);
    }
    std::string text = name + "[";
    for (std::size_t i = 0; i < count; ++i)
        text += (i > 0 ? ",\n      " : "") + channels[i];
    return text + "]";
}

} // namespace nordlys::core
