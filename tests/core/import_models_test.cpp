// SPDX-License-Identifier: Apache-2.0
// Real models: every one opens or says why not, and inferred shapes equal those of outputs that an independent engine computed.
#include <core/graph/cost.h>
#include <core/graph/op_spec.h>
#include <core/import/model.h>
#include <support/shared_data.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>

namespace nordlys::core {
namespace {

namespace fs = std::filesystem;

/// Shape from the header of a .npy file (version 1: "'shape': (1, 3), ").
std::optional<Dims> npyShape(const fs::path &file)
{
    std::ifstream stream(file, std::ios::binary);
    std::string header(512, '\0');
    stream.read(header.data(), static_cast<std::streamsize>(header.size()));
    std::smatch match;
    static const std::regex kShape("'shape': \\(([0-9, ]*)\\)");
    if (!std::regex_search(header, match, kShape))
        return std::nullopt;
    Dims dims;
    const std::string list = match[1];
    static const std::regex kNumber("[0-9]+");
    for (std::sregex_iterator it(list.begin(), list.end(), kNumber), end; it != end; ++it)
        dims.push_back(std::stoll(it->str()));
    return dims;
}

std::vector<std::string> modelNames()
{
    std::vector<std::string> names;
    std::error_code error;
    for (const fs::directory_entry &entry : fs::directory_iterator(test::sharedPath() / "models", error)) {
        if (fs::exists(entry.path() / "model.onnx"))
            names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

std::string textOf(const Graph &graph, TensorId id)
{
    const std::optional<Shape> &shape = graph.tensor(id).shape;
    return shape ? shapeText(*shape, graph.names) : "unknown";
}

class SharedModel : public testing::TestWithParam<std::string> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SharedModel);

TEST_P(SharedModel, InferredShapesEqualTheReferenceOutputs)
{
    // Data decides these lengths, or operators outside our table do.
    static const std::set<std::string> kOpen{"ssdlite320_random", "silero_vad", "silero_vad_half"};
    const fs::path folder = test::sharedPath() / "models" / GetParam();
    Expected<std::shared_ptr<const Model>> probe = openModel(folder / "model.onnx");
    ASSERT_TRUE(probe) << probe.error().text();
    EXPECT_GT((*probe)->fileNodeCount, 0);
    if (!fs::exists(folder / "io.json"))
        return; // import only
    nlohmann::json io;
    std::ifstream(folder / "io.json") >> io;
    OpenOptions options;
    for (std::size_t i = 0; i < io["inputs"].size(); ++i) {
        const std::optional<Dims> dims = npyShape(folder / ("input_" + std::to_string(i) + ".npy"));
        ASSERT_TRUE(dims);
        options.bindings.inputShapes[io["inputs"][i]] = *dims;
    }
    const Expected<std::shared_ptr<const Model>> model = openModel(folder / "model.onnx", options);
    ASSERT_TRUE(model) << model.error().text();
    const Graph &graph = (*model)->graph;
    ASSERT_EQ(graph.outputs.size(), io["outputs"].size());
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
        EXPECT_EQ(graph.nameOf(graph.outputs[i]), io["outputs"][i].get<std::string>());
        const std::optional<Dims> expected = npyShape(folder / ("output_" + std::to_string(i) + ".npy"));
        ASSERT_TRUE(expected);
        const std::optional<Shape> &shape = graph.tensor(graph.outputs[i]).shape;
        const std::optional<Dims> found = shape ? knownDims(*shape) : std::nullopt;
        if (!found && kOpen.contains(GetParam()))
            continue;
        EXPECT_EQ(textOf(graph, graph.outputs[i]), shapeText(*expected)) << graph.nameOf(graph.outputs[i]);
    }
    if (!kOpen.contains(GetParam())) {
        for (const InferenceFinding &finding : (*model)->findings)
            ADD_FAILURE() << graph.nameOf(finding.node) << ": " << finding.rule;
        for (const Node &node : graph.nodes) {
            for (const TensorId output : node.outputs) {
                if (!output.isValid())
                    continue;
                EXPECT_TRUE(graph.tensor(output).shape && knownDims(*graph.tensor(output).shape)) << graph.nameOf(output);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, SharedModel, testing::ValuesIn(modelNames()), [](const auto &parameter) { return parameter.param; });

struct Counts {
    std::string name;
    fs::path path;
    std::int64_t parameters, macs, nodes;
    std::int64_t fileNodes;
};

// By hand from the layers: output pixels x output channels x (kernel x input channels of the group), weights and biases.
TEST(ModelCost, ParametersAndMacsByHand)
{
    const std::vector<Counts> cases{
        {"simple_model", test::sharedModel("simple_model/model.onnx"), (32 * 3 * 9 + 32) + (64 * 32 * 9 + 64) + (10 * 64 + 10),
         224LL * 224 * 32 * 27 + 224LL * 224 * 64 * 288 + 640, 11, 13},
        {"digits", test::digitsPath() / "digits.onnx",
         (16 * 9 + 16) + (16 * 9 + 16) + (32 * 16 + 32) + (32 * 9 + 32) + (32 * 32 + 32) + (32 * 9 + 32) + (64 * 32 + 64) + (64 * 9 + 64)
             + (64 * 64 + 64) + (64 * 10 + 10),
         256 * 16 * 9 + 256 * 16 * 9 + 256 * 32 * 16 + 256 * 32 * 9 + 256 * 32 * 32 + 64 * 32 * 9 + 64 * 64 * 32 + 64 * 64 * 9 + 64 * 64 * 64 + 640,
         23, 23},
    };
    for (const Counts &expected : cases) {
        NORDLYS_REQUIRE_SHARED(expected.path);
        const Expected<std::shared_ptr<const Model>> model = openModel(expected.path);
        ASSERT_TRUE(model) << model.error().text();
        EXPECT_EQ(parameterCount((*model)->graph), expected.parameters) << expected.name;
        EXPECT_EQ(macCount((*model)->graph), expected.macs) << expected.name;
        EXPECT_EQ(static_cast<std::int64_t>((*model)->graph.nodes.size()), expected.nodes) << expected.name;
        EXPECT_EQ((*model)->fileNodeCount, expected.fileNodes) << expected.name;
        const NodeCost first = costOf((*model)->graph, NodeId(0));
        const std::int64_t pixels = expected.name == "digits" ? 32 * 32 : 3 * 224 * 224;
        EXPECT_EQ(first.inputBytes, 4 * pixels) << expected.name;
    }
}

TEST(OpenModel, BindsFreeDimensions)
{
    const fs::path path = test::sharedModel("simple_model/model.onnx");
    NORDLYS_REQUIRE_SHARED(path);
    const auto inputOf = [&](const DimBindings &bindings) {
        OpenOptions options;
        options.bindings = bindings;
        const Expected<std::shared_ptr<const Model>> model = openModel(path, options);
        return model ? textOf((*model)->graph, (*model)->graph.outputs[0]) : model.error().text();
    };
    EXPECT_EQ(inputOf({.named = {}, .fallback = 1, .inputShapes = {}}), "1×10");
    EXPECT_EQ(inputOf({.named = {}, .fallback = 4, .inputShapes = {}}), "4×10");
    EXPECT_EQ(inputOf({.named = {}, .fallback = 1, .inputShapes = {{"input", {2, 3, 224, 224}}}}), "2×10");
    EXPECT_NE(inputOf({.named = {{"nope", 3}}, .fallback = 1, .inputShapes = {}}).find("no free dimension"), std::string::npos);
    EXPECT_NE(inputOf({.named = {}, .fallback = 1, .inputShapes = {{"input", {1, 4, 224, 224}}}}).find("the model states"), std::string::npos);
    EXPECT_NE(inputOf({.named = {}, .fallback = 1, .inputShapes = {{"nope", {1}}}}).find("no such input"), std::string::npos);
}

TEST(OpenModel, LargeWeightsStayInTheFile)
{
    const fs::path path = test::sharedModel("resnet20_cifar10/model.onnx");
    NORDLYS_REQUIRE_SHARED(path);
    const Expected<std::shared_ptr<const Model>> model = openModel(path);
    ASSERT_TRUE(model) << model.error().text();
    std::size_t mapped = 0;
    for (const Tensor &tensor : (*model)->graph.tensors) {
        if (!tensor.isConstant())
            continue;
        EXPECT_EQ(tensor.constant->bytes().size(), static_cast<std::size_t>(*elementCount(*tensor.shape) * bitsOf(tensor.dtype) / 8));
        if (tensor.constant->bytes().size() >= 1024) {
            EXPECT_TRUE(tensor.constant->isMapped());
            ++mapped;
        }
    }
    EXPECT_GT(mapped, 10u);
}

TEST(OpenModel, ForeignFormatsAreNamed)
{
    NORDLYS_REQUIRE_SHARED(test::sharedPath() / "models");
    std::size_t seen = 0;
    for (const fs::directory_entry &folder : fs::directory_iterator(test::sharedPath() / "models")) {
        if (!folder.is_directory())
            continue;
        for (const fs::directory_entry &file : fs::directory_iterator(folder)) {
            static const std::map<std::string, std::string> kNames{{".tflite", "TensorFlow Lite"}, {".pb", "TensorFlow graph"}, {".pt", "TorchScript"},
                                                                   {".caffemodel", "Caffe"}, {".prototxt", "Caffe"}, {".npy", "NumPy"}};
            const auto name = kNames.find(file.path().extension().string());
            if (name == kNames.end())
                continue;
            ++seen;
            const Expected<std::shared_ptr<const Model>> model = openModel(file.path());
            ASSERT_FALSE(model) << file.path();
            EXPECT_EQ(exitCodeOf(model.error().code), 5) << model.error().text();
            EXPECT_NE(model.error().text().find(name->second), std::string::npos) << model.error().text();
        }
    }
    EXPECT_GT(seen, 10u);
}

// The vectors of libonnx state every output's type and shape; our rules must not contradict one of them.
TEST(OpSpecTable, AgreesWithTheNodeVectorsOfLibonnx)
{
    const fs::path folder = "/usr/share/libonnx-testdata/data/node";
    if (!fs::exists(folder))
        GTEST_SKIP() << "needs " << folder << ": install the package libonnx-testdata";
    std::size_t checked = 0;
    for (const fs::directory_entry &entry : fs::directory_iterator(folder)) {
        const Expected<std::shared_ptr<const Model>> model = openModel(entry.path() / "model.onnx");
        if (!model) {
            EXPECT_EQ(model.error().code, ErrorCode::NotSupported) << model.error().text();
            continue;
        }
        if (!(*model)->unsupported.empty())
            continue;
        ++checked;
        for (const InferenceFinding &finding : (*model)->findings)
            ADD_FAILURE() << entry.path().filename() << ": " << (*model)->graph.nameOf(finding.node) << ": " << finding.rule;
    }
    EXPECT_GT(checked, 500u);
}

} // namespace
} // namespace nordlys::core
