// SPDX-License-Identifier: Apache-2.0
// Version 1.0.0. Arrays are flat, the output channel outermost; an LPBQ entry's "bw" is the width that its codes are expanded to.
#include "entry_forms.h"
#include "json_spans.h"

#include <core/base/json_text.h>

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::core {

using nlohmann::json;

namespace {

Expected<std::int64_t> memberCount(const json &entry, const char *key, std::int64_t most)
{
    const auto it = entry.find(key);
    if (it == entry.end())
        return wrongEntry(std::string("'") + key + "' is missing");
    auto value = entryInteger(*it, key);
    NORDLYS_TRY(value);
    if (*value < 1 || *value > most)
        return wrongEntry(fmt::format("a '{}' of {} makes no sense", key, *value));
    return *value;
}

void setBlocks(Encoding &encoding, const std::string &tensor, std::int64_t size, const EntryContext &context)
{
    encoding.axis = context.channelAxisOf(tensor);
    encoding.blockAxis = EntryContext::blockAxisBeside(encoding.axis);
    encoding.blockSize = size;
}

/// "scale" per channel, "per_block_int_scale" per block; the grid of the codes is symmetric.
Expected<Encoding> readTwoLevel(Encoding encoding, const json &entry, const json &scales, const std::string &tensor, const EntryContext &context)
{
    auto stored = memberCount(entry, "compressed_bw", 32);
    NORDLYS_TRY(stored);
    auto size = memberCount(entry, "block_size", std::int64_t(1) << 31);
    NORDLYS_TRY(size);
    const auto multipliers = entry.find("per_block_int_scale");
    if (multipliers == entry.end() || !multipliers->is_array() || multipliers->empty() || multipliers->size() > kMaxGrids ||
        multipliers->size() % scales.size() != 0)
        return wrongEntry("'per_block_int_scale' is no list of a fitting length");
    if (*stored < 4 || *stored > encoding.bitwidth)
        return wrongEntry(fmt::format("codes of {} bits cannot be expanded to {}", *stored, encoding.bitwidth));
    if (const auto symmetric = entry.find("is_sym"); symmetric != entry.end() && *symmetric == false)
        return wrongEntry("two-level scales belong to symmetric codes, but 'is_sym' is false");
    for (const json &item : entry.at("offset")) { // the middle code, in the width of either level, or signed storage
        const bool isMiddle = item.is_number_integer() && (item == 0 || item == -(std::int64_t(1) << (*stored - 1)) || item == -(std::int64_t(1) << (encoding.bitwidth - 1)));
        if (!isMiddle)
            return wrongEntry("two-level scales belong to symmetric codes, but an 'offset' is none of their middle");
    }
    TwoLevelScale scale;
    scale.decompressedBits = encoding.bitwidth;
    encoding.bitwidth = static_cast<int>(*stored);
    encoding.symmetric = true;
    for (const json &item : scales)
        scale.channelScales.push_back(item.get<double>());
    for (std::size_t i = 0; i < multipliers->size(); ++i) {
        auto multiplier = entryInteger((*multipliers)[i], "per_block_int_scale");
        NORDLYS_TRY(multiplier);
        if (*multiplier < 1 || *multiplier > 65535)
            return wrongEntry(fmt::format("the multiplier {} of block {} is outside 1 to 65535", *multiplier, i));
        scale.multipliers.push_back(static_cast<std::uint32_t>(*multiplier));
        const double channel = scale.channelScales[i / (multipliers->size() / scales.size())];
        auto grid = gridFromScale(channel * static_cast<double>(*multiplier), std::int64_t(1) << (encoding.bitwidth - 1), encoding.bitwidth);
        NORDLYS_TRY(grid);
        encoding.grids.push_back(*grid);
    }
    encoding.twoLevel = std::move(scale);
    setBlocks(encoding, tensor, *size, context);
    return encoding;
}

template <typename Range, typename Text>
std::string listText(const Range &range, Text &&text)
{
    std::string result;
    for (const auto &item : range)
        result += (result.empty() ? "[" : ", ") + text(item);
    return result.empty() ? "[]" : result + "]";
}

std::vector<JsonField> fieldsOf(const std::string &tensor, const Encoding &encoding)
{
    std::vector<JsonField> fields{{"name", jsonQuoted(tensor)}};
    const char *type = encoding.twoLevel ? "LPBQ" : encoding.isBlockwise() ? "PER_BLOCK" : encoding.isPerChannel() ? "PER_CHANNEL" : "PER_TENSOR";
    fields.push_back({"enc_type", jsonQuoted(type)});
    fields.push_back({"dtype", encoding.isFloat ? "\"FLOAT\"" : "\"INT\""});
    fields.push_back({"bw", std::to_string(encoding.twoLevel ? encoding.twoLevel->decompressedBits : encoding.bitwidth)});
    if (encoding.isFloat) {
        for (const char *key : {"compressed_bw", "is_sym", "block_size", "scale", "offset", "per_block_int_scale"})
            fields.push_back({key, std::nullopt});
        return fields;
    }
    fields.push_back({"compressed_bw", encoding.twoLevel ? std::optional(std::to_string(encoding.bitwidth)) : std::nullopt});
    const bool startsAtZero = std::ranges::any_of(encoding.grids, [](const Grid &grid) { return grid.zeroPoint == 0; });
    fields.push_back({"is_sym", encoding.symmetric && !startsAtZero ? "true" : "false"});
    fields.push_back({"block_size", encoding.isBlockwise() ? std::optional(std::to_string(encoding.blockSize)) : std::nullopt});
    if (encoding.twoLevel) {
        const TwoLevelScale &scale = *encoding.twoLevel;
        const std::string offset = std::to_string(-(std::int64_t(1) << (scale.decompressedBits - 1)));
        fields.push_back({"scale", listText(scale.channelScales, jsonNumber)});
        fields.push_back({"offset", listText(scale.channelScales, [&](double) { return offset; })});
        fields.push_back({"per_block_int_scale", listText(scale.multipliers, [](std::uint32_t value) { return std::to_string(value); })});
        return fields;
    }
    fields.push_back({"scale", listText(encoding.grids, [](const Grid &grid) { return jsonNumber(grid.scale); })});
    fields.push_back({"offset", listText(encoding.grids, [](const Grid &grid) { return std::to_string(-grid.zeroPoint); })});
    fields.push_back({"per_block_int_scale", std::nullopt});
    return fields;
}

} // namespace

Expected<Encoding> readListEntry(const json &value, const std::string &tensor, EncodingKind kind, EntryContext &context)
{
    context.noteUnknownKeys(value, {"name", "enc_type", "dtype", "bw", "is_sym", "scale", "offset", "block_size", "compressed_bw", "per_block_int_scale",
                                    "zero_point_shift"});
    auto encoding = readEntryHead(value, kind, "bw", "is_sym", context);
    NORDLYS_TRY(encoding);
    const auto typeMember = value.find("enc_type");
    const std::string type = typeMember == value.end() ? "PER_TENSOR" : typeMember->is_string() ? typeMember->get<std::string>() : "?";
    if (type != "PER_TENSOR" && type != "PER_CHANNEL" && type != "PER_BLOCK" && type != "LPBQ")
        return notSupported("encoding", "encodings of type " + type.substr(0, 32) + " are not read");
    if (encoding->isFloat)
        return encoding;
    if (const auto shift = value.find("zero_point_shift"); shift != value.end() && !shift->is_null() && !(shift->is_array() && shift->empty()) &&
                                                           !std::ranges::all_of(*shift, [](const json &item) { return item.is_number() && item == 0; }))
        return notSupported("encoding", "grids with a zero point between two codes ('zero_point_shift') are not read");
    const auto scales = value.find("scale"), offsets = value.find("offset");
    const bool fits = scales != value.end() && scales->is_array() && !scales->empty() && scales->size() <= kMaxGrids && offsets != value.end() &&
                      offsets->is_array() && offsets->size() == scales->size() && (type != "PER_TENSOR" || scales->size() == 1);
    if (!fits)
        return wrongEntry("'scale' and 'offset' are no lists of the same, fitting length");
    for (const json &scale : *scales) {
        if (!scale.is_number())
            return wrongEntry("'scale' is no number");
    }
    if (type == "LPBQ")
        return readTwoLevel(*std::move(encoding), value, *scales, tensor, context);
    for (std::size_t i = 0; i < scales->size(); ++i) {
        auto offset = entryInteger((*offsets)[i], "offset");
        NORDLYS_TRY(offset);
        NORDLYS_TRY(addStatedGrid(*encoding, {.min = {}, .max = {}, .scale = (*scales)[i].get<double>(), .offset = *offset}, context));
    }
    if (type == "PER_CHANNEL") {
        encoding->axis = context.channelAxisOf(tensor);
    } else if (type == "PER_BLOCK") {
        auto size = memberCount(value, "block_size", std::int64_t(1) << 31);
        NORDLYS_TRY(size);
        setBlocks(*encoding, tensor, *size, context);
    }
    return encoding;
}

Expected<std::string> listElement(const std::string &tensor, const Encoding &encoding, std::string_view previous)
{
    if (previous.starts_with('{'))
        return patchedObject(previous, fieldsOf(tensor, encoding), "encoding");
    std::string text;
    for (const JsonField &field : fieldsOf(tensor, encoding)) {
        if (field.value)
            text += (text.empty() ? "{" : ", ") + jsonQuoted(field.key) + ": " + *field.value;
    }
    return text + "}";
}

} // namespace nordlys::core
