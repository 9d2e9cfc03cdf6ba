// SPDX-License-Identifier: Apache-2.0
// Sequences and optionals (ONNX 11 to 18): results computed by hand.
#include "operator_harness.h"

namespace nordlys::runtime::operator_test {
namespace {

using core::DType;

Value sequenceOf(std::vector<Value> elements, DType type = DType::Float32) { return Value::ofSequence(std::move(elements), type); }

/// "float32 [2: 1 2] ..." of a value, for comparisons.
std::string textOf(const Value &value)
{
    if (value.isNothing())
        return "nothing";
    if (value.isSequence()) {
        std::string text = "sequence of " + std::string(core::nameOf(value.elementType())) + " (";
        for (const Value &element : value.elements())
            text += textOf(element);
        return text + ")";
    }
    std::string text = "[" + core::shapeText(value.tensor().dims()) + ":";
    const auto append = [&](auto data) {
        for (const auto element : data)
            text += " " + std::to_string(static_cast<int>(element));
    };
    if (value.elementType() == DType::Float32)
        append(value.tensor().as<float>());
    else if (value.elementType() == DType::Int64)
        append(value.tensor().as<std::int64_t>());
    else
        append(value.tensor().as<std::uint8_t>());
    return text + "]";
}

AttributeMap ints(std::initializer_list<std::pair<const char *, std::int64_t>> list)
{
    AttributeMap map;
    for (const auto &[name, value] : list)
        map.insert_or_assign(name, value);
    return map;
}

TEST(SequenceKernels, ComputeWhatTheStandardSays)
{
    const Value one = floats({1}, {1}), two = floats({1}, {2}), three = floats({1}, {3});
    const Value all = sequenceOf({one, two, three}), matrix = floats({3, 2}, {1, 2, 3, 4, 5, 6});
    const struct {
        Operator op;
        std::vector<Value> inputs;
        const char *expected;
    } cases[] = {
        {{"SequenceEmpty", 11, {}}, {}, "sequence of float32 ()"},
        {{"SequenceEmpty", 11, ints({{"dtype", 7}})}, {}, "sequence of int64 ()"},
        {{"SequenceConstruct", 11, {}}, {one, matrix}, "sequence of float32 ([1: 1][3×2: 1 2 3 4 5 6])"},
        {{"SequenceInsert", 11, {}}, {all, matrix}, "sequence of float32 ([1: 1][1: 2][1: 3][3×2: 1 2 3 4 5 6])"},
        {{"SequenceInsert", 11, {}}, {all, one, int64s({}, {-1})}, "sequence of float32 ([1: 1][1: 2][1: 1][1: 3])"},
        {{"SequenceInsert", 11, {}}, {all, one, int32s({1}, {3})}, "sequence of float32 ([1: 1][1: 2][1: 3][1: 1])"},
        {{"SequenceInsert", 11, {}}, {sequenceOf({}, DType::Undefined), one}, "sequence of float32 ([1: 1])"},
        {{"SequenceErase", 11, {}}, {all}, "sequence of float32 ([1: 1][1: 2])"},
        {{"SequenceErase", 11, {}}, {all, int64s({}, {-3})}, "sequence of float32 ([1: 2][1: 3])"},
        {{"SequenceAt", 11, {}}, {all, int64s({}, {-2})}, "[1: 2]"},
        {{"SequenceLength", 11, {}}, {all}, "[scalar: 3]"},
        {{"SplitToSequence", 11, {}}, {matrix}, "sequence of float32 ([1×2: 1 2][1×2: 3 4][1×2: 5 6])"},
        {{"SplitToSequence", 11, ints({{"keepdims", 0}, {"axis", -1}})}, {matrix}, "sequence of float32 ([3: 1 3 5][3: 2 4 6])"},
        {{"SplitToSequence", 11, ints({{"keepdims", 0}})}, {matrix, int64s({}, {2})}, "sequence of float32 ([2×2: 1 2 3 4][1×2: 5 6])"},
        {{"SplitToSequence", 11, ints({{"axis", 1}})}, {matrix, int32s({3}, {0, 1, 1})}, "sequence of float32 ([3×0:][3×1: 1 3 5][3×1: 2 4 6])"},
        {{"SplitToSequence", 11, {}}, {floats({0, 2}, {})}, "sequence of float32 ()"},
        {{"ConcatFromSequence", 11, ints({{"axis", 0}})}, {all}, "[3: 1 2 3]"},
        {{"ConcatFromSequence", 11, ints({{"axis", -1}, {"new_axis", 1}})}, {all}, "[1×3: 1 2 3]"},
        {{"ConcatFromSequence", 11, ints({{"axis", 1}})}, {sequenceOf({matrix, floats({3, 1}, {7, 8, 9})})}, "[3×3: 1 2 7 3 4 8 5 6 9]"},
        {{"Optional", 15, {}}, {one}, "[1: 1]"},
        {{"Optional", 15, {}}, {}, "nothing"},
        {{"OptionalGetElement", 15, {}}, {all}, "sequence of float32 ([1: 1][1: 2][1: 3])"},
        {{"OptionalHasElement", 18, {}}, {one}, "[scalar: 1]"},
        {{"OptionalHasElement", 18, {}}, {}, "[scalar: 0]"},
        {{"OptionalHasElement", 18, {}}, {Value()}, "[scalar: 0]"},
    };
    for (const auto &c : cases) {
        const auto results = compute(c.op, c.inputs);
        ASSERT_TRUE(results) << c.op.name << ": " << results.error().text();
        ASSERT_EQ(results->size(), 1U);
        EXPECT_EQ(textOf((*results)[0]), c.expected) << c.op.name;
    }
}

TEST(SequenceKernels, RefuseWhatBreaksARule)
{
    const Value one = floats({1}, {1}), all = sequenceOf({one, floats({2}, {2, 3})}), matrix = floats({3, 2}, {1, 2, 3, 4, 5, 6});
    const struct {
        Operator op;
        std::vector<Value> inputs;
        const char *rule;
    } bad[] = {
        {{"SequenceEmpty", 11, ints({{"dtype", 99}})}, {}, "dtype"},
        {{"SequenceConstruct", 11, {}}, {one, int64s({1}, {1})}, "input 1 is int64"},
        {{"SequenceConstruct", 11, {}}, {one, all}, "input 1 has to be a tensor"},
        {{"SequenceInsert", 11, {}}, {all, int64s({1}, {1})}, "does not fit a sequence of float32"},
        {{"SequenceInsert", 11, {}}, {all, one, int64s({}, {3})}, "position 3"},
        {{"SequenceInsert", 11, {}}, {one, one}, "input 0 has to be a sequence"},
        {{"SequenceErase", 11, {}}, {all, int64s({}, {2})}, "position 2"},
        {{"SequenceErase", 11, {}}, {sequenceOf({})}, "outside a sequence of 0"},
        {{"SequenceAt", 11, {}}, {all, int64s({}, {-3})}, "position -3"},
        {{"SequenceAt", 11, {}}, {all, one}, "input 1 has to be int32 or int64"},
        {{"SequenceAt", 11, {}}, {all, int64s({2}, {0, 1})}, "one number"},
        {{"SplitToSequence", 11, {}}, {matrix, int64s({2}, {1, 1})}, "add up to 2"},
        {{"SplitToSequence", 11, {}}, {matrix, int64s({2}, {5, -2})}, "negative or longer"},
        {{"SplitToSequence", 11, {}}, {matrix, int64s({}, {0})}, "size of a part"},
        {{"SplitToSequence", 11, ints({{"axis", 2}})}, {matrix}, "axis 2"},
        {{"ConcatFromSequence", 11, ints({{"axis", 0}})}, {sequenceOf({})}, "empty"},
        {{"ConcatFromSequence", 11, {}}, {all}, "attribute axis"},
        {{"ConcatFromSequence", 11, ints({{"axis", 0}, {"new_axis", 1}})}, {all}, "tensor 1"},
        {{"ConcatFromSequence", 11, ints({{"axis", 1}})}, {all}, "axis 1"},
        {{"OptionalGetElement", 18, {}}, {Value()}, "input"},
    };
    for (const auto &c : bad) {
        const auto results = compute(c.op, c.inputs);
        ASSERT_FALSE(results) << c.op.name << " was computed, expected: " << c.rule;
        EXPECT_NE(results.error().text().find(c.rule), std::string::npos) << c.op.name << ": " << results.error().text();
        EXPECT_NE(results.error().text().find("tested"), std::string::npos) << results.error().text();
    }
}

TEST(SequenceKernels, StayWithinTheMemoryThatIsAllowed)
{
    const Value matrix = floats({64, 64}, std::vector<float>(4096, 1));
    EXPECT_FALSE(compute({"SplitToSequence", 11, {}}, {matrix}, 1024));
    EXPECT_FALSE(compute({"ConcatFromSequence", 11, ints({{"axis", 0}})}, {sequenceOf({matrix, matrix})}, 1024));
    EXPECT_FALSE(compute({"NonZero", 13, {}}, {matrix}, 1024));
    EXPECT_FALSE(compute({"Compress", 11, {}}, {matrix, bools({4096}, std::vector<std::uint8_t>(4096, 1))}, 1024));
}

} // namespace
} // namespace nordlys::runtime::operator_test
