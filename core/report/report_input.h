// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/layout/layered_layout.h>
#include <core/profile/compare_runs.h>
#include <core/profile/run_statistics.h>
#include <core/quantization/encoding_set.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nordlys::core {

/// The model of a report.
struct ReportModel {
    std::shared_ptr<const Model> model;
    std::string
        file; ///< name as shown, without folders, since a report travels; "model.onnx" says nothing and keeps its folder's name
    std::string sha256;      ///< empty: not known
    std::uint64_t bytes = 0; ///< of the file and its external data; 0: not known
    GraphLayout layout;      ///< of model->graph; no nodes: the graph is not drawn
    std::string notDrawn;    ///< why not
};

/// A recorded run.
struct ReportRun {
    std::shared_ptr<const RunProfile> profile;
    RunSummary summary;                         ///< summarize(*profile)
    std::string name;                           ///< "r14", or the recording's file name
    std::string recordingFile, recordingSha256; ///< empty: not kept
};

/// What an evaluation on samples said.
struct ReportAccuracy {
    struct Output {
        std::string name;
        double sqnrDb = 0, cosine = 0, maxAbsError = 0; ///< sqnrDb is infinite where nothing differs
    };
    struct TensorError {
        std::string name;
        double sqnrDb = 0, localSqnrDb = 0, clippedPercent = 0;
        int bitwidth = 0;
    };
    std::size_t samples = 0;
    std::vector<Output> outputs;
    std::vector<TensorError> tensors;
    bool hasTop1 = false;
    double floatTop1 = 0, quantizedTop1 = 0, agreement = 0; ///< shares, 0..1
    std::size_t labelled = 0;                               ///< samples that the shares are of
};

struct ReportEncodings {
    EncodingSet set;
    std::string source; ///< "project digits.nordlys", "enc.json"
    std::string sha256; ///< of the file; empty: none
};

struct ReportBaseline {
    std::shared_ptr<const RunProfile> profile;
    RunSummary summary;
    std::string name, recordingFile, recordingSha256;
    RunComparison comparison; ///< compareRuns(baseline, run)
};

/// Everything that a report says. It is a value: the same input gives the same bytes, so the date comes in as text.
struct ReportInput {
    std::string title;   ///< empty: made from model and device
    std::string date;    ///< when the report is made, "2026-11-23 09:41 UTC"
    std::string version; ///< of the program that makes it
    std::string project; ///< file name of the project; empty: none
    std::optional<ReportModel> model;
    std::optional<ReportEncodings> encodings;
    std::optional<ReportAccuracy> accuracy;
    std::optional<ReportRun> run;
    std::optional<ReportBaseline> baseline;                 ///< only beside a run
    std::vector<std::string> warnings;                      ///< "the model has changed since the project was saved"
    std::vector<std::pair<std::string, std::string>> facts; ///< further lines of the provenance
};

/// A node of the model is drawn up to here; a larger graph is named, with its size, instead.
inline constexpr std::size_t kMaxReportNodes = 20'000;

/// Fills `model` from an opened model: file name, size and hash (of all its files), layout unless the graph is over
/// kMaxReportNodes. Reads the file; Interrupted when stopped.
Expected<ReportModel> reportModelOf(std::shared_ptr<const Model> model, const JobContext &job = {});

} // namespace nordlys::core
