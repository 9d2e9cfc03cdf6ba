// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement_keeper.h"

#include "counted.h"
#include "text.h"
#include "workspace.h"

#include <algorithm>

namespace nordlys::studio {
namespace {

core::Change batchOf(const core::Graph &graph, const std::vector<core::NodeId> &nodes, std::optional<core::Backend> backend)
{
    auto batch = std::make_shared<core::ChangeBatch>();
    batch->title = backend ? "backend " + std::string(core::nameOf(*backend)) : "backend automatic";
    for (const core::NodeId node : nodes)
        batch->changes.push_back({core::SetBackend{std::string(graph.nameOf(node)), backend}});
    return {std::shared_ptr<const core::ChangeBatch>(std::move(batch))};
}

} // namespace

PlacementKeeper::PlacementKeeper(Workspace &workspace)
    : QObject(&workspace), m_workspace(workspace), m_job(tr("Place"), this)
{
    if (auto capabilities = core::BackendCapabilities::load())
        m_capabilities = std::make_shared<const core::BackendCapabilities>(*std::move(capabilities));
    else
        m_error = std::move(capabilities.error());
    connect(&m_workspace, &Workspace::editsChanged, this, [this] {
        // A model that is just being opened announces itself after its edits.
        if (m_planned && m_planned == m_workspace.document())
            replan();
        else
            m_plan.reset();
    });
}

void PlacementKeeper::forget()
{
    m_plan.reset();
    m_planned.reset();
    m_job.cancel();
}

void PlacementKeeper::replan()
{
    const auto document = m_workspace.document();
    if (document != m_planned)
        m_plan.reset();
    m_planned = document;
    if (!document || !m_capabilities) {
        m_job.cancel();
        Q_EMIT changed();
        return;
    }
    const core::EditState &edits = m_workspace.edits();
    if (document->graph().nodes.size() <= kAtOnce) {
        take(core::planPlacement(document->graph(), edits.encodings, edits.placement, *m_capabilities));
        return;
    }
    m_job.start(
        [document, encodings = edits.encodings, placement = edits.placement, tables = m_capabilities](const core::JobContext &) {
            return core::planPlacement(document->graph(), encodings, placement, *tables);
        },
        [this, document](core::Expected<core::PlacementPlan> plan) {
            if (document == m_workspace.document())
                take(std::move(plan));
        });
}

void PlacementKeeper::take(core::Expected<core::PlacementPlan> plan)
{
    if (plan) {
        m_plan = std::make_unique<const core::PlacementPlan>(*std::move(plan));
        m_error.reset();
    } else {
        m_plan.reset();
        m_error = std::move(plan.error());
    }
    Q_EMIT changed();
}

core::Backend PlacementKeeper::backendOf(core::NodeId node) const
{
    return m_plan && node.index < m_plan->nodes.size() ? m_plan->of(node).backend : core::Backend::Cpu;
}

std::optional<core::Backend> PlacementKeeper::commonBackend(const std::vector<core::NodeId> &nodes) const
{
    if (nodes.empty() || !m_plan)
        return std::nullopt;
    const core::Backend first = backendOf(nodes.front());
    const bool same = std::ranges::all_of(nodes, [&](core::NodeId node) { return backendOf(node) == first; });
    return same ? std::optional(first) : std::nullopt;
}

double PlacementKeeper::crossingUs(const core::PlacementPlan &plan)
{
    double sum = 0;
    for (const core::Crossing &crossing : plan.crossings)
        sum += crossing.estimateUs;
    return sum;
}

std::vector<core::NodeId> PlacementKeeper::movable(const std::vector<core::NodeId> &nodes,
                                                   std::optional<core::Backend> backend) const
{
    std::vector<core::NodeId> result;
    if (!m_plan)
        return result;
    for (const core::NodeId node : nodes) {
        if (node.index >= m_plan->nodes.size())
            continue;
        const core::NodePlacement &place = m_plan->of(node);
        const bool moves = backend ? !place.isFolded && place.reasonOf(*backend).allowed &&
                                         (!place.assigned || place.backend != *backend)
                                   : place.assigned;
        if (moves)
            result.push_back(node);
    }
    return result;
}

QString PlacementKeeper::whyNot(const std::vector<core::NodeId> &nodes, std::optional<core::Backend> backend) const
{
    if (!m_workspace.document())
        return tr("Open a model first.");
    if (!m_plan)
        return m_error ? toQString(m_error->text()) : tr("The placement is being planned.");
    if (nodes.empty())
        return tr("Select operators first.");
    if (!movable(nodes, backend).empty())
        return {};
    if (!backend)
        return tr("They are automatic already.");
    const auto refused = std::ranges::find_if(nodes, [&](core::NodeId node) {
        return node.index < m_plan->nodes.size() && !m_plan->of(node).reasonOf(*backend).allowed;
    });
    if (refused != nodes.end()) {
        const core::BackendReason &reason = m_plan->of(*refused).reasonOf(*backend);
        return tr("%1: %2. %3").arg(backendName(*backend), toQString(reason.why), toQString(reason.fix)).trimmed();
    }
    return tr("They are on %1 already.").arg(backendName(*backend));
}

core::Change PlacementKeeper::assignment(const std::vector<core::NodeId> &nodes, std::optional<core::Backend> backend) const
{
    return batchOf(m_workspace.document()->graph(), movable(nodes, backend), backend);
}

void PlacementKeeper::assign(const std::vector<core::NodeId> &nodes, std::optional<core::Backend> backend)
{
    if (const QString why = whyNot(nodes, backend); !why.isEmpty()) {
        Q_EMIT m_workspace.notice(why);
        return;
    }
    const std::vector<core::NodeId> moved = movable(nodes, backend);
    QString left;
    if (backend) {
        std::size_t refused = 0;
        const core::BackendReason *first = nullptr;
        for (const core::NodeId node : nodes) {
            const core::BackendReason &reason = m_plan->of(node).reasonOf(*backend);
            if (reason.allowed)
                continue;
            first = first ? first : &reason;
            ++refused;
        }
        if (first)
            left = tr("%1 stay where they are: %2")
                       .arg(Counted::ops(static_cast<qint64>(refused)), toQString(first->why));
    }
    const QString ops = Counted::ops(static_cast<qint64>(moved.size()));
    const QString title = backend ? tr("put %1 on %2").arg(ops, backendName(*backend)) : tr("place %1 automatically").arg(ops);
    const auto applied =
        m_workspace.history().apply(batchOf(m_workspace.document()->graph(), moved, backend), title);
    if (!applied)
        Q_EMIT m_workspace.failed(applied.error());
    else if (!left.isEmpty())
        Q_EMIT m_workspace.notice(left);
}

std::vector<core::NodeId> PlacementKeeper::allNodes() const
{
    std::vector<core::NodeId> nodes;
    const std::size_t count = m_workspace.document() ? m_workspace.document()->graph().nodes.size() : 0;
    for (std::size_t i = 0; i < count; ++i)
        nodes.emplace_back(i);
    return nodes;
}

QString PlacementKeeper::whyNotAll(core::Backend backend) const
{
    const bool toCpu = backend == core::Backend::Cpu;
    const QString why = whyNot(allNodes(), toCpu ? std::nullopt : std::optional(backend));
    return toCpu && !why.isEmpty() && m_plan ? tr("Everything is on the CPU already.") : why;
}

void PlacementKeeper::assignAll(core::Backend backend)
{
    assign(allNodes(), backend == core::Backend::Cpu ? std::nullopt : std::optional(backend));
}

std::optional<core::PlacementPlan> PlacementKeeper::preview(const core::Change &change) const
{
    const auto document = m_workspace.document();
    if (!document || !m_capabilities || document->graph().nodes.size() > kAtOnce)
        return std::nullopt;
    core::EditState edits = m_workspace.edits();
    if (!core::applyChange(edits, change))
        return std::nullopt;
    auto plan = core::planPlacement(document->graph(), edits.encodings, edits.placement, *m_capabilities);
    return plan ? std::optional(*std::move(plan)) : std::nullopt;
}

QString backendName(core::Backend backend) { return toQString(core::nameOf(backend)).toUpper(); }

QString backendTitle(core::Backend backend, const core::BackendCapabilities *capabilities)
{
    const bool emulated = capabilities && capabilities->of(backend).isEmulated;
    return emulated ? PlacementKeeper::tr("%1 (emulated)").arg(backendName(backend)) : backendName(backend);
}

} // namespace nordlys::studio
