// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/base/error.h>
#include <core/project/change.h>
#include <core/project/recovery.h>

#include <QObject>
#include <QUndoStack>

#include <memory>
#include <vector>

namespace nordlys::studio {

/// The edits of the project and their undo stack. Every step is one core::Change; what the window does can therefore be printed,
/// stored and replayed elsewhere. GUI thread only.
class EditHistory : public QObject {
    Q_OBJECT

public:
    explicit EditHistory(QObject *parent);

    [[nodiscard]] const core::EditState &state() const { return m_state; }
    [[nodiscard]] QUndoStack &stack() { return m_stack; }
    /// Grows with every apply, undo and redo; tells cheaply whether something derived is still current.
    [[nodiscard]] quint64 revision() const { return m_revision; }
    /// Steps between the state at stack index `then` and now; at least 1 when the states differ in what they build.
    [[nodiscard]] int stepsSince(const core::EditState &old, int then) const;

    /// Applies a change as one undo step. An error leaves everything as it was.
    core::Expected<void> apply(const core::Change &change, const QString &title);
    /// Replaces everything, for a document that was just opened. Not undoable.
    void reset(core::EditState state);

    // What is not saved.
    /// The state on disk: as it was at reset, or as it was saved last.
    [[nodiscard]] const core::EditState &savedState() const { return m_saved; }
    /// Steps that lead from savedState() to state(): edits, and what undo and redo did beyond the saved state.
    [[nodiscard]] const std::vector<std::shared_ptr<const core::RecoveryStep>> &unsavedSteps() const { return m_unsaved; }
    /// The project file holds `saved` now. Edits that were made while it was written stay unsaved.
    void markSaved(const core::EditState &saved);
    /// Applies steps on top, each as an undo step of its own; the listeners hear of it once. Returns the errors of steps that
    /// could not be applied.
    std::vector<core::Error> replay(const std::vector<std::shared_ptr<const core::RecoveryStep>> &steps);

Q_SIGNALS:
    void changed();

private:
    class Step;
    void log(const Step &step, bool forward);
    core::EditState m_state, m_saved;
    QUndoStack m_stack;
    std::vector<std::shared_ptr<const core::RecoveryStep>> m_unsaved;
    std::vector<std::pair<quint64, bool>> m_unsavedOf; // serial of the step that each belongs to, and whether it went forward
    quint64 m_serial = 0;
    quint64 m_revision = 0;
};

} // namespace nordlys::studio
