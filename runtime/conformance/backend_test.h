// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <runtime/plan/plan.h>

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

/// ONNX backend tests: folders with model.onnx and test_data_set_N/{input_M,output_M}.pb.
namespace nordlys::runtime {

class ThreadPool;

enum class TestStatus : std::uint8_t { Passed, Failed, Skipped };
std::string_view nameOf(TestStatus status); ///< "passed", "failed", "skipped"

struct TestResult {
    TestStatus status = TestStatus::Passed;
    std::string reason; ///< why it failed or was skipped
};

struct BackendTestOptions {
    Precision precision = Precision::Float32;
    bool fastKernels = true; ///< false: the reference kernels alone
    std::uint64_t memoryBudgetBytes = std::uint64_t(4) << 30;
    std::shared_ptr<ThreadPool> pool; ///< null: one thread
};

/// The tests below a folder, sorted by path: the folder itself when it holds a model.onnx, else folders up to three levels down that do.
/// BadInput when it cannot be read or holds none.
core::Expected<std::vector<std::filesystem::path>> findBackendTests(const std::filesystem::path &folder);

/// Runs every data set of one test and compares types, shapes and values (compare_values.h). Skipped: what skip_rules.h names, and whatever
/// is not supported, with its reason. The only error is Interrupted.
core::Expected<TestResult> runBackendTest(const std::filesystem::path &folder, const BackendTestOptions &options = {}, const std::stop_token &stop = {});

} // namespace nordlys::runtime
