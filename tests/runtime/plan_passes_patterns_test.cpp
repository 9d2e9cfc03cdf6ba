// SPDX-License-Identifier: Apache-2.0
#include <support/tiny_model.h>

#include <algorithm>
#include <functional>

namespace nordlys::runtime {
namespace {

using test::optimizedLabels;
using test::TinyModel;
using Labels = std::vector<std::string>;
using Ints = std::vector<std::int64_t>;
using Id = core::TensorId;

bool hasKernel(std::string_view op, int opset)
{
    return findReferenceKernel("", op, opset) != nullptr;
}

TEST(PlanPassesSwish, GatesBecomeOneStep)
{
    const auto gate = [](TinyModel &tiny, Id x, const std::string &kind) {
        if (kind == "Sigmoid")
            return tiny.node("Sigmoid", "gate", {x});
        if (kind == "HardSigmoid")
            return tiny.node("HardSigmoid", "gate", {x}, {{"alpha", 1.0 / 6.0}, {"beta", 0.5}});
        const Id clip = tiny.node("Clip", "clip", {tiny.node("Add", "add", {x, tiny.scalar(3)}), tiny.scalar(0), tiny.scalar(6)});
        return kind == "Div" ? tiny.node("Div", "gate", {clip, tiny.scalar(6)}) : clip;
    };
    for (const std::string kind : {"Sigmoid", "HardSigmoid", "Div", "DivLast"}) {
        const bool swish = kind == "Sigmoid";
        if (!hasKernel(swish ? "Swish" : "HardSwish", swish ? 24 : 14))
            continue;
        for (const bool gateFirst : {false, true}) {
            TinyModel tiny;
            const Id x = tiny.node("Neg", "neg", {tiny.input("x", {1, 2, 5, 5})});
            const Id g = gate(tiny, x, kind);
            Id y = tiny.node("Mul", "mul", gateFirst ? std::vector{g, x} : std::vector{x, g});
            if (kind == "DivLast")
                y = tiny.node("Div", "div", {y, tiny.scalar(6)});
            EXPECT_EQ(optimizedLabels(tiny.finish(tiny.node("Exp", "exp", {y}))), (Labels{"Neg", swish ? "Swish" : "HardSwish", "Exp"})) << kind;
        }
    }
}

TEST(PlanPassesSwish, OtherProductsStay)
{
    TinyModel tiny;
    const Id x = tiny.input("x", {2, 3}), z = tiny.input("z", {2, 3});
    tiny.output(tiny.node("Mul", "other", {z, tiny.node("Sigmoid", "a", {x})}));
    const Id hard = tiny.node("HardSigmoid", "b", {x}, {{"alpha", 0.2}, {"beta", 0.5}});
    tiny.output(tiny.node("Mul", "alpha", {x, hard}));
    const auto model = tiny.finish();
    EXPECT_EQ(optimizedLabels(model).size(), 4U);
}

/// x and the nodes of one way to write Gelu.
using Formula = std::function<Id(TinyModel &, Id)>;

std::vector<Formula> geluFormulas(bool tanh)
{
    const auto one = [](TinyModel &t, Id f) { return t.node("Add", "one", {f, t.scalar(1)}); };
    const auto erf = [one](TinyModel &t, Id x, bool divides) {
        const Id scaled = divides ? t.node("Div", "scaled", {x, t.scalar(1.41421356F)}) : t.node("Mul", "scaled", {x, t.scalar(0.70710678F)});
        return one(t, t.node("Erf", "erf", {scaled}));
    };
    const auto tanhSum = [one](TinyModel &t, Id x, bool power) {
        const Id cube = power ? t.node("Pow", "cube", {x, t.scalar(3)}) : t.node("Mul", "cube", {x, t.node("Mul", "square", {x, x})});
        const Id sum = t.node("Add", "sum", {x, t.node("Mul", "small", {cube, t.scalar(0.044715F)})});
        return one(t, t.node("Tanh", "tanh", {t.node("Mul", "scaled", {sum, t.scalar(0.79788456F)})}));
    };
    const auto tanhProduct = [one](TinyModel &t, Id x) {
        const Id square = t.node("Mul", "square", {t.node("Mul", "small", {x, t.scalar(0.044715F)}), x});
        const Id inner = t.node("Mul", "inner", {t.node("Mul", "scaled", {x, t.scalar(0.79788456F)}), t.node("Add", "plus", {t.scalar(1), square})});
        return one(t, t.node("Tanh", "tanh", {inner}));
    };
    if (tanh)
        return {[=](TinyModel &t, Id x) { return t.node("Mul", "y", {t.node("Mul", "half", {x, t.scalar(0.5F)}), tanhSum(t, x, true)}); },
                [=](TinyModel &t, Id x) { return t.node("Mul", "y", {t.scalar(0.5F), t.node("Mul", "times", {tanhSum(t, x, false), x})}); },
                [=](TinyModel &t, Id x) { return t.node("Mul", "y", {t.node("Mul", "half", {t.scalar(0.5F), x}), tanhProduct(t, x)}); }};
    return {[=](TinyModel &t, Id x) { return t.node("Mul", "y", {t.node("Mul", "times", {x, erf(t, x, true)}), t.scalar(0.5F)}); },
            [=](TinyModel &t, Id x) { return t.node("Mul", "y", {x, t.node("Mul", "half", {t.scalar(0.5F), erf(t, x, false)})}); },
            [=](TinyModel &t, Id x) { return t.node("Div", "y", {t.node("Mul", "times", {erf(t, x, true), x}), t.scalar(2)}); }};
}

TEST(PlanPassesGelu, FormulasWithErfAndTanhBecomeGelu)
{
    for (const bool tanh : {false, true}) {
        for (const Formula &formula : geluFormulas(tanh)) {
            TinyModel tiny;
            const Id x = tiny.node("Neg", "neg", {tiny.input("x", {2, 3, 8})});
            EXPECT_EQ(optimizedLabels(tiny.finish(tiny.node("Neg", "end", {formula(tiny, x)}))), (Labels{"Neg", "Gelu", "Neg"}));
        }
    }
}

TEST(PlanPassesGelu, OtherConstantsOtherFactorsAndKeptValuesStay)
{
    TinyModel other;
    const Id x = other.input("x", {8});
    const Id erf = other.node("Erf", "erf", {other.node("Div", "div", {x, other.scalar(1.4F)})});
    const Id times = other.node("Mul", "times", {x, other.node("Add", "one", {erf, other.scalar(1)})});
    EXPECT_EQ(optimizedLabels(other.finish(other.node("Mul", "y", {times, other.scalar(0.5F)}))).size(), 5U);

    TinyModel kept;
    const auto model = kept.finish(geluFormulas(false)[0](kept, kept.input("x", {8})));
    EXPECT_EQ(optimizedLabels(model, 1e-5, {"erf_y"}).size(), 5U);
    EXPECT_EQ(optimizedLabels(model), Labels{"Gelu"});
}

struct Norm {
    bool centres = true, inverse = false, power = true, scales = true, shifts = true;
};

Id normOf(TinyModel &t, Id x, const Norm &norm)
{
    const auto mean = [&t](const std::string &name, Id of) { return t.node("ReduceMean", name, {of}, {{"axes", Ints{-1}}}); };
    const Id value = norm.centres ? t.node("Sub", "sub", {x, mean("mean", x)}) : x;
    const Id square = norm.power ? t.node("Pow", "square", {value, t.scalar(2)}) : t.node("Mul", "square", {value, value});
    const Id root = t.node("Sqrt", "root", {t.node("Add", "epsilon", {mean("variance", square), t.scalar(1e-5F)})});
    Id y = norm.inverse ? t.node("Mul", "normal", {t.node("Reciprocal", "inverse", {root}), value}) : t.node("Div", "normal", {value, root});
    if (norm.scales)
        y = t.node("Mul", "scaled", {t.random("scale", {8}), y});
    if (norm.shifts)
        y = t.node("Add", "shifted", {y, t.random("shift", {8})});
    return y;
}

TEST(PlanPassesLayerNorm, FormulasBecomeLayerNormalization)
{
    for (const Norm norm : {Norm{}, Norm{true, true}, Norm{true, false, false}, Norm{true, false, true, false, false}, Norm{true, false, true, true, false}}) {
        TinyModel tiny;
        const Id x = tiny.node("Neg", "neg", {tiny.input("x", {2, 3, 8})});
        EXPECT_EQ(optimizedLabels(tiny.finish(tiny.node("Neg", "end", {normOf(tiny, x, norm)}))), (Labels{"Neg", "LayerNormalization", "Neg"}));
    }
}

// (1 3): mean 2, deviation 1: -1 and 1; times (2 10) plus (5 7): 3 and 17.
TEST(PlanPassesLayerNorm, GivesTheValuesThatItHasByHand)
{
    TinyModel t;
    const Id x = t.input("x", {1, 2});
    const Id centred = t.node("Sub", "sub", {x, t.node("ReduceMean", "mean", {x}, {{"axes", Ints{-1}}})});
    const Id variance = t.node("ReduceMean", "variance", {t.node("Mul", "square", {centred, centred})}, {{"axes", Ints{-1}}});
    const Id normal = t.node("Div", "normal", {centred, t.node("Sqrt", "root", {t.node("Add", "add", {variance, t.scalar(0)})})});
    const Id y = t.node("Add", "shifted", {t.node("Mul", "scaled", {normal, t.floats("scale", {2}, {2, 10})}), t.floats("shift", {2}, {5, 7})});
    const auto plan = test::planOf(t.finish(y), true, false);
    EXPECT_EQ(test::labelsOf(*plan), Labels{"LayerNormalization"});
    std::vector<core::HostTensor> inputs;
    inputs.push_back(*core::HostTensor::create(core::DType::Float32, {1, 2}));
    inputs[0].as<float>()[0] = 1;
    inputs[0].as<float>()[1] = 3;
    const auto outputs = test::outputsOf(plan, inputs);
    EXPECT_FLOAT_EQ(outputs[0].as<float>()[0], 3);
    EXPECT_FLOAT_EQ(outputs[0].as<float>()[1], 17);
}

// As Keras writes it: x * k + (shift - mean * k).
TEST(PlanPassesLayerNorm, TheFormOfBatchNormalizationFunctionsBecomesLayerNormalization)
{
    TinyModel t;
    const Id x = t.node("Neg", "neg", {t.input("x", {2, 3, 8})});
    const auto mean = [&t](const std::string &name, Id of) { return t.node("ReduceMean", name, {of}, {{"axes", Ints{2}}}); };
    const Id average = mean("mean", x), centred = t.node("Sub", "sub", {x, average});
    const Id variance = mean("variance", t.node("Mul", "square", {centred, centred}));
    const Id inverse = t.node("Reciprocal", "inverse", {t.node("Sqrt", "root", {t.node("Add", "epsilon", {variance, t.scalar(1e-3F)})})});
    const Id k = t.node("Mul", "k", {inverse, t.random("scale", {8})});
    const Id rest = t.node("Sub", "rest", {t.random("shift", {8}), t.node("Mul", "mk", {average, k})});
    const Id y = t.node("Add", "y", {t.node("Mul", "xk", {x, k}), rest});
    EXPECT_EQ(optimizedLabels(t.finish(t.node("Neg", "end", {y}))), (Labels{"Neg", "LayerNormalization", "Neg"}));
}

TEST(PlanPassesLayerNorm, WithoutCentringItIsRmsNormalization)
{
    if (!hasKernel("RMSNormalization", 23))
        GTEST_SKIP() << "there is no kernel for RMSNormalization";
    for (const bool inverse : {false, true}) {
        TinyModel tiny;
        const Id x = tiny.node("Neg", "neg", {tiny.input("x", {2, 3, 8})});
        EXPECT_EQ(optimizedLabels(tiny.finish(tiny.node("Neg", "end", {normOf(tiny, x, {false, inverse, true, true, false})}))),
                  (Labels{"Neg", "RMSNormalization", "Neg"}));
    }
}

TEST(PlanPassesLayerNorm, OtherAxesAndWantedValuesStay)
{
    TinyModel kept;
    const auto model = kept.finish(normOf(kept, kept.input("x", {2, 8}), {}));
    EXPECT_GT(optimizedLabels(model, 1e-5, {"variance_y"}).size(), 5U);
    EXPECT_GT(optimizedLabels(model, 1e-5, {"scaled_y"}).size(), 1U);
    EXPECT_EQ(optimizedLabels(model), Labels{"LayerNormalization"});

    TinyModel first;
    const Id x = first.input("x", {2, 8});
    const Id centred = first.node("Sub", "sub", {x, first.node("ReduceMean", "mean", {x}, {{"axes", Ints{0}}})});
    const Id variance = first.node("ReduceMean", "variance", {first.node("Mul", "square", {centred, centred})}, {{"axes", Ints{0}}});
    const Id root = first.node("Sqrt", "root", {first.node("Add", "add", {variance, first.scalar(1e-5F)})});
    EXPECT_EQ(optimizedLabels(first.finish(first.node("Div", "y", {centred, root}))).size(), 7U);
}

/// Two heads of 3 positions and width 4; keys of one head for both where `shared`.
Id attentionOf(TinyModel &t, Id q, Id k, Id v, const std::vector<std::function<Id(TinyModel &, Id)>> &onScores)
{
    Id scores = t.node("MatMul", "scores", {q, t.node("Transpose", "kt", {k}, {{"perm", Ints{0, 1, 3, 2}}})});
    for (const auto &op : onScores)
        scores = op(t, scores);
    return t.node("MatMul", "attended", {t.node("Softmax", "softmax", {scores}, {{"axis", std::int64_t(-1)}}), v});
}

TEST(PlanPassesAttention, ScaleMaskAndChoiceBecomeOneStep)
{
    const auto scale = [](TinyModel &t, Id s) { return t.node("Div", "scale", {s, t.scalar(2)}); };
    const auto times = [](TinyModel &t, Id s) { return t.node("Mul", "times", {t.scalar(0.5F), s}); };
    const auto mask = [](TinyModel &t, Id s) { return t.node("Add", "mask", {s, t.random("mask", {1, 1, 3, 5})}); };
    const auto padding = [](TinyModel &t, Id s) { return t.node("Add", "padding", {t.random("keys", {1, 1, 1, 5}), s}); };
    const auto choice = [](TinyModel &t, Id s) {
        const std::vector<std::uint8_t> allowed{1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1};
        return t.node("Where", "choice", {t.constant("allowed", core::DType::Bool, {1, 1, 3, 5}, allowed), s, t.scalar(-10000)});
    };
    const std::vector<std::vector<std::function<Id(TinyModel &, Id)>>> variants{{}, {scale}, {times, mask}, {scale, padding, mask}, {scale, choice}};
    for (const auto &variant : variants) {
        TinyModel t;
        const Id q = t.node("Neg", "q", {t.input("x", {1, 2, 3, 4})}), k = t.input("k", {1, 2, 5, 4}), v = t.input("v", {1, 2, 5, 4});
        EXPECT_EQ(optimizedLabels(t.finish(t.node("Neg", "end", {attentionOf(t, q, k, v, variant)})), 1e-6), (Labels{"Neg", "Transpose", "Attention", "Neg"}));
    }
}

// The memory of an attention over n positions grows with n, not with n * n: no matrix of scores in the arena.
TEST(PlanPassesAttention, NeedsNoMatrixOfScores)
{
    constexpr std::int64_t n = 512;
    TinyModel t;
    const Id q = t.input("q", {1, 1, n, 8}), k = t.input("k", {1, 1, n, 8}), v = t.input("v", {1, 1, n, 8});
    const auto model = t.finish(attentionOf(t, q, k, v, {[](TinyModel &tiny, Id s) { return tiny.node("Mul", "times", {s, tiny.scalar(0.5F)}); }}));
    const auto plan = test::planOf(model, true, false);
    EXPECT_EQ(test::labelsOf(*plan), (Labels{"Transpose", "Attention"}));
    EXPECT_LT(plan->arenaBytes(), static_cast<std::size_t>(n * n) * sizeof(float) / 4);
    EXPECT_GT(test::planOf(model, false, false)->arenaBytes(), static_cast<std::size_t>(n * n) * sizeof(float));
}

TEST(PlanPassesAttention, KeptScoresAndOtherAxesStay)
{
    for (const bool kept : {false, true}) {
        TinyModel t;
        const Id q = t.input("q", {1, 2, 3, 4}), k = t.input("k", {1, 2, 4, 3}), v = t.input("v", {1, 2, 3, 4});
        const Id scores = t.node("MatMul", "scores", {q, k});
        const Id weights = t.node("Softmax", "softmax", {scores}, {{"axis", std::int64_t(kept ? -1 : 2)}});
        const auto labels = optimizedLabels(t.finish(t.node("MatMul", "y", {weights, v})), 1e-6, kept ? Labels{"softmax_y"} : Labels{});
        EXPECT_EQ(labels, (Labels{"MatMul", "Softmax", "MatMul"}));
    }
}

} // namespace
} // namespace nordlys::runtime
