// SPDX-License-Identifier: Apache-2.0
#include "infer_samples.h"

#include "input_files.h"

#include <core/inputs/sample_set.h>
#include <runtime/quantization/sample_workers.h>
#include <runtime/session/recurrent_state.h>
#include <runtime/session/session.h>

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>

namespace nordlys::cli {

namespace {

bool isFed(const core::Graph &graph, core::TensorId input, const std::vector<std::string> &arguments)
{
    const std::string prefix = std::string(graph.nameOf(input)) + "=";
    return std::ranges::any_of(arguments, [&](const std::string &text) { return text.starts_with(prefix); })
           || (graph.inputs.size() == 1 && !arguments.empty() && arguments.front().find('=') == std::string::npos);
}

core::Expected<Json> writeOutputs(const runtime::Session &session, const std::filesystem::path &folder, const std::string &name)
{
    if (!folder.empty()) {
        std::error_code failed;
        std::filesystem::create_directories(folder, failed);
        if (failed)
            return core::cannotWrite(folder.string(), failed.message());
    }
    Json outputs = Json::array();
    const auto &ports = session.plan().outputs();
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const auto tensor = session.output(i);
        if (!tensor)
            return tensor.error();
        const std::string file = fmt::format("output_{}.npy", i);
        if (!folder.empty())
            NORDLYS_TRY(core::writeNpy(folder / file, *tensor));
        outputs.push_back({{"name", ports[i].name},
                           {"file", folder.empty() ? Json(nullptr) : Json(folder.filename().string() + "/" + file)},
                           {"dtype", core::nameOf(tensor->dtype())},
                           {"shape", dimsJson(tensor->dims())}});
    }
    return Json{{"name", name}, {"outputs", std::move(outputs)}};
}

std::filesystem::path folderOf(const std::filesystem::path &folder, std::size_t run)
{
    return folder.empty() ? folder : folder / fmt::format("{:06}", run);
}

/// Where the value of every input comes from.
struct Feeds {
    std::vector<std::optional<core::HostTensor>> fixed;  ///< arrays that stay
    std::vector<bool> isState;
    std::optional<core::SampleSet> samples;              ///< of the inputs that are left, in their order
};

core::Expected<Feeds> openFeeds(const core::Graph &graph, const SampleInference &what, const std::vector<runtime::StateLink> &links)
{
    Feeds feeds;
    feeds.isState.assign(graph.inputs.size(), false);
    feeds.fixed.resize(graph.inputs.size());
    for (const runtime::StateLink &link : links)
        feeds.isState[link.input] = true;
    core::Graph rest;
    std::vector<core::TensorId> fed;
    core::Graph given;
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
        const core::Tensor &tensor = graph.tensor(graph.inputs[i]);
        const bool isGiven = isFed(graph, graph.inputs[i], what.inputs);
        if (!isGiven && feeds.isState[i] && !isFed(graph, graph.inputs[i], what.samples.inputs)) {
            const auto dims = tensor.shape ? core::knownDims(*tensor.shape) : std::nullopt;
            if (!dims)
                return core::usageError("--state", "input '" + std::string(graph.nameOf(graph.inputs[i])) + "' has free dimensions and no first value",
                                        "Give --input NAME=FILE.npy for it.");
            auto zeros = core::HostTensor::create(tensor.dtype, *dims);
            NORDLYS_TRY(zeros);
            feeds.fixed[i] = std::move(*zeros);
            continue;
        }
        core::Graph &target = isGiven ? given : rest;
        const core::TensorId id = target.addTensor(graph.nameOf(graph.inputs[i]), tensor.dtype, tensor.shape);
        target.inputs.push_back(id);
    }
    auto files = readInputFiles(what.inputs, given);
    NORDLYS_TRY(files);
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
        if (const auto file = files->tensors.find(std::string(graph.nameOf(graph.inputs[i]))); file != files->tensors.end())
            feeds.fixed[i] = file->second;
    }
    if (rest.inputs.empty() && !what.samples.inputs.empty())
        return core::usageError("--inputs", "every input is fed already", "Leave --inputs or some --input out.");
    if (!rest.inputs.empty()) {
        core::SampleOptions options;
        options.limit = what.samples.limit;
        if (!what.samples.preprocess.empty()) {
            auto recipe = core::PreprocessRecipe::parse(what.samples.preprocess);
            NORDLYS_TRY(recipe);
            options.recipe = std::move(*recipe);
        }
        auto samples = core::SampleSet::openSets(what.samples.inputs, rest, options);
        NORDLYS_TRY(samples);
        feeds.samples = std::move(*samples);
    }
    return feeds;
}

/// Values of run `run`; places of states keep what `previous` holds.
core::Expected<std::vector<runtime::Value>> valuesOf(const Feeds &feeds, std::size_t run, const std::vector<runtime::Value> &previous)
{
    std::vector<runtime::Value> values = previous;
    core::Sample sample;
    if (feeds.samples) {
        auto loaded = feeds.samples->load(feeds.samples->size() == 1 ? 0 : run);
        NORDLYS_TRY(loaded);
        sample = std::move(*loaded);
    }
    std::size_t next = 0;
    values.resize(feeds.fixed.size());
    for (std::size_t i = 0; i < feeds.fixed.size(); ++i) {
        const bool keeps = feeds.isState[i] && !previous.empty();
        if (feeds.fixed[i]) {
            if (!keeps)
                values[i] = runtime::Value::ofTensor(*feeds.fixed[i]);
        } else if (core::HostTensor &tensor = sample[next++]; !keeps)
            values[i] = runtime::Value::ofTensor(std::move(tensor));
    }
    return values;
}

} // namespace

core::Expected<ModelSource> openForSamples(const ModelArguments &model, const SampleInference &what, const Context &context)
{
    auto free = openSource(model, context, FreeDims::StayFree);
    NORDLYS_TRY(free);
    const core::Graph &graph = free->model->graph;
    auto links = runtime::parseStateLinks(what.states, graph);
    NORDLYS_TRY(links);
    if (std::ranges::any_of(*links, &runtime::StateLink::appends))
        return free;
    core::Graph given;
    for (const core::TensorId input : graph.inputs) {
        if (isFed(graph, input, what.inputs))
            given.inputs.push_back(given.addTensor(graph.nameOf(input), graph.tensor(input).dtype, graph.tensor(input).shape));
    }
    auto files = readInputFiles(what.inputs, given);
    NORDLYS_TRY(files);
    std::map<std::string, core::Dims> shapes;
    for (const auto &[name, tensor] : files->tensors)
        shapes[name] = tensor.dims();
    return openSource(model, context, FreeDims::BecomeOne, std::move(shapes));
}

core::Expected<Json> inferSamples(const SampleInference &what, runtime::PlanOptions options, const std::filesystem::path &folder,
                                  const Context &context, ModelSource &source)
{
    const core::Graph &graph = source.model->graph;
    auto links = runtime::parseStateLinks(what.states, graph);
    NORDLYS_TRY(links);
    auto feeds = openFeeds(graph, what, *links);
    NORDLYS_TRY(feeds);
    const std::size_t sampleCount = feeds->samples ? feeds->samples->size() : 1;
    const std::size_t runs = what.steps > 0 ? what.steps : sampleCount;
    if (sampleCount > 1 && runs > sampleCount)
        return core::usageError("--steps", fmt::format("there are only {} samples", sampleCount), "Leave --steps out.");
    const int threads = options.threads;
    options.threads = links->empty() ? 1 : threads;
    const auto plan = runtime::Plan::build(source.model, options, context.job());
    NORDLYS_TRY(plan);
    std::vector<Json> entries(runs);
    const auto nameOf = [&](std::size_t run) { return feeds->samples && sampleCount > 1 ? feeds->samples->name(run) : fmt::format("step {}", run); };
    if (links->empty()) {
        std::vector<std::unique_ptr<runtime::Session>> sessions(static_cast<std::size_t>(runtime::sampleWorkers(runs, threads)));
        for (auto &session : sessions) {
            auto made = runtime::Session::create(*plan, 1);
            NORDLYS_TRY(made);
            session = std::move(*made);
        }
        const auto inferOne = [&](int worker, std::size_t run) -> core::Expected<void> {
            auto values = valuesOf(*feeds, run, {});
            NORDLYS_TRY(values);
            runtime::Session &session = *sessions[static_cast<std::size_t>(worker)];
            NORDLYS_TRY(session.runValues(*values, {}, context.stop));
            auto entry = writeOutputs(session, folderOf(folder, run), nameOf(run));
            NORDLYS_TRY(entry);
            entries[run] = std::move(*entry);
            return {};
        };
        NORDLYS_TRY(runtime::forEachSample(runs, threads, context.job(), "inference", inferOne));
        return Json(std::move(entries));
    }
    const auto session = runtime::Session::create(*plan, threads);
    NORDLYS_TRY(session);
    std::vector<runtime::Value> values;
    for (std::size_t run = 0; run < runs; ++run) {
        if (run % 8 == 0)
            context.job().report(run, runs, "inference");
        auto next = valuesOf(*feeds, run, values);
        NORDLYS_TRY(next);
        values = std::move(*next);
        NORDLYS_TRY((*session)->runValues(values, {}, context.stop));
        auto entry = writeOutputs(**session, folderOf(folder, run), nameOf(run));
        NORDLYS_TRY(entry);
        for (const runtime::StateLink &link : *links) {
            const auto output = (*session)->outputValue(link.output);
            NORDLYS_TRY(output);
            auto state = runtime::nextState(link, values[link.input], *output);
            NORDLYS_TRY(state);
            values[link.input] = std::move(*state);
        }
        entries[run] = std::move(*entry);
    }
    for (const runtime::StateLink &link : *links) {
        const runtime::Value &state = values[link.input];
        if (!state.isTensor())
            continue;
        const std::string name(graph.nameOf(graph.inputs[link.input]));
        const std::string file = fmt::format("state_{}.npy", link.input);
        if (!folder.empty())
            NORDLYS_TRY(core::writeNpy(folder / file, state.tensor()));
        Json entry{{"name", name}, {"file", folder.empty() ? Json(nullptr) : Json(file)}, {"dtype", core::nameOf(state.elementType())}, {"shape", dimsJson(state.tensor().dims())}};
        if (link.appends && state.elementType() == core::DType::Int64)
            entry["values"] = std::vector<std::int64_t>(state.tensor().as<std::int64_t>().begin(), state.tensor().as<std::int64_t>().end());
        entries.back()["states"].push_back(std::move(entry));
    }
    return Json(std::move(entries));
}

} // namespace nordlys::cli
