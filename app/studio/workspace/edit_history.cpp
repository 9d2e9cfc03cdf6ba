// SPDX-License-Identifier: GPL-3.0-or-later
#include "edit_history.h"

#include <QSignalBlocker>
#include <QUndoCommand>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace nordlys::studio {

/// Holds the change to do and, once done, its inverse.
class EditHistory::Step : public QUndoCommand {
public:
    Step(EditHistory &history, core::Change change, core::Change inverse, const QString &title)
        : QUndoCommand(title), serial(++history.m_serial), m_history(history),
          m_forward(std::make_shared<core::RecoveryStep>(core::RecoveryStep{title.toStdString(), std::move(change)})),
          m_backward(std::make_shared<core::RecoveryStep>(
              core::RecoveryStep{EditHistory::tr("Undo: %1").arg(title).toStdString(), std::move(inverse)}))
    {}

    void redo() override
    {
        // QUndoStack::push calls redo at once, and apply() has done that first step already.
        if (std::exchange(m_applied, true))
            run(*m_forward);
        m_history.log(*this, true);
    }
    void undo() override
    {
        run(*m_backward);
        m_history.log(*this, false);
    }
    [[nodiscard]] const std::shared_ptr<const core::RecoveryStep> &recoveryStep(bool forward) const
    {
        return forward ? m_forward : m_backward;
    }
    const quint64 serial;

private:
    void run(const core::RecoveryStep &step)
    {
        // Both were accepted before on exactly this state; a refusal would be a broken promise of core.
        if (core::applyChange(m_history.m_state, step.change))
            ++m_history.m_revision;
    }

    EditHistory &m_history;
    std::shared_ptr<const core::RecoveryStep> m_forward, m_backward;
    bool m_applied = false;
};

EditHistory::EditHistory(QObject *parent) : QObject(parent)
{
    m_stack.setUndoLimit(0);
    // Not from the step itself: while it runs the stack still has its old index, so canUndo and canRedo would be those of before.
    connect(&m_stack, &QUndoStack::indexChanged, this, &EditHistory::changed);
}

namespace {

// Where a build is written to changes nothing in it.
bool givesTheSame(const core::EditState &a, const core::EditState &b)
{
    const auto options = [](const core::EditState &state) {
        auto kept = state.buildOptions;
        kept.erase("output");
        return kept;
    };
    return a.encodings == b.encodings && a.placement == b.placement && options(a) == options(b);
}

} // namespace

int EditHistory::stepsSince(const core::EditState &old, int then) const
{
    if (givesTheSame(m_state, old))
        return 0;
    return std::max(1, std::abs(m_stack.index() - then));
}

core::Expected<void> EditHistory::apply(const core::Change &change, const QString &title)
{
    auto inverse = core::applyChange(m_state, change);
    if (!inverse)
        return std::move(inverse.error());
    ++m_revision;
    m_stack.push(new Step(*this, change, std::move(*inverse), title));
    return {};
}

void EditHistory::reset(core::EditState state)
{
    m_state = std::move(state);
    m_saved = m_state;
    m_stack.clear();
    m_stack.setClean();
    m_unsaved.clear();
    m_unsavedOf.clear();
    ++m_revision;
    Q_EMIT changed();
}

// A step and its undoing cancel each other, so that the list stays the way from the saved state to the present one.
void EditHistory::log(const Step &step, bool forward)
{
    if (!m_unsavedOf.empty() && m_unsavedOf.back() == std::pair(step.serial, !forward)) {
        m_unsavedOf.pop_back();
        m_unsaved.pop_back();
        return;
    }
    m_unsavedOf.emplace_back(step.serial, forward);
    m_unsaved.push_back(step.recoveryStep(forward));
}

void EditHistory::markSaved(const core::EditState &saved)
{
    m_unsaved.clear();
    m_unsavedOf.clear();
    m_saved = saved;
    if (m_state == saved) {
        m_stack.setClean();
        return;
    }
    m_stack.resetClean();
    m_unsavedOf.emplace_back(0, true);
    m_unsaved.push_back(std::make_shared<core::RecoveryStep>(
        core::RecoveryStep{tr("Edits during saving").toStdString(), core::difference(saved, m_state, "edits during saving")}));
}

std::vector<core::Error> EditHistory::replay(const std::vector<std::shared_ptr<const core::RecoveryStep>> &steps)
{
    std::vector<core::Error> errors;
    {
        const QSignalBlocker quiet(m_stack);
        for (const auto &step : steps) {
            if (auto applied = apply(step->change, QString::fromStdString(step->title)); !applied)
                errors.push_back(std::move(applied.error()));
        }
    }
    Q_EMIT m_stack.cleanChanged(m_stack.isClean());
    Q_EMIT m_stack.undoTextChanged(m_stack.undoText());
    Q_EMIT m_stack.redoTextChanged(m_stack.redoText());
    Q_EMIT m_stack.indexChanged(m_stack.index());
    return errors;
}

} // namespace nordlys::studio
