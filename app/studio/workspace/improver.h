// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metric_request.h"
#include "workspace.h"

#include <studio/jobs/job.h>

#include <runtime/quantization/bias_correct.h>
#include <runtime/quantization/equalize.h>
#include <runtime/quantization/mixed.h>
#include <runtime/quantization/sensitivity.h>

namespace nordlys::studio {

struct SensitivityRequest {
    InputSource inputs;
    MetricRequest metric;
};
struct MixedRequest {
    InputSource inputs;
    MetricRequest metric;
    runtime::HigherWidth width = runtime::HigherWidth::Int16;
    runtime::LayerCost cost = runtime::LayerCost::Macs;
    double budgetPercent = 25;
};
struct EqualizeRequest {
    QString target; ///< ONNX file to write
    bool replaceClip = false, absorbBias = false;
    InputSource inputs; ///< where absorption measures; without a spec: what BatchNormalization states
};
struct BiasCorrectRequest {
    QString target;
    InputSource inputs; ///< where expected inputs are measured; without a spec: what BatchNormalization states
};

/// The tools that make a quantized model better. Each has a job and keeps its last result for the document that is open; a result knows which edits it
/// was measured with. None changes the source file. GUI thread only.
class Improver : public QObject {
    Q_OBJECT

public:
    enum Tool { SensitivityTool, MixedTool, EqualizeTool, BiasCorrectTool, ToolCount };

    struct MeasuredSensitivity {
        runtime::Sensitivity result;
        runtime::MetricKind metric;
    };
    struct MeasuredMixed {
        runtime::MixedResult result;
        MixedRequest request;
        core::EncodingSet base; ///< that the layers are raised from
    };
    struct Equalized {
        runtime::EqualizeReport report;
        QString target;
    };
    struct BiasCorrected {
        runtime::BiasCorrectReport report;
        QString target;
    };

    explicit Improver(Workspace &workspace);

    void measureSensitivity(const SensitivityRequest &request);
    void searchMixed(const MixedRequest &request);
    void equalize(const EqualizeRequest &request);
    void correctBias(const BiasCorrectRequest &request);

    [[nodiscard]] const std::optional<MeasuredSensitivity> &sensitivity() const { return m_sensitivity; }
    [[nodiscard]] const std::optional<MeasuredMixed> &mixed() const { return m_mixed; }
    [[nodiscard]] const std::optional<Equalized> &equalized() const { return m_equalized; }
    [[nodiscard]] const std::optional<BiasCorrected> &biasCorrected() const { return m_biasCorrected; }
    /// Why the last attempt gave nothing; the result before it stays.
    [[nodiscard]] const std::optional<core::Error> &error(Tool tool) const { return m_errors[tool]; }
    /// Edits since the result; 0: current, or no matter for it.
    [[nodiscard]] int age(Tool tool) const;
    [[nodiscard]] JobBase &job(Tool tool);

    /// The layers (of sensitivity()'s list) at the higher width, as one undo step on the present encodings.
    void raiseLayers(const std::vector<std::size_t> &layers, runtime::HigherWidth width);
    /// The encodings of a point of mixed()'s front, as they were measured, as one undo step. Entries that are locked now stay.
    void applyMixed(std::size_t point);

Q_SIGNALS:
    void changed(int tool);  ///< result, error or age
    void started(int tool);
    /// The new model of Equalize or of Bias-correct is wanted in the window.
    void openRequested(const QString &path, bool andCalibrate);

private:
    struct Made {
        core::EditState edits;
        int undoIndex = 0;
    };
    /// Takes the error of an outcome; true: there is a value for the document that is open.
    template <typename T>
    bool accept(Tool tool, const std::shared_ptr<const Document> &document, const core::Expected<T> &outcome);
    [[nodiscard]] Made now() const;
    void begin(Tool tool);
    void forget();
    void applyEncodings(core::EncodingSet encodings, const std::string &change, const QString &title);

    Workspace &m_workspace;
    std::optional<MeasuredSensitivity> m_sensitivity;
    std::optional<MeasuredMixed> m_mixed;
    std::optional<Equalized> m_equalized;
    std::optional<BiasCorrected> m_biasCorrected;
    std::optional<core::Error> m_errors[ToolCount];
    std::optional<Made> m_made[ToolCount];
    Job<core::Expected<runtime::Sensitivity>> m_sensitivityJob;
    Job<core::Expected<runtime::MixedResult>> m_mixedJob;
    Job<core::Expected<runtime::EqualizeReport>> m_equalizeJob;
    Job<core::Expected<runtime::BiasCorrectReport>> m_biasJob;
};

} // namespace nordlys::studio
