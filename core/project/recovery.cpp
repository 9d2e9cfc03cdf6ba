// SPDX-License-Identifier: Apache-2.0
#include "recovery.h"

#include "project_json.h"

#include <core/base/atomic_file.h>
#include <core/base/json_text.h>

namespace nordlys::core {

namespace {

constexpr std::string_view kSchema = "nordlys.recovery/1";
constexpr std::size_t kMaxFile = std::size_t(256) << 20;
constexpr std::size_t kMaxSteps = 1000000;
// The file does not lie beside the project, so every path in it is stored from the root.
const std::filesystem::path kRoot = "/";

Expected<Recovery> fromJson(const nlohmann::json &document, const std::string &what)
{
    if (!document.is_object())
        return badInput(what, "recovered edits are a JSON object");
    auto schema = memberString(document, "schema", what);
    NORDLYS_TRY(schema);
    if (schema->value_or("") != kSchema)
        return notSupported(what, "its schema is '" + schema->value_or("").substr(0, 64) + "', this program knows '" +
                                      std::string(kSchema) + "'",
                            "Open it with the version of Nordlys that wrote it.");
    Recovery recovery;
    auto path = memberString(document, "projectPath", what);
    NORDLYS_TRY(path);
    if (path->value_or("").find('\0') != std::string::npos)
        return badInput(what, "'projectPath' is no path");
    recovery.projectPath = path->value_or("");
    auto hash = memberString(document, "projectSha256", what);
    NORDLYS_TRY(hash);
    recovery.projectSha256 = hash->value_or("");
    auto edited = memberInteger(document, "editedAtMs", what);
    NORDLYS_TRY(edited);
    recovery.editedAtMs = edited->value_or(0);
    const auto project = document.find("project");
    if (project == document.end())
        return badInput(what, "it holds no project");
    auto read = projectFromJson(*project, kRoot, what);
    NORDLYS_TRY(read);
    recovery.project = *std::move(read);
    const auto steps = document.find("steps");
    if (steps == document.end() || !steps->is_array() || steps->size() > kMaxSteps)
        return badInput(what, "it holds no list of steps");
    for (const nlohmann::json &item : *steps) {
        if (!item.is_object() || !item.contains("change"))
            return badInput(what, "a step has no change");
        auto title = memberString(item, "title", what);
        NORDLYS_TRY(title);
        auto change = changeFromValue(item["change"]);
        NORDLYS_TRY(change);
        recovery.steps.push_back(std::make_shared<const RecoveryStep>(RecoveryStep{title->value_or(""), *std::move(change)}));
    }
    return recovery;
}

} // namespace

Expected<std::string> recoveryToText(const Recovery &recovery)
{
    Project project = recovery.project;
    project.edits = {};
    try {
        OrderedJson head = {{"schema", kSchema},
                            {"projectPath", recovery.projectPath.string()},
                            {"projectSha256", recovery.projectSha256},
                            {"editedAtMs", recovery.editedAtMs},
                            {"project", projectToJson(project, kRoot)}};
        std::string text = head.dump();
        text.pop_back(); // the closing brace comes after the steps
        text += ",\n\"steps\":[";
        const char *separator = "\n";
        for (const auto &step : recovery.steps) {
            text += separator;
            text += "{\"title\":" + jsonQuoted(step->title) + ",\"change\":" + changeToJson(step->change) + "}";
            separator = ",\n";
        }
        text += "\n]}\n";
        return text;
    } catch (const nlohmann::json::exception &) {
        return badInput(recovery.project.model.path.string(), "a path or name of the project is no UTF-8 text");
    }
}

Expected<Recovery> readRecovery(const std::filesystem::path &path)
{
    auto text = readTextFile(path, kMaxFile);
    NORDLYS_TRY(text);
    auto document = parseJsonText(*text, path.string());
    NORDLYS_TRY(document);
    return fromJson(*document, path.string());
}

} // namespace nordlys::core
