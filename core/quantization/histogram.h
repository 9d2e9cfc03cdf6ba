// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace nordlys::core {

/// Two ways in which tools collect histograms over many batches; results differ, so both are there by name.
enum class HistogramMode {
    /// All values of all batches, pooled: bins that become coarser as the range grows, nothing is dropped (as the analyzers for mse, entropy and
    /// percentile do it). The result does not depend on the order of the batches.
    Growing,
    /// The first batch fixes the bins: its range, widened three-fold about the centre, in 512 bins. What lies outside later is dropped, and the
    /// density is the mean of the batches' densities (AIMET's tf_enhanced).
    FirstBatch,
};
std::string_view nameOf(HistogramMode mode); ///< "growing", "first-batch"
std::optional<HistogramMode> histogramModeFromName(std::string_view name);

/// What range setting looks at: bin i spans start + i * width .. start + (i + 1) * width and holds weights[i] values (a fraction of one where it
/// is a mean over batches). Empty: nothing was seen.
struct Histogram {
    double start = 0, width = 0;
    std::vector<double> weights;

    [[nodiscard]] double edge(std::size_t i) const { return start + static_cast<double>(i) * width; }
    [[nodiscard]] double centre(std::size_t i) const { return start + (static_cast<double>(i) + 0.5) * width; }
    [[nodiscard]] std::size_t bins() const { return weights.size(); }
    friend bool operator==(const Histogram &, const Histogram &) = default;
};

/// Bins that hold something: first to last, `last` included; nothing when all are empty.
struct BinSpan {
    std::size_t first = 0, last = 0;
};
std::optional<BinSpan> occupiedBins(const Histogram &histogram);

/// Mode Growing. Bins are 2^exponent wide and aligned at zero: bin k holds k * 2^exponent <= x < (k + 1) * 2^exponent, whatever else was seen, so that
/// a finer histogram turns into a coarser one without a rounding, and merging is exact in any order. The exponent is the smallest with which
/// zero and all values lie within maxBins bins; data therefore spans 512 to 1024 bins.
class GrowingHistogram {
public:
    static constexpr std::int64_t maxBins = 1024;
    static constexpr int leastExponent = -120, greatestExponent = 119; ///< float32 holds 2^-exponent, and all of float32's range fits

    /// Coarsens and widens until zero and min .. max (finite) are inside.
    void cover(float min, float max);
    [[nodiscard]] bool covers(float min, float max) const;
    void merge(const GrowingHistogram &other);
    [[nodiscard]] int exponent() const { return m_exponent; }
    [[nodiscard]] std::int64_t first() const { return m_first; } ///< number k of the first bin
    [[nodiscard]] std::span<std::uint64_t> counts() { return m_counts; }
    [[nodiscard]] std::span<const std::uint64_t> counts() const { return m_counts; }
    /// The same bins without a value: the next sample's start.
    [[nodiscard]] GrowingHistogram emptied() const;
    /// Without empty bins at both ends, so that equal contents are equal objects.
    void trim();
    [[nodiscard]] Histogram histogram() const;
    /// From stored parts; BadInput (naming `what`) where they break the rules above.
    static Expected<GrowingHistogram> fromParts(int exponent, std::int64_t first, std::vector<std::uint64_t> counts, const std::string &what);
    friend bool operator==(const GrowingHistogram &, const GrowingHistogram &) = default;

private:
    void coarsenTo(int exponent);
    void widenTo(std::int64_t first, std::int64_t last);

    int m_exponent = leastExponent;
    std::int64_t m_first = 0;
    std::vector<std::uint64_t> m_counts;
};

/// Mode FirstBatch.
class FirstBatchHistogram {
public:
    static constexpr std::size_t binCount = 512;

    FirstBatchHistogram() = default;
    /// Bins for a first batch that spans min .. max (finite): c - 1.5 r to c + 1.5 r with c its centre and r its width, at least 0.01.
    FirstBatchHistogram(double min, double max);
    [[nodiscard]] bool isSet() const { return m_width > 0; }
    [[nodiscard]] double start() const { return m_start; }
    [[nodiscard]] double width() const { return m_width; }
    [[nodiscard]] std::uint64_t batches() const { return m_batches; }
    [[nodiscard]] std::uint64_t values() const { return m_values; }
    [[nodiscard]] std::span<const double> density() const { return m_density; }
    /// density_n = density_(n-1) * (n - 1) / n + counts / (n * values): the batches' mean. `values` counts those outside too.
    void addBatch(std::span<const std::uint64_t> counts, std::uint64_t values);
    /// Weights are density times the number of values seen.
    [[nodiscard]] Histogram histogram() const;
    static Expected<FirstBatchHistogram> fromParts(double start, double width, std::uint64_t batches, std::uint64_t values,
                                                   std::vector<double> density, const std::string &what);
    friend bool operator==(const FirstBatchHistogram &, const FirstBatchHistogram &) = default;

private:
    double m_start = 0, m_width = 0;
    std::uint64_t m_batches = 0, m_values = 0;
    std::vector<double> m_density;
};

} // namespace nordlys::core
