// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "error_sums.h"
#include "evaluate.h"

#include <runtime/plan/program.h>

#include <map>
#include <span>

namespace nordlys::runtime {

/// Class per sample.
struct SampleLabels {
    std::vector<std::optional<std::int64_t>> classes;
    std::size_t count = 0; ///< how many samples have one
};
/// Of the first `limit` samples; `labels` null: none. BadInput when no sample has a label.
core::Expected<SampleLabels> sampleLabels(const core::SampleSet &samples, std::size_t limit, const core::LabelSet *labels, std::int64_t offset);

/// One output of one sample.
struct OutputSample {
    ErrorSums sums;
    std::int64_t exactClass = -1, quantizedClass = -1; ///< place of the largest value
    bool exactTop5 = false, quantizedTop5 = false;     ///< of the sample's label
};
OutputSample outputSample(std::span<const float> exact, std::span<const float> quantized, std::optional<std::int64_t> label, ThreadPool &pool);

TensorError tensorError(std::string name, const core::Encoding *encoding, const ErrorSums &sums, const LocalSums &local, const CodeSet &codes);
/// Error of a float32 constant under its encoding; `rounded` is what quantizedConstant() made of it.
TensorError weightError(const ProgramTensor &weight, const core::Encoding &encoding, const ConstantBytes &rounded, ThreadPool &pool);
/// `samples`: one per sample, in their order.
OutputError outputError(std::string name, std::span<const OutputSample *const> samples);
/// Nothing without labels.
std::optional<Accuracy> accuracyOf(const SampleLabels &labels, std::span<const OutputSample *const> firstOutput);

/// Float32 constants of the source with an encoding, in the program's order; where two have a name, the later one counts: a folded weight stands behind
/// the one that it replaces.
std::vector<const ProgramTensor *> encodedConstants(const Program &program, const core::EncodingSet &encodings);

/// What an evaluation follows in a QuantSim or Integer program: its stored float32 tensors of the source model, in graph order.
std::vector<int> storedTensors(const Program &program);

} // namespace nordlys::runtime
