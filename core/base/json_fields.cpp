// SPDX-License-Identifier: Apache-2.0
#include "json_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::core {

using nlohmann::json;

void JsonFields::allowOnly(std::initializer_list<std::string_view> keys)
{
    for (const auto &[key, value] : m_object.items()) {
        if (std::ranges::find(keys, key) == keys.end())
            fail("the key '" + key.substr(0, 64) + "' is not known");
    }
}

std::string JsonFields::text(const char *key, bool required)
{
    const json *value = find(key, required);
    if (!value)
        return {};
    if (!value->is_string())
        fail(std::string("'") + key + "' is no text");
    return value->is_string() ? value->get<std::string>() : std::string();
}

bool JsonFields::flag(const char *key)
{
    const json *value = find(key, false);
    if (value && !value->is_boolean())
        fail(std::string("'") + key + "' is neither true nor false");
    return value && value->is_boolean() && value->get<bool>();
}

std::optional<int> JsonFields::integer(const json &value, const std::string &key, int lowest, int highest)
{
    if (!value.is_number_integer() || value.get<double>() < lowest || value.get<double>() > highest) {
        fail("'" + key + "' is no whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
        return std::nullopt;
    }
    return value.get<int>();
}

std::optional<int> JsonFields::integer(const char *key, int lowest, int highest, bool required)
{
    const json *value = find(key, required);
    return value ? integer(*value, key, lowest, highest) : std::nullopt;
}

double JsonFields::number(const char *key, double lowest, double highest)
{
    const json *value = find(key, true);
    if (!value)
        return lowest;
    if (!value->is_number() || !(value->get<double>() >= lowest) || !(value->get<double>() <= highest)) {
        fail(fmt::format("'{}' is no number from {} to {}", key, lowest, highest));
        return lowest;
    }
    return value->get<double>();
}

const json *JsonFields::object(const char *key, bool required)
{
    const json *value = find(key, required);
    if (value && !value->is_object())
        fail(std::string("'") + key + "' is no object");
    return value && value->is_object() ? value : nullptr;
}

const json *JsonFields::array(const char *key, bool required)
{
    const json *value = find(key, required);
    if (value && !value->is_array())
        fail(std::string("'") + key + "' is no list");
    return value && value->is_array() ? value : nullptr;
}

std::vector<std::string> JsonFields::texts(const char *key)
{
    std::vector<std::string> result;
    if (const json *list = array(key, false)) {
        for (const json &item : *list) {
            if (item.is_string())
                result.push_back(item.get<std::string>());
            else
                fail(std::string("'") + key + "' holds something that is no text");
        }
    }
    return result;
}

std::vector<int> JsonFields::bits(const char *key)
{
    std::vector<int> result;
    if (const json *list = array(key, false)) {
        for (const json &item : *list) {
            if (const auto value = integer(item, key, 1, 32))
                result.push_back(*value);
        }
    }
    return result;
}

void JsonFields::fail(std::string why)
{
    if (!m_error)
        m_error = badInput(m_what, std::move(why), "Install Nordlys again or correct the file.");
}

const json *JsonFields::find(const char *key, bool required)
{
    const auto it = m_object.find(key);
    if (it == m_object.end()) {
        if (required)
            fail(std::string("'") + key + "' is missing");
        return nullptr;
    }
    return &*it;
}

} // namespace nordlys::core
