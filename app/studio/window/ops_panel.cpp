// SPDX-License-Identifier: GPL-3.0-or-later
#include "ops_panel.h"

#include <studio/look/metrics.h>
#include <studio/widgets/table_delegate.h>

#include <QHeaderView>
#include <QItemSelectionModel>
#include <QTreeView>
#include <QVBoxLayout>

namespace nordlys::studio {

OpsPanel::OpsPanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_model(new OpsModel(workspace, this)), m_tree(new QTreeView(this))
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
    m_tree->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(OpsModel::Name, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(OpsModel::Share, QHeaderView::Fixed);
    m_tree->header()->resizeSection(OpsModel::Share, scaled(66));
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_tree);
    connect(m_tree->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        const QModelIndexList rows = m_tree->selectionModel()->selectedRows();
        if (m_selecting || rows.isEmpty())
            return;
        if (const core::NodeId node = m_model->nodeOf(rows.front()); node.isValid())
            m_workspace.selectNode(node);
    });
    connect(&m_workspace, &Workspace::selectionChanged, this, &OpsPanel::showSelection);
}

void OpsPanel::showSelection()
{
    const QModelIndex index = m_model->indexOf(m_workspace.selection().node);
    m_selecting = true;
    if (index.isValid()) {
        m_tree->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        m_tree->scrollTo(index);
    } else {
        m_tree->selectionModel()->clear();
    }
    m_selecting = false;
}

} // namespace nordlys::studio
