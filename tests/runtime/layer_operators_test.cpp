// SPDX-License-Identifier: Apache-2.0
#include <core/graph/shape_inference.h>
#include <core/import/model.h>
#include <core/tensor/float_bits.h>
#include <runtime/session/session.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ostream>

/// Operators of network layers in what the ONNX backend cases do not cover: values worked out by hand, bad input, absurd sizes.
namespace nordlys::runtime {
namespace {

using core::Dims;
using core::DType;
using Numbers = std::vector<double>;

struct Value {
    Dims dims;
    Numbers numbers; ///< empty: an input that is fed with zeros
    DType type = DType::Float32;
    bool present = true;
    bool fed = false; ///< known only while running
};
const Value absent{{}, {}, DType::Float32, false};
Value fed(Value value)
{
    value.fed = true;
    return value;
}
Value ints(const Numbers &numbers) { return {{static_cast<std::int64_t>(numbers.size())}, numbers, DType::Int64}; }

std::vector<std::byte> bytesOf(const Value &value)
{
    std::vector<std::byte> bytes;
    const auto append = [&](auto number) {
        const std::size_t at = bytes.size();
        bytes.resize(at + sizeof number);
        std::memcpy(bytes.data() + at, &number, sizeof number);
    };
    for (const double number : value.numbers) {
        switch (value.type) {
        case DType::Float64: append(number); break;
        case DType::Float16: append(core::halfFromFloat(static_cast<float>(number))); break;
        case DType::Int64: append(static_cast<std::int64_t>(number)); break;
        case DType::Int32: append(static_cast<std::int32_t>(number)); break;
        case DType::UInt8: append(static_cast<std::uint8_t>(number)); break;
        case DType::Bool: append(static_cast<std::uint8_t>(number)); break;
        default: append(static_cast<float>(number)); break;
        }
    }
    return bytes;
}

double numberAt(const core::HostTensor &tensor, std::size_t i)
{
    switch (tensor.dtype()) {
    case DType::Float64: return tensor.as<double>()[i];
    case DType::Float16: return static_cast<double>(core::floatFromHalf(tensor.as<std::uint16_t>()[i]));
    case DType::Int64: return static_cast<double>(tensor.as<std::int64_t>()[i]);
    case DType::UInt8:
    case DType::Bool: return tensor.as<std::uint8_t>()[i];
    default: return static_cast<double>(tensor.as<float>()[i]);
    }
}

using Attributes = std::vector<std::pair<std::string, core::AttributeValue>>;

/// A model of one node, named "n", whose inputs are constants.
std::shared_ptr<const core::Model> oneNode(const std::string &op, int opset, const Attributes &attributes, const std::vector<Value> &inputs, std::size_t outputs)
{
    auto model = std::make_shared<core::Model>();
    model->opsets = {{"", opset}};
    core::Graph &graph = model->graph;
    core::Node node;
    node.name = graph.names.intern("n");
    node.opType = graph.names.intern(op);
    node.domain = graph.names.intern("");
    node.opset = opset;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i].present) {
            node.inputs.emplace_back();
            continue;
        }
        const core::TensorId id = graph.addTensor("i" + std::to_string(i), inputs[i].type, core::toShape(inputs[i].dims));
        const auto count = core::elementCount(inputs[i].dims);
        if (inputs[i].fed || (inputs[i].numbers.empty() && count && *count > 0)) {
            graph.tensor(id).isGraphInput = true;
            graph.inputs.push_back(id);
        } else {
            graph.tensor(id).constant = core::ConstantData::owned(bytesOf(inputs[i]));
        }
        node.inputs.push_back(id);
    }
    for (const auto &[name, value] : attributes)
        node.attributes.push_back({graph.names.intern(name), value});
    for (std::size_t i = 0; i < outputs; ++i)
        node.outputs.push_back(graph.addTensor("o" + std::to_string(i)));
    for (const core::TensorId id : node.outputs) {
        graph.tensor(id).isGraphOutput = true;
        graph.outputs.push_back(id);
    }
    graph.addNode(std::move(node));
    auto findings = core::inferShapes(graph);
    EXPECT_TRUE(findings);
    model->findings = std::move(*findings);
    return model;
}

core::Expected<std::vector<core::HostTensor>> runNode(const std::string &op, int opset, const Attributes &attributes, const std::vector<Value> &inputs,
                                                      std::size_t outputs = 1)
{
    PlanOptions options;
    options.optimize = false; // the kernel runs in the session, with its scratch memory
    options.fastKernels = false;
    auto plan = Plan::build(oneNode(op, opset, attributes, inputs, outputs), options);
    NORDLYS_TRY(plan);
    auto session = Session::create(*plan, 2);
    NORDLYS_TRY(session);
    std::vector<core::HostTensor> given;
    for (const PortInfo &port : (*plan)->inputs()) {
        auto tensor = core::HostTensor::create(port.dtype, port.dims);
        NORDLYS_TRY(tensor);
        const std::vector<std::byte> bytes = bytesOf(inputs[static_cast<std::size_t>(std::stoi(port.name.substr(1)))]);
        std::ranges::copy(bytes, tensor->bytes().begin());
        given.push_back(std::move(*tensor));
    }
    NORDLYS_TRY((*session)->run(given));
    std::vector<core::HostTensor> results;
    for (std::size_t i = 0; i < outputs; ++i) {
        auto result = (*session)->output(i);
        NORDLYS_TRY(result);
        results.push_back(std::move(*result));
    }
    return results;
}

struct ValueCase {
    std::string name, op;
    int opset;
    Attributes attributes;
    std::vector<Value> inputs;
    std::vector<Value> expected;
    double tolerance = 1e-6;
};
std::ostream &operator<<(std::ostream &out, const ValueCase &value) { return out << value.name; }

using Ints = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;
const double sigmoid1 = 1 / (1 + std::exp(-1.0));

const std::vector<ValueCase> valueCases{
    // Column-major index of the largest of a 2 x 3 plane: row 1, column 2 is 2 * 2 + 1.
    {"MaxPoolColumnMajor", "MaxPool", 12, {{"kernel_shape", Ints{2, 3}}, {"storage_order", std::int64_t(1)}},
     {{{1, 2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 3, 2, 1}}}, {{{1, 2, 1, 1}, {6, 9}}, {{1, 2, 1, 1}, {5, 10}, DType::Int64}}},
    {"MaxPoolHalf", "MaxPool", 12, {{"kernel_shape", Ints{2}}}, {{{1, 1, 3}, {-2, -1.5, -4}, DType::Float16}}, {{{1, 1, 2}, {-1.5, -1.5}, DType::Float16}}},
    {"MaxPoolBytes", "MaxPool", 12, {{"kernel_shape", Ints{2}}}, {{{1, 1, 3}, {200, 7, 9}, DType::UInt8}}, {{{1, 1, 2}, {200, 9}, DType::UInt8}}},
    // Windows over -1..1 and 1..3, each with one place of padding that counts.
    {"AveragePoolCeilCountsPadding", "AveragePool", 19, {{"kernel_shape", Ints{3}}, {"strides", Ints{2}}, {"pads", Ints{1, 1}}, {"ceil_mode", std::int64_t(1)},
                                                         {"count_include_pad", std::int64_t(1)}},
     {{{1, 1, 3}, {3, 6, 9}}}, {{{1, 1, 2}, {3, 5}}}},
    // Ceil adds a window over 2..4; place 4 lies behind input and padding and does not count.
    {"AveragePoolBehindThePadding", "AveragePool", 19, {{"kernel_shape", Ints{3}}, {"strides", Ints{2}}, {"ceil_mode", std::int64_t(1)},
                                                        {"count_include_pad", std::int64_t(1)}},
     {{{1, 1, 4}, {3, 6, 9, 5}}}, {{{1, 1, 2}, {6, 7}}}},
    {"AveragePoolFarLargerThanTheInput", "AveragePool", 11, {{"kernel_shape", Ints{100000001}}, {"pads", Ints{50000000, 50000000}}},
     {{{1, 1, 1}, {3}}}, {{{1, 1, 1}, {3}}}},
    {"LpPoolOfVersion1TakesAnyOrder", "LpPool", 1, {{"kernel_shape", Ints{2}}, {"p", 3.0}}, {{{1, 1, 2}, {-3, 4}}}, {{{1, 1, 1}, {std::cbrt(91.0)}}}},
    {"GlobalLpPoolSumsMagnitudes", "GlobalLpPool", 2, {{"p", std::int64_t(1)}}, {{{1, 2, 2}, {-3, 4, 0, -1}}}, {{{1, 2, 1}, {7, 1}}}},
    {"GlobalMaxPoolInDouble", "GlobalMaxPool", 1, {}, {{{1, 1, 2, 1}, {-3, -4}, DType::Float64}}, {{{1, 1, 1, 1}, {-3}, DType::Float64}}},
    {"MaxUnpoolPutsBack", "MaxUnpool", 11, {{"kernel_shape", Ints{2}}, {"strides", Ints{2}}}, {{{1, 2, 2}, {5, 6, 7, 8}}, {{1, 2, 2}, {1, 2, 4, 7}, DType::Int64}},
     {{{1, 2, 4}, {0, 5, 6, 0, 7, 0, 0, 8}}}},
    // 2048 + 1 is no half: sums are kept in single precision.
    {"ConvHalfSumsInFloat", "Conv", 11, {{"pads", Ints{0, 1}}}, {{{1, 1, 3}, {2048, 1, 1}, DType::Float16}, {{1, 1, 3}, {1, 1, 1}, DType::Float16}},
     {{{1, 1, 2}, {2050, 2}, DType::Float16}}},
    {"ConvTransposeHalf", "ConvTranspose", 11, {{"strides", Ints{2}}}, {{{1, 1, 2}, {2048, 1}, DType::Float16}, {{1, 1, 4}, {1, 1, 1, 1}, DType::Float16}, {{1}, {1}, DType::Float16}},
     {{{1, 1, 6}, {2048, 2048, 2050, 2050, 2, 2}, DType::Float16}}},
    {"ConvWithoutChannelsIsItsBias", "Conv", 11, {}, {{{1, 0, 3}, {}}, {{2, 0, 2}, {}}, {{2}, {4, 5}}}, {{{1, 2, 2}, {4, 4, 5, 5}}}},
    {"ConvTransposeSameUpper", "ConvTranspose", 11, {{"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{2}}},
     {{{1, 1, 2}, {1, 10}}, {{1, 1, 3}, {1, 2, 4}}}, {{{1, 1, 4}, {1, 2, 14, 20}}}},
    {"ConvTransposeSameLower", "ConvTranspose", 11, {{"auto_pad", std::string("SAME_LOWER")}, {"strides", Ints{2}}},
     {{{1, 1, 2}, {1, 10}}, {{1, 1, 3}, {1, 2, 4}}}, {{{1, 1, 4}, {2, 14, 20, 40}}}},
    {"ConvTransposePadsOutput", "ConvTranspose", 11, {{"strides", Ints{3}}, {"output_padding", Ints{1}}, {"dilations", Ints{2}}},
     {{{1, 1, 2}, {1, 10}}, {{1, 1, 2}, {1, 2}}}, {{{1, 1, 7}, {1, 0, 2, 10, 0, 20, 0}}}},
    // An offset of half a place takes the mean of two neighbours; the last one's neighbour is outside and counts as 0.
    {"DeformConvBetweenPlaces", "DeformConv", 19, {}, {{{1, 1, 3}, {2, 4, 8}}, {{1, 1, 1}, {1}}, {{1, 1, 3}, {0.5, 0.5, 0.5}}}, {{{1, 1, 3}, {3, 6, 4}}}},
    {"Col2ImAddsOverlaps", "Col2Im", 18, {}, {{{1, 2, 2}, {1, 2, 3, 4}}, ints({3}), ints({2})}, {{{1, 1, 3}, {1, 5, 4}}}},
    // Before version 11 nearest rounds up where the axis shrinks: 1 / 0.6 = 1.67 is place 2.
    {"ResizeOfVersion10RoundsUp", "Resize", 10, {}, {{{4}, {1, 2, 3, 4}}, {{1}, {0.6}}}, {{{2}, {1, 3}}}},
    {"UpsampleOfVersion1", "Upsample", 1, {{"height_scale", 1.0}, {"width_scale", 2.0}, {"mode", std::string("bilinear")}}, {{{1, 1, 1, 2}, {2, 4}}},
     {{{1, 1, 1, 4}, {2, 3, 4, 4}}}},
    {"ResizeBytesAreCutOff", "Resize", 13, {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("asymmetric")}},
     {{{2}, {10, 13}, DType::UInt8}, absent, {{1}, {2}}}, {{{4}, {10, 11, 13, 13}, DType::UInt8}}},
    {"ResizeNearestMovesAnyType", "Resize", 13, {{"coordinate_transformation_mode", std::string("asymmetric")}, {"nearest_mode", std::string("floor")}},
     {{{1, 2}, {7, 9}, DType::Int64}, absent, absent, ints({2, 4})}, {{{2, 4}, {7, 7, 9, 9, 7, 7, 9, 9}, DType::Int64}}},
    // 10 * 0.7 is 7 in the single precision in which the standard computes sizes.
    {"ResizeLengthInSinglePrecision", "Resize", 13, {{"coordinate_transformation_mode", std::string("asymmetric")}, {"nearest_mode", std::string("floor")}},
     {{{10}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, absent, {{1}, {0.7}}}, {{{7}, {0, 1, 2, 4, 5, 7, 8}}}},
    {"ResizeToFedSizes", "Resize", 13, {{"coordinate_transformation_mode", std::string("asymmetric")}, {"nearest_mode", std::string("floor")}},
     {fed({{1, 2}, {7, 9}}), absent, absent, fed(ints({2, 4}))}, {{{2, 4}, {7, 7, 9, 9, 7, 7, 9, 9}}}},
    {"UpsampleByFedScales", "Upsample", 9, {}, {fed({{2}, {7, 9}}), fed({{1}, {2}})}, {{{4}, {7, 7, 9, 9}}}},
    {"MaxUnpoolToAFedShape", "MaxUnpool", 11, {{"kernel_shape", Ints{2}}, {"strides", Ints{2}}}, {{{1, 1, 1}, {5}}, {{1, 1, 1}, {1}, DType::Int64}, fed(ints({1, 1, 3}))},
     {{{1, 1, 3}, {0, 5, 0}}}},
    {"ResizeOutsideTheRegion", "Resize", 13, {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("tf_crop_and_resize")},
                                              {"extrapolation_value", -1.0}},
     {{{3}, {2, 4, 6}}, {{2}, {0, 2}}, absent, ints({3})}, {{{3}, {2, 6, -1}}}},
    {"GridSampleReflectsInReach", "GridSample", 16, {{"padding_mode", std::string("reflection")}, {"align_corners", std::int64_t(1)}},
     {{{1, 1, 1, 3}, {1, 2, 4}}, {{1, 1, 2, 2}, {2, 0, -1.5, 0}}}, {{{1, 1, 1, 2}, {2, 1.5}}}},
    {"GridSampleOfNothingThatIsANumber", "GridSample", 16, {}, {{{1, 1, 1, 1}, {5}}, {{1, 1, 1, 2}, {std::nan(""), 0}}}, {{{1, 1, 1, 1}, {0}}}},
    // The region is the whole 2 x 2 image; cells are pixels.
    {"MaxRoiPoolTakesCells", "MaxRoiPool", 1, {{"pooled_shape", Ints{1, 2}}}, {{{1, 1, 2, 2}, {1, 2, 3, 4}}, {{1, 5}, {0, 0, 0, 1, 1}}}, {{{1, 1, 1, 2}, {3, 4}}}},
    // One sample at the region's middle (1, 1) + 0.5 - 0.5 in a plane that is y * 3 + x.
    {"RoiAlignMiddle", "RoiAlign", 16, {{"sampling_ratio", std::int64_t(1)}}, {{{1, 1, 3, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8}}, {{1, 4}, {1, 1, 2, 2}}, ints({0})},
     {{{1, 1, 1, 1}, {4}}}},
    {"RoiAlignOfVersion10", "RoiAlign", 10, {{"sampling_ratio", std::int64_t(1)}}, {{{1, 1, 3, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8}}, {{1, 4}, {0, 0, 1, 1}}, ints({0})},
     {{{1, 1, 1, 1}, {2}}}},
    // Half of every weight: the largest weighted neighbour is 2, not the mean.
    {"RoiAlignMax", "RoiAlign", 10, {{"sampling_ratio", std::int64_t(1)}, {"mode", std::string("max")}},
     {{{1, 1, 1, 2}, {1, 4}}, {{1, 4}, {0, 0, 1, 1}}, ints({0})}, {{{1, 1, 1, 1}, {2}}}},
    {"BatchNormalizationPerValue", "BatchNormalization", 7, {{"spatial", std::int64_t(0)}, {"epsilon", 0.0}},
     {{{1, 1, 2}, {3, 5}}, {{1, 2}, {1, 2}}, {{1, 2}, {0, 1}}, {{1, 2}, {1, 1}}, {{1, 2}, {4, 16}}}, {{{1, 1, 2}, {1, 3}}}},
    // Batch mean 2, variance 1; running values keep 0.5 of what they were.
    {"BatchNormalizationTrains", "BatchNormalization", 15, {{"training_mode", std::int64_t(1)}, {"momentum", 0.5}, {"epsilon", 0.0}},
     {{{2, 1}, {1, 3}}, {{1}, {2}}, {{1}, {1}}, {{1}, {4}}, {{1}, {5}}}, {{{2, 1}, {-1, 3}}, {{1}, {3}}, {{1}, {3}}}},
    {"GroupNormalizationPerGroup", "GroupNormalization", 18, {{"num_groups", std::int64_t(1)}, {"epsilon", 0.0}}, {{{1, 2, 1}, {1, 3}}, {{1}, {2}}, {{1}, {1}}},
     {{{1, 2, 1}, {-1, 3}}}},
    {"GroupNormalizationPerChannel", "GroupNormalization", 21, {{"num_groups", std::int64_t(1)}, {"epsilon", 0.0}},
     {{{1, 2, 1}, {1, 3}}, {{2}, {2, 4}}, {{2}, {1, 0}}}, {{{1, 2, 1}, {-1, 4}}}},
    {"LayerNormalizationBroadcastsItsScale", "LayerNormalization", 17, {{"axis", std::int64_t(1)}, {"epsilon", 0.0}},
     {{{1, 2, 2}, {1, 1, 3, 3}}, {{2, 1}, {1, 5}}}, {{{1, 2, 2}, {-1, -1, 5, 5}}, {{1, 1, 1}, {2}}, {{1, 1, 1}, {1}}}},
    {"LayerNormalizationOfHalves", "LayerNormalization", 17, {{"epsilon", 0.0}}, {{{1, 2}, {1, 3}, DType::Float16}, {{2}, {1, 1}, DType::Float16}},
     {{{1, 2}, {-1, 1}, DType::Float16}, {{1, 1}, {2}}, {{1, 1}, {1}}}},
    {"LpNormalizationKeepsZeros", "LpNormalization", 1, {{"axis", std::int64_t(1)}, {"p", std::int64_t(1)}}, {{{2, 2}, {0, 0, -1, 3}}}, {{{2, 2}, {0, 0, -0.25, 0.75}}}},
    {"DropoutOfVersion7MasksInItsType", "Dropout", 7, {}, {{{2}, {3, 4}}}, {{{2}, {3, 4}}, {{2}, {1, 1}}}},
    {"DropoutTrainsWithRatioZero", "Dropout", 13, {}, {{{2}, {3, 4}}, {{}, {0}}, {{}, {1}, DType::Bool}}, {{{2}, {3, 4}}, {{2}, {1, 1}, DType::Bool}}},
    // h1 = 2 x + 0.5 h + 1 with x = 1, 3: 3, 8.5; clipping at 2 holds the input of the function.
    {"RnnAffine", "RNN", 14, {{"hidden_size", std::int64_t(1)}, {"activations", Texts{"Affine"}}, {"activation_alpha", Numbers{2}}, {"activation_beta", Numbers{1}}},
     {{{2, 1, 1}, {1, 3}}, {{1, 1, 1}, {1}}, {{1, 1, 1}, {0.25}}}, {{{2, 1, 1, 1}, {3, 8.5}}, {{1, 1, 1}, {8.5}}}},
    {"RnnClipped", "RNN", 14, {{"hidden_size", std::int64_t(1)}, {"activations", Texts{"relu"}}, {"clip", 2.0}}, {{{2, 1, 1}, {1, 3}}, {{1, 1, 1}, {1}}, {{1, 1, 1}, {0.25}}},
     {{{2, 1, 1, 1}, {1, 2}}}},
    // Lengths 1 and 2: the backward direction starts at each sequence's own end.
    {"RnnReverseWithLengths", "RNN", 7, {{"hidden_size", std::int64_t(1)}, {"activations", Texts{"Relu", "Relu"}}, {"direction", std::string("bidirectional")}},
     {{{2, 2, 1}, {1, 2, 100, 4}}, {{2, 1, 1}, {1, 1}}, {{2, 1, 1}, {1, 1}}, absent, {{2}, {1, 2}, DType::Int32}},
     {{{2, 2, 2, 1}, {1, 2, 1, 6, 0, 6, 0, 4}}, {{2, 2, 1}, {1, 6, 1, 6}}}},
    // Only the last state is wanted; z = sigmoid(1), r h does not matter as h is 0: h = (1 - z) * 2.
    {"GruLinear", "GRU", 7, {{"hidden_size", std::int64_t(1)}, {"linear_before_reset", std::int64_t(1)}, {"activations", Texts{"Sigmoid", "Affine"}}},
     {{{1, 1, 1}, {1}}, {{1, 3, 1}, {1, 0, 2}}, {{1, 3, 1}, {0, 0, 0}}}, {{{1, 1, 1, 1}, {(1 - sigmoid1) * 2}}, {{1, 1, 1}, {(1 - sigmoid1) * 2}}}},
    // Affine gates (identity): i = 0.25 x = 0.5, forget 1 - i = 0.5, c = 0.5 * 4 + 0.5 * 2 = 3, o = 2, h = 6.
    {"LstmCoupledGates", "LSTM", 14, {{"hidden_size", std::int64_t(1)}, {"input_forget", std::int64_t(1)}, {"activations", Texts{"Affine", "Affine", "Affine"}}},
     {{{1, 1, 1}, {2}}, {{1, 4, 1}, {0.25, 1, 9, 1}}, {{1, 4, 1}, {0, 0, 0, 0}}, absent, absent, absent, {{1, 1, 1}, {4}}},
     {{{1, 1, 1, 1}, {6}}, {{1, 1, 1}, {6}}, {{1, 1, 1}, {3}}}},
    {"LossMeanOverWhatCounts", "NegativeLogLikelihoodLoss", 13, {{"ignore_index", std::int64_t(1)}},
     {{{3, 2}, {-1, -2, -3, -4, -5, -6}}, ints({0, 1, 0}), {{2}, {2, 7}}}, {{{}, {3}}}},
    {"CrossEntropyOfLargeScores", "SoftmaxCrossEntropyLoss", 13, {{"reduction", std::string("none")}}, {{{1, 2}, {1000, 1000}}, {{1}, {1}, DType::Int32}},
     {{{1}, {std::log(2.0)}}, {{1, 2}, {-std::log(2.0), -std::log(2.0)}}}},
};

class LayerValues : public testing::TestWithParam<ValueCase> {};

TEST_P(LayerValues, AreWhatTheFormulaGives)
{
    const ValueCase &given = GetParam();
    auto results = runNode(given.op, given.opset, given.attributes, given.inputs, given.expected.size());
    ASSERT_TRUE(results) << results.error().text();
    for (std::size_t o = 0; o < given.expected.size(); ++o) {
        const Value &expected = given.expected[o];
        ASSERT_EQ((*results)[o].dims(), expected.dims) << "output " << o;
        ASSERT_EQ((*results)[o].dtype(), expected.type) << "output " << o;
        for (std::size_t i = 0; i < expected.numbers.size(); ++i)
            EXPECT_NEAR(numberAt((*results)[o], i), expected.numbers[i], given.tolerance * std::max(1.0, std::abs(expected.numbers[i])))
                << "output " << o << ", element " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Layers, LayerValues, testing::ValuesIn(valueCases), [](const auto &given) { return given.param.name; });

/// Calls that are refused; `rule` stands in the message, which also names the node.
struct BadCase {
    std::string name, op;
    int opset;
    Attributes attributes;
    std::vector<Value> inputs;
    std::string rule;
};
std::ostream &operator<<(std::ostream &out, const BadCase &value) { return out << value.name; }

const Value image{{1, 2, 4, 4}, {}};
const std::vector<BadCase> badCases{
    {"ConvGroups", "Conv", 11, {{"group", std::int64_t(3)}}, {image, {{3, 1, 1, 1}, {1, 1, 1}}}, "channels"},
    {"ConvTypes", "Conv", 11, {}, {image, {{1, 2, 1, 1}, {1, 1}, DType::Float64}}, "type"},
    {"ConvStrideZero", "Conv", 11, {{"strides", Ints{0, 1}}}, {image, {{1, 2, 1, 1}, {1, 1}}}, "strides holds 0"},
    {"ConvKernelTooLarge", "Conv", 11, {}, {{{1, 1, 2}, {}}, {{1, 1, 3}, {1, 1, 1}}}, "does not fit"},
    {"ConvBias", "Conv", 11, {}, {image, {{1, 2, 1, 1}, {1, 1}}, {{2}, {1, 1}}}, "bias"},
    {"ConvPadName", "Conv", 11, {{"auto_pad", std::string("SAME")}}, {image, {{1, 2, 1, 1}, {1, 1}}}, "SAME"},
    {"ConvTransposeChannels", "ConvTranspose", 11, {}, {image, {{3, 1, 1, 1}, {1, 1, 1}}}, "channels"},
    {"ConvTransposeBomb", "ConvTranspose", 11, {{"strides", Ints{200000000, 200000000}}}, {image, {{2, 1, 1, 1}, {1, 1}}}, "large"},
    {"ConvTransposeOutputBomb", "ConvTranspose", 11, {{"output_shape", Ints{std::int64_t(1) << 40, std::int64_t(1) << 40}}}, {image, {{2, 1, 1, 1}, {1, 1}}}, "large"},
    {"DeformConvOffsets", "DeformConv", 19, {}, {{{1, 1, 3}, {1, 2, 3}}, {{1, 1, 1}, {1}}, {{1, 2, 3}, {1, 1, 1, 1, 1, 1}}}, "offset (input 2)"},
    {"Col2ImBlocks", "Col2Im", 18, {}, {{{1, 3, 2}, {}}, ints({3}), ints({2})}, "do not divide"},
    {"Col2ImBomb", "Col2Im", 18, {}, {{{1, 1, 1}, {}}, ints({1e12, 1e12}), ints({1, 1})}, "large"},
    {"PoolWithoutKernel", "MaxPool", 12, {}, {image}, "kernel_shape"},
    {"PoolRank", "AveragePool", 11, {{"kernel_shape", Ints{1}}}, {{{2, 2}, {}}}, "rank 2"},
    {"UnpoolIndexOutside", "MaxUnpool", 11, {{"kernel_shape", Ints{2}}, {"strides", Ints{2}}}, {{{1, 1, 1}, {5}}, {{1, 1, 1}, {2}, DType::Int64}}, "outside the output"},
    {"UnpoolNegativeIndex", "MaxUnpool", 11, {{"kernel_shape", Ints{2}}, {"strides", Ints{2}}}, {{{1, 1, 1}, {5}}, {{1, 1, 1}, {-1}, DType::Int64}}, "outside the output"},
    {"UnpoolBomb", "MaxUnpool", 11, {{"kernel_shape", Ints{2}}}, {{{1, 1, 1}, {5}}, {{1, 1, 1}, {1}, DType::Int64}, ints({1e9, 1e9, 1e9})}, "large"},
    {"LpPoolOrder", "LpPool", 18, {{"kernel_shape", Ints{1, 1}}, {"p", std::int64_t(0)}}, {image}, "p is not positive"},
    {"ResizeMode", "Resize", 13, {{"mode", std::string("area")}}, {image, absent, {{4}, {1, 1, 2, 2}}}, "area"},
    {"ResizeCoordinates", "Resize", 13, {{"coordinate_transformation_mode", std::string("centre")}}, {image, absent, {{4}, {1, 1, 2, 2}}}, "centre"},
    {"ResizeScaleCount", "Resize", 13, {}, {image, absent, {{3}, {1, 2, 2}}}, "scales has 3"},
    {"ResizeNegativeScale", "Resize", 13, {}, {image, absent, {{4}, {1, 1, -2, 2}}}, "not positive"},
    {"ResizeNothingGiven", "Resize", 13, {}, {image}, "neither scales nor sizes"},
    {"ResizeAxisTwice", "Resize", 18, {{"axes", Ints{1, -3}}}, {image, absent, absent, ints({4, 4})}, "twice"},
    {"ResizeRoi", "Resize", 13, {{"coordinate_transformation_mode", std::string("tf_crop_and_resize")}}, {image, {{2}, {0, 1}}, {{4}, {1, 1, 2, 2}}}, "roi (input 1)"},
    {"ResizeScaleBomb", "Resize", 13, {}, {image, absent, {{4}, {1, 1, 1e9, 1e9}}}, "large"},
    {"ResizeSizeBomb", "Resize", 13, {}, {image, absent, absent, ints({1, 2, 1e12, 1e12})}, "large"},
    {"ResizeBudgetBomb", "Resize", 13, {}, {image, absent, absent, ints({1, 2, 100000, 100000})}, "activations need more than"},
    {"ResizeFedBomb", "Resize", 13, {}, {image, absent, absent, fed(ints({1, 2, 1e6, 1e6}))}, "too large to compute with"},
    {"ResizeFedNegative", "Resize", 13, {}, {image, absent, absent, fed(ints({1, 2, -1, 4}))}, "sizes holds -1"},
    {"UpsampleFedBomb", "Upsample", 9, {}, {image, fed({{4}, {1e6, 1e6, 1, 1}})}, "too large to compute with"},
    {"UnpoolFedBomb", "MaxUnpool", 11, {{"kernel_shape", Ints{2}}}, {{{1, 1, 1}, {5}}, {{1, 1, 1}, {1}, DType::Int64}, fed(ints({1e4, 1e4, 1e4}))}, "of the budget"},
    {"UpsampleBomb", "Upsample", 9, {}, {image, {{4}, {1e30, 1, 1, 1}}}, "large"},
    {"GridRank", "GridSample", 16, {}, {image, {{1, 2, 2, 3}, {}}}, "coordinates"},
    {"GridMode", "GridSample", 16, {{"mode", std::string("area")}}, {image, {{1, 2, 2, 2}, {}}}, "area"},
    {"AffineGridSizes", "AffineGrid", 20, {}, {{{1, 2, 3}, {}}, ints({1, 2, 3})}, "not 4 or 5"},
    {"AffineGridBomb", "AffineGrid", 20, {}, {{{1, 2, 3}, {}}, ints({1, 1, 1e15, 1e15})}, "large"},
    {"RoiImageOutside", "RoiAlign", 16, {}, {image, {{1, 4}, {0, 0, 1, 1}}, ints({1})}, "not in the batch"},
    {"RoiTooLarge", "RoiAlign", 16, {}, {image, {{1, 4}, {0, 0, 1e30, 1}}, ints({0})}, "too large"},
    {"RoiPoolImageOutside", "MaxRoiPool", 1, {{"pooled_shape", Ints{1, 1}}}, {image, {{1, 5}, {-1, 0, 0, 1, 1}}}, "not in the batch"},
    {"BatchNormalizationScale", "BatchNormalization", 15, {}, {image, {{3}, {1, 1, 1}}, {{2}, {1, 1}}, {{2}, {1, 1}}, {{2}, {1, 1}}}, "scale"},
    {"BatchNormalizationBias", "BatchNormalization", 15, {}, {image, {{2}, {1, 1}}, {{3}, {1, 1, 1}}, {{2}, {1, 1}}, {{2}, {1, 1}}}, "B (input 2)"},
    {"InstanceNormalizationScale", "InstanceNormalization", 6, {}, {image, {{4}, {1, 1, 1, 1}}, {{2}, {1, 1}}}, "scale (input 1)"},
    {"GroupNormalizationGroups", "GroupNormalization", 21, {{"num_groups", std::int64_t(3)}}, {image, {{2}, {1, 1}}, {{2}, {1, 1}}}, "num_groups"},
    {"LayerNormalizationAxis", "LayerNormalization", 17, {{"axis", std::int64_t(4)}}, {image, {{4}, {1, 1, 1, 1}}}, "axis"},
    {"LayerNormalizationScale", "LayerNormalization", 17, {}, {image, {{3}, {1, 1, 1}}}, "does not broadcast"},
    {"LpNormalizationOrder", "LpNormalization", 1, {{"p", std::int64_t(3)}}, {image}, "p is 3"},
    {"LrnSize", "LRN", 13, {}, {image}, "size"},
    {"RnnRank", "RNN", 14, {{"hidden_size", std::int64_t(1)}}, {image, {{1, 1, 1}, {1}}, {{1, 1, 1}, {1}}}, "rank 3"},
    {"RnnActivation", "RNN", 14, {{"hidden_size", std::int64_t(1)}, {"activations", Texts{"Swish"}}}, {{{1, 1, 1}, {}}, {{1, 1, 1}, {1}}, {{1, 1, 1}, {1}}}, "Swish"},
    {"RnnActivationCount", "RNN", 14, {{"hidden_size", std::int64_t(1)}, {"activations", Texts{"Tanh", "Tanh"}}}, {{{1, 1, 1}, {}}, {{1, 1, 1}, {1}}, {{1, 1, 1}, {1}}},
     "activations has 2"},
    {"GruWeights", "GRU", 14, {{"hidden_size", std::int64_t(1)}}, {{{1, 1, 1}, {}}, {{1, 2, 1}, {1, 1}}, {{1, 3, 1}, {1, 1, 1}}}, "W (input 1)"},
    {"LstmPeepholes", "LSTM", 14, {{"hidden_size", std::int64_t(1)}},
     {{{1, 1, 1}, {}}, {{1, 4, 1}, {1, 1, 1, 1}}, {{1, 4, 1}, {1, 1, 1, 1}}, absent, absent, absent, absent, {{1, 4}, {1, 1, 1, 1}}}, "P (input 7)"},
    {"LstmLengths", "LSTM", 14, {{"hidden_size", std::int64_t(1)}},
     {{{1, 1, 1}, {}}, {{1, 4, 1}, {1, 1, 1, 1}}, {{1, 4, 1}, {1, 1, 1, 1}}, absent, {{1}, {2}, DType::Int32}}, "sequence_lens"},
    {"LossTarget", "NegativeLogLikelihoodLoss", 13, {}, {{{1, 2}, {}}, ints({2})}, "outside the classes"},
    {"LossReduction", "SoftmaxCrossEntropyLoss", 13, {{"reduction", std::string("max")}}, {{{1, 2}, {}}, ints({1})}, "max"},
    {"LossRanks", "SoftmaxCrossEntropyLoss", 13, {}, {{{1, 2, 3}, {}}, ints({1})}, "rank"},
    {"TooManyInputs", "MaxPool", 12, {{"kernel_shape", Ints{1, 1}}}, {image, image}, "list of inputs"},
    {"TooFewInputs", "RoiAlign", 16, {}, {image}, "list of inputs"},
    {"DropoutTrains", "Dropout", 13, {}, {{{2}, {}}, {{}, {0.5}}, {{}, {1}, DType::Bool}}, "random"},
};

class LayerMisuse : public testing::TestWithParam<BadCase> {};

TEST_P(LayerMisuse, IsRefusedByNodeAndRule)
{
    const BadCase &given = GetParam();
    const auto results = runNode(given.op, given.opset, given.attributes, given.inputs);
    ASSERT_FALSE(results);
    std::string text = results.error().text();
    for (const std::string &line : results.error().details)
        text += "\n" + line;
    EXPECT_NE(text.find(given.rule), std::string::npos) << text;
    EXPECT_TRUE(text.find("node n") != std::string::npos || text.find("o0") != std::string::npos || given.name == "ResizeBudgetBomb") << text;
}

INSTANTIATE_TEST_SUITE_P(Layers, LayerMisuse, testing::ValuesIn(badCases), [](const auto &given) { return given.param.name; });

} // namespace
} // namespace nordlys::runtime
