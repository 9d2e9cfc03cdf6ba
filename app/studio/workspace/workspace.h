// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "document.h"
#include "edit_history.h"
#include "node_set.h"
#include "offer.h"
#include "run_record.h"

#include <runtime/quantization/calibrate.h>
#include <runtime/quantization/calibration_statistics.h>
#include <runtime/quantization/evaluate.h>

#include <QObject>
#include <QPoint>
#include <QStringList>

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace nordlys::studio {

class LiveMetrics;
class PlacementKeeper;

/// What is selected: an operator, a tensor, or nothing. Both may be set: a tensor chosen in a table selects its producer as well.
struct Selection {
    core::NodeId node;
    core::TensorId tensor;
    friend bool operator==(const Selection &, const Selection &) = default;
};

/// Where samples come from, as text that SampleSet::open takes.
struct InputSource {
    QString spec;
    QString preprocess; ///< empty: from the model's input
    int limit = 0;      ///< 0: all
    friend bool operator==(const InputSource &, const InputSource &) = default;
};

/// Ranges that calibration saw, and what it made of them.
struct CalibrationState {
    std::map<std::string, runtime::ObservedRange, std::less<>> ranges;
    core::EncodingSet encodings; ///< as calibrated, before edits
    std::size_t samples = 0;
    QString method = {}; ///< "mse"; empty: not known
    std::shared_ptr<const runtime::CalibrationStatistics> statistics = nullptr; ///< with histograms; null: none (they are not kept in project files)
    InputSource inputs = {}; ///< that `statistics` were gathered over
};

struct EvaluationState {
    runtime::Evaluation result;
    core::EditState edits; ///< what was evaluated
    int undoIndex = 0;
    std::map<std::string, std::size_t, std::less<>> index; ///< tensor name to row of result.tensors

    [[nodiscard]] const runtime::TensorError *find(std::string_view tensor) const;
};

/// Stretch of the run's time axis; inferences that start inside belong to it, both ends included.
struct TimeRange {
    std::int64_t fromNs = 0, toNs = 0;
    friend bool operator==(const TimeRange &, const TimeRange &) = default;
};

/// The state that all views share. Views read it, ask for changes through it and repaint on its signals; they do not know each
/// other. GUI thread only.
class Workspace : public QObject {
    Q_OBJECT

public:
    explicit Workspace(QObject *parent = nullptr);
    ~Workspace() override;

    // What is open.
    [[nodiscard]] const std::shared_ptr<const Document> &document() const { return m_document; }
    /// Replaces the model; edits, results and runs start anew.
    void setDocument(std::shared_ptr<const Document> document, core::EditState edits);
    void closeDocument();
    [[nodiscard]] QString projectPath() const { return m_projectPath; }
    void setProjectPath(const QString &path);
    /// Name for titles: the project's or the model's file name; empty when nothing is open.
    [[nodiscard]] QString title() const;
    [[nodiscard]] bool isModified() const;
    /// Something that is stored in the project and is no edit has changed (a run, the inputs).
    void touch();
    void setClean();
    /// The project file holds `edits` now; see EditHistory::markSaved.
    void setSaved(const core::EditState &edits);

    // Edits.
    [[nodiscard]] EditHistory &history() { return m_history; }
    [[nodiscard]] const core::EditState &edits() const { return m_history.state(); }
    [[nodiscard]] const core::EncodingSet &encodings() const { return edits().encodings; }

    /// Which backend runs what, planned anew after every edit.
    [[nodiscard]] PlacementKeeper &placement() const { return *m_placement; }

    /// What the encodings do to every metric, also while they are being edited.
    [[nodiscard]] LiveMetrics &live() const { return *m_live; }

    // Selection, filter, range.
    [[nodiscard]] const Selection &selection() const { return m_selection; }
    /// All selected operators. Holds selection().node, the current one, where that is valid.
    [[nodiscard]] const NodeSet &selectedNodes() const { return m_selectedNodes; }
    [[nodiscard]] bool isSelected(core::NodeId node) const { return m_selectedNodes.contains(node); }
    /// Selects one operator alone.
    void selectNode(core::NodeId node);
    /// Selects these alone. `current` becomes the first of them when it is not among them.
    void selectNodes(std::vector<core::NodeId> nodes, core::NodeId current = {});
    /// Takes an operator into the selection or out of it; it becomes the current one when it came in.
    void toggleNode(core::NodeId node);
    /// Selects the tensor and the node that makes it (or, for weights and inputs, the first that reads it).
    void selectTensor(core::TensorId tensor);
    void clearSelection();
    [[nodiscard]] QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    [[nodiscard]] const std::optional<TimeRange> &range() const { return m_range; }
    void setRange(std::optional<TimeRange> range);

    // Inputs and what was computed from them.
    [[nodiscard]] const InputSource &calibrationInputs() const { return m_calibrationInputs; }
    [[nodiscard]] const InputSource &evaluationInputs() const { return m_evaluationInputs; }
    [[nodiscard]] QString labelsPath() const { return m_labelsPath; }
    void setInputs(const InputSource &calibration, const InputSource &evaluation, const QString &labels);
    [[nodiscard]] const std::optional<CalibrationState> &calibration() const { return m_calibration; }
    void setCalibration(std::optional<CalibrationState> calibration);
    [[nodiscard]] const std::optional<EvaluationState> &evaluation() const { return m_evaluation; }
    void setEvaluation(std::optional<EvaluationState> evaluation);
    /// Edits since the evaluation; 0: current.
    [[nodiscard]] int evaluationAge() const;

    // Runs.
    /// Oldest first. Jobs may hold on to one that is no longer live: its profile does not change any more.
    [[nodiscard]] const std::vector<std::shared_ptr<RunRecord>> &runs() const { return m_runs; }
    /// The run that views show: the chosen one, else the newest; null when there is none.
    [[nodiscard]] RunRecord *run() { return m_run; }
    [[nodiscard]] const RunRecord *run() const { return m_run; }
    /// Chooses the run that views show; one of runs().
    void showRun(const RunRecord *run);
    /// The run that the others are compared with: the chosen one, else the oldest; null when there is none.
    [[nodiscard]] const RunRecord *baseline() const { return m_baseline ? m_baseline : m_runs.empty() ? nullptr : m_runs.front().get(); }
    /// Null: none is chosen.
    void setBaseline(const RunRecord *run);
    /// A new run is shown at once.
    RunRecord &addRun(std::unique_ptr<RunRecord> run);
    /// Takes a run out; its recording stays on disk.
    void removeRun(const RunRecord *run);
    /// Why a run cannot have this name; empty: it can.
    [[nodiscard]] QString whyNoRunName(const RunRecord *run, const QString &name) const;
    /// False (and nothing happens) where whyNoRunName() objects.
    bool renameRun(const RunRecord *run, const QString &name);
    /// "r4": a number that no run had since the model was opened.
    [[nodiscard]] QString nextRunName() const;
    /// Edits since the run was built; 0: current or not comparable.
    [[nodiscard]] int runAge() const;

Q_SIGNALS:
    void documentChanged();
    void titleChanged();
    void editsChanged();
    void selectionChanged();
    void filterChanged();
    void rangeChanged();
    void calibrationChanged();
    void evaluationChanged();
    void inputsChanged();
    void runsChanged(); ///< another run is shown, runs came or went, or a run's name, start, summary or end
    void baselineChanged();
    void runExtended(); ///< more of the live run
    void viewRequested(const QString &view);
    /// Somebody pressed the right button on an operator: the menu of the selected operators is wanted there.
    void nodeMenuRequested(const QPoint &globalPosition);
    /// Something failed; shown in place until dismissed.
    void failed(const nordlys::core::Error &error);
    void notice(const QString &text);
    /// A decision about files is wanted; see Offer.
    void offered(const nordlys::studio::Offer &offer);
    void offerWithdrawn(const QString &id);

private:
    void setSelection(const Selection &selection, NodeSet nodes);

    std::shared_ptr<const Document> m_document;
    QString m_projectPath;
    EditHistory m_history;
    PlacementKeeper *m_placement;
    LiveMetrics *m_live;
    Selection m_selection;
    NodeSet m_selectedNodes;
    QString m_filter;
    std::optional<TimeRange> m_range;
    InputSource m_calibrationInputs, m_evaluationInputs;
    QString m_labelsPath;
    std::optional<CalibrationState> m_calibration;
    std::optional<EvaluationState> m_evaluation;
    std::vector<std::shared_ptr<RunRecord>> m_runs;
    RunRecord *m_run = nullptr;
    const RunRecord *m_baseline = nullptr; // null: none was chosen
    int m_highestRun = 0;                  // number of the newest run that was ever named by nextRunName()
    bool m_touched = false;
};

} // namespace nordlys::studio
