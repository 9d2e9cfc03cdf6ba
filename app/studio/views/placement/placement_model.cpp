// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement_model.h"

#include "placement_fixes.h"

#include <studio/look/icons.h>
#include <studio/look/number_format.h>
#include <studio/workspace/text.h>

#include <limits>

namespace nordlys::studio {
namespace {

constexpr core::Backend kAskedFor = core::Backend::Htp;

std::optional<core::Backend> backendOfColumn(int column)
{
    switch (column) {
    case PlacementModel::Htp: return core::Backend::Htp;
    case PlacementModel::Gpu: return core::Backend::Gpu;
    case PlacementModel::Cpu: return core::Backend::Cpu;
    default: return std::nullopt;
    }
}

} // namespace

CellBackend cellBackend(core::Backend backend)
{
    switch (backend) {
    case core::Backend::Htp: return CellBackend::Htp;
    case core::Backend::Gpu: return CellBackend::Gpu;
    case core::Backend::Cpu: return CellBackend::Cpu;
    }
    return CellBackend::Cpu;
}

PlacementModel::PlacementModel(Workspace &workspace, QObject *parent) : QAbstractTableModel(parent), m_workspace(workspace)
{
    connect(&m_workspace, &Workspace::documentChanged, this, &PlacementModel::rebuild);
    connect(&m_workspace, &Workspace::runsChanged, this, &PlacementModel::refresh);
    connect(&m_workspace.placement(), &PlacementKeeper::changed, this, &PlacementModel::refresh);
    rebuild();
}

void PlacementModel::rebuild()
{
    beginResetModel();
    m_rows = m_workspace.document() ? static_cast<int>(m_workspace.document()->graph().nodes.size()) : 0;
    endResetModel();
    refresh();
}

void PlacementModel::refresh()
{
    const auto document = m_workspace.document();
    const std::size_t count = document ? document->graph().nodes.size() : 0;
    if (static_cast<int>(count) != m_rows)
        return; // another model is being opened; rebuild() follows
    m_costs.assign(count, -1);
    const RunRecord *run = m_workspace.run();
    m_times = run && !run->summary.layers.empty();
    for (std::size_t i = 0; i < count; ++i) {
        if (!m_times) {
            m_costs[i] = document->costs[i].macs;
            continue;
        }
        const std::string_view name = document->graph().nameOf(core::NodeId(i));
        const std::size_t layer = run->layerOfNode(name);
        const core::LayerSummary *summary =
            layer == RunRecord::npos || !run->isMainNode(name) ? nullptr : run->summaryOf(layer);
        if (summary && summary->duration.count > 0)
            m_costs[i] = static_cast<std::int64_t>(summary->duration.p50Ns + 0.5);
    }
    if (m_rows > 0) {
        Q_EMIT dataChanged(index(0, 0), index(m_rows - 1, ColumnCount - 1));
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    }
}

const core::PlacementPlan *PlacementModel::plan() const
{
    const core::PlacementPlan *made = m_workspace.placement().plan();
    return made && made->nodes.size() == static_cast<std::size_t>(m_rows) ? made : nullptr;
}

int PlacementModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : m_rows; }

int PlacementModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString PlacementModel::reasonText(const core::NodePlacement &place) const
{
    const core::BackendReason &asked = place.reasonOf(kAskedFor);
    if (place.isFolded)
        return toQString(place.reasonOf(place.backend).why);
    // Few words where the answer is yes; the pane has the whole sentence.
    if (asked.allowed && asked.kind == core::ReasonKind::MissingEncoding)
        return asked.missing.size() == 1 ? tr("needs an encoding for 1 tensor")
                                         : tr("needs encodings for %1 tensors").arg(asked.missing.size());
    if (!asked.allowed || place.backend == kAskedFor)
        return toQString(asked.why);
    return place.assigned ? tr("you put it on %1; %2").arg(backendName(place.backend), toQString(asked.why)) : toQString(asked.why);
}

QVariant PlacementModel::text(core::NodeId node, int column) const
{
    const Document &document = *m_workspace.document();
    const core::PlacementPlan *made = plan();
    if (column == Name)
        return toQString(document.graph().nameOf(node));
    if (column == Op)
        return toQString(document.opText(node));
    if (column == Cost) {
        const std::int64_t cost = m_costs[node.index];
        if (cost < 0 || (!m_times && cost == 0))
            return QStringLiteral("–");
        return m_times ? formatDuration(cost) : formatAmount(static_cast<double>(cost), QStringLiteral("MAC"));
    }
    if (!made)
        return {};
    const core::NodePlacement &place = made->of(node);
    switch (column) {
    case Where: return backendName(place.backend);
    case Segment: return QStringLiteral("S%1").arg(made->segmentOf(node) + 1);
    case Reason: return reasonText(place);
    case Fix: return PlacementFixes::shortText(place, kAskedFor);
    default: return {};
    }
}

QVariant PlacementModel::mark(core::NodeId node, core::Backend backend, int role) const
{
    const core::PlacementPlan *made = plan();
    if (!made)
        return {};
    const core::BackendReason &reason = made->of(node).reasonOf(backend);
    const bool later = reason.allowed && reason.kind == core::ReasonKind::MissingEncoding;
    switch (role) {
    case IconRole: return static_cast<int>(!reason.allowed ? Icon::Close : (later ? Icon::Estimate : Icon::Check));
    case IconInkRole: return static_cast<int>(!reason.allowed ? CellInk::Error : (later ? CellInk::Estimate : CellInk::Ok));
    case NumberRole: return reason.allowed ? (later ? 1.0 : 2.0) : 0.0;
    case CopyRole: return !reason.allowed ? tr("no") : (later ? tr("needs encodings") : tr("yes"));
    case Qt::AccessibleTextRole: return mark(node, backend, CopyRole);
    case Qt::ToolTipRole:
        return reason.fix.empty() ? toQString(reason.why)
                                  : QStringLiteral("%1.\n%2").arg(toQString(reason.why), toQString(reason.fix));
    default: return {};
    }
}

QVariant PlacementModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows)
        return {};
    const core::NodeId node(static_cast<std::size_t>(index.row()));
    const int column = index.column();
    if (const auto backend = backendOfColumn(column))
        return role == CellKindRole ? QVariant(static_cast<int>(CellKind::Text)) : mark(node, *backend, role);
    const core::PlacementPlan *made = plan();
    switch (role) {
    case Qt::DisplayRole: return text(node, column);
    case Qt::ToolTipRole:
        if (column == Reason && made)
            return toQString(made->of(node).reasonOf(kAskedFor).why);
        return column == Name || column == Fix ? text(node, column) : QVariant();
    case CellKindRole:
        return static_cast<int>(column == Cost || column == Segment ? CellKind::Number : CellKind::Text);
    case NumberRole:
        if (column == Cost)
            return m_costs[node.index] < 0 ? std::numeric_limits<double>::quiet_NaN()
                                           : static_cast<double>(m_costs[node.index]);
        if (column == Segment && made)
            return static_cast<double>(made->segmentOf(node) + 1);
        return {};
    case BackendRole:
        return column == Where && made ? QVariant(static_cast<int>(cellBackend(made->of(node).backend))) : QVariant();
    case NoteRole:
        if (column != Where || !made)
            return {};
        return made->of(node).assigned ? tr("set") : QVariant();
    case BoldRole: return column == Fix ? QVariant(true) : QVariant();
    case InkRole:
        if (column == Op || column == Segment)
            return static_cast<int>(CellInk::Label);
        if (column == Fix)
            return static_cast<int>(CellInk::Label);
        if (column == Reason && made && made->of(node).reasonOf(kAskedFor).allowed)
            return static_cast<int>(CellInk::Note);
        return {};
    default: return {};
    }
}

QVariant PlacementModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((section == Cost || section == Segment ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    const bool tip = role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !tip)
        return {};
    switch (section) {
    case Name: return tip ? tr("Operator of the model") : tr("Operator");
    case Op: return tip ? tr("Kind of operator") : tr("Op");
    case Where: return tip ? tr("Where it runs; \"set\": you chose it") : tr("Backend");
    case Segment: return tip ? tr("Segment: what runs on one backend in one go") : tr("Seg");
    case Htp: return tip ? tr("May it run on the HTP, which is emulated on the CPU?") : tr("HTP");
    case Gpu: return tip ? tr("May it run on the GPU?") : tr("GPU");
    case Cpu: return tip ? tr("May it run on the CPU?") : tr("CPU");
    case Cost:
        if (m_times)
            return tip ? tr("Median time in the newest run") : tr("Time p50");
        return tip ? tr("Multiplications with addition; run the model to see times") : tr("MACs");
    case Reason: return tip ? tr("Why it is on the HTP, or why not") : tr("Why (not) HTP");
    case Fix: return tip ? tr("Smallest change that would bring it to the HTP") : tr("Smallest change");
    default: return {};
    }
}

bool PlacementModel::matches(int row, const FilterQuery &query) const
{
    const core::NodeId node(static_cast<std::size_t>(row));
    FilterQuery::Row entry{text(node, Name).toString(), toQString(m_workspace.document()->graph().opOf(node)), {}, {}};
    entry.backend = text(node, Where).toString().toLower();
    return query.matches(entry);
}

} // namespace nordlys::studio
