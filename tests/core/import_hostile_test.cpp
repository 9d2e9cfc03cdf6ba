// SPDX-License-Identifier: Apache-2.0
// Files that are wrong: one error, never a crash.
#include "import_support.h"

#include <core/base/sha256.h>

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>
#include <set>
#include <span>

namespace nordlys::core {
namespace {

namespace fs = std::filesystem;
using test::OnnxBuilder;

struct HostileCase {
    std::string name;
    std::function<void(OnnxBuilder &)> build;
    ErrorCode code;
    std::string says; ///< part of the error's text
};

void addSubgraphs(onnx::GraphProto &graph, int depth)
{
    onnx::NodeProto &node = *graph.add_node();
    node.set_op_type("If");
    node.add_output("o" + std::to_string(depth));
    if (depth == 0)
        return;
    onnx::AttributeProto &attribute = *node.add_attribute();
    attribute.set_name("then_branch");
    attribute.set_type(onnx::AttributeProto::GRAPH);
    addSubgraphs(*attribute.mutable_g(), depth - 1);
    attribute.mutable_g()->set_doc_string(std::string(2000, 'd')); // long enough to be walked
}

const std::vector<HostileCase> kCases{
    {"no_graph", [](OnnxBuilder &b) { b.model.clear_graph(); }, ErrorCode::BadInput, "no ONNX graph"},
    {"cycle",
     [](OnnxBuilder &b) {
         b.input("x", {1});
         b.node("Add", {"x", "c"}, {"a"}, "first");
         b.node("Relu", {"a"}, {"c"}, "second");
         b.node("Relu", {"c"}, {"z"}, "behind");
         b.output("z");
     },
     ErrorCode::BadInput, "cycle"},
    {"reads_itself",
     [](OnnxBuilder &b) {
         b.node("Relu", {"a"}, {"a"}, "self");
     },
     ErrorCode::BadInput, "\"self\" is part of a cycle"},
    {"two_producers",
     [](OnnxBuilder &b) {
         b.input("x", {1});
         b.node("Relu", {"x"}, {"twin"});
         b.node("Neg", {"x"}, {"twin"});
     },
     ErrorCode::BadInput, "\"twin\" has two producers"},
    {"node_overwrites_input",
     [](OnnxBuilder &b) {
         b.input("x", {1});
         b.node("Relu", {"x"}, {"x"});
     },
     ErrorCode::BadInput, "two producers"},
    {"initializer_twice",
     [](OnnxBuilder &b) {
         b.weight("w", {1}, 4);
         b.weight("w", {1}, 4);
     },
     ErrorCode::BadInput, "\"w\" has two producers"},
    {"input_twice",
     [](OnnxBuilder &b) {
         b.input("x", {1});
         b.input("x", {1});
     },
     ErrorCode::BadInput, "twice"},
    {"missing_tensor",
     [](OnnxBuilder &b) {
         b.node("Relu", {"nowhere"}, {"z"}, "lost");
     },
     ErrorCode::BadInput, "\"lost\" (Relu) reads tensor \"nowhere\""},
    {"missing_output",
     [](OnnxBuilder &b) { b.output("nothing"); }, ErrorCode::BadInput, "\"nothing\""},
    {"negative_dim", [](OnnxBuilder &b) { b.input("x", {1, -7}); }, ErrorCode::BadInput, "-7"},
    {"negative_weight_dim", [](OnnxBuilder &b) { b.weight("w", {-1, 4}, 4); }, ErrorCode::BadInput, "dimension of -1"},
    {"overflowing_dims", [](OnnxBuilder &b) { b.input("x", {1LL << 40, 1LL << 40}); }, ErrorCode::BadInput, "more elements"},
    {"overflowing_weight", [](OnnxBuilder &b) { b.weight("w", {1LL << 32, 1LL << 32}, 4); }, ErrorCode::BadInput, "more elements"},
    {"overflowing_weight_bits", [](OnnxBuilder &b) { b.weight("w", {1LL << 60}, 4); }, ErrorCode::BadInput, "more elements"},
    {"huge_weight", [](OnnxBuilder &b) { b.weight("w", {1LL << 50}, 4); }, ErrorCode::BadInput, "holds 4 bytes"},
    {"too_many_dims", [](OnnxBuilder &b) { b.input("x", std::vector<std::int64_t>(1000, 1)); }, ErrorCode::BadInput, "1000 dimensions"},
    {"short_weight", [](OnnxBuilder &b) { b.weight("w", {4}, 15); }, ErrorCode::BadInput, "holds 15 bytes"},
    {"short_large_weight", [](OnnxBuilder &b) { b.weight("w", {1000}, 3996); }, ErrorCode::BadInput, "holds 3996 bytes"},
    {"long_weight", [](OnnxBuilder &b) { b.weight("w", {1000}, 4004); }, ErrorCode::BadInput, "holds 4004 bytes"},
    {"no_values", [](OnnxBuilder &b) { b.weight("w", {2}, 0).clear_raw_data(); }, ErrorCode::BadInput, "holds 0 bytes"},
    {"unknown_type", [](OnnxBuilder &b) { b.weight("w", {1}, 4).set_data_type(99); }, ErrorCode::BadInput, "element type 99"},
    {"wrong_list",
     [](OnnxBuilder &b) {
         onnx::TensorProto &tensor = b.weight("w", {1000}, 0);
         tensor.clear_raw_data();
         tensor.set_data_type(onnx::TensorProto::INT32);
         for (int i = 0; i < 1000; ++i)
             tensor.add_float_data(1);
     },
     ErrorCode::BadInput, "another type"},
    {"constant_too_short",
     [](OnnxBuilder &b) {
         onnx::AttributeProto &value = *b.node("Constant", {}, {"c"}).add_attribute();
         value.set_name("value");
         value.set_type(onnx::AttributeProto::TENSOR);
         value.mutable_t()->set_data_type(onnx::TensorProto::INT64);
         value.mutable_t()->add_dims(3);
         value.mutable_t()->add_int64_data(1);
     },
     ErrorCode::BadInput, "\"c\" holds 8 bytes"},
    {"deep_nesting", [](OnnxBuilder &b) { addSubgraphs(*b.model.mutable_graph(), 60); }, ErrorCode::BadInput, "nest"},
    {"sparse_weight", [](OnnxBuilder &b) { b.model.mutable_graph()->add_sparse_initializer()->mutable_values()->set_name("s"); },
     ErrorCode::NotSupported, "\"s\" is sparse"},
    {"external_parent", [](OnnxBuilder &b) { OnnxBuilder::external(b.weight("w", {1}, 0), "../weights", "", ""); }, ErrorCode::BadInput,
     "outside the model's folder"},
    {"external_hidden_parent", [](OnnxBuilder &b) { OnnxBuilder::external(b.weight("w", {1}, 0), "a/../../weights", "", ""); },
     ErrorCode::BadInput, "outside the model's folder"},
    {"external_absolute", [](OnnxBuilder &b) { OnnxBuilder::external(b.weight("w", {1}, 0), "/etc/passwd", "", ""); }, ErrorCode::BadInput,
     "outside the model's folder"},
    {"external_symlink",
     [](OnnxBuilder &b) {
         fs::create_symlink("/etc/passwd", b.folder().path() / "link");
         OnnxBuilder::external(b.weight("w", {1}, 0), "link", "", "");
     },
     ErrorCode::BadInput, "outside the model's folder"},
    {"external_folder_link",
     [](OnnxBuilder &b) {
         fs::create_directory_symlink("/etc", b.folder().path() / "sub");
         OnnxBuilder::external(b.weight("w", {1}, 0), "sub/passwd", "", "");
     },
     ErrorCode::BadInput, "outside the model's folder"},
    {"external_is_folder", [](OnnxBuilder &b) { OnnxBuilder::external(b.weight("w", {1}, 0), ".", "", ""); }, ErrorCode::BadInput, "\"w\""},
    {"external_missing", [](OnnxBuilder &b) { OnnxBuilder::external(b.weight("w", {1}, 0), "none.bin", "", ""); }, ErrorCode::BadInput,
     "none.bin"},
    {"external_unnamed", [](OnnxBuilder &b) { OnnxBuilder::external(b.weight("w", {1}, 0), "", "", ""); }, ErrorCode::BadInput, "names no file"},
    {"external_past_end",
     [](OnnxBuilder &b) {
         b.folder().write("w.bin", "12345678");
         OnnxBuilder::external(b.weight("w", {2}, 0), "w.bin", "4", "8");
     },
     ErrorCode::BadInput, "past the end of w.bin"},
    {"external_overflowing",
     [](OnnxBuilder &b) {
         b.folder().write("w.bin", "12345678");
         OnnxBuilder::external(b.weight("w", {2}, 0), "w.bin", "18446744073709551615", "8");
     },
     ErrorCode::BadInput, "past the end"},
    {"external_negative",
     [](OnnxBuilder &b) {
         b.folder().write("w.bin", "12345678");
         OnnxBuilder::external(b.weight("w", {2}, 0), "w.bin", "-4", "8");
     },
     ErrorCode::BadInput, "no number"},
    {"external_too_short",
     [](OnnxBuilder &b) {
         b.folder().write("w.bin", "12345678");
         OnnxBuilder::external(b.weight("w", {2}, 0), "w.bin", "0", "4");
     },
     ErrorCode::BadInput, "holds 4 bytes"},
};

class HostileModel : public testing::TestWithParam<HostileCase> {};

TEST_P(HostileModel, GivesOneClearError)
{
    OnnxBuilder builder;
    GetParam().build(builder);
    const auto model = builder.open();
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, GetParam().code) << model.error().text();
    EXPECT_NE(model.error().text().find(GetParam().says), std::string::npos) << model.error().text();
    EXPECT_NE(model.error().text().find("model.onnx"), std::string::npos) << model.error().text();
    EXPECT_EQ(model.error().text().find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, HostileModel, testing::ValuesIn(kCases), [](const auto &parameter) { return parameter.param.name; });

TEST(HostileFile, TruncatedAnywhereIsBadInput)
{
    OnnxBuilder builder;
    test::fillConvNet(builder);
    const std::string whole = builder.bytes();
    ASSERT_TRUE(builder.open());
    std::size_t refused = 0;
    for (std::size_t size = 0; size < whole.size(); size += size < 200 || size + 200 > whole.size() ? 1 : 37) {
        const auto model = openModel(builder.folder().write("cut.onnx", whole.substr(0, size)));
        // A cut between two fields of the message leaves a valid shorter one.
        if (model) {
            EXPECT_LT(size, whole.size()) << "the whole model";
        } else {
            EXPECT_EQ(model.error().code, ErrorCode::BadInput) << size << ": " << model.error().text();
            ++refused;
        }
    }
    EXPECT_GT(refused, 100u);
}

TEST(HostileFile, FlippedBitsNeverCrash)
{
    OnnxBuilder builder;
    test::fillConvNet(builder);
    builder.shapeValues("target", {1, -1});
    builder.node("Reshape", {"z", "target"}, {"flat"});
    builder.node("Shape", {"flat"}, {"dims"});
    builder.output("dims");
    const std::string whole = builder.bytes();
    std::mt19937 random(7);
    std::size_t opened = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string damaged = whole;
        const int flips = 1 + round % 4;
        for (int i = 0; i < flips; ++i) {
            // Most flips hit the structure, not the weights.
            const std::size_t at = random() % damaged.size();
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
        }
        const auto model = openModel(builder.folder().write("flip.onnx", damaged));
        opened += model ? 1 : 0;
        if (!model) {
            EXPECT_NE(model.error().code, ErrorCode::Internal) << model.error().text();
        }
    }
    EXPECT_GT(opened, 100u); // flips inside weights change nothing that we check
}

TEST(HostileFile, EmptyGarbageAndText)
{
    test::TemporaryFolder folder;
    std::string garbage(4096, '\0');
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round) {
        for (char &c : garbage)
            c = static_cast<char>(random());
        const auto model = openModel(folder.write("g.onnx", garbage));
        ASSERT_FALSE(model);
    }
    for (const std::string &content : {std::string(), std::string("hello, this is no model\n"), std::string(100, '\0'), std::string(100, '\xff')}) {
        const auto model = openModel(folder.write("g.onnx", content));
        ASSERT_FALSE(model);
        EXPECT_EQ(model.error().code, ErrorCode::BadInput) << model.error().text();
    }
    EXPECT_EQ(openModel(folder.path()).error().code, ErrorCode::BadInput);
    EXPECT_EQ(openModel(folder.path() / "none.onnx").error().code, ErrorCode::BadInput);
}

TEST(OpenModel, NamesOfAnyBytesSurvive)
{
    OnnxBuilder builder;
    const std::string odd = "a/b\\c\n\"%s\xff\xc3";
    builder.input(odd, {1, 2});
    builder.node("Relu", {odd}, {odd + "2"}, "../../" + odd);
    builder.output(odd + "2");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    const Graph &graph = (*model)->graph;
    EXPECT_EQ(graph.nameOf(graph.inputs[0]), odd);
    EXPECT_EQ(graph.nameOf(NodeId(0)), "../../" + odd);
    EXPECT_TRUE(graph.findTensor(odd + "2").isValid());
}

TEST(OpenModel, NodesGetUniqueNamesAndAnOrder)
{
    OnnxBuilder builder;
    builder.input("x", {1});
    builder.node("Relu", {"b"}, {"c"});
    builder.node("Relu", {"a"}, {"b"}, "same");
    builder.node("Relu", {"x"}, {"a"}, "same");
    builder.node("Neg", {"c"}, {"d"}, "Relu_0"); // the name that the first node would get
    builder.output("d");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    const Graph &graph = (*model)->graph;
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        EXPECT_TRUE(names.insert(graph.nameOf(NodeId(i))).second);
        for (const TensorId input : graph.nodes[i].inputs) {
            if (graph.tensor(input).producer.isValid()) {
                EXPECT_LT(graph.tensor(input).producer.index, i);
            }
        }
    }
    EXPECT_TRUE(names.contains("same"));
    EXPECT_TRUE(names.contains("Relu_0_2"));
    EXPECT_EQ((*model)->notes.size(), 2u); // shared names, sorted nodes
}

/// libonnx's checker reads the indices of sparse values without asking how many there are.
TEST(OpenModel, SparseValuesOfANodeAreNotGivenToTheChecker)
{
    OnnxBuilder builder;
    builder.input("x", {2});
    onnx::AttributeProto &sparse = *builder.node("Constant", {}, {"c"}).add_attribute();
    sparse.set_name("sparse_value");
    sparse.set_type(onnx::AttributeProto::SPARSE_TENSOR);
    onnx::TensorProto &values = *sparse.mutable_sparse_tensor()->mutable_values(), &indices = *sparse.mutable_sparse_tensor()->mutable_indices();
    values.set_name("c");
    values.set_data_type(onnx::TensorProto::FLOAT);
    values.add_dims(1);
    values.add_float_data(1);
    indices.set_data_type(onnx::TensorProto::INT64);
    indices.add_dims(1);
    indices.set_raw_data("1"); // one byte for one number of eight
    sparse.mutable_sparse_tensor()->add_dims(2);
    builder.node("Relu", {"x"}, {"y"});
    builder.output("y");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    EXPECT_EQ((*model)->graph.nodes.size(), 2U);
}

TEST(OpenModel, FlagsOfAnyByteAreZeroOrOne)
{
    OnnxBuilder builder;
    onnx::TensorProto &flags = builder.weight("flags", {4}, 0);
    flags.set_data_type(onnx::TensorProto::BOOL);
    flags.set_raw_data(std::string("\0\1\2\377", 4));
    builder.node("Not", {"flags"}, {"y"});
    builder.output("y");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    const Tensor &read = (*model)->graph.tensor((*model)->graph.findTensor("flags"));
    ASSERT_TRUE(read.constant && read.constant->bytes().size() == 4);
    std::vector<int> bytes;
    for (const std::byte value : read.constant->bytes())
        bytes.push_back(std::to_integer<int>(value));
    EXPECT_EQ(bytes, (std::vector<int>{0, 1, 1, 1}));
}

TEST(OpenModel, InitializersListedAsInputsAreNoInputs)
{
    OnnxBuilder builder;
    test::fillConvNet(builder);
    builder.input("w", {8, 4, 3, 3});
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    ASSERT_EQ((*model)->graph.inputs.size(), 1u);
    EXPECT_EQ((*model)->graph.nameOf((*model)->graph.inputs[0]), "x");
}

TEST(OpenModel, ReadsExternalDataBesideTheModel)
{
    OnnxBuilder builder;
    builder.input("x", {1, 2});
    OnnxBuilder::external(builder.weight("w", {2}, 0), "w.bin", "4", "8");
    builder.node("Add", {"x", "w"}, {"z"});
    builder.output("z");
    builder.folder().write("w.bin", "0000abcdefgh");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    const Graph &graph = (*model)->graph;
    const auto bytes = graph.tensor(graph.findTensor("w")).constant->bytes();
    ASSERT_EQ(bytes.size(), 8u);
    EXPECT_EQ(bytes[0], std::byte('a'));
    EXPECT_EQ((*model)->externalFiles.size(), 1u);
    const std::string both = builder.bytes() + "0000abcdefgh";
    const auto hash = modelSha256(**model);
    ASSERT_TRUE(hash);
    EXPECT_EQ(*hash, sha256Hex(std::as_bytes(std::span(both))));
}

TEST(OpenModel, PackedFloatListsStayInTheFile)
{
    OnnxBuilder builder;
    onnx::TensorProto &tensor = builder.weight("w", {1000}, 0);
    tensor.clear_raw_data();
    for (int i = 0; i < 1000; ++i)
        tensor.add_float_data(static_cast<float>(i));
    builder.input("x", {1});
    builder.node("Add", {"x", "w"}, {"z"});
    builder.output("z");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    const Tensor &weight = (*model)->graph.tensor((*model)->graph.findTensor("w"));
    EXPECT_TRUE(weight.constant->isMapped());
    float last = 0;
    ASSERT_EQ(weight.constant->bytes().size(), 4000u);
    std::memcpy(&last, weight.constant->bytes().data() + 3996, 4);
    EXPECT_EQ(last, 999.0f);
}

TEST(OpenModel, StopRequestEndsIt)
{
    OnnxBuilder builder;
    test::fillConvNet(builder);
    std::stop_source stop;
    stop.request_stop();
    JobContext job;
    job.stop = stop.get_token();
    const auto model = openModel(builder.folder().write("model.onnx", builder.bytes()), {}, job);
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::Interrupted);
}

} // namespace
} // namespace nordlys::core
