// SPDX-License-Identifier: Apache-2.0
#include "backend_test.h"

#include "compare_values.h"
#include "skip_rules.h"

#include <runtime/base/thread_pool.h>
#include <runtime/session/session.h>
#include <runtime/values/value_file.h>

#include <algorithm>
#include <exception>
#include <system_error>

namespace nordlys::runtime {

namespace fs = std::filesystem;

namespace {

constexpr int kFolderLevels = 3;

TestResult failed(std::string reason)
{
    return {TestStatus::Failed, std::move(reason)};
}

/// What an error of opening, planning or running means for the test.
core::Expected<TestResult> resultOf(core::Error error)
{
    if (error.code == core::ErrorCode::Interrupted)
        return error;
    return TestResult{error.code == core::ErrorCode::NotSupported ? TestStatus::Skipped : TestStatus::Failed, error.text()};
}

std::vector<fs::path> sortedEntries(const fs::path &folder, std::error_code &error)
{
    std::vector<fs::path> entries;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        entries.push_back(it->path());
    std::ranges::sort(entries);
    return entries;
}

void findTests(const fs::path &folder, int levels, std::vector<fs::path> &found)
{
    std::error_code error;
    if (fs::is_regular_file(folder / "model.onnx", error)) {
        found.push_back(folder);
        return;
    }
    if (levels == 0)
        return;
    for (const fs::path &entry : sortedEntries(folder, error)) {
        if (fs::is_directory(entry, error))
            findTests(entry, levels - 1, found);
    }
}

/// input_0.pb, input_1.pb ... or output_0.pb ...: as many as there are without a gap.
std::vector<fs::path> numberedFiles(const fs::path &dataSet, const std::string &stem)
{
    std::vector<fs::path> files;
    std::error_code error;
    for (;;) {
        fs::path file = dataSet / (stem + "_" + std::to_string(files.size()) + ".pb");
        if (!fs::is_regular_file(file, error))
            return files;
        files.push_back(std::move(file));
    }
}

/// The data sets of the standard store bfloat16 as the uint16 of the same bits (NumPy has no such type).
core::Expected<Value> withTypeOf(const core::Tensor &port, Value value)
{
    if (port.dtype != core::DType::BFloat16 || !value.isTensor() || value.elementType() != core::DType::UInt16)
        return value;
    auto typed = core::HostTensor::create(core::DType::BFloat16, value.tensor().dims());
    NORDLYS_TRY(typed);
    std::ranges::copy(value.tensor().bytes(), typed->bytes().begin());
    return Value::ofTensor(std::move(*typed));
}

/// Where the expected values are no better than this: they were computed in float32 and hold its rounding where the exact result is 0.
ValueTolerance toleranceOf(const std::string &test)
{
    ValueTolerance tolerance;
    if (test == "test_dft_inverse")
        tolerance.absolute = 1e-6; // results of up to 54 that carry 2e-7
    // Their numbers were cut to bfloat16 instead of rounded to the nearest: one unit of its 8 bits.
    if (test.ends_with("_FLOAT_to_BFLOAT16") || test.ends_with("_FLOAT_to_BFLOAT16_expanded"))
        tolerance.relative = 1.0 / 128;
    return tolerance;
}

/// A file does not say what kind of value it holds; the graph's input or output of this place does.
core::Expected<std::vector<Value>> readValues(const std::vector<fs::path> &files, const core::Graph &graph, const std::vector<core::TensorId> &ports)
{
    std::vector<Value> values;
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto value = readValueProto(files[i], i < ports.size() ? graph.tensor(ports[i]).kind : core::ValueKind::Tensor);
        NORDLYS_TRY(value);
        if (i < ports.size()) {
            value = withTypeOf(graph.tensor(ports[i]), std::move(*value));
            NORDLYS_TRY(value);
        }
        values.push_back(std::move(*value));
    }
    return values;
}

/// The model with the shapes that the inputs have. Free dimensions follow them; where the file states other sizes than the data has, the data
/// decides, as it does in the standard's runner (test_castlike_BFLOAT16_to_FLOAT).
core::Expected<std::shared_ptr<const core::Model>> openFor(const fs::path &file, const std::shared_ptr<const core::Model> &model,
                                                           const std::vector<Value> &inputs)
{
    core::OpenOptions options;
    std::vector<std::pair<core::TensorId, core::Dims>> changes;
    for (std::size_t i = 0; i < inputs.size() && i < model->graph.inputs.size(); ++i) {
        if (!inputs[i].isTensor())
            continue;
        const core::TensorId id = model->graph.inputs[i];
        const auto &shape = model->graph.tensor(id).shape;
        const core::Dims &dims = inputs[i].tensor().dims();
        if (const auto known = shape ? core::knownDims(*shape) : std::nullopt; !known || *known != dims)
            changes.emplace_back(id, dims);
        options.bindings.inputShapes.emplace(model->graph.nameOf(id), dims);
    }
    if (changes.empty())
        return model;
    if (auto bound = core::openModel(file, options))
        return bound;
    auto changed = std::make_shared<core::Model>(*model);
    for (const auto &[id, dims] : changes)
        changed->graph.tensor(id).shape = core::toShape(dims);
    auto findings = core::inferShapes(changed->graph);
    NORDLYS_TRY(findings);
    changed->findings = std::move(*findings);
    return std::shared_ptr<const core::Model>(std::move(changed));
}

core::Expected<TestResult> runDataSet(const fs::path &modelFile, const std::shared_ptr<const core::Model> &model, const fs::path &dataSet,
                                      const BackendTestOptions &options, const std::stop_token &stop)
{
    auto inputs = readValues(numberedFiles(dataSet, "input"), model->graph, model->graph.inputs);
    if (!inputs)
        return resultOf(std::move(inputs.error()));
    auto expected = readValues(numberedFiles(dataSet, "output"), model->graph, model->graph.outputs);
    if (!expected)
        return resultOf(std::move(expected.error()));
    if (std::string reason = reasonToSkip(*model, *inputs); !reason.empty())
        return TestResult{TestStatus::Skipped, std::move(reason)};
    auto bound = openFor(modelFile, model, *inputs);
    if (!bound)
        return resultOf(std::move(bound.error()));

    PlanOptions planOptions;
    planOptions.precision = options.precision;
    planOptions.fastKernels = options.fastKernels;
    planOptions.memoryBudgetBytes = options.memoryBudgetBytes;
    planOptions.threads = options.pool->threads();
    core::JobContext job;
    job.stop = stop;
    auto plan = Plan::build(*bound, planOptions, job);
    if (!plan)
        return resultOf(std::move(plan.error()));
    auto session = Session::create(*plan, options.pool);
    if (!session)
        return resultOf(std::move(session.error()));
    if (expected->size() != (*plan)->outputs().size())
        return failed("the data set has " + std::to_string(expected->size()) + " outputs, the model " + std::to_string((*plan)->outputs().size()));
    if (auto ran = (*session)->runValues(*inputs, {}, stop); !ran)
        return resultOf(std::move(ran.error()));
    for (std::size_t i = 0; i < expected->size(); ++i) {
        const auto actual = (*session)->outputValue(i);
        if (!actual)
            return resultOf(actual.error());
        if (const std::string text = differenceOf((*expected)[i], *actual, toleranceOf(modelFile.parent_path().filename().string())); !text.empty())
            return failed("output " + (*plan)->outputs()[i].name + ": " + text);
    }
    return TestResult{};
}

core::Expected<TestResult> runTest(const fs::path &folder, const BackendTestOptions &options, const std::stop_token &stop)
{
    const fs::path modelFile = folder / "model.onnx";
    auto model = core::openModel(modelFile);
    if (!model)
        return resultOf(std::move(model.error()));
    if (std::string reason = reasonToSkip(**model); !reason.empty())
        return TestResult{TestStatus::Skipped, std::move(reason)};
    std::error_code error;
    bool any = false;
    for (const fs::path &entry : sortedEntries(folder, error)) {
        if (!entry.filename().string().starts_with("test_data_set_") || !fs::is_directory(entry, error))
            continue;
        if (stop.stop_requested())
            return core::interrupted(folder.string());
        any = true;
        auto result = runDataSet(modelFile, *model, entry, options, stop);
        if (result && result->status != TestStatus::Passed)
            result->reason = entry.filename() == "test_data_set_0" ? result->reason : entry.filename().string() + ": " + result->reason;
        if (!result || result->status != TestStatus::Passed)
            return result;
    }
    return any ? TestResult{} : failed("there is no folder test_data_set_N with inputs and outputs");
}

} // namespace

std::string_view nameOf(TestStatus status)
{
    return status == TestStatus::Passed ? "passed" : status == TestStatus::Failed ? "failed" : "skipped";
}

core::Expected<std::vector<fs::path>> findBackendTests(const fs::path &folder)
{
    std::error_code error;
    if (!fs::is_directory(folder, error))
        return core::badInput(folder.string(), error ? error.message() : "is no folder");
    std::vector<fs::path> found;
    findTests(folder, kFolderLevels, found);
    if (found.empty())
        return core::badInput(folder.string(), "holds no backend test", "A test is a folder with model.onnx and test_data_set_N.");
    return found;
}

core::Expected<TestResult> runBackendTest(const fs::path &folder, const BackendTestOptions &options, const std::stop_token &stop)
{
    BackendTestOptions chosen = options;
    if (!chosen.pool)
        chosen.pool = std::make_shared<ThreadPool>(1);
    try {
        return runTest(folder, chosen, stop);
    } catch (const std::exception &problem) {
        return failed(std::string("an exception came through: ") + problem.what());
    }
}

} // namespace nordlys::runtime
