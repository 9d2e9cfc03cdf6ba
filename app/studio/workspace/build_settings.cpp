// SPDX-License-Identifier: GPL-3.0-or-later
#include "build_settings.h"

#include "sample_files.h"
#include "text.h"

#include <runtime/base/thread_pool.h>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include <algorithm>

namespace nordlys::studio {
namespace {

QString optionOf(const core::EditState &edits, const char *key)
{
    const auto found = edits.buildOptions.find(std::string_view(key));
    return found == edits.buildOptions.end() ? QString() : toQString(found->second);
}

} // namespace

BuildSettings BuildSettings::of(const core::EditState &edits)
{
    BuildSettings settings;
    settings.precision = runtime::precisionFromName(optionOf(edits, kPrecisionOption).toStdString());
    const QString threads = optionOf(edits, kThreadsOption);
    if (!threads.isEmpty() && whyNoThreadCount(threads).isEmpty())
        settings.threads = threads.toInt();
    settings.folder = optionOf(edits, kFolderOption);
    return settings;
}

bool leavesCpu(const core::EditState &edits)
{
    return std::ranges::any_of(edits.placement, [](const auto &entry) { return entry.second != core::Backend::Cpu; });
}

runtime::Precision BuildSettings::precisionFor(const core::EditState &edits) const
{
    // Encodings are for what runs on another backend where something does; else the whole network simulates them.
    return precision.value_or(edits.encodings.empty() || leavesCpu(edits) ? runtime::Precision::Float32 : runtime::Precision::QuantSim);
}

int BuildSettings::threadCount() const { return threads > 0 ? threads : runtime::physicalCoreCount(); }

void setBuildOption(Workspace &workspace, const char *key, const QString &value, const QString &title)
{
    if (optionOf(workspace.edits(), key) == value)
        return;
    core::SetBuildOption change{key, std::nullopt};
    if (!value.isEmpty())
        change.value = value.toStdString();
    if (const auto applied = workspace.history().apply(core::Change{std::move(change)}, title); !applied)
        Q_EMIT workspace.failed(applied.error());
}

QString outputFolder(const Workspace &workspace)
{
    const auto document = workspace.document();
    if (!document)
        return {};
    const QFileInfo project(workspace.projectPath());
    const bool saved = !workspace.projectPath().isEmpty();
    const QString stored = BuildSettings::of(workspace.edits()).folder;
    if (!stored.isEmpty())
        return QDir::cleanPath(saved ? project.dir().absoluteFilePath(stored) : QFileInfo(stored).absoluteFilePath());
    const QFileInfo model(QFileInfo(toQString(document->path)).absoluteFilePath());
    const QFileInfo &beside = saved ? project : model;
    const QString name = beside.completeBaseName() + QStringLiteral(".artifacts");
    const bool bundled = !saved && model.canonicalFilePath() == QFileInfo(sampleModelPath()).canonicalFilePath();
    if (!bundled && QFileInfo(beside.absolutePath()).isWritable())
        return beside.absoluteDir().filePath(name);
    return QDir(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)).filePath(name);
}

QString storedFolder(const Workspace &workspace, const QString &folder)
{
    const QString trimmed = folder.trimmed();
    if (trimmed.isEmpty() || workspace.projectPath().isEmpty())
        return trimmed.isEmpty() ? QString() : QFileInfo(trimmed).absoluteFilePath();
    const QDir home = QFileInfo(workspace.projectPath()).absoluteDir();
    const QString relative = home.relativeFilePath(home.absoluteFilePath(trimmed));
    return relative.startsWith(QLatin1String("..")) ? QDir::cleanPath(home.absoluteFilePath(trimmed)) : relative;
}

QString whyNoThreadCount(const QString &text)
{
    bool whole = false;
    const int count = text.trimmed().toInt(&whole);
    if (text.trimmed().isEmpty() || (whole && count >= 0 && count <= kMaxThreads))
        return {};
    return QCoreApplication::translate("BuildSettings", "A whole number from 1 to %1, or nothing for one a core.").arg(kMaxThreads);
}

} // namespace nordlys::studio
