// SPDX-License-Identifier: Apache-2.0
// Versions 2.0.0 and 2.1.0: the words of ONNX QuantizeLinear (opset 21). Zero points have its sign, signed types are signed.
#include "entry_forms.h"
#include "json_spans.h"

#include <core/base/json_text.h>

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace nordlys::core {

using nlohmann::json;

namespace {

constexpr std::size_t kMaxRank = 8;

/// Nested lists of numbers as one list in row-major order.
struct NestedNumbers {
    std::vector<std::size_t> dims;
    std::vector<double> values;
};

Expected<void> flatten(const json &value, std::size_t level, const char *key, NestedNumbers &out)
{
    if (!value.is_array()) {
        if (!value.is_number() || level != out.dims.size())
            return wrongEntry(std::string("'") + key + (value.is_number() ? "' is a list whose rows differ in length" : "' is no number"));
        out.values.push_back(value.get<double>());
        return out.values.size() <= kMaxGrids ? Expected<void>() : wrongEntry(std::string("'") + key + "' is too long");
    }
    if (level == out.dims.size()) {
        if (level == kMaxRank || value.empty() || !out.values.empty())
            return wrongEntry(std::string("'") + key + "' is a list that is empty, too deep, or whose rows differ in length");
        out.dims.push_back(value.size());
    }
    if (out.dims[level] != value.size())
        return wrongEntry(std::string("'") + key + "' is a list whose rows differ in length");
    for (const json &item : value)
        NORDLYS_TRY(flatten(item, level + 1, key, out));
    return {};
}

Expected<NestedNumbers> numbersOf(const json &value, const char *key)
{
    NestedNumbers result;
    NORDLYS_TRY(flatten(value, 0, key, result));
    return result;
}

struct CodeType {
    int bits = 8;
    bool isSigned = false, isFloat = false;
};

Expected<CodeType> codeTypeOf(const json &entry)
{
    const auto it = entry.find("output_dtype");
    const std::string name = it != entry.end() && it->is_string() ? it->get<std::string>() : "?";
    for (const int bits : {4, 8, 16, 32}) {
        if (name == "int" + std::to_string(bits) || name == "uint" + std::to_string(bits))
            return CodeType{bits, name.front() == 'i', false};
    }
    if (name == "float16" || name == "float32")
        return CodeType{name == "float16" ? 16 : 32, true, true};
    if (name == "int2" || name == "uint2" || name.starts_with("float"))
        return notSupported("encoding", "codes of type " + name.substr(0, 40) + " are not read");
    return wrongEntry("'output_dtype' is no type that is known");
}

std::int64_t signShift(const CodeType &type) { return type.isSigned ? std::int64_t(1) << (type.bits - 1) : 0; }

/// How an entry's scales lie over the tensor: per value of the channel axis and per block. Rows of other axes must repeat the same scales.
struct Layout {
    int channelAxis = -1, blockAxis = -1;
    std::size_t channels = 1, blocks = 1;
    std::vector<std::size_t> dims, strides;

    [[nodiscard]] std::size_t positionOf(std::size_t channel, std::size_t block) const
    {
        return (channelAxis >= 0 ? channel * strides[static_cast<std::size_t>(channelAxis)] : 0) +
               (blockAxis >= 0 ? block * strides[static_cast<std::size_t>(blockAxis)] : 0);
    }
};

Layout layoutOf(const std::vector<std::size_t> &dims)
{
    Layout layout;
    layout.dims = dims;
    layout.strides.resize(dims.size(), 1);
    for (std::size_t d = dims.size(); d-- > 1;)
        layout.strides[d - 1] = layout.strides[d] * dims[d];
    return layout;
}

Expected<Layout> layoutOf(const std::vector<std::size_t> &dims, const json &entry, const TensorFacts *facts)
{
    Layout layout = layoutOf(dims);
    const auto blockMember = entry.find("block_size");
    std::int64_t blockSize = 0;
    if (blockMember != entry.end() && !blockMember->is_null()) {
        auto size = entryInteger(*blockMember, "block_size");
        NORDLYS_TRY(size);
        if (*size < 0)
            return wrongEntry(fmt::format("a block size of {} makes no sense", *size));
        blockSize = *size;
    }
    const auto axisMember = entry.find("axis");
    if (axisMember == entry.end() || axisMember->is_null()) {
        if (std::ranges::any_of(dims, [](std::size_t size) { return size != 1; }))
            return wrongEntry("'y_scale' is a list, but there is no 'axis'");
        return layout;
    }
    auto axis = entryInteger(*axisMember, "axis");
    NORDLYS_TRY(axis);
    if (dims.empty())
        return layout; // one scale: the axis says nothing
    if (*axis < 0 && dims.size() == 1 && blockSize == 0 && (facts == nullptr || !facts->dims))
        return wrongEntry(fmt::format("the axis {} counts from the end, and nothing says how many axes the tensor has: the model is needed", *axis));
    const auto rank = facts != nullptr && facts->dims ? static_cast<std::int64_t>(facts->dims->size()) : static_cast<std::int64_t>(dims.size());
    const std::int64_t own = *axis < 0 ? *axis + rank : *axis;
    if (own < 0 || own > 64)
        return wrongEntry(fmt::format("there is no axis {}", *axis));
    if (blockSize == 0) { // channels: a list, or a list for every axis
        if (dims.size() != 1 && (static_cast<std::size_t>(own) >= dims.size() ||
                                 std::ranges::count_if(dims, [](std::size_t size) { return size != 1; }) > (dims[static_cast<std::size_t>(own)] == 1 ? 0 : 1)))
            return wrongEntry("'y_scale' has more than one axis, but there are no blocks");
        layout.dims.assign(static_cast<std::size_t>(own) + 1, 1);
        layout.channels = layout.dims.back() = dims.size() == 1 ? dims[0] : dims[static_cast<std::size_t>(own)];
        layout.strides.assign(layout.dims.size(), 1);
        layout.channelAxis = static_cast<int>(own);
        return layout;
    }
    if (static_cast<std::size_t>(own) >= dims.size())
        return wrongEntry(fmt::format("'y_scale' has no axis {}", *axis));
    layout.blockAxis = static_cast<int>(own);
    layout.blocks = dims[static_cast<std::size_t>(own)];
    if (facts != nullptr && facts->channelAxis >= 0 && facts->channelAxis != layout.blockAxis && static_cast<std::size_t>(facts->channelAxis) < dims.size())
        layout.channelAxis = facts->channelAxis;
    for (std::size_t d = 0; d < dims.size() && layout.channelAxis < 0; ++d) {
        if (static_cast<int>(d) != layout.blockAxis && dims[d] > 1)
            layout.channelAxis = static_cast<int>(d);
    }
    if (layout.channelAxis < 0 && dims.size() > 1)
        layout.channelAxis = layout.blockAxis == 0 ? 1 : 0;
    if (layout.channelAxis >= 0)
        layout.channels = dims[static_cast<std::size_t>(layout.channelAxis)];
    return layout;
}

/// The values of the layout's channels and blocks; `numbers` may be a single number for all.
Expected<std::vector<double>> spread(const NestedNumbers &numbers, const Layout &layout, const char *key)
{
    std::vector<double> result;
    const std::size_t count = layout.channels * layout.blocks;
    if (numbers.values.size() == 1) {
        result.assign(count, numbers.values[0]);
        return result;
    }
    const bool isFlat = layout.blockAxis < 0 && numbers.values.size() == layout.channels;
    if (!isFlat && numbers.dims != layout.dims)
        return wrongEntry(std::string("'") + key + "' has another shape than 'y_scale'");
    for (std::size_t channel = 0; channel < layout.channels; ++channel) {
        for (std::size_t block = 0; block < layout.blocks; ++block)
            result.push_back(numbers.values[isFlat ? channel : layout.positionOf(channel, block)]);
    }
    for (std::size_t i = 0; !isFlat && i < numbers.values.size(); ++i) {
        const auto at = [&](int axis) { return axis < 0 ? 0 : i / layout.strides[static_cast<std::size_t>(axis)] % layout.dims[static_cast<std::size_t>(axis)]; };
        if (numbers.values[i] != result[at(layout.channelAxis) * layout.blocks + at(layout.blockAxis)])
            return wrongEntry(std::string("'") + key + "' differs along a third axis");
    }
    return result;
}

Expected<std::optional<TwoLevelScale>> twoLevelOf(const json &multiplierMember, const json &scaleMember, const Layout &layout, int stored)
{
    auto multipliers = numbersOf(multiplierMember, "per_block_int_scale"), scales = numbersOf(scaleMember, "per_channel_float_scale");
    NORDLYS_TRY(multipliers);
    NORDLYS_TRY(scales);
    if (scales->values.size() != layout.channels)
        return wrongEntry("there is not one scale a channel");
    auto spreadOut = spread(*multipliers, layout, "per_block_int_scale");
    NORDLYS_TRY(spreadOut);
    TwoLevelScale result;
    result.decompressedBits = std::max(8, stored);
    result.channelScales = scales->values;
    for (const double value : *spreadOut) {
        if (value < 1 || value > 65535 || value != static_cast<double>(static_cast<std::uint32_t>(value)))
            return wrongEntry(fmt::format("the multiplier {} is no whole number from 1 to 65535", value));
        result.multipliers.push_back(static_cast<std::uint32_t>(value));
    }
    return std::optional(std::move(result));
}

std::string nestedText(const std::vector<std::size_t> &dims, const std::function<std::string(const std::vector<std::size_t> &)> &text)
{
    std::vector<std::size_t> at;
    const std::function<std::string()> level = [&]() -> std::string {
        if (at.size() == dims.size())
            return text(at);
        std::string result = "[";
        const std::size_t d = at.size();
        for (std::size_t i = 0; i < dims[d]; ++i) {
            at.push_back(i);
            result += (i > 0 ? ", " : "") + level();
            at.pop_back();
        }
        return result + "]";
    };
    return level();
}

/// Channels of an encoding with blocks; nothing where only the model could tell.
std::optional<std::size_t> channelsOf(const Encoding &encoding, const TensorFacts *facts)
{
    const auto axis = static_cast<std::size_t>(std::max(0, encoding.axis));
    if (encoding.axis < 0)
        return 1;
    if (encoding.twoLevel)
        return encoding.twoLevel->channelScales.size();
    if (facts == nullptr || !facts->dims || axis >= facts->dims->size() || (*facts->dims)[axis] < 1 ||
        encoding.grids.size() % static_cast<std::size_t>((*facts->dims)[axis]) != 0)
        return std::nullopt;
    return static_cast<std::size_t>((*facts->dims)[axis]);
}

std::vector<JsonField> fieldsOf(const std::string &tensor, const Encoding &encoding, const TensorFacts *facts, std::size_t blockChannels)
{
    const std::int64_t middle = std::int64_t(1) << (encoding.bitwidth - 1);
    const bool isSigned = encoding.bitwidth == 32 || (encoding.symmetric && std::ranges::all_of(encoding.grids, [&](const Grid &grid) { return grid.zeroPoint == middle; }));
    std::vector<JsonField> fields{{"name", jsonQuoted(tensor)}, {"output_dtype", fmt::format("\"{}int{}\"", isSigned ? "" : "u", encoding.bitwidth)}};

    std::vector<std::size_t> dims; // of the scales
    if (encoding.isPerChannel())
        dims = {encoding.grids.size()};
    std::size_t channels = encoding.grids.size(), blocks = 1;
    if (encoding.isBlockwise()) {
        const std::size_t rank = static_cast<std::size_t>(std::max(encoding.axis, encoding.blockAxis)) + 1;
        dims.assign(facts != nullptr && facts->dims ? std::max(rank, facts->dims->size()) : rank, 1);
        channels = blockChannels;
        blocks = encoding.grids.size() / channels;
        if (encoding.axis >= 0)
            dims[static_cast<std::size_t>(encoding.axis)] = channels;
        dims[static_cast<std::size_t>(encoding.blockAxis)] = blocks;
    }
    const auto gridAt = [&](const std::vector<std::size_t> &at) -> std::size_t {
        if (!encoding.isBlockwise())
            return at.empty() ? 0 : at[0];
        const std::size_t channel = encoding.axis >= 0 ? at[static_cast<std::size_t>(encoding.axis)] : 0;
        return channel * blocks + at[static_cast<std::size_t>(encoding.blockAxis)];
    };
    std::optional<std::string> scale, multipliers, channelScales, zero;
    if (encoding.twoLevel) {
        multipliers = nestedText(dims, [&](const auto &at) { return std::to_string(encoding.twoLevel->multipliers[gridAt(at)]); });
        channelScales = nestedText({channels}, [&](const auto &at) { return jsonNumber(encoding.twoLevel->channelScales[at[0]]); });
    } else {
        scale = nestedText(dims, [&](const auto &at) { return jsonNumber(encoding.grids[gridAt(at)].scale); });
    }
    if (!isSigned || std::ranges::any_of(encoding.grids, [&](const Grid &grid) { return grid.zeroPoint != middle; }))
        zero = nestedText(dims, [&](const auto &at) { return std::to_string(encoding.grids[gridAt(at)].zeroPoint - (isSigned ? middle : 0)); });
    fields.push_back({"y_scale", std::move(scale)});
    fields.push_back({"per_block_int_scale", std::move(multipliers)});
    fields.push_back({"per_channel_float_scale", std::move(channelScales)});
    fields.push_back({"y_zero_point", std::move(zero)});
    const int axis = encoding.isBlockwise() ? encoding.blockAxis : encoding.axis;
    fields.push_back({"axis", axis >= 0 ? std::optional(std::to_string(axis)) : std::nullopt});
    fields.push_back({"block_size", encoding.isBlockwise() ? std::optional(std::to_string(encoding.blockSize)) : std::nullopt});
    return fields;
}

} // namespace

Expected<Encoding> readOnnxEntry(const json &value, const std::string &tensor, EntryContext &context)
{
    context.noteUnknownKeys(value, {"name", "output_dtype", "y_scale", "y_zero_point", "axis", "block_size", "per_block_int_scale", "per_channel_float_scale"});
    auto type = codeTypeOf(value);
    NORDLYS_TRY(type);
    Encoding encoding;
    encoding.bitwidth = type->bits;
    encoding.isFloat = type->isFloat;
    if (encoding.isFloat)
        return encoding;
    const TensorFacts *facts = context.factsOf(tensor);
    // The scales: numbers, or (LPBQ) whole numbers a block times a number a channel. 2.1.0 writes the latter as y_scale {x, x_scale}.
    const json *multipliers = nullptr, *channelScales = nullptr;
    const auto scaleMember = value.find("y_scale");
    if (scaleMember != value.end() && scaleMember->is_object()) {
        if (!scaleMember->contains("x") || !scaleMember->contains("x_scale"))
            return wrongEntry("'y_scale' is an object without 'x' and 'x_scale'");
        const auto zero = scaleMember->find("x_zero_point");
        if (zero != scaleMember->end() && !zero->is_null()) {
            auto numbers = numbersOf(*zero, "x_zero_point");
            NORDLYS_TRY(numbers);
            if (std::ranges::any_of(numbers->values, [](double number) { return number != 0; }))
                return notSupported("encoding", "scales that are quantized with a zero point are not read");
        }
        multipliers = &(*scaleMember)["x"];
        channelScales = &(*scaleMember)["x_scale"];
    } else if (value.contains("per_block_int_scale") && value.contains("per_channel_float_scale")) {
        multipliers = &value["per_block_int_scale"];
        channelScales = &value["per_channel_float_scale"];
    } else if (scaleMember == value.end()) {
        return wrongEntry("'y_scale' is missing");
    }
    auto numbers = numbersOf(multipliers != nullptr ? *multipliers : *scaleMember, "y_scale");
    NORDLYS_TRY(numbers);
    auto layout = layoutOf(numbers->dims, value, facts);
    NORDLYS_TRY(layout);
    std::vector<double> scales;
    if (multipliers != nullptr) {
        if (layout->blockAxis < 0)
            return wrongEntry("a two-level scale needs 'axis' and 'block_size'");
        auto twoLevel = twoLevelOf(*multipliers, *channelScales, *layout, type->bits);
        NORDLYS_TRY(twoLevel);
        encoding.twoLevel = *std::move(twoLevel);
        for (std::size_t i = 0; i < encoding.twoLevel->multipliers.size(); ++i)
            scales.push_back(encoding.twoLevel->channelScales[i / layout->blocks] * encoding.twoLevel->multipliers[i]);
    } else {
        auto spreadOut = spread(*numbers, *layout, "y_scale");
        NORDLYS_TRY(spreadOut);
        scales = *std::move(spreadOut);
    }
    std::vector<double> zeros(scales.size(), 0.0);
    if (const auto it = value.find("y_zero_point"); it != value.end() && !it->is_null()) {
        auto stated = numbersOf(*it, "y_zero_point");
        NORDLYS_TRY(stated);
        auto spreadOut = spread(*stated, *layout, "y_zero_point");
        NORDLYS_TRY(spreadOut);
        zeros = *std::move(spreadOut);
    }
    for (std::size_t i = 0; i < scales.size(); ++i) {
        auto zero = entryInteger(zeros[i], "y_zero_point");
        NORDLYS_TRY(zero);
        auto grid = gridFromScale(scales[i], *zero + signShift(*type), type->bits);
        NORDLYS_TRY(grid);
        encoding.grids.push_back(*grid);
    }
    encoding.symmetric = type->isSigned && std::ranges::all_of(zeros, [](double zero) { return zero == 0; });
    encoding.axis = layout->channelAxis;
    encoding.blockAxis = layout->blockAxis;
    if (encoding.isBlockwise())
        encoding.blockSize = *entryInteger(value["block_size"], "block_size");
    return encoding;
}

Expected<std::string> onnxElement(const std::string &tensor, const Encoding &encoding, const TensorFacts *facts, std::string_view previous)
{
    const auto channels = encoding.isBlockwise() ? channelsOf(encoding, facts) : 1;
    if (!channels)
        return notSupported("encoding", "the number of channels that its blocks belong to is not known", "Give the model.");
    const std::vector<JsonField> fields = fieldsOf(tensor, encoding, facts, *channels);
    if (previous.starts_with('{'))
        return patchedObject(previous, fields, "encoding");
    std::string text;
    for (const JsonField &field : fields) {
        if (field.value)
            text += (text.empty() ? "{" : ", ") + jsonQuoted(field.key) + ": " + *field.value;
    }
    return text + "}";
}

EncodingKind guessedKind(const Encoding &encoding)
{
    const bool isSigned = encoding.symmetric && !encoding.grids.empty() && encoding.grids[0].zeroPoint == std::int64_t(1) << (encoding.bitwidth - 1);
    return encoding.axis >= 0 || encoding.isBlockwise() || isSigned ? EncodingKind::Parameter : EncodingKind::Activation;
}

} // namespace nordlys::core
