// SPDX-License-Identifier: GPL-3.0-or-later
#include "range_csv.h"

#include "range_statistics.h"
#include "text.h"

#include <studio/widgets/table_text.h>

#include <core/base/atomic_file.h>

namespace nordlys::studio {

core::Expected<std::size_t> writeInferencesCsv(const core::RunProfile &run, const std::optional<TimeRange> &range,
                                               const std::filesystem::path &path, const core::JobContext &job)
{
    constexpr std::size_t kFlushAt = std::size_t(1) << 20;
    const std::size_t layers = run.layerCount();
    const bool hasLayers = layers > 0 && run.layerDurationNs.size() == run.inferenceCount() * layers;
    const auto [first, last] =
        range ? inferencesIn(run.inferenceStartNs, *range) : std::pair<std::size_t, std::size_t>(0, run.inferenceCount());
    auto file = core::AtomicFileWriter::create(path);
    if (!file)
        return std::move(file.error());
    std::string text = "inference,start ns,latency ns";
    for (std::size_t layer = 0; hasLayers && layer < layers; ++layer)
        text += ',' + csvField(toQString(run.start.layers[layer].name) + QStringLiteral(" ns")).toStdString();
    text += '\n';
    for (std::size_t i = first; i < last; ++i) {
        if (job.stopRequested())
            return core::interrupted(path.filename().string());
        text += std::to_string(i + 1) + ',' + std::to_string(run.inferenceStartNs[i]) + ',' + std::to_string(run.inferenceDurationNs[i]);
        for (std::size_t layer = 0; hasLayers && layer < layers; ++layer)
            text += ',' + std::to_string(run.layerDurationNs[i * layers + layer]);
        text += '\n';
        if (text.size() >= kFlushAt) {
            NORDLYS_TRY(file->write(text));
            text.clear();
            job.report(i - first + 1, last - first, "inferences");
        }
    }
    NORDLYS_TRY(file->write(text));
    NORDLYS_TRY(file->commit());
    return last - first;
}

} // namespace nordlys::studio
