// SPDX-License-Identifier: Apache-2.0
#include "evaluation_summary.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace nordlys::runtime {

namespace {

std::int64_t argmax(std::span<const float> values)
{
    return std::max_element(values.begin(), values.end()) - values.begin();
}

bool isInTop5(std::span<const float> values, std::int64_t label)
{
    if (label < 0 || static_cast<std::size_t>(label) >= values.size() || std::isnan(values[static_cast<std::size_t>(label)]))
        return false;
    const float own = values[static_cast<std::size_t>(label)];
    int before = 0;
    for (std::size_t i = 0; i < values.size() && before < 5; ++i)
        before += values[i] > own || (values[i] == own && static_cast<std::int64_t>(i) < label) ? 1 : 0;
    return before < 5;
}

} // namespace

core::Expected<SampleLabels> sampleLabels(const core::SampleSet &samples, std::size_t limit, const core::LabelSet *labels, std::int64_t offset)
{
    SampleLabels result;
    result.classes.resize(limit);
    if (labels == nullptr)
        return result;
    for (std::size_t i = 0; i < limit; ++i) {
        const auto path = samples.path(i);
        if (path.empty())
            continue;
        if (const auto found = labels->classOf(path)) {
            result.classes[i] = *found + offset;
            ++result.count;
        }
    }
    if (result.count == 0)
        return core::badInput("labels", "none of the samples has one", "Check that the column `file` is relative to the label file");
    return result;
}

OutputSample outputSample(std::span<const float> exact, std::span<const float> quantized, std::optional<std::int64_t> label, ThreadPool &pool)
{
    OutputSample result;
    result.sums = differenceOf(exact.data(), quantized.data(), exact.size(), pool);
    result.exactClass = argmax(exact);
    result.quantizedClass = argmax(quantized);
    result.exactTop5 = label && isInTop5(exact, *label);
    result.quantizedTop5 = label && isInTop5(quantized, *label);
    return result;
}

TensorError tensorError(std::string name, const core::Encoding *encoding, const ErrorSums &sums, const LocalSums &local, const CodeSet &codes)
{
    TensorError error;
    error.name = std::move(name);
    error.sqnrDb = sqnrDb(sums.signal, sums.noise);
    error.localSqnrDb = sqnrDb(sums.signal, local.noise);
    error.clippedPercent = sums.values > 0 ? 100.0 * static_cast<double>(local.clipped) / static_cast<double>(sums.values) : 0;
    error.bitwidth = encoding != nullptr ? encoding->bitwidth : 0;
    error.values = sums.values;
    error.cosine = cosineOf(sums);
    error.maxAbsError = sums.maxAbs;
    if (encoding != nullptr && encoding->grids.size() == 1 && !codes.isEmpty())
        error.deadCodesPercent = deadCodesPercent(codes, encoding->grids[0], encoding->bitwidth);
    return error;
}

TensorError weightError(const ProgramTensor &weight, const core::Encoding &encoding, const ConstantBytes &rounded, ThreadPool &pool)
{
    const auto *exact = reinterpret_cast<const float *>(weight.constant.bytes.data());
    const auto *values = reinterpret_cast<const float *>(rounded.bytes.data());
    const std::size_t count = weight.bytes / sizeof(float);
    const ErrorSums sums = differenceOf(exact, values, count, pool);
    const core::GridIndex index(encoding, weight.dims);
    const std::size_t grids = std::max<std::size_t>(1, encoding.grids.size());
    const std::size_t run = std::max<std::size_t>(1, grids == 1 ? count : index.run());
    LocalSums local;
    std::vector<CodeSet> codes(grids);
    const bool counted = !encoding.isFloat && encoding.bitwidth <= CodeSet::maxBits;
    for (CodeSet &set : codes) {
        if (counted)
            set.reset(encoding.bitwidth);
    }
    for (std::size_t first = 0; first < count; first += run) {
        const std::size_t number = grids == 1 ? 0 : index.of(first);
        const core::Grid *grid = encoding.isFloat ? nullptr : &encoding.grids[number];
        local.add(localSums(exact + first, values + first, std::min(run, count - first), grid, encoding.bitwidth, codes[number], pool));
    }
    // The noise of all values at once: a float32 weight has only its own error.
    local.noise = sums.noise;
    TensorError error = tensorError(weight.name, &encoding, sums, local, CodeSet());
    if (counted) {
        double dead = 0;
        for (std::size_t g = 0; g < grids; ++g)
            dead += deadCodesPercent(codes[g], encoding.grids[g], encoding.bitwidth);
        error.deadCodesPercent = dead / static_cast<double>(grids);
    }
    return error;
}

OutputError outputError(std::string name, std::span<const OutputSample *const> samples)
{
    ErrorSums sums;
    std::size_t agreements = 0;
    for (const OutputSample *sample : samples) {
        sums.add(sample->sums);
        agreements += sample->exactClass == sample->quantizedClass ? 1 : 0;
    }
    OutputError error;
    error.name = std::move(name);
    error.sqnrDb = sqnrDb(sums.signal, sums.noise);
    error.cosine = cosineOf(sums);
    error.maxAbsError = sums.maxAbs;
    error.agreement = samples.empty() ? 1 : static_cast<double>(agreements) / static_cast<double>(samples.size());
    return error;
}

std::optional<Accuracy> accuracyOf(const SampleLabels &labels, std::span<const OutputSample *const> firstOutput)
{
    if (labels.count == 0)
        return std::nullopt;
    std::size_t exactHits = 0, quantizedHits = 0, agreements = 0, exactTop5 = 0, quantizedTop5 = 0;
    for (std::size_t i = 0; i < labels.classes.size() && i < firstOutput.size(); ++i) {
        if (!labels.classes[i])
            continue;
        const OutputSample &sample = *firstOutput[i];
        exactHits += sample.exactClass == *labels.classes[i] ? 1 : 0;
        quantizedHits += sample.quantizedClass == *labels.classes[i] ? 1 : 0;
        agreements += sample.exactClass == sample.quantizedClass ? 1 : 0;
        exactTop5 += sample.exactTop5 ? 1 : 0;
        quantizedTop5 += sample.quantizedTop5 ? 1 : 0;
    }
    const auto share = [&labels](std::size_t hits) { return static_cast<double>(hits) / static_cast<double>(labels.count); };
    Accuracy accuracy;
    accuracy.samples = labels.count;
    accuracy.floatTop1 = share(exactHits);
    accuracy.quantizedTop1 = share(quantizedHits);
    accuracy.agreement = share(agreements);
    accuracy.floatTop5 = share(exactTop5);
    accuracy.quantizedTop5 = share(quantizedTop5);
    return accuracy;
}

std::vector<const ProgramTensor *> encodedConstants(const Program &program, const core::EncodingSet &encodings)
{
    std::unordered_map<std::string_view, std::size_t> last;
    for (std::size_t t = 0; t < program.tensors.size(); ++t) {
        const ProgramTensor &tensor = program.tensors[t];
        if (tensor.storage == Storage::Constant && tensor.fromSource && tensor.dtype == core::DType::Float32 && !tensor.constant.bytes.empty())
            last[tensor.name] = t;
    }
    std::vector<const ProgramTensor *> result;
    for (std::size_t t = 0; t < program.tensors.size(); ++t) {
        const auto it = last.find(program.tensors[t].name);
        if (it != last.end() && it->second == t && encodings.find(program.tensors[t].name) != nullptr)
            result.push_back(&program.tensors[t]);
    }
    return result;
}

std::vector<int> storedTensors(const Program &program)
{
    std::vector<int> stored = program.inputs;
    for (const ProgramStep &step : program.steps) {
        if (step.domain != planDomain || step.op != "QuantizeDequantize") // those write the inputs
            stored.insert(stored.end(), step.outputs.begin(), step.outputs.end());
    }
    std::unordered_set<std::string_view> names;
    std::erase_if(stored, [&](int t) {
        return t < 0 || !program.tensor(t).fromSource || program.tensor(t).dtype != core::DType::Float32 || !names.insert(program.tensor(t).name).second;
    });
    return stored;
}

} // namespace nordlys::runtime
