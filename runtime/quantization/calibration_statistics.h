// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/quantization/histogram.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// A sample that could not be used, and why: its file is broken or of the wrong size, or it makes an activation NaN or infinite.
struct SkippedSample {
    std::string name, why;
    friend bool operator==(const SkippedSample &, const SkippedSample &) = default;
};

/// What float runs over the first `done` samples of a set showed, before anybody decides on methods, bits or symmetry. Samples count in their
/// order, so that an interrupted gathering leaves the same as one over fewer samples, and can go on.
struct CalibrationStatistics {
    struct Seen {
        double min = 0, max = 0;
        std::uint64_t values = 0;
        friend bool operator==(const Seen &, const Seen &) = default;
    };
    std::string modelSha256; ///< of the model; empty: nobody checks
    std::string preprocess;  ///< recipe of the samples
    std::string identity;    ///< SHA-256 over what tells the done samples from others: names of the samples, size and both ends of each file, input shapes
    std::optional<core::HistogramMode> histograms; ///< nothing: ranges only
    std::size_t done = 0;
    std::vector<SkippedSample> skipped; ///< among those
    std::map<std::string, Seen, std::less<>> tensors; ///< activations by name
    /// Histograms by the name of the tie group (one tensor's name where it is alone), for groups without a fixed range.
    std::map<std::string, core::GrowingHistogram, std::less<>> growing;
    std::map<std::string, core::FirstBatchHistogram, std::less<>> firstBatch;

    [[nodiscard]] std::size_t used() const { return done - skipped.size(); }
    /// Empty where none was gathered.
    [[nodiscard]] core::Histogram histogramOf(std::string_view group) const;
    friend bool operator==(const CalibrationStatistics &, const CalibrationStatistics &) = default;
};

struct GatherOptions {
    std::optional<core::HistogramMode> histograms; ///< nothing: ranges only
    int threads = 1;          ///< samples in parallel, one thread each; the statistics are the same bits for every number
    bool skipBroken = true;   ///< false: a sample that cannot be used is the error
    std::set<std::string, std::less<>> exclude = {}; ///< activations that are not looked at: they may be infinite (masks), and nothing is known of them afterwards
};

/// Runs the float model over the samples from number statistics.done on and adds what every quantizable activation holds. Whatever the result,
/// `statistics` then says what was done: after Interrupted the same call goes on. BadInput where `statistics` belong to another model (when
/// they have its hash), other samples, preprocessing or histograms; and where no sample at all can be used.
core::Expected<void> gatherStatistics(const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples, const GatherOptions &options,
                                      CalibrationStatistics &statistics, const core::JobContext &job = {});

/// Statistics as a file: JSON, "nordlys.calibration-statistics/1". Written atomically; reading gives what was written to the last bit. BadInput
/// for a file that is none or whose numbers cannot be.
core::Expected<void> writeStatistics(const std::filesystem::path &path, const CalibrationStatistics &statistics);
core::Expected<CalibrationStatistics> readStatistics(const std::filesystem::path &path);

} // namespace nordlys::runtime
