// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <studio/jobs/job.h>

#include <functional>

namespace nordlys::studio {

/// What the calibration dialog asks for.
struct CalibrationRequest {
    InputSource inputs;
    int actBits = 8, weightBits = 8;
    bool perChannel = false, actSymmetric = false, weightSymmetric = true;
};

struct EvaluationRequest {
    InputSource inputs;
    QString labels; ///< CSV; empty: no accuracy
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
    void exportEncodings(const QString &path);

    [[nodiscard]] JobBase &calibrationJob() { return m_calibration; }
    [[nodiscard]] JobBase &evaluationJob() { return m_evaluation; }
    [[nodiscard]] JobBase &fileJob() { return m_file; }

private:
    struct Imported {
        core::EncodingSet set;
        QString summary;
    };
    Workspace &m_workspace;
    struct Calibrated {
        runtime::CalibrationResult result;
        std::shared_ptr<const runtime::CalibrationStatistics> statistics;
    };
    Job<core::Expected<Calibrated>> m_calibration;
    Job<core::Expected<runtime::Evaluation>> m_evaluation;
    Job<core::Expected<Imported>> m_file;
};

/// Opens the samples of a source for a graph.
core::Expected<core::SampleSet> openSamples(const InputSource &source, const core::Graph &graph);
/// Threads for work on samples: all cores but one, so that the window stays smooth; at least 1.
int workerThreads();

} // namespace nordlys::studio
