// SPDX-License-Identifier: Apache-2.0
#include "encoding_document.h"

#include "dialects/entry_forms.h"

#include <core/base/json_text.h>

#include <fmt/format.h>

namespace nordlys::core {

namespace {

Expected<std::string> entryText(EncodingDialect dialect, const std::string &tensor, const Encoding &encoding, const TensorFacts *facts,
                                std::string_view previous)
{
    auto text = isDictionary(dialect)                ? dictionaryMember(tensor, encoding, dialect, previous)
                : dialect == EncodingDialect::List100 ? listElement(tensor, encoding, previous)
                                                      : onnxElement(tensor, encoding, facts, previous);
    if (!text)
        text.error().what = "encoding of '" + tensor.substr(0, 300) + "'";
    return text;
}

/// What would be lost in an edit is refused; what a dialect never says and readers take for granted is not looked at here.
Expected<void> checkSayable(EncodingDialect dialect, const std::string &tensor, const EncodingEntry &entry)
{
    for (const EncodingLoss &loss : lossesIn(dialect, tensor, entry)) {
        if (loss.omitted)
            return notSupported("encoding of '" + tensor.substr(0, 300) + "'", "the dialect " + std::string(nameOf(dialect)) + " cannot say it: " + loss.what,
                                "Convert the file to another dialect.");
    }
    return {};
}

} // namespace

EncodingSet EncodingDocument::set() const
{
    EncodingSet result;
    for (const DocumentEntry &entry : m_entries) {
        if (entry.encoding)
            result.entries.emplace(entry.tensor, EncodingEntry{entry.kind, *entry.encoding, false});
    }
    return result;
}

Expected<std::string> EncodingDocument::textWith(const EncodingSet &wanted) const
{
    std::map<std::string_view, const DocumentEntry *> standing; // understood, or else the first of the name
    for (const DocumentEntry &entry : m_entries) {
        const auto [it, isNew] = standing.emplace(entry.tensor, &entry);
        if (!isNew && !it->second->encoding && entry.encoding)
            it->second = &entry;
    }
    const auto says = [&](const DocumentEntry &entry, const EncodingEntry &target) { return entry.encoding && *entry.encoding == target.encoding; };
    std::vector<ContainerEdit> edits(m_sections.size());
    bool isEdited = false;
    for (std::size_t s = 0; s < m_sections.size(); ++s) {
        const Section &section = m_sections[s];
        edits[s].replaced.resize(section.container.members.size());
        edits[s].removed.resize(section.container.members.size());
        for (std::size_t m = 0; m < section.entries.size(); ++m) {
            const std::size_t next = m + 1 < section.entries.size() ? section.entries[m + 1]
                                     : s + 1 < m_sections.size() && !m_sections[s + 1].entries.empty() ? m_sections[s + 1].entries.front()
                                                                                                       : m_entries.size();
            if (section.entries[m] >= next)
                continue; // a tensor that is not quantized
            const DocumentEntry &entry = m_entries[section.entries[m]];
            const EncodingEntry *target = wanted.find(entry.tensor);
            const DocumentEntry &counted = *standing.at(entry.tensor);
            if (target == nullptr) { // with what stood behind it under the same name and would count now
                edits[s].removed[m] = counted.encoding.has_value();
                isEdited = isEdited || edits[s].removed[m];
                continue;
            }
            if (&counted != &entry || says(entry, *target))
                continue;
            isEdited = true;
            NORDLYS_TRY(checkEncoding(target->encoding, entry.tensor));
            NORDLYS_TRY(checkSayable(m_dialect, entry.tensor, *target));
            if (!isWritable(m_dialect))
                break;
            const JsonMember &member = section.container.members[m];
            const std::string_view old = member.value.of(m_text);
            auto text = entryText(m_dialect, entry.tensor, target->encoding, m_context->factsOf(entry.tensor), entry.encoding ? old : std::string_view());
            NORDLYS_TRY(text);
            if (isDictionary(m_dialect)) // the key and the space behind it stay
                *text = std::string(m_text.substr(member.whole.begin, member.value.begin - member.whole.begin)) + text->substr(jsonQuoted(entry.tensor).size() + 2);
            edits[s].replaced[m] = *std::move(text);
        }
    }
    std::map<EncodingKind, std::vector<std::string>> homeless; // their section is not in the file
    for (const auto &[tensor, target] : wanted.entries) {
        if (standing.contains(tensor))
            continue;
        isEdited = true;
        if (!isWritable(m_dialect))
            break;
        NORDLYS_TRY(checkEncoding(target.encoding, tensor));
        NORDLYS_TRY(checkSayable(m_dialect, tensor, target));
        auto text = entryText(m_dialect, tensor, target.encoding, m_context->factsOf(tensor), {});
        NORDLYS_TRY(text);
        std::size_t s = 0;
        while (s < m_sections.size() && m_sections[s].isKindKnown && m_sections[s].kind != target.kind)
            ++s;
        (s < m_sections.size() ? edits[s].added : homeless[target.kind]).push_back(*std::move(text));
    }
    if (!isEdited)
        return m_text;
    if (!isWritable(m_dialect))
        return notSupported(m_what, "files of the form " + std::string(nameOf(m_dialect)) + " are read, not written", "Convert it to another dialect.");
    ContainerEdit top;
    top.replaced.resize(m_top.members.size());
    for (std::size_t s = 0; s < m_sections.size(); ++s) {
        const JsonMember &member = m_top.members[m_sections[s].member];
        top.replaced[m_sections[s].member] =
            std::string(m_text.substr(member.whole.begin, member.value.begin - member.whole.begin)) + editedContainer(m_text, m_sections[s].container, edits[s]);
    }
    for (const auto &[kind, texts] : homeless) {
        std::string section = kind == EncodingKind::Activation ? "\"activation_encodings\": " : "\"param_encodings\": ";
        section += isDictionary(m_dialect) ? '{' : '[';
        for (std::size_t i = 0; i < texts.size(); ++i)
            section += (i > 0 ? ",\n    " : "\n    ") + texts[i];
        top.added.push_back(section + "\n  " + (isDictionary(m_dialect) ? '}' : ']'));
    }
    return m_text.substr(0, m_top.whole.begin) + editedContainer(m_text, m_top, top) + m_text.substr(m_top.whole.end);
}

} // namespace nordlys::core
