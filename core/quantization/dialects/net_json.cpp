// SPDX-License-Identifier: Apache-2.0
// Encodings in the graph that a converter writes beside its C++ source: quant_params of a tensor. Offsets are those of unsigned codes, but where
// the tensor's type is a signed fixed-point one.
#include "entry_forms.h"

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::core {

using nlohmann::json;

namespace {

constexpr std::int64_t kStaticTensor = 4;
constexpr std::int64_t kDefined = 1;
constexpr std::int64_t kScaleOffset = 0, kAxisScaleOffset = 1, kWidthScaleOffset = 2, kWidthAxisScaleOffset = 3, kUndefined = 0x7fffffff;

/// Qnn_DataType_t: 0x03xx are signed fixed-point types.
bool isSignedFixedPoint(std::int64_t dataType) { return dataType >= 0x0304 && dataType <= 0x0332; }

Expected<std::int64_t> integerMember(const json &object, const char *key, std::int64_t missing)
{
    const auto it = object.find(key);
    return it == object.end() ? Expected<std::int64_t>(missing) : entryInteger(*it, key);
}

Expected<void> addGrid(Encoding &encoding, const json &item, bool isSigned)
{
    if (!item.is_object())
        return wrongEntry("a scale and offset is no object");
    auto scale = entryNumber(item, "scale");
    NORDLYS_TRY(scale);
    auto offset = integerMember(item, "offset", 0);
    NORDLYS_TRY(offset);
    if (!*scale)
        return wrongEntry("'scale' is missing");
    if (*offset > (std::int64_t(1) << 33) || *offset < -(std::int64_t(1) << 33))
        return wrongEntry(fmt::format("the offset {} is no code", *offset));
    const std::int64_t zeroPoint = (isSigned ? std::int64_t(1) << (encoding.bitwidth - 1) : 0) - *offset;
    auto grid = gridFromScale(**scale, zeroPoint, encoding.bitwidth);
    NORDLYS_TRY(grid);
    encoding.grids.push_back(*grid);
    return {};
}

Expected<int> bitwidthOf(const json &item, std::int64_t dataType)
{
    auto bits = integerMember(item, "bitwidth", -1);
    NORDLYS_TRY(bits);
    if (*bits < 0) { // the type's name holds the width in digits that look decimal: 0x16 is 16 bits
        const std::int64_t low = dataType & 0xff;
        bits = low / 16 * 10 + low % 16;
    }
    if (*bits != 0 && (*bits < 4 || *bits > 32))
        return wrongEntry(fmt::format("a bitwidth of {} is outside 4 to 32", *bits));
    return static_cast<int>(*bits);
}

/// Symmetric where every zero point stands in the middle.
std::optional<EncodingEntry> withSymmetry(EncodingEntry entry)
{
    const std::int64_t middle = std::int64_t(1) << (entry.encoding.bitwidth - 1);
    entry.encoding.symmetric = std::ranges::all_of(entry.encoding.grids, [&](const Grid &grid) { return grid.zeroPoint == middle; });
    return entry;
}

/// The form with one list of scales and one of offsets.
Expected<std::optional<EncodingEntry>> readLists(EncodingEntry entry, const json &block, std::int64_t axis, std::int64_t dataType)
{
    const json &scales = block["scales"];
    const auto offsets = block.find("offsets");
    if (axis < 0 || axis > 64 || !scales.is_array() || scales.empty() || scales.size() > kMaxGrids ||
        (offsets != block.end() && (!offsets->is_array() || offsets->size() != scales.size())))
        return wrongEntry("'scales' and 'offsets' are no lists of the same, fitting length, or there is no axis");
    auto bits = bitwidthOf(block, dataType);
    NORDLYS_TRY(bits);
    if (*bits == 0)
        return std::optional<EncodingEntry>();
    entry.encoding.bitwidth = *bits;
    entry.encoding.axis = static_cast<int>(axis);
    for (std::size_t i = 0; i < scales.size(); ++i) {
        const json item{{"scale", scales[i]}, {"offset", offsets != block.end() ? (*offsets)[i] : json(0)}};
        NORDLYS_TRY(addGrid(entry.encoding, item, isSignedFixedPoint(dataType)));
    }
    return withSymmetry(std::move(entry));
}

} // namespace

Expected<std::optional<EncodingEntry>> readNetTensor(const json &value, EntryContext &)
{
    const std::optional<EncodingEntry> none;
    if (!value.is_object())
        return wrongEntry("a tensor is no object");
    const auto parameters = value.contains("quant_params") ? value.find("quant_params") : value.find("quantize_params");
    if (parameters == value.end() || !parameters->is_object())
        return none;
    auto definition = integerMember(*parameters, "definition", kDefined), kind = integerMember(*parameters, "encoding", kScaleOffset);
    auto tensorType = integerMember(value, "type", 0), dataType = integerMember(value, "data_type", 0);
    for (const auto *number : {&definition, &kind, &tensorType, &dataType})
        NORDLYS_TRY(*number);
    if (*definition != kDefined || *kind == kUndefined)
        return none;
    if (*kind < kScaleOffset || *kind > kWidthAxisScaleOffset)
        return notSupported("encoding", fmt::format("encodings of kind {} are not read", *kind));
    EncodingEntry entry;
    entry.kind = *tensorType == kStaticTensor ? EncodingKind::Parameter : EncodingKind::Activation;
    const bool isSigned = isSignedFixedPoint(*dataType);
    // Kinds that state a width of their own (4-bit weights) go by either name.
    const bool isOne = *kind == kScaleOffset || *kind == kWidthScaleOffset;
    const char *key = isOne ? "scale_offset" : "axis_scale_offset";
    const std::string wide = std::string("bw_") + key;
    const auto block = *kind >= kWidthScaleOffset && parameters->contains(wide) ? parameters->find(wide) : parameters->find(key);
    if (block == parameters->end() || !block->is_object())
        return wrongEntry(std::string("'") + key + "' is no object");
    if (isOne) {
        auto bits = bitwidthOf(*block, *dataType);
        NORDLYS_TRY(bits);
        if (*bits == 0)
            return none;
        entry.encoding.bitwidth = *bits;
        NORDLYS_TRY(addGrid(entry.encoding, *block, isSigned));
    } else {
        auto axis = integerMember(*block, "axis", -1);
        NORDLYS_TRY(axis);
        const auto list = block->contains("scale_offsets") ? block->find("scale_offsets") : block->find("scale_offset");
        if (list == block->end() && block->contains("scales"))
            return readLists(std::move(entry), *block, *axis, *dataType);
        if (*axis < 0 || *axis > 64 || list == block->end() || !list->is_array() || list->empty() || list->size() > kMaxGrids)
            return wrongEntry("'axis_scale_offset' has no axis or no list of scales and offsets");
        auto bits = bitwidthOf((*list)[0].is_object() && (*list)[0].contains("bitwidth") ? (*list)[0] : *block, *dataType);
        NORDLYS_TRY(bits);
        if (*bits == 0)
            return none;
        entry.encoding.bitwidth = *bits;
        entry.encoding.axis = static_cast<int>(*axis); // of the converter's layout, not the model's
        for (const json &item : *list)
            NORDLYS_TRY(addGrid(entry.encoding, item, isSigned));
    }
    return withSymmetry(std::move(entry));
}

} // namespace nordlys::core
