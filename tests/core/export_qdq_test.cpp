// SPDX-License-Identifier: Apache-2.0
// Encodings to a QDQ model and back: files made and read by libonnx, expectations by hand.
#include <core/export/qdq_model.h>
#include <core/quantization/encoding_document.h>
#include <core/quantization/encoding_file.h>
#include <core/quantization/encoding_usage.h>
#include <core/quantization/qdq_encodings.h>

#include <support/shared_data.h>
#include <support/temporary_folder.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <set>

namespace nordlys::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Encoding grids(const std::vector<std::pair<double, std::int64_t>> &values, int bits = 8, bool symmetric = false)
{
    Encoding encoding;
    encoding.bitwidth = bits;
    encoding.symmetric = symmetric;
    encoding.axis = values.size() > 1 ? 0 : -1;
    for (const auto &[scale, zero] : values)
        encoding.grids.push_back(*gridFromScale(scale, zero, bits));
    return encoding;
}
EncodingEntry activation(const Encoding &encoding) { return {EncodingKind::Activation, encoding, false}; }
EncodingEntry parameter(const Encoding &encoding) { return {EncodingKind::Parameter, encoding, false}; }
constexpr std::int64_t kMiddle32 = std::int64_t(1) << 31;

/// A model file in a line of code per node.
class FileModel {
public:
    explicit FileModel(int opset = 13, int irVersion = 8)
    {
        m_model.set_ir_version(irVersion);
        auto *set = m_model.add_opset_import();
        set->set_domain("");
        set->set_version(opset);
        m_model.mutable_graph()->set_name("g");
    }
    static void port(onnx::ValueInfoProto *info, const std::string &name, const std::vector<std::int64_t> &dims, int type = onnx::TensorProto::FLOAT)
    {
        info->set_name(name);
        auto *tensor = info->mutable_type()->mutable_tensor_type();
        tensor->set_elem_type(type);
        tensor->mutable_shape();
        for (const std::int64_t dim : dims)
            tensor->mutable_shape()->add_dim()->set_dim_value(dim);
    }
    FileModel &input(const std::string &name, const std::vector<std::int64_t> &dims, int type = onnx::TensorProto::FLOAT)
    {
        port(graph().add_input(), name, dims, type);
        return *this;
    }
    FileModel &output(const std::string &name, const std::vector<std::int64_t> &dims, int type = onnx::TensorProto::FLOAT)
    {
        port(graph().add_output(), name, dims, type);
        return *this;
    }
    FileModel &floats(const std::string &name, const std::vector<std::int64_t> &dims, const std::vector<float> &values)
    {
        return bytes(name, onnx::TensorProto::FLOAT, dims, std::string(reinterpret_cast<const char *>(values.data()), values.size() * 4));
    }
    FileModel &bytes(const std::string &name, int type, const std::vector<std::int64_t> &dims, const std::string &raw)
    {
        auto *tensor = graph().add_initializer();
        tensor->set_name(name);
        tensor->set_data_type(type);
        for (const std::int64_t dim : dims)
            tensor->add_dims(dim);
        tensor->set_raw_data(raw);
        return *this;
    }
    onnx::NodeProto &node(const std::string &op, const std::vector<std::string> &inputs, const std::string &output)
    {
        auto *node = graph().add_node();
        node->set_op_type(op);
        node->set_name("n_" + output);
        for (const std::string &in : inputs)
            node->add_input(in);
        node->add_output(output);
        return *node;
    }
    static void integer(onnx::NodeProto &node, const std::string &name, std::int64_t value)
    {
        auto *attribute = node.add_attribute();
        attribute->set_name(name);
        attribute->set_type(onnx::AttributeProto::INT);
        attribute->set_i(value);
    }
    static void integers(onnx::NodeProto &node, const std::string &name, const std::vector<std::int64_t> &values)
    {
        auto *attribute = node.add_attribute();
        attribute->set_name(name);
        attribute->set_type(onnx::AttributeProto::INTS);
        for (const std::int64_t value : values)
            attribute->add_ints(value);
    }
    onnx::GraphProto &graph() { return *m_model.mutable_graph(); }
    std::shared_ptr<const Model> open(const test::TemporaryFolder &folder, const std::string &name = "float.onnx") const
    {
        auto model = openModel(folder.write(name, m_model.SerializeAsString()));
        EXPECT_TRUE(model) << model.error().text();
        return model ? *model : nullptr;
    }

private:
    onnx::ModelProto m_model;
};

std::string fileBytes(const std::filesystem::path &path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

onnx::ModelProto parsed(const std::filesystem::path &path)
{
    onnx::ModelProto model;
    EXPECT_TRUE(model.ParseFromString(fileBytes(path)));
    return model;
}

/// ONNX's own opinion of a file, with its shape inference in strict mode.
void expectValid(const std::filesystem::path &path)
{
    onnx::ModelProto model = parsed(path);
    try {
        onnx::checker::check_model(model);
        const onnx::ShapeInferenceOptions strict(true, 1);
        onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), strict);
    } catch (const std::exception &error) {
        ADD_FAILURE() << error.what();
    }
}

const onnx::TensorProto *initializer(const onnx::ModelProto &model, const std::string &name)
{
    for (const auto &tensor : model.graph().initializer()) {
        if (tensor.name() == name)
            return &tensor;
    }
    return nullptr;
}
const onnx::NodeProto *producer(const onnx::ModelProto &model, const std::string &output)
{
    for (const auto &node : model.graph().node()) {
        if (node.output(0) == output)
            return &node;
    }
    return nullptr;
}
template <typename T>
std::vector<T> values(const onnx::TensorProto *tensor)
{
    std::vector<T> result(tensor != nullptr ? tensor->raw_data().size() / sizeof(T) : 0);
    if (!result.empty())
        std::memcpy(result.data(), tensor->raw_data().data(), result.size() * sizeof(T));
    return result;
}

/// x (1, 4) -> Gemm w (3, 4), b -> h -> Relu -> y (1, 3)
FileModel gemm(int opset = 13)
{
    FileModel model(opset);
    model.input("x", {1, 4}).output("y", {1, 3});
    model.floats("w", {3, 4}, {0.5F, -0.25F, 1, 0.1F, 2, -4, 1, 0, 0.125F, 0.3F, -0.2F, 0.05F}).floats("b", {3}, {1, -2, 0.015F});
    FileModel::integer(model.node("Gemm", {"x", "w", "b"}, "h"), "transB", 1);
    model.node("Relu", {"h"}, "y");
    return model;
}

EncodingSet gemmSet()
{
    EncodingSet set;
    set.entries["x"] = activation(grids({{0.03125, 100}}));
    set.entries["w"] = parameter(grids({{0.0078125, 128}, {0.03125, 128}, {0.00390625, 128}}, 8, true));
    set.entries["y"] = activation(grids({{0.0625, 0}}));
    return set;
}

TEST(QdqModel, HasThePairsAndCodesThatTheEncodingsMean)
{
    const test::TemporaryFolder folder;
    const auto model = gemm().open(folder);
    const auto target = folder.path() / "qdq.onnx";
    const std::string before = fileBytes(folder.path() / "float.onnx");
    const auto report = writeQdqModel(*model, gemmSet(), target);
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(fileBytes(folder.path() / "float.onnx"), before);
    expectValid(target);
    EXPECT_EQ(report->activations, 2U);
    EXPECT_EQ(report->weights, 1U);
    EXPECT_EQ(report->biases, 1U);
    EXPECT_THAT(report->derived, ElementsAre("b"));
    EXPECT_THAT(report->lost, IsEmpty());
    EXPECT_EQ(report->opset, 13);

    const onnx::ModelProto written = parsed(target);
    // Codes: w / scale, halves to even. Row 0: 64, -32, 128 -> 127, 12.8 -> 13; row 1: 64, -128, 32, 0; row 2: 32, 76.8, -51.2, 12.8.
    EXPECT_THAT(values<std::int8_t>(initializer(written, "w_quantized")), ElementsAre(64, -32, 127, 13, 64, -128, 32, 0, 32, 77, -51, 13));
    EXPECT_THAT(values<float>(initializer(written, "w_scale")), ElementsAre(0.0078125F, 0.03125F, 0.00390625F));
    // Bias scales 2^-5 * 2^-7, 2^-5 * 2^-5, 2^-5 * 2^-8.
    EXPECT_THAT(values<float>(initializer(written, "b_scale")), ElementsAre(0x1p-12F, 0x1p-10F, 0x1p-13F));
    EXPECT_THAT(values<std::int32_t>(initializer(written, "b_quantized")), ElementsAre(4096, -2048, 123)); // 0.015 * 8192 = 122.88
    const onnx::NodeProto *dequantize = producer(written, "w");
    ASSERT_NE(dequantize, nullptr);
    EXPECT_EQ(dequantize->op_type(), "DequantizeLinear");
    EXPECT_EQ(dequantize->attribute(0).name(), "axis");
    EXPECT_EQ(dequantize->attribute(0).i(), 0);
    // The output keeps its name: the Relu makes another one.
    const onnx::NodeProto *output = producer(written, "y");
    EXPECT_EQ(output->op_type(), "DequantizeLinear");
    EXPECT_EQ(producer(written, "y_QuantizeLinear_Input")->op_type(), "Relu");
    EXPECT_EQ(producer(written, "h")->input(0), "x_DequantizeLinear_Output");
    EXPECT_EQ(initializer(written, "w"), nullptr);

    const auto reopened = openModel(target);
    ASSERT_TRUE(reopened) << reopened.error().text();
    const EncodingFile back = qdqEncodings((*reopened)->graph);
    EXPECT_EQ(back.set, report->written);
    EXPECT_THAT(back.unread, IsEmpty());
    EncodingSet expected = gemmSet();
    expected.entries["b"] = parameter(grids({{0x1p-12, kMiddle32}, {0x1p-10, kMiddle32}, {0x1p-13, kMiddle32}}, 32, true));
    EXPECT_EQ(back.set, expected);
}

TEST(QdqModel, LeavesBiasesAndFloatWeightsAsAsked)
{
    const test::TemporaryFolder folder;
    const auto model = gemm().open(folder);
    const auto target = folder.path() / "qdq.onnx";
    const auto report = writeQdqModel(*model, gemmSet(), target, {.floatWeights = true, .deriveBiases = false});
    ASSERT_TRUE(report) << report.error().text();
    expectValid(target);
    const onnx::ModelProto written = parsed(target);
    EXPECT_EQ(values<float>(initializer(written, "w")).size(), 12U);
    EXPECT_NE(initializer(written, "b"), nullptr);
    const onnx::NodeProto *gemmNode = producer(written, "h");
    EXPECT_EQ(gemmNode->input(1), "w_DequantizeLinear_Output");
    EXPECT_EQ(gemmNode->input(2), "b");
    EXPECT_EQ(qdqEncodings((*openModel(target))->graph).set, gemmSet());
}

/// Everything that opset 21 can say, with numbers that float32 holds.
EncodingSet newTypes()
{
    EncodingSet set;
    set.entries["x"] = activation(grids({{0.00048828125, 40000}}, 16));
    Encoding blocks = grids({{0.125, 8}, {0.25, 8}, {0.5, 8}, {0.0625, 8}, {0.03125, 8}, {0.75, 8}}, 4, true);
    blocks.axis = 0;
    blocks.blockAxis = 1;
    blocks.blockSize = 2;
    set.entries["w"] = parameter(blocks);
    set.entries["b"] = parameter(grids({{0.0001220703125, 1 << 15}}, 16, true));
    set.entries["y"] = activation(grids({{0.25, 3}}, 4));
    return set;
}

TEST(QdqModel, RaisesTheOpsetForSixteenBitsFourBitsAndBlocks)
{
    const test::TemporaryFolder folder;
    const auto model = gemm().open(folder);
    const auto target = folder.path() / "qdq.onnx";
    const auto report = writeQdqModel(*model, newTypes(), target);
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->opsetBefore, 13);
    EXPECT_EQ(report->opset, 21);
    const onnx::ModelProto written = parsed(target);
    EXPECT_EQ(written.ir_version(), 10);
    const onnx::TensorProto *codes = initializer(written, "w_quantized");
    ASSERT_NE(codes, nullptr);
    EXPECT_EQ(codes->data_type(), 22); // INT4
    // Row 0: 0.5/0.125 = 4, -2; 1/0.25 = 4, 0.4 -> 0. Row 1: 2/0.5 = 4, -8; 1/0.0625 = 16 -> 7, 0. Row 2: 0.125/0.03125 = 4, 9.6 -> 7; -0.27 -> 0, 0.07 -> 0.
    EXPECT_THAT(values<std::uint8_t>(codes), ElementsAre(0xE4, 0x04, 0x84, 0x07, 0x74, 0x00));
    const onnx::TensorProto *scales = initializer(written, "w_scale");
    EXPECT_THAT(std::vector<std::int64_t>(scales->dims().begin(), scales->dims().end()), ElementsAre(3, 2));
    EXPECT_THAT(values<float>(scales), ElementsAre(0.125F, 0.25F, 0.5F, 0.0625F, 0.03125F, 0.75F));
    EXPECT_EQ(initializer(written, "x_zero_point")->data_type(), onnx::TensorProto::UINT16);
    EXPECT_THAT(values<std::uint16_t>(initializer(written, "x_zero_point")), ElementsAre(40000));
    EXPECT_EQ(initializer(written, "y_zero_point")->data_type(), 21); // UINT4
    EXPECT_THAT(values<std::uint8_t>(initializer(written, "y_zero_point")), ElementsAre(3));
    EXPECT_EQ(initializer(written, "b_quantized")->data_type(), onnx::TensorProto::INT16);
    const auto reopened = openModel(target);
    ASSERT_TRUE(reopened) << reopened.error().text();
    EXPECT_EQ(qdqEncodings((*reopened)->graph).set, newTypes());
}

// A -> B -> A: 1.0.0 -> QDQ -> 2.0.0 -> QDQ -> 1.0.0.
TEST(QdqModel, GoesThroughOtherDialectsAndBack)
{
    const test::TemporaryFolder folder;
    const auto model = gemm().open(folder);
    for (const EncodingSet &set : {gemmSet(), newTypes()}) {
        const auto asText = [&](EncodingDialect dialect, const EncodingSet &said) {
            auto text = newEncodingsText(dialect, said, &model->graph);
            EXPECT_TRUE(text) << text.error().text();
            auto document = EncodingDocument::parse(text->text, "test", &model->graph);
            EXPECT_TRUE(document) << document.error().text();
            return document->set();
        };
        const auto asModel = [&](const EncodingSet &said) {
            const auto report = writeQdqModel(*model, said, folder.path() / "qdq.onnx", {.floatWeights = false, .deriveBiases = false});
            EXPECT_TRUE(report) << report.error().text();
            return readEncodings(folder.path() / "qdq.onnx", &model->graph)->set;
        };
        const EncodingSet first = asText(EncodingDialect::List100, set);
        EXPECT_EQ(first, set);
        EXPECT_EQ(asModel(first), set);
        EXPECT_EQ(asText(EncodingDialect::Onnx200, asModel(first)), set);
        EXPECT_EQ(asText(EncodingDialect::List100, asModel(asText(EncodingDialect::Onnx200, asModel(first)))), set);
    }
}

TEST(QdqModel, SaysWhatItCannotSay)
{
    const test::TemporaryFolder folder;
    const auto model = gemm().open(folder);
    EncodingSet set = gemmSet();
    set.entries["h"] = activation(grids({{0.5, 3}}, 6));
    set.entries["nowhere"] = activation(grids({{0.5, 3}}));
    Encoding strict = grids({{0.0078125, 127}}, 8, true);
    strict.grids[0] = *gridFromRange(-127.0 / 128, 127.0 / 128, {.bitwidth = 8, .symmetric = true, .strictSymmetric = true, .unsignedSymmetric = false});
    ASSERT_EQ(strict.grids[0].scale, 0.0078125);
    set.entries["w"] = parameter(strict);
    set.entries["x"] = activation(grids({{1.0 / 3, 100}}));
    const auto report = writeQdqModel(*model, set, folder.path() / "qdq.onnx");
    ASSERT_TRUE(report) << report.error().text();
    std::map<std::string, EncodingLoss> lost;
    for (const EncodingLoss &loss : report->lost)
        lost[loss.tensor] = loss;
    EXPECT_EQ(lost.size(), 3U);
    EXPECT_TRUE(lost["h"].omitted);
    EXPECT_EQ(lost["h"].what, "it has no type of 6 bits");
    EXPECT_TRUE(lost["nowhere"].omitted);
    EXPECT_FALSE(lost["w"].omitted);
    EXPECT_THAT(lost["w"].what, HasSubstr("lowest"));
    EXPECT_THAT(report->notes, ElementsAre("1 scales were rounded to float32"));
    // -4 / 2^-7 = -512: the lowest code that the grid keeps is -127.
    EXPECT_THAT(values<std::int8_t>(initializer(parsed(folder.path() / "qdq.onnx"), "w_quantized")), ElementsAre(64, -32, 127, 13, 127, -127, 127, 0, 16, 38, -26, 6));
    EXPECT_FALSE(writeQdqModel(*model, {}, folder.path() / "none.onnx"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "none.onnx"));
}

TEST(QdqModel, RefusesWhatItWouldBreak)
{
    const test::TemporaryFolder folder;
    const auto model = gemm().open(folder);
    const auto target = folder.path() / "qdq.onnx";
    ASSERT_TRUE(writeQdqModel(*model, gemmSet(), target));
    const auto again = writeQdqModel(**openModel(target), gemmSet(), folder.path() / "again.onnx");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::NotSupported);
    EXPECT_THAT(again.error().why, HasSubstr("quantizes already"));
    EXPECT_FALSE(writeQdqModel(*model, gemmSet(), folder.path() / "float.onnx"));
    EncodingSet wrong = gemmSet();
    wrong.entries["w"].encoding.grids.pop_back();
    const auto misfit = writeQdqModel(*model, wrong, folder.path() / "misfit.onnx");
    ASSERT_FALSE(misfit);
    EXPECT_THAT(misfit.error().what, HasSubstr("'w'"));

    FileModel old(9, 4);
    old.input("x", {1, 4, 4}).output("y", {1, 4, 4});
    FileModel::integer(old.node("Softmax", {"x"}, "y"), "axis", 1); // one axis of 16 values before opset 13
    EncodingSet set;
    set.entries["x"] = activation(grids({{0.5, 1}}, 16));
    const auto refused = writeQdqModel(*old.open(folder, "old.onnx"), set, folder.path() / "raised.onnx");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::NotSupported);
    EXPECT_THAT(refused.error().why, HasSubstr("Softmax n_y (changed in 13)"));
}

TEST(QdqModel, TranslatesOperatorsToTheOpsetThatItNeeds)
{
    const test::TemporaryFolder folder;
    FileModel old(9, 3);
    old.input("x", {1, 4, 2, 2}).output("y", {1, 4});
    old.floats("w", {4, 4, 1, 1}, std::vector<float>(16, 0.5F));
    old.input("w", {4, 4, 1, 1}); // IR 3 lists initializers among the inputs
    old.node("Conv", {"x", "w"}, "c");
    onnx::NodeProto &clip = old.node("Clip", {"c"}, "r");
    for (const auto &[name, value] : {std::pair("min", 0.0F), std::pair("max", 6.0F)}) {
        auto *limit = clip.add_attribute();
        limit->set_name(name);
        limit->set_type(onnx::AttributeProto::FLOAT);
        limit->set_f(value);
    }
    onnx::NodeProto &mean = old.node("ReduceMean", {"r"}, "m");
    FileModel::integers(mean, "axes", {2, 3});
    FileModel::integer(mean, "keepdims", 0);
    FileModel::integer(old.node("Softmax", {"m"}, "y"), "axis", 1);
    EncodingSet set;
    set.entries["x"] = activation(grids({{0.5, 1}}));
    set.entries["w"] = parameter(grids({{0.5, 128}, {0.25, 128}, {0.25, 128}, {0.5, 128}}, 8, true));
    const auto report = writeQdqModel(*old.open(folder), set, folder.path() / "raised.onnx");
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->opset, 13);
    expectValid(folder.path() / "raised.onnx");
    const onnx::ModelProto raised = parsed(folder.path() / "raised.onnx");
    const onnx::NodeProto *clipped = producer(raised, "r");
    ASSERT_EQ(clipped->input_size(), 3);
    EXPECT_EQ(clipped->attribute_size(), 0);
    EXPECT_EQ(initializer(raised, clipped->input(2))->float_data(0), 6);
    EXPECT_EQ(producer(raised, "m")->attribute_size(), 2); // ReduceMean has its axes as an attribute until 17
    EXPECT_EQ(producer(raised, "y")->attribute(0).i(), -1);

    set.entries["x"] = activation(grids({{0.5, 1}}, 16));
    ASSERT_TRUE(writeQdqModel(**openModel(folder.path() / "float.onnx"), set, folder.path() / "raised.onnx"));
    const onnx::ModelProto newest = parsed(folder.path() / "raised.onnx");
    const onnx::NodeProto *axes = producer(newest, "m");
    ASSERT_EQ(axes->input_size(), 2);
    EXPECT_EQ(initializer(newest, axes->input(1))->int64_data(1), 3);
}

TEST(QdqModel, FoldsBatchNormalizationIntoEncodedWeights)
{
    const test::TemporaryFolder folder;
    FileModel file;
    file.input("x", {1, 1, 1, 2}).output("y", {1, 2, 1, 2});
    file.floats("w", {2, 1, 1, 1}, {1, -2}).floats("gamma", {2}, {2, 0.5F}).floats("beta", {2}, {1, 0}).floats("mean", {2}, {0, 4}).floats("var", {2}, {1, 1});
    file.node("Conv", {"x", "w"}, "c");
    onnx::NodeProto &norm = file.node("BatchNormalization", {"c", "gamma", "beta", "mean", "var"}, "y");
    auto *epsilon = norm.add_attribute();
    epsilon->set_name("epsilon");
    epsilon->set_type(onnx::AttributeProto::FLOAT);
    epsilon->set_f(0);
    EncodingSet set;
    set.entries["x"] = activation(grids({{0.5, 0}}));
    set.entries["w"] = parameter(grids({{0.25, 128}}, 8, true));
    const auto model = file.open(folder);
    const auto report = writeQdqModel(*model, set, folder.path() / "qdq.onnx");
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_THAT(report->folded, ElementsAre("n_y"));
    EXPECT_THAT(report->derived, ElementsAre("w_bias"));
    expectValid(folder.path() / "qdq.onnx");
    const onnx::ModelProto written = parsed(folder.path() / "qdq.onnx");
    EXPECT_THAT(values<std::int8_t>(initializer(written, "w_quantized")), ElementsAre(8, -4)); // 1 * 2, -2 * 0.5
    EXPECT_THAT(values<std::int32_t>(initializer(written, "w_bias_quantized")), ElementsAre(8, -16)); // 1 and 0 - 4 * 0.5, in steps of 0.125
    EXPECT_EQ(producer(written, "y")->op_type(), "Conv");

    // The value between them is wanted: nothing is folded, and the encoding is one of weights as they are.
    set.entries["c"] = activation(grids({{0.5, 128}}));
    const auto kept = writeQdqModel(*model, set, folder.path() / "kept.onnx");
    ASSERT_TRUE(kept) << kept.error().text();
    EXPECT_THAT(kept->folded, IsEmpty());
    EXPECT_THAT(values<std::int8_t>(initializer(parsed(folder.path() / "kept.onnx"), "w_quantized")), ElementsAre(4, -8));
}

TEST(QdqModel, SharedConstantsBodiesAndConstantNodesReadTheQuantizedValues)
{
    const test::TemporaryFolder folder;
    FileModel file;
    file.input("x", {2, 2}).input("flag", {}, onnx::TensorProto::BOOL).output("y", {2, 2}).output("z", {2, 2});
    file.floats("w", {2, 2}, {1, 2, 3, 4});
    file.node("MatMul", {"x", "w"}, "a");
    file.node("MatMul", {"a", "w"}, "b"); // the same constant twice
    onnx::NodeProto &constant = file.node("Constant", {}, "k");
    auto *value = constant.add_attribute();
    value->set_name("value");
    value->set_type(onnx::AttributeProto::TENSOR);
    value->mutable_t()->set_data_type(onnx::TensorProto::FLOAT);
    value->mutable_t()->add_dims(2);
    value->mutable_t()->add_float_data(0.5F);
    value->mutable_t()->add_float_data(-1);
    file.node("Add", {"b", "k"}, "y");
    onnx::NodeProto &branch = file.node("If", {"flag"}, "z");
    for (const char *name : {"then_branch", "else_branch"}) {
        auto *attribute = branch.add_attribute();
        attribute->set_name(name);
        attribute->set_type(onnx::AttributeProto::GRAPH);
        attribute->mutable_g()->set_name(name);
        auto *inner = attribute->mutable_g()->add_node();
        inner->set_op_type("Mul");
        inner->add_input("a"); // from outside
        inner->add_input("w");
        inner->add_output(std::string(name) + "_out");
        FileModel::port(attribute->mutable_g()->add_output(), std::string(name) + "_out", {2, 2});
    }
    EncodingSet set;
    set.entries["x"] = activation(grids({{0.5, 1}}));
    set.entries["a"] = activation(grids({{0.25, 2}}));
    set.entries["w"] = parameter(grids({{0.5, 128}}, 8, true));
    set.entries["k"] = parameter(grids({{0.5, 128}}, 8, true));
    set.entries["then_branch_out"] = activation(grids({{0.25, 2}}));
    const auto report = writeQdqModel(*file.open(folder), set, folder.path() / "qdq.onnx");
    ASSERT_TRUE(report) << report.error().text();
    expectValid(folder.path() / "qdq.onnx");
    ASSERT_EQ(report->lost.size(), 1U); // only the value inside a body
    EXPECT_EQ(report->lost[0].tensor, "then_branch_out");
    EXPECT_TRUE(report->lost[0].omitted);
    const onnx::ModelProto written = parsed(folder.path() / "qdq.onnx");
    EXPECT_EQ(producer(written, "a")->op_type(), "DequantizeLinear"); // bodies read it by this name
    EXPECT_EQ(producer(written, "w")->op_type(), "DequantizeLinear");
    EXPECT_EQ(producer(written, "b")->input(1), "w");
    EXPECT_EQ(producer(written, "k")->op_type(), "DequantizeLinear");
    EXPECT_THAT(values<std::int8_t>(initializer(written, "k_quantized")), ElementsAre(1, -2));
    EXPECT_EQ(qdqEncodings((*openModel(folder.path() / "qdq.onnx"))->graph).set, report->written);
}

TEST(QdqModel, ReadsWeightsThatLieOutsideTheFile)
{
    const test::TemporaryFolder folder;
    const std::vector<float> stored{1, 2, 3, 4, 5, 6, 7, 8};
    folder.write("w.bin", std::string_view(reinterpret_cast<const char *>(stored.data()), stored.size() * 4));
    FileModel file;
    file.input("x", {1, 2}).output("y", {1, 2}).output("z", {1, 2});
    for (const char *name : {"w", "v"}) {
        file.bytes(name, onnx::TensorProto::FLOAT, {2, 2}, {});
        auto *tensor = file.graph().mutable_initializer(file.graph().initializer_size() - 1);
        tensor->clear_raw_data();
        tensor->set_data_location(onnx::TensorProto::EXTERNAL);
        for (const auto &[key, text] : {std::pair("location", "w.bin"), std::pair("offset", name[0] == 'w' ? "16" : "0"), std::pair("length", "16")}) {
            auto *entry = tensor->add_external_data();
            entry->set_key(key);
            entry->set_value(text);
        }
    }
    file.node("MatMul", {"x", "w"}, "y");
    file.node("MatMul", {"x", "v"}, "z");
    const auto model = file.open(folder);
    EncodingSet set;
    set.entries["w"] = parameter(grids({{0.5, 128}}, 8, true));
    std::filesystem::create_directory(folder.path() / "out");
    const auto report = writeQdqModel(*model, set, folder.path() / "out" / "qdq.onnx");
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_THAT(values<std::int8_t>(initializer(parsed(folder.path() / "out" / "qdq.onnx"), "w_quantized")), ElementsAre(10, 12, 14, 16));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "out" / "w.bin")); // v still lies there
    EXPECT_TRUE(openModel(folder.path() / "out" / "qdq.onnx"));
}

// Forms of other tools: names with their endings, no zero points, one scale in a list, two readers, requantizing.
TEST(QdqEncodings, FollowsTheNamesOfTheFloatModel)
{
    const test::TemporaryFolder folder;
    FileModel file(21, 10);
    file.input("x", {1, 2}).output("y", {1, 2});
    file.floats("s", {}, {0.5F}).floats("s1", {1}, {0.25F}).floats("s2", {2}, {0.5F, 0.125F}).floats("bs", {1}, {0.125F}).floats("w", {2, 2}, {1, 2, 3, 4});
    file.bytes("z", onnx::TensorProto::INT8, {}, "\x03").bytes("z1", onnx::TensorProto::UINT8, {1}, "\x07");
    file.bytes("v_quantized", onnx::TensorProto::INT8, {2, 2}, "\x01\x02\x03\x04").bytes("b_quantized", onnx::TensorProto::INT32, {2}, std::string(8, '\1'));
    file.node("QuantizeLinear", {"x", "s", "z"}, "x_q");
    file.node("DequantizeLinear", {"x_q", "s", "z"}, "x_d1");
    file.node("DequantizeLinear", {"x_q", "s", "z"}, "x_d2");
    file.node("QuantizeLinear", {"w", "s"}, "w_q"); // no zero point: uint8, 0
    file.node("DequantizeLinear", {"w_q", "s"}, "w_d");
    file.node("MatMul", {"x_d1", "w_d"}, "h");
    file.node("QuantizeLinear", {"h", "s1", "z1"}, "h_q");
    file.node("DequantizeLinear", {"h_q", "s1", "z1"}, "h_d");
    FileModel::integer(file.node("DequantizeLinear", {"v_quantized", "s2"}, "weights"), "axis", -2);
    file.node("DequantizeLinear", {"b_quantized", "bs"}, "b_DequantizeLinear_Output");
    file.node("Gemm", {"h_d", "weights", "b_DequantizeLinear_Output"}, "g");
    file.node("Add", {"g", "x_d2"}, "sum");
    file.node("QuantizeLinear", {"sum", "s", "z"}, "sum_q");
    file.node("DequantizeLinear", {"sum_q", "s", "z"}, "y");
    const EncodingFile found = qdqEncodings(file.open(folder)->graph);
    EXPECT_THAT(found.unread, IsEmpty());
    EncodingSet expected;
    expected.entries["x"] = activation(grids({{0.5, 131}}));
    expected.entries["w"] = parameter(grids({{0.5, 0}}));
    expected.entries["h"] = activation(grids({{0.25, 7}}));
    expected.entries["v"] = parameter(grids({{0.5, 128}, {0.125, 128}}, 8, true));
    expected.entries["b"] = parameter(grids({{0.125, kMiddle32}}, 32, true));
    expected.entries["y"] = activation(grids({{0.5, 131}}));
    EXPECT_EQ(found.set, expected);
}

TEST(QdqEncodings, ListsWhatIsNoEncoding)
{
    const test::TemporaryFolder folder;
    FileModel file(21, 10);
    file.input("x", {1, 2}).input("scale", {}).output("y", {1, 2}).output("y2", {1, 2}).output("y3", {1, 2}).output("y4", {1, 2});
    file.floats("s", {}, {0.5F}).floats("t", {}, {0.25F}).floats("zero", {}, {0}).floats("s3", {3}, {1, 1, 1});
    file.bytes("f8", 17, {}, std::string(1, '\0')); // float8e4m3fn
    file.node("QuantizeLinear", {"x", "scale"}, "dynamic_q");
    file.node("DequantizeLinear", {"dynamic_q", "scale"}, "a");
    file.node("Relu", {"a"}, "b");
    file.node("QuantizeLinear", {"b", "s"}, "b_q1");
    file.node("DequantizeLinear", {"b_q1", "s"}, "b_d1");
    file.node("QuantizeLinear", {"b", "t"}, "b_q2");
    file.node("DequantizeLinear", {"b_q2", "t"}, "b_d2");
    file.node("Add", {"b_d1", "b_d2"}, "y");
    file.node("Relu", {"b"}, "c");
    file.node("QuantizeLinear", {"c", "s", "f8"}, "c_q");
    file.node("DequantizeLinear", {"c_q", "s", "f8"}, "y2");
    file.node("Relu", {"c"}, "d");
    file.node("QuantizeLinear", {"d", "zero"}, "d_q");
    file.node("DequantizeLinear", {"d_q", "zero"}, "y3");
    file.node("Relu", {"d"}, "e");
    FileModel::integer(file.node("QuantizeLinear", {"e", "s3"}, "e_q"), "axis", 1);
    FileModel::integer(file.node("DequantizeLinear", {"e_q", "s3"}, "y4"), "axis", 1);
    const EncodingFile found = qdqEncodings(file.open(folder)->graph);
    EXPECT_TRUE(found.set.empty());
    std::map<std::string, std::string> why;
    for (const EncodingRepair &finding : found.unread)
        why[finding.tensor] = finding.what;
    EXPECT_EQ(why.size(), 5U);
    EXPECT_THAT(why["x"], HasSubstr("computed while the model runs"));
    EXPECT_THAT(why["b"], HasSubstr("several ways that differ"));
    EXPECT_THAT(why["y2"], HasSubstr("float8e4m3fn"));
    EXPECT_THAT(why["y3"], HasSubstr("scale"));
    EXPECT_THAT(why["y4"], HasSubstr("3 scales for 2 channels"));
    const auto read = readEncodings(folder.path() / "float.onnx", nullptr);
    EXPECT_FALSE(read); // nothing can be read
}

TEST(QdqEncodings, RangesThatBeginAtZeroAreNoMinusZero)
{
    EXPECT_FALSE(std::signbit(gridFromScale(0.5, 0, 8)->min));
    EXPECT_FALSE(std::signbit(gridFromRange(-1e-9, 1, {})->min));
}

// A vendor's file, read once more without our extraction: every pair's scale and zero point straight from the initializers.
TEST(QdqEncodings, ReadsAVendorsModel)
{
    const auto path = test::sharedModel("mobilenet_v2_imagenet_qdq") / "model.onnx";
    NORDLYS_REQUIRE_SHARED(path);
    const auto found = readEncodings(path, nullptr);
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_THAT(found->unread, IsEmpty());
    const onnx::ModelProto model = parsed(path);
    std::set<std::string> outputs, seen;
    for (const auto &output : model.graph().output())
        outputs.insert(output.name());
    const auto number = [&](const std::string &name, bool isScale) -> double {
        const onnx::TensorProto *tensor = initializer(model, name);
        if (tensor == nullptr)
            return std::nan("");
        if (isScale)
            return static_cast<double>(tensor->float_data_size() > 0 ? tensor->float_data(0) : values<float>(tensor)[0]);
        if (tensor->int32_data_size() > 0)
            return tensor->int32_data(0);
        return tensor->data_type() == onnx::TensorProto::UINT8 ? values<std::uint8_t>(tensor)[0] : tensor->data_type() == onnx::TensorProto::INT32 ? values<std::int32_t>(tensor)[0] : values<std::int8_t>(tensor)[0];
    };
    std::set<std::string> quantized;
    for (const onnx::NodeProto &node : model.graph().node()) {
        if (node.op_type() == "QuantizeLinear")
            quantized.insert(node.output(0));
    }
    for (const onnx::NodeProto &node : model.graph().node()) {
        const bool isStored = node.op_type() == "DequantizeLinear" && !quantized.contains(node.input(0));
        if (node.op_type() != "QuantizeLinear" && !isStored)
            continue;
        std::string name = node.input(0);
        int type = onnx::TensorProto::UINT8;
        if (isStored) {
            name = node.output(0);
            type = initializer(model, node.input(0))->data_type();
            for (const std::string &ending : {std::string("_DequantizeLinear_Output")}) {
                if (name.ends_with(ending))
                    name.resize(name.size() - ending.size());
            }
            if (name == node.output(0) && node.input(0).ends_with("_quantized"))
                name = node.input(0).substr(0, node.input(0).size() - 10);
        } else {
            for (const onnx::NodeProto &other : model.graph().node()) {
                if (other.op_type() == "DequantizeLinear" && other.input(0) == node.output(0) && outputs.contains(other.output(0)))
                    name = other.output(0);
            }
            if (node.input_size() > 2)
                type = initializer(model, node.input(2))->data_type();
        }
        const EncodingEntry *entry = found->set.find(name);
        ASSERT_NE(entry, nullptr) << name;
        seen.insert(name);
        const double scale = number(node.input(1), true), zero = node.input_size() > 2 ? number(node.input(2), false) : 0;
        const double shift = type == onnx::TensorProto::INT8 ? 128 : type == onnx::TensorProto::INT32 ? 2147483648.0 : 0;
        ASSERT_EQ(entry->encoding.grids.size(), 1U) << name;
        EXPECT_EQ(entry->encoding.grids[0].scale, scale) << name;
        EXPECT_EQ(static_cast<double>(entry->encoding.grids[0].zeroPoint), zero + shift) << name;
        EXPECT_EQ(entry->encoding.bitwidth, type == onnx::TensorProto::INT32 ? 32 : 8) << name;
        EXPECT_EQ(entry->kind, isStored ? EncodingKind::Parameter : EncodingKind::Activation) << name;
    }
    EXPECT_EQ(seen.size(), found->set.entries.size());
    EXPECT_GT(seen.size(), 150U);
}

} // namespace
} // namespace nordlys::core
