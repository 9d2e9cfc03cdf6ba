// SPDX-License-Identifier: GPL-3.0-or-later
#include "build_record.h"

#include "text.h"

#include <core/base/sha256.h>
#include <core/project/project.h>

#include <algorithm>

namespace nordlys::studio {
namespace {

core::Project projectOf(const BuildRecipe &recipe)
{
    core::Project project;
    project.model.path = std::filesystem::absolute(recipe.model);
    project.dims = recipe.dims;
    project.edits = recipe.edits;
    return project;
}

} // namespace

int BuildRecord::count(runtime::BuildSeverity severity) const
{
    return static_cast<int>(
        std::ranges::count_if(log, [severity](const runtime::BuildMessage &message) { return message.severity == severity; }));
}

BuildCommand buildCommand(const BuildRecipe &recipe, const QString &savedProject, const QString &snapshotFolder)
{
    BuildCommand command;
    const bool plain = recipe.precision == runtime::Precision::Float32 && recipe.edits.placement.empty();
    QString source = savedProject;
    if (source.isEmpty() && !plain) {
        // Named after its content: the same edits give the same file, and different ones never overwrite each other.
        const std::string text =
            recipe.model.string() + core::changeToJson(core::difference(core::EditState(), recipe.edits, "snapshot"));
        const std::string hash = core::sha256Hex(std::as_bytes(std::span(text.data(), text.size())));
        command.snapshot = toPath(snapshotFolder) / (recipe.model.stem().string() + "-" + hash.substr(0, 12) + ".nordlys");
        source = toQString(command.snapshot);
    }
    const bool fromModel = source.isEmpty();
    if (fromModel)
        source = toQString(std::filesystem::absolute(recipe.model));
    command.arguments << QStringLiteral("nordlys") << QStringLiteral("build") << source << QStringLiteral("-o") << recipe.folder
                      << QStringLiteral("--precision") << toQString(runtime::nameOf(recipe.precision))
                      << QStringLiteral("--threads") << QString::number(recipe.threads);
    if (fromModel) {
        for (const auto &[name, value] : recipe.dims)
            command.arguments << QStringLiteral("--dim") << toQString(name) + QLatin1Char('=') + QString::number(value);
    }
    return command;
}

core::Expected<void> writeSnapshot(const BuildRecipe &recipe, const BuildCommand &command)
{
    if (command.snapshot.empty())
        return {};
    std::error_code error;
    std::filesystem::create_directories(command.snapshot.parent_path(), error);
    if (error)
        return core::cannotWrite(command.snapshot.parent_path().string(), error.message(), "Save the project instead.");
    auto sha256 = core::saveProject(projectOf(recipe), command.snapshot);
    if (!sha256)
        return std::move(sha256.error());
    return {};
}

} // namespace nordlys::studio
