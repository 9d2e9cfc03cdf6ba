// SPDX-License-Identifier: Apache-2.0
#include "metric_command.h"

#include "temporary_folder.h"

#include <core/base/atomic_file.h>
#include <core/tensor/host_tensor.h>
#include <runtime/quantization/metric_command.h>
#include <runtime/quantization/sample_workers.h>
#include <runtime/session/session.h>

#include <fmt/format.h>

namespace nordlys::cli {

namespace {

std::string csvField(const std::string &text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

} // namespace

void addMetricArguments(CLI::App &command, MetricArguments &arguments)
{
    command
        .add_option("--metric-command", arguments.command,
                    "Your own measure: a command that gets a folder of outputs (NNNNNN/output_N.npy, samples.csv) and writes one number")
        ->type_name("COMMAND");
    command.add_option("--metric-timeout", arguments.timeoutS, "Seconds after which the command is ended")
        ->check(CLI::Range(1, 86400))
        ->type_name("S")
        ->needs("--metric-command");
}

core::Expected<double> runMetric(const MetricArguments &metric, const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples,
                                 const runtime::PlanOptions &options, const core::LabelSet *labels, std::int64_t labelOffset, int threads,
                                 const Context &context)
{
    TemporaryFolder folder;
    NORDLYS_TRY(folder.create());
    const auto plan = runtime::Plan::build(model, options, context.job());
    if (!plan)
        return plan.error();
    std::vector<std::unique_ptr<runtime::Session>> sessions(static_cast<std::size_t>(runtime::sampleWorkers(samples.size(), threads)));
    for (auto &session : sessions) {
        auto made = runtime::Session::create(*plan, 1);
        NORDLYS_TRY(made);
        session = std::move(*made);
    }
    const auto nameOf = [](std::size_t sample) { return fmt::format("{:06}", sample); };
    const auto infer = [&](int worker, std::size_t sample) -> core::Expected<void> {
        runtime::Session &session = *sessions[static_cast<std::size_t>(worker)];
        auto inputs = samples.load(sample);
        NORDLYS_TRY(inputs);
        NORDLYS_TRY(session.run(*inputs, {}, context.stop));
        const auto place = folder.path() / nameOf(sample);
        std::error_code failed;
        if (std::filesystem::create_directory(place, failed); failed)
            return core::cannotWrite(place.string(), failed.message());
        for (std::size_t o = 0; o < session.plan().outputs().size(); ++o) {
            auto output = session.output(o);
            NORDLYS_TRY(output);
            NORDLYS_TRY(core::writeNpy(place / fmt::format("output_{}.npy", o), *output));
        }
        return {};
    };
    NORDLYS_TRY(runtime::forEachSample(samples.size(), threads, context.job(), "outputs for the metric", infer));
    std::string table = "folder,file,class_index\n";
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto label = labels != nullptr && !samples.path(i).empty() ? labels->classOf(samples.path(i)) : std::nullopt;
        table += nameOf(i) + "," + csvField(samples.name(i)) + "," + (label ? std::to_string(*label + labelOffset) : std::string()) + "\n";
    }
    NORDLYS_TRY(core::writeFileAtomically(folder.path() / "samples.csv", table));
    return runtime::runMetricCommand(metric.command, folder.path(), std::chrono::seconds(metric.timeoutS), context.stop);
}

} // namespace nordlys::cli
