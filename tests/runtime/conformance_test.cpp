// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/tensor/host_tensor.h>
#include <runtime/kernels/kernel.h>
#include <runtime/session/session.h>
#include <support/shared_data.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

/// Runs the operator cases of the ONNX backend tests (Debian package libonnx-testdata): their inputs and outputs were computed with NumPy.
namespace nordlys::runtime {
namespace {

std::filesystem::path dataFolder()
{
    if (const char *folder = std::getenv("NORDLYS_ONNX_TESTDATA"))
        return folder;
    return "/usr/share/libonnx-testdata/data/node";
}

/// Cases that are not run, with the reason.
const std::map<std::string, std::string> skippedCases{
    {"test_training_dropout", "random"},
    {"test_training_dropout_mask", "random"},
    {"test_training_dropout_default", "random"},
    {"test_training_dropout_default_mask", "random"},
};
const std::map<std::string, std::string> skippedPrefixes{
    {"test_bernoulli", "random"},
};

std::string reasonToSkip(const std::string &name)
{
    if (const auto it = skippedCases.find(name); it != skippedCases.end())
        return it->second;
    for (const auto &[prefix, reason] : skippedPrefixes) {
        if (name.starts_with(prefix))
            return reason;
    }
    return {};
}

double valueAt(const core::HostTensor &tensor, std::size_t i)
{
    switch (tensor.dtype()) {
    case core::DType::Float32: return static_cast<double>(tensor.as<float>()[i]);
    case core::DType::Float64: return tensor.as<double>()[i];
    case core::DType::Int8: return tensor.as<std::int8_t>()[i];
    case core::DType::Int16: return tensor.as<std::int16_t>()[i];
    case core::DType::Int32: return tensor.as<std::int32_t>()[i];
    case core::DType::Int64: return static_cast<double>(tensor.as<std::int64_t>()[i]);
    case core::DType::UInt16: return tensor.as<std::uint16_t>()[i];
    case core::DType::UInt32: return tensor.as<std::uint32_t>()[i];
    case core::DType::UInt64: return static_cast<double>(tensor.as<std::uint64_t>()[i]);
    default: return tensor.as<std::uint8_t>()[i];
    }
}

/// Empty: equal within the tolerance of the ONNX backend tests (rtol 1e-3, atol 1e-7).
std::string difference(const core::HostTensor &expected, const core::HostTensor &actual)
{
    if (expected.dtype() != actual.dtype() || expected.dims() != actual.dims())
        return "type or shape differs: " + core::shapeText(actual.dims()) + " instead of " + core::shapeText(expected.dims());
    for (std::size_t i = 0; i < expected.elementCount(); ++i) {
        const double e = valueAt(expected, i), a = valueAt(actual, i);
        const bool same = e == a || (std::isnan(e) && std::isnan(a)) || std::abs(e - a) <= 1e-7 + 1e-3 * std::abs(e);
        if (!same)
            return "element " + std::to_string(i) + " is " + std::to_string(a) + " instead of " + std::to_string(e);
    }
    return {};
}

enum class Outcome { Passed, Failed, Skipped };
struct CaseResult {
    Outcome outcome = Outcome::Passed;
    std::string reason;
};

CaseResult runCase(const std::filesystem::path &folder, bool fast)
{
    if (const std::string reason = reasonToSkip(folder.filename().string()); !reason.empty())
        return {Outcome::Skipped, reason};
    auto model = core::openModel(folder / "model.onnx");
    if (!model)
        return {Outcome::Skipped, "not opened: " + model.error().text()};
    for (const core::Node &node : (*model)->graph.nodes) {
        const auto op = (*model)->graph.names.text(node.opType);
        if (findReferenceKernel((*model)->graph.names.text(node.domain), op, node.opset) == nullptr)
            return {Outcome::Skipped, "no kernel for " + std::string(op)};
    }
    PlanOptions options;
    options.fastKernels = fast;
    auto plan = Plan::build(*model, options);
    if (!plan)
        return {plan.error().code == core::ErrorCode::NotSupported ? Outcome::Skipped : Outcome::Failed, plan.error().text()};
    auto session = Session::create(*plan, 2);
    if (!session)
        return {Outcome::Failed, session.error().text()};
    const auto data = folder / "test_data_set_0";
    std::vector<core::HostTensor> inputs;
    for (std::size_t i = 0; i < (*plan)->inputs().size(); ++i) {
        auto input = core::readTensorProto(data / ("input_" + std::to_string(i) + ".pb"));
        if (!input)
            return {Outcome::Skipped, "input not read: " + input.error().text()};
        inputs.push_back(std::move(*input));
    }
    if (const auto ran = (*session)->run(inputs); !ran)
        return {Outcome::Failed, ran.error().text()};
    for (std::size_t i = 0; i < (*plan)->outputs().size(); ++i) {
        auto expected = core::readTensorProto(data / ("output_" + std::to_string(i) + ".pb"));
        auto actual = (*session)->output(i);
        if (!expected || !actual)
            return {Outcome::Failed, "output " + std::to_string(i) + " not read"};
        if (const std::string text = difference(*expected, *actual); !text.empty())
            return {Outcome::Failed, "output " + std::to_string(i) + ": " + text};
    }
    return {};
}

class Conformance : public testing::TestWithParam<bool> {};

TEST_P(Conformance, OperatorCases)
{
    if (!std::filesystem::exists(dataFolder()))
        GTEST_SKIP() << "needs the package libonnx-testdata (or NORDLYS_ONNX_TESTDATA)";
    std::set<std::filesystem::path> folders;
    for (const auto &entry : std::filesystem::directory_iterator(dataFolder()))
        folders.insert(entry.path());
    std::size_t passed = 0, skipped = 0;
    std::map<std::string, int> reasons;
    for (const auto &folder : folders) {
        const CaseResult result = runCase(folder, GetParam());
        passed += result.outcome == Outcome::Passed ? 1 : 0;
        if (result.outcome == Outcome::Skipped) {
            ++skipped;
            ++reasons[result.reason.starts_with("no kernel") ? result.reason : folder.filename().string() + ": " + result.reason];
        }
        if (result.outcome == Outcome::Failed)
            ADD_FAILURE() << folder.filename().string() << ": " << result.reason;
    }
    std::printf("%zu passed, %zu skipped\n", passed, skipped);
    if (std::getenv("NORDLYS_VERBOSE") != nullptr) {
        for (const auto &[reason, count] : reasons)
            std::printf("skipped %d: %s\n", count, reason.c_str());
    }
    EXPECT_GE(passed, 300U) << "cases that ran before are skipped now";
}

INSTANTIATE_TEST_SUITE_P(Kernels, Conformance, testing::Bool(), [](const auto &kind) { return kind.param ? "Fast" : "Reference"; });

} // namespace
} // namespace nordlys::runtime
