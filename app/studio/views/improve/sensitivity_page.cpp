// SPDX-License-Identifier: GPL-3.0-or-later
#include "improve_page.h"

#include <studio/look/number_format.h>
#include <studio/models/improve_rows.h>
#include <studio/models/node_selection_link.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/filter_query.h>
#include <studio/workspace/text.h>

#include <QItemSelectionModel>
#include <QPushButton>

#include <algorithm>

namespace nordlys::studio {

SensitivityPage::SensitivityPage(Workspace &workspace, Improver &improver, ActionRegistry &actions, QWidget *parent)
    : ImprovePage(Improver::SensitivityTool, workspace, improver, actions, parent), m_model(new RowsModel(this)), m_sorted(new SortModel(this)),
      m_table(makeTable("sensitivityTable", tr("Sensitivity"), m_model, m_sorted, this)), m_raise(addButton(tr("Raise to 16 bit"), "raiseLayers")),
      m_float(addButton(tr("Leave in float"), "floatLayers"))
{
    new NodeSelectionLink(
        *m_table, m_workspace, [this](const QModelIndex &index) { return nodesOf(index); }, [this](core::NodeId node) { return indexOf(node); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &SensitivityPage::refreshButtons);
    connect(m_table, &QAbstractItemView::activated, this, [this] { Q_EMIT m_workspace.viewRequested(QStringLiteral("encodings")); });
    connect(m_raise, &QPushButton::clicked, this, [this] { m_improver.raiseLayers(selectedLayers(), runtime::HigherWidth::Int16); });
    connect(m_float, &QPushButton::clicked, this, [this] { m_improver.raiseLayers(selectedLayers(), runtime::HigherWidth::Float32); });
    connect(&m_workspace, &Workspace::filterChanged, this, &SensitivityPage::refilter);
    setContent(m_table);
    refreshButtons();
}

std::vector<core::NodeId> SensitivityPage::nodesOf(const QModelIndex &index) const
{
    std::vector<core::NodeId> nodes;
    const QModelIndex source = m_sorted->mapToSource(index);
    const auto document = m_workspace.document();
    if (!source.isValid() || !document || !hasResult())
        return nodes;
    const auto &layers = m_improver.sensitivity()->result.layers;
    const auto row = static_cast<std::size_t>(source.row());
    if (row >= layers.size())
        return nodes; // a new result is there, and its rows come with the next signal
    const runtime::EncodedLayer &layer = layers[row].layer;
    // The one that names the layer comes first: it becomes the current operator.
    nodes.push_back(document->findNode(layer.name));
    for (const std::string &name : layer.nodes) {
        if (name != layer.name)
            nodes.push_back(document->findNode(name));
    }
    std::erase_if(nodes, [](core::NodeId node) { return !node.isValid(); });
    return nodes;
}

QModelIndex SensitivityPage::indexOf(core::NodeId node) const
{
    const auto found = m_rowOfNode.find(node);
    return found == m_rowOfNode.end() ? QModelIndex() : m_sorted->mapFromSource(m_model->index(found->second, 0));
}

std::vector<std::size_t> SensitivityPage::selectedLayers() const
{
    std::vector<std::size_t> layers;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        layers.push_back(static_cast<std::size_t>(m_sorted->mapToSource(index).row()));
    std::ranges::sort(layers);
    return layers;
}

QString SensitivityPage::partialText() const
{
    if (!hasResult() || m_improver.sensitivity()->result.complete)
        return {};
    const auto &layers = m_improver.sensitivity()->result.layers;
    const auto done = std::ranges::count_if(layers, [](const runtime::LayerSensitivity &layer) { return layer.rank > 0; });
    return tr("%1 of %2").arg(formatCount(done), Counted::layers(static_cast<qint64>(layers.size())));
}

void SensitivityPage::refilter()
{
    const FilterQuery query(m_workspace.filter());
    if (query.isEmpty() || !hasResult()) {
        m_sorted->setRowPredicate({});
        return;
    }
    m_sorted->setRowPredicate([this, query](int row, const QModelIndex &) {
        const auto document = m_workspace.document();
        const auto at = static_cast<std::size_t>(row);
        if (!document || !hasResult() || at >= m_improver.sensitivity()->result.layers.size())
            return true;
        const auto &nodes = m_improver.sensitivity()->result.layers[at].layer.nodes;
        return std::ranges::any_of(nodes, [&](const std::string &name) {
            const core::NodeId node = document->findNode(name);
            const QString op = node.isValid() ? toQString(document->graph().opOf(node)) : QString();
            return query.matches({.name = toQString(name), .op = op, .kind = {}, .sharePercent = {}});
        });
    });
}

void SensitivityPage::refreshButtons()
{
    const bool any = m_table->selectionModel()->hasSelection();
    const QString why = any ? QString() : tr("Select layers in the table first.");
    for (QPushButton *button : {m_raise, m_float})
        button->setEnabled(any);
    m_raise->setToolTip(any ? tr("The selected layers' encodings at 16 bit with the same ranges, as one step") : why);
    m_float->setToolTip(any ? tr("The selected layers' encodings become float32, as it was measured, as one step") : why);
}

void SensitivityPage::fill()
{
    const Improver::MeasuredSensitivity &measured = *m_improver.sensitivity();
    const runtime::Sensitivity &result = measured.result;
    m_rowOfNode.clear();
    for (std::size_t i = 0; i < result.layers.size(); ++i) {
        for (const std::string &name : result.layers[i].layer.nodes)
            m_rowOfNode.emplace(m_workspace.document()->findNode(name), static_cast<int>(i));
    }
    show(*m_model, ImproveRows::sensitivity(measured, *m_workspace.document(), m_workspace.encodings()), *m_table, {220, 140, 52, 90, 110, 120, 96, 52, 240});
    refilter();
    m_table->setColumnHidden(ImproveRows::AloneSqnr, measured.metric == runtime::MetricKind::Sqnr);
    summary().setText(tr("%1: %2 in float, %3 with everything quantized, n=%4, %5")
                          .arg(ImproveRows::metricName(measured.metric), ImproveRows::metricText(measured.metric, result.exact.metric),
                               result.quantized ? ImproveRows::metricText(measured.metric, result.quantized->metric) : tr("not measured"),
                               formatCount(static_cast<qint64>(result.samples)), formatDuration(result.elapsedNs)));
    refreshButtons();
}

} // namespace nordlys::studio
