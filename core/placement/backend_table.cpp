// SPDX-License-Identifier: Apache-2.0
#include "backend_table.h"

#include <core/base/atomic_file.h>
#include <core/base/json_text.h>
#include <core/base/resource_path.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace nordlys::core {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxFileBytes = std::size_t(1) << 20;
constexpr std::string_view kSchemaName = "nordlys.backend/";
constexpr std::string_view kSchema = "nordlys.backend/1";
constexpr int kMaxRank = 64;

/// Reads members of one object; the first thing that is wrong stays in `error`.
class Reader {
public:
    Reader(const json &object, std::string what) : m_object(object), m_what(std::move(what)) {}

    void allowOnly(std::initializer_list<std::string_view> keys)
    {
        for (const auto &[key, value] : m_object.items()) {
            if (std::ranges::find(keys, key) == keys.end())
                fail("the key '" + key.substr(0, 64) + "' is not known");
        }
    }
    std::string text(const char *key, bool required)
    {
        const json *value = find(key, required);
        if (!value)
            return {};
        if (!value->is_string())
            fail(std::string("'") + key + "' is no text");
        return value->is_string() ? value->get<std::string>() : std::string();
    }
    bool flag(const char *key)
    {
        const json *value = find(key, false);
        if (value && !value->is_boolean())
            fail(std::string("'") + key + "' is neither true nor false");
        return value && value->is_boolean() && value->get<bool>();
    }
    std::optional<int> integer(const json &value, const std::string &key, int lowest, int highest)
    {
        if (!value.is_number_integer() || value.get<double>() < lowest || value.get<double>() > highest) {
            fail("'" + key + "' is no whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
            return std::nullopt;
        }
        return value.get<int>();
    }
    std::optional<int> integer(const char *key, int lowest, int highest, bool required)
    {
        const json *value = find(key, required);
        return value ? integer(*value, key, lowest, highest) : std::nullopt;
    }
    double positive(const char *key, double lowest)
    {
        const json *value = find(key, true);
        if (!value)
            return lowest;
        if (!value->is_number() || !(value->get<double>() >= lowest) || !(value->get<double>() <= 1e12)) {
            fail(std::string("'") + key + "' is no number from " + std::to_string(lowest) + " to 1e12");
            return lowest;
        }
        return value->get<double>();
    }
    const json *object(const char *key, bool required)
    {
        const json *value = find(key, required);
        if (value && !value->is_object())
            fail(std::string("'") + key + "' is no object");
        return value && value->is_object() ? value : nullptr;
    }
    const json *array(const char *key, bool required)
    {
        const json *value = find(key, required);
        if (value && !value->is_array())
            fail(std::string("'") + key + "' is no list");
        return value && value->is_array() ? value : nullptr;
    }
    std::vector<DType> dtypes(const char *key, bool required)
    {
        std::vector<DType> result;
        if (const json *list = array(key, required)) {
            for (const json &item : *list) {
                const auto type = item.is_string() ? dtypeFromName(item.get_ref<const std::string &>()) : std::nullopt;
                if (!type)
                    fail(std::string("'") + key + "' holds something that is no element type");
                else
                    result.push_back(*type);
            }
        }
        return result;
    }
    std::vector<int> bits(const char *key)
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

    void fail(std::string why)
    {
        if (!m_error)
            m_error = badInput(m_what, std::move(why), "Install Nordlys again or correct the file.");
    }
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }
    [[nodiscard]] const std::string &what() const { return m_what; }

private:
    const json *find(const char *key, bool required)
    {
        const auto it = m_object.find(key);
        if (it == m_object.end()) {
            if (required)
                fail(std::string("'") + key + "' is missing");
            return nullptr;
        }
        return &*it;
    }

    const json &m_object;
    std::string m_what;
    std::optional<Error> m_error;
};

/// Rows of `operators` and `refused`. Returns the first mistake.
std::optional<Error> readOperators(const json &rows, bool refused, const std::string &what, BackendTable &table)
{
    for (const auto &[name, row] : rows.items()) {
        const std::string where = what + ", operator '" + name.substr(0, 64) + "'";
        if (!row.is_object())
            return badInput(where, "it is no object");
        Reader reader(row, where);
        OperatorSupport support;
        if (refused) {
            reader.allowOnly({"why", "fix"});
            support.refusedWhy = reader.text("why", true);
            support.fix = reader.text("fix", false);
            if (support.refusedWhy.empty())
                reader.fail("'why' is empty");
        } else {
            reader.allowOnly({"vendor", "maxRank", "note"});
            support.vendorName = reader.text("vendor", false);
            support.maxRank = reader.integer("maxRank", 0, kMaxRank, false);
            support.note = reader.text("note", false);
        }
        if (name.empty())
            reader.fail("it has no name");
        if (reader.error())
            return reader.error();
        if (!table.operators.emplace(name, std::move(support)).second)
            return badInput(where, "it is both supported and refused");
    }
    return std::nullopt;
}

Expected<BackendTable> readTable(const std::filesystem::path &path, Backend backend)
{
    const std::string what = "backend table " + path.string();
    auto text = readTextFile(path, kMaxFileBytes);
    NORDLYS_TRY(text);
    auto document = parseJsonText(*text, what);
    NORDLYS_TRY(document);
    if (!document->is_object())
        return badInput(what, "it is no JSON object");
    Reader reader(*document, what);
    const std::string schema = reader.text("schema", true);
    if (!reader.error() && schema != kSchema) {
        if (schema.starts_with(kSchemaName))
            return notSupported(what, "its schema is " + schema.substr(0, 64) + ", this program reads " + std::string(kSchema), "Install one version of Nordlys.");
        reader.fail("its schema is not " + std::string(kSchema));
    }
    reader.allowOnly({"schema", "backend", "title", "source", "emulated", "needsEncodings", "unavailable", "maxRank", "unknownShapes", "dtypes",
                      "constantDtypes", "activationBits", "weightBits", "crossing", "allOperators", "operators", "refused"});
    BackendTable table;
    table.backend = backend;
    if (const std::string name = reader.text("backend", true); backendFromName(name) != backend)
        reader.fail("'backend' is not '" + std::string(nameOf(backend)) + "'");
    table.title = reader.text("title", true);
    table.isEmulated = reader.flag("emulated");
    table.needsEncodings = reader.flag("needsEncodings");
    table.maxRank = reader.integer("maxRank", 0, kMaxRank, true).value_or(0);
    table.takesUnknownShapes = reader.flag("unknownShapes");
    table.dtypes = reader.dtypes("dtypes", true);
    table.constantDtypes = reader.dtypes("constantDtypes", false);
    table.activationBits = reader.bits("activationBits");
    table.weightBits = reader.bits("weightBits");
    table.takesAllOperators = reader.flag("allOperators");
    if (const json *object = reader.object("unavailable", false)) {
        Reader inner(*object, what + ", 'unavailable'");
        inner.allowOnly({"why", "fix"});
        table.unavailable = Unavailability{inner.text("why", true), inner.text("fix", false)};
        if (inner.error())
            return *inner.error();
    }
    if (const json *object = reader.object("crossing", true)) {
        Reader inner(*object, what + ", 'crossing'");
        inner.allowOnly({"fixedUs", "bytesPerUs", "source"});
        table.crossingFixedUs = inner.positive("fixedUs", 0);
        table.crossingBytesPerUs = inner.positive("bytesPerUs", 1);
        if (inner.error())
            return *inner.error();
    }
    for (const auto &[key, refused] : {std::pair("operators", false), std::pair("refused", true)}) {
        if (const json *rows = reader.object(key, false)) {
            if (auto error = readOperators(*rows, refused, what, table))
                return *std::move(error);
        }
    }
    if (reader.error())
        return *reader.error();
    return table;
}

} // namespace

Expected<BackendCapabilities> BackendCapabilities::load(const std::filesystem::path &folder)
{
    BackendCapabilities result;
    for (const Backend backend : kAllBackends) {
        auto table = readTable(folder / (std::string(nameOf(backend)) + ".json"), backend);
        NORDLYS_TRY(table);
        result.m_tables[static_cast<std::size_t>(backend)] = *std::move(table);
    }
    return result;
}

Expected<BackendCapabilities> BackendCapabilities::load()
{
    auto folder = findResource("backends");
    NORDLYS_TRY(folder);
    return load(*folder);
}

double estimateCrossingUs(const BackendTable &from, const BackendTable &to, std::int64_t bytes)
{
    const double rate = std::min(from.crossingBytesPerUs, to.crossingBytesPerUs);
    return from.crossingFixedUs + to.crossingFixedUs + static_cast<double>(bytes) / std::max(rate, 1.0);
}

} // namespace nordlys::core
