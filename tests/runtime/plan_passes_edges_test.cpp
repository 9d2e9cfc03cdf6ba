// SPDX-License-Identifier: Apache-2.0
// Where a pass must hold back: what it makes has to be what the file says, and it works within the memory that it may take.
#include <support/tiny_model.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::runtime {
namespace {

using core::DType;
using test::TinyModel;
using testing::ElementsAre;
using testing::Pointwise;

std::vector<float> resultOf(const std::shared_ptr<const core::Model> &model, bool optimize, const core::HostTensor &input, const core::EncodingSet *encodings = nullptr)
{
    PlanOptions options;
    options.optimize = options.fastKernels = optimize;
    if (encodings != nullptr) {
        options.precision = Precision::QuantSim;
        options.encodings = *encodings;
    }
    const auto plan = Plan::build(model, options);
    EXPECT_TRUE(plan) << plan.error().text();
    if (!plan)
        return {};
    const auto outputs = test::outputsOf(*plan, {input});
    if (outputs.empty())
        return {};
    return {outputs[0].as<float>().begin(), outputs[0].as<float>().end()};
}

core::HostTensor floats(const core::Dims &dims, const std::vector<float> &values)
{
    auto tensor = core::HostTensor::create(DType::Float32, dims);
    EXPECT_TRUE(tensor && tensor->elementCount() == values.size());
    std::copy(values.begin(), values.end(), tensor->as<float>().begin());
    return std::move(*tensor);
}

/// Too large to be evaluated while the program is built, so that the pass sees it: it has to bring the kernel's working memory.
TEST(PassEdges, ConstantsWhoseKernelsNeedWorkingMemory)
{
    TinyModel m;
    const core::AttributeTensor five{DType::Float16, {1}, core::ConstantData::owned({std::byte(0x00), std::byte(0x45)})}; // 5 in half precision
    const auto filled = m.node("ConstantOfShape", "filled", {m.ints({5000000})}, {{"value", five}});
    const auto most = m.node("ReduceMax", "most", {m.node("Sum", "sum", {filled, filled})}); // sums of halves are kept in float32: 20 MB
    const auto x = m.input("x", {1});
    const auto model = m.finish(m.node("Mul", "scaled", {x, m.node("Cast", "cast", {most}, {{"to", std::int64_t(1)}})}));
    for (const bool optimize : {false, true})
        EXPECT_THAT(resultOf(model, optimize, floats({1}, {2})), ElementsAre(20)) << optimize;
}

TEST(PassEdges, AConstantOfMoreDimensionsIsNoPlainOne)
{
    TinyModel m; // x / sqrt(mean(x^2) + e), the inverse as a quotient of a 1 that adds two dimensions
    const auto x = m.input("x", {1, 2});
    const auto mean = m.node("ReduceMean", "mean", {m.node("Mul", "square", {x, x})}, {{"axes", std::vector<std::int64_t>{-1}}});
    const auto root = m.node("Sqrt", "root", {m.node("Add", "shifted", {mean, m.scalar(0)})});
    const auto inverse = m.node("Div", "inverse", {m.floats("one", {1, 1, 1, 1}, {1}), root});
    const auto model = m.finish(m.node("Mul", "normal", {x, inverse}));
    const auto input = floats({1, 2}, {3, 4}); // mean of squares 12.5
    for (const bool optimize : {false, true})
        EXPECT_THAT(resultOf(model, optimize, input), Pointwise(testing::FloatNear(1e-5F), {3 / std::sqrt(12.5F), 4 / std::sqrt(12.5F)})) << optimize;
}

TEST(PassEdges, OldClipEndsAtTheLargestNumber)
{
    TinyModel m(6);
    const auto model = m.finish(m.node("Clip", "clip", {m.input("x", {2})}));
    const float infinity = std::numeric_limits<float>::infinity(), most = std::numeric_limits<float>::max();
    for (const bool optimize : {false, true})
        EXPECT_THAT(resultOf(model, optimize, floats({2}, {infinity, -infinity})), ElementsAre(most, -most)) << optimize;
}

TEST(PassEdges, SwishOfLargeNegativeNumbersIsZero)
{
    TinyModel m;
    const auto x = m.input("x", {9});
    const auto model = m.finish(m.node("Mul", "swish", {x, m.node("Sigmoid", "sigmoid", {x})}));
    const auto values = resultOf(model, true, floats({9}, {-1e38F, -3e38F, -1e37F, -200, -100, -90, -1e30F, -1e20F, -1e10F}));
    for (const float value : values)
        EXPECT_NEAR(value, 0, 1e-30);
}

TEST(PassEdges, ATinyBetaWithoutABiasDividesNothing)
{
    TinyModel m;
    const TinyModel::Attributes beta{{"beta", 1e-38}};
    const auto product = m.node("Gemm", "product", {m.input("x", {1, 2}), m.floats("w", {2, 2}, {1, 0, 0, 1})}, beta);
    const auto model = m.finish(m.node("Add", "sum", {product, m.floats("b", {2}, {1000, 2})}));
    for (const bool optimize : {false, true})
        EXPECT_THAT(resultOf(model, optimize, floats({1, 2}, {-4, 1})), ElementsAre(996, 3)) << optimize;
}

/// The grid of w is for the w of the file: a factor must not be folded into it.
TEST(PassEdges, EncodedWeightsStayThoseOfTheirEncoding)
{
    TinyModel m;
    const auto x = m.input("x", {1, 1, 1, 2});
    const auto conv = m.node("Conv", "conv", {x, m.floats("w", {1, 1, 1, 1}, {0.5F})});
    const auto model = m.finish(m.node("Mul", "scaled", {conv, m.floats("factor", {1, 1, 1, 1}, {100})}));
    core::EncodingSet encodings;
    core::EncodingEntry weight{core::EncodingKind::Parameter, {}, false};
    weight.encoding.symmetric = true;
    weight.encoding.grids = {*core::gridFromRange(-1, 1, {8, true, false, false})};
    encodings.entries["w"] = weight;
    const float coded = core::quantizeDequantize(0.5F, weight.encoding.grids[0], 8);
    for (const bool optimize : {false, true})
        EXPECT_THAT(resultOf(model, optimize, floats({1, 1, 1, 2}, {1, -2}), &encodings), Pointwise(testing::FloatNear(1e-3F), {100 * coded, -200 * coded})) << optimize;
}

/// Each value takes the place of the one before, the last one grows: every one of them loses its fixed size. Were they freed one at a time, building
/// would take a round for each, and for each of those in the loops around.
TEST(PassEdges, ManyCarriedValuesAreSettledInAFewRounds)
{
    constexpr int many = 60;
    const auto bodyOf = [&](std::shared_ptr<const core::Graph> inner) {
        auto body = std::make_shared<core::Graph>();
        const auto add = [&](const std::string &name, DType type, core::Dims dims) {
            const auto id = body->addTensor(name, type, core::toShape(dims));
            body->tensor(id).isGraphInput = true;
            body->inputs.push_back(id);
            return id;
        };
        const auto node = [&](const std::string &op, std::vector<core::TensorId> inputs, std::vector<core::TensorId> outputs, std::vector<core::Attribute> attributes) {
            core::Node made;
            made.name = body->names.intern("n" + std::to_string(body->nodes.size()));
            made.opType = body->names.intern(op);
            made.domain = body->names.intern("");
            made.opset = 13;
            made.inputs = std::move(inputs);
            made.outputs = std::move(outputs);
            made.attributes = std::move(attributes);
            body->addNode(std::move(made));
        };
        add("i", DType::Int64, {});
        const auto condition = add("c", DType::Bool, {});
        std::vector<core::TensorId> states, results;
        for (int s = 0; s < many; ++s)
            states.push_back(add("s" + std::to_string(s), DType::Float32, {1}));
        const auto goesOn = body->addTensor("goes_on", DType::Bool);
        node("Identity", {condition}, {goesOn}, {});
        std::vector<core::TensorId> values = states;
        if (inner != nullptr) {
            const auto trips = body->addTensor("trips", DType::Int64, core::toShape({}));
            body->tensor(trips).constant = core::ConstantData::owned(std::vector<std::byte>(8));
            std::vector<core::TensorId> inputs{trips, {}};
            inputs.insert(inputs.end(), states.begin(), states.end());
            values.clear();
            for (int s = 0; s < many; ++s)
                values.push_back(body->addTensor("v" + std::to_string(s), DType::Float32));
            node("Loop", inputs, values, {{body->names.intern("body"), inner}});
        }
        for (int s = 0; s < many; ++s) {
            results.push_back(body->addTensor("r" + std::to_string(s), DType::Float32));
            if (s + 1 < many)
                node("Identity", {values[static_cast<std::size_t>(s + 1)]}, {results.back()}, {});
            else
                node("Concat", {values.back(), values.back()}, {results.back()}, {{body->names.intern("axis"), std::int64_t(0)}});
        }
        body->outputs.push_back(goesOn);
        body->outputs.insert(body->outputs.end(), results.begin(), results.end());
        for (const auto id : body->outputs)
            body->tensor(id).isGraphOutput = true;
        return std::shared_ptr<const core::Graph>(body);
    };
    TinyModel m;
    const auto start = m.input("x", {1});
    std::vector<core::TensorId> inputs{m.constant<std::int64_t>("trips", DType::Int64, {}, {1}), {}};
    inputs.insert(inputs.end(), many, start);
    const auto model = m.finish(m.node("Loop", "loop", inputs, {{"body", bodyOf(bodyOf(bodyOf(nullptr)))}}));
    const auto plan = Plan::build(model);
    ASSERT_TRUE(plan) << plan.error().text();
}

/// A product of 2^30 multiplications would hold planning up for seconds; a small one is computed once.
TEST(PassEdges, LargeProductsOfConstantsAreLeftToTheRun)
{
    struct Case {
        std::int64_t size;
        bool folded;
    };
    for (const Case &product : {Case{1024, false}, Case{32, true}}) {
        TinyModel m;
        const core::AttributeTensor half{DType::Float32, {1}, core::ConstantData::owned({std::byte(0), std::byte(0), std::byte(0), std::byte(0x3F)})}; // 0.5
        const auto filled = m.node("ConstantOfShape", "filled", {m.ints({product.size, product.size})}, {{"value", half}});
        const auto most = m.node("ReduceMax", "most", {m.node("MatMul", "product", {filled, filled})}, {{"keepdims", std::int64_t(0)}});
        const auto model = m.finish(m.node("Mul", "scaled", {m.input("x", {1}), most}));
        EXPECT_THAT(resultOf(model, true, floats({1}, {2})), ElementsAre(static_cast<float>(product.size) / 2)) << product.size; // 2 * size * 0.25
        const auto plan = Plan::build(model, {});
        ASSERT_TRUE(plan) << plan.error().text();
        EXPECT_EQ(std::ranges::count((*plan)->foldedNodes(), "product"), product.folded ? 1 : 0) << product.size;
    }
}

} // namespace
} // namespace nordlys::runtime
