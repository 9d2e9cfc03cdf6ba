// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "calibration_request.h"
#include "metric_request.h"
#include "workspace.h"

#include <core/quantization/encoding_dialect.h>

#include <studio/jobs/job.h>

#include <functional>

namespace nordlys::studio {

struct EvaluationRequest {
    InputSource inputs;
    QString labels; ///< CSV; empty: no accuracy
    /// A measure of the user's own beside the rest; only its command counts. Empty: none.
    MetricRequest metric = {};
};

/// What a user's command says of the outputs of the float model and of the quantized one.
struct UserMetric {
    double exact = 0, quantized = 0;
};
struct Evaluated {
    runtime::Evaluation evaluation;
    std::optional<UserMetric> metric;
    std::optional<core::Error> metricError; ///< the evaluation stands whatever the command does
};

/// Calibration, evaluation and encoding files for a workspace. Results become undo steps or workspace state; errors go to
/// Workspace::failed.
class Quantizer : public QObject {
    Q_OBJECT

public:
    explicit Quantizer(Workspace &workspace);

    void calibrate(const CalibrationRequest &request);
    void evaluate(const EvaluationRequest &request);
    /// Reads an encodings file as one undo step; says how many entries matched.
    void importEncodings(const QString &path);
    /// Writes the encodings (encodings_export.h); says what became of them.
    void exportEncodings(const QString &path, core::EncodingDialect dialect);

    [[nodiscard]] JobBase &calibrationJob() { return m_calibration; }
    [[nodiscard]] JobBase &evaluationJob() { return m_evaluation; }
    [[nodiscard]] JobBase &fileJob() { return m_file; }

private:
    struct Imported {
        core::EncodingSet set;
        QString summary;
    };
    Workspace &m_workspace;
    Job<core::Expected<CalibrationOutcome>> m_calibration;
    Job<core::Expected<Evaluated>> m_evaluation;
    Job<core::Expected<Imported>> m_file;
};

/// Opens the samples of a source for a graph.
core::Expected<core::SampleSet> openSamples(const InputSource &source, const core::Graph &graph);
/// Threads for work on samples: all cores but one, so that the window stays smooth; at least 1.
int workerThreads();

} // namespace nordlys::studio
