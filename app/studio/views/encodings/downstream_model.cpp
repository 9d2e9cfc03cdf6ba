// SPDX-License-Identifier: GPL-3.0-or-later
#include "downstream_model.h"

#include "noise_bar.h"

#include <studio/look/number_format.h>
#include <studio/models/encodings_model.h>
#include <studio/workspace/live_metrics.h>
#include <studio/workspace/text.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::studio {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

bool isSame(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// "21.6", in a column that names its unit.
QString decibelValue(double decibel)
{
    if (std::isnan(decibel))
        return QStringLiteral("–");
    return decibel == std::numeric_limits<double>::infinity() ? QStringLiteral("∞") : formatNumber(decibel, 1);
}

} // namespace

DownstreamModel::DownstreamModel(Workspace &workspace, QObject *parent) : QAbstractTableModel(parent), m_workspace(workspace) {}

void DownstreamModel::setTensor(core::TensorId tensor)
{
    m_tensor = tensor;
    m_reached.clear();
    const auto document = m_workspace.document();
    if (document && tensor.isValid()) {
        const core::Graph &graph = document->graph();
        std::vector<bool> nodes(graph.nodes.size());
        // Breadth first; nodes are in topological order, so that their numbers give the order of the rows.
        std::vector<core::TensorId> open{tensor};
        while (!open.empty()) {
            const core::TensorId next = open.back();
            open.pop_back();
            for (const core::NodeId consumer : graph.tensor(next).consumers) {
                if (nodes[consumer.index])
                    continue;
                nodes[consumer.index] = true;
                for (const core::TensorId output : graph.node(consumer).outputs) {
                    if (output.isValid())
                        open.push_back(output);
                }
            }
        }
        m_reached.push_back(tensor);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            for (const core::TensorId output : graph.nodes[i].outputs) {
                if (nodes[i] && output.isValid())
                    m_reached.push_back(output);
            }
        }
    }
    refresh();
}

DownstreamModel::Row DownstreamModel::rowFor(core::TensorId tensor) const
{
    Row row{tensor, kUnknown, kUnknown, kUnknown, kUnknown};
    const std::string_view name = m_workspace.document()->graph().nameOf(tensor);
    const LiveMetrics &live = m_workspace.live();
    if (const runtime::TensorError *now = live.find(name)) {
        row.total = now->sqnrDb;
        row.local = now->bitwidth > 0 ? now->localSqnrDb : std::numeric_limits<double>::infinity();
        row.inherited = EncodingsModel::inheritedDb(row.total, row.local);
    }
    if (const runtime::TensorError *before = live.before(name))
        row.was = before->sqnrDb;
    return row;
}

void DownstreamModel::refresh()
{
    std::vector<Row> rows;
    double most = 0;
    for (const core::TensorId tensor : m_reached) {
        const Row row = rowFor(tensor);
        if (std::isnan(row.total))
            continue;
        most = std::max({most, noiseOf(row.total), std::isnan(row.was) ? 0.0 : noiseOf(row.was)});
        rows.push_back(row);
    }
    const bool sameTensors = std::ranges::equal(rows, m_rows, {}, &Row::tensor, &Row::tensor);
    if (!sameTensors)
        beginResetModel();
    const std::vector<Row> old = std::exchange(m_rows, std::move(rows));
    const bool sameScale = std::exchange(m_mostNoise, most) == most;
    if (!sameTensors)
        return endResetModel();
    int first = -1, last = -1;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Row &a = m_rows[i], &b = old[i];
        if (sameScale && isSame(a.total, b.total) && isSame(a.local, b.local) && isSame(a.was, b.was))
            continue;
        first = first < 0 ? static_cast<int>(i) : first;
        last = static_cast<int>(i);
    }
    if (first >= 0)
        Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1));
}

core::TensorId DownstreamModel::tensorOf(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].tensor : core::TensorId();
}

int DownstreamModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

int DownstreamModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

double DownstreamModel::number(const Row &row, int column) const
{
    switch (column) {
    case Local: return row.local;
    case Inherited: return row.inherited;
    case Total: return row.total;
    case Was: return row.was;
    default: return kUnknown;
    }
}

QVariant DownstreamModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == Tensor || section == Noise ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::DisplayRole) {
        switch (section) {
        case Tensor: return tr("Downstream, dB");
        case Local: return tr("local");
        case Inherited: return tr("inherited");
        case Total: return tr("total");
        case Was: return tr("was");
        case Noise: return tr("Noise");
        default: return {};
        }
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case Tensor: return tr("The selected tensor and all that is computed from it, in the model's order");
        case Local: return tr("SQNR after this tensor's own quantization alone, in dB");
        case Inherited: return tr("SQNR from the errors of what it is computed from, in dB: noise of the total less the local noise");
        case Total: return tr("SQNR of the quantized model's values, in dB");
        case Was: return tr("Total before the edit, in dB");
        case Noise: return tr("Noise relative to the signal, one scale for all rows: local, then inherited; the dashed mark is the total before the edit");
        default: return {};
        }
    }
    return {};
}

QVariant DownstreamModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || !m_workspace.document())
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    const QString name = toQString(m_workspace.document()->graph().nameOf(row.tensor));
    switch (role) {
    case Qt::DisplayRole:
        if (column == Tensor)
            return name;
        return column == Noise ? QVariant() : QVariant(decibelValue(number(row, column)));
    case CellKindRole: return static_cast<int>(column == Tensor || column == Noise ? CellKind::Text : CellKind::Number);
    case NumberRole: return column == Tensor || column == Noise ? QVariant() : QVariant(number(row, column));
    case InkRole: return column == Was ? QVariant(static_cast<int>(CellInk::Note)) : QVariant();
    case BoldRole: return column == Tensor && row.tensor == m_tensor;
    case NoiseBarRole:
        if (column == Noise && m_mostNoise > 0) {
            const double total = noiseOf(row.total), local = std::min(noiseOf(row.local), total);
            const NoiseBar bar{local / m_mostNoise, (total - local) / m_mostNoise, std::isnan(row.was) ? -1 : noiseOf(row.was) / m_mostNoise};
            return QVariant::fromValue(bar);
        }
        return {};
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        if (column == Tensor)
            return name;
        if (column == Noise) {
            return tr("local %1, inherited %2, total %3, was %4")
                .arg(decibelValue(row.local), decibelValue(row.inherited), decibelValue(row.total), decibelValue(row.was));
        }
        return {};
    default: return {};
    }
}

} // namespace nordlys::studio
