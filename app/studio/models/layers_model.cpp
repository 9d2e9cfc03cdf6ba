// SPDX-License-Identifier: GPL-3.0-or-later
#include "layers_model.h"

#include <studio/widgets/cell_roles.h>
#include <studio/workspace/filter_query.h>
#include <studio/workspace/text.h>

#include <algorithm>
#include <limits>

namespace nordlys::studio {
namespace {

constexpr quint64 kNeeded = 30;

std::int64_t rounded(double ns) { return static_cast<std::int64_t>(ns + 0.5); }

} // namespace

LayersModel::LayersModel(Workspace &workspace, bool inRange, QObject *parent)
    : QAbstractTableModel(parent), m_workspace(workspace), m_inRange(inRange)
{
    connect(&m_workspace, &Workspace::documentChanged, this, &LayersModel::rebuild);
    connect(&m_workspace, &Workspace::runsChanged, this, [this] {
        const RunRecord *run = m_workspace.run();
        if (run == m_run && (run ? run->profile.layerCount() : 0) == m_layers)
            refreshTimes();
        else
            rebuild();
    });
    if (m_inRange)
        connect(&m_workspace, &Workspace::rangeChanged, this, &LayersModel::refreshTimes);
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

void LayersModel::rebuild()
{
    beginResetModel();
    m_rows.clear();
    m_rowOfNode.clear();
    const auto document = m_workspace.document();
    m_run = m_workspace.run();
    m_layers = m_run ? m_run->profile.layerCount() : 0;
    if (m_layers > 0) {
        for (const core::LayerInfo &layer : m_run->profile.start.layers) {
            Row row;
            row.name = toQString(layer.name);
            row.op = toQString(layer.op);
            row.kernel = toQString(layer.kernel);
            row.macs = layer.macs;
            for (const std::string &source : layer.sourceNodes) {
                const core::NodeId node = document ? document->findNode(source) : core::NodeId();
                if (!node.isValid())
                    continue;
                m_rowOfNode.emplace(node, static_cast<int>(m_rows.size()));
                if (row.node.isValid())
                    row.fused.push_back(node);
                else
                    row.node = node;
            }
            fillStatic(row);
            m_rows.push_back(std::move(row));
        }
    } else if (document) {
        for (std::size_t i = 0; i < document->graph().nodes.size(); ++i) {
            Row row;
            row.node = core::NodeId(i);
            row.name = toQString(document->graph().nameOf(row.node));
            row.op = toQString(document->opText(row.node));
            row.macs = document->costs[i].macs;
            fillStatic(row);
            m_rowOfNode.emplace(row.node, static_cast<int>(i));
            m_rows.push_back(std::move(row));
        }
    }
    endResetModel();
    refreshTimes();
}

const core::RunSummary *LayersModel::summary()
{
    if (!m_run || m_layers == 0)
        return nullptr;
    const auto &range = m_workspace.range();
    if (!m_inRange || !range)
        return &m_run->summary;
    m_rangeSummary = core::summarize(m_run->profile, range->fromNs, range->toNs);
    return &m_rangeSummary;
}

void LayersModel::refreshTimes()
{
    const core::RunSummary *times = summary();
    m_hasTimes = times && !times->layers.empty();
    m_inferences = times ? times->latency.count : 0;
    std::vector<std::int64_t> all;
    double macs = 0;
    for (Row &row : m_rows) {
        row.duration.reset();
        row.share = 0;
        macs += static_cast<double>(row.macs);
    }
    if (m_hasTimes) {
        for (const core::LayerSummary &layer : times->layers) {
            if (layer.layer >= m_rows.size() || layer.duration.count == 0)
                continue;
            m_rows[layer.layer].duration = layer.duration;
            m_rows[layer.layer].share = layer.sharePercent;
            all.push_back(rounded(layer.duration.p50Ns));
        }
    } else {
        for (Row &row : m_rows)
            row.share = macs > 0 ? 100 * static_cast<double>(row.macs) / macs : 0;
    }
    m_unit = timeUnitForColumn(all);
    m_highestShare = 0;
    for (const Row &row : m_rows)
        m_highestShare = std::max(m_highestShare, row.share);
    if (!m_rows.empty()) {
        Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(m_rows.size()) - 1, ColumnCount - 1));
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    }
}

int LayersModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

int LayersModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant LayersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const QString unit = QLatin1Char(' ') + timeUnitName(m_unit);
    if (role == Qt::TextAlignmentRole) {
        const bool numeric = (section >= Count && section <= P99) || section == Macs || section == Parameters;
        return QVariant::fromValue(Qt::Alignment((numeric ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    const bool tip = role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !tip)
        return {};
    switch (section) {
    case Name: return tip ? tr("Layer of the built model, or operator before a run") : tr("Layer");
    case Op: return tip ? tr("Operator, with what was fused into it") : tr("Op");
    case Kernel: return tip ? tr("Kernel that the plan chose") : tr("Kernel");
    case P50: return tip ? tr("Median time of one inference") : tr("p50") + unit;
    case P95: return tip ? tr("95 % of the inferences are not slower") : tr("p95") + unit;
    case P99: return tip ? tr("99 % of the inferences are not slower") : tr("p99") + unit;
    case Share:
        if (m_hasTimes)
            return tip ? tr("Share of the sum of all layers' mean times") : tr("Share of time");
        return tip ? tr("Share of all multiplications; run the model to see times") : tr("Share of MACs");
    case Macs: return tip ? tr("Multiplications with addition in one inference") : tr("MACs");
    case Parameters: return tip ? tr("Bytes of the weights that it reads") : tr("Weights");
    case Output: return tip ? tr("Shape of its first output") : tr("Output");
    case Count: return tip ? tr("Inferences behind the times") : tr("n");
    default: return {};
    }
}

QVariant LayersModel::display(const Row &row, int column) const
{
    const QString dash = QStringLiteral("–");
    const auto time = [&](double core::DurationSummary::*member) {
        return row.duration ? formatDurationValue(rounded((*row.duration).*member), m_unit) : dash;
    };
    switch (column) {
    case Name: return row.name;
    case Op: return row.op;
    case Kernel: return row.kernel.isEmpty() ? dash : row.kernel;
    case P50: return time(&core::DurationSummary::p50Ns);
    case P95: return time(&core::DurationSummary::p95Ns);
    case P99: return time(&core::DurationSummary::p99Ns);
    case Share: return m_hasTimes && !row.duration ? dash : formatPercent(row.share);
    case Macs: return row.macs > 0 ? formatAmount(static_cast<double>(row.macs), QStringLiteral("MAC")) : QStringLiteral("0");
    case Parameters:
        return row.parameterBytes > 0 ? formatBytes(static_cast<std::uint64_t>(row.parameterBytes)) : QStringLiteral("0");
    case Output: return row.output.isEmpty() ? dash : row.output;
    case Count: return row.duration ? formatCount(static_cast<qint64>(row.duration->count)) : dash;
    default: return {};
    }
}

QVariant LayersModel::number(const Row &row, int column) const
{
    const double missing = std::numeric_limits<double>::quiet_NaN();
    switch (column) {
    case P50: return row.duration ? row.duration->p50Ns : missing;
    case P95: return row.duration ? row.duration->p95Ns : missing;
    case P99: return row.duration ? row.duration->p99Ns : missing;
    case Share: return m_hasTimes && !row.duration ? missing : row.share;
    case Macs: return static_cast<double>(row.macs);
    case Parameters: return static_cast<double>(row.parameterBytes);
    case Count: return row.duration ? static_cast<double>(row.duration->count) : missing;
    default: return {};
    }
}

QVariant LayersModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return display(row, index.column());
    case NumberRole: return number(row, index.column());
    case CellKindRole:
        switch (index.column()) {
        case Name:
        case Op: return static_cast<int>(CellKind::Text);
        case Kernel:
        case Output: return static_cast<int>(CellKind::Mono);
        case Share: return static_cast<int>(CellKind::Bar);
        default: return static_cast<int>(CellKind::Number);
        }
    case ShareRole: return index.column() == Share && m_highestShare > 0 ? QVariant(row.share / m_highestShare) : QVariant();
    case BackendRole: return index.column() == Name && m_hasTimes ? QVariant(static_cast<int>(CellBackend::Cpu)) : QVariant();
    case InkRole:
        // Too few to trust, or stale: the numbers step back.
        if (index.column() >= P50 && index.column() <= P99 && row.duration &&
            (row.duration->count < kNeeded || m_workspace.runAge() > 0))
            return static_cast<int>(CellInk::Note);
        return index.column() == Op || index.column() == Kernel || index.column() == Output
                   ? QVariant(static_cast<int>(CellInk::Label))
                   : QVariant();
    case Qt::ToolTipRole:
        if (index.column() == Name)
            return row.name;
        if (index.column() == Count && row.duration && row.duration->count < kNeeded)
            return tr("n=%1, need %2").arg(row.duration->count).arg(kNeeded);
        return {};
    default: return {};
    }
}

core::NodeId LayersModel::nodeOf(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].node : core::NodeId();
}

int LayersModel::rowOf(core::NodeId node) const
{
    const auto found = m_rowOfNode.find(node);
    return found == m_rowOfNode.end() ? -1 : found->second;
}

bool LayersModel::matches(int row, const FilterQuery &query) const
{
    const Row &entry = m_rows[static_cast<std::size_t>(row)];
    return query.matches({entry.name, entry.op, {}, entry.share});
}

} // namespace nordlys::studio
