// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/tensor/host_tensor.h>
#include <runtime/session/session.h>
#include <support/shared_data.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

namespace nordlys::runtime {
namespace {

struct ModelCase {
    const char *name;
    bool fast;
    bool optimize;
};

std::string caseName(const testing::TestParamInfo<ModelCase> &info)
{
    return std::string(info.param.name) + (info.param.fast ? "_fast" : "_reference") + (info.param.optimize ? "_optimized" : "_asWritten");
}

class SessionModels : public testing::TestWithParam<ModelCase> {};

/// The reference outputs come from another engine (see the README of the shared data); the tolerance is the promise of the issue.
TEST_P(SessionModels, AgreeWithTheReferenceAndWithThemselvesOnTwoThreads)
{
    const auto folder = test::sharedModel(GetParam().name);
    NORDLYS_REQUIRE_SHARED(folder / "model.onnx");
    auto input = core::readNpy(folder / "input_0.npy");
    auto expected = core::readNpy(folder / "output_0.npy");
    ASSERT_TRUE(input && expected);
    // Some of the models have a free batch; the stored inputs settle it.
    auto probe = core::openModel(folder / "model.onnx");
    ASSERT_TRUE(probe) << probe.error().text();
    core::OpenOptions open;
    open.bindings.inputShapes[std::string((*probe)->graph.nameOf((*probe)->graph.inputs[0]))] = input->dims();
    auto model = core::openModel(folder / "model.onnx", open);
    ASSERT_TRUE(model) << model.error().text();
    PlanOptions options;
    options.fastKernels = GetParam().fast;
    options.optimize = GetParam().optimize;
    auto plan = Plan::build(*model, options);
    ASSERT_TRUE(plan) << plan.error().text();

    std::vector<std::byte> first;
    for (const int threads : {1, 2}) {
        auto session = Session::create(*plan, threads);
        ASSERT_TRUE(session) << session.error().text();
        const auto ran = (*session)->run({&*input, 1});
        ASSERT_TRUE(ran) << ran.error().text();
        auto output = (*session)->output(0);
        ASSERT_TRUE(output);
        ASSERT_EQ(output->dims(), expected->dims());
        double largest = 0, worst = 0;
        for (std::size_t i = 0; i < expected->elementCount(); ++i) {
            const double e = static_cast<double>(expected->as<float>()[i]), a = static_cast<double>(output->as<float>()[i]);
            ASSERT_FALSE(std::isnan(a));
            largest = std::max(largest, std::abs(e));
            worst = std::max(worst, std::abs(e - a));
        }
        EXPECT_LE(worst, 1e-4 * largest);
        RecordProperty("relative_error", std::to_string(worst / largest));
        std::printf("%s %s: max error %.3g of the largest value\n", GetParam().name, GetParam().fast ? "fast" : "reference", worst / largest);
        if (threads == 1)
            first.assign(output->bytes().begin(), output->bytes().end());
        else
            EXPECT_EQ(std::memcmp(first.data(), output->bytes().data(), first.size()), 0) << "the result depends on the number of threads";
    }
}

std::vector<ModelCase> modelCases()
{
    std::vector<ModelCase> cases;
    for (const char *name : {"simple_model", "resnet20_cifar10", "resnet8_cifar10_float", "mobilenet_v2_imagenet_float"}) {
        for (const bool fast : {false, true}) {
            for (const bool optimize : {false, true})
                cases.push_back({name, fast, optimize});
        }
    }
    return cases;
}

INSTANTIATE_TEST_SUITE_P(Models, SessionModels, testing::ValuesIn(modelCases()), caseName);

} // namespace
} // namespace nordlys::runtime
