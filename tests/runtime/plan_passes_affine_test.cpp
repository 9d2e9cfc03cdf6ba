// SPDX-License-Identifier: Apache-2.0
#include <support/tiny_model.h>

namespace nordlys::runtime {
namespace {

using test::optimizedLabels;
using test::TinyModel;
using Labels = std::vector<std::string>;
using Ints = std::vector<std::int64_t>;

struct Product {
    const char *op;
    core::Dims x, w;
    TinyModel::Attributes attributes;
    core::Dims perOutput, perInput; ///< shapes of constants, one value per channel
};

std::vector<Product> products()
{
    return {
        {"Conv", {1, 4, 5, 5}, {6, 2, 3, 3}, {{"group", std::int64_t(2)}}, {6, 1, 1}, {4, 1, 1}},
        {"ConvTranspose", {1, 4, 3, 3}, {4, 3, 2, 2}, {{"group", std::int64_t(2)}}, {1, 6, 1, 1}, {4, 1, 1}},
        {"Gemm", {3, 4}, {5, 4}, {{"transB", std::int64_t(1)}, {"alpha", 0.5}}, {5}, {4}},
        {"Gemm", {3, 4}, {4, 5}, {}, {1, 5}, {4}},
        {"MatMul", {3, 4}, {4, 5}, {}, {5}, {4}},
        {"MatMul", {2, 3, 4}, {4, 5}, {}, {5}, {4}},
    };
}

TEST(PlanPassesAffine, ScaleAndShiftBehindAProductGoIntoItsWeights)
{
    for (const Product &product : products()) {
        TinyModel tiny;
        auto y = tiny.node(product.op, "product", {tiny.input("x", product.x), tiny.random("w", product.w)}, product.attributes);
        y = tiny.node("Mul", "mul", {tiny.random("scale", product.perOutput, 2), y});
        y = tiny.node("Sub", "sub", {y, tiny.random("shift", product.perOutput)});
        y = tiny.node("Div", "div", {y, tiny.scalar(3)});
        y = tiny.node("Sub", "from", {tiny.scalar(1), y});
        EXPECT_EQ(optimizedLabels(tiny.finish(y)), Labels{std::string(product.op) + "+Mul+Sub+Div+Sub"}) << product.op;
    }
}

TEST(PlanPassesAffine, ScaleInFrontOfAProductGoesIntoItsWeightsAndAShiftWhereNothingIsPadded)
{
    for (const Product &product : products()) {
        TinyModel tiny;
        auto y = tiny.node("Mul", "mul", {tiny.input("x", product.x), tiny.random("scale", product.perInput, 2)});
        y = tiny.node("Add", "add", {y, tiny.random("shift", product.perInput)});
        y = tiny.node(product.op, "product", {y, tiny.random("w", product.w)}, product.attributes);
        const bool shifts = std::string_view(product.op) != "ConvTranspose"; // its border sees fewer inputs
        EXPECT_EQ(optimizedLabels(tiny.finish(y)), shifts ? (Labels{"Mul+Add+" + std::string(product.op)}) : (Labels{"Mul", "Add", product.op})) << product.op;
    }
}

TEST(PlanPassesAffine, AReshapeThatKeepsTheColumnsIsNoObstacle)
{
    for (const std::int64_t columns : {6, 3}) {
        TinyModel tiny;
        auto y = tiny.node("MatMul", "product", {tiny.input("x", {4, 5}), tiny.random("w", {5, 6})});
        y = tiny.node("Reshape", "view", {y, tiny.ints({2, -1, columns})});
        y = tiny.node("Add", "add", {y, tiny.random("bias", {columns})});
        const auto labels = optimizedLabels(tiny.finish(tiny.node("Exp", "exp", {y})));
        EXPECT_EQ(labels, columns == 6 ? (Labels{"MatMul+Add", "Reshape", "Exp"}) : (Labels{"MatMul", "Reshape", "Add", "Exp"}));
    }
}

TEST(PlanPassesAffine, PaddingKeepsAShiftButNotAScale)
{
    TinyModel tiny;
    const auto x = tiny.input("x", {1, 2, 4, 4});
    const TinyModel::Attributes padded{{"pads", Ints{1, 1, 1, 1}}};
    const auto scaled = tiny.node("Conv", "a", {tiny.node("Mul", "mul", {x, tiny.scalar(3)}), tiny.random("wa", {2, 2, 3, 3})}, padded);
    const auto shifted = tiny.node("Conv", "b", {tiny.node("Add", "add", {x, tiny.scalar(3)}), tiny.random("wb", {2, 2, 3, 3})}, padded);
    tiny.output(scaled);
    tiny.output(shifted);
    EXPECT_EQ(optimizedLabels(tiny.finish()), (Labels{"Mul+Conv", "Add", "Conv"}));
}

TEST(PlanPassesActivation, MaxAndMinWithANumberAreClips)
{
    for (const bool constantFirst : {false, true}) {
        TinyModel tiny;
        const auto conv = tiny.node("Conv", "conv", {tiny.input("x", {1, 2, 3, 3}), tiny.random("w", {2, 2, 1, 1})});
        const auto low = tiny.scalar(-0.25F);
        EXPECT_EQ(optimizedLabels(tiny.finish(tiny.node("Max", "max", constantFirst ? std::vector{low, conv} : std::vector{conv, low}))), Labels{"Conv+Max"});
    }
    TinyModel other;
    const auto conv = other.node("Conv", "conv", {other.input("x", {1, 2, 3, 3}), other.random("w", {2, 2, 1, 1})});
    EXPECT_EQ(optimizedLabels(other.finish(other.node("Min", "min", {conv, other.random("bounds", {2, 1, 1})}))), (Labels{"Conv", "Min"}));
}

// 2x + 1, times 3, minus 4: 6x - 1. By hand: 6 * 0.5 - 1 = 2.
TEST(PlanPassesAffine, GivesTheValueThatItHasByHand)
{
    TinyModel tiny;
    auto y = tiny.node("Conv", "conv", {tiny.input("x", {1, 1, 1, 1}), tiny.floats("w", {1, 1, 1, 1}, {2}), tiny.floats("b", {1}, {1})});
    y = tiny.node("Sub", "sub", {tiny.node("Mul", "mul", {y, tiny.scalar(3)}), tiny.floats("four", {1, 1, 1, 1}, {4})});
    const auto plan = test::planOf(tiny.finish(y), true, true);
    auto input = core::HostTensor::create(core::DType::Float32, {1, 1, 1, 1});
    input->as<float>()[0] = 0.5F;
    std::vector<core::HostTensor> inputs;
    inputs.push_back(std::move(*input));
    EXPECT_FLOAT_EQ(test::outputsOf(plan, inputs)[0].as<float>()[0], 2.0F);
}

TEST(PlanPassesAffine, ValuesWithOtherReadersAndWideningConstantsStay)
{
    TinyModel shared;
    const auto conv = shared.node("Conv", "conv", {shared.input("x", {1, 2, 3, 3}), shared.random("w", {2, 2, 1, 1})});
    shared.output(shared.node("Mul", "mul", {conv, shared.scalar(2)}));
    shared.output(shared.node("Exp", "exp", {conv}));
    EXPECT_EQ(optimizedLabels(shared.finish()).size(), 3U);

    TinyModel wide;
    const auto one = wide.node("Conv", "conv", {wide.input("x", {1, 2, 3, 3}), wide.random("w", {1, 2, 1, 1})});
    EXPECT_EQ(optimizedLabels(wide.finish(wide.node("Mul", "mul", {one, wide.random("four", {4, 1, 1})}))).size(), 2U);

    TinyModel kept;
    const auto value = kept.node("Conv", "conv", {kept.input("x", {1, 2, 3, 3}), kept.random("w", {2, 2, 1, 1})});
    EXPECT_EQ(optimizedLabels(kept.finish(kept.node("Mul", "mul", {value, kept.scalar(2)})), 1e-5, {"conv_y"}).size(), 2U);
}

TEST(PlanPassesAffine, NormalizationInFrontOfAConvolutionGoesIntoItWithoutPadding)
{
    for (const std::int64_t pad : {0, 1}) {
        TinyModel tiny;
        auto y = tiny.node("BatchNormalization", "norm",
                           {tiny.input("x", {2, 3, 4, 4}), tiny.random("scale", {3}), tiny.random("shift", {3}), tiny.random("mean", {3}), tiny.random("var", {3}, 2)});
        y = tiny.node("Conv", "conv", {y, tiny.random("w", {2, 3, 3, 3}), tiny.random("b", {2})}, {{"pads", Ints{pad, pad, pad, pad}}});
        EXPECT_EQ(optimizedLabels(tiny.finish(y)), pad == 0 ? (Labels{"BatchNormalization+Conv"}) : (Labels{"BatchNormalization", "Conv"}));
    }
}

} // namespace
} // namespace nordlys::runtime
