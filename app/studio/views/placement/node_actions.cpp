// SPDX-License-Identifier: GPL-3.0-or-later
#include "node_actions.h"

#include <studio/workspace/counted.h>
#include <studio/workspace/graph_choice.h>
#include <studio/workspace/placement_keeper.h>

#include <QAbstractItemView>
#include <QApplication>

namespace nordlys::studio {
namespace {

constexpr core::Backend kListed[] = {core::Backend::Htp, core::Backend::Gpu, core::Backend::Cpu};

} // namespace

QString allActionId(core::Backend backend) { return QStringLiteral("place.all.") + QString::fromLatin1(nameOf(backend).data()); }

QString placeActionId(std::optional<core::Backend> backend)
{
    return backend ? QStringLiteral("place.") + QString::fromLatin1(nameOf(*backend).data()) : QStringLiteral("place.automatic");
}

NodeActions::NodeActions(Workspace &workspace, ActionRegistry &actions, QWidget *host)
    : QObject(host), m_workspace(workspace), m_actions(actions), m_host(host)
{
    addSelectActions();
    addPlaceActions();
    connect(&m_workspace, &Workspace::nodeMenuRequested, this, &NodeActions::showMenu);
    for (const auto signal : {&Workspace::selectionChanged, &Workspace::documentChanged, &Workspace::filterChanged})
        connect(&m_workspace, signal, this, &NodeActions::update);
    connect(&m_workspace.placement(), &PlacementKeeper::changed, this, &NodeActions::update);
    update();
}

void NodeActions::addSelectActions()
{
    const QString menu = QStringLiteral("edit");
    constexpr int kGroup = 5;
    m_actions.add({.id = QStringLiteral("select.all"),
                   .text = tr("Select &all operators"),
                   .shortcut = QKeySequence(QKeySequence::SelectAll),
                   .menu = menu,
                   .group = kGroup},
                  [this] { selectAll(); });
    m_actions.add({.id = QStringLiteral("select.query"),
                   .text = tr("Select what the filter &matches"),
                   .shortcut = QKeySequence(Qt::CTRL | Qt::Key_Return),
                   .icon = Icon::Filter,
                   .menu = menu,
                   .group = kGroup,
                   .tags = tr("query"),
                   .moreShortcuts = {QKeySequence(Qt::CTRL | Qt::Key_Enter)}},
                  [this] { selectMatching(); });
    const auto grow = [this](auto reach) {
        const auto document = m_workspace.document();
        if (!document)
            return;
        m_workspace.selectNodes(reach(document->graph(), m_workspace.selectedNodes().nodes()), m_workspace.selection().node);
    };
    m_actions.add({.id = QStringLiteral("select.upstream"),
                   .text = tr("Select all &before"),
                   .shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Up),
                   .menu = menu,
                   .group = kGroup,
                   .tip = tr("Adds everything that the selected operators depend on"),
                   .tags = tr("upstream producers")},
                  [grow] { grow(withUpstream); });
    m_actions.add({.id = QStringLiteral("select.downstream"),
                   .text = tr("Select all a&fter"),
                   .shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Down),
                   .menu = menu,
                   .group = kGroup,
                   .tip = tr("Adds everything that depends on the selected operators"),
                   .tags = tr("downstream consumers")},
                  [grow] { grow(withDownstream); });
    m_actions.add({.id = QStringLiteral("select.none"),
                   .text = tr("Select &nothing"),
                   .shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A),
                   .menu = menu,
                   .group = kGroup},
                  [this] { m_workspace.clearSelection(); });
}

void NodeActions::addPlaceActions()
{
    const QString menu = QStringLiteral("model");
    const core::BackendCapabilities *tables = m_workspace.placement().capabilities();
    const auto keyOf = [](core::Backend backend) {
        switch (backend) {
        case core::Backend::Htp: return QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_H);
        case core::Backend::Cpu: return QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_C);
        case core::Backend::Gpu: return QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_G);
        }
        return QKeySequence();
    };
    for (const core::Backend backend : kListed) {
        m_actions.add({.id = placeActionId(backend),
                       .text = tr("Put on %1").arg(backendTitle(backend, tables)),
                       .shortcut = keyOf(backend),
                       .icon = Icon::Placement,
                       .menu = menu,
                       .group = 1,
                       .tags = tr("backend placement")},
                      [this, backend] { m_workspace.placement().assign(m_workspace.selectedNodes().nodes(), backend); });
    }
    m_actions.add({.id = placeActionId(std::nullopt),
                   .text = tr("Place &automatically"),
                   .shortcut = QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_A),
                   .menu = menu,
                   .group = 1,
                   .tip = tr("Takes the assignment back"),
                   .tags = tr("backend placement")},
                  [this] { m_workspace.placement().assign(m_workspace.selectedNodes().nodes(), std::nullopt); });
    for (const core::Backend backend : kListed) {
        m_actions.add({.id = allActionId(backend),
                       .text = tr("All on one: %1").arg(backendTitle(backend, tables)),
                       .menu = menu,
                       .group = 2,
                       .tip = backend == core::Backend::Cpu
                                  ? tr("Takes all assignments back; the CPU runs what nobody placed")
                                  : tr("Every operator that may run there; the others stay where they are"),
                       .tags = tr("backend placement")},
                      [this, backend] { m_workspace.placement().assignAll(backend); });
    }
}

void NodeActions::selectAll()
{
    // A table of something else than operators selects its own rows.
    if (auto *table = qobject_cast<QAbstractItemView *>(QApplication::focusWidget());
        table && table->property("selectsOwnRows").toBool()) {
        table->selectAll();
        return;
    }
    const auto document = m_workspace.document();
    if (!document)
        return;
    std::vector<core::NodeId> nodes;
    for (std::size_t i = 0; i < document->graph().nodes.size(); ++i)
        nodes.emplace_back(i);
    m_workspace.selectNodes(std::move(nodes), m_workspace.selection().node);
}

void NodeActions::selectMatching()
{
    const std::vector<core::NodeId> nodes = nodesMatching(m_workspace, FilterQuery(m_workspace.filter()));
    if (nodes.empty()) {
        Q_EMIT m_workspace.notice(tr("No operator matches \"%1\".").arg(m_workspace.filter()));
        return;
    }
    m_workspace.selectNodes(nodes, m_workspace.selection().node);
    Q_EMIT m_workspace.notice(tr("%1 selected").arg(Counted::ops(static_cast<qint64>(nodes.size()))));
}

void NodeActions::update()
{
    const bool open = m_workspace.document() != nullptr;
    const std::vector<core::NodeId> &nodes = m_workspace.selectedNodes().nodes();
    const QString noModel = open ? QString() : tr("Open a model first.");
    const QString noNodes = !open ? noModel : (nodes.empty() ? tr("Select operators first.") : QString());
    m_actions.setReason(QStringLiteral("select.all"), noModel);
    m_actions.setReason(QStringLiteral("select.query"),
                        !open ? noModel
                              : (m_workspace.filter().trimmed().isEmpty() ? tr("Type a filter first, for example op:Conv.")
                                                                          : QString()));
    for (const char *id : {"select.upstream", "select.downstream"})
        m_actions.setReason(QString::fromLatin1(id), noNodes);
    m_actions.setReason(QStringLiteral("select.none"), nodes.empty() ? tr("Nothing is selected.") : QString());
    const PlacementKeeper &placement = m_workspace.placement();
    for (const core::Backend backend : kListed) {
        m_actions.setReason(placeActionId(backend), placement.whyNot(nodes, backend));
        m_actions.setReason(allActionId(backend), placement.whyNotAll(backend));
    }
    m_actions.setReason(placeActionId(std::nullopt), placement.whyNot(nodes, std::nullopt));
}

void NodeActions::showMenu(const QPoint &globalPosition)
{
    update();
    m_actions.popup({placeActionId(core::Backend::Htp), placeActionId(core::Backend::Gpu), placeActionId(core::Backend::Cpu),
                     placeActionId(std::nullopt), QStringLiteral("-"), QStringLiteral("select.upstream"),
                     QStringLiteral("select.downstream"), QStringLiteral("select.none")},
                    globalPosition, m_host);
}

} // namespace nordlys::studio
