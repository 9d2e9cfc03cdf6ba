// SPDX-License-Identifier: Apache-2.0
#include "allocation_counter.h"

#include <core/import/model.h>
#include <runtime/plan/arena.h>
#include <support/shared_data.h>
#include <support/tiny_model.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>

namespace nordlys::runtime {
namespace {

/// Every model of the shared data in the format of ONNX that has inputs to run with.
constexpr const char *modelNames[] = {
    "basic_pitch", "bilstm_random", "deep_residual_random", "dtln_1", "encoder_random", "fsanet_var", "gpt2_past", "gtcrn", "magika_v3_3", "mnist_cntk",
    "mobilenet_edgetpu_part_qdq16", "mobilenet_v2_imagenet_float", "mobilenet_v2_imagenet_qdq", "ppocr_det_v2", "resnet20_cifar10", "resnet8_cifar10_float",
    "resnet8_cifar10_qdq", "silero_vad", "silero_vad_half", "simple_model", "ssdlite320_random", "stories260k", "tf_bert_qa", "ultraface_rfb320",
    "unet_random", "unrolled_gru_random", "yolox_nano", "yunet_n_dynamic"};

double millisecondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// A model whose free dimensions are those of its stored inputs.
class PlanModels : public testing::TestWithParam<const char *> {
protected:
    void SetUp() override
    {
        m_folder = test::sharedModel(GetParam());
        NORDLYS_REQUIRE_SHARED(m_folder / "model.onnx");
        auto probe = core::openModel(m_folder / "model.onnx");
        ASSERT_TRUE(probe) << probe.error().text();
        std::vector<std::string> names;
        if (std::ifstream file(m_folder / "io.json"); file)
            names = nlohmann::json::parse(file).at("inputs").get<std::vector<std::string>>();
        core::OpenOptions open;
        std::map<std::string, core::HostTensor> byName;
        for (std::size_t i = 0; i < (*probe)->graph.inputs.size(); ++i) {
            auto tensor = core::readNpy(m_folder / ("input_" + std::to_string(i) + ".npy"));
            if (!tensor)
                break;
            const std::string name = i < names.size() ? names[i] : std::string((*probe)->graph.nameOf((*probe)->graph.inputs[i]));
            open.bindings.inputShapes[name] = tensor->dims();
            byName.emplace(name, std::move(*tensor));
        }
        auto model = core::openModel(m_folder / "model.onnx", open);
        ASSERT_TRUE(model) << model.error().text();
        m_model = *model;
        for (const core::TensorId id : m_model->graph.inputs) {
            const auto found = byName.find(std::string(m_model->graph.nameOf(id)));
            if (found != byName.end())
                m_inputs.push_back(std::move(found->second));
        }
    }
    /// Null where an operator has no kernel, or sizes are only known while running.
    std::shared_ptr<const Plan> plan(bool optimize, bool fast, double *milliseconds = nullptr)
    {
        PlanOptions options;
        options.optimize = optimize;
        options.fastKernels = fast;
        const auto start = std::chrono::steady_clock::now();
        auto made = Plan::build(m_model, options);
        if (milliseconds != nullptr)
            *milliseconds = millisecondsSince(start);
        if (made)
            return *made;
        EXPECT_EQ(made.error().code, core::ErrorCode::NotSupported) << made.error().text();
        m_why = made.error().text();
        return nullptr;
    }
    [[nodiscard]] static bool isFixed(const Plan &plan)
    {
        const Program &program = plan.data().program;
        return std::all_of(program.steps.begin(), program.steps.end(), [&](const ProgramStep &step) { return program.isFixed(step); });
    }

    std::filesystem::path m_folder;
    std::shared_ptr<const core::Model> m_model;
    std::vector<core::HostTensor> m_inputs;
    std::string m_why;
};

TEST_P(PlanModels, ArenaIsNearItsLowerBoundAndEveryNodeIsInTheNameMap)
{
    double milliseconds = 0;
    const auto written = plan(false, true);
    const auto optimized = plan(true, true, &milliseconds);
    if (!optimized)
        GTEST_SKIP() << m_why;
    test::expectCompleteNameMap(*m_model, *optimized);
    for (const auto &made : {written, optimized}) {
        if (!made)
            continue;
        const Plan::Data &data = made->data();
        const std::uint64_t bound = arenaLowerBound(data.program, data.steps);
        EXPECT_GE(made->arenaBytes(), bound);
        EXPECT_LE(static_cast<double>(made->arenaBytes()), 1.1 * static_cast<double>(bound));
        EXPECT_TRUE(checkArena(data.program, data.steps));
        if (std::getenv("NORDLYS_VERBOSE") != nullptr) {
            std::printf("%-30s %s: %5zu nodes, %5zu steps, arena %10zu bytes = %.3f of the bound, weights %zu bytes\n", GetParam(),
                        made == written ? "as written" : "optimized ", m_model->graph.nodes.size(), made->layers().size(), made->arenaBytes(),
                        static_cast<double>(made->arenaBytes()) / static_cast<double>(std::max<std::uint64_t>(1, bound)), made->weightBytes());
        }
    }
    if (std::getenv("NORDLYS_VERBOSE") != nullptr) {
        std::map<std::string, int> counts;
        for (const core::LayerInfo &layer : optimized->layers())
            ++counts[layer.op];
        std::string list;
        for (const auto &[op, count] : counts)
            list += " " + op + " " + std::to_string(count);
        std::printf("%-30s built in %.1f ms:%s\n", GetParam(), milliseconds, list.c_str());
    }
}

TEST_P(PlanModels, PassesKeepTheResultsAndARunAllocatesNothing)
{
    const auto written = plan(false, true), optimized = plan(true, true);
    if (!optimized)
        GTEST_SKIP() << m_why;
    if (m_inputs.size() != optimized->inputs().size())
        GTEST_SKIP() << "there are no stored inputs";
    std::vector<core::HostTensor> expected;
    if (written)
        expected = test::outputsOf(written, m_inputs);
    auto session = Session::create(optimized, 1);
    ASSERT_TRUE(session);
    auto ran = (*session)->run(m_inputs);
    ASSERT_TRUE(ran) << ran.error().text();
    if (isFixed(*optimized)) {
        test::AllocationCounter counter;
        ran = (*session)->run(m_inputs);
        EXPECT_EQ(counter.stop(), 0U);
        ASSERT_TRUE(ran);
    }
    for (std::size_t o = 0; o < expected.size(); ++o) {
        auto actual = (*session)->output(o);
        ASSERT_TRUE(actual);
        ASSERT_EQ(actual->dims(), expected[o].dims());
        ASSERT_EQ(actual->dtype(), expected[o].dtype());
        if (actual->dtype() != core::DType::Float32)
            continue;
        double largest = 0, worst = 0;
        for (std::size_t i = 0; i < actual->elementCount(); ++i) {
            const auto a = static_cast<double>(actual->as<float>()[i]), e = static_cast<double>(expected[o].as<float>()[i]);
            largest = std::max(largest, std::abs(e));
            worst = std::max(worst, a == e ? 0 : std::abs(a - e));
        }
        // Behind a coarse grid, sums that fall on the other side of a tie are a code apart.
        const bool isQuantized = std::string_view(GetParam()).find("_qdq") != std::string_view::npos;
        EXPECT_LE(worst, (isQuantized ? 0.08 : 1e-3) * largest) << "output " << o;
        if (std::getenv("NORDLYS_VERBOSE") != nullptr)
            std::printf("%-30s output %zu: passes change %.2g of the largest value\n", GetParam(), o, largest > 0 ? worst / largest : 0.0);
    }
}

INSTANTIATE_TEST_SUITE_P(Shared, PlanModels, testing::ValuesIn(modelNames), [](const auto &name) { return std::string(name.param); });

} // namespace
} // namespace nordlys::runtime
