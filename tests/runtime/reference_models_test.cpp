// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/tensor/host_tensor.h>
#include <runtime/session/session.h>
#include <support/shared_data.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <map>
#include <regex>

/// Every shared ONNX model whose outputs another engine has computed.
namespace nordlys::runtime {
namespace {

struct Reference {
    std::vector<std::string> inputNames, outputNames;
    std::vector<core::HostTensor> inputs, outputs;
};

core::Expected<Reference> readReference(const std::filesystem::path &folder)
{
    Reference reference;
    std::ifstream stream(folder / "io.json");
    const auto ports = nlohmann::json::parse(stream, nullptr, false);
    if (ports.is_discarded())
        return core::badInput((folder / "io.json").string(), "cannot be read");
    reference.inputNames = ports.at("inputs").get<std::vector<std::string>>();
    reference.outputNames = ports.at("outputs").get<std::vector<std::string>>();
    for (std::size_t i = 0; i < reference.inputNames.size(); ++i) {
        auto tensor = core::readNpy(folder / ("input_" + std::to_string(i) + ".npy"));
        NORDLYS_TRY(tensor);
        reference.inputs.push_back(std::move(*tensor));
    }
    for (std::size_t i = 0; i < reference.outputNames.size(); ++i) {
        auto tensor = core::readNpy(folder / ("output_" + std::to_string(i) + ".npy"));
        NORDLYS_TRY(tensor);
        reference.outputs.push_back(std::move(*tensor));
    }
    return reference;
}

/// The manifest's "spread A of B": how far the reference engine itself moves when it optimises. As a share of the largest value.
double spreadOf(const std::string &name)
{
    std::ifstream stream(test::sharedPath() / "models" / "MANIFEST.md");
    const std::regex pattern(R"(spread ([0-9.e+-]+) of ([0-9.e+-]+))");
    bool inSection = false;
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("### "))
            inSection = line == "### " + name;
        std::smatch match;
        if (inSection && std::regex_search(line, match, pattern))
            return std::stod(match[1]) / std::stod(match[2]);
    }
    return 0;
}

double valueAt(const core::HostTensor &tensor, std::size_t i)
{
    switch (tensor.dtype()) {
    case core::DType::Float32: return static_cast<double>(tensor.as<float>()[i]);
    case core::DType::Float64: return tensor.as<double>()[i];
    case core::DType::Int64: return static_cast<double>(tensor.as<std::int64_t>()[i]);
    case core::DType::Int32: return tensor.as<std::int32_t>()[i];
    default: return static_cast<double>(tensor.as<std::uint8_t>()[i]);
    }
}

/// Largest difference as a share of the largest expected value.
double relativeError(const core::HostTensor &expected, const core::HostTensor &actual)
{
    double largest = 0, worst = 0;
    for (std::size_t i = 0; i < expected.elementCount(); ++i) {
        const double e = valueAt(expected, i), a = valueAt(actual, i);
        if (std::isnan(a) != std::isnan(e))
            return std::numeric_limits<double>::infinity();
        largest = std::max(largest, std::abs(e));
        worst = std::max(worst, std::abs(e - a));
    }
    return largest > 0 ? worst / largest : worst;
}

/// Mean difference as a share of the largest expected value.
double meanError(const core::HostTensor &expected, const core::HostTensor &actual)
{
    double largest = 0, sum = 0;
    for (std::size_t i = 0; i < expected.elementCount(); ++i) {
        largest = std::max(largest, std::abs(valueAt(expected, i)));
        sum += std::abs(valueAt(expected, i) - valueAt(actual, i));
    }
    return expected.elementCount() > 0 && largest > 0 ? sum / static_cast<double>(expected.elementCount()) / largest : sum;
}

struct ModelCase {
    std::string name;
    bool fast = true, optimize = true;
};

class ReferenceModels : public testing::TestWithParam<ModelCase> {};

TEST_P(ReferenceModels, OutputsAgree)
{
    const ModelCase &current = GetParam();
    const auto folder = test::sharedModel(current.name);
    NORDLYS_REQUIRE_SHARED(folder / "model.onnx");
    auto reference = readReference(folder);
    ASSERT_TRUE(reference) << reference.error().text();
    core::OpenOptions open;
    for (std::size_t i = 0; i < reference->inputs.size(); ++i)
        open.bindings.inputShapes[reference->inputNames[i]] = reference->inputs[i].dims();
    auto model = core::openModel(folder / "model.onnx", open);
    ASSERT_TRUE(model) << model.error().text();
    PlanOptions options;
    options.fastKernels = current.fast;
    options.optimize = current.optimize;
    auto plan = Plan::build(*model, options);
    ASSERT_TRUE(plan) << plan.error().text();
    auto session = Session::create(*plan, 2);
    ASSERT_TRUE(session) << session.error().text();
    std::vector<core::HostTensor> inputs;
    for (const PortInfo &port : (*plan)->inputs()) {
        const auto at = std::ranges::find(reference->inputNames, port.name);
        ASSERT_NE(at, reference->inputNames.end()) << port.name;
        inputs.push_back(reference->inputs[static_cast<std::size_t>(at - reference->inputNames.begin())]);
    }
    const auto ran = (*session)->run(inputs);
    ASSERT_TRUE(ran) << ran.error().text();
    const double tolerance = std::max(1e-3, spreadOf(current.name));
    const bool isQuantized = current.name.find("_qdq") != std::string::npos;
    double worst = 0;
    for (std::size_t i = 0; i < (*plan)->outputs().size(); ++i) {
        const auto at = std::ranges::find(reference->outputNames, (*plan)->outputs()[i].name);
        ASSERT_NE(at, reference->outputNames.end());
        const core::HostTensor &expected = reference->outputs[static_cast<std::size_t>(at - reference->outputNames.begin())];
        const auto actual = (*session)->output(i);
        ASSERT_TRUE(actual) << actual.error().text();
        ASSERT_EQ(actual->dtype(), expected.dtype()) << (*plan)->outputs()[i].name;
        ASSERT_EQ(actual->dims(), expected.dims()) << (*plan)->outputs()[i].name;
        const double error = relativeError(expected, *actual);
        if (isQuantized && current.fast) {
            // As written the codes are the reference's (see float_sum.h). The fast kernels add in another order, so a sum between two codes falls on one
            // side or the other, and one code of a coarse grid is far more than float's own error: single values may differ by a code or two, the mean
            // may not.
            EXPECT_LE(error, std::max(tolerance, 0.08)) << (*plan)->outputs()[i].name;
            EXPECT_LE(meanError(expected, *actual), 5e-3) << (*plan)->outputs()[i].name;
            worst = std::max(worst, error);
            continue;
        }
        EXPECT_LE(error, tolerance) << (*plan)->outputs()[i].name;
        worst = std::max(worst, error);
    }
    RecordProperty("relative_error", std::to_string(worst));
}

std::vector<ModelCase> modelCases()
{
    std::vector<ModelCase> cases;
    for (const char *name :
         {"simple_model",   "mobilenet_v2_imagenet_float", "mobilenet_v2_imagenet_qdq", "resnet20_cifar10", "resnet8_cifar10_qdq",
          "resnet8_cifar10_float", "mnist_cntk",           "ultraface_rfb320",          "yolox_nano",       "yunet_n_dynamic",
          "ppocr_det_v2",   "silero_vad",                  "dtln_1",                    "gtcrn",            "basic_pitch",
          "magika_v3_3",    "stories260k",                 "fsanet_var",                "silero_vad_half",  "mobilenet_edgetpu_part_qdq16",
          "tf_bert_qa",     "gpt2_past",                   "encoder_random",            "unet_random",      "bilstm_random",
          "unrolled_gru_random", "deep_residual_random",   "ssdlite320_random"}) {
        cases.push_back({name, true, true});
        cases.push_back({name, false, false});
    }
    return cases;
}

INSTANTIATE_TEST_SUITE_P(Models, ReferenceModels, testing::ValuesIn(modelCases()),
                         [](const auto &kind) { return kind.param.name + (kind.param.fast ? "_fast" : "_asWritten"); });

} // namespace
} // namespace nordlys::runtime
