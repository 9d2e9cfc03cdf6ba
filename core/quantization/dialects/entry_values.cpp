// SPDX-License-Identifier: Apache-2.0
#include "entry_values.h"

#include "../quantizable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nordlys::core {

using nlohmann::json;

EntryContext::EntryContext(const Graph *graph)
{
    if (!graph)
        return;
    for (const QuantizableTensor &item : quantizableTensors(*graph)) {
        TensorFacts facts;
        facts.kind = item.kind == QuantizableKind::Activation ? EncodingKind::Activation : EncodingKind::Parameter;
        facts.channelAxis = item.channelAxis;
        if (const auto &shape = graph->tensor(item.tensor).shape)
            facts.dims = knownDims(*shape);
        m_facts.emplace(graph->nameOf(item.tensor), std::move(facts));
    }
}

const TensorFacts *EntryContext::factsOf(std::string_view tensor) const
{
    const auto it = m_facts.find(tensor);
    return it == m_facts.end() ? nullptr : &it->second;
}

int EntryContext::channelAxisOf(std::string_view tensor) const
{
    const TensorFacts *facts = factsOf(tensor);
    return facts != nullptr && facts->channelAxis >= 0 ? facts->channelAxis : 0;
}

void EntryContext::noteUnknownKeys(const json &entry, std::initializer_list<std::string_view> known)
{
    for (const auto &[key, ignored] : entry.items()) {
        if (std::ranges::find(known, key) == known.end() && unknownKeys.size() < 20)
            unknownKeys.insert(key.substr(0, 100));
    }
}

Error wrongEntry(std::string why) { return badInput("encoding", std::move(why)); }

Expected<std::optional<double>> entryNumber(const json &entry, const char *key)
{
    const auto it = entry.find(key);
    if (it == entry.end())
        return std::optional<double>();
    if (!it->is_number())
        return wrongEntry(std::string("'") + key + "' is no number");
    return std::optional(it->get<double>());
}

Expected<std::int64_t> entryInteger(const json &value, const std::string &key)
{
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        return wrongEntry("'" + key + "' is too large");
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    const double real = value.is_number() ? value.get<double>() : 0.5;
    if (std::trunc(real) != real || std::abs(real) > 9e15)
        return wrongEntry("'" + key + "' is no integer");
    return static_cast<std::int64_t>(real);
}

Expected<bool> entryFlag(const json &value, const std::string &key)
{
    if (value.is_boolean())
        return value.get<bool>();
    const std::string text = value.is_string() ? value.get<std::string>() : std::string();
    if (text == "True" || text == "true")
        return true;
    if (text == "False" || text == "false")
        return false;
    return wrongEntry("'" + key + "' is neither True nor False");
}

Expected<Encoding> readEntryHead(const json &entry, EncodingKind kind, const char *bitsKey, const char *symmetricKey, EntryContext &context)
{
    Encoding encoding;
    if (const auto it = entry.find(bitsKey); it == entry.end()) {
        encoding.bitwidth = kind == EncodingKind::Activation ? context.activationBits : context.parameterBits;
        context.repairs.push_back(fmt::format("it states no bitwidth; {} was taken", encoding.bitwidth));
    } else {
        auto bits = entryInteger(*it, bitsKey);
        NORDLYS_TRY(bits);
        if (*bits < 4 || *bits > 32)
            return wrongEntry(fmt::format("a bitwidth of {} is outside 4 to 32", *bits));
        encoding.bitwidth = static_cast<int>(*bits);
    }
    if (const auto it = entry.find("dtype"); it != entry.end()) {
        const std::string dtype = it->is_string() ? it->get<std::string>() : std::string();
        if (dtype != "int" && dtype != "float" && dtype != "INT" && dtype != "FLOAT")
            return wrongEntry("'dtype' is neither int nor float");
        encoding.isFloat = dtype == "float" || dtype == "FLOAT";
    }
    if (const auto it = entry.find(symmetricKey); it != entry.end() && !encoding.isFloat) {
        auto symmetric = entryFlag(*it, symmetricKey);
        NORDLYS_TRY(symmetric);
        encoding.symmetric = *symmetric;
    }
    return encoding;
}

Expected<void> addStatedGrid(Encoding &encoding, const StatedGrid &stated, EntryContext &context)
{
    auto completed = completeGrid(stated, encoding.bitwidth, encoding.symmetric);
    NORDLYS_TRY(completed);
    const bool spoken = encoding.grids.size() > 1 && !context.repairs.empty(); // the first two channels speak for the rest
    if (!completed->repair.empty() && !spoken)
        context.repairs.push_back(encoding.grids.empty() ? completed->repair : fmt::format("channel {}: {}", encoding.grids.size(), completed->repair));
    context.contradicts = context.contradicts || completed->contradicts;
    encoding.grids.push_back(completed->grid);
    return {};
}

} // namespace nordlys::core
