// SPDX-License-Identifier: Apache-2.0
// Models of 2 GB and of 100,000 nodes: their weights are not read to say what the model is.
#include "program.h"

#include <support/large_model.h>

#include <gtest/gtest.h>

#include <cstdio>

#include <sys/resource.h>

namespace nordlys::test {
namespace {

constexpr double residentLimitMiB = 200;

/// Largest resident size of any program that this test ran, as the system counts it.
double residentOfChildrenMiB()
{
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0; // kilobytes
}

struct LargeFile {
    std::string name;
    LargeModelWriter::Weights where;
    int weights;
};

class LargeModel : public testing::TestWithParam<LargeFile> {};

TEST_P(LargeModel, IsDescribedWithoutReadingItsWeights)
{
    const Scratch scratch;
    const std::string file = scratch / "model.onnx";
    const std::uint64_t bytes = LargeModelWriter::write(file, GetParam().where, GetParam().weights, 100'000'000);
    ASSERT_GT(bytes, 1'890'000'000U);
    const Finished result = nordlys({"info", "--json", file});
    ASSERT_EQ(result.exitCode, 0) << result.err;
    const auto json = result.json();
    EXPECT_EQ(json["nodeCount"], GetParam().weights);
    EXPECT_EQ(json["parameterCount"].get<std::uint64_t>(), bytes / 4);
    EXPECT_EQ(json["unsupported"].size(), 0U);
    EXPECT_LT(json["peakRssMiB"].get<double>(), residentLimitMiB);
    // What ran before in this process counts too, unless the test runs alone as under ctest.
    if (residentOfChildrenMiB() > residentLimitMiB)
        std::printf("an earlier child took %.0f MiB\n", residentOfChildrenMiB());
    std::printf("%s: %.2f GB, %.0f ms, %.0f MiB resident\n", GetParam().name.c_str(), static_cast<double>(bytes) / 1e9,
                json["elapsedMs"].get<double>(), json["peakRssMiB"].get<double>());
}

INSTANTIATE_TEST_SUITE_P(Files, LargeModel,
                         testing::Values(LargeFile{"Inline", LargeModelWriter::Weights::Inline, 19},
                                         LargeFile{"External", LargeModelWriter::Weights::External, 21}),
                         [](const auto &file) { return file.param.name; });

TEST(ModelOfManyNodes, Opens)
{
    constexpr int nodes = 100'000;
    const Scratch scratch;
    const std::string file = scratch / "model.onnx";
    LargeModelWriter::writeChain(file, nodes);
    const Finished result = nordlys({"info", "--json", file});
    ASSERT_EQ(result.exitCode, 0) << result.err;
    const auto json = result.json();
    EXPECT_EQ(json["nodeCount"], nodes);
    EXPECT_EQ(json["layers"].size(), static_cast<std::size_t>(nodes));
    EXPECT_EQ(json["layers"].back()["outputs"][0]["shape"], nlohmann::json::array({1, 16}));
    std::printf("%d nodes: %.0f ms, %.0f MiB resident\n", nodes, json["elapsedMs"].get<double>(), json["peakRssMiB"].get<double>());
}

} // namespace
} // namespace nordlys::test
