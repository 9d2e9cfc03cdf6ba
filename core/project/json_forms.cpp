// SPDX-License-Identifier: Apache-2.0
#include "json_forms.h"

#include <core/base/json_text.h>

#include <climits>

namespace nordlys::core {

namespace {

using nlohmann::json;

constexpr int kMaxNesting = 32;

Error wrongType(const std::string &what, const std::string &key, std::string_view wanted)
{
    return badInput(what, "'" + key + "' is no " + std::string(wanted));
}

Expected<Grid> gridFromJson(const json &value, const std::string &what)
{
    if (!value.is_array() || value.size() != 4 || !value[0].is_number() || !value[1].is_number() || !value[2].is_number() ||
        !value[3].is_number_integer())
        return badInput(what, "a grid is no list of min, max, scale and zero point");
    if (value[3].is_number_unsigned() && value[3].get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        return badInput(what, "a zero point is too large");
    return Grid{value[0].get<double>(), value[1].get<double>(), value[2].get<double>(), value[3].get<std::int64_t>()};
}

OrderedJson toJson(const Change &change)
{
    struct Form {
        OrderedJson operator()(const SetEncoding &form) const
        {
            return {{"setEncoding", {{"tensor", form.tensor}, {"entry", form.entry ? entryToJson(*form.entry) : OrderedJson()}}}};
        }
        OrderedJson operator()(const SetBackend &form) const
        {
            return {{"setBackend",
                     {{"node", form.node}, {"backend", form.backend ? OrderedJson(nameOf(*form.backend)) : OrderedJson()}}}};
        }
        OrderedJson operator()(const SetBuildOption &form) const
        {
            return {{"setBuildOption", {{"key", form.key}, {"value", form.value ? OrderedJson(*form.value) : OrderedJson()}}}};
        }
        OrderedJson operator()(const std::shared_ptr<const ChangeBatch> &batch) const
        {
            OrderedJson changes = OrderedJson::array();
            if (batch) {
                for (const Change &part : batch->changes)
                    changes.push_back(toJson(part));
            }
            return {{"batch", {{"title", batch ? batch->title : std::string()}, {"changes", std::move(changes)}}}};
        }
    };
    return std::visit(Form(), change.value);
}

Expected<std::string> requiredString(const json &object, const std::string &key, const std::string &what)
{
    auto value = memberString(object, key, what);
    NORDLYS_TRY(value);
    if (!*value)
        return badInput(what, "'" + key + "' is missing");
    return **std::move(value);
}

bool isGiven(const json &object, const std::string &key)
{
    const auto it = object.find(key);
    return it != object.end() && !it->is_null();
}

Expected<Change> changeFrom(const json &value, int depth)
{
    const std::string what = "stored change";
    if (!value.is_object() || value.size() != 1 || !value.begin()->is_object())
        return badInput(what, "it is no object with one kind of change");
    const std::string kind = value.begin().key();
    const json &body = *value.begin();
    if (kind == "setEncoding") {
        auto tensor = requiredString(body, "tensor", what);
        NORDLYS_TRY(tensor);
        SetEncoding change{*std::move(tensor), std::nullopt};
        if (isGiven(body, "entry")) {
            auto entry = entryFromJson(body["entry"], change.tensor);
            NORDLYS_TRY(entry);
            change.entry = *std::move(entry);
        }
        return Change{std::move(change)};
    }
    if (kind == "setBackend") {
        auto node = requiredString(body, "node", what);
        NORDLYS_TRY(node);
        SetBackend change{*std::move(node), std::nullopt};
        if (isGiven(body, "backend")) {
            auto name = requiredString(body, "backend", what);
            NORDLYS_TRY(name);
            change.backend = backendFromName(*name);
            if (!change.backend)
                return badInput(what, "the backend '" + name->substr(0, 64) + "' is not known");
        }
        return Change{std::move(change)};
    }
    if (kind == "setBuildOption") {
        auto key = requiredString(body, "key", what);
        NORDLYS_TRY(key);
        SetBuildOption change{*std::move(key), std::nullopt};
        if (isGiven(body, "value")) {
            auto text = requiredString(body, "value", what);
            NORDLYS_TRY(text);
            change.value = *std::move(text);
        }
        return Change{std::move(change)};
    }
    if (kind != "batch")
        return notSupported(what, "changes of kind '" + kind.substr(0, 64) + "' are not known");
    if (depth >= kMaxNesting || !body.contains("changes") || !body["changes"].is_array())
        return badInput(what, "a batch has no list of changes or is nested too deeply");
    auto title = requiredString(body, "title", what);
    NORDLYS_TRY(title);
    auto batch = std::make_shared<ChangeBatch>();
    batch->title = *std::move(title);
    for (const json &part : body["changes"]) {
        auto change = changeFrom(part, depth + 1);
        NORDLYS_TRY(change);
        batch->changes.push_back(*std::move(change));
    }
    return Change{std::shared_ptr<const ChangeBatch>(std::move(batch))};
}

} // namespace

void append(OrderedJson &object, std::string key, OrderedJson value)
{
    object.get_ref<OrderedJson::object_t &>().emplace_back(std::move(key), std::move(value));
}

OrderedJson entryToJson(const EncodingEntry &entry)
{
    const Encoding &encoding = entry.encoding;
    OrderedJson grids = OrderedJson::array();
    for (const Grid &grid : encoding.grids)
        grids.push_back(OrderedJson::array({grid.min, grid.max, grid.scale, grid.zeroPoint}));
    OrderedJson json{{"kind", entry.kind == EncodingKind::Activation ? "activation" : "parameter"},
                     {"bitwidth", encoding.bitwidth},
                     {"float", encoding.isFloat},
                     {"symmetric", encoding.symmetric},
                     {"axis", encoding.axis},
                     {"locked", entry.locked},
                     {"grids", std::move(grids)}};
    if (encoding.isBlockwise()) {
        json["blockAxis"] = encoding.blockAxis;
        json["blockSize"] = encoding.blockSize;
    }
    if (encoding.twoLevel) {
        json["twoLevel"] = {{"bits", encoding.twoLevel->decompressedBits},
                            {"channelScales", encoding.twoLevel->channelScales},
                            {"multipliers", encoding.twoLevel->multipliers}};
    }
    return json;
}

namespace {

Expected<TwoLevelScale> twoLevelFromJson(const json &value, const std::string &what)
{
    if (!value.is_object())
        return wrongType(what, "twoLevel", "object");
    TwoLevelScale scale;
    auto bits = memberInteger(value, "bits", what);
    NORDLYS_TRY(bits);
    if (bits->value_or(8) < 4 || bits->value_or(8) > 32)
        return badInput(what, "'bits' is out of range");
    scale.decompressedBits = static_cast<int>(bits->value_or(8));
    const auto scales = value.find("channelScales"), multipliers = value.find("multipliers");
    if (scales == value.end() || !scales->is_array() || multipliers == value.end() || !multipliers->is_array())
        return badInput(what, "a two-level scale has no lists of scales and multipliers");
    for (const json &item : *scales) {
        if (!item.is_number())
            return wrongType(what, "channelScales", "list of numbers");
        scale.channelScales.push_back(item.get<double>());
    }
    for (const json &item : *multipliers) {
        if (!item.is_number_unsigned() || item.get<std::uint64_t>() > 65535)
            return wrongType(what, "multipliers", "list of numbers up to 65535");
        scale.multipliers.push_back(item.get<std::uint32_t>());
    }
    return scale;
}

} // namespace

Expected<EncodingEntry> entryFromJson(const json &value, const std::string &tensor)
{
    const std::string what = "encoding of '" + tensor.substr(0, 300) + "'";
    if (!value.is_object())
        return badInput(what, "it is no object");
    auto kind = requiredString(value, "kind", what);
    NORDLYS_TRY(kind);
    if (*kind != "activation" && *kind != "parameter")
        return badInput(what, "its kind is neither activation nor parameter");
    EncodingEntry entry;
    entry.kind = *kind == "activation" ? EncodingKind::Activation : EncodingKind::Parameter;
    for (const auto &[key, target] : {std::pair("bitwidth", &entry.encoding.bitwidth), std::pair("axis", &entry.encoding.axis)}) {
        auto number = memberInteger(value, key, what);
        NORDLYS_TRY(number);
        const std::int64_t stated = number->value_or(*target);
        if (stated < -1 || stated > 64)
            return badInput(what, std::string("'") + key + "' is out of range");
        *target = static_cast<int>(stated);
    }
    for (const auto &[key, target] : {std::pair("float", &entry.encoding.isFloat),
                                      std::pair("symmetric", &entry.encoding.symmetric), std::pair("locked", &entry.locked)}) {
        auto flag = memberBool(value, key, what);
        NORDLYS_TRY(flag);
        *target = flag->value_or(*target);
    }
    auto blockAxis = memberInteger(value, "blockAxis", what), blockSize = memberInteger(value, "blockSize", what);
    NORDLYS_TRY(blockAxis);
    NORDLYS_TRY(blockSize);
    if (blockAxis->value_or(-1) < -1 || blockAxis->value_or(-1) > 64)
        return badInput(what, "'blockAxis' is out of range");
    entry.encoding.blockAxis = static_cast<int>(blockAxis->value_or(-1));
    entry.encoding.blockSize = blockSize->value_or(0);
    if (isGiven(value, "twoLevel")) {
        auto scale = twoLevelFromJson(value["twoLevel"], what);
        NORDLYS_TRY(scale);
        entry.encoding.twoLevel = *std::move(scale);
    }
    const auto grids = value.find("grids");
    if (grids == value.end() || !grids->is_array())
        return wrongType(what, "grids", "list");
    for (const json &item : *grids) {
        auto grid = gridFromJson(item, what);
        NORDLYS_TRY(grid);
        entry.encoding.grids.push_back(*grid);
    }
    NORDLYS_TRY(checkEncoding(entry.encoding, tensor));
    return entry;
}

Expected<std::optional<std::string>> memberString(const json &object, const std::string &key, const std::string &what)
{
    const auto it = object.find(key);
    if (it == object.end())
        return std::optional<std::string>();
    if (!it->is_string())
        return wrongType(what, key, "text");
    return std::optional(it->get<std::string>());
}

Expected<std::optional<std::int64_t>> memberInteger(const json &object, const std::string &key, const std::string &what)
{
    const auto it = object.find(key);
    if (it == object.end())
        return std::optional<std::int64_t>();
    if (!it->is_number_integer() ||
        (it->is_number_unsigned() && it->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)))
        return wrongType(what, key, "integer");
    return std::optional(it->get<std::int64_t>());
}

Expected<std::optional<bool>> memberBool(const json &object, const std::string &key, const std::string &what)
{
    const auto it = object.find(key);
    if (it == object.end())
        return std::optional<bool>();
    if (!it->is_boolean())
        return wrongType(what, key, "truth value");
    return std::optional(it->get<bool>());
}

std::string changeToJson(const Change &change)
{
    return toJson(change).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

Expected<Change> changeFromValue(const json &value) { return changeFrom(value, 0); }

Expected<Change> changeFromJson(std::string_view text)
{
    auto document = parseJsonText(text, "stored change");
    NORDLYS_TRY(document);
    return changeFrom(*document, 0);
}

} // namespace nordlys::core
