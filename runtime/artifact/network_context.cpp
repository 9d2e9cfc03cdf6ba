// SPDX-License-Identifier: Apache-2.0
#include "artifact.h"
#include "context_format.h"

#include <core/base/sha256.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

/// What the containers of one artifact say of the network, and how segments are put together again.
namespace nordlys::runtime {

using nlohmann::json;

namespace {

constexpr std::size_t kMaxSegments = 200'000;

core::Error wrong(const std::string &file, const std::string &why)
{
    return core::badInput("context " + file, why, "Build it again");
}

core::Expected<json> describeSegments(const SegmentedPlan &plan, core::Backend backend, const std::string &modelName, BlobWriter &blob)
{
    json list = json::array();
    for (std::size_t s = 0; s < plan.segments().size(); ++s) {
        const PlanSegment &segment = plan.segments()[s];
        if (segment.backend != backend)
            continue;
        auto described = describePlan(segment.plan->data(), modelName, blob);
        NORDLYS_TRY(described);
        list.push_back({{"id", s}, {"plan", std::move(*described)}});
    }
    return list;
}

json describeNetwork(const SegmentedPlan &plan, const std::string &modelName)
{
    json network{{"modelName", modelName}, {"inputs", json::array()}, {"outputs", json::array()}, {"segments", json::array()}};
    for (const PortInfo &port : plan.inputs())
        network["inputs"].push_back({{"name", port.name}, {"dtype", core::nameOf(port.dtype)}, {"dims", port.dims}});
    for (const PortInfo &port : plan.outputs())
        network["outputs"].push_back(port.name);
    for (const PlanSegment &segment : plan.segments())
        network["segments"].push_back({{"backend", core::nameOf(segment.backend)}, {"emulated", segment.isEmulated}});
    return network;
}

/// Ties the containers of one build together: a hash over what all of them hold.
std::string buildId(const std::map<core::Backend, std::pair<json, BlobWriter>> &parts)
{
    core::Sha256 hash;
    for (const auto &[backend, part] : parts) {
        const std::string text = part.first.dump(-1, ' ', false, json::error_handler_t::replace);
        hash.add(std::as_bytes(std::span(text)));
        for (const BlobWriter::Piece &piece : part.second.pieces())
            hash.add(piece.bytes);
    }
    return hash.hex();
}

/// The table of a container, read and checked.
struct Network {
    struct Entry {
        core::Backend backend = core::Backend::Cpu;
        bool isEmulated = false;
    };
    std::string modelName;
    std::vector<PortInfo> inputs;
    std::vector<std::string> outputs;
    std::vector<Entry> segments;
};

const json *listOf(const json &object, const char *name)
{
    const auto it = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && it != object.end() && it->is_array() ? &*it : nullptr;
}

std::optional<std::string> textOf(const json &object, const char *name)
{
    const auto it = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && it != object.end() && it->is_string() ? std::optional(it->get<std::string>()) : std::nullopt;
}

std::optional<PortInfo> portOf(const json &object)
{
    const auto name = textOf(object, "name"), type = textOf(object, "dtype");
    const auto dtype = type ? core::dtypeFromName(*type) : std::nullopt;
    const json *dims = listOf(object, "dims");
    if (!name || !dtype || !dims || dims->size() > maxRank)
        return std::nullopt;
    PortInfo port{*name, *dtype, {}};
    for (const json &dim : *dims) {
        if (!dim.is_number_unsigned() || dim.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return std::nullopt;
        port.dims.push_back(dim.get<std::int64_t>());
    }
    if (!checkedTensorBytes(port.dtype, port.dims))
        return std::nullopt;
    return port;
}

core::Expected<Network> readNetwork(const json &description, const std::string &file, std::uint64_t budgetBytes)
{
    const auto it = description.is_object() ? description.find("network") : description.end();
    if (!description.is_object() || it == description.end() || !it->is_object())
        return wrong(file, "it has no table of segments");
    const json *inputs = listOf(*it, "inputs"), *outputs = listOf(*it, "outputs"), *segments = listOf(*it, "segments");
    const auto modelName = textOf(*it, "modelName");
    if (!inputs || !outputs || !segments || !modelName || segments->empty() || segments->size() > kMaxSegments)
        return wrong(file, "its table of segments lacks inputs, outputs, segments or the model's name");
    Network network;
    network.modelName = *modelName;
    std::uint64_t inputBytes = 0;
    for (const json &input : *inputs) {
        auto port = portOf(input);
        if (!port)
            return wrong(file, "an input of its network has no name, type or shape");
        // Whoever runs it makes room for every input, also for those that no segment reads.
        inputBytes += *checkedTensorBytes(port->dtype, port->dims);
        if (inputBytes > budgetBytes)
            return wrong(file, "the inputs of its network need more than " + std::to_string(budgetBytes) + " bytes");
        network.inputs.push_back(std::move(*port));
    }
    for (const json &output : *outputs) {
        if (!output.is_string())
            return wrong(file, "an output of its network has no name");
        network.outputs.push_back(output.get<std::string>());
    }
    for (const json &segment : *segments) {
        const auto name = textOf(segment, "backend");
        const auto backend = name ? core::backendFromName(*name) : std::nullopt;
        const auto emulated = segment.is_object() ? segment.find("emulated") : segment.end();
        if (!backend || emulated == segment.end() || !emulated->is_boolean())
            return wrong(file, "a segment of its network has no backend that is known, or does not say whether it is emulated");
        const core::Backend known = backend.value_or(core::Backend::Gpu);
        if (known == core::Backend::Gpu)
            return core::notSupported("context " + file, "a segment of its network runs on gpu, which this version cannot", "Build it again");
        network.segments.push_back({known, emulated->get<bool>()});
    }
    return network;
}

/// Plans the segments of one container into their places.
core::Expected<void> readSegments(const Container &container, const std::string &file, core::Backend backend, const Network &network,
                                  std::vector<PlanSegment> &segments, PlanOptions &left)
{
    const json *list = listOf(container.description, "segments");
    if (!list || textOf(container.description, "backend") != core::nameOf(backend))
        return wrong(file, "it is not the container of " + std::string(core::nameOf(backend)));
    for (const json &entry : *list) {
        const auto id = entry.is_object() ? entry.find("id") : entry.end();
        const auto plan = entry.is_object() ? entry.find("plan") : entry.end();
        if (!entry.is_object() || id == entry.end() || plan == entry.end() || !id->is_number_unsigned() ||
            id->get<std::uint64_t>() >= network.segments.size())
            return wrong(file, "a segment has no plan, or no id of the table");
        const auto index = id->get<std::size_t>();
        if (network.segments[index].backend != backend)
            return wrong(file, "segment " + std::to_string(index) + " belongs to another backend");
        if (segments[index].plan)
            return wrong(file, "segment " + std::to_string(index) + " stands twice");
        auto described = planFromDescription(*plan, container.blob);
        NORDLYS_TRY(described);
        auto finished = finishPlan(std::move(described->data), left, true);
        NORDLYS_TRY(finished);
        const std::uint64_t taken = (*finished)->arenaBytes() + (*finished)->weightBytes();
        left.memoryBudgetBytes -= std::min<std::uint64_t>(left.memoryBudgetBytes, taken);
        segments[index] = {backend, network.segments[index].isEmulated, std::move(*finished)};
    }
    return {};
}

/// Where the containers lie, and the first of them.
core::Expected<std::filesystem::path> firstContainer(const std::filesystem::path &path)
{
    std::error_code error;
    if (!std::filesystem::is_directory(path, error))
        return path;
    for (const auto &folder : {path, path / "context_binaries"}) {
        for (const core::Backend backend : core::kAllBackends) {
            if (std::filesystem::exists(folder / contextFileName(backend), error))
                return folder / contextFileName(backend);
        }
    }
    return core::badInput(path.string(), "it holds no context container", "Build it with `nordlys build`");
}

} // namespace

std::string contextFileName(core::Backend backend)
{
    return std::string(core::nameOf(backend)) + "_context.bin";
}

core::Expected<std::vector<std::string>> writeContexts(const std::filesystem::path &folder, const SegmentedPlan &plan, const std::string &modelName,
                                                       const core::JobContext &job)
{
    std::map<core::Backend, std::pair<json, BlobWriter>> parts;
    for (const PlanSegment &segment : plan.segments()) {
        const auto [it, isNew] = parts.try_emplace(segment.backend);
        if (!isNew)
            continue;
        auto described = describeSegments(plan, segment.backend, modelName, it->second.second);
        NORDLYS_TRY(described);
        it->second.first = std::move(*described);
    }
    json network = describeNetwork(plan, modelName);
    if (parts.size() > 1)
        network["build"] = buildId(parts);
    std::vector<std::string> names;
    for (auto &[backend, part] : parts) {
        names.push_back(contextFileName(backend));
        core::JobContext own = job;
        if (job.progress)
            own.progress = [&job, before = names.size() - 1, count = parts.size()](std::uint64_t done, std::uint64_t total, std::string_view text) {
                job.progress(before * total + done, count * total, text);
            };
        NORDLYS_TRY(writeContainer(folder / names.back(), {{"network", network}, {"backend", core::nameOf(backend)}, {"segments", std::move(part.first)}},
                                   part.second, own));
    }
    return names;
}

core::Expected<void> writeContext(const std::filesystem::path &path, const Plan &plan, const std::string &modelName, const core::JobContext &job)
{
    // Borrowed for the call.
    const std::shared_ptr<const Plan> borrowed(std::shared_ptr<const Plan>(), &plan);
    std::vector<std::string> outputs;
    for (const PortInfo &port : plan.outputs())
        outputs.push_back(port.name);
    auto linked = SegmentedPlan::link({{core::Backend::Cpu, false, borrowed}}, plan.inputs(), outputs);
    NORDLYS_TRY(linked);
    BlobWriter blob;
    auto segments = describeSegments(**linked, core::Backend::Cpu, modelName, blob);
    NORDLYS_TRY(segments);
    return writeContainer(path, {{"network", describeNetwork(**linked, modelName)}, {"backend", "cpu"}, {"segments", std::move(*segments)}}, blob, job);
}

core::Expected<LoadedArtifact> readArtifact(const std::filesystem::path &path, const PlanOptions &options)
{
    auto first = firstContainer(path);
    NORDLYS_TRY(first);
    const std::string firstName = first->filename().string();
    auto container = readContainer(*first);
    NORDLYS_TRY(container);
    auto network = readNetwork(container->description, firstName, options.memoryBudgetBytes);
    NORDLYS_TRY(network);
    const auto ownName = textOf(container->description, "backend");
    const auto own = ownName ? core::backendFromName(*ownName) : std::nullopt;
    if (!own)
        return wrong(firstName, "it does not say which backend it is for");

    PlanOptions left = options;
    std::vector<PlanSegment> segments(network->segments.size());
    std::vector<std::string> hashes;
    for (const core::Backend backend : core::kAllBackends) {
        if (std::ranges::find(network->segments, backend, &Network::Entry::backend) == network->segments.end())
            continue;
        if (backend == *own) {
            NORDLYS_TRY(readSegments(*container, firstName, backend, *network, segments, left));
            hashes.push_back(container->sha256);
            continue;
        }
        const std::string name = contextFileName(backend);
        std::error_code error;
        if (!std::filesystem::exists(first->parent_path() / name, error))
            return wrong(firstName, "some of its network's segments are in " + name + ", which is not beside it");
        auto other = readContainer(first->parent_path() / name);
        NORDLYS_TRY(other);
        if (!other->description.is_object() || !other->description.contains("network") || other->description["network"] != container->description["network"])
            return wrong(name, "it belongs to another build than " + firstName);
        NORDLYS_TRY(readSegments(*other, name, backend, *network, segments, left));
        hashes.push_back(std::move(other->sha256));
    }
    for (std::size_t s = 0; s < segments.size(); ++s) {
        if (!segments[s].plan)
            return wrong(firstName, "segment " + std::to_string(s) + " of its network is in no container");
    }
    auto linked = SegmentedPlan::link(std::move(segments), std::move(network->inputs), network->outputs);
    NORDLYS_TRY(linked);
    std::string sha256 = hashes.front();
    if (hashes.size() > 1) {
        core::Sha256 hash;
        for (const std::string &one : hashes)
            hash.add(std::as_bytes(std::span(one)));
        sha256 = hash.hex();
    }
    return LoadedArtifact{std::move(*linked), std::move(network->modelName), firstName, std::move(sha256)};
}

core::Expected<LoadedContext> readContext(const std::filesystem::path &path, const PlanOptions &options)
{
    auto artifact = readArtifact(path, options);
    NORDLYS_TRY(artifact);
    if (artifact->plan->segments().size() != 1)
        return core::notSupported("context " + path.filename().string(), "its network has several segments", "Run the whole artifact");
    return LoadedContext{artifact->plan->segments().front().plan, std::move(artifact->modelName), std::move(artifact->sha256)};
}

} // namespace nordlys::runtime
