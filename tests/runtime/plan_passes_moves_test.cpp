// SPDX-License-Identifier: Apache-2.0
#include <support/tiny_model.h>

#include <algorithm>

namespace nordlys::runtime {
namespace {

using test::optimizedLabels;
using test::TinyModel;
using Labels = std::vector<std::string>;
using Ints = std::vector<std::int64_t>;

std::int64_t count(const Labels &labels, const std::string &label)
{
    return std::count(labels.begin(), labels.end(), label);
}

TEST(PlanPassesIdentities, StepsThatChangeNothingVanish)
{
    TinyModel tiny;
    auto y = tiny.node("Neg", "neg", {tiny.input("x", {2, 3, 4})});
    y = tiny.node("Cast", "cast", {y}, {{"to", std::int64_t(1)}});
    y = tiny.node("Reshape", "reshape", {y, tiny.ints({2, -1, 4})});
    y = tiny.node("Slice", "slice", {y, tiny.ints({0}), tiny.ints({100}), tiny.ints({1})});
    y = tiny.node("Pad", "pad", {y, tiny.ints({0, 0, 0, 0, 0, 0})});
    y = tiny.node("Concat", "concat", {y}, {{"axis", std::int64_t(1)}});
    y = tiny.node("Transpose", "transpose", {y}, {{"perm", Ints{0, 1, 2}}});
    y = tiny.node("Expand", "expand", {y, tiny.ints({1, 3, 1})});
    y = tiny.node("Mul", "mul", {y, tiny.scalar(1)});
    EXPECT_EQ(optimizedLabels(tiny.finish(tiny.node("Exp", "exp", {y}))), (Labels{"Neg", "Exp"}));
}

// The same shapes, but other values: each of them has to stay.
TEST(PlanPassesIdentities, StepsThatOnlyLookLikeNothingStay)
{
    const auto only = [](const char *op, const TinyModel::Attributes &attributes, const std::function<std::vector<core::TensorId>(TinyModel &)> &more) {
        TinyModel tiny;
        std::vector<core::TensorId> inputs{tiny.node("Neg", "neg", {tiny.input("x", {3, 3})})};
        for (const core::TensorId id : more(tiny))
            inputs.push_back(id);
        const auto labels = optimizedLabels(tiny.finish(tiny.node("Exp", "exp", {tiny.node(op, "middle", inputs, attributes)})));
        EXPECT_EQ(count(labels, op), 1) << op;
    };
    only("Transpose", {}, [](TinyModel &) { return std::vector<core::TensorId>(); });
    only("Slice", {}, [](TinyModel &t) { return std::vector{t.ints({-1}), t.ints({-100}), t.ints({0}), t.ints({-1})}; });
    only("Pad", {}, [](TinyModel &t) { return std::vector{t.ints({1, 0, -1, 0})}; });
    only("Add", {}, [](TinyModel &t) { return std::vector{t.scalar(0)}; }); // -0 + 0 is 0
    only("Sub", {}, [](TinyModel &t) { return std::vector{t.scalar(1)}; });
}

TEST(PlanPassesIdentities, ValuesThatSomebodyWantsStay)
{
    TinyModel tiny;
    const auto x = tiny.input("x", {2, 3});
    const auto same = tiny.node("Identity", "same", {x});
    tiny.output(same); // an output cannot lie in the place of an input
    tiny.output(tiny.node("Exp", "exp", {same}));
    EXPECT_EQ(optimizedLabels(tiny.finish()), (Labels{"Identity", "Exp"}));
}

TEST(PlanPassesCommon, EqualStepsBecomeOneAndDifferentOnesStay)
{
    TinyModel tiny;
    const auto x = tiny.input("x", {2, 3, 4});
    const auto a = tiny.node("ReduceSum", "a", {x, tiny.ints({1})}, {{"keepdims", std::int64_t(1)}});
    const auto b = tiny.node("ReduceSum", "b", {x, tiny.ints({1})}, {{"keepdims", std::int64_t(1)}}); // another constant of the same values
    const auto c = tiny.node("ReduceSum", "c", {x, tiny.ints({2})}, {{"keepdims", std::int64_t(1)}});
    const auto ea = tiny.node("Exp", "ea", {a}), eb = tiny.node("Exp", "eb", {b}), ec = tiny.node("Exp", "ec", {c});
    const auto sum = tiny.node("Add", "sum", {tiny.node("Mul", "product", {ea, eb}), ec});
    const auto labels = optimizedLabels(tiny.finish(sum));
    EXPECT_EQ(count(labels, "ReduceSum"), 2);
    EXPECT_EQ(count(labels, "Exp"), 2);
}

TEST(PlanPassesCommon, EqualOutputsAndKeptValuesStay)
{
    for (const bool kept : {false, true}) {
        TinyModel tiny;
        const auto x = tiny.input("x", {2, 3});
        const auto a = tiny.node("Exp", "a", {x}), b = tiny.node("Exp", "b", {x});
        if (!kept)
            tiny.output(b);
        tiny.output(tiny.node("Add", "sum", {a, b}));
        EXPECT_EQ(count(optimizedLabels(tiny.finish(), 1e-6, kept ? Labels{"b_y"} : Labels{}), "Exp"), 2);
    }
}

TEST(PlanPassesViews, ChainsBecomeOneReshape)
{
    TinyModel tiny;
    auto y = tiny.node("Neg", "neg", {tiny.input("x", {2, 3, 4})});
    y = tiny.node("Unsqueeze", "unsqueeze", {y, tiny.ints({0})});
    y = tiny.node("Transpose", "ones", {y}, {{"perm", Ints{1, 0, 2, 3}}}); // moves a dimension of size 1
    y = tiny.node("Reshape", "reshape", {y, tiny.ints({6, 4})});
    y = tiny.node("Flatten", "flatten", {y}, {{"axis", std::int64_t(0)}});
    y = tiny.node("Squeeze", "squeeze", {y, tiny.ints({0})});
    EXPECT_EQ(optimizedLabels(tiny.finish(tiny.node("Exp", "exp", {y}))), (Labels{"Neg", "Reshape", "Exp"}));
}

TEST(PlanPassesViews, ThereAndBackIsNothing)
{
    TinyModel tiny;
    auto y = tiny.node("Neg", "neg", {tiny.input("x", {2, 3, 4})});
    y = tiny.node("Reshape", "there", {y, tiny.ints({6, 4})});
    y = tiny.node("Reshape", "back", {y, tiny.ints({2, 3, 4})});
    EXPECT_EQ(optimizedLabels(tiny.finish(tiny.node("Exp", "exp", {y}))), (Labels{"Neg", "Exp"}));
}

TEST(PlanPassesTransposes, InversePairsVanishAlsoAroundElementwiseSteps)
{
    for (const bool elementwise : {false, true}) {
        TinyModel tiny;
        auto y = tiny.node("Neg", "neg", {tiny.input("x", {1, 2, 3, 4})});
        y = tiny.node("Transpose", "there", {y}, {{"perm", Ints{0, 2, 3, 1}}});
        if (elementwise)
            y = tiny.node("Sigmoid", "sigmoid", {tiny.node("Mul", "mul", {tiny.scalar(2), y})});
        y = tiny.node("Transpose", "back", {y}, {{"perm", Ints{0, 3, 1, 2}}});
        const auto labels = optimizedLabels(tiny.finish(tiny.node("Exp", "exp", {y})));
        EXPECT_EQ(labels, elementwise ? (Labels{"Neg", "Mul", "Sigmoid", "Exp"}) : (Labels{"Neg", "Exp"}));
    }
}

TEST(PlanPassesTransposes, OthersAreMergedAndSharedOnesStay)
{
    TinyModel merged;
    auto y = merged.node("Transpose", "first", {merged.input("x", {2, 3, 4})}, {{"perm", Ints{1, 2, 0}}});
    y = merged.node("Transpose", "second", {y}, {{"perm", Ints{0, 2, 1}}});
    EXPECT_EQ(optimizedLabels(merged.finish(merged.node("Exp", "exp", {y}))), (Labels{"Transpose", "Exp"}));

    TinyModel shared;
    const auto t = shared.node("Transpose", "first", {shared.input("x", {2, 3, 4})}, {{"perm", Ints{1, 2, 0}}});
    const auto s = shared.node("Sigmoid", "sigmoid", {t});
    shared.output(shared.node("Transpose", "second", {s}, {{"perm", Ints{2, 0, 1}}}));
    shared.output(shared.node("Exp", "exp", {s})); // wants the values in the order of the first Transpose
    EXPECT_EQ(count(optimizedLabels(shared.finish()), "Transpose"), 2);
}

TEST(PlanPassesTransposes, KeptValuesKeepTheirOrder)
{
    TinyModel tiny;
    auto y = tiny.node("Transpose", "there", {tiny.input("x", {2, 3})});
    y = tiny.node("Sigmoid", "sigmoid", {y});
    const auto model = tiny.finish(tiny.node("Transpose", "back", {y}));
    EXPECT_EQ(optimizedLabels(model), Labels{"Sigmoid"});
    EXPECT_EQ(count(optimizedLabels(model, 1e-6, {"sigmoid_y"}), "Transpose"), 2);
}

} // namespace
} // namespace nordlys::runtime
