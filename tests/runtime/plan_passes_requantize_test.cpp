// SPDX-License-Identifier: Apache-2.0
#include <runtime/passes/passes.h>

#include <gtest/gtest.h>

#include <cstring>

namespace nordlys::runtime {
namespace {

/// x -> Quantize -> Dequantize -> Quantize -> Dequantize -> y, the second pair with a scale and zero point of its own.
class Requantize : public testing::Test {
protected:
    int tensor(const std::string &name, core::DType type, const core::Dims &dims)
    {
        ProgramTensor made;
        made.name = name;
        made.dtype = type;
        made.dims = dims;
        made.bytes = checkedTensorBytes(type, dims).value();
        return m_program.addTensor(std::move(made));
    }
    template <typename T>
    int constant(const std::string &name, core::DType type, T value)
    {
        const int made = tensor(name, type, {});
        auto buffer = makeConstantBuffer(sizeof(T));
        std::memcpy((*buffer)->data(), &value, sizeof(T));
        m_program.tensor(made).storage = Storage::Constant;
        m_program.tensor(made).constant = constantFrom(std::move(*buffer));
        m_program.tensor(made).constant.bytes = m_program.tensor(made).constant.bytes.first(sizeof(T));
        return made;
    }
    int step(const std::string &op, const std::string &name, std::vector<int> inputs, core::DType type)
    {
        ProgramStep made;
        made.op = made.label = op;
        made.name = name;
        made.sourceNodes = {name};
        made.opset = 13;
        made.inputs = std::move(inputs);
        made.outputs = {tensor(name + "_y", type, {4})};
        m_program.steps.push_back(made);
        return made.outputs[0];
    }
    void build(float firstScale, float secondScale, std::uint8_t firstZero, std::uint8_t secondZero, core::DType type = core::DType::UInt8)
    {
        const int x = tensor("x", core::DType::Float32, {4});
        m_program.inputs = {x};
        const int s1 = constant("s1", core::DType::Float32, firstScale), s2 = constant("s2", core::DType::Float32, secondScale);
        const int z1 = constant("z1", type, firstZero), z2 = constant("z2", type, secondZero);
        const int q = step("QuantizeLinear", "q1", {x, s1, z1}, type);
        const int d = step("DequantizeLinear", "d1", {q, s1, z1}, core::DType::Float32);
        const int again = step("QuantizeLinear", "q2", {d, s2, z2}, type);
        m_program.outputs = {step("DequantizeLinear", "d2", {again, s2, z2}, core::DType::Float32)};
    }
    std::vector<std::string> names(const NameSet &keep = {})
    {
        passes::collapseRequantize(m_program, keep);
        passes::mergeCommonSteps(m_program, keep);
        passes::removeDeadSteps(m_program, keep);
        std::vector<std::string> result;
        for (const ProgramStep &made : m_program.steps)
            result.push_back(made.name);
        return result;
    }
    Program m_program;
};

using Names = std::vector<std::string>;

TEST_F(Requantize, EqualParametersCollapseAndTheIntegersStay)
{
    build(0.5F, 0.5F, 3, 3);
    EXPECT_EQ(names(), (Names{"q1", "d2"}));
    EXPECT_EQ(m_program.steps[1].inputs[0], m_program.steps[0].outputs[0]);
}

TEST_F(Requantize, OnePairStaysAsWritten)
{
    build(0.5F, 0.25F, 3, 3);
    EXPECT_EQ(names(), (Names{"q1", "d1", "q2", "d2"}));
}

TEST_F(Requantize, OtherZeroPointsStay)
{
    build(0.5F, 0.5F, 3, 4);
    EXPECT_EQ(names().size(), 4U);
}

TEST_F(Requantize, KeptIntegersStay)
{
    build(0.5F, 0.5F, 3, 3);
    EXPECT_EQ(names({"q2_y"}).size(), 4U);
}

TEST_F(Requantize, ScalesThatFloatsCannotUndoStay)
{
    build(1e-40F, 1e-40F, 3, 3);
    EXPECT_EQ(names().size(), 4U);
}

} // namespace
} // namespace nordlys::runtime
