// SPDX-License-Identifier: Apache-2.0
#include "bin_values.h"
#include "calibration_statistics.h"
#include "sample_workers.h"

#include <core/base/sha256.h>
#include <core/quantization/quantizable.h>
#include <runtime/session/session.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace nordlys::runtime {

namespace {

constexpr std::size_t samplesAhead = 64; ///< how far one worker may be ahead of the slowest

/// Where the values of a tensor go.
struct Slot {
    std::size_t tensor = 0;
    std::optional<std::size_t> group; ///< nothing: no histogram
};

/// What one sample showed.
struct SampleStatistics {
    std::vector<CalibrationStatistics::Seen> tensors;
    std::vector<core::GrowingHistogram> growing;
    std::vector<std::vector<std::uint64_t>> counts; ///< mode FirstBatch
    std::vector<std::uint64_t> values;              ///< per group, mode FirstBatch
    std::optional<SkippedSample> skipped;
};

struct Worker {
    std::unique_ptr<Session> session;
    BinCounter counter;
    std::vector<core::GrowingHistogram> windows; ///< of the last good sample: what this one begins with
};

void merge(CalibrationStatistics::Seen &into, const CalibrationStatistics::Seen &other)
{
    if (other.values == 0)
        return;
    into.min = into.values == 0 ? other.min : std::min(into.min, other.min);
    into.max = into.values == 0 ? other.max : std::max(into.max, other.max);
    into.values += other.values;
}

class Gatherer {
public:
    Gatherer(const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples, const GatherOptions &options,
             CalibrationStatistics &statistics)
        : m_model(model), m_samples(samples), m_options(options), m_statistics(statistics), m_next(statistics.done)
    {
    }

    core::Expected<void> run(const core::JobContext &job)
    {
        NORDLYS_TRY(begin(job));
        NORDLYS_TRY(prepare());
        if (m_statistics.histograms == core::HistogramMode::FirstBatch && m_statistics.firstBatch.empty())
            NORDLYS_TRY(fixBins(job));
        const std::size_t first = m_statistics.done;
        auto result = forEachSample(m_samples.size() - first, m_options.threads, job, "calibrating", [&](int worker, std::size_t sample) {
            return one(m_workers[static_cast<std::size_t>(worker)], first + sample, job);
        });
        finish();
        NORDLYS_TRY(result);
        if (m_statistics.used() == 0) {
            const SkippedSample &why = m_statistics.skipped.front();
            return core::badInput("samples", "none of the " + std::to_string(m_samples.size()) + " can be used; " + why.name + ": " + why.why);
        }
        return {};
    }

private:
    core::Expected<void> begin(const core::JobContext &job)
    {
        if (m_samples.size() == 0)
            return core::badInput("samples", "there are none", "Give at least one input to calibrate with");
        if (m_statistics.done == 0) {
            m_statistics.histograms = m_options.histograms;
            m_statistics.preprocess = m_samples.recipeText();
        }
        const std::string advice = "Name another statistics file, or remove this one.";
        const auto differs = [&](const std::string &why) { return core::badInput("statistics", why, advice); };
        if (m_statistics.histograms != m_options.histograms && m_options.histograms)
            return differs(m_statistics.histograms ? "their histograms are of the other kind" : "they hold no histograms");
        if (!m_statistics.modelSha256.empty()) {
            const auto hash = core::modelSha256(*m_model, job);
            NORDLYS_TRY(hash);
            if (*hash != m_statistics.modelSha256)
                return differs("they were gathered with another model");
        }
        if (m_statistics.done == 0)
            return {};
        if (m_statistics.preprocess != m_samples.recipeText())
            return differs("they were gathered with other preprocessing (" + m_statistics.preprocess + ")");
        if (m_statistics.done > m_samples.size() || m_statistics.identity != identityOf(m_statistics.done))
            return differs("they were gathered over other samples");
        return {};
    }

    core::Expected<void> prepare()
    {
        PlanOptions planOptions;
        std::unordered_map<std::uint32_t, std::size_t> groups;
        for (const core::QuantizableTensor &tensor : core::quantizableTensors(m_model->graph)) {
            if (tensor.kind != core::QuantizableKind::Activation || m_options.exclude.contains(m_model->graph.nameOf(tensor.tensor)))
                continue;
            Slot slot{m_tensorNames.size(), std::nullopt};
            m_tensorNames.emplace_back(m_model->graph.nameOf(tensor.tensor));
            if (m_statistics.histograms && !tensor.fixedRange) {
                const auto [it, isNew] = groups.try_emplace(tensor.group.index, m_groupNames.size());
                if (isNew)
                    m_groupNames.emplace_back(m_model->graph.nameOf(tensor.group));
                slot.group = it->second;
            }
            planOptions.keepTensors.push_back(m_tensorNames.back());
            m_slots.emplace(m_tensorNames.back(), slot);
        }
        auto plan = Plan::build(m_model, planOptions);
        NORDLYS_TRY(plan);
        for (int i = 0; i < sampleWorkers(m_samples.size() - m_statistics.done, m_options.threads); ++i) {
            Worker worker;
            auto session = Session::create(*plan, 1);
            NORDLYS_TRY(session);
            (*session)->setTimersEnabled(false);
            worker.session = std::move(*session);
            m_workers.push_back(std::move(worker));
        }
        return {};
    }

    /// The bins of the first batch: the ranges of the first sample that can be used. It is run once more for its values.
    core::Expected<void> fixBins(const core::JobContext &job)
    {
        for (std::size_t i = m_statistics.done; i < m_samples.size(); ++i) {
            auto ranges = gather(m_workers[0], i, false, job);
            NORDLYS_TRY(ranges);
            if (ranges->skipped)
                continue;
            std::vector<CalibrationStatistics::Seen> groups(m_groupNames.size());
            for (const auto &[name, slot] : m_slots) {
                if (slot.group)
                    merge(groups[*slot.group], ranges->tensors[slot.tensor]);
            }
            for (std::size_t g = 0; g < groups.size(); ++g) {
                if (groups[g].values > 0)
                    m_statistics.firstBatch[m_groupNames[g]] = core::FirstBatchHistogram(groups[g].min, groups[g].max);
            }
            return {};
        }
        return {};
    }

    core::Expected<SampleStatistics> gather(Worker &worker, std::size_t sample, bool withHistograms, const core::JobContext &job)
    {
        SampleStatistics result;
        const auto unusable = [&](core::Error error) -> core::Expected<SampleStatistics> {
            if (!m_options.skipBroken || error.code != core::ErrorCode::BadInput)
                return error;
            SampleStatistics skipped;
            skipped.skipped = SkippedSample{m_samples.name(sample), error.what + ": " + error.why};
            return skipped;
        };
        auto inputs = m_samples.load(sample);
        if (!inputs)
            return unusable(std::move(inputs.error()));
        result.tensors.resize(m_tensorNames.size());
        const bool growing = withHistograms && m_statistics.histograms == core::HistogramMode::Growing;
        const bool firstBatch = withHistograms && m_statistics.histograms == core::HistogramMode::FirstBatch;
        if (growing)
            result.growing = startingWindows(worker);
        if (firstBatch) {
            result.counts.resize(m_groupNames.size());
            result.values.resize(m_groupNames.size());
        }
        std::string broken;
        auto ran = worker.session->run(
            *inputs,
            [&](const TensorView &view) {
                const auto it = m_slots.find(view.name);
                if (it == m_slots.end() || view.dtype != core::DType::Float32 || view.elementCount == 0 || !broken.empty())
                    return;
                const auto *data = reinterpret_cast<const float *>(view.data);
                const auto &[tensor, group] = it->second;
                FloatRange range;
                if (growing && group) {
                    range = addValues(result.growing[*group], data, view.elementCount, worker.counter);
                } else if (const core::FirstBatchHistogram *bins = firstBatch && group ? binsOf(*group) : nullptr) {
                    result.counts[*group].resize(core::FirstBatchHistogram::binCount);
                    result.values[*group] += view.elementCount;
                    range = addValues(*bins, result.counts[*group], data, view.elementCount, worker.counter);
                } else {
                    range = rangeOf(data, view.elementCount);
                }
                if (!range.isFinite) {
                    broken = view.name;
                    return;
                }
                merge(result.tensors[tensor], {static_cast<double>(range.min), static_cast<double>(range.max), view.elementCount});
            },
            job.stop);
        if (!ran)
            return unusable(std::move(ran.error()));
        if (!broken.empty())
            return unusable(core::badInput("tensor " + broken, "it becomes NaN or infinite for sample " + m_samples.name(sample),
                                           "Check the preprocessing and the model's weights; a mask is left out with --exclude."));
        if (growing) {
            worker.windows.clear();
            for (const core::GrowingHistogram &histogram : result.growing)
                worker.windows.push_back(histogram.emptied());
        }
        return result;
    }

    /// Beginning with bins that an earlier sample needed saves growing anew. They are part of what the end result must hold anyway, so it
    /// stays the same.
    [[nodiscard]] std::vector<core::GrowingHistogram> startingWindows(const Worker &worker) const
    {
        return worker.windows.empty() ? std::vector<core::GrowingHistogram>(m_groupNames.size()) : worker.windows;
    }

    [[nodiscard]] const core::FirstBatchHistogram *binsOf(std::size_t group) const
    {
        return m_bins[group].isSet() ? &m_bins[group] : nullptr;
    }

    core::Expected<void> one(Worker &worker, std::size_t sample, const core::JobContext &job)
    {
        // Whoever leaves without a result ends the queue: nobody may wait for this sample any longer.
        struct Guard {
            Gatherer &gatherer;
            bool passed = false;
            ~Guard()
            {
                if (!passed)
                    gatherer.endQueue();
            }
        } guard{*this};
        {
            std::unique_lock lock(m_mutex);
            if (m_bins.empty())
                fillBins();
            // Whoever had the next sample may have gone at a stop without a word: nobody waits on past one.
            while (!m_moved.wait_for(lock, std::chrono::milliseconds(50), [&] { return m_ended || sample < m_next + samplesAhead; })) {
                if (job.stopRequested())
                    return core::interrupted("calibrating");
            }
        }
        auto result = gather(worker, sample, true, job);
        NORDLYS_TRY(result);
        const std::lock_guard lock(m_mutex);
        m_waiting.emplace(sample, std::move(*result));
        for (auto it = m_waiting.find(m_next); it != m_waiting.end() && !m_ended; it = m_waiting.find(m_next)) {
            add(it->second);
            m_waiting.erase(it);
            ++m_next;
        }
        m_moved.notify_all();
        guard.passed = true;
        return {};
    }

    void fillBins()
    {
        for (const std::string &name : m_groupNames) {
            const auto it = m_statistics.firstBatch.find(name);
            m_bins.push_back(it == m_statistics.firstBatch.end() ? core::FirstBatchHistogram() : it->second);
        }
    }

    void endQueue()
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
        m_moved.notify_all();
    }

    /// Samples arrive here in their order.
    void add(const SampleStatistics &sample)
    {
        ++m_statistics.done;
        if (sample.skipped) {
            m_statistics.skipped.push_back(*sample.skipped);
            return;
        }
        for (std::size_t i = 0; i < m_tensorNames.size(); ++i) {
            if (sample.tensors[i].values > 0)
                merge(m_statistics.tensors[m_tensorNames[i]], sample.tensors[i]);
        }
        for (std::size_t g = 0; g < sample.growing.size(); ++g)
            m_statistics.growing[m_groupNames[g]].merge(sample.growing[g]);
        for (std::size_t g = 0; g < sample.counts.size(); ++g) {
            if (sample.values[g] > 0)
                m_statistics.firstBatch[m_groupNames[g]].addBatch(sample.counts[g], sample.values[g]);
        }
    }

    /// What a sample showed is added whole or not at all; what comes behind a gap is dropped.
    void finish()
    {
        for (auto &[name, histogram] : m_statistics.growing)
            histogram.trim();
        m_statistics.identity = identityOf(m_statistics.done);
    }

    [[nodiscard]] std::string identityOf(std::size_t done) const
    {
        core::Sha256 hash;
        const auto addText = [&](const std::string &text) { hash.add(std::as_bytes(std::span(text))); };
        for (const core::TensorId input : m_model->graph.inputs) {
            const core::Tensor &tensor = m_model->graph.tensor(input);
            const auto dims = tensor.shape ? core::knownDims(*tensor.shape) : std::nullopt;
            addText(std::string(m_model->graph.nameOf(input)) + (dims ? core::shapeText(*dims) : std::string()) + "\n");
        }
        bool hasFiles = false;
        for (std::size_t i = 0; i < done; ++i) {
            addText(m_samples.name(i) + "\n");
            for (const std::filesystem::path &path : m_samples.paths(i)) {
                hasFiles = true;
                addEnds(hash, path);
            }
        }
        // Samples without files (random ones) are told apart by what they are.
        if (done > 0 && !hasFiles) {
            if (const auto sample = m_samples.load(0)) {
                for (const core::HostTensor &tensor : *sample)
                    hash.add(tensor.bytes());
            }
        }
        return hash.hex();
    }

    /// Size, first and last bytes of a file: what is written anew under the same name differs there, and a thousand large files need not be read whole.
    static void addEnds(core::Sha256 &hash, const std::filesystem::path &path)
    {
        std::array<char, 4096> block{};
        std::ifstream file(path, std::ios::binary | std::ios::ate);
        const std::int64_t bytes = file ? static_cast<std::int64_t>(file.tellg()) : -1;
        const std::string size = std::to_string(bytes) + "\n";
        hash.add(std::as_bytes(std::span(size)));
        for (const std::int64_t from : {std::int64_t(0), bytes - static_cast<std::int64_t>(block.size())}) {
            if (from < 0 || !file)
                continue;
            file.seekg(from);
            file.read(block.data(), block.size());
            hash.add(std::as_bytes(std::span(block.data(), static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())))));
            file.clear();
        }
    }

    const std::shared_ptr<const core::Model> &m_model;
    const core::SampleSet &m_samples;
    const GatherOptions &m_options;
    CalibrationStatistics &m_statistics;
    std::vector<std::string> m_tensorNames, m_groupNames;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_map<std::string, Slot, TextHash, std::equal_to<>> m_slots;
    std::vector<Worker> m_workers;
    std::vector<core::FirstBatchHistogram> m_bins; ///< per group, read while running

    std::mutex m_mutex;
    std::condition_variable m_moved;
    std::map<std::size_t, SampleStatistics> m_waiting;
    std::size_t m_next;
    bool m_ended = false;
};

} // namespace

core::Histogram CalibrationStatistics::histogramOf(std::string_view group) const
{
    if (const auto it = growing.find(group); it != growing.end())
        return it->second.histogram();
    if (const auto it = firstBatch.find(group); it != firstBatch.end())
        return it->second.histogram();
    return {};
}

core::Expected<void> gatherStatistics(const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples, const GatherOptions &options,
                                      CalibrationStatistics &statistics, const core::JobContext &job)
{
    return Gatherer(model, samples, options, statistics).run(job);
}

} // namespace nordlys::runtime
