// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/measure.h"
#include "../support/model_source.h"

#include <runtime/base/thread_pool.h>
#include <runtime/conformance/backend_test.h>

#include <fmt/format.h>

namespace nordlys::cli {

namespace {

struct ConformanceArguments {
    std::vector<std::string> folders;
    std::string precision = "float32", kernels = "fast";
    int threads = 1;
    bool json = false;
};

struct Counts {
    int passed = 0, failed = 0, skipped = 0;

    void add(runtime::TestStatus status)
    {
        ++(status == runtime::TestStatus::Passed ? passed : status == runtime::TestStatus::Failed ? failed : skipped);
    }
    [[nodiscard]] std::string text() const { return fmt::format("{} passed, {} failed, {} skipped", passed, failed, skipped); }
};

core::Expected<runtime::BackendTestOptions> chosenOptions(const ConformanceArguments &arguments)
{
    runtime::BackendTestOptions options;
    const auto precision = runtime::precisionFromName(arguments.precision);
    if (!precision || *precision == runtime::Precision::QuantSim)
        return core::usageError("--precision " + arguments.precision, "backend tests bring no encodings", "Use --precision float32.");
    options.precision = *precision;
    options.fastKernels = arguments.kernels == "fast";
    options.pool = std::make_shared<runtime::ThreadPool>(chosenThreads(arguments.threads));
    return options;
}

core::Expected<void> conformance(const ConformanceArguments &arguments, const Context &context)
{
    const Stopwatch watch;
    auto options = chosenOptions(arguments);
    NORDLYS_TRY(options);
    std::vector<std::filesystem::path> tests;
    for (const std::string &folder : arguments.folders) {
        auto found = runtime::findBackendTests(folder);
        NORDLYS_TRY(found);
        tests.insert(tests.end(), found->begin(), found->end());
    }

    Counts counts;
    Json cases = Json::array();
    std::string text;
    for (std::size_t i = 0; i < tests.size(); ++i) {
        // Also "." has a name.
        const std::filesystem::path full = std::filesystem::absolute(tests[i]).lexically_normal();
        const std::string name = (full.has_filename() ? full : full.parent_path()).filename().string();
        context.job().report(i, tests.size(), name);
        if (context.stop.stop_requested())
            return core::interrupted("conformance");
        const auto result = runtime::runBackendTest(tests[i], *options, context.stop);
        NORDLYS_TRY(result);
        counts.add(result->status);
        cases.push_back({{"name", name}, {"status", runtime::nameOf(result->status)}, {"reason", result->reason}, {"path", tests[i].string()}});
        if (result->status != runtime::TestStatus::Passed)
            text += fmt::format("{}  {}: {}\n", runtime::nameOf(result->status), name, result->reason);
    }

    if (arguments.json) {
        Json json = document("conformance");
        json["passed"] = counts.passed;
        json["failed"] = counts.failed;
        json["skipped"] = counts.skipped;
        json["cases"] = std::move(cases);
        json["precision"] = arguments.precision;
        json["kernels"] = arguments.kernels;
        json["threads"] = options->pool->threads();
        json["elapsedMs"] = watch.ms();
        NORDLYS_TRY(writeJson(json));
    } else {
        NORDLYS_TRY(writeOut(text));
    }
    *context.closingLine = counts.text();
    if (counts.failed > 0)
        return core::Error{core::ErrorCode::GateFailed, "conformance", fmt::format("{} of {} tests failed", counts.failed, tests.size()), {}, {}};
    return {};
}

} // namespace

void addConformance(CLI::App &program, Action &action)
{
    addCommand<ConformanceArguments>(
        program, action, "conformance", "Runs ONNX backend tests and says which pass",
        [](CLI::App &command, ConformanceArguments &arguments) {
            command
                .add_option("DIRS", arguments.folders,
                            "Tests (folders with model.onnx and test_data_set_N) or folders with tests")
                ->required();
            command.add_option("--precision", arguments.precision, "float32 (default)")->type_name("NAME");
            addKernels(command, arguments.kernels, "fast (default), or reference: the plain kernels alone");
            command.add_option("--threads", arguments.threads, "Threads of one inference; 0: physical cores; default 1")
                ->check(CLI::Range(0, 256));
            command.add_flag("--json", arguments.json, "One JSON document (nordlys.conformance/1)");
        },
        conformance);
}

} // namespace nordlys::cli
