// SPDX-License-Identifier: GPL-3.0-or-later
#include "ops_panel.h"

#include <studio/look/metrics.h>
#include <studio/models/node_selection_link.h>
#include <studio/widgets/table_delegate.h>

#include <QHeaderView>
#include <QTreeView>
#include <QVBoxLayout>

namespace nordlys::studio {

OpsPanel::OpsPanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), m_model(new OpsModel(workspace, this)), m_tree(new QTreeView(this))
{
    m_tree->setObjectName(QStringLiteral("opsTree"));
    m_tree->setAccessibleName(tr("Operators of the model"));
    auto *delegate = new TableDelegate(m_tree);
    delegate->setRowLines(false);
    m_tree->setItemDelegate(delegate);
    m_tree->setModel(m_model);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setIndentation(scaled(14));
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(OpsModel::Name, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(OpsModel::Share, QHeaderView::Fixed);
    m_tree->header()->resizeSection(OpsModel::Share, scaled(66));
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_tree);
    new NodeSelectionLink(
        *m_tree, workspace, [this](const QModelIndex &index) { return m_model->nodesOf(index); },
        [this](core::NodeId node) { return m_model->indexOf(node); });
}

} // namespace nordlys::studio
