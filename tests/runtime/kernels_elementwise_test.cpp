// SPDX-License-Identifier: Apache-2.0
// Reference kernels where the ONNX backend tests have no case: narrow types, empty tensors, limits. All expectations are worked out by hand.
#include "kernel_harness.h"

#include <core/tensor/convert.h>

#include <cmath>
#include <limits>

namespace nordlys::runtime::test {
namespace {

using core::DType;

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();
using Ints = std::vector<std::int64_t>;

core::HostTensor as(DType type, const core::HostTensor &tensor)
{
    auto converted = core::convertTensor(tensor, type);
    EXPECT_TRUE(converted.hasValue());
    return std::move(*converted);
}

core::HostTensor halves(core::Dims dims, const std::vector<float> &values) { return as(DType::Float16, floats(std::move(dims), values)); }

/// Output 0 of a call as floats.
std::vector<float> run(const Call &call, const std::vector<core::HostTensor> &inputs, const Form &output, bool constant = false)
{
    const auto result = runCall(call, inputs, {output}, constant);
    if (!result) {
        ADD_FAILURE() << result.error().text();
        return {};
    }
    const core::HostTensor wide = as(DType::Float32, (*result)[0]);
    return {wide.as<float>().begin(), wide.as<float>().end()};
}

TEST(HalfKernels, SumsAreRoundedOnce)
{
    // In float16 2048 + 1 is 2048 again; the true sums are 2050.
    const auto a = halves({1}, {2048}), b = halves({1}, {1});
    EXPECT_EQ(run({"Sum"}, {a, b, b}, {DType::Float16, {1}}), std::vector<float>{2050});
    EXPECT_EQ(run({"ReduceSum", 24, {{"keepdims", std::int64_t(0)}}}, {halves({3}, {2048, 1, 1})}, {DType::Float16, {}}), std::vector<float>{2050});
    EXPECT_EQ(run({"MatMul"}, {halves({1, 3}, {2048, 1, 1}), halves({3, 1}, {1, 1, 1})}, {DType::Float16, {1, 1}}), std::vector<float>{2050});
    EXPECT_EQ(run({"Gemm"}, {halves({1, 2}, {2048, 1}), halves({2, 1}, {1, 1}), halves({1}, {1})}, {DType::Float16, {1, 1}}), std::vector<float>{2050});
    EXPECT_EQ(run({"Mean"}, {halves({1}, {60000}), halves({1}, {50016})}, {DType::Float16, {1}}), std::vector<float>{55008}) << "no overflow in between";
    EXPECT_EQ(run({"Conv"}, {halves({1, 3, 1}, {2048, 1, 1}), halves({1, 3, 1}, {1, 1, 1})}, {DType::Float16, {1, 1, 1}}), std::vector<float>{2050});
}

TEST(HalfKernels, BFloat16)
{
    const auto a = as(DType::BFloat16, floats({2}, {256, -1})), b = as(DType::BFloat16, floats({2}, {1, 0.5F}));
    EXPECT_EQ(run({"Add"}, {a, b}, {DType::BFloat16, {2}}), (std::vector<float>{256, -0.5F}));
    EXPECT_EQ(run({"Max"}, {a, b}, {DType::BFloat16, {2}}), (std::vector<float>{256, 0.5F}));
    EXPECT_EQ(run({"Relu"}, {a}, {DType::BFloat16, {2}}), (std::vector<float>{256, 0}));
    EXPECT_EQ(run({"Less"}, {a, b}, {DType::Bool, {2}}), (std::vector<float>{0, 1}));
    EXPECT_EQ(run({"Softmax"}, {as(DType::BFloat16, floats({2}, {3, 3}))}, {DType::BFloat16, {2}}), (std::vector<float>{0.5F, 0.5F}));
}

TEST(HalfKernels, TestsForInfinityAndNaN)
{
    const auto x = halves({4}, {inf, -inf, nan, 65504});
    EXPECT_EQ(run({"IsInf", 24, {{"detect_negative", std::int64_t(0)}}}, {x}, {DType::Bool, {4}}), (std::vector<float>{1, 0, 0, 0}));
    EXPECT_EQ(run({"IsNaN"}, {x}, {DType::Bool, {4}}), (std::vector<float>{0, 0, 1, 0}));
    const auto float8 = tensorOf<std::uint8_t>(DType::Float8E5M2, {3}, {0x7c, 0x7e, 0x3c});
    EXPECT_EQ(run({"IsInf"}, {float8}, {DType::Bool, {3}}), (std::vector<float>{1, 0, 0}));
    EXPECT_EQ(run({"IsNaN"}, {float8}, {DType::Bool, {3}}), (std::vector<float>{0, 1, 0}));
}

struct EmptyReduction {
    const char *op;
    DType type;
    float expected;
};

/// Identities of ONNX Reduce* for an axis without elements.
TEST(Reductions, OfNothing)
{
    const EmptyReduction cases[] = {
        {"ReduceSum", DType::Float32, 0},        {"ReduceProd", DType::Float32, 1},   {"ReduceMax", DType::Float32, -inf},
        {"ReduceMin", DType::Float32, inf},      {"ReduceL1", DType::Float32, 0},     {"ReduceL2", DType::Float32, 0},
        {"ReduceSumSquare", DType::Float32, 0},  {"ReduceLogSum", DType::Float32, -inf}, {"ReduceLogSumExp", DType::Float32, -inf},
        {"ReduceMax", DType::UInt8, 0},          {"ReduceMin", DType::UInt8, 255},    {"ReduceMin", DType::Bool, 1},
        {"ReduceMax", DType::Bool, 0},           {"ReduceMax", DType::Float16, -inf}, {"ReduceMean", DType::Int32, 0},
    };
    for (const EmptyReduction &test : cases) {
        auto empty = core::HostTensor::create(test.type, {2, 0});
        const auto axes = tensorOf<std::int64_t>(DType::Int64, {1}, {1});
        EXPECT_EQ(run({test.op, 20}, {*empty, axes}, {test.type, {2, 1}}, true), (std::vector<float>{test.expected, test.expected}))
            << test.op << " " << core::nameOf(test.type);
    }
    const auto mean = run({"ReduceMean"}, {floats({0}, {})}, {DType::Float32, {1}});
    EXPECT_TRUE(std::isnan(mean[0]));
}

TEST(Reductions, OfInfinities)
{
    EXPECT_EQ(run({"ReduceLogSumExp"}, {floats({3}, {inf, 1, inf})}, {DType::Float32, {1}}), std::vector<float>{inf});
    EXPECT_EQ(run({"ReduceLogSumExp"}, {floats({2}, {-inf, -inf})}, {DType::Float32, {1}}), std::vector<float>{-inf});
    EXPECT_NEAR(run({"ReduceLogSumExp"}, {floats({2}, {1000, 1000})}, {DType::Float32, {1}})[0], 1000.6931F, 1e-3F);
    EXPECT_EQ(run({"ReduceMax"}, {floats({3}, {1, nan, 3})}, {DType::Float32, {1}}).size(), 1U);
    EXPECT_TRUE(std::isnan(run({"ReduceMax"}, {floats({3}, {1, nan, 3})}, {DType::Float32, {1}})[0]));
}

/// Without axes every element is still taken through the other steps of the operator.
TEST(Reductions, OverNoAxis)
{
    const AttributeMap noop{{"noop_with_empty_axes", std::int64_t(1)}};
    EXPECT_EQ(run({"ReduceSumSquare", 18, noop}, {floats({2}, {-2, 3})}, {DType::Float32, {2}}), (std::vector<float>{4, 9}));
    EXPECT_EQ(run({"ReduceSum", 18, noop}, {floats({2}, {-2, 3})}, {DType::Float32, {2}}), (std::vector<float>{-2, 3}));
}

TEST(Reductions, LargestPosition)
{
    const auto x = floats({1, 4}, {1, 5, 5, 2});
    const auto position = [&](const char *op, const core::HostTensor &from, std::int64_t last) {
        const Call call{op, 24, {{"axis", std::int64_t(1)}, {"keepdims", std::int64_t(0)}, {"select_last_index", last}}};
        return runCall(call, {from}, {{DType::Int64, {1}}}).value()[0].as<std::int64_t>()[0];
    };
    EXPECT_EQ(position("ArgMax", x, 0), 1);
    EXPECT_EQ(position("ArgMax", x, 1), 2);
    EXPECT_EQ(position("ArgMin", x, 0), 0);
    EXPECT_EQ(position("ArgMax", floats({1, 4}, {1, nan, 9, nan}), 0), 1);
    EXPECT_EQ(position("ArgMax", floats({1, 4}, {1, nan, 9, nan}), 1), 3);
    EXPECT_EQ(position("ArgMax", halves({1, 4}, {-4, -3, -2, -1}), 0), 3);
}

TEST(MatrixKernels, IntegersWrapAndEmptyInnerSizesGiveZero)
{
    const auto big = tensorOf<std::int32_t>(DType::Int32, {1, 2}, {65536, 1}), column = tensorOf<std::int32_t>(DType::Int32, {2, 1}, {65536, 7});
    EXPECT_EQ(run({"MatMul"}, {big, column}, {DType::Int32, {1, 1}}), std::vector<float>{7}) << "65536^2 is 2^32";
    EXPECT_EQ(run({"MatMul"}, {floats({2, 0}, {}), floats({0, 2}, {})}, {DType::Float32, {2, 2}}), std::vector<float>(4, 0.0F));
    EXPECT_EQ(run({"MatMul"}, {floats({3}, {1, 2, 3}), floats({3}, {4, 5, 6})}, {DType::Float32, {}}), std::vector<float>{32});
    const auto a = tensorOf<std::int32_t>(DType::Int32, {1, 1}, {3}), c = tensorOf<std::int32_t>(DType::Int32, {1}, {10});
    const AttributeMap attributes{{"alpha", 0.5}, {"beta", 2.0}};
    EXPECT_EQ(run({"Gemm", 13, attributes}, {a, a, c}, {DType::Int32, {1, 1}}), std::vector<float>{24}) << "4.5 is cut to 4";
}

TEST(MatrixKernels, Determinants)
{
    EXPECT_EQ(run({"Det"}, {floats({2, 2}, {0, 2, 3, 4})}, {DType::Float32, {}}), std::vector<float>{-6}) << "the pivot is not on the diagonal";
    EXPECT_EQ(run({"Det"}, {floats({2, 2}, {1, 2, 2, 4})}, {DType::Float32, {}}), std::vector<float>{0});
    EXPECT_EQ(run({"Det"}, {floats({2, 0, 0}, {})}, {DType::Float32, {2}}), (std::vector<float>{1, 1})) << "the empty product";
}

TEST(ElementwiseKernels, IntegersAtTheirLimits)
{
    constexpr std::int32_t low = std::numeric_limits<std::int32_t>::min();
    const auto x = tensorOf<std::int32_t>(DType::Int32, {3}, {low, low, 7}), y = tensorOf<std::int32_t>(DType::Int32, {3}, {-1, 0, -2});
    const auto value = [&](const char *op) {
        const auto result = runCall({op}, {x, y}, {{DType::Int32, {3}}});
        const auto span = result.value()[0].as<std::int32_t>();
        return std::vector<std::int32_t>(span.begin(), span.end());
    };
    EXPECT_EQ(value("Div"), (std::vector<std::int32_t>{low, 0, -3}));
    EXPECT_EQ(value("Mod"), (std::vector<std::int32_t>{0, 0, -1}));
    EXPECT_EQ(value("Add")[0], std::numeric_limits<std::int32_t>::max());
    const auto absolute = runCall({"Abs"}, {x}, {{DType::Int32, {3}}});
    EXPECT_EQ((*absolute)[0].as<std::int32_t>()[0], low);
    const auto base = tensorOf<std::int32_t>(DType::Int32, {4}, {3, -1, 2, 5});
    const auto exponent = tensorOf<std::int64_t>(DType::Int64, {4}, {20, -3, -1, 0});
    const auto power = runCall({"Pow"}, {base, exponent}, {{DType::Int32, {4}}});
    EXPECT_TRUE(std::ranges::equal((*power)[0].as<std::int32_t>(), std::vector<std::int32_t>{-808182895, -1, 0, 1})) << "3^20 modulo 2^32";
    EXPECT_EQ(run({"Pow"}, {tensorOf<std::int32_t>(DType::Int32, {2}, {4, 9}), floats({1}, {0.5F})}, {DType::Int32, {2}}), (std::vector<float>{2, 3}));
}

TEST(ElementwiseKernels, Bits)
{
    const auto x = tensorOf<std::uint8_t>(DType::UInt8, {3}, {1, 255, 255}), by = tensorOf<std::uint8_t>(DType::UInt8, {3}, {7, 1, 8});
    EXPECT_EQ(run({"BitShift", 24, {{"direction", std::string("LEFT")}}}, {x, by}, {DType::UInt8, {3}}), (std::vector<float>{128, 254, 0}));
    EXPECT_EQ(run({"BitShift", 24, {{"direction", std::string("RIGHT")}}}, {x, by}, {DType::UInt8, {3}}), (std::vector<float>{0, 127, 0}));
    EXPECT_EQ(run({"BitwiseNot"}, {tensorOf<std::int16_t>(DType::Int16, {2}, {0, -6})}, {DType::Int16, {2}}), (std::vector<float>{-1, 5}));
}

TEST(ElementwiseKernels, ClipWithCrossedBounds)
{
    const auto x = floats({3}, {-5, 1, 5});
    EXPECT_EQ(run({"Clip"}, {x, floats({}, {2}), floats({}, {-2})}, {DType::Float32, {3}}), (std::vector<float>{-2, -2, -2}));
    EXPECT_EQ(run({"Clip"}, {x, core::HostTensor(), floats({}, {2})}, {DType::Float32, {3}}), (std::vector<float>{-5, 1, 2}));
    EXPECT_EQ(run({"Clip", 6, {{"max", 0.5}}}, {x}, {DType::Float32, {3}}), (std::vector<float>{-5, 0.5F, 0.5F}));
    EXPECT_EQ(run({"Shrink", 24, {{"lambd", 1.5}, {"bias", 1.5}}}, {tensorOf<std::int8_t>(DType::Int8, {4}, {-2, -1, 1, 4})}, {DType::Int8, {4}}),
              (std::vector<float>{0, 0, 0, 2}));
}

/// Opset 6: the second operand lies along `axis` of the first.
TEST(ElementwiseKernels, LegacyBroadcast)
{
    const AttributeMap attributes{{"broadcast", std::int64_t(1)}, {"axis", std::int64_t(0)}};
    const auto a = floats({2, 3}, {1, 2, 3, 4, 5, 6}), b = floats({2}, {2, 5});
    EXPECT_EQ(run({"Sub", 6, attributes}, {a, b}, {DType::Float32, {2, 3}}), (std::vector<float>{-1, 0, 1, -1, 0, 1}));
    EXPECT_EQ(run({"Less", 6, attributes}, {a, b}, {DType::Bool, {2, 3}}), (std::vector<float>{1, 0, 0, 1, 0, 0}));
    EXPECT_EQ(run({"Pow", 6, attributes}, {a, b}, {DType::Float32, {2, 3}}), (std::vector<float>{1, 4, 9, 1024, 3125, 7776}));
}

TEST(ElementwiseKernels, TensorsWithoutElements)
{
    for (const char *op : {"Relu", "Exp", "Neg", "Softmax", "LogSoftmax", "Hardmax", "Sum", "Max", "Swish", "Identity"})
        EXPECT_TRUE(runCall({op}, {floats({2, 0}, {})}, {{DType::Float32, {2, 0}}}).hasValue()) << op;
    for (const char *op : {"Add", "Mul", "Pow"})
        EXPECT_TRUE(runCall({op}, {floats({2, 0}, {}), floats({1}, {3})}, {{DType::Float32, {2, 0}}}).hasValue()) << op;
    EXPECT_TRUE(runCall({"ArgMax", 24, {{"axis", std::int64_t(1)}}}, {floats({0, 3}, {})}, {{DType::Int64, {0, 1}}}).hasValue());
}

TEST(GeneratedTensors, DiagonalsRangesAndFills)
{
    EXPECT_EQ(run({"EyeLike", 9, {{"k", std::int64_t(-1)}}}, {floats({2, 3}, std::vector<float>(6))}, {DType::Float16, {2, 3}}),
              (std::vector<float>{0, 0, 0, 1, 0, 0}));
    EXPECT_EQ(run({"EyeLike", 9, {{"k", std::numeric_limits<std::int64_t>::min()}}}, {floats({1, 2}, {0, 0})}, {DType::Bool, {1, 2}}),
              (std::vector<float>{0, 0}));
    const auto scalar = [](std::int64_t value) { return tensorOf<std::int64_t>(DType::Int64, {}, {value}); };
    EXPECT_EQ(run({"Range", 11}, {scalar(10), scalar(4), scalar(-2)}, {DType::Int64, {3}}, true), (std::vector<float>{10, 8, 6}));
    const core::AttributeTensor seven{DType::Int4, {1}, core::ConstantData::owned({std::byte(0x07)})};
    const auto filled = runCall({"ConstantOfShape", 21, {{"value", seven}}}, {tensorOf<std::int64_t>(DType::Int64, {1}, {3})}, {{DType::Int4, {3}}}, true);
    ASSERT_TRUE(filled.hasValue());
    EXPECT_EQ((*filled)[0].bytes()[0], std::byte(0x77));
    EXPECT_EQ((*filled)[0].bytes()[1], std::byte(0x07));
}

TEST(Dropout, TrainingIsRefusedUnlessNothingIsDropped)
{
    const auto x = floats({2}, {1, 2});
    const auto ratio = [](float value) { return floats({}, {value}); };
    const auto training = tensorOf<std::uint8_t>(DType::Bool, {}, {1});
    const std::vector<Form> outputs{{DType::Float32, {2}}, {DType::Bool, {2}}};
    const auto kept = runCall({"Dropout", 13}, {x, ratio(0), training}, outputs, true);
    ASSERT_TRUE(kept.hasValue());
    EXPECT_EQ((*kept)[0].as<float>()[1], 2.0F);
    EXPECT_EQ((*kept)[1].as<std::uint8_t>()[1], 1);
    const auto dropped = runCall({"Dropout", 13}, {x, ratio(0.5F), training}, outputs, true);
    ASSERT_FALSE(dropped.hasValue());
    EXPECT_EQ(dropped.error().code, core::ErrorCode::NotSupported);
}

} // namespace
} // namespace nordlys::runtime::test
