// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <studio/jobs/feed.h>
#include <studio/jobs/job.h>

#include <runtime/whatif/what_if_runner.h>

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace nordlys::studio {

/// What the encodings do to every metric, kept current while they are edited: runtime::WhatIfRunner over the first samples of the evaluation inputs (else of
/// the calibration inputs), with labels where they are set. Without samples the numbers are those of the workspace's evaluation, as long as that is
/// current. GUI thread only; samples are opened and everything is computed on other threads.
class LiveMetrics : public QObject {
    Q_OBJECT

public:
    enum class State {
        NoSamples, ///< nothing to compute with; whyNot() says what is missing
        Idle,      ///< not started, or nothing is encoded
        Running,
        Current,   ///< result() belongs to encodings()
        Failed
    };
    /// Becomes a child of the workspace.
    explicit LiveMetrics(Workspace &workspace);
    ~LiveMetrics() override;

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] QString whyNot() const { return m_whyNot; } ///< one sentence, for NoSamples and Failed
    /// Encodings as views show them: the workspace's, with the edit in progress applied.
    [[nodiscard]] const core::EncodingSet &encodings() const { return edits().encodings; }
    /// The same as an EditState, for EncodingEdits.
    [[nodiscard]] const core::EditState &edits() const { return m_preview ? *m_preview : m_workspace.edits(); }
    [[nodiscard]] bool isPreviewing() const { return m_preview.has_value(); }
    /// Shows an edit in progress (a handle being dragged): no undo step; replaces an earlier preview. `change` is one of the workspace's edits, not of
    /// edits(). BadInput leaves things as they were.
    core::Expected<void> preview(const core::Change &change);
    /// Back to the workspace's encodings. Any other edit (an undo, a new calibration) ends a preview as well.
    void endPreview();
    /// The preview becomes one undo step; none where it changes nothing.
    core::Expected<void> commitPreview(const QString &title);
    /// How many samples are used (at least 1; 8 at the start).
    void setSampleCount(int samples);
    [[nodiscard]] int sampleCount() const { return m_sampleCount; }

    /// Newest known numbers of an activation or weight; null: none. While an edit runs, tensors whose numbers are not there yet keep their last ones.
    [[nodiscard]] const runtime::TensorError *find(std::string_view tensor) const;
    /// Those of the state before the preview, or before the last edit ("was").
    [[nodiscard]] const runtime::TensorError *before(std::string_view tensor) const;
    [[nodiscard]] const runtime::Evaluation *evaluation() const; ///< newest complete one; null: none
    [[nodiscard]] const runtime::Evaluation *evaluationBefore() const;
    /// Samples used and asked, isEstimate, steps of the newest complete one that was computed here; null: none.
    [[nodiscard]] const runtime::WhatIfResult *result() const;
    /// Begins (and keeps) computing: called by the view that first shows the numbers; nothing runs before.
    void start();
    /// Opening the samples.
    [[nodiscard]] JobBase &job() { return m_opening; }

Q_SIGNALS:
    void encodingsShown(); ///< encodings() changed (edit, undo, preview)
    void metricsChanged(); ///< numbers changed; at most 30 times a second
    void stateChanged();

private:
    friend class Workspace; // which knows when every view has taken leave of the former document
    struct Engine {
        std::unique_ptr<runtime::WhatIf> whatIf;
    };
    /// One complete result, with its tensors by name.
    struct Snapshot {
        runtime::WhatIfResult result;
        std::map<std::string, const runtime::TensorError *, std::less<>> index;
    };
    using SnapshotPtr = std::shared_ptr<const Snapshot>;
    struct Event {
        runtime::WhatIfRunner::EditId edit = 0;
        std::optional<runtime::TensorError> tensor;
        std::shared_ptr<core::Expected<runtime::WhatIfResult>> finished;
    };

    struct Source {
        InputSource inputs;
        QString labels;
        friend bool operator==(const Source &, const Source &) = default;
    };

    [[nodiscard]] Source source() const;
    void forget();
    void restart();
    void closeRunner();
    void takeEngine(core::Expected<Engine> engine);
    void takeEdits();
    void submit();
    void applyNow();
    void receive(std::vector<Event> events);
    void setState(State state, const QString &whyNot = {});
    [[nodiscard]] const runtime::TensorError *findIn(const Snapshot *snapshot, std::string_view tensor) const;
    /// The workspace's evaluation where it is one of these encodings; null else.
    [[nodiscard]] const EvaluationState *fallback() const;

    Workspace &m_workspace;
    State m_state = State::Idle;
    QString m_whyNot;
    bool m_started = false, m_committing = false;
    int m_sampleCount;
    std::shared_ptr<const Document> m_document; ///< what the engine computes
    Source m_source;
    core::EncodingSet m_base;                   ///< the workspace's, as last seen
    quint64 m_baseNumber = 1;                   ///< counts how often they changed
    std::optional<core::EditState> m_preview;
    core::Change m_previewed;
    SnapshotPtr m_latest, m_committed, m_before, m_beforePreview;
    std::map<std::string, runtime::TensorError, std::less<>> m_partial; ///< newer than m_latest
    Job<core::Expected<Engine>> m_opening;
    std::shared_ptr<runtime::WhatIfRunner> m_runner;
    std::shared_ptr<Feed<Event>> m_feed;
    runtime::WhatIfRunner::EditId m_running = 0; ///< 0: nothing runs
    quint64 m_runningBase = 0;                   ///< m_baseNumber of what it computes; 0: a preview
    bool m_waiting = false;                      ///< encodings() changed since the edit that runs began
    QTimer m_overtake;
    QElapsedTimer m_clock;
};

} // namespace nordlys::studio
