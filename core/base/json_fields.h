// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "error.h"
#include "json_text.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nordlys::core {

/// Reads the members of one JSON object of a data file that people may edit: everything that is missing, unknown or of another type is a mistake. The
/// first one stays in `error`; reading goes on with empty values. `object` must outlive the reader.
class JsonFields {
public:
    JsonFields(const nlohmann::json &object, std::string what) : m_object(object), m_what(std::move(what)) {}

    void allowOnly(std::initializer_list<std::string_view> keys);
    std::string text(const char *key, bool required);
    bool flag(const char *key);
    /// `key` names the value in the error.
    std::optional<int> integer(const nlohmann::json &value, const std::string &key, int lowest, int highest);
    std::optional<int> integer(const char *key, int lowest, int highest, bool required);
    /// Required: a number from `lowest` to `highest`.
    double number(const char *key, double lowest, double highest);
    const nlohmann::json *object(const char *key, bool required);
    const nlohmann::json *array(const char *key, bool required);
    std::vector<std::string> texts(const char *key);
    /// List of bit widths, 1 to 32; empty where the key is absent.
    std::vector<int> bits(const char *key);

    void fail(std::string why);
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }
    [[nodiscard]] const std::string &what() const { return m_what; }

private:
    const nlohmann::json *find(const char *key, bool required);

    const nlohmann::json &m_object;
    std::string m_what;
    std::optional<Error> m_error;
};

} // namespace nordlys::core
