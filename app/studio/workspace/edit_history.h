// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/base/error.h>
#include <core/project/change.h>

#include <QObject>
#include <QUndoStack>

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

Q_SIGNALS:
    void changed();

private:
    class Step;
    core::EditState m_state;
    QUndoStack m_stack;
    quint64 m_revision = 0;
};

} // namespace nordlys::studio
