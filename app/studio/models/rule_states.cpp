// SPDX-License-Identifier: GPL-3.0-or-later
#include "rule_states.h"

#include <studio/workspace/live_metrics.h>
#include <studio/workspace/text.h>

namespace nordlys::studio {
namespace {

constexpr int kRestMs = 120; // a handle that is being dragged moves more often

} // namespace

RuleStates::RuleStates(Workspace &workspace, QObject *parent) : QObject(parent), m_workspace(workspace), m_job(tr("Checking rules"), nullptr)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(kRestMs);
    connect(&m_timer, &QTimer::timeout, this, &RuleStates::check);
    const auto wait = [this] { m_timer.start(); };
    connect(&m_workspace.live(), &LiveMetrics::encodingsShown, this, wait);
    connect(&m_workspace, &Workspace::calibrationChanged, this, wait);
    connect(&m_workspace, &Workspace::documentChanged, this, [this] {
        m_job.drop();
        m_states.clear();
        m_timer.start();
    });
    m_timer.start();
}

const RuleStates::State *RuleStates::find(std::string_view tensor) const
{
    const auto found = m_states.find(tensor);
    return found == m_states.end() ? nullptr : &found->second;
}

void RuleStates::check()
{
    const auto document = m_workspace.document();
    if (!document || m_workspace.live().encodings().empty()) {
        m_job.drop();
        m_states.clear();
        Q_EMIT changed();
        return;
    }
    core::SeenRanges seen;
    if (const auto &calibration = m_workspace.calibration()) {
        for (const auto &[name, range] : calibration->ranges)
            seen.emplace(name, std::pair(range.min, range.max));
    }
    m_job.start(
        [document, seen = std::move(seen), set = m_workspace.live().encodings()](const core::JobContext &) -> core::Expected<States> {
            const auto pack = core::RulePack::find("htp");
            if (!pack)
                return pack.error();
            States states;
            for (const core::RuleFinding &finding : core::checkRules(*pack, document->graph(), set, &seen)) {
                State &state = states[finding.tensor];
                if (finding.severity == core::RuleSeverity::Error)
                    state.severity = core::RuleSeverity::Error;
                state.lines << toQString(finding.message + (finding.fix.empty() ? "" : " " + finding.fix));
            }
            return states;
        },
        [this, document](core::Expected<States> states) {
            if (document != m_workspace.document())
                return;
            // Without the pack the table shows no states; the rules' own command says what is wrong with the file.
            m_states = states ? std::move(*states) : States();
            Q_EMIT changed();
        });
}

} // namespace nordlys::studio
