// SPDX-License-Identifier: GPL-3.0-or-later
#include "layers_panel.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/filter_query.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QVBoxLayout>

namespace nordlys::studio {

LayersPanel::LayersPanel(Workspace &workspace, bool inRange, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_inRange(inRange), m_model(new LayersModel(workspace, inRange, this)),
      m_sorted(new SortModel(this)), m_table(new TableView(this)), m_title(new QLabel(this)), m_summary(new QLabel(this))
{
    m_table->setObjectName(inRange ? QStringLiteral("layersInRange") : QStringLiteral("layersTable"));
    m_table->setAccessibleName(tr("Layers"));
    m_sorted->setSourceModel(m_model);
    m_table->setModel(m_sorted);
    m_table->setEmptyText(tr("No layers yet. Open a model or a recording."));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    const int widths[] = {180, 116, 160, 52, 66, 66, 66, 150, 80, 74, 104};
    for (int column = 0; column < LayersModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, scaled(widths[column]));
    m_title->setFont(uiFont(12, QFont::DemiBold));
    m_title->setText(inRange ? tr("Layers in range") : tr("Layers"));
    m_summary->setFont(uiFont(11));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_summary->setMinimumWidth(40);

    auto *bar = new QWidget(this);
    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::Window);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(metrics().gapLarge, 0, metrics().gapLarge, 0);
    row->addWidget(m_title);
    row->addWidget(m_summary, 1);
    bar->setFixedHeight(metrics().dockHeader);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(m_table, 1);

    const auto refilter = [this] {
        const FilterQuery query(m_workspace.filter());
        if (query.isEmpty())
            m_sorted->setRowPredicate({});
        else
            m_sorted->setRowPredicate(
                [this, query](int sourceRow, const QModelIndex &) { return m_model->matches(sourceRow, query); });
        updateSummary();
    };
    connect(&m_workspace, &Workspace::filterChanged, this, refilter);
    connect(&m_workspace, &Workspace::selectionChanged, this, &LayersPanel::showSelection);
    for (const auto signal :
         {&Workspace::runsChanged, &Workspace::editsChanged, &Workspace::documentChanged, &Workspace::rangeChanged})
        connect(&m_workspace, signal, this, &LayersPanel::updateSummary);
    connect(m_model, &QAbstractItemModel::modelReset, this, &LayersPanel::showSelection);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        // Not the current row: merely receiving the focus sets that.
        const QModelIndexList rows = m_table->selectionModel()->selectedRows();
        if (m_selecting || rows.isEmpty())
            return;
        const core::NodeId node = m_model->nodeOf(m_sorted->mapToSource(rows.front()).row());
        if (node.isValid())
            m_workspace.selectNode(node);
    });
    connect(m_table, &QAbstractItemView::activated, this, [this] { Q_EMIT m_workspace.viewRequested(QStringLiteral("graph")); });
    updateSummary();
}

void LayersPanel::showSelection()
{
    const core::NodeId node = m_workspace.selection().node;
    const int row = node.isValid() ? m_model->rowOf(node) : -1;
    m_selecting = true;
    if (row < 0) {
        m_table->selectionModel()->clear();
    } else {
        const QModelIndex index = m_sorted->mapFromSource(m_model->index(row, 0));
        if (index.isValid()) {
            m_table->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
            m_table->scrollTo(index);
        }
    }
    m_selecting = false;
}

void LayersPanel::updateSummary()
{
    QStringList parts;
    const int shown = m_sorted->rowCount(), all = m_model->rowCount();
    const QString count = formatCount(all);
    const bool layers = m_model->hasTimes();
    if (shown != all)
        parts << tr("%1 of %2 layers").arg(formatCount(shown), count);
    else
        parts << (layers ? Counted::layers(all) : Counted::ops(all));
    const RunRecord *run = m_workspace.run();
    if (layers && run) {
        parts << tr("run %1").arg(run->name);
        if (const auto &range = m_workspace.range(); m_inRange && range)
            parts << tr("range %1").arg(formatDuration(range->toNs - range->fromNs));
        parts << tr("n=%1 inferences").arg(formatCount(static_cast<qint64>(m_model->inferences())));
        if (const int age = m_workspace.runAge(); age > 0)
            parts << Counted::before(age);
    } else if (all > 0) {
        parts << tr("no run yet: shares are of MACs");
    }
    m_summary->setText(parts.join(QStringLiteral(", ")));
}

} // namespace nordlys::studio
