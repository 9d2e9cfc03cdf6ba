// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/quantization/encoding_set.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace nordlys::runtime {

/// What says how good a choice of encodings is.
enum class MetricKind {
    Sqnr,      ///< dB; of the float32 output where it is lowest: 10 log10(sum x^2 / sum (x - xq)^2) over all samples
    Agreement, ///< fraction of samples whose top-1 class of the first output is that of the float model
    Accuracy,  ///< fraction of labelled samples whose top-1 class is right
    Command    ///< the number that a user's command prints
};
std::string_view nameOf(MetricKind kind); ///< "sqnr", "agreement", "accuracy", "command"

struct MetricOptions {
    MetricKind kind = MetricKind::Sqnr;
    const core::LabelSet *labels = nullptr; ///< of Accuracy (samples without a label are left out) and for the command's table
    std::int64_t labelOffset = 0;
    /// Gets a folder: per sample NNNNNN/output_N.npy (000000 ..., in the model's order), and samples.csv with the columns folder, file and class_index.
    std::string command;
    std::chrono::milliseconds commandTimeout{60000};
    bool lowerIsBetter = false; ///< of Command
};

struct Measured {
    double metric = 0;
    double sqnrDb = 0; ///< always there; breaks ties of coarse metrics. +inf: equal outputs
};

/// Measures encodings against the float model over a set of samples (QuantSim). The float outputs, and the inputs where they fit, are kept in memory;
/// measure() may be called on several threads at once and gives the same numbers on each.
class ConfigurationMetric {
public:
    /// Runs the float model. BadInput: no samples, no labels, no float32 output, outputs over `maxBytes`, or a command that fails.
    static core::Expected<std::unique_ptr<ConfigurationMetric>> create(std::shared_ptr<const core::Model> model, const core::SampleSet &samples,
                                                                       const MetricOptions &options, int threads, const core::JobContext &job);
    ~ConfigurationMetric();
    ConfigurationMetric(const ConfigurationMetric &) = delete;
    ConfigurationMetric &operator=(const ConfigurationMetric &) = delete;

    [[nodiscard]] core::Expected<Measured> measure(const core::EncodingSet &encodings, const std::stop_token &stop) const;
    [[nodiscard]] const Measured &floatResult() const;
    [[nodiscard]] std::size_t samples() const;
    /// Is a better than b? Equal metrics are decided by SQNR.
    [[nodiscard]] bool isBetter(const Measured &a, const Measured &b) const;
    /// a - b with the sign that makes better positive.
    [[nodiscard]] double gain(double a, double b) const;

    static constexpr std::size_t maxBytes = std::size_t(1) << 30;

private:
    struct State;
    explicit ConfigurationMetric(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace nordlys::runtime
