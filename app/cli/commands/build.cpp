// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/measure.h"
#include "../support/placement_options.h"
#include "../support/table.h"

#include <runtime/artifact/artifact.h>

#include <fmt/format.h>

namespace nordlys::cli {

namespace {

struct BuildArguments {
    ModelArguments model;
    PrecisionArguments precision;
    PlacementArguments placement;
    std::string folder;
    int threads = 0;
    bool json = false;
};

core::Expected<void> build(const BuildArguments &options, const Context &context)
{
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    auto chosen = chooseBuild(options.precision, options.placement, *source);
    if (!chosen)
        return std::move(chosen.error());
    runtime::BuildOptions &build = *chosen;
    build.threads = chosenThreads(options.threads);
    auto result = runtime::buildArtifacts(source->model, build, options.folder, context.job());
    if (!result)
        return std::move(result.error());
    for (std::string &warning : source->warnings)
        result->warnings.push_back(std::move(warning));
    if (options.json) {
        Json json = document("build");
        json["folder"] = options.folder;
        json["precision"] = result->precision;
        json["artifacts"] = Json::array();
        for (const runtime::BuiltFile &file : result->files)
            json["artifacts"].push_back(
                {{"path", file.path}, {"kind", file.kind}, {"bytes", file.bytes}, {"sha256", file.sha256}});
        json["segments"] = result->segments;
        json["warnings"] = result->warnings;
        json["elapsedMs"] = static_cast<double>(result->elapsedNs) / 1e6;
        return writeJson(json);
    }
    Table table({{"Artifact"}, {"Kind"}, {"Size", Table::Align::Right}, {"SHA-256"}});
    for (const runtime::BuiltFile &file : result->files)
        table.add({file.path, file.kind, bytesText(file.bytes), file.sha256});
    std::string text = table.text() + fmt::format("\nBuilt {} for {} in {:.1f} ms\n", options.folder,
                                                  result->precision, static_cast<double>(result->elapsedNs) / 1e6);
    for (const std::string &warning : result->warnings)
        text += "Warning: " + warning + '\n';
    return writeOut(text);
}

} // namespace

void addBuild(CLI::App &program, Action &action)
{
    addCommand<BuildArguments>(
        program, action, "build", "Builds the artifacts that devices run",
        [](CLI::App &command, BuildArguments &options) {
            addModelArguments(command, options.model);
            command.add_option("-o,--output", options.folder, "Folder to write; all of it or nothing")
                ->required()
                ->type_name("DIR");
            addPrecisionArguments(command, options.precision);
            addPlacementArguments(command, options.placement);
            addThreads(command, options.threads);
            command.add_flag("--json", options.json, "One JSON document (nordlys.build/1)");
        },
        build);
}

} // namespace nordlys::cli
