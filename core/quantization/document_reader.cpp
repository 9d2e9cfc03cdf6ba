// SPDX-License-Identifier: Apache-2.0
#include "encoding_document.h"

#include "dialects/entry_forms.h"

#include <core/base/atomic_file.h>
#include <core/base/json_text.h>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

namespace nordlys::core {

using nlohmann::json;

namespace {

constexpr std::size_t kMaxFile = std::size_t(512) << 20;
constexpr std::string_view kActivations = "activation_encodings", kParameters = "param_encodings";

bool isBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

} // namespace

/// Fills a document from its text.
class DocumentReader {
public:
    DocumentReader(std::string text, const std::string &what, const Graph *graph) : m_context(std::make_shared<EntryContext>(graph)), m_hasGraph(graph)
    {
        m_document.m_text = std::move(text);
        m_document.m_what = what;
    }

    Expected<EncodingDocument> read()
    {
        if (m_document.m_text.size() > kMaxFile)
            return badInput(what(), "it has more than 512 MB");
        NORDLYS_TRY(readTop());
        NORDLYS_TRY(readVersion());
        NORDLYS_TRY(findSections());
        NORDLYS_TRY(settleDialect());
        readDefaults();
        for (auto &section : m_document.m_sections)
            readSection(section);
        for (const std::string &key : m_context->unknownKeys)
            note("the key '" + key + "' is not known and was ignored");
        if (isDictionary(m_document.m_dialect) || m_document.m_dialect == EncodingDialect::List100)
            noteAxes();
        m_document.m_context = m_context;
        return std::move(m_document);
    }

private:
    [[nodiscard]] std::string_view text() const { return m_document.m_text; }
    [[nodiscard]] const std::string &what() const { return m_document.m_what; }
    void note(std::string words) { m_document.m_notes.push_back(std::move(words)); }

    Expected<void> readTop()
    {
        std::size_t at = 0;
        while (text().substr(at).starts_with("//") || text().substr(at).starts_with("\xef\xbb\xbf")) {
            const bool isComment = text()[at] == '/';
            at = isComment ? std::min(text().find('\n', at), text().size()) : at + 3;
            at = std::min(text().find_first_not_of(" \t\r\n", at), text().size());
            if (isComment)
                note("the file begins with a comment line, which is no JSON");
        }
        if (isBlank(text().substr(at)))
            return badInput(what(), "this is no JSON (it is empty)");
        auto top = scanContainer(text(), at, what());
        NORDLYS_TRY(top);
        if (!top->isObject)
            return badInput(what(), "an encodings file is a JSON object");
        if (!isBlank(text().substr(top->whole.end)))
            return badInput(what(), "this is no JSON (something stands behind the last bracket)");
        std::set<std::string_view> keys;
        for (const JsonMember &member : top->members) {
            if (!keys.insert(member.key).second)
                return badInput(what(), "the key '" + member.key.substr(0, 200) + "' stands twice in one object");
        }
        m_document.m_top = *std::move(top);
        return {};
    }

    Expected<void> readVersion()
    {
        const JsonMember *member = m_document.m_top.find("version");
        if (member == nullptr)
            return {};
        auto value = parseJsonText(member->value.of(text()), what());
        NORDLYS_TRY(value);
        if (!value->is_string())
            return badInput(what(), "'version' is no string");
        m_document.m_version = value->get<std::string>().substr(0, 32);
        if (m_document.m_version == "0.6.0")
            m_stated = EncodingDialect::Dictionary061;
        else
            m_stated = dialectFromName(m_document.m_version);
        if (!m_stated || *m_stated == EncodingDialect::Seed || !isWritable(*m_stated))
            return notSupported(what(),
                                "encodings version '" + m_document.m_version + "' is not read (0.4.0, 0.5.0, 0.6.1, 1.0.0, 2.0.0 and 2.1.0 are)",
                                "Export them again with one of these versions.");
        return {};
    }

    Expected<void> addSection(const JsonMember &member, EncodingKind kind, bool isKindKnown)
    {
        const char first = member.value.of(text()).front();
        if (first != '{' && first != '[')
            return badInput(what(), "'" + member.key.substr(0, 100) + "' is neither object nor list");
        auto container = scanContainer(text(), member.value.begin, what());
        NORDLYS_TRY(container);
        EncodingDocument::Section section;
        section.member = static_cast<std::size_t>(&member - m_document.m_top.members.data());
        section.kind = kind;
        section.isKindKnown = isKindKnown;
        section.container = *std::move(container);
        m_document.m_sections.push_back(std::move(section));
        return {};
    }

    Expected<void> findSections()
    {
        const JsonContainer &top = m_document.m_top;
        const JsonMember *activations = top.find(kActivations), *parameters = top.find(kParameters);
        if (activations != nullptr)
            NORDLYS_TRY(addSection(*activations, EncodingKind::Activation, true));
        if (parameters != nullptr)
            NORDLYS_TRY(addSection(*parameters, EncodingKind::Parameter, true));
        if (!m_document.m_sections.empty()) {
            for (const JsonMember &member : top.members) {
                static const std::set<std::string, std::less<>> known{"version",       "activation_encodings", "param_encodings", "quantizer_args", "excluded_layers",
                                                                      "producer",      "activation_bitwidth",  "param_bitwidth",  "bias_bitwidth"};
                if (!known.contains(member.key) && m_context->unknownKeys.size() < 20)
                    m_context->unknownKeys.insert(member.key.substr(0, 100));
            }
            return {};
        }
        if (const JsonMember *graph = top.find("graph"); graph != nullptr && !m_stated && graph->value.of(text()).starts_with('{')) {
            auto inner = scanContainer(text(), graph->value.begin, what());
            NORDLYS_TRY(inner);
            const JsonMember *tensors = inner->find("tensors");
            if (tensors != nullptr && tensors->value.of(text()).starts_with('{')) {
                m_stated = EncodingDialect::NetJson;
                const std::size_t begin = tensors->value.begin;
                auto container = scanContainer(text(), begin, what());
                NORDLYS_TRY(container);
                EncodingDocument::Section section;
                section.member = static_cast<std::size_t>(graph - top.members.data());
                section.container = *std::move(container);
                m_document.m_sections.push_back(std::move(section));
                return {};
            }
        }
        // One list for everything: by its name, or the only one there is.
        const JsonMember *only = top.find("encodings");
        if (only == nullptr) {
            const auto isList = [&](const JsonMember &member) { return member.value.of(text()).starts_with('[') && member.key != "excluded_layers"; };
            if (std::ranges::count_if(top.members, isList) == 1)
                only = &*std::ranges::find_if(top.members, isList);
        }
        if (only == nullptr || !only->value.of(text()).starts_with('['))
            return badInput(what(), "it has neither 'activation_encodings' nor 'param_encodings'");
        return addSection(*only, EncodingKind::Activation, false);
    }

    /// The first entry of the file that parses; null: none.
    /// The first one that says something: a torch module without quantized tensors is an empty object.
    json firstEntry() const
    {
        json empty;
        for (const auto &section : m_document.m_sections) {
            for (const JsonMember &member : section.container.members) {
                auto value = parseJsonText(member.value.of(text()), what());
                if (value && !value->empty())
                    return *std::move(value);
                if (value && empty.is_null())
                    empty = *std::move(value);
            }
        }
        return empty;
    }

    Expected<void> settleDialect()
    {
        const bool isList = std::ranges::any_of(m_document.m_sections, [](const auto &section) { return !section.container.isObject; });
        const bool isObject = std::ranges::any_of(m_document.m_sections, [](const auto &section) { return section.container.isObject; });
        if (isList && isObject)
            return badInput(what(), "one of its sections is a list, another an object");
        if (m_stated == EncodingDialect::NetJson) {
            m_document.m_dialect = EncodingDialect::NetJson;
            m_document.m_version = "net.json";
            return {};
        }
        const json first = firstEntry();
        EncodingDialect byForm = EncodingDialect::Dictionary040;
        if (isList)
            byForm = first.is_object() && (first.contains("output_dtype") || first.contains("y_scale")) ? EncodingDialect::Onnx200 : EncodingDialect::List100;
        else if (isTorchModule(first))
            byForm = EncodingDialect::Torch;
        else if (first.is_object() && !m_stated)
            byForm = EncodingDialect::Seed;
        const bool fits = m_stated && (isOnnxLike(*m_stated) ? isList && (first.is_null() || isOnnxLike(byForm))
                                       : *m_stated == EncodingDialect::List100 ? isList && byForm == EncodingDialect::List100
                                                                               : !isList && byForm != EncodingDialect::Torch);
        m_document.m_dialect = fits ? *m_stated : byForm;
        if (m_stated && !fits && byForm != EncodingDialect::Torch)
            note("the version says " + m_document.m_version + ", the form is that of " + std::string(nameOf(byForm)) + " and was read so");
        if (byForm == EncodingDialect::Torch && m_document.m_dialect == byForm)
            note("this is the torch flavour (activations by module, not by tensor), which converters do not take: it can be read, not written");
        if (m_document.m_version.empty())
            m_document.m_version = isDictionary(m_document.m_dialect) ? "0.4.0" : std::string(nameOf(m_document.m_dialect));
        if (!m_stated && isList)
            note("it states no version; its form is that of " + std::string(nameOf(byForm)));
        return {};
    }

    void readDefaults()
    {
        const auto take = [](const json &object, const char *key, int &bits) {
            const auto it = object.find(key);
            if (it != object.end() && it->is_number_integer() && *it >= 4 && *it <= 32)
                bits = it->get<int>();
        };
        json defaults = json::object();
        for (const char *key : {"activation_bitwidth", "param_bitwidth"}) {
            if (const JsonMember *member = m_document.m_top.find(key)) {
                if (auto value = parseJsonText(member->value.of(text()), what()))
                    defaults[key] = *value;
            }
        }
        if (const JsonMember *member = m_document.m_top.find("quantizer_args")) {
            auto value = parseJsonText(member->value.of(text()), what());
            if (value && value->is_object())
                defaults.update(*value);
        }
        take(defaults, "activation_bitwidth", m_context->activationBits);
        take(defaults, "param_bitwidth", m_context->parameterBits);
    }

    void readSection(EncodingDocument::Section &section)
    {
        for (const JsonMember &member : section.container.members) {
            section.entries.push_back(m_document.m_entries.size());
            DocumentEntry entry;
            entry.tensor = member.key;
            entry.kind = section.kind;
            entry.text = member.whole;
            auto value = parseJsonText(member.value.of(text()), "entry");
            if (!value) {
                entry.problem = value.error().why;
                add(std::move(entry));
            } else if (m_document.m_dialect == EncodingDialect::Torch && section.kind == EncodingKind::Activation) {
                readModule(entry, *value);
            } else {
                readEntry(entry, *value, section.isKindKnown);
            }
        }
    }

    void readModule(const DocumentEntry &module, const json &value)
    {
        auto leaves = torchLeaves(module.tensor, value);
        if (!leaves) {
            DocumentEntry entry = module;
            entry.problem = leaves.error().why;
            add(std::move(entry));
            return;
        }
        for (const auto &[name, leaf] : *leaves) {
            DocumentEntry entry = module;
            entry.tensor = name;
            finish(entry, readDictionaryEntry(leaf, name, entry.kind, EncodingDialect::Seed, started()));
        }
    }

    void readEntry(DocumentEntry &entry, const json &value, bool isKindKnown)
    {
        const EncodingDialect dialect = m_document.m_dialect;
        if (dialect == EncodingDialect::NetJson) {
            auto read = readNetTensor(value, started());
            if (!read) {
                finish(entry, std::move(read.error()));
            } else if (*read) {
                entry.kind = (*read)->kind;
                finish(entry, (*read)->encoding);
            }
            return; // a tensor that is not quantized is no entry
        }
        if (isDictionary(dialect) || dialect == EncodingDialect::Torch)
            return finish(entry, readDictionaryEntry(value, entry.tensor, entry.kind, dialect, started()));
        const auto name = value.is_object() ? value.find("name") : value.end();
        if (!value.is_object() || name == value.end() || !name->is_string())
            return finish(entry, wrongEntry("it has no name"));
        entry.tensor = name->get<std::string>();
        if (dialect == EncodingDialect::List100)
            return finish(entry, readListEntry(value, entry.tensor, entry.kind, started()));
        auto encoding = readOnnxEntry(value, entry.tensor, started());
        if (encoding && !isKindKnown) {
            const TensorFacts *facts = m_context->factsOf(entry.tensor);
            entry.kind = facts != nullptr ? facts->kind : guessedKind(*encoding);
        }
        finish(entry, std::move(encoding));
    }

    EntryContext &started()
    {
        m_context->begin();
        return *m_context;
    }

    void finish(DocumentEntry &entry, Expected<Encoding> encoding)
    {
        if (encoding) {
            if (auto sound = checkEncoding(*encoding, entry.tensor); !sound)
                encoding = std::move(sound.error());
        }
        if (!encoding)
            entry.problem = encoding.error().why;
        else if (m_names.contains(entry.tensor))
            entry.problem = "it has two entries; the first one counts";
        else
            entry.encoding = *std::move(encoding);
        if (entry.encoding) {
            entry.repairs = m_context->repairs;
            entry.contradicts = m_context->contradicts;
            m_names.insert(entry.tensor);
        }
        add(std::move(entry));
    }

    void add(DocumentEntry entry) { m_document.m_entries.push_back(std::move(entry)); }

    void noteAxes()
    {
        if (m_hasGraph)
            return;
        const auto hasAxis = [](const DocumentEntry &entry) { return entry.encoding && (entry.encoding->axis >= 0 || entry.encoding->isBlockwise()); };
        if (std::ranges::any_of(m_document.m_entries, hasAxis))
            note("this dialect does not state the axis of channels; without a model, axis 0 was taken");
    }

    EncodingDocument m_document;
    std::shared_ptr<EntryContext> m_context;
    bool m_hasGraph;
    std::optional<EncodingDialect> m_stated;
    std::unordered_set<std::string> m_names;
};

Expected<EncodingDocument> EncodingDocument::parse(std::string text, const std::string &what, const Graph *graph)
{
    return DocumentReader(std::move(text), what, graph).read();
}

Expected<EncodingDocument> EncodingDocument::read(const std::filesystem::path &path, const Graph *graph)
{
    auto text = readTextFile(path, kMaxFile);
    NORDLYS_TRY(text);
    return parse(*std::move(text), path.string(), graph);
}

} // namespace nordlys::core
