// SPDX-License-Identifier: Apache-2.0
#include "rule_pack.h"

#include <core/base/atomic_file.h>
#include <core/base/json_fields.h>
#include <core/base/resource_path.h>

#include <algorithm>
#include <array>
#include <optional>

namespace nordlys::core {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxFileBytes = std::size_t(1) << 20;
constexpr std::string_view kSchemaName = "nordlys.rules/";
constexpr std::string_view kSchema = "nordlys.rules/1";

constexpr std::array kChecks{std::pair("bits", RuleCheck::Bits),
                             std::pair("minimumBits", RuleCheck::MinimumBits),
                             std::pair("symmetric", RuleCheck::Symmetric),
                             std::pair("nonNegative", RuleCheck::NonNegative),
                             std::pair("fixedRange", RuleCheck::FixedRange),
                             std::pair("zero", RuleCheck::Zero),
                             std::pair("wastedCodes", RuleCheck::WastedCodes),
                             std::pair("tied", RuleCheck::Tied),
                             std::pair("pair", RuleCheck::Pair),
                             std::pair("channels", RuleCheck::Channels),
                             std::pair("biasScale", RuleCheck::BiasScale),
                             std::pair("biasOverflow", RuleCheck::BiasOverflow)};
constexpr std::array kRoles{std::pair("activation", RuleRole::Activation), std::pair("weight", RuleRole::Weight), std::pair("bias", RuleRole::Bias)};
constexpr std::array kSeverities{std::pair("error", RuleSeverity::Error), std::pair("advice", RuleSeverity::Advice)};

template <typename Names>
auto valueOf(const Names &names, std::string_view text) -> std::optional<decltype(names[0].second)>
{
    const auto it = std::ranges::find_if(names, [&](const auto &entry) { return entry.first == text; });
    return it == names.end() ? std::nullopt : std::optional(it->second);
}

void readPairs(JsonFields &fields, QuantizationRule &rule)
{
    const json *list = fields.array("pairs", true);
    if (!list)
        return;
    for (const json &item : *list) {
        if (!item.is_array() || item.size() != 2) {
            fields.fail("'pairs' holds something that is no pair of bit widths");
            return;
        }
        const auto first = fields.integer(item[0], "pairs", 1, 32), second = fields.integer(item[1], "pairs", 1, 32);
        if (first && second)
            rule.pairs.emplace_back(*first, *second);
    }
}

/// What each check needs beyond id, why and severity.
void readParameters(JsonFields &fields, QuantizationRule &rule)
{
    switch (rule.check) {
    case RuleCheck::Bits:
    case RuleCheck::Symmetric: {
        fields.allowOnly({"id", "check", "severity", "why", "roles", "operators", "bits", "perChannelOnly"});
        for (const std::string &name : fields.texts("roles")) {
            if (const auto role = valueOf(kRoles, name))
                rule.roles.insert(*role);
            else
                fields.fail("'roles' holds '" + name.substr(0, 64) + "', which is none of activation, weight, bias");
        }
        rule.perChannelOnly = fields.flag("perChannelOnly");
        if (rule.roles.empty())
            fields.fail("'roles' names none");
        if (rule.check == RuleCheck::Bits && rule.bits.empty())
            fields.fail("'bits' names none");
        return;
    }
    case RuleCheck::MinimumBits:
        fields.allowOnly({"id", "check", "severity", "why", "operators", "bits"});
        if (rule.bits.size() != 1 || rule.operators.empty())
            fields.fail("it needs 'operators' and one number in 'bits'");
        return;
    case RuleCheck::NonNegative:
        fields.allowOnly({"id", "check", "severity", "why", "operators"});
        if (rule.operators.empty())
            fields.fail("'operators' names none");
        return;
    case RuleCheck::WastedCodes:
        fields.allowOnly({"id", "check", "severity", "why", "share"});
        rule.share = fields.number("share", 0, 1);
        return;
    case RuleCheck::Pair:
        fields.allowOnly({"id", "check", "severity", "why", "operators", "pairs"});
        readPairs(fields, rule);
        if (rule.operators.empty())
            fields.fail("'operators' names none");
        return;
    default: fields.allowOnly({"id", "check", "severity", "why"}); return;
    }
}

Expected<QuantizationRule> readRule(const json &value, const std::string &what)
{
    if (!value.is_object())
        return badInput(what, "it is no object");
    JsonFields fields(value, what);
    QuantizationRule rule;
    rule.id = fields.text("id", true);
    rule.why = fields.text("why", true);
    if (rule.id.empty() || rule.why.empty())
        fields.fail("'id' or 'why' is empty");
    const std::string check = fields.text("check", true), severity = fields.text("severity", true);
    const auto knownCheck = valueOf(kChecks, check);
    const auto knownSeverity = valueOf(kSeverities, severity);
    if (!knownCheck)
        fields.fail("the check '" + check.substr(0, 64) + "' is not known");
    if (!knownSeverity)
        fields.fail("'severity' is neither error nor advice");
    for (std::string &name : fields.texts("operators"))
        rule.operators.insert(std::move(name));
    rule.bits = fields.bits("bits");
    if (knownCheck && knownSeverity) {
        rule.check = *knownCheck;
        rule.severity = *knownSeverity;
        readParameters(fields, rule);
    }
    if (fields.error())
        return *fields.error();
    return rule;
}

} // namespace

std::string_view nameOf(RuleSeverity severity)
{
    return severity == RuleSeverity::Error ? "error" : "advice";
}

Expected<RulePack> RulePack::load(const std::filesystem::path &path)
{
    const std::string what = "rules " + path.string();
    auto text = readTextFile(path, kMaxFileBytes);
    NORDLYS_TRY(text);
    auto document = parseJsonText(*text, what);
    NORDLYS_TRY(document);
    if (!document->is_object())
        return badInput(what, "it is no JSON object");
    JsonFields fields(*document, what);
    const std::string schema = fields.text("schema", true);
    if (!fields.error() && schema != kSchema) {
        if (schema.starts_with(kSchemaName))
            return notSupported(what, "its schema is " + schema.substr(0, 64) + ", this program reads " + std::string(kSchema), "Install one version of Nordlys.");
        fields.fail("its schema is not " + std::string(kSchema));
    }
    fields.allowOnly({"schema", "name", "title", "source", "rules"});
    RulePack pack;
    pack.name = fields.text("name", true);
    pack.title = fields.text("title", true);
    pack.source = fields.text("source", true);
    const json *rules = fields.array("rules", true);
    if (fields.error())
        return *fields.error();
    for (std::size_t i = 0; i < rules->size(); ++i) {
        auto rule = readRule((*rules)[i], what + ", rule " + std::to_string(i + 1));
        NORDLYS_TRY(rule);
        if (std::ranges::find(pack.rules, rule->id, &QuantizationRule::id) != pack.rules.end())
            return badInput(what, "the rule '" + rule->id.substr(0, 64) + "' stands twice", "Install Nordlys again or correct the file.");
        pack.rules.push_back(std::move(*rule));
    }
    return pack;
}

Expected<RulePack> RulePack::find(const std::string &nameOrPath)
{
    if (nameOrPath.find('/') != std::string::npos || nameOrPath.ends_with(".json"))
        return load(nameOrPath);
    auto path = findResource("rules/" + nameOrPath + ".json");
    NORDLYS_TRY(path);
    return load(*path);
}

} // namespace nordlys::core
