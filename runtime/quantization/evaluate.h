// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/quantization/encoding_set.h>
#include <runtime/plan/plan.h>

#include <optional>
#include <string>
#include <vector>

namespace nordlys::runtime {

struct TensorError {
    std::string name;
    double sqnrDb = 0;        ///< 10 log10(sum x^2 / sum (x - xq)^2) over all samples; +inf when equal
    double localSqnrDb = 0;   ///< only this tensor's own quantize-dequantize, inputs exact
    double clippedPercent = 0;///< float values outside min..max
    int bitwidth = 0;         ///< 0: no encoding (only inherited error)
    std::uint64_t values = 0;
    double cosine = 1, maxAbsError = 0;
    /// Codes of the grid that no float value becomes, in percent; nothing without an integer grid of up to 16 bits. Per channel: the channels' mean.
    std::optional<double> deadCodesPercent;
};
struct OutputError {
    std::string name;
    double sqnrDb = 0, cosine = 1, maxAbsError = 0;
    double agreement = 1; ///< share of the samples whose largest value stands at the same place
};
/// Fractions in 0..1. Top-1 of the first output (argmax over its elements); top-5: at most four elements come before the label's, equal ones in their order.
struct Accuracy {
    double floatTop1 = 0, quantizedTop1 = 0, agreement = 0;
    std::size_t samples = 0;
    double floatTop5 = 0, quantizedTop5 = 0;
};
struct Evaluation {
    std::vector<OutputError> outputs;
    std::vector<TensorError> tensors; ///< in graph order, every tensor that the plan stores
    std::optional<Accuracy> accuracy; ///< with labels
    std::size_t samples = 0;
    std::int64_t elapsedNs = 0;
    /// QuantSim only: constants with an encoding, in the plan's order, as the plan computes with them; sqnrDb is the local one.
    std::vector<TensorError> weights;
};

struct EvaluationOptions {
    core::EncodingSet encodings;
    Precision precision = Precision::QuantSim; ///< or Integer; then `tensors` has only what the integer plan still stores as float
    const core::LabelSet *labels = nullptr; ///< samples without a label are left out of accuracy; BadInput when none has one
    std::int64_t labelOffset = 0;
    int threads = 1; ///< samples in parallel; the result does not depend on it
    std::size_t limit = 0; ///< only the first samples; 0: all
    /// What `precision` is compared with: Float32, or QuantSim (with the same encodings; nothing is local then).
    Precision reference = Precision::Float32;
    std::vector<std::string> keepTensors; ///< must exist while running `precision`; Integer dequantizes them for the comparison
};

/// Runs the reference and `precision` side by side over the samples.
core::Expected<Evaluation> evaluateQuantized(std::shared_ptr<const core::Model> model, const core::SampleSet &samples,
                                             const EvaluationOptions &options, const core::JobContext &job = {});

} // namespace nordlys::runtime
