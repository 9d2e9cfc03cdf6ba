// SPDX-License-Identifier: Apache-2.0
#include "bias_values.h"
#include "bin_values.h"
#include "calibrate.h"
#include "sample_workers.h"

#include <core/quantization/bias_encoding.h>
#include <core/quantization/quantizable.h>
#include <runtime/plan/plan_data.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>

namespace nordlys::runtime {

namespace {

using Seen = CalibrationStatistics::Seen;

core::RangeRule ruleFor(int bits, bool symmetric, const std::optional<core::RangeSchema> &schema)
{
    return core::ruleOf(schema.value_or(symmetric ? core::RangeSchema::Symmetric : core::RangeSchema::Asymmetric), bits);
}

/// The grids say whether they are symmetric: one for data that is nowhere negative may not be, although the rule is.
bool isSymmetric(const std::vector<core::Grid> &grids, const core::RangeRule &rule)
{
    const std::int64_t middle = std::int64_t(1) << (rule.bitwidth - 1);
    const bool asked = rule.symmetric || rule.strictSymmetric || rule.unsignedSymmetric;
    return asked && std::all_of(grids.begin(), grids.end(), [&](const core::Grid &grid) {
        return grid.zeroPoint == middle || (rule.strictSymmetric && grid.zeroPoint == middle - 1);
    });
}

core::Error named(core::Error error, const std::string &tensor)
{
    error.what += " (tensor " + tensor + ")";
    return error;
}

/// Values with one grid: all of a tensor, or one channel's, which lie in runs.
struct Strided {
    const float *data = nullptr;
    std::size_t run = 0, distance = 0, runs = 0;

    template <typename Function>
    void forEachRun(Function &&function) const
    {
        for (std::size_t i = 0; i < runs; ++i)
            function(data + i * distance, run);
    }
};

/// Weight values and their grids.
class WeightRanges {
public:
    WeightRanges(const core::RangeRule &rule, const core::RangeChoice &choice, core::HistogramMode mode) : m_rule(rule), m_choice(choice), m_mode(mode) {}

    struct Chosen {
        ObservedRange range;
        core::Encoding encoding;
    };

    core::Expected<Chosen> choose(const ProgramTensor &tensor, int channelAxis, bool perChannel, std::int64_t blockSize, const core::JobContext &job)
    {
        Chosen result;
        const auto *data = reinterpret_cast<const float *>(tensor.constant.bytes.data());
        const std::size_t count = tensor.bytes / sizeof(float);
        const FloatRange whole = rangeOf(data, count);
        if (!whole.isFinite || count == 0)
            return core::badInput("weight " + tensor.name, count > 0 ? "it holds NaN or infinity" : "it is empty");
        result.range.min = static_cast<double>(whole.min);
        result.range.max = static_cast<double>(whole.max);
        result.range.values = count;
        const bool hasChannels = channelAxis >= 0 && static_cast<std::size_t>(channelAxis) < tensor.dims.size();
        std::size_t inner = 1, channels = 1;
        if (hasChannels) {
            for (std::size_t i = static_cast<std::size_t>(channelAxis) + 1; i < tensor.dims.size(); ++i)
                inner *= static_cast<std::size_t>(tensor.dims[i]);
            channels = static_cast<std::size_t>(tensor.dims[static_cast<std::size_t>(channelAxis)]);
        }
        const auto channel = [&](std::size_t c) { return Strided{data + c * inner, inner, inner * channels, count / (inner * channels)}; };
        for (std::size_t c = 0; hasChannels && c < channels; ++c) {
            FloatRange range{whole.max, whole.min, true};
            channel(c).forEachRun([&](const float *run, std::size_t values) {
                const FloatRange one = rangeOf(run, values);
                range.min = std::min(range.min, one.min);
                range.max = std::max(range.max, one.max);
            });
            result.range.channelMin.push_back(static_cast<double>(range.min));
            result.range.channelMax.push_back(static_cast<double>(range.max));
        }
        const int inputAxis = channelAxis == 0 ? 1 : channelAxis - 1;
        if (blockSize > 0 && hasChannels && static_cast<std::size_t>(inputAxis) < tensor.dims.size()) {
            perChannel = true;
            if (tensor.dims[static_cast<std::size_t>(inputAxis)] > blockSize) {
                NORDLYS_TRY(chooseBlocks(tensor, channelAxis, inputAxis, blockSize, result.encoding, job));
                return result;
            }
        }
        perChannel = perChannel && hasChannels;
        result.encoding.bitwidth = m_rule.bitwidth;
        result.encoding.axis = perChannel ? channelAxis : -1;
        for (std::size_t c = 0; c < (perChannel ? channels : 1); ++c) {
            if (job.stopRequested())
                return core::interrupted("choosing ranges");
            const double min = perChannel ? result.range.channelMin[c] : result.range.min, max = perChannel ? result.range.channelMax[c] : result.range.max;
            auto grid = core::chooseGrid(histogramOf(perChannel ? channel(c) : Strided{data, count, count, 1}, min, max), min, max, m_rule, m_choice);
            if (!grid)
                return named(std::move(grid.error()), tensor.name);
            result.encoding.grids.push_back(*grid);
        }
        result.encoding.symmetric = isSymmetric(result.encoding.grids, m_rule);
        return result;
    }

private:
    core::Expected<void> chooseBlocks(const ProgramTensor &tensor, int channelAxis, int inputAxis, std::int64_t blockSize, core::Encoding &encoding,
                                      const core::JobContext &job)
    {
        encoding.bitwidth = m_rule.bitwidth;
        encoding.axis = channelAxis;
        encoding.blockAxis = inputAxis;
        encoding.blockSize = blockSize;
        const auto grids = core::gridCountFor(encoding, tensor.dims);
        NORDLYS_TRY(grids);
        // The values of each block together, in the order of the tensor.
        const auto *data = reinterpret_cast<const float *>(tensor.constant.bytes.data());
        const std::size_t count = tensor.bytes / sizeof(float);
        const core::GridIndex index(encoding, tensor.dims);
        std::vector<std::size_t> begins(*grids + 1, 0);
        for (std::size_t i = 0; i < count; ++i)
            ++begins[index.of(i) + 1];
        for (std::size_t g = 0; g < *grids; ++g)
            begins[g + 1] += begins[g];
        std::vector<float> sorted(count);
        std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
        for (std::size_t i = 0; i < count; ++i)
            sorted[next[index.of(i)]++] = data[i];
        for (std::size_t g = 0; g < *grids; ++g) {
            if (job.stopRequested())
                return core::interrupted("choosing ranges");
            const float *values = sorted.data() + begins[g];
            const std::size_t length = begins[g + 1] - begins[g];
            const FloatRange range = rangeOf(values, length);
            const auto min = static_cast<double>(range.min), max = static_cast<double>(range.max);
            auto grid = core::chooseGrid(histogramOf(Strided{values, length, length, 1}, min, max), min, max, m_rule, m_choice);
            if (!grid)
                return named(std::move(grid.error()), tensor.name);
            encoding.grids.push_back(*grid);
        }
        encoding.symmetric = isSymmetric(encoding.grids, m_rule);
        return {};
    }

    core::Histogram histogramOf(const Strided &values, double min, double max)
    {
        if (core::usesMinMax(m_choice.method, m_rule.bitwidth))
            return {};
        if (m_mode == core::HistogramMode::Growing) {
            core::GrowingHistogram histogram;
            histogram.cover(static_cast<float>(min), static_cast<float>(max));
            values.forEachRun([&](const float *run, std::size_t count) { addValues(histogram, run, count, m_counter); });
            return histogram.histogram();
        }
        core::FirstBatchHistogram histogram(min, max);
        std::vector<std::uint64_t> counts(core::FirstBatchHistogram::binCount);
        values.forEachRun([&](const float *run, std::size_t count) { addValues(histogram, counts, run, count, m_counter); });
        histogram.addBatch(counts, values.run * values.runs);
        return histogram.histogram();
    }

    core::RangeRule m_rule;
    core::RangeChoice m_choice;
    core::HistogramMode m_mode;
    BinCounter m_counter;
};

class RangeSetter {
public:
    RangeSetter(const core::Model &model, const CalibrationStatistics &statistics, const CalibrationOptions &options)
        : m_model(model), m_statistics(statistics), m_options(options), m_tensors(core::quantizableTensors(model.graph)),
          m_actRule(ruleFor(options.actBits, options.actSymmetric, options.actSchema)),
          m_weightRule(ruleFor(options.weightBits, options.weightSymmetric, options.weightSchema))
    {
    }

    core::Expected<CalibrationResult> run(const core::JobContext &job)
    {
        NORDLYS_TRY(addActivations(job));
        NORDLYS_TRY(addWeights(job));
        for (const auto &[name, entry] : m_options.keep.entries) {
            if (const core::TensorId tensor = m_model.graph.findTensor(name); tensor.isValid())
                m_result.encodings.entries[name] = entry;
            else
                m_result.notes.push_back("kept entry " + name + " is left out: the model has no such tensor");
        }
        std::erase_if(m_result.encodings.entries, [&](const auto &entry) { return m_options.exclude.contains(entry.first); });
        NORDLYS_TRY(addBiases());
        addNotes();
        m_result.samples = m_statistics.used();
        m_result.skipped = m_statistics.skipped;
        return std::move(m_result);
    }

private:
    [[nodiscard]] std::string nameOf(core::TensorId id) const { return std::string(m_model.graph.nameOf(id)); }

    struct Group {
        core::QuantizableTensor first;
        Seen seen;
        const core::EncodingEntry *kept = nullptr;
        core::Encoding encoding;
    };

    core::Expected<void> addActivations(const core::JobContext &job)
    {
        std::vector<Group> groups;
        std::unordered_map<std::uint32_t, std::size_t> index;
        for (const core::QuantizableTensor &tensor : m_tensors) {
            if (tensor.kind != core::QuantizableKind::Activation)
                continue;
            const auto [it, isNew] = index.try_emplace(tensor.group.index, groups.size());
            if (isNew)
                groups.push_back({tensor, {}, nullptr, {}});
            Group &group = groups[it->second];
            const std::string name = nameOf(tensor.tensor);
            if (const auto *kept = m_options.keep.find(name); kept != nullptr && group.kept == nullptr)
                group.kept = kept;
            const auto seen = m_statistics.tensors.find(name);
            if (seen == m_statistics.tensors.end())
                continue;
            m_result.ranges[name] = {seen->second.min, seen->second.max, seen->second.values, {}, {}};
            group.seen.min = group.seen.values == 0 ? seen->second.min : std::min(group.seen.min, seen->second.min);
            group.seen.max = group.seen.values == 0 ? seen->second.max : std::max(group.seen.max, seen->second.max);
            group.seen.values += seen->second.values;
        }
        NORDLYS_TRY(forEachSample(groups.size(), m_options.threads, job, "choosing ranges", [&](int, std::size_t g) { return chooseFor(groups[g]); }));
        for (const core::QuantizableTensor &tensor : m_tensors) {
            const std::string name = nameOf(tensor.tensor);
            if (tensor.kind != core::QuantizableKind::Activation || !m_statistics.tensors.contains(name))
                continue;
            const Group &group = groups[index[tensor.group.index]];
            core::EncodingEntry entry{core::EncodingKind::Activation, group.encoding, false};
            if (group.kept != nullptr) { // tied tensors share one encoding
                entry = *group.kept;
                entry.locked = false;
            }
            m_result.encodings.entries[name] = std::move(entry);
        }
        return {};
    }

    [[nodiscard]] core::Expected<void> chooseFor(Group &group) const
    {
        if (group.kept != nullptr || group.seen.values == 0)
            return {};
        const std::string name = nameOf(group.first.group);
        core::Expected<core::Grid> grid =
            group.first.fixedRange
                ? core::gridFromRange(group.first.fixedRange->first, group.first.fixedRange->second, m_actRule)
                : core::chooseGrid(m_statistics.histogramOf(name), group.seen.min, group.seen.max, m_actRule, m_options.actRange);
        if (!grid)
            return named(std::move(grid.error()), name);
        group.encoding.bitwidth = m_actRule.bitwidth;
        group.encoding.grids = {*grid};
        group.encoding.symmetric = isSymmetric(group.encoding.grids, m_actRule);
        return {};
    }

    core::Expected<void> addWeights(const core::JobContext &job)
    {
        auto program = optimizedProgram(m_model, keepingActivations(m_model.graph, m_tensors));
        NORDLYS_TRY(program);
        m_biases = BiasValues(m_model.graph, m_tensors, *program);
        std::unordered_map<std::string_view, const ProgramTensor *> constants;
        for (const ProgramTensor &tensor : program->tensors) {
            // The last one counts: a folded weight comes after the one that it replaces.
            if (tensor.storage == Storage::Constant && tensor.fromSource && tensor.dtype == core::DType::Float32)
                constants[tensor.name] = &tensor;
        }
        struct Weight {
            std::string name;
            const ProgramTensor *tensor = nullptr;
            int axis = -1;
            WeightRanges::Chosen chosen;
        };
        std::vector<Weight> weights;
        for (const core::QuantizableTensor &tensor : m_tensors) {
            std::string name = nameOf(tensor.tensor);
            const auto constant = constants.find(name);
            if (tensor.kind == core::QuantizableKind::Weight && constant != constants.end() && !m_options.exclude.contains(name))
                weights.push_back({std::move(name), constant->second, tensor.channelAxis, {}});
        }
        const core::HistogramMode mode = m_options.histogram.value_or(m_statistics.histograms.value_or(core::HistogramMode::Growing));
        std::vector<WeightRanges> workers(static_cast<std::size_t>(sampleWorkers(weights.size(), m_options.threads)),
                                          WeightRanges(m_weightRule, m_options.weightRange, mode));
        const auto choose = [&](int worker, std::size_t w) -> core::Expected<void> {
            auto chosen = workers[static_cast<std::size_t>(worker)].choose(*weights[w].tensor, weights[w].axis, m_options.perChannel, m_options.blockSize, job);
            NORDLYS_TRY(chosen);
            weights[w].chosen = std::move(*chosen);
            return {};
        };
        NORDLYS_TRY(forEachSample(weights.size(), m_options.threads, job, "choosing ranges", choose));
        for (Weight &weight : weights) {
            m_result.ranges[weight.name] = std::move(weight.chosen.range);
            m_result.encodings.entries[weight.name] = {core::EncodingKind::Parameter, std::move(weight.chosen.encoding), false};
        }
        return {};
    }

    core::Expected<void> addBiases()
    {
        for (const core::QuantizableTensor &tensor : m_tensors) {
            if (tensor.kind != core::QuantizableKind::Bias || !tensor.biasActivation.isValid() || !tensor.biasWeight.isValid())
                continue;
            const std::string name = nameOf(tensor.tensor);
            const core::EncodingEntry *activation = m_result.encodings.find(nameOf(tensor.biasActivation)), *weight = m_result.encodings.find(nameOf(tensor.biasWeight));
            if (activation == nullptr || weight == nullptr)
                continue;
            auto encoding = core::biasEncoding(activation->encoding, weight->encoding, tensor.channelAxis);
            if (!encoding || m_options.keep.find(name) != nullptr || m_options.exclude.contains(name))
                continue;
            if (!m_biases.fit(name, *encoding))
                m_result.notes.push_back("bias " + name + " stays in float: the product of its scales is so fine that int32 does not reach its values");
            else
                m_result.encodings.entries[name] = {core::EncodingKind::Parameter, std::move(*encoding), false};
        }
        return {};
    }

    void addNotes()
    {
        const auto note = [&](const char *what, const core::RangeChoice &choice, int bits) {
            if (choice.method != core::RangeMethod::MinMax && core::usesMinMax(choice.method, bits))
                m_result.notes.push_back(std::string(what) + " at " + std::to_string(bits) + " bit use min-max: " + std::string(core::nameOf(choice.method))
                                         + " is defined for 8 bits only");
        };
        note("activations", m_options.actRange, m_options.actBits);
        note("weights", m_options.weightRange, m_options.weightBits);
        if (!core::usesMinMax(m_options.actRange.method, m_options.actBits) && !m_statistics.histograms)
            m_result.notes.emplace_back("activations use min-max: the statistics hold no histograms");
    }

    const core::Model &m_model;
    const CalibrationStatistics &m_statistics;
    const CalibrationOptions &m_options;
    std::vector<core::QuantizableTensor> m_tensors;
    core::RangeRule m_actRule, m_weightRule;
    BiasValues m_biases;
    CalibrationResult m_result;
};

} // namespace

core::Expected<CalibrationResult> encodingsFromStatistics(const core::Model &model, const CalibrationStatistics &statistics,
                                                          const CalibrationOptions &options, const core::JobContext &job)
{
    const auto start = std::chrono::steady_clock::now();
    auto result = RangeSetter(model, statistics, options).run(job);
    NORDLYS_TRY(result);
    result->searchNs = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
    result->elapsedNs = result->searchNs;
    return result;
}

} // namespace nordlys::runtime
