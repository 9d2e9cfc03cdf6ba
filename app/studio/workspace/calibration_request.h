// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <runtime/quantization/calibrate.h>

#include <core/quantization/vendor_command.h>

#include <QCoreApplication>

#include <memory>
#include <set>

namespace nordlys::studio {

/// What the calibration dialog asks for.
struct CalibrationRequest {
    InputSource inputs;
    int actBits = 8, weightBits = 8;
    bool perChannel = false;
    core::RangeChoice actRange = {}, weightRange = {};
    core::RangeSchema actSchema = core::RangeSchema::Asymmetric, weightSchema = core::RangeSchema::Symmetric;
    core::HistogramMode histogram = core::HistogramMode::Growing;
    QString exclude = {};     ///< queries of core/quantization/tensor_query.h, divided by ';'
    bool keepPresent = false; ///< only what has no encoding yet is calibrated; locked entries always stay
    bool reuse = false;       ///< no run where what the last calibration saw is enough
    QString statistics = {};  ///< file to go on from and to write to; empty: none
};

/// What a calibration leaves.
struct CalibrationOutcome {
    runtime::CalibrationResult result;
    std::shared_ptr<const runtime::CalibrationStatistics> statistics;
    bool reused = false; ///< nothing was run
};

class Calibrations {
    Q_DECLARE_TR_FUNCTIONS(Calibrations)

public:
    /// Tensors that the queries leave out.
    static std::set<std::string, std::less<>> excludedBy(const QString &queries, const core::Graph &graph);
    /// `present`: the encodings that stay where they are locked or the request keeps them.
    static runtime::CalibrationOptions optionsOf(const CalibrationRequest &request, const core::Graph &graph, const core::EncodingSet &present,
                                                 int threads);
    /// "mse", "percentile 99.99, weights min-max".
    static QString methodText(const CalibrationRequest &request);
    /// Title of the undo step: "calibrate, mse, n=30".
    static QString title(const QString &method, std::size_t samples);
    /// The vendor's command lines with the same settings, notes behind '#'.
    static QString vendorCommand(const CalibrationRequest &request, const Document &document);
    /// What a person should know beside the encodings: samples that were skipped, and where the method was not the one asked for. Empty title:
    /// nothing.
    static Offer remarks(const runtime::CalibrationResult &result);

    /// Worker thread. `before`: what an earlier calibration saw; may be null. Statistics are written to the request's file also when the job is stopped.
    static core::Expected<CalibrationOutcome> run(const Document &document, const core::SampleSet &samples, const CalibrationRequest &request,
                                                  const runtime::CalibrationOptions &options,
                                                  const std::shared_ptr<const runtime::CalibrationStatistics> &before, const core::JobContext &job);
};

} // namespace nordlys::studio
