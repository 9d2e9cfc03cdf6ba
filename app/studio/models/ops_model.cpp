// SPDX-License-Identifier: GPL-3.0-or-later
#include "ops_model.h"

#include <studio/look/number_format.h>
#include <studio/widgets/cell_roles.h>
#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/text.h>

#include <limits>

namespace nordlys::studio {
namespace {

constexpr quintptr kTopLevel = std::numeric_limits<quintptr>::max();

std::string_view prefixOf(std::string_view name)
{
    while (name.starts_with('/'))
        name.remove_prefix(1);
    const std::size_t end = name.find_first_of("/.");
    return end == std::string_view::npos ? std::string_view() : name.substr(0, end);
}

} // namespace

OpsModel::OpsModel(Workspace &workspace, QObject *parent) : QAbstractItemModel(parent), m_workspace(workspace)
{
    connect(&m_workspace, &Workspace::documentChanged, this, &OpsModel::rebuild);
    connect(&m_workspace, &Workspace::runsChanged, this, &OpsModel::refreshShares);
    connect(&m_workspace.placement(), &PlacementKeeper::changed, this, [this] {
        if (!m_tops.empty())
            Q_EMIT dataChanged(this->index(0, 0), this->index(static_cast<int>(m_tops.size()) - 1, 0), {BackendRole});
    });
    rebuild();
}

void OpsModel::rebuild()
{
    beginResetModel();
    m_tops.clear();
    m_topOfNode.clear();
    if (const auto document = m_workspace.document()) {
        const core::Graph &graph = document->graph();
        std::string_view open;
        for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
            const std::string_view prefix = prefixOf(graph.nameOf(core::NodeId(i)));
            if (!prefix.empty() && prefix == open) {
                ++m_tops.back().count;
            } else {
                m_tops.push_back({static_cast<std::uint32_t>(i), 1, toQString(prefix)});
                open = prefix;
            }
            m_topOfNode.push_back(static_cast<std::uint32_t>(m_tops.size() - 1));
        }
        for (Top &top : m_tops) {
            if (top.count == 1)
                top.group.clear();
        }
    }
    endResetModel();
    refreshShares();
}

void OpsModel::refreshShares()
{
    const auto document = m_workspace.document();
    const std::size_t count = document ? document->graph().nodes.size() : 0;
    m_shares.assign(count, -1);
    const RunRecord *run = m_workspace.run();
    m_times = run && !run->summary.layers.empty();
    for (std::size_t i = 0; i < count; ++i) {
        if (!m_times) {
            m_shares[i] = document->macs > 0
                              ? 100.0 * static_cast<double>(document->costs[i].macs) / static_cast<double>(document->macs)
                              : -1;
            continue;
        }
        const std::string_view name = document->graph().nameOf(core::NodeId(i));
        const std::size_t layer = run->layerOfNode(name);
        if (layer == RunRecord::npos || !run->isMainNode(name))
            continue;
        if (const core::LayerSummary *summary = run->summaryOf(layer))
            m_shares[i] = summary->sharePercent;
    }
    if (!m_tops.empty()) {
        Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(m_tops.size()) - 1, ColumnCount - 1));
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    }
}

QModelIndex OpsModel::index(int row, int column, const QModelIndex &parent) const
{
    if (row < 0 || column < 0 || column >= ColumnCount || row >= rowCount(parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) : kTopLevel);
}

QModelIndex OpsModel::parent(const QModelIndex &child) const
{
    if (!child.isValid() || child.internalId() == kTopLevel)
        return {};
    return createIndex(static_cast<int>(child.internalId()), 0, kTopLevel);
}

int OpsModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_tops.size());
    if (parent.column() != 0 || parent.internalId() != kTopLevel)
        return 0;
    const Top &top = m_tops[static_cast<std::size_t>(parent.row())];
    return top.group.isEmpty() ? 0 : static_cast<int>(top.count);
}

int OpsModel::columnCount(const QModelIndex &) const { return ColumnCount; }

core::NodeId OpsModel::nodeOf(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    if (index.internalId() == kTopLevel) {
        const Top &top = m_tops[static_cast<std::size_t>(index.row())];
        return top.group.isEmpty() ? core::NodeId(static_cast<std::size_t>(top.first)) : core::NodeId();
    }
    return core::NodeId(static_cast<std::size_t>(m_tops[index.internalId()].first) + static_cast<std::size_t>(index.row()));
}

std::vector<core::NodeId> OpsModel::nodesOf(const QModelIndex &index) const
{
    std::vector<core::NodeId> nodes;
    if (!index.isValid())
        return nodes;
    if (const core::NodeId node = nodeOf(index); node.isValid())
        return {node};
    const Top &top = m_tops[static_cast<std::size_t>(index.row())];
    for (std::uint32_t i = top.first; i < top.first + top.count; ++i)
        nodes.emplace_back(static_cast<std::size_t>(i));
    return nodes;
}

QModelIndex OpsModel::indexOf(core::NodeId node) const
{
    if (!node.isValid() || node.index >= m_topOfNode.size())
        return {};
    const std::uint32_t at = m_topOfNode[node.index];
    const QModelIndex top = index(static_cast<int>(at), 0);
    return m_tops[at].group.isEmpty() ? top : index(static_cast<int>(node.index - m_tops[at].first), 0, top);
}

double OpsModel::shareOf(const QModelIndex &index) const
{
    if (const core::NodeId node = nodeOf(index); node.isValid())
        return m_shares[node.index];
    const Top &top = m_tops[static_cast<std::size_t>(index.row())];
    double sum = -1;
    for (std::uint32_t i = top.first; i < top.first + top.count; ++i) {
        if (m_shares[i] >= 0)
            sum = std::max(sum, 0.0) + m_shares[i];
    }
    return sum;
}

QVariant OpsModel::backendOf(const QModelIndex &index) const
{
    const auto common = m_workspace.placement().commonBackend(nodesOf(index));
    if (!common)
        return {};
    switch (*common) {
    case core::Backend::Htp: return static_cast<int>(CellBackend::Htp);
    case core::Backend::Gpu: return static_cast<int>(CellBackend::Gpu);
    case core::Backend::Cpu: break;
    }
    return static_cast<int>(CellBackend::Cpu);
}

QVariant OpsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || m_shares.empty())
        return {};
    const core::NodeId node = nodeOf(index);
    const auto document = m_workspace.document();
    if (!document)
        return {}; // it was closed just now, and the rows go with the next signal
    const bool isName = index.column() == Name;
    switch (role) {
    case Qt::DisplayRole:
        if (!isName)
            return shareOf(index) < 0 ? QStringLiteral("–") : formatPercent(shareOf(index));
        return node.isValid() ? toQString(document->graph().nameOf(node)) : m_tops[static_cast<std::size_t>(index.row())].group;
    case Qt::ToolTipRole:
        if (isName && node.isValid())
            return QStringLiteral("%1\n%2").arg(toQString(document->graph().nameOf(node)), toQString(document->opText(node)));
        return {};
    case CellKindRole: return static_cast<int>(isName ? CellKind::Text : CellKind::Number);
    case NumberRole:
        return isName ? QVariant() : QVariant(shareOf(index) < 0 ? std::numeric_limits<double>::quiet_NaN() : shareOf(index));
    case BackendRole: return isName ? backendOf(index) : QVariant();
    case InkRole: return isName ? QVariant() : QVariant(static_cast<int>(CellInk::Label));
    default: return {};
    }
}

QVariant OpsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Name ? tr("Operator") : (m_times ? tr("time") : tr("MACs"));
}

} // namespace nordlys::studio
