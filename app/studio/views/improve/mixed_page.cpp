// SPDX-License-Identifier: GPL-3.0-or-later
#include "improve_page.h"

#include "pareto_plot.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/models/improve_rows.h>
#include <studio/widgets/thin_splitter.h>
#include <studio/workspace/counted.h>

#include <QItemSelectionModel>
#include <QPushButton>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {

MixedPage::MixedPage(Workspace &workspace, Improver &improver, ActionRegistry &actions, QWidget *parent)
    : ImprovePage(Improver::MixedTool, workspace, improver, actions, parent), m_model(new RowsModel(this)), m_sorted(new SortModel(this)), m_table(nullptr),
      m_plot(nullptr), m_apply(addButton(tr("Apply as one step"), "applyMixed"))
{
    auto *split = new ThinSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    m_table = makeTable("mixedTable", tr("Mixed precision"), m_model, m_sorted, split);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_plot = new ParetoPlot(split);
    split->addWidget(m_table);
    split->addWidget(m_plot);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setSizes({600, 400});
    setPrimary(m_apply);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        m_plot->choose(chosenPoint());
        m_apply->setEnabled(chosenPoint() >= 0);
    });
    connect(m_plot, &ParetoPlot::pointChosen, this, &MixedPage::choosePoint);
    connect(m_apply, &QPushButton::clicked, this, [this] {
        if (const int point = chosenPoint(); point >= 0)
            m_improver.applyMixed(static_cast<std::size_t>(point));
    });
    connect(m_table, &QAbstractItemView::activated, m_apply, &QPushButton::click);
    setContent(split);
}

int MixedPage::chosenPoint() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? -1 : m_sorted->mapToSource(rows.front()).row();
}

void MixedPage::choosePoint(int point)
{
    const QModelIndex index = m_sorted->mapFromSource(m_model->index(point, 0));
    if (index.isValid()) {
        m_table->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        m_table->scrollTo(index);
    }
}

QString MixedPage::partialText() const
{
    return hasResult() && !m_improver.mixed()->result.complete ? tr("stopped: the best of what was measured") : QString();
}

void MixedPage::fill()
{
    const Improver::MeasuredMixed &measured = *m_improver.mixed();
    const runtime::MixedResult &result = measured.result;
    const runtime::MetricKind kind = measured.request.metric.kind;
    const bool byMacs = measured.request.cost == runtime::LayerCost::Macs;
    summary().setText((result.isExact ? tr("Exact: all %1 choices within %2 of %3 measured, n=%4") : tr("Greedy: %1 choices within %2 of %3 measured, n=%4"))
                          .arg(formatCount(static_cast<qint64>(result.measuredChoices)), formatPercent(measured.request.budgetPercent),
                               byMacs ? tr("the MACs") : tr("the weights' bytes"), formatCount(static_cast<qint64>(result.samples))));
    m_apply->setToolTip(staleText().isEmpty() ? tr("The encodings of the chosen row become one step")
                                              : tr("The encodings of the chosen row as they were measured: edits since then are replaced, and Undo "
                                                   "brings them back"));
    // Edits change neither rows nor the choice.
    if (m_shown == result.pareto.data() && m_model->rowCount() > 0)
        return;
    m_shown = result.pareto.data();
    show(*m_model, ImproveRows::pareto(measured), *m_table, {72, 96, 84, 64, 420});
    m_table->setColumnHidden(2, kind == runtime::MetricKind::Sqnr); // the metric itself
    ParetoPlot::Front front;
    const bool isFraction = kind == runtime::MetricKind::Agreement || kind == runtime::MetricKind::Accuracy;
    for (const runtime::MixedChoice &choice : result.pareto) {
        const double shown = isFraction ? 100 * choice.measured.metric : choice.measured.metric;
        front.points.push_back({choice.costPercent, shown,
                               tr("%1 at %2 of the cost, %3 raised")
                                   .arg(ImproveRows::metricText(kind, choice.measured.metric), formatPercent(choice.costPercent),
                                        Counted::layers(std::ranges::count(choice.raised, true)))});
    }
    if (std::isfinite(result.exact.metric))
        front.reference = isFraction ? 100 * result.exact.metric : result.exact.metric;
    front.budget = measured.request.budgetPercent;
    const QString name = ImproveRows::metricName(kind);
    front.metricTitle = kind == runtime::MetricKind::Sqnr ? tr("SQNR, dB") : isFraction ? tr("%1, %").arg(name) : name;
    front.costTitle = tr("Cost, %");
    m_plot->setFront(std::move(front));
    const auto best = std::ranges::find(result.pareto, result.best.raised, &runtime::MixedChoice::raised);
    m_table->selectionModel()->clear();
    if (best != result.pareto.end())
        choosePoint(static_cast<int>(best - result.pareto.begin()));
    m_plot->choose(chosenPoint());
    m_apply->setEnabled(chosenPoint() >= 0);
}

} // namespace nordlys::studio
