// SPDX-License-Identifier: Apache-2.0
// Every rule of the HTP pack: one way to break it, what is said of which tensor, and that the offered edit mends it.
#include <core/quantization/bias_encoding.h>
#include <core/quantization/rules/rule_check.h>
#include <core/base/atomic_file.h>
#include <core/base/resource_path.h>
#include <support/graph_builder.h>
#include <support/temporary_folder.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace nordlys::core {
namespace {

using testing::HasSubstr;

/// x -> Conv(w, b) -> Relu -> MaxPool -> MatMul with itself -> LayerNormalization -> Softmax
Graph network()
{
    test::GraphBuilder b;
    const TensorId x = b.input("x", {1, 1, 6, 6});
    const TensorId w = b.floats("w", {2, 1, 1, 1}, {1, -0.5F}), bias = b.floats("b", {2}, {0.25F, -1});
    const TensorId relu = b.node("Relu", {b.node("Conv", {x, w, bias}, "conv", {1, 2, 6, 6})}, "relu", {1, 2, 6, 6});
    const TensorId pool = b.node("MaxPool", {relu}, "pool", {1, 2, 6, 6});
    const TensorId product = b.node("MatMul", {pool, x}, "product", {1, 2, 6, 6});
    const TensorId norm = b.node("LayerNormalization", {product, b.floats("scale", {6}, {1, 1, 1, 1, 1, 1})}, "norm", {1, 2, 6, 6});
    b.output(b.node("Softmax", {norm}, "probabilities", {1, 2, 6, 6}));
    return std::move(b.graph);
}

EncodingEntry entry(EncodingKind kind, double lo, double hi, int bits = 8, bool symmetric = false)
{
    Encoding encoding;
    encoding.bitwidth = bits;
    encoding.symmetric = symmetric;
    encoding.grids = {*gridFromRange(lo, hi, {bits, symmetric, false, false})};
    return {kind, encoding, false};
}

/// Breaks nothing.
EncodingSet goodSet()
{
    EncodingSet set;
    const auto activation = [&](const char *name, double lo, double hi, int bits = 8) { set.entries[name] = entry(EncodingKind::Activation, lo, hi, bits); };
    activation("x", -1, 1);
    activation("relu", 0, 6);
    activation("pool", 0, 6);
    activation("product", -4, 4);
    activation("norm", -3, 3, 16);
    activation("probabilities", 0, 1);
    set.entries["w"] = entry(EncodingKind::Parameter, -1, 1, 8, true);
    set.entries["scale"] = entry(EncodingKind::Parameter, -1, 1, 8, true);
    set.entries["b"] = {EncodingKind::Parameter, *biasEncoding(set.entries["x"].encoding, set.entries["w"].encoding), false};
    return set;
}

Encoding twoChannels(double first, double second, bool symmetric, int axis = 0)
{
    Encoding encoding;
    encoding.symmetric = symmetric;
    encoding.axis = axis;
    for (const double high : {first, second})
        encoding.grids.push_back(*gridFromRange(symmetric ? -high : -high / 2, high, {8, symmetric, false, false}));
    return encoding;
}

struct RuleCase {
    std::string rule, tensor, says;
    std::function<void(EncodingSet &)> breakIt;
    RuleSeverity severity = RuleSeverity::Error;
};

class Rules : public testing::TestWithParam<RuleCase> {
protected:
    void SetUp() override
    {
        auto found = RulePack::find("htp");
        ASSERT_TRUE(found) << found.error().text();
        pack = std::move(*found);
    }
    [[nodiscard]] std::vector<RuleFinding> check(const EncodingSet &set) const { return checkRules(pack, graph, set, &seen); }

    RulePack pack;
    Graph graph = network();
    SeenRanges seen{{"x", {-0.9, 1}}, {"relu", {0, 5}}, {"pool", {0, 5}}, {"product", {-4, 4}}, {"norm", {-3, 3}}};
};

TEST_P(Rules, IsToldAndMended)
{
    const RuleCase &current = GetParam();
    EditState state;
    state.encodings = goodSet();
    ASSERT_THAT(check(state.encodings), testing::IsEmpty()) << "the set to begin with breaks no rule";
    current.breakIt(state.encodings);
    const auto findings = check(state.encodings);
    const auto it = std::ranges::find_if(findings, [&](const RuleFinding &finding) { return finding.rule == current.rule && finding.tensor == current.tensor; });
    ASSERT_NE(it, findings.end()) << findings.size() << " other findings";
    EXPECT_THAT(it->message, HasSubstr(current.says));
    EXPECT_EQ(it->severity, current.severity);
    EXPECT_FALSE(it->fix.empty());
    ASSERT_TRUE(it->change.has_value());
    const EncodingSet broken = state.encodings;
    const auto undo = applyChange(state, *it->change);
    ASSERT_TRUE(undo) << undo.error().text();
    for (const RuleFinding &left : check(state.encodings))
        EXPECT_FALSE(left.rule == current.rule && left.tensor == current.tensor) << left.message;
    for (const auto &[name, changed] : state.encodings.entries)
        EXPECT_TRUE(checkEncoding(changed.encoding, name)) << name;
    if (current.rule == "zero")
        return; // what no edit may set cannot come back either
    ASSERT_TRUE(applyChange(state, *undo));
    EXPECT_EQ(state.encodings, broken) << "one undo takes the fix back";
}

const std::vector<RuleCase> ruleCases{
    {"zero", "x", "Zero is no code", [](EncodingSet &set) { set.entries["x"].encoding.grids[0] = {1, 2, 1.0 / 255, -255}; }},
    {"activation-bits", "product", "It has 12 bits", [](EncodingSet &set) { set.entries["product"] = entry(EncodingKind::Activation, -4, 4, 12); }},
    {"weight-bits", "w", "It has 6 bits", [](EncodingSet &set) { set.entries["w"] = entry(EncodingKind::Parameter, -1, 1, 6, true); }},
    {"bias-bits", "b", "It has 8 bits", [](EncodingSet &set) { set.entries["b"] = entry(EncodingKind::Parameter, -1, 1, 8, true); }},
    {"channels", "x", "takes one for all its values", [](EncodingSet &set) { set.entries["x"].encoding = twoChannels(1, 0.5, false); }},
    {"channels", "w", "3 channel encodings for 2 channels",
     [](EncodingSet &set) {
         set.entries["w"].encoding = twoChannels(1, 0.5, true);
         set.entries["w"].encoding.grids.push_back(set.entries["w"].encoding.grids[0]);
     }},
    {"channels", "w", "along axis 1", [](EncodingSet &set) { set.entries["w"].encoding = twoChannels(1, 0.5, true, 1); }},
    {"per-channel-symmetric", "w", "not in the middle", [](EncodingSet &set) { set.entries["w"].encoding = twoChannels(1, 0.5, false); }},
    {"bias-symmetric", "b", "not in the middle", [](EncodingSet &set) { set.entries["b"] = entry(EncodingKind::Parameter, -0.5, 1, 32, false); }},
    {"bias-scale", "b", "activation by weight is", [](EncodingSet &set) { set.entries["x"] = entry(EncodingKind::Activation, -2, 2); }},
    {"bias-scale", "b", "It has 1 scales; weight and shape ask for 2", [](EncodingSet &set) { set.entries["w"].encoding = twoChannels(1, 0.5, true); }},
    {"bias-overflow", "b", "32 bits end at 2147483647",
     [](EncodingSet &set) {
         // The smallest range there is, on both sides: 16 bits make scales of 1.5e-7 and 3e-7, and -1 the code -2.2e13.
         set.entries["x"] = entry(EncodingKind::Activation, 0, 0, 16);
         set.entries["w"] = entry(EncodingKind::Parameter, 0, 0, 16, true);
         set.entries["b"].encoding = *biasEncoding(set.entries["x"].encoding, set.entries["w"].encoding);
     }},
    {"tied", "pool", "not that of 'relu'", [](EncodingSet &set) { set.entries["pool"] = entry(EncodingKind::Activation, 0, 5); }},
    {"matmul-pair", "x", "8 bits by 16 bits", [](EncodingSet &set) { set.entries["x"] = entry(EncodingKind::Activation, -1, 1, 16); }},
    {"fixed-range", "probabilities", "instead of 0 to 1", [](EncodingSet &set) { set.entries["probabilities"] = entry(EncodingKind::Activation, 0, 0.4); }, RuleSeverity::Advice},
    {"non-negative", "relu", "lie below zero",
     [](EncodingSet &set) { set.entries["relu"] = set.entries["pool"] = entry(EncodingKind::Activation, -6, 6); }, RuleSeverity::Advice},
    {"needs-16-bits", "norm", "LayerNormalization gives it", [](EncodingSet &set) { set.entries["norm"] = entry(EncodingKind::Activation, -3, 3); }, RuleSeverity::Advice},
    {"wasted-codes", "product", "use 40 % of its codes", [](EncodingSet &set) { set.entries["product"] = entry(EncodingKind::Activation, -10, 10); }, RuleSeverity::Advice},
    {"wasted-codes", "w", "in channel 1 use 25 % of its codes",
     [](EncodingSet &set) {
         set.entries["w"].encoding = twoChannels(1, 2, true);
         set.entries["b"].encoding = *biasEncoding(set.entries["x"].encoding, set.entries["w"].encoding);
     },
     RuleSeverity::Advice},
};

INSTANTIATE_TEST_SUITE_P(Htp, Rules, testing::ValuesIn(ruleCases), [](const auto &kind) {
    std::string name = kind.param.rule + '_' + std::to_string(kind.index);
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST_F(Rules, EveryRuleOfThePackHasACase)
{
    for (const QuantizationRule &rule : pack.rules) {
        const bool isBelow = rule.id == "wide-weight-symmetric";
        EXPECT_TRUE(isBelow || std::ranges::any_of(ruleCases, [&](const RuleCase &known) { return known.rule == rule.id; })) << rule.id;
    }
}

TEST_F(Rules, WideWeightsOfMatrixProductsAreSymmetric)
{
    test::GraphBuilder b;
    const TensorId x = b.input("x", {1, 4});
    b.output(b.node("Gemm", {x, b.floats("w", {4, 2}, {1, 2, 3, 4, 5, 6, 7, 8})}, "y", {1, 2}));
    EditState state;
    state.encodings.entries["w"] = entry(EncodingKind::Parameter, 0, 8, 16);
    const auto findings = checkRules(pack, b.graph, state.encodings);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].rule, "wide-weight-symmetric");
    ASSERT_TRUE(applyChange(state, *findings[0].change));
    EXPECT_EQ(state.encodings.find("w")->encoding.grids[0].zeroPoint, 32768);
    EXPECT_THAT(checkRules(pack, b.graph, state.encodings), testing::IsEmpty()) << "its range is used to 100 % on the side that counts";
}

TEST_F(Rules, AFixReachesTheWholeGroupAndTheBias)
{
    EditState state;
    state.encodings = goodSet();
    state.encodings.entries["relu"] = state.encodings.entries["pool"] = entry(EncodingKind::Activation, 0, 6, 12);
    const auto findings = check(state.encodings);
    ASSERT_FALSE(findings.empty());
    ASSERT_TRUE(applyChange(state, *findings[0].change));
    EXPECT_EQ(state.encodings.find("relu")->encoding, state.encodings.find("pool")->encoding);
    EXPECT_EQ(state.encodings.find("pool")->encoding.bitwidth, 16) << "the next wider width";
    state.encodings = goodSet();
    state.encodings.entries["w"] = entry(EncodingKind::Parameter, -1, 1, 6, true);
    state.encodings.entries["b"].encoding = *biasEncoding(state.encodings.find("x")->encoding, state.encodings.find("w")->encoding);
    const auto narrow = check(state.encodings);
    ASSERT_EQ(narrow.size(), 1U);
    ASSERT_TRUE(applyChange(state, *narrow[0].change));
    EXPECT_DOUBLE_EQ(state.encodings.find("b")->encoding.grids[0].scale,
                     state.encodings.find("x")->encoding.grids[0].scale * state.encodings.find("w")->encoding.grids[0].scale);
}

TEST_F(Rules, WeightsUnderANormalizationAreNotJudgedByTheFile)
{
    test::GraphBuilder b;
    const TensorId x = b.input("x", {1, 1, 2, 2});
    const TensorId conv = b.node("Conv", {x, b.floats("w", {1, 1, 1, 1}, {0.01F})}, "conv", {1, 1, 2, 2});
    std::vector<TensorId> inputs{conv};
    for (const char *name : {"gain", "shift", "mean", "variance"})
        inputs.push_back(b.floats(name, {1}, {1}));
    b.output(b.node("BatchNormalization", inputs, "y", {1, 1, 2, 2}));
    EncodingSet set;
    set.entries["w"] = entry(EncodingKind::Parameter, -1, 1, 8, true);
    EXPECT_THAT(checkRules(pack, b.graph, set), testing::IsEmpty()) << "what is folded into the weight decides its range";
}

struct BadPack {
    const char *name, *text, *says;
};
class BadRules : public testing::TestWithParam<BadPack> {};

TEST_P(BadRules, AreRefusedWithTheKey)
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "rules.json";
    ASSERT_TRUE(writeFileAtomically(path, std::string_view(GetParam().text)));
    const auto pack = RulePack::find(path.string());
    ASSERT_FALSE(pack);
    EXPECT_THAT(pack.error().text(), HasSubstr(GetParam().says));
}

#define PACK(rules) R"({"schema": "nordlys.rules/1", "name": "n", "title": "t", "source": "s", "rules": [)" rules "]}"
INSTANTIATE_TEST_SUITE_P(
    Files, BadRules,
    testing::Values(BadPack{"Schema", R"({"schema": "nordlys.rules/2"})", "nordlys.rules/2"}, BadPack{"NoObject", "[]", "no JSON object"},
                    BadPack{"NoRules", R"({"schema": "nordlys.rules/1", "name": "n", "title": "t", "source": "s"})", "'rules' is missing"},
                    BadPack{"Check", PACK(R"({"id": "a", "check": "magic", "severity": "error", "why": "w"})"), "rule 1"},
                    BadPack{"Severity", PACK(R"({"id": "a", "check": "tied", "severity": "fatal", "why": "w"})"), "'severity'"},
                    BadPack{"Key", PACK(R"({"id": "a", "check": "tied", "severity": "error", "why": "w", "bits": [8]})"), "'bits' is not known"},
                    BadPack{"Bits", PACK(R"({"id": "a", "check": "bits", "severity": "error", "why": "w", "roles": ["weight"], "bits": [99]})"), "from 1 to 32"},
                    BadPack{"Share", PACK(R"({"id": "a", "check": "wastedCodes", "severity": "error", "why": "w", "share": 2})"), "from 0 to 1"},
                    BadPack{"Pairs", PACK(R"({"id": "a", "check": "pair", "severity": "error", "why": "w", "operators": ["MatMul"], "pairs": [[8]]})"), "pair"},
                    BadPack{"Twice", PACK(R"({"id": "a", "check": "tied", "severity": "error", "why": "w"}, {"id": "a", "check": "tied", "severity": "error", "why": "w"})"), "stands twice"}),
    [](const auto &kind) { return kind.param.name; });
#undef PACK

} // namespace
} // namespace nordlys::core
