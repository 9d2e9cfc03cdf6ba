// SPDX-License-Identifier: Apache-2.0
// Operator calls that break a rule of the standard: the error names the node and the rule, and nothing is read or written.
#include "kernel_harness.h"

#include <gmock/gmock.h>

namespace nordlys::runtime::test {
namespace {

using core::DType;

constexpr DType F = DType::Float32;

struct BadCall {
    Call call;
    std::vector<Form> inputs, outputs;
    const char *rule; ///< part of the message
};

AttributeMap axisIs(std::int64_t axis) { return {{"axis", axis}}; }

const std::vector<BadCall> &badCalls()
{
    static const std::vector<BadCall> calls{
        {{"Add"}, {{F, {2}}}, {{F, {2}}}, "input 1 is missing"},
        {{"Add"}, {{F, {2}}, {F, {3}}}, {{F, {3}}}, "cannot be broadcast"},
        {{"Add"}, {{F, {2}}, {DType::Int32, {2}}}, {{F, {2}}}, "differ in type"},
        {{"Add"}, {{F, {2}}, {F, {2}}}, {{F, {3}}}, "output's shape"},
        {{"Add", 6, {{"broadcast", std::int64_t(1)}, {"axis", std::int64_t(2)}}}, {{F, {2, 3}}, {F, {3}}}, {{F, {2, 3}}}, "axis 2 is outside"},
        {{"Pow", 7}, {{F, {2}}, {DType::Int32, {2}}}, {{F, {2}}}, "before opset 12"},
        {{"Mod"}, {{F, {2}}, {F, {2}}}, {{F, {2}}}, "fmod"},
        {{"Relu"}, {}, {{F, {2}}}, "input 0 is missing"},
        {{"Relu"}, {{F, {2}}}, {}, "output 0 is missing"},
        {{"Relu"}, {{F, {2}}}, {{F, {3}}}, "shape of the input"},
        {{"Exp"}, {{F, {2}}}, {{DType::Float64, {2}}}, "differ in type"},
        {{"Not"}, {{F, {2}}}, {{DType::Bool, {2}}}, "booleans"},
        {{"And"}, {{DType::Bool, {2}}, {F, {2}}}, {{DType::Bool, {2}}}, "booleans"},
        {{"Equal"}, {{F, {2}}, {F, {2}}}, {{F, {2}}}, "boolean"},
        {{"Where"}, {{F, {2}}, {F, {2}}, {F, {2}}}, {{F, {2}}}, "condition has to be boolean"},
        {{"Clip"}, {{F, {2}}, {F, {2}}}, {{F, {2}}}, "min and max have to be scalars"},
        {{"BitShift"}, {{DType::UInt8, {2}}, {DType::UInt8, {2}}}, {{DType::UInt8, {2}}}, "LEFT or RIGHT"},
        {{"BitShift", 11, {{"direction", std::string("LEFT")}}}, {{DType::Int8, {2}}, {DType::Int8, {2}}}, {{DType::Int8, {2}}}, "unsigned"},
        {{"BitwiseAnd"}, {{F, {2}}, {F, {2}}}, {{F, {2}}}, "integers"},
        {{"MatMul"}, {{F, {2, 3}}, {F, {4, 2}}}, {{F, {2, 2}}}, "inner sizes 3 and 4"},
        {{"MatMul"}, {{F, {}}, {F, {4, 2}}}, {{F, {2}}}, "need a dimension"},
        {{"MatMul"}, {{F, {2, 1, 3}}, {F, {3, 3, 1}}}, {{F, {2, 1, 1}}}, "leading dimensions"},
        {{"Gemm"}, {{F, {2, 3}}, {F, {4, 2}}}, {{F, {2, 2}}}, "inner sizes"},
        {{"Gemm"}, {{F, {2, 3}}, {F, {3, 2}}, {F, {3}}}, {{F, {2, 2}}}, "C cannot be broadcast"},
        {{"Gemm"}, {{F, {2, 3}}, {F, {3}}}, {{F, {2, 3}}}, "matrices"},
        {{"Det"}, {{F, {2, 3}}}, {{F, {}}}, "square"},
        {{"Softmax", 13, axisIs(2)}, {{F, {2, 3}}}, {{F, {2, 3}}}, "axis is outside"},
        {{"Hardmax", 11, axisIs(-3)}, {{F, {2, 3}}}, {{F, {2, 3}}}, "axis is outside"},
        {{"ReduceSum", 11, {{"axes", std::vector<std::int64_t>{2}}}}, {{F, {2, 3}}}, {{F, {2, 3}}}, "an axis is outside"},
        {{"ReduceSum", 11, {{"axes", std::vector<std::int64_t>{1, -1}}}}, {{F, {2, 3}}}, {{F, {2, 1}}}, "stands twice"},
        {{"ReduceMean"}, {{F, {2, 3}}}, {{F, {1, 3}}}, "output's shape is not"},
        {{"ReduceSum"}, {{DType::Bool, {2}}}, {{DType::Bool, {1}}}, "booleans"},
        {{"ArgMax", 13, axisIs(1)}, {{F, {2, 0}}}, {{DType::Int64, {2, 1}}}, "axis of size 0"},
        {{"ArgMin", 13, axisIs(5)}, {{F, {2, 3}}}, {{DType::Int64, {2, 1}}}, "axis is outside"},
        {{"EyeLike"}, {{F, {2}}}, {{F, {2}}}, "matrices"},
        {{"Range"}, {{F, {}}, {F, {2}}, {F, {}}}, {{F, {2}}}, "scalars"},
        {{"Cast", 24, {{"round_mode", std::string("sideways")}}}, {{F, {2}}}, {{DType::Float8E8M0, {2}}}, "round_mode"},
        {{"CastLike"}, {{F, {2}}, {DType::Int8, {1}}}, {{F, {2}}}, "target_type"},
        {{"Sum"}, {}, {{F, {2}}}, "input 0 is missing"},
        {{"Mean"}, {{F, {2}}, {F, {3}}}, {{F, {3}}}, "cannot be broadcast"},
        {{"Add"}, {{F, core::Dims(13, 1)}, {F, {1}}}, {{F, core::Dims(13, 1)}}, "more than 12 dimensions"},
        {{"Add"}, {{DType::Int4, {2}}, {DType::Int4, {2}}}, {{DType::Int4, {2}}}, "int4"},
        {{"Relu"}, {{DType::String, {2}}}, {{DType::String, {2}}}, "string"},
    };
    return calls;
}

TEST(BadCalls, AreRefusedWithNodeAndRule)
{
    for (const BadCall &bad : badCalls()) {
        std::vector<TensorDesc> inputs, outputs;
        for (const Form &form : bad.inputs)
            inputs.push_back(descOf(form));
        for (const Form &form : bad.outputs)
            outputs.push_back(descOf(form));
        const auto kernel = bindCall(bad.call, inputs, outputs);
        ASSERT_FALSE(kernel.hasValue()) << bad.call.op << ": " << bad.rule;
        EXPECT_THAT(kernel.error().text(), testing::HasSubstr("node-under-test")) << bad.call.op;
        EXPECT_THAT(kernel.error().text(), testing::HasSubstr(bad.rule)) << bad.call.op;
    }
}

} // namespace
} // namespace nordlys::runtime::test
