// SPDX-License-Identifier: GPL-3.0-or-later
#include "edit_history.h"

#include <QUndoCommand>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace nordlys::studio {

/// Holds the change to do and, once done, its inverse.
class EditHistory::Step : public QUndoCommand {
public:
    Step(EditHistory &history, core::Change change, core::Change inverse, const QString &title)
        : QUndoCommand(title), m_history(history), m_change(std::move(change)), m_inverse(std::move(inverse))
    {}

    void redo() override
    {
        // QUndoStack::push calls redo at once, and apply() has done that first step already.
        if (!std::exchange(m_applied, true))
            return;
        run(m_change);
    }
    void undo() override { run(m_inverse); }

private:
    void run(const core::Change &change)
    {
        // Both were accepted before on exactly this state; a refusal would be a broken promise of core.
        if (core::applyChange(m_history.m_state, change))
            ++m_history.m_revision;
    }

    EditHistory &m_history;
    core::Change m_change, m_inverse;
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
    m_stack.clear();
    m_stack.setClean();
    ++m_revision;
    Q_EMIT changed();
}

} // namespace nordlys::studio
