// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/file_names.h"
#include "../support/infer_samples.h"
#include "../support/input_files.h"
#include "../support/measure.h"
#include "../support/number_checks.h"
#include "../support/table.h"

#include <core/base/atomic_file.h>
#include <runtime/session/session.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nordlys::cli {

namespace {

struct InferArguments {
    ModelArguments model;
    PrecisionArguments precision;
    std::vector<std::string> inputs, states;
    SampleArguments samples;
    std::string folder, tensors, kernels = "fast";
    std::size_t steps = 0;
    std::uint64_t memoryMiB = 4096;
    int threads = 0;
    bool json = false;
};

/// Writes every tensor as it appears, with an index that maps names to files.
class TensorDump {
public:
    explicit TensorDump(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    void add(const runtime::TensorView &view)
    {
        if (!m_error)
            return;
        auto tensor = view.toHost();
        if (!tensor) {
            m_error = std::move(tensor.error());
            return;
        }
        const std::string file = m_names.unique(view.name) + ".npy";
        m_error = core::writeNpy(m_folder / file, *tensor);
        m_index.push_back({{"name", view.name},
                           {"file", "tensors/" + file},
                           {"dtype", core::nameOf(view.dtype)},
                           {"shape", dimsJson(tensor->dims())}});
    }

    core::Expected<void> finish()
    {
        NORDLYS_TRY(m_error);
        Json json = document("tensors");
        json["tensors"] = m_index;
        return core::writeFileAtomically(m_folder / "index.json",
                                         json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
    }
    [[nodiscard]] const Json &index() const { return m_index; }

private:
    std::filesystem::path m_folder;
    FileNames m_names{{"index"}};
    Json m_index = Json::array();
    core::Expected<void> m_error;
};

core::Expected<void> makeFolder(const std::filesystem::path &path)
{
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error)
        return core::cannotWrite(path.string(), error.message());
    return {};
}

std::string rangeText(const core::HostTensor &tensor)
{
    const auto values = core::toFloat32(tensor);
    if (!values || values->elementCount() == 0)
        return "";
    const auto span = values->as<float>();
    if (const auto broken = std::ranges::count_if(span, [](float value) { return std::isnan(value); }); broken > 0)
        return fmt::format("{} of {} values are NaN", broken, span.size());
    const auto [low, high] = std::minmax_element(span.begin(), span.end());
    return fmt::format("{:.6g} .. {:.6g}, largest at {}", *low, *high, high - span.begin());
}

runtime::PlanOptions planOptionsOf(const InferArguments &options, ChosenPrecision chosen)
{
    runtime::PlanOptions plan;
    plan.precision = chosen.precision;
    plan.encodings = std::move(chosen.encodings);
    plan.threads = chosenThreads(options.threads);
    plan.fastKernels = options.kernels == "fast";
    plan.optimize = plan.fastKernels && options.tensors.empty();
    plan.memoryBudgetBytes = options.memoryMiB << 20;
    return plan;
}

/// The folder of -o, or none.
core::Expected<std::optional<core::AtomicFolder>> outputFolderOf(const InferArguments &options)
{
    if (options.folder.empty())
        return std::optional<core::AtomicFolder>();
    auto created = core::AtomicFolder::create(options.folder);
    if (!created)
        return std::move(created.error());
    return std::optional<core::AtomicFolder>(std::move(*created));
}

/// Several runs: samples, or a state that goes from one to the next.
core::Expected<void> inferMany(const InferArguments &options, const Context &context, const Stopwatch &watch)
{
    if (!options.tensors.empty())
        return core::usageError("--tensors", "every intermediate can be written for one inference only", "Leave --inputs and --state out.");
    const SampleInference what{options.inputs, options.samples, options.states, options.steps};
    auto source = openForSamples(options.model, what, context);
    if (!source)
        return std::move(source.error());
    auto chosen = choosePrecision(options.precision, *source);
    if (!chosen)
        return std::move(chosen.error());
    auto planOptions = planOptionsOf(options, std::move(*chosen));
    auto opened = outputFolderOf(options);
    NORDLYS_TRY(opened);
    auto &folder = *opened;
    const auto precision = planOptions.precision;
    const int threads = planOptions.threads;
    auto runs = inferSamples(what, std::move(planOptions), folder ? folder->stagingPath() : std::filesystem::path(), context, *source);
    if (!runs)
        return folder ? folder->named(std::move(runs.error())) : std::move(runs.error());
    if (folder)
        NORDLYS_TRY(folder->commit());
    if (!options.json) {
        std::string text = fmt::format("{} inferences ({}, {} threads)\n", runs->size(), runtime::nameOf(precision), threads);
        for (const Json &state : runs->back().value("states", Json::array())) {
            if (state.contains("values"))
                text += fmt::format("{}: {}\n", state["name"].get<std::string>(), state["values"].dump());
        }
        return writeOut(text);
    }
    Json json = document("infer");
    json["precision"] = runtime::nameOf(precision);
    json["threads"] = threads;
    json["outputs"] = (*runs).back()["outputs"];
    json["runs"] = std::move(*runs);
    json["warnings"] = source->warnings;
    json["elapsedMs"] = watch.ms();
    json["peakRssMiB"] = peakRssMiB();
    return writeJson(json);
}

core::Expected<void> infer(const InferArguments &options, const Context &context)
{
    const Stopwatch watch;
    if (!options.samples.inputs.empty() || !options.states.empty() || options.steps > 0)
        return inferMany(options, context, watch);
    if (!options.tensors.empty() && options.tensors != "all")
        return core::usageError("--tensors " + options.tensors, "no such choice", "Use --tensors all.");
    if (!options.tensors.empty() && options.folder.empty())
        return core::usageError("--tensors all", "there is no folder to write to", "Give -o DIR.");
    auto fed = openFed(options.model, options.inputs, context);
    if (!fed)
        return std::move(fed.error());
    auto chosen = choosePrecision(options.precision, fed->source);
    if (!chosen)
        return std::move(chosen.error());
    const auto planOptions = planOptionsOf(options, std::move(*chosen));
    const auto plan = runtime::Plan::build(fed->source.model, planOptions, context.job());
    if (!plan)
        return plan.error();
    const auto session = runtime::Session::create(*plan, planOptions.threads);
    if (!session)
        return session.error();

    auto opened = outputFolderOf(options);
    NORDLYS_TRY(opened);
    auto &folder = *opened;
    std::optional<TensorDump> dump;
    runtime::TensorObserver observer;
    if (!options.tensors.empty()) {
        if (auto made = makeFolder(folder->stagingPath() / "tensors"); !made)
            return folder->named(std::move(made.error()));
        dump.emplace(folder->stagingPath() / "tensors");
        observer = [&dump](const runtime::TensorView &view) { dump->add(view); };
    }
    NORDLYS_TRY((*session)->run(fed->inputs, observer, context.stop));
    const double inferenceMs = static_cast<double>((*session)->lastRunNs()) / 1e6;

    Json outputs = Json::array();
    Table table({{"Output"}, {"File"}, {"Type"}, {"Shape"}, {"Values"}});
    const auto &ports = (*plan)->outputs();
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const auto tensor = (*session)->output(i);
        if (!tensor)
            return tensor.error();
        const std::string file = folder ? fmt::format("output_{}.npy", i) : std::string();
        if (folder) {
            if (auto written = core::writeNpy(folder->stagingPath() / file, *tensor); !written)
                return folder->named(std::move(written.error()));
        }
        outputs.push_back({{"name", ports[i].name},
                           {"file", folder ? Json(file) : Json(nullptr)},
                           {"dtype", core::nameOf(tensor->dtype())},
                           {"shape", dimsJson(tensor->dims())}});
        table.add({ports[i].name, file, std::string(core::nameOf(tensor->dtype())), core::shapeText(tensor->dims()),
                   rangeText(*tensor)});
    }
    if (dump) {
        if (auto finished = dump->finish(); !finished)
            return folder->named(std::move(finished.error()));
    }
    if (folder)
        NORDLYS_TRY(folder->commit());
    if (!options.json)
        return writeOut(table.text() + fmt::format("\nInference {:.3f} ms ({}, {} threads)\n", inferenceMs,
                                                   runtime::nameOf(planOptions.precision), planOptions.threads));
    Json json = document("infer");
    json["precision"] = runtime::nameOf(planOptions.precision);
    json["threads"] = planOptions.threads;
    json["outputs"] = std::move(outputs);
    if (dump)
        json["tensors"] = dump->index();
    json["inferenceMs"] = inferenceMs;
    json["warnings"] = fed->source.warnings;
    json["elapsedMs"] = watch.ms();
    json["peakRssMiB"] = peakRssMiB();
    return writeJson(json);
}

} // namespace

void addInfer(CLI::App &program, Action &action)
{
    addCommand<InferArguments>(
        program, action, "infer", "Runs one inference and writes the outputs",
        [](CLI::App &command, InferArguments &options) {
            addModelArguments(command, options.model);
            addInputArgument(command, options.inputs,
                             "Array for a graph input; repeatable; the name may be left out where there is one input");
            addSampleArguments(command, options.samples);
            command
                .add_option("--state", options.states,
                            "Feeds an output back to an input of the next run; repeatable. It begins with --input IN=FILE.npy, or zeros. Scores that are fed "
                            "to a list of integers append the largest one's number (greedy decoding)")
                ->type_name("OUT=IN")
                ->expected(1)
                ->take_all();
            command.add_option("--steps", options.steps, "Number of runs with --state; 0: as many as there are samples")
                ->check(wholeNumber(0, 1'000'000))
                ->type_name("N");
            command.add_option("--memory-budget", options.memoryMiB, "Largest memory for weights and values; what needs more is refused before it is taken")
                ->check(wholeNumber(1, std::int64_t(1) << 30))
                ->type_name("MIB");
            command.add_option("-o,--output", options.folder, "Folder for output_N.npy, in output order")->type_name("DIR");
            addPrecisionArguments(command, options.precision);
            addKernels(command, options.kernels,
                       "fast (default), or reference: as the file is written, nothing fused, plain kernels whose float32 sums run in ONNX Runtime's order; "
                       "files with quantize nodes then give the same codes");
            addThreads(command, options.threads);
            command
                .add_option("--tensors", options.tensors,
                            "all: also writes every intermediate into DIR/tensors, with an index.json; nothing is fused then")
                ->type_name("all");
            command.add_flag("--json", options.json, "One JSON document (nordlys.infer/1)");
        },
        infer);
}

} // namespace nordlys::cli
