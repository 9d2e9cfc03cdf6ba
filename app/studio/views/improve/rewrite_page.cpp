// SPDX-License-Identifier: GPL-3.0-or-later
#include "improve_page.h"

#include <studio/look/metrics.h>
#include <studio/models/improve_rows.h>
#include <studio/widgets/thin_splitter.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QFileInfo>
#include <QItemSelectionModel>
#include <QPushButton>

namespace nordlys::studio {

RewritePage::RewritePage(Improver::Tool tool, Workspace &workspace, Improver &improver, ActionRegistry &actions, QWidget *parent)
    : ImprovePage(tool, workspace, improver, actions, parent), m_model(new RowsModel(this)), m_leftModel(new RowsModel(this)), m_sorted(new SortModel(this)),
      m_leftSorted(new SortModel(this)), m_table(nullptr), m_leftTable(nullptr)
{
    const bool equalizes = tool == Improver::EqualizeTool;
    auto *split = new ThinSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    m_table = makeTable(equalizes ? "equalizeTable" : "biasTable", equalizes ? tr("Balanced pairs") : tr("Corrected layers"), m_model, m_sorted, split);
    m_leftTable = makeTable(equalizes ? "equalizeLeftTable" : "biasLeftTable", tr("Left alone"), m_leftModel, m_leftSorted, split);
    m_leftTable->setEmptyText(tr("Nothing was left alone."));
    split->addWidget(m_table);
    split->addWidget(m_leftTable);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setSizes({600, 400});
    QPushButton *open = addButton(tr("Open the new model"), "openNew");
    QPushButton *calibrate = addButton(tr("Open and calibrate…"), "openAndCalibrate");
    connect(open, &QPushButton::clicked, this, [this] { Q_EMIT m_improver.openRequested(target(), false); });
    connect(calibrate, &QPushButton::clicked, this, [this] { Q_EMIT m_improver.openRequested(target(), true); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RewritePage::selectRow);
    setContent(split);
}

bool RewritePage::hasResult() const { return tool() == Improver::EqualizeTool ? m_improver.equalized().has_value() : m_improver.biasCorrected().has_value(); }

QString RewritePage::target() const
{
    if (!hasResult())
        return {};
    return tool() == Improver::EqualizeTool ? m_improver.equalized()->target : m_improver.biasCorrected()->target;
}

void RewritePage::selectRow()
{
    const auto document = m_workspace.document();
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    if (!document || !hasResult() || rows.isEmpty())
        return;
    std::vector<core::NodeId> nodes;
    const auto take = [&](const std::string &name) {
        if (const core::NodeId node = document->findNode(name); node.isValid())
            nodes.push_back(node);
    };
    for (const QModelIndex &row : rows) {
        const auto index = static_cast<std::size_t>(m_sorted->mapToSource(row).row());
        if (tool() == Improver::EqualizeTool && index < m_improver.equalized()->report.pairs.size()) {
            take(m_improver.equalized()->report.pairs[index].first);
            take(m_improver.equalized()->report.pairs[index].second);
        } else if (tool() == Improver::BiasCorrectTool && index < m_improver.biasCorrected()->report.layers.size()) {
            take(m_improver.biasCorrected()->report.layers[index].name);
        }
    }
    if (!nodes.empty())
        m_workspace.selectNodes(nodes, nodes.front());
}

void RewritePage::fill()
{
    const QString name = QFileInfo(target()).fileName();
    summary().setToolTip(target());
    QStringList parts;
    if (tool() == Improver::EqualizeTool) {
        const runtime::EqualizeReport &report = m_improver.equalized()->report;
        const auto pairs = static_cast<qint64>(report.pairs.size()), folded = static_cast<qint64>(report.folded.size());
        parts << (pairs == 1 ? tr("%1 written, 1 pair balanced").arg(name) : tr("%1 written, %2 pairs balanced").arg(name).arg(pairs));
        if (folded > 0)
            parts << tr("%1 BatchNormalization folded").arg(folded);
        if (!report.replaced.empty())
            parts << tr("%1 Clip became ReLU: values above their limit are let through now").arg(report.replaced.size());
        if (!report.absorbedFrom.empty())
            parts << tr("biases absorbed by %1").arg(toQString(report.absorbedFrom));
        show(*m_model, ImproveRows::pairs(report), *m_table, {180, 180, 96, 96, 84, 92, 72});
        show(*m_leftModel, ImproveRows::leftAlone(report.leftAlone), *m_leftTable, {160, 420});
    } else {
        const runtime::BiasCorrectReport &report = m_improver.biasCorrected()->report;
        parts << tr("%1 written, %2 corrected").arg(name, Counted::layers(static_cast<qint64>(report.layers.size())));
        parts << tr("expected inputs from %1").arg(toQString(report.expectedInputs));
        if (!report.folded.empty())
            parts << tr("%1 BatchNormalization folded").arg(report.folded.size());
        show(*m_model, ImproveRows::corrected(report, *m_workspace.document()), *m_table, {300, 110, 140});
        show(*m_leftModel, ImproveRows::leftAlone(report.leftAlone), *m_leftTable, {160, 420});
    }
    summary().setText(parts.join(QStringLiteral("; ")));
}

} // namespace nordlys::studio
