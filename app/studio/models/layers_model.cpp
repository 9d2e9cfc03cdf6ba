// SPDX-License-Identifier: GPL-3.0-or-later
// Rows, their times and their groups; what cells say is in layers_model_cells.cpp.
#include "layers_model.h"

#include <studio/widgets/cell_roles.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/filter_query.h>
#include <studio/workspace/text.h>

#include <algorithm>
#include <map>

namespace nordlys::studio {
namespace {

// Duration of every group in every inference, summed up per group.
std::vector<core::DurationSummary> groupTotals(const core::RunProfile &profile, const std::optional<TimeRange> &range,
                                               const std::vector<int> &groupOfLayer, std::size_t groups, const core::JobContext &job)
{
    const std::size_t layers = profile.layerCount();
    const auto [first, last] = range ? inferencesIn(profile.inferenceStartNs, *range)
                                     : std::pair<std::size_t, std::size_t>(0, profile.inferenceCount());
    std::vector<core::DurationSummary> totals(groups);
    if (layers == 0 || last * layers > profile.layerDurationNs.size())
        return totals;
    std::vector<std::vector<std::int64_t>> sums(groups, std::vector<std::int64_t>(last - first, 0));
    for (std::size_t inference = first; inference < last; ++inference) {
        if (job.stopRequested())
            return {};
        for (std::size_t layer = 0; layer < layers; ++layer) {
            if (groupOfLayer[layer] >= 0)
                sums[static_cast<std::size_t>(groupOfLayer[layer])][inference - first] +=
                    profile.layerDurationNs[inference * layers + layer];
        }
    }
    for (std::size_t group = 0; group < groups; ++group)
        totals[group] = core::summarize(sums[group]);
    return totals;
}

} // namespace

LayersModel::LayersModel(Workspace &workspace, const RangeStatistics *range, QObject *parent)
    : QAbstractTableModel(parent), m_workspace(workspace), m_range(range), m_groupTotals(tr("Totals of groups"), nullptr)
{
    m_units.fill(TimeUnit::Ms);
    connect(&m_workspace, &Workspace::documentChanged, this, &LayersModel::rebuild);
    connect(&m_workspace, &Workspace::runsChanged, this, [this] {
        const RunRecord *run = m_workspace.run();
        if (run == m_run && (run ? run->profile.layerCount() : 0) == m_layers)
            refreshTimes();
        else
            rebuild();
    });
    connect(&m_workspace, &Workspace::editsChanged, this, [this] {
        // Numbers may have become stale, or current again.
        if (!m_rows.empty() && m_hasTimes)
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1), {InkRole});
    });
    if (m_range)
        connect(m_range, &RangeStatistics::changed, this, &LayersModel::refreshTimes);
    rebuild();
}

void LayersModel::fillStatic(Row &row) const
{
    const auto document = m_workspace.document();
    if (!document || !row.node.isValid())
        return;
    row.output = toQString(document->outputShape(row.node));
    row.parameterBytes = document->costs[row.node.index].parameterBytes;
    for (const core::NodeId node : row.fused)
        row.parameterBytes += document->costs[node.index].parameterBytes;
}

void LayersModel::addLayerRows(std::vector<Row> &rows) const
{
    const auto document = m_workspace.document();
    if (m_layers == 0) {
        for (std::size_t i = 0; document && i < document->graph().nodes.size(); ++i) {
            Row row;
            row.node = core::NodeId(i);
            row.name = toQString(document->graph().nameOf(row.node));
            row.op = toQString(document->opText(row.node));
            row.macs = document->costs[i].macs;
            fillStatic(row);
            rows.push_back(std::move(row));
        }
        return;
    }
    for (std::size_t i = 0; i < m_layers; ++i) {
        const core::LayerInfo &layer = m_run->profile.start.layers[i];
        Row row;
        row.layer = i;
        row.name = toQString(layer.name);
        row.op = toQString(layer.op);
        row.kernel = toQString(layer.kernel);
        row.backend = toQString(layer.backend);
        if (m_run->profile.start.layers.back().segment > 0)
            row.segment = tr("segment %1, %2").arg(layer.segment).arg(row.backend);
        row.macs = layer.macs;
        for (const std::string &source : layer.sourceNodes) {
            const core::NodeId node = document ? document->findNode(source) : core::NodeId();
            if (!node.isValid())
                continue;
            if (row.node.isValid())
                row.fused.push_back(node);
            else
                row.node = node;
        }
        fillStatic(row);
        rows.push_back(std::move(row));
    }
}

QString LayersModel::groupKey(const Row &row) const
{
    if (m_grouping == LayerGrouping::Segment)
        return row.segment.isEmpty() ? row.backend : row.segment;
    return row.op;
}

void LayersModel::arrange(std::vector<Row> rows)
{
    m_rows.clear();
    m_rowOfNode.clear();
    m_layerRows = static_cast<int>(rows.size());
    if (m_grouping == LayerGrouping::None) {
        m_rows = std::move(rows);
    } else {
        // Groups in the order of their first layer.
        std::map<QString, std::size_t> groupOfKey;
        std::vector<std::vector<std::size_t>> members;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto [place, added] = groupOfKey.emplace(groupKey(rows[i]), members.size());
            if (added)
                members.emplace_back();
            members[place->second].push_back(i);
        }
        for (const std::vector<std::size_t> &group : members) {
            const int groupRow = static_cast<int>(m_rows.size());
            Row head;
            const Row &first = rows[group.front()];
            head.isGroup = true;
            head.group = groupRow;
            head.members = static_cast<int>(group.size());
            head.name = groupKey(first);
            if (head.name.isEmpty())
                head.name = m_grouping == LayerGrouping::Op ? tr("no operator") : tr("one segment");
            head.backend = first.backend;
            head.closed = m_closedGroups.contains(head.name);
            m_rows.push_back(std::move(head));
            for (const std::size_t i : group) {
                rows[i].group = groupRow;
                m_rows.push_back(std::move(rows[i]));
            }
        }
    }
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Row &row = m_rows[i];
        if (row.node.isValid())
            m_rowOfNode.emplace(row.node, static_cast<int>(i));
        for (const core::NodeId node : row.fused)
            m_rowOfNode.emplace(node, static_cast<int>(i));
    }
}

void LayersModel::rebuild()
{
    beginResetModel();
    m_groupTotals.drop();
    m_run = m_workspace.run();
    m_layers = m_run ? m_run->profile.layerCount() : 0;
    std::vector<Row> rows;
    addLayerRows(rows);
    arrange(std::move(rows));
    endResetModel();
    refreshTimes();
}

void LayersModel::setGrouping(LayerGrouping grouping)
{
    if (grouping == m_grouping)
        return;
    m_grouping = grouping;
    rebuild();
}

const core::RunSummary *LayersModel::summary() const
{
    if (!m_run || m_layers == 0)
        return nullptr;
    return m_range ? m_range->summary() : &m_run->summary;
}

void LayersModel::refreshTimes()
{
    // The run may be gone; whoever took it out tells this model next.
    if (m_run != m_workspace.run())
        return;
    const bool before = m_hasTimes;
    const core::RunSummary *times = summary();
    m_hasTimes = times && !times->layers.empty();
    m_inferences = times ? times->latency.count : 0;
    double macs = 0;
    for (Row &row : m_rows) {
        if (!row.isGroup)
            row.duration.reset();
        row.share = 0;
        if (!row.isGroup)
            macs += static_cast<double>(row.macs);
    }
    for (Row &row : m_rows) {
        if (row.isGroup)
            continue;
        if (!m_hasTimes) {
            row.share = macs > 0 ? 100 * static_cast<double>(row.macs) / macs : 0;
        } else if (row.layer < times->layers.size() && times->layers[row.layer].duration.count > 0) {
            row.duration = times->layers[row.layer].duration;
            row.share = times->layers[row.layer].sharePercent;
        }
    }
    sumGroups();
    refreshUnits();
    startGroupTotals();
    if (before != m_hasTimes)
        Q_EMIT hasTimesChanged();
}

void LayersModel::sumGroups()
{
    for (Row &row : m_rows) {
        if (row.isGroup) {
            row.macs = row.parameterBytes = 0;
            row.share = 0;
            if (!m_hasTimes)
                row.duration.reset();
        }
    }
    for (const Row &row : m_rows) {
        if (row.isGroup || row.group < 0)
            continue;
        Row &group = m_rows[static_cast<std::size_t>(row.group)];
        group.macs += row.macs;
        if (row.parameterBytes < 0)
            group.parameterBytes = -1; // a sum over some would look like one over all
        else if (group.parameterBytes >= 0)
            group.parameterBytes += row.parameterBytes;
        group.share += row.share;
    }
}

void LayersModel::refreshUnits()
{
    m_highestShare = 0;
    for (const Row &row : m_rows)
        m_highestShare = std::max(m_highestShare, row.isGroup ? 0 : row.share);
    for (int column = 0; column < ColumnCount; ++column) {
        if (!isDurationColumn(column) || column == Interval)
            continue;
        std::vector<std::int64_t> all;
        for (const Row &row : m_rows) {
            if (const auto value = row.isGroup ? std::nullopt : durationAt(row, column))
                all.push_back(static_cast<std::int64_t>(*value + 0.5));
        }
        m_units[static_cast<std::size_t>(column)] = timeUnitForColumn(all);
    }
    m_units[Interval] = m_units[P50]; // it belongs to the median beside it
    if (!m_rows.empty()) {
        Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(m_rows.size()) - 1, ColumnCount - 1));
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    }
}

void LayersModel::startGroupTotals()
{
    if (m_grouping == LayerGrouping::None || !m_hasTimes || m_run->live) {
        m_groupTotals.drop();
        for (Row &row : m_rows) {
            if (row.isGroup)
                row.duration.reset();
        }
        return;
    }
    const auto owner = std::ranges::find(m_workspace.runs(), m_run, [](const auto &entry) { return entry.get(); });
    if (owner == m_workspace.runs().end())
        return;
    std::vector<int> groupOfLayer(m_layers, -1);
    std::vector<int> rowOfGroup;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].isGroup)
            rowOfGroup.push_back(static_cast<int>(i));
        else if (m_rows[i].layer < m_layers)
            groupOfLayer[m_rows[i].layer] = static_cast<int>(rowOfGroup.size()) - 1;
    }
    m_groupTotals.start(
        [profile = std::shared_ptr<const core::RunProfile>(*owner, &(*owner)->profile),
         range = m_range ? m_range->range() : std::nullopt, groupOfLayer = std::move(groupOfLayer),
         groups = rowOfGroup.size()](const core::JobContext &job) { return groupTotals(*profile, range, groupOfLayer, groups, job); },
        [this, rowOfGroup](std::vector<core::DurationSummary> totals) {
            for (std::size_t i = 0; i < totals.size() && i < rowOfGroup.size(); ++i) {
                Row &row = m_rows[static_cast<std::size_t>(rowOfGroup[i])];
                row.duration = totals[i].count > 0 ? std::optional(totals[i]) : std::nullopt;
            }
            if (!m_rows.empty())
                Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        });
}

int LayersModel::groupOf(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].group : -1;
}

bool LayersModel::isGroup(int row) const { return row >= 0 && row < rowCount() && m_rows[static_cast<std::size_t>(row)].isGroup; }

bool LayersModel::isClosed(int groupRow) const { return isGroup(groupRow) && m_rows[static_cast<std::size_t>(groupRow)].closed; }

void LayersModel::setClosed(int groupRow, bool closed)
{
    if (!isGroup(groupRow) || isClosed(groupRow) == closed)
        return;
    Row &row = m_rows[static_cast<std::size_t>(groupRow)];
    row.closed = closed;
    if (closed)
        m_closedGroups.insert(row.name);
    else
        m_closedGroups.remove(row.name);
    Q_EMIT dataChanged(index(groupRow, 0), index(groupRow, 0));
    Q_EMIT closedChanged();
}

core::NodeId LayersModel::nodeOf(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].node : core::NodeId();
}

std::vector<core::NodeId> LayersModel::nodesOf(int row) const
{
    std::vector<core::NodeId> nodes;
    const auto add = [&nodes](const Row &entry) {
        if (entry.node.isValid())
            nodes.push_back(entry.node);
        nodes.insert(nodes.end(), entry.fused.begin(), entry.fused.end());
    };
    if (row < 0 || row >= rowCount())
        return nodes;
    if (!isGroup(row)) {
        add(m_rows[static_cast<std::size_t>(row)]);
        return nodes;
    }
    for (const Row &entry : m_rows) {
        if (!entry.isGroup && entry.group == row)
            add(entry);
    }
    return nodes;
}

int LayersModel::rowOf(core::NodeId node) const
{
    const auto found = m_rowOfNode.find(node);
    return found == m_rowOfNode.end() ? -1 : found->second;
}

bool LayersModel::matches(int row, const FilterQuery &query) const
{
    const Row &entry = m_rows[static_cast<std::size_t>(row)];
    if (!entry.isGroup)
        return query.matches({entry.name, entry.op, {}, entry.share});
    for (int member = row + 1; member < rowCount() && groupOf(member) == row; ++member) {
        if (matches(member, query))
            return true;
    }
    return false;
}

} // namespace nordlys::studio
