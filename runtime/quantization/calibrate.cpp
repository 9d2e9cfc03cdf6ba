// SPDX-License-Identifier: Apache-2.0
#include "calibrate.h"

#include <chrono>

namespace nordlys::runtime {

namespace {

std::int64_t since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
}

core::Expected<void> checkOptions(const CalibrationOptions &options)
{
    for (const int bits : {options.actBits, options.weightBits}) {
        if (bits != 4 && bits != 8 && bits != 16)
            return core::usageError("bitwidth", std::to_string(bits) + " is none of 4, 8, 16");
    }
    for (const core::RangeChoice &choice : {options.actRange, options.weightRange}) {
        if (choice.method == core::RangeMethod::Percentile && !(choice.percentile > 50 && choice.percentile <= 100))
            return core::usageError("percentile", std::to_string(choice.percentile) + " is not above 50 and at most 100");
    }
    return {};
}

} // namespace

core::Expected<CalibrationResult> calibrate(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const CalibrationOptions &options,
                                            const core::JobContext &job, CalibrationStatistics *statistics)
{
    const auto start = std::chrono::steady_clock::now();
    NORDLYS_TRY(checkOptions(options));
    CalibrationStatistics own;
    CalibrationStatistics &seen = statistics != nullptr ? *statistics : own;
    GatherOptions gather{options.histogram, options.threads, options.skipBroken, options.exclude};
    if (!gather.histograms && !core::usesMinMax(options.actRange.method, options.actBits))
        gather.histograms = seen.histograms.value_or(core::HistogramMode::Growing);
    NORDLYS_TRY(gatherStatistics(model, samples, gather, seen, job));
    const std::int64_t gatherNs = since(start);
    auto result = encodingsFromStatistics(*model, seen, options, job);
    NORDLYS_TRY(result);
    result->gatherNs = gatherNs;
    result->elapsedNs = since(start);
    return result;
}

core::Expected<CalibrationResult> calibrateMinMax(std::shared_ptr<const core::Model> model, const core::SampleSet &samples,
                                                  const CalibrationOptions &options, const core::JobContext &job)
{
    CalibrationOptions minMax = options;
    minMax.actRange = minMax.weightRange = {};
    minMax.skipBroken = false;
    return calibrate(std::move(model), samples, minMax, job);
}

} // namespace nordlys::runtime
