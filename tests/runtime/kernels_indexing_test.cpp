// SPDX-License-Identifier: Apache-2.0
// Indexing, selection and movement: values that are computed by hand from the text of the standard, where the ONNX backend tests say nothing.
#include "operator_harness.h"


#include <cmath>
#include <limits>

namespace nordlys::runtime::operator_test {
namespace {

using core::DType;
using Ints = std::vector<std::int64_t>;

AttributeMap axis(std::int64_t value) { return {{"axis", value}}; }

struct Case {
    const char *what;
    Operator op;
    std::vector<Value> inputs;
    std::vector<Value> expected;
};

const std::vector<Case> &cases()
{
    static constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max(), lowest = std::numeric_limits<std::int64_t>::min();
    static const std::vector<Case> all = [] {
        // One by one: a single list of so many is slow to compile.
        std::vector<Case> made;
        made.push_back({"negative indices reach into the batch", {"GatherND", 13, {{"batch_dims", std::int64_t(1)}}},
         {int32s({2, 3}, {1, 2, 3, 4, 5, 6}), int64s({2, 1}, {-1, 0})}, {int32s({2}, {3, 4})}});
        made.push_back({"gathering from nothing, no indices", {"Gather", 13, {}}, {floats({0, 2}, {}), int64s({0}, {})}, {floats({0, 2}, {})}});
        made.push_back({"elements of a byte each", {"GatherElements", 13, axis(-1)},
         {bools({2, 2}, {0, 1, 0, 1}), int32s({2, 1}, {-1, 0})}, {bools({2, 1}, {1, 0})}});
        made.push_back({"the last of several updates wins", {"ScatterElements", 18, axis(0)},
         {floats({3}, {1, 2, 3}), int64s({3}, {0, 0, -1}), floats({3}, {7, 8, 9})}, {floats({3}, {8, 2, 9})}});
        made.push_back({"int8 multiplication wraps around", {"ScatterElements", 18, {{"reduction", std::string("mul")}}},
         {tensorValue<std::int8_t>(DType::Int8, {2}, {100, 3}), int64s({2}, {0, 1}), tensorValue<std::int8_t>(DType::Int8, {2}, {3, -5})},
         {tensorValue<std::int8_t>(DType::Int8, {2}, {44, -15})}});
        made.push_back({"float16 sums", {"ScatterND", 18, {{"reduction", std::string("add")}}},
         {tensorValue<std::uint16_t>(DType::Float16, {2}, {0x3c00, 0x4000}), int64s({2, 1}, {1, 1}),
          tensorValue<std::uint16_t>(DType::Float16, {2}, {0x3800, 0x3800})},
         {tensorValue<std::uint16_t>(DType::Float16, {2}, {0x3c00, 0x4200})}});
        made.push_back({"a circular cache wraps", {"TensorScatter", 24, {{"mode", std::string("circular")}}},
         {floats({1, 3, 1}, {1, 2, 3}), floats({1, 2, 1}, {8, 9}), int64s({1}, {5})}, {floats({1, 3, 1}, {9, 2, 8})}});
        made.push_back({"equal values by the lower index", {"TopK", 11, {{"largest", std::int64_t(0)}}, 2},
         {int32s({5}, {3, 1, 2, 1, 1}), int64s({1}, {4})}, {int32s({4}, {1, 1, 1, 2}), int64s({4}, {1, 3, 4, 2})}});
        made.push_back({"k as an attribute", {"TopK", 1, {{"k", std::int64_t(2)}}, 2}, {floats({1, 3}, {1, 3, 2})}, {floats({1, 2}, {3, 2}), int64s({1, 2}, {1, 2})}});
        made.push_back({"k of 0", {"TopK", 11, {}, 2}, {floats({2, 3}, {1, 3, 2, 4, 5, 6}), int64s({1}, {0})}, {floats({2, 0}, {}), int64s({2, 0}, {})}});
        made.push_back({"unsigned numbers above int64", {"TopK", 24, {}, 2},
         {tensorValue<std::uint64_t>(DType::UInt64, {3}, {1, ~std::uint64_t(0), 5}), int64s({1}, {1})},
         {tensorValue<std::uint64_t>(DType::UInt64, {1}, {~std::uint64_t(0)}), int64s({1}, {1})}});
        made.push_back({"sums from behind without the element itself", {"CumSum", 14, {{"exclusive", std::int64_t(1)}, {"reverse", std::int64_t(1)}}},
         {int64s({2, 3}, {1, 2, 3, 4, 5, 6}), int32s({}, {-1})}, {int64s({2, 3}, {5, 3, 0, 11, 6, 0})}});
        made.push_back({"float16 sums do not lose what float holds", {"CumSum", 14, {}},
         {tensorValue<std::uint16_t>(DType::Float16, {3}, {0x6800, 0x3c00, 0x3c00}), int64s({}, {0})}, // 2048, 1, 1
         {tensorValue<std::uint16_t>(DType::Float16, {3}, {0x6800, 0x6800, 0x6801})}});
        made.push_back({"k beyond the matrix", {"Trilu", 14, {{"upper", std::int64_t(0)}}},
         {bools({2, 2}, {1, 1, 1, 1}), int64s({}, {lowest})}, {bools({2, 2}, {0, 0, 0, 0})}});
        made.push_back({"k beyond the matrix upward", {"Trilu", 14, {{"upper", std::int64_t(0)}}}, {floats({1, 2}, {1, 2}), int64s({}, {huge})}, {floats({1, 2}, {1, 2})}});
        made.push_back({"time first", {"ReverseSequence", 10, {}}, {int32s({3, 2}, {1, 2, 3, 4, 5, 6}), int64s({2}, {1, 3})}, {int32s({3, 2}, {1, 6, 3, 4, 5, 2})}});
        made.push_back({"one-hot of floats with a float depth", {"OneHot", 11, axis(0)},
         {floats({3}, {0, -1, 7}), floats({}, {2}), int32s({2}, {5, 9})}, {int32s({2, 3}, {9, 5, 5, 5, 9, 5})}});
        made.push_back({"crop and pad at once", {"CenterCropPad", 18, {{"axes", Ints{-1, 0}}}},
         {int32s({1, 4}, {1, 2, 3, 4}), int64s({2}, {1, 2})}, {int32s({2, 1}, {2, 0})}});
        made.push_back({"one axis of opset 1", {"Tile", 1, {}}, {floats({2, 1}, {1, 2}), floats({1}, {2}), floats({1}, {1})}, {floats({2, 2}, {1, 1, 2, 2})}});
        made.push_back({"no repeats", {"Tile", 13, {}}, {floats({2, 1}, {1, 2}), int64s({2}, {0, 3})}, {floats({0, 3}, {})}});
        made.push_back({"repeats of nothing", {"Tile", 13, {}}, {floats({2, 0}, {}), int64s({2}, {2, 3})}, {floats({4, 0}, {})}});
        made.push_back({"expanding to nothing", {"Expand", 13, {}}, {floats({1, 2}, {1, 2}), int64s({2}, {0, 1})}, {floats({0, 2}, {})}});
        made.push_back({"pads of opset 1", {"Pad", 1, {{"paddings", Ints{0, 1, 0, 0}}, {"value", 3.0}}}, {floats({1, 2}, {1, 2})}, {floats({1, 3}, {3, 1, 2})}});
        made.push_back({"a pad value in float64", {"Pad", 2, {{"pads", Ints{1, 0}}, {"value", 0.5}}}, {tensorValue<double>(DType::Float64, {1}, {7})},
         {tensorValue<double>(DType::Float64, {2}, {0.5, 7})}});
        made.push_back({"negative pads cut", {"Pad", 21, {{"mode", std::string("edge")}}}, {int32s({4}, {1, 2, 3, 4}), int64s({2}, {-1, 2})}, {int32s({5}, {2, 3, 4, 4, 4})}});
        made.push_back({"pads of one axis", {"Pad", 18, {}}, {int32s({1, 2}, {1, 2}), int64s({2}, {1, 0}), Value(), int64s({1}, {-1})}, {int32s({1, 3}, {0, 1, 2})}});
        made.push_back({"wrapping further than the data are long", {"Pad", 19, {{"mode", std::string("wrap")}}}, {int32s({2}, {1, 2}), int64s({2}, {3, 1})},
         {int32s({6}, {2, 1, 2, 1, 2, 1})}});
        made.push_back({"reflecting further than the data are long", {"Pad", 19, {{"mode", std::string("reflect")}}}, {int32s({2}, {1, 2}), int64s({2}, {3, 0})},
         {int32s({5}, {2, 1, 2, 1, 2})}});
        made.push_back({"constants around nothing", {"Pad", 19, {}}, {floats({0}, {}), int64s({2}, {1, 1}), floats({}, {4})}, {floats({2}, {4, 4})}});
        made.push_back({"the last part is smaller", {"Split", 18, {{"num_outputs", std::int64_t(3)}}, 3}, {int32s({5}, {1, 2, 3, 4, 5})},
         {int32s({2}, {1, 2}), int32s({2}, {3, 4}), int32s({1}, {5})}});
        made.push_back({"sizes as an attribute, one of them 0", {"Split", 2, {{"split", Ints{0, 2}}, {"axis", std::int64_t(-1)}}, 2}, {floats({1, 2}, {1, 2})},
         {floats({1, 0}, {}), floats({1, 2}, {1, 2})}});
        made.push_back({"slicing down to the very first", {"Slice", 13, {}},
         {int32s({3}, {1, 2, 3}), int64s({1}, {-1}), int64s({1}, {lowest}), int64s({1}, {0}), int64s({1}, {-2})},
         {int32s({2}, {3, 1})}});
        made.push_back({"a start before the data is clamped to the first element", {"Slice", 13, {}},
         {int32s({3}, {1, 2, 3}), int64s({1}, {-9}), int64s({1}, {-9}), int64s({1}, {0}), int64s({1}, {-1})}, {int32s({1}, {1})}});
        made.push_back({"slicing as attributes", {"Slice", 1, {{"starts", Ints{1}}, {"ends", Ints{huge}}, {"axes", Ints{1}}}},
         {floats({1, 3}, {1, 2, 3})}, {floats({1, 2}, {2, 3})}});
        made.push_back({"slicing nothing", {"Slice", 10, {}}, {floats({0}, {}), int64s({1}, {5}), int64s({1}, {0}), int64s({1}, {0}), int64s({1}, {-1})}, {floats({0}, {})}});
        made.push_back({"the default axis of opset 1", {"Concat", 1, {}}, {floats({1, 1}, {1}), floats({1, 2}, {2, 3})}, {floats({1, 3}, {1, 2, 3})}});
        made.push_back({"empty parts", {"Concat", 13, axis(-1)}, {floats({1, 0}, {}), floats({1, 1}, {3})}, {floats({1, 1}, {3})}});
        made.push_back({"16 bytes an element", {"Transpose", 13, {}}, {tensorValue<double>(DType::Complex128, {1, 2}, {1, 2, 3, 4})},
         {tensorValue<double>(DType::Complex128, {2, 1}, {1, 2, 3, 4})}});
        made.push_back({"0 copies", {"Reshape", 14, {}}, {floats({2, 0, 3}, {}), int64s({2}, {2, 0})}, {floats({2, 0}, {})}});
        made.push_back({"0 is 0 with allowzero", {"Reshape", 14, {{"allowzero", std::int64_t(1)}}}, {floats({2, 0, 3}, {}), int64s({3}, {0, 7, 1})}, {floats({0, 7, 1}, {})}});
        made.push_back({"the shape as an attribute", {"Reshape", 1, {{"shape", Ints{-1, 2}}}}, {floats({4}, {1, 2, 3, 4})}, {floats({2, 2}, {1, 2, 3, 4})}});
        made.push_back({"counting down", {"Range", 11, {}}, {int64s({}, {5}), int64s({}, {-1}), int64s({}, {-4})}, {int64s({2}, {5, 1})}});
        made.push_back({"no numbers", {"Range", 11, {}}, {int32s({}, {5}), int32s({}, {5}), int32s({}, {1})}, {int32s({0}, {})}});
        made.push_back({"at the end of int64", {"Range", 11, {}}, {int64s({}, {huge - 1}), int64s({}, {huge}), int64s({}, {1})}, {int64s({1}, {huge - 1})}});
        made.push_back({"zeros of two kinds", {"NonZero", 13, {}}, {tensorValue<std::uint16_t>(DType::Float16, {3}, {0x8000, 0x3c00, 0})}, {int64s({1, 1}, {1})}});
        made.push_back({"a condition shorter than the axis", {"Compress", 11, axis(-1)}, {int32s({2, 3}, {1, 2, 3, 4, 5, 6}), bools({2}, {0, 1})}, {int32s({2, 1}, {2, 5})}});
        made.push_back({"in the order of occurrence", {"Unique", 11, {{"sorted", std::int64_t(0)}}, 4}, {int32s({2, 2}, {7, 3, 7, 1})},
         {int32s({3}, {7, 3, 1}), int64s({3}, {0, 1, 3}), int64s({4}, {0, 1, 0, 2}), int64s({3}, {2, 1, 1})}});
        made.push_back({"columns as values", {"Unique", 11, axis(1), 4}, {int32s({2, 3}, {2, 1, 2, 5, 4, 5})},
         {int32s({2, 2}, {1, 2, 4, 5}), int64s({2}, {1, 0}), int64s({3}, {1, 0, 1}), int64s({2}, {1, 2})}});
        made.push_back({"no values", {"Unique", 11, {}, 4}, {floats({0}, {})}, {floats({0}, {}), int64s({0}, {}), int64s({0}, {}), int64s({0}, {})}});
        made.push_back({"pairs with a gap, weighted", {"TfIdfVectorizer", 9,
          {{"mode", std::string("TFIDF")}, {"min_gram_length", std::int64_t(1)}, {"max_gram_length", std::int64_t(2)}, {"max_skip_count", std::int64_t(1)},
           {"ngram_counts", Ints{0, 1}}, {"ngram_indexes", Ints{2, 0}}, {"pool_int64s", Ints{4, 1, 4}}, {"weights", std::vector<double>{0.5, 3}}}},
         {int64s({4}, {1, 4, 2, 4})}, {floats({3}, {3, 0, 1})}});
        made.push_back({"boxes by any corners; the better of two equals", {"NonMaxSuppression", 11, {}},
         {floats({1, 3, 4}, {1, 1, 0, 0, 0, 0, 1, 1, 5, 5, 6, 6}), floats({1, 1, 3}, {0.5F, 0.5F, 0.2F}), int64s({}, {9}), floats({}, {0.5F})},
         {int64s({2, 3}, {0, 0, 0, 0, 0, 2})}});
        made.push_back({"overlap exactly at the limit stays", {"NonMaxSuppression", 11, {}},
         {floats({1, 2, 4}, {0, 0, 2, 1, 0, 0, 1, 1}), floats({1, 1, 2}, {0.9F, 0.8F}), int64s({1}, {9}), floats({1}, {0.5F}), floats({1}, {0.1F})},
         {int64s({2, 3}, {0, 0, 0, 0, 0, 1})}});
        made.push_back({"no boxes are asked for", {"NonMaxSuppression", 10, {}}, {floats({1, 1, 4}, {0, 0, 1, 1}), floats({1, 1, 1}, {1})}, {int64s({0, 3}, {})}});
        return made;
    }();
    return all;
}

TEST(Indexing, ComputesWhatTheStandardSays)
{
    for (const Case &c : cases()) {
        SCOPED_TRACE(c.op.name + ": " + c.what);
        const auto results = compute(c.op, c.inputs);
        if (!results) {
            ADD_FAILURE() << results.error().text();
            continue;
        }
        ASSERT_EQ(results->size(), c.expected.size());
        for (std::size_t i = 0; i < results->size(); ++i) {
            const core::HostTensor &actual = (*results)[i].tensor(), &expected = c.expected[i].tensor();
            EXPECT_EQ(actual.dtype(), expected.dtype());
            EXPECT_EQ(actual.dims(), expected.dims());
            EXPECT_TRUE(std::ranges::equal(actual.bytes(), expected.bytes())) << "values of output " << i;
        }
    }
}

TEST(Indexing, NanIsTheLargestNumberWhereNumbersAreOrdered)
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto top = compute({"TopK", 11, {}, 2}, {floats({3}, {1, nan, 2}), int64s({1}, {2})});
    ASSERT_TRUE(top);
    EXPECT_EQ(valuesOf<std::int64_t>((*top)[1]), (Ints{1, 2}));
    const auto unique = compute({"Unique", 11, {}, 4}, {floats({4}, {nan, 1, nan, 0})});
    ASSERT_TRUE(unique);
    EXPECT_EQ(valuesOf<std::int64_t>((*unique)[2]), (Ints{2, 1, 2, 0}));
    EXPECT_EQ(valuesOf<std::int64_t>((*unique)[3]), (Ints{1, 1, 2}));
}

/// Calls that break a rule: the message names node or rule, nothing is computed.
TEST(Indexing, RefusesWhatBreaksARule)
{
    const Value data = floats({2, 3}, {1, 2, 3, 4, 5, 6}), one = int64s({1}, {0});
    struct Call {
        Operator op;
        std::vector<Value> inputs;
        const char *rule;
    };
    std::vector<Call> bad;
    bad.push_back({{"Gather", 13, {}}, {data, int64s({1}, {2})}, "index"});
    bad.push_back({{"Gather", 13, {}}, {data, int64s({1}, {-3})}, "index"});
    bad.push_back({{"Gather", 13, {}}, {data, floats({1}, {0})}, "input 1"});
    bad.push_back({{"Gather", 13, axis(2)}, {data, one}, "axis 2"});
    bad.push_back({{"GatherElements", 13, {}}, {data, one}, "rank"});
    bad.push_back({{"GatherElements", 13, axis(1)}, {data, int64s({3, 1}, {0, 0, 0})}, "larger than the data in dimension 0"});
    bad.push_back({{"GatherElements", 13, axis(1)}, {data, int64s({1, 1}, {3})}, "index is outside"});
    bad.push_back({{"GatherND", 13, {}}, {data, int64s({1, 3}, {0, 0, 0})}, "rank"});
    bad.push_back({{"GatherND", 13, {}}, {data, int64s({1, 2}, {0, 3})}, "index is outside"});
    bad.push_back({{"GatherND", 13, {{"batch_dims", std::int64_t(1)}}}, {data, int64s({3, 1}, {0, 0, 0})}, "batch"});
    bad.push_back({{"ScatterElements", 13, {{"reduction", std::string("add")}}}, {data, int64s({1, 1}, {0}), floats({1, 1}, {0})}, "reduction 'add'"});
    bad.push_back({{"ScatterElements", 18, {{"reduction", std::string("sum")}}}, {data, int64s({1, 1}, {0}), floats({1, 1}, {0})}, "reduction 'sum'"});
    bad.push_back({{"ScatterElements", 18, {}}, {data, int64s({1, 1}, {2}), floats({1, 1}, {0})}, "index is outside"});
    bad.push_back({{"ScatterElements", 18, {}}, {data, int64s({1, 1}, {0}), floats({1, 2}, {0, 0})}, "one shape"});
    bad.push_back({{"ScatterElements", 18, {}}, {data, int64s({1, 1}, {0}), int64s({1, 1}, {0})}, "one type"});
    bad.push_back({{"ScatterND", 18, {}}, {data, int64s({1, 1}, {0}), floats({1, 2}, {0, 0})}, "input 2"});
    bad.push_back({{"ScatterND", 18, {}}, {data, int64s({1, 2}, {0, -4}), floats({1}, {0})}, "index is outside"});
    bad.push_back({{"ScatterND", 18, {}}, {data, int32s({1, 1}, {0}), floats({1, 3}, {0, 0, 0})}, "int64"});
    bad.push_back({{"TensorScatter", 24, axis(0)}, {data, data}, "batch axis"});
    bad.push_back({{"TensorScatter", 24, axis(1)}, {data, floats({2, 2}, {0, 0, 0, 0}), int64s({2}, {0, 2})}, "write index"});
    bad.push_back({{"TopK", 11, {}, 2}, {data, int64s({1}, {4})}, "k is 4"});
    bad.push_back({{"TopK", 11, {}, 2}, {data, int64s({1}, {-1})}, "k is -1"});
    bad.push_back({{"CumSum", 14, {}}, {data, int64s({}, {2})}, "axis (input 1)"});
    bad.push_back({{"Trilu", 14, {}}, {floats({2}, {1, 2})}, "2 dimensions"});
    bad.push_back({{"ReverseSequence", 10, {}}, {data, int64s({3}, {1, 2, 3})}, "sequence length"});
    bad.push_back({{"ReverseSequence", 10, {}}, {data, int64s({2}, {1, 1})}, "per sample"});
    bad.push_back({{"OneHot", 11, {}}, {one, int64s({}, {-2}), floats({2}, {0, 1})}, "depth"});
    bad.push_back({{"OneHot", 11, {}}, {one, int64s({}, {2}), floats({3}, {0, 1, 2})}, "values (input 2)"});
    bad.push_back({{"Tile", 13, {}}, {data, int64s({1}, {2})}, "repeats"});
    bad.push_back({{"Tile", 13, {}}, {data, int64s({2}, {2, -1})}, "-1"});
    bad.push_back({{"Expand", 13, {}}, {data, int64s({1}, {2})}, "broadcast"});
    bad.push_back({{"Expand", 13, {}}, {data, int64s({1}, {-3})}, "-3"});
    bad.push_back({{"Pad", 19, {{"mode", std::string("mirror")}}}, {data, int64s({4}, {0, 0, 0, 0})}, "mode 'mirror'"});
    bad.push_back({{"Pad", 19, {}}, {data, int64s({2}, {0, 0})}, "pads"});
    bad.push_back({{"Pad", 19, {}}, {data, int64s({4}, {-3, 0, 0, 0})}, "negative"});
    bad.push_back({{"Pad", 19, {}}, {data, int64s({4}, {0, 0, 0, 0}), Value(), int64s({2}, {1, -1})}, "twice"});
    bad.push_back({{"Split", 18, {{"num_outputs", std::int64_t(3)}}, 2}, {data}, "num_outputs"});
    bad.push_back({{"Split", 13, {}, 2}, {data, int64s({2}, {1, 2})}, "add up to 3"});
    bad.push_back({{"Split", 13, axis(1), 2}, {data}, "equal parts"});
    bad.push_back({{"Slice", 13, {}}, {data, one, one, one, int64s({1}, {0})}, "step"});
    bad.push_back({{"Slice", 13, {}}, {data, one, one, int64s({1}, {2})}, "axis 2"});
    bad.push_back({{"Concat", 13, axis(0)}, {data, floats({2, 2}, {1, 2, 3, 4})}, "dimension 1"});
    bad.push_back({{"Reshape", 14, {}}, {data, int64s({1}, {5})}, "6 elements"});
    bad.push_back({{"Reshape", 14, {}}, {data, int64s({2}, {-1, -1})}, "twice"});
    bad.push_back({{"Reshape", 14, {}}, {floats({0}, {}), int64s({2}, {0, -1})}, "-1 stands beside"});
    bad.push_back({{"Reshape", 14, {{"allowzero", std::int64_t(1)}}}, {data, int64s({2}, {0, -1})}, "allowzero"});
    bad.push_back({{"Squeeze", 13, {}}, {data, one}, "not 1"});
    bad.push_back({{"Transpose", 13, {{"perm", Ints{0, 0}}}}, {data}, "permutation"});
    bad.push_back({{"DepthToSpace", 13, {{"blocksize", std::int64_t(2)}}}, {floats({1, 2, 1, 1}, {1, 2})}, "divide"});
    bad.push_back({{"Range", 11, {}}, {int64s({}, {0}), int64s({}, {1}), int64s({}, {0})}, "step is 0"});
    bad.push_back({{"CenterCropPad", 18, {}}, {data, int64s({1}, {1})}, "entries for 2 axes"});
    bad.push_back({{"Compress", 11, axis(0)}, {data, bools({3}, {0, 0, 1})}, "selects element 2"});
    bad.push_back({{"Compress", 11, axis(0)}, {data, int32s({2}, {0, 1})}, "boolean"});
    bad.push_back({{"Unique", 11, axis(2), 4}, {data}, "axis 2"});
    bad.push_back({{"NonMaxSuppression", 11, {}}, {data, data}, "3 dimensions"});
    bad.push_back({{"NonMaxSuppression", 11, {}}, {floats({1, 1, 4}, {0, 0, 1, 1}), floats({1, 1, 2}, {1, 1})}, "are not batch"});
    bad.push_back({{"NonMaxSuppression", 11, {}}, {floats({1, 1, 4}, {0, 0, 1, 1}), floats({1, 1, 1}, {1}), int64s({}, {1}), floats({}, {2})}, "iou_threshold"});
    bad.push_back({{"TfIdfVectorizer", 9, {{"mode", std::string("TF")}, {"min_gram_length", std::int64_t(1)}, {"max_gram_length", std::int64_t(1)},
                                 {"ngram_counts", Ints{0}}, {"ngram_indexes", Ints{0, 1}}, {"pool_int64s", Ints{4}}}}, {one}, "ngram_indexes"});
    bad.push_back({{"Multinomial", 7, {}}, {floats({1, 1}, {-std::numeric_limits<float>::infinity()})}, "no distribution"});
    bad.push_back({{"Bernoulli", 15, {}}, {floats({1}, {1.5F})}, "probability"});
    for (const auto &c : bad) {
        const auto results = compute(c.op, c.inputs);
        ASSERT_FALSE(results) << c.op.name << " was computed, expected: " << c.rule;
        EXPECT_NE(results.error().text().find(c.rule), std::string::npos) << c.op.name << ": " << results.error().text() << ", expected: " << c.rule;
        EXPECT_NE(results.error().code, core::ErrorCode::Internal);
    }
}

/// Sizes that no machine has: refused before anything is allocated.
TEST(Indexing, RefusesSizesBeforeAllocating)
{
    constexpr std::int64_t big = std::int64_t(1) << 40;
    const Value one = floats({1}, {1});
    struct Call {
        Operator op;
        std::vector<Value> inputs;
    };
    std::vector<Call> bombs;
    bombs.push_back({{"Expand", 13, {}}, {one, int64s({2}, {big, big})}});
    bombs.push_back({{"Expand", 13, {}}, {one, int64s({1}, {big + 1})}});
    bombs.push_back({{"Tile", 13, {}}, {one, int64s({1}, {std::numeric_limits<std::int64_t>::max()})}});
    bombs.push_back({{"Tile", 1, {}}, {one, int64s({1}, {big * 4}), int64s({1}, {0})}});
    bombs.push_back({{"Range", 11, {}}, {int64s({}, {0}), int64s({}, {std::numeric_limits<std::int64_t>::max()}), int64s({}, {1})}});
    bombs.push_back({{"Range", 11, {}}, {floats({}, {0}), floats({}, {1e30F}), floats({}, {1e-30F})}});
    bombs.push_back({{"Range", 11, {}}, {int64s({}, {std::numeric_limits<std::int64_t>::min()}), int64s({}, {std::numeric_limits<std::int64_t>::max()}), int64s({}, {1})}});
    bombs.push_back({{"Pad", 19, {}}, {one, int64s({2}, {big, big})}});
    bombs.push_back({{"Pad", 19, {}}, {one, int64s({2}, {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()})}});
    bombs.push_back({{"OneHot", 11, {}}, {int64s({1}, {0}), int64s({}, {big * 8}), floats({2}, {0, 1})}});
    bombs.push_back({{"ConstantOfShape", 9, {}}, {int64s({3}, {big, big, big})}});
    bombs.push_back({{"ConstantOfShape", 9, {}}, {int64s({2}, {0, std::numeric_limits<std::int64_t>::max()})}});
    bombs.push_back({{"CenterCropPad", 18, {}}, {one, int64s({1}, {big * 2})}});
    bombs.push_back({{"RandomNormal", 1, {{"shape", Ints{big, big}}}}, {}});
    bombs.push_back({{"Multinomial", 7, {{"sample_size", big * 8}}}, {floats({1, 1}, {1})}});
    bombs.push_back({{"Unique", 11, axis(0), 4}, {floats({big, 0}, {})}});
    bombs.push_back({{"SplitToSequence", 11, axis(0)}, {floats({big, 0}, {})}});
    for (const auto &bomb : bombs) {
        const auto results = compute(bomb.op, bomb.inputs);
        ASSERT_FALSE(results) << bomb.op.name << " was computed";
        EXPECT_NE(results.error().code, core::ErrorCode::Internal) << results.error().text();
    }
}

} // namespace
} // namespace nordlys::runtime::operator_test
