// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/profile/stream.h>
#include <studio/workspace/run_record.h>

#include <QString>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace nordlys::studio::test {

/// A run whose every number is known: inference i starts at i * periodNs and its layer k takes layerNs[k] + i * growthNs + jitter.
struct SyntheticRun {
    std::vector<std::string> names{"conv1", "relu1", "conv2"};
    std::vector<std::string> ops{"Conv", "Relu", "Conv"};
    std::vector<std::string> backends{"cpu", "cpu", "cpu"};
    std::vector<std::int64_t> layerNs{100'000, 20'000, 300'000};
    std::int64_t periodNs = 2'000'000, growthNs = 0;
    double jitter = 0; ///< share of the duration, in a fixed pattern that is the same in every run
    int inferences = 100;
    core::RunStatus status = core::RunStatus::Finished;
    std::string artifactSha256;
    std::uint32_t threads = 2;

    [[nodiscard]] core::RunProfile profile() const
    {
        core::RunProfile run;
        run.hello.deviceModel = "Test board";
        run.hello.cpuCount = 4;
        run.start.artifact = "model";
        run.start.artifactSha256 = artifactSha256;
        run.start.precision = "float32";
        run.start.modelName = "model";
        run.start.profiling = "detailed";
        run.start.threads = threads;
        for (std::size_t k = 0; k < names.size(); ++k)
            run.start.layers.push_back({names[k], ops[k], backends[k], "kernel", {names[k]}, {}, 1000});
        for (int i = 0; i < inferences; ++i) {
            // -1, -0.8 ... 1 in an order that has no trend.
            const double pattern = ((i * 7) % 11 - 5) / 5.0;
            std::int64_t sum = 0;
            for (const std::int64_t base : layerNs) {
                const auto duration = static_cast<std::int64_t>(static_cast<double>(base) * (1 + jitter * pattern)) + i * growthNs;
                run.layerOffsetNs.push_back(sum);
                run.layerDurationNs.push_back(duration);
                sum += duration;
            }
            run.inferenceStartNs.push_back(i * periodNs);
            run.inferenceDurationNs.push_back(sum);
        }
        run.status = status;
        run.endNs = inferences * periodNs;
        return run;
    }

    /// Written as a recording, as the runner does.
    void write(const std::filesystem::path &path) const
    {
        const core::RunProfile run = profile();
        std::ofstream file(path, std::ios::binary);
        file << core::kStreamMagic << core::encodeStreamItem(run.hello) << core::encodeStreamItem(run.start);
        core::LayerTimesBatch batch;
        batch.inferenceStartNs = run.inferenceStartNs;
        batch.inferenceDurationNs = run.inferenceDurationNs;
        batch.layerOffsetNs = run.layerOffsetNs;
        batch.layerDurationNs = run.layerDurationNs;
        file << core::encodeStreamItem(batch);
        file << core::encodeStreamItem(core::RunEnd{status, {}, static_cast<std::uint64_t>(inferences), run.endNs, 0});
    }

    [[nodiscard]] std::unique_ptr<RunRecord> record(const QString &name) const
    {
        auto made = std::make_unique<RunRecord>();
        made->name = name;
        made->profile = profile();
        made->summary = core::summarize(made->profile);
        made->recording = std::filesystem::path("/recordings") / (name.toStdString() + ".nrs");
        made->fromFile = true;
        made->device = QStringLiteral("Test board");
        made->indexLayers();
        return made;
    }
};

} // namespace nordlys::studio::test
