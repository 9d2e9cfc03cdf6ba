// SPDX-License-Identifier: Apache-2.0
#include "project.h"

#include "json_forms.h"
#include "project_json.h"

#include <core/base/atomic_file.h>
#include <core/base/json_text.h>
#include <core/base/sha256.h>
#include <core/import/model.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace nordlys::core {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::string_view kSchemaPrefix = "nordlys.project/";
constexpr int kSchemaVersion = 1;
constexpr std::size_t kMaxFile = std::size_t(64) << 20;

/// Folder that paths in the file count from.
Expected<fs::path> folderOf(const fs::path &project)
{
    std::error_code failed;
    const fs::path full = fs::absolute(project, failed);
    if (failed)
        return badInput(project.string(), "its folder cannot be found (" + failed.message() + ")");
    return full.lexically_normal().parent_path();
}

std::string toStored(const fs::path &path, const fs::path &folder)
{
    if (path.empty())
        return {};
    std::error_code failed;
    const fs::path full = fs::absolute(path, failed).lexically_normal();
    return failed ? path.generic_string() : full.lexically_relative(folder).generic_string();
}

fs::path fromStored(const std::string &text, const fs::path &folder)
{
    return text.empty() ? fs::path() : (folder / fs::path(text)).lexically_normal();
}

bool isPathSpec(const std::string &spec) { return !spec.empty() && !spec.starts_with("random:"); }

OrderedJson referenceToJson(const FileReference &reference, const fs::path &folder)
{
    return {{"path", toStored(reference.path, folder)}, {"sha256", reference.sha256}};
}

OrderedJson toJson(const Project &project, const fs::path &folder)
{
    OrderedJson encodings = OrderedJson::object(), placement = OrderedJson::object();
    for (const auto &[tensor, entry] : project.edits.encodings.entries)
        append(encodings, tensor, entryToJson(entry));
    for (const auto &[node, backend] : project.edits.placement)
        append(placement, node, nameOf(backend));
    const auto mapToJson = [](const auto &map) {
        OrderedJson object = OrderedJson::object();
        for (const auto &[key, value] : map)
            append(object, key, value);
        return object;
    };
    OrderedJson runs = OrderedJson::array();
    for (const FileReference &run : project.runs)
        runs.push_back(referenceToJson(run, folder));
    return {{"schema", std::string(kSchemaPrefix) + std::to_string(kSchemaVersion)},
            {"model", referenceToJson(project.model, folder)},
            {"dims", mapToJson(project.dims)},
            {"inputs", isPathSpec(project.inputsSpec) ? toStored(project.inputsSpec, folder) : project.inputsSpec},
            {"preprocess", project.preprocess},
            {"labels", toStored(project.labels, folder)},
            {"edits",
             {{"encodings", std::move(encodings)},
              {"placement", std::move(placement)},
              {"buildOptions", mapToJson(project.edits.buildOptions)}}},
            {"runs", std::move(runs)},
            {"view", mapToJson(project.view)}};
}

// Two spaces a level; from the fourth level on (one encoding) a value stays on its line, so that one edit is one line of a diff.
void print(const OrderedJson &value, std::size_t level, std::string &text)
{
    if (level >= 3 || !value.is_structured() || value.empty()) {
        text += value.dump();
        return;
    }
    const std::string indent(2 * (level + 1), ' ');
    text += value.is_object() ? '{' : '[';
    const char *separator = "\n";
    for (auto it = value.begin(); it != value.end(); ++it) {
        text += separator + indent;
        if (value.is_object())
            text += OrderedJson(it.key()).dump() + ": ";
        print(*it, level + 1, text);
        separator = ",\n";
    }
    text += '\n' + std::string(2 * level, ' ') + (value.is_object() ? '}' : ']');
}

class Reader {
public:
    Reader(const fs::path &path, fs::path folder) : m_what(path.string()), m_folder(std::move(folder)) {}

    Expected<OpenedProject> read(const json &document)
    {
        if (!document.is_object())
            return badInput(m_what, "a project is a JSON object");
        NORDLYS_TRY(checkSchema(document));
        NORDLYS_TRY(checkKeys(document));
        if (!document.contains("model"))
            return badInput(m_what, "it names no model");
        auto model = reference(document["model"], "model");
        NORDLYS_TRY(model);
        m_project.model = *std::move(model);
        NORDLYS_TRY(readTexts(document));
        NORDLYS_TRY(readDims(document));
        NORDLYS_TRY(readEdits(document));
        NORDLYS_TRY(readRuns(document));
        NORDLYS_TRY(readTextMap(document, "view", m_project.view));
        OpenedProject opened;
        opened.project = std::move(m_project);
        opened.warnings = std::move(m_warnings);
        return opened;
    }

private:
    Expected<void> checkSchema(const json &document)
    {
        auto schema = memberString(document, "schema", m_what);
        NORDLYS_TRY(schema);
        const std::string text = schema->value_or("").substr(0, 64);
        int version = 0;
        if (text.starts_with(kSchemaPrefix)) {
            const auto [end, code] = std::from_chars(text.data() + kSchemaPrefix.size(), text.data() + text.size(), version);
            if (code == std::errc::result_out_of_range)
                version = std::numeric_limits<int>::max(); // far newer
            else if (code != std::errc() || end != text.data() + text.size())
                version = 0;
        }
        if (version < 1)
            return badInput(m_what, "this is no Nordlys project (its 'schema' is '" + text + "')");
        if (version > kSchemaVersion)
            return notSupported(
                m_what, "the project has schema '" + text + "', this program knows up to " + std::to_string(kSchemaVersion),
                "Update Nordlys.");
        return {};
    }

    Expected<void> checkKeys(const json &document)
    {
        static constexpr std::string_view kKnown[] = {"schema", "model", "dims", "inputs", "preprocess",
                                                      "labels", "edits", "runs", "view"};
        for (const auto &[key, ignored] : document.items()) {
            if (std::find(std::begin(kKnown), std::end(kKnown), key) == std::end(kKnown) && m_warnings.size() < 20)
                m_warnings.push_back("the key '" + key.substr(0, 64) + "' is not known; it is lost when the project is saved");
        }
        return {};
    }

    Expected<FileReference> reference(const json &value, const std::string &name)
    {
        if (!value.is_object())
            return badInput(m_what, "'" + name + "' is no object with path and sha256");
        auto path = memberString(value, "path", m_what);
        NORDLYS_TRY(path);
        auto hash = memberString(value, "sha256", m_what);
        NORDLYS_TRY(hash);
        if (path->value_or("").empty() || (*path)->find('\0') != std::string::npos)
            return badInput(m_what, "'" + name + "' has no path");
        const std::string digits = hash->value_or("");
        const bool isHash = digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!digits.empty() && !isHash)
            return badInput(m_what, "the sha256 of '" + name + "' is no SHA-256");
        return FileReference{fromStored(**path, m_folder), digits};
    }

    Expected<void> readTexts(const json &document)
    {
        auto inputs = memberString(document, "inputs", m_what);
        NORDLYS_TRY(inputs);
        const std::string spec = inputs->value_or("");
        m_project.inputsSpec = isPathSpec(spec) ? fromStored(spec, m_folder).string() : spec;
        auto recipe = memberString(document, "preprocess", m_what);
        NORDLYS_TRY(recipe);
        m_project.preprocess = recipe->value_or("");
        auto labels = memberString(document, "labels", m_what);
        NORDLYS_TRY(labels);
        m_project.labels = fromStored(labels->value_or(""), m_folder);
        return {};
    }

    Expected<const json *> section(const json &parent, const std::string &key) const
    {
        static const json empty = json::object();
        const auto it = parent.find(key);
        if (it == parent.end())
            return &empty;
        if (!it->is_object())
            return badInput(m_what, "'" + key + "' is no object");
        return &*it;
    }

    Expected<void> readDims(const json &document)
    {
        auto dims = section(document, "dims");
        NORDLYS_TRY(dims);
        for (const auto &[name, ignored] : (*dims)->items()) {
            auto value = memberInteger(**dims, name, m_what);
            NORDLYS_TRY(value);
            if (**value < 0)
                return badInput(m_what, "the dimension '" + name.substr(0, 64) + "' is negative");
            m_project.dims.emplace(name, **value);
        }
        return {};
    }

    template <typename Map>
    Expected<void> readTextMap(const json &parent, const std::string &key, Map &target)
    {
        auto object = section(parent, key);
        NORDLYS_TRY(object);
        for (const auto &[name, ignored] : (*object)->items()) {
            auto value = memberString(**object, name, m_what);
            NORDLYS_TRY(value);
            target.emplace(name, **std::move(value));
        }
        return {};
    }

    Expected<void> readEdits(const json &document)
    {
        auto edits = section(document, "edits");
        NORDLYS_TRY(edits);
        auto encodings = section(**edits, "encodings");
        NORDLYS_TRY(encodings);
        for (const auto &[tensor, value] : (*encodings)->items()) {
            auto entry = entryFromJson(value, tensor);
            if (!entry) {
                entry.error().what = m_what + ": " + entry.error().what;
                return std::move(entry.error());
            }
            m_project.edits.encodings.entries.emplace(tensor, *std::move(entry));
        }
        std::map<std::string, std::string> placement;
        NORDLYS_TRY(readTextMap(**edits, "placement", placement));
        for (const auto &[node, name] : placement) {
            const auto backend = backendFromName(name);
            if (!backend)
                return badInput(m_what,
                                "the backend '" + name.substr(0, 64) + "' of node '" + node.substr(0, 300) + "' is not known");
            m_project.edits.placement.emplace(node, *backend);
        }
        return readTextMap(**edits, "buildOptions", m_project.edits.buildOptions);
    }

    Expected<void> readRuns(const json &document)
    {
        const auto it = document.find("runs");
        if (it == document.end())
            return {};
        if (!it->is_array())
            return badInput(m_what, "'runs' is no list");
        for (const json &value : *it) {
            auto run = reference(value, "runs");
            NORDLYS_TRY(run);
            m_project.runs.push_back(*std::move(run));
        }
        return {};
    }

    std::string m_what;
    fs::path m_folder;
    Project m_project;
    std::vector<std::string> m_warnings;
};

Expected<void> checkFiles(OpenedProject &opened, const fs::path &path, const OpenProjectOptions &options, const JobContext &job)
{
    const FileReference &model = opened.project.model;
    std::error_code ignored;
    if (!fs::is_regular_file(model.path, ignored)) {
        opened.model = ModelState::Missing;
        if (!options.allowMissingModel) {
            const std::vector<fs::path> found = findModel(opened.project, path, job);
            return badInput(path.string(), "its model '" + model.path.string() + "' is not there",
                            found.empty() ? "Put the model back, or open it anew."
                                          : "A file with the same content is '" + found.front().string() + "'.");
        }
    } else if (!model.sha256.empty()) {
        auto hash = sha256OfFile(model.path, job.stop);
        NORDLYS_TRY(hash);
        // With external data the stored hash covers several files, which only the opened model knows.
        if (*hash != model.sha256) {
            hash = modelFileSha256(model.path, job);
            NORDLYS_TRY(hash);
        }
        if (*hash != model.sha256) {
            opened.model = ModelState::Changed;
            opened.warnings.insert(opened.warnings.begin(),
                                   "the model '" + model.path.string() + "' has changed since the project was saved");
        }
    }
    for (const FileReference &run : opened.project.runs) {
        if (!fs::is_regular_file(run.path, ignored))
            opened.warnings.push_back("the recording '" + run.path.string() + "' is not there");
    }
    return {};
}

} // namespace

OrderedJson projectToJson(const Project &project, const fs::path &folder) { return toJson(project, folder); }

Expected<Project> projectFromJson(const nlohmann::json &document, const fs::path &folder, const std::string &what)
{
    auto opened = Reader(what, folder).read(document);
    NORDLYS_TRY(opened);
    return std::move(opened->project);
}

Expected<OpenedProject> openProject(const fs::path &path, const OpenProjectOptions &options, const JobContext &job)
{
    auto text = readTextFile(path, kMaxFile);
    NORDLYS_TRY(text);
    auto folder = folderOf(path);
    NORDLYS_TRY(folder);
    auto document = parseJsonText(*text, path.string());
    NORDLYS_TRY(document);
    auto opened = Reader(path, *std::move(folder)).read(*document);
    NORDLYS_TRY(opened);
    opened->fileSha256 = sha256Hex(std::as_bytes(std::span(*text)));
    NORDLYS_TRY(checkFiles(*opened, path, options, job));
    return opened;
}

Expected<std::string> modelFileSha256(const fs::path &path, const JobContext &job)
{
    auto model = openModel(path, {}, job);
    return model ? modelSha256(**model, job) : sha256OfFile(path, job.stop);
}

std::vector<fs::path> findModel(const Project &project, const fs::path &projectPath, const JobContext &job)
{
    constexpr int kDepth = 3, kEntries = 2000;
    std::vector<fs::path> found;
    auto folder = folderOf(projectPath);
    if (!folder || project.model.sha256.empty())
        return found;
    std::error_code error;
    int seen = 0;
    fs::recursive_directory_iterator it(*folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && it != fs::recursive_directory_iterator() && ++seen <= kEntries && !job.stopRequested(); it.increment(error)) {
        if (it.depth() >= kDepth)
            it.disable_recursion_pending();
        std::error_code ignored;
        if (!it->is_regular_file(ignored) || it->path().extension() != project.model.path.extension() ||
            fs::equivalent(it->path(), project.model.path, ignored))
            continue;
        auto hash = sha256OfFile(it->path(), job.stop);
        // A model with external data has a hash over several files; opening every file here would take too long.
        if (hash && *hash != project.model.sha256 && it->path().filename() == project.model.path.filename())
            hash = modelFileSha256(it->path(), job);
        if (hash && *hash == project.model.sha256)
            found.push_back(it->path());
    }
    return found;
}

Expected<std::string> saveProject(const Project &project, const fs::path &path)
{
    if (project.model.path.empty())
        return badInput(path.string(), "a project without a model cannot be saved");
    for (const auto &[tensor, entry] : project.edits.encodings.entries)
        NORDLYS_TRY(checkEncoding(entry.encoding, tensor));
    auto folder = folderOf(path);
    NORDLYS_TRY(folder);
    std::string text;
    try {
        print(toJson(project, *folder), 0, text);
        text += '\n';
    } catch (const nlohmann::json::exception &) {
        return badInput(path.string(), "a path or name of the project is no UTF-8 text");
    }
    NORDLYS_TRY(writeFileAtomically(path, std::string_view(text)));
    return sha256Hex(std::as_bytes(std::span(text)));
}

} // namespace nordlys::core
