// SPDX-License-Identifier: Apache-2.0
#include "encoding_file.h"

#include "encoding_entry.h"
#include "quantizable.h"

#include <core/base/atomic_file.h>
#include <core/base/json_text.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace nordlys::core {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxFile = std::size_t(64) << 20;
constexpr std::size_t kMaxChannels = std::size_t(1) << 20;

/// Numbers that stand beside the tensors: used where an entry leaves its bitwidth out.
struct Defaults {
    int activationBits = 8, parameterBits = 8;
};

class Reader {
public:
    Reader(std::string what, const Graph *graph) : m_what(std::move(what))
    {
        if (!graph)
            return;
        for (const QuantizableTensor &item : quantizableTensors(*graph))
            m_axes.emplace(graph->nameOf(item.tensor), item.kind == QuantizableKind::Bias ? 0 : item.channelAxis);
    }

    Expected<EncodingFile> read(std::string_view text)
    {
        while (text.starts_with("//") || text.starts_with("\xef\xbb\xbf")) {
            const bool isComment = text.front() == '/';
            text.remove_prefix(isComment ? std::min(text.find('\n'), text.size()) : 3);
            while (!text.empty() && (text.front() == '\n' || text.front() == '\r'))
                text.remove_prefix(1);
            if (isComment)
                m_file.notes.emplace_back("the file begins with a comment line, which is no JSON");
        }
        auto document = parseJsonText(text, m_what);
        NORDLYS_TRY(document);
        if (!document->is_object())
            return badInput(m_what, "an encodings file is a JSON object");
        NORDLYS_TRY(readVersion(*document));
        readDefaults(*document);
        const bool hasActivations = document->contains("activation_encodings"),
                   hasParameters = document->contains("param_encodings");
        if (!hasActivations && !hasParameters)
            return badInput(m_what, "it has neither 'activation_encodings' nor 'param_encodings'");
        if (hasActivations)
            NORDLYS_TRY(readSection((*document)["activation_encodings"], "activation_encodings", EncodingKind::Activation));
        if (hasParameters)
            NORDLYS_TRY(readSection((*document)["param_encodings"], "param_encodings", EncodingKind::Parameter));
        for (const std::string &key : m_unknown)
            m_file.notes.push_back("the key '" + key + "' is not known and was ignored");
        return std::move(m_file);
    }

private:
    Error wrong(const std::string &tensor, std::string why) const
    {
        return badInput(m_what + ", tensor '" + tensor.substr(0, 300) + "'", std::move(why));
    }

    Expected<void> readVersion(const json &document)
    {
        const auto it = document.find("version");
        if (it == document.end()) {
            m_file.version = "0.4.0";
        } else if (it->is_string()) {
            m_file.version = it->get<std::string>().substr(0, 32);
        } else {
            return badInput(m_what, "'version' is no string");
        }
        static constexpr std::string_view kKnown[] = {"0.4.0", "0.5.0", "0.6.0", "0.6.1", "1.0.0"};
        if (std::find(std::begin(kKnown), std::end(kKnown), m_file.version) == std::end(kKnown)) {
            return notSupported(m_what,
                                "encodings version '" + m_file.version + "' is not read (0.4.0, 0.5.0, 0.6.1 and 1.0.0 are)",
                                "Export them again with version 0.6.1.");
        }
        for (const auto &[key, value] : document.items()) {
            if (key != "version" && key != "activation_encodings" && key != "param_encodings" && key != "quantizer_args" &&
                key != "excluded_layers" && key != "producer")
                noteUnknown(key);
        }
        return {};
    }

    void readDefaults(const json &document)
    {
        const auto arguments = document.find("quantizer_args");
        if (arguments == document.end() || !arguments->is_object())
            return;
        const auto take = [&](const char *key, int &bits) {
            const auto it = arguments->find(key);
            if (it != arguments->end() && it->is_number_integer() && *it >= 4 && *it <= 32)
                bits = it->get<int>();
        };
        take("activation_bitwidth", m_defaults.activationBits);
        take("param_bitwidth", m_defaults.parameterBits);
    }

    void noteUnknown(const std::string &key)
    {
        if (m_unknown.size() < 20)
            m_unknown.insert(key.substr(0, 100));
    }

    Expected<void> readSection(const json &section, const std::string &name, EncodingKind kind)
    {
        if (section.is_object() && m_file.version != "1.0.0") {
            for (const auto &[tensor, value] : section.items())
                NORDLYS_TRY(readDictionaryEntry(tensor, value, kind));
            return {};
        }
        if (section.is_array() && m_file.version == "1.0.0") {
            for (const json &value : section)
                NORDLYS_TRY(readListEntry(value, name, kind));
            return {};
        }
        return badInput(m_what, "'" + name + "' is " +
                                    (section.is_array()    ? "a list"
                                     : section.is_object() ? "an object"
                                                           : "neither list nor object") +
                                    ", which version " + m_file.version + " does not have");
    }

    Expected<void> insert(const std::string &tensor, EncodingKind kind, Encoding encoding)
    {
        if (encoding.grids.size() > 1) {
            const auto known = m_axes.find(tensor);
            encoding.axis = known != m_axes.end() && known->second >= 0 ? known->second : 0;
        }
        NORDLYS_TRY(checkEncoding(encoding, tensor));
        if (!m_file.set.entries.emplace(tensor, EncodingEntry{kind, std::move(encoding), false}).second)
            return wrong(tensor, "it has two entries");
        return {};
    }

    Expected<std::optional<double>> number(const json &entry, const char *key, const std::string &tensor) const
    {
        const auto it = entry.find(key);
        if (it == entry.end())
            return std::optional<double>();
        if (!it->is_number())
            return wrong(tensor, std::string("'") + key + "' is no number");
        return std::optional(it->get<double>());
    }

    Expected<std::int64_t> wholeNumber(const json &value, const std::string &key, const std::string &tensor) const
    {
        if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
            return wrong(tensor, "'" + key + "' is too large");
        if (value.is_number_integer())
            return value.get<std::int64_t>();
        const double real = value.is_number() ? value.get<double>() : 0.5;
        if (std::trunc(real) != real || std::abs(real) > 9e15)
            return wrong(tensor, "'" + key + "' is no integer");
        return static_cast<std::int64_t>(real);
    }

    Expected<bool> flag(const json &value, const std::string &key, const std::string &tensor) const
    {
        if (value.is_boolean())
            return value.get<bool>();
        const std::string text = value.is_string() ? value.get<std::string>() : std::string();
        if (text == "True" || text == "true")
            return true;
        if (text == "False" || text == "false")
            return false;
        return wrong(tensor, "'" + key + "' is neither True nor False");
    }

    Expected<int> bitwidth(const json &entry, const char *key, const std::string &tensor, EncodingKind kind)
    {
        const auto it = entry.find(key);
        if (it == entry.end()) {
            const int bits = kind == EncodingKind::Activation ? m_defaults.activationBits : m_defaults.parameterBits;
            m_file.repaired.push_back({tensor, fmt::format("it states no bitwidth; {} was taken", bits)});
            return bits;
        }
        auto bits = wholeNumber(*it, key, tensor);
        NORDLYS_TRY(bits);
        if (*bits < 4 || *bits > 32)
            return wrong(tensor, fmt::format("a bitwidth of {} is outside 4 to 32", *bits));
        return static_cast<int>(*bits);
    }

    /// Head of an entry: everything but the grids.
    Expected<Encoding> readHead(const json &value, const std::string &tensor, EncodingKind kind, const char *bitsKey,
                                const char *symmetricKey)
    {
        Encoding encoding;
        auto bits = bitwidth(value, bitsKey, tensor, kind);
        NORDLYS_TRY(bits);
        encoding.bitwidth = *bits;
        if (const auto it = value.find("dtype"); it != value.end()) {
            const std::string dtype = it->is_string() ? it->get<std::string>() : std::string();
            if (dtype != "int" && dtype != "float" && dtype != "INT" && dtype != "FLOAT")
                return wrong(tensor, "'dtype' is neither int nor float");
            encoding.isFloat = dtype == "float" || dtype == "FLOAT";
        }
        if (const auto it = value.find(symmetricKey); it != value.end() && !encoding.isFloat) {
            auto symmetric = flag(*it, symmetricKey, tensor);
            NORDLYS_TRY(symmetric);
            encoding.symmetric = *symmetric;
        }
        return encoding;
    }

    Expected<void> addGrid(Encoding &encoding, const StatedGrid &stated, const std::string &tensor)
    {
        auto completed = completeGrid(stated, encoding.bitwidth, encoding.symmetric);
        if (!completed)
            return wrong(tensor, completed.error().why);
        if (!completed->repair.empty()) {
            std::string what = encoding.grids.empty() ? completed->repair
                                                      : fmt::format("channel {}: {}", encoding.grids.size(), completed->repair);
            const bool repeated =
                !m_file.repaired.empty() && m_file.repaired.back().tensor == tensor && encoding.grids.size() > 1;
            if (!repeated) // the first two channels speak for the rest
                m_file.repaired.push_back({tensor, std::move(what)});
        }
        encoding.grids.push_back(completed->grid);
        return {};
    }

    Expected<void> readDictionaryEntry(const std::string &tensor, const json &value, EncodingKind kind)
    {
        if (value.is_object() && (value.contains("input") || value.contains("output"))) {
            return notSupported(m_what, "this is the torch flavour (entries by module, not by tensor)",
                                "Use the .encodings file that was exported beside the ONNX model.");
        }
        if (value.is_object()) {
            m_file.repaired.push_back({tensor, "a single object stands where a list is expected"});
            return readGrids(tensor, json::array({value}), kind);
        }
        if (!value.is_array() || value.empty())
            return wrong(tensor, "its entry is no list of encodings");
        return readGrids(tensor, value, kind);
    }

    Expected<void> readGrids(const std::string &tensor, const json &list, EncodingKind kind)
    {
        if (list.size() > kMaxChannels)
            return wrong(tensor, "it has more than a million channels");
        Encoding whole;
        bool isFirst = true;
        for (const json &item : list) {
            if (!item.is_object())
                return wrong(tensor, "an encoding is no object");
            for (const auto &[key, ignored] : item.items()) {
                static const std::set<std::string> known{"bitwidth", "dtype", "is_symmetric", "min", "max", "scale", "offset"};
                if (!known.contains(key))
                    noteUnknown(key);
            }
            auto head = readHead(item, tensor, kind, "bitwidth", "is_symmetric");
            NORDLYS_TRY(head);
            if (isFirst)
                whole = *head;
            else if (head->bitwidth != whole.bitwidth || head->isFloat != whole.isFloat || head->symmetric != whole.symmetric)
                return wrong(tensor, "its channels differ in bitwidth, dtype or is_symmetric");
            isFirst = false;
            if (whole.isFloat)
                continue;
            StatedGrid stated;
            for (const auto &[key, target] :
                 {std::pair("min", &stated.min), std::pair("max", &stated.max), std::pair("scale", &stated.scale)}) {
                auto read = number(item, key, tensor);
                NORDLYS_TRY(read);
                *target = *read;
            }
            if (const auto it = item.find("offset"); it != item.end()) {
                auto offset = wholeNumber(*it, "offset", tensor);
                NORDLYS_TRY(offset);
                stated.offset = *offset;
            }
            NORDLYS_TRY(addGrid(whole, stated, tensor));
        }
        return insert(tensor, kind, std::move(whole));
    }

    /// Version 1.0.0: flat arrays of scales and offsets.
    Expected<void> readListEntry(const json &value, const std::string &section, EncodingKind kind)
    {
        if (!value.is_object() || !value.contains("name") || !value["name"].is_string())
            return badInput(m_what, "an entry of '" + section + "' has no name");
        const std::string tensor = value["name"].get<std::string>();
        for (const auto &[key, ignored] : value.items()) {
            static const std::set<std::string> known{"name", "enc_type", "dtype", "bw", "is_sym", "scale", "offset"};
            if (!known.contains(key))
                noteUnknown(key);
        }
        auto encoding = readHead(value, tensor, kind, "bw", "is_sym");
        NORDLYS_TRY(encoding);
        const std::string type =
            value.value("enc_type", json("PER_TENSOR")).is_string() ? value.value("enc_type", std::string("PER_TENSOR")) : "?";
        if (type != "PER_TENSOR" && type != "PER_CHANNEL")
            return notSupported(m_what + ", tensor '" + tensor.substr(0, 300) + "'",
                                "encodings of type " + type.substr(0, 32) + " are not read");
        if (encoding->isFloat)
            return insert(tensor, kind, *std::move(encoding));
        const auto scales = value.find("scale"), offsets = value.find("offset");
        if (scales == value.end() || offsets == value.end() || !scales->is_array() || !offsets->is_array() ||
            scales->size() != offsets->size() || scales->empty() || scales->size() > kMaxChannels ||
            (type == "PER_TENSOR" && scales->size() != 1))
            return wrong(tensor, "'scale' and 'offset' are no lists of the same, fitting length");
        for (std::size_t i = 0; i < scales->size(); ++i) {
            if (!(*scales)[i].is_number())
                return wrong(tensor, "'scale' is no number");
            auto offset = wholeNumber((*offsets)[i], "offset", tensor);
            NORDLYS_TRY(offset);
            StatedGrid stated;
            stated.scale = (*scales)[i].get<double>();
            stated.offset = *offset;
            NORDLYS_TRY(addGrid(*encoding, stated, tensor));
        }
        return insert(tensor, kind, *std::move(encoding));
    }

    std::string m_what;
    std::map<std::string, int, std::less<>> m_axes;
    Defaults m_defaults;
    EncodingFile m_file;
    std::set<std::string> m_unknown;
};

} // namespace

Expected<EncodingFile> readEncodings(const std::filesystem::path &path, const Graph *graph)
{
    auto text = readTextFile(path, kMaxFile);
    NORDLYS_TRY(text);
    return Reader(path.string(), graph).read(*text);
}

} // namespace nordlys::core
