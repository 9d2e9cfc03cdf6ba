// SPDX-License-Identifier: Apache-2.0
#include "backend_table.h"

#include <core/base/atomic_file.h>
#include <core/base/json_fields.h>
#include <core/base/resource_path.h>

#include <algorithm>
#include <cmath>

namespace nordlys::core {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxFileBytes = std::size_t(1) << 20;
constexpr std::string_view kSchemaName = "nordlys.backend/";
constexpr std::string_view kSchema = "nordlys.backend/1";
constexpr int kMaxRank = 64;
constexpr double kMaxCrossing = 1e12;

std::vector<DType> dtypesOf(JsonFields &fields, const char *key, bool required)
{
    std::vector<DType> result;
    if (const json *list = fields.array(key, required)) {
        for (const json &item : *list) {
            const auto type = item.is_string() ? dtypeFromName(item.get_ref<const std::string &>()) : std::nullopt;
            if (!type)
                fields.fail(std::string("'") + key + "' holds something that is no element type");
            else
                result.push_back(*type);
        }
    }
    return result;
}

/// Rows of `operators` and `refused`. Returns the first mistake.
std::optional<Error> readOperators(const json &rows, bool refused, const std::string &what, BackendTable &table)
{
    for (const auto &[name, row] : rows.items()) {
        const std::string where = what + ", operator '" + name.substr(0, 64) + "'";
        if (!row.is_object())
            return badInput(where, "it is no object");
        JsonFields reader(row, where);
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
    JsonFields reader(*document, what);
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
    table.dtypes = dtypesOf(reader, "dtypes", true);
    table.constantDtypes = dtypesOf(reader, "constantDtypes", false);
    table.activationBits = reader.bits("activationBits");
    table.weightBits = reader.bits("weightBits");
    table.takesAllOperators = reader.flag("allOperators");
    if (const json *object = reader.object("unavailable", false)) {
        JsonFields inner(*object, what + ", 'unavailable'");
        inner.allowOnly({"why", "fix"});
        table.unavailable = Unavailability{inner.text("why", true), inner.text("fix", false)};
        if (inner.error())
            return *inner.error();
    }
    if (const json *object = reader.object("crossing", true)) {
        JsonFields inner(*object, what + ", 'crossing'");
        inner.allowOnly({"fixedUs", "bytesPerUs", "source"});
        table.crossingFixedUs = inner.number("fixedUs", 0, kMaxCrossing);
        table.crossingBytesPerUs = inner.number("bytesPerUs", 1, kMaxCrossing);
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
