// SPDX-License-Identifier: Apache-2.0
#include <runtime/base/thread_pool.h>
#include <runtime/conformance/backend_test.h>
#include <support/shared_data.h>

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>

/// Runs the ONNX backend tests: their inputs and outputs were computed with NumPy and PyTorch.
namespace nordlys::runtime {
namespace {

/// Folder of the Debian package libonnx-testdata.
std::filesystem::path libonnxFolder()
{
    const char *folder = std::getenv("NORDLYS_ONNX_TESTDATA");
    return folder != nullptr ? folder : "/usr/share/libonnx-testdata/data";
}

struct TestSet {
    std::string name;
    std::vector<std::filesystem::path> folders;
    std::size_t leastPassed = 0; ///< fewer: what ran before is skipped now
    bool fastKernels = true;

    friend std::ostream &operator<<(std::ostream &out, const TestSet &set) { return out << set.name; }
};

std::vector<TestSet> testSets()
{
    const auto libonnx = libonnxFolder();
    std::vector<TestSet> sets;
    for (const bool fast : {true, false}) {
        const std::string kernels = fast ? "Fast" : "Reference";
        sets.push_back({"Libonnx" + kernels, {libonnx / "node", libonnx / "pytorch-converted", libonnx / "pytorch-operator", libonnx / "simple"}, 1030, fast});
        sets.push_back({"Newer" + kernels, {test::sharedPath() / "conformance" / "node"}, 430, fast});
    }
    return sets;
}

class Conformance : public testing::TestWithParam<TestSet> {};

TEST_P(Conformance, BackendTests)
{
    for (const auto &folder : GetParam().folders) {
        if (!std::filesystem::exists(folder))
            GTEST_SKIP() << "needs " << folder.string() << " (the package libonnx-testdata, or the folder of shared test data)";
    }
    BackendTestOptions options;
    options.fastKernels = GetParam().fastKernels;
    options.pool = std::make_shared<ThreadPool>(2);
    std::size_t passed = 0, skipped = 0;
    std::map<std::string, int> reasons;
    for (const auto &folder : GetParam().folders) {
        const auto tests = findBackendTests(folder);
        ASSERT_TRUE(tests) << tests.error().text();
        for (const auto &path : *tests) {
            const auto result = runBackendTest(path, options);
            ASSERT_TRUE(result) << result.error().text();
            passed += result->status == TestStatus::Passed ? 1 : 0;
            if (result->status == TestStatus::Failed)
                ADD_FAILURE() << path.filename().string() << ": " << result->reason;
            if (result->status == TestStatus::Skipped) {
                ++skipped;
                ++reasons[path.filename().string() + ": " + result->reason];
            }
        }
    }
    std::printf("%zu passed, %zu skipped\n", passed, skipped);
    if (std::getenv("NORDLYS_VERBOSE") != nullptr) {
        for (const auto &[reason, count] : reasons)
            std::printf("skipped %d: %s\n", count, reason.c_str());
    }
    EXPECT_GE(passed, GetParam().leastPassed);
}

INSTANTIATE_TEST_SUITE_P(Kernels, Conformance, testing::ValuesIn(testSets()), [](const auto &set) { return set.param.name; });

} // namespace
} // namespace nordlys::runtime
