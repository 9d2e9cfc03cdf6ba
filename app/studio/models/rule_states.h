// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/jobs/job.h>
#include <studio/workspace/workspace.h>

#include <core/quantization/rules/rule_check.h>

#include <QObject>
#include <QStringList>
#include <QTimer>

namespace nordlys::studio {

/// Which encodings break a rule of the HTP pack, with the edit in progress applied. Checked on a thread when the encodings have been at rest for a
/// moment; until then the last findings stay. GUI thread only.
class RuleStates : public QObject {
    Q_OBJECT

public:
    explicit RuleStates(Workspace &workspace, QObject *parent);

    struct State {
        core::RuleSeverity severity = core::RuleSeverity::Advice; ///< the worst
        QStringList lines;                                        ///< one per finding: what is so, and what to do
    };
    /// Null: no rule is broken.
    [[nodiscard]] const State *find(std::string_view tensor) const;
    /// Nothing is waiting to be checked.
    [[nodiscard]] bool isCurrent() const { return !m_timer.isActive() && !m_job.isRunning(); }

Q_SIGNALS:
    void changed();

private:
    using States = std::map<std::string, State, std::less<>>;
    void check();

    Workspace &m_workspace;
    QTimer m_timer;
    Job<core::Expected<States>> m_job;
    States m_states;
};

} // namespace nordlys::studio
