// SPDX-License-Identifier: GPL-3.0-or-later
#include "layers_panel.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/models/node_selection_link.h>
#include <studio/views/placement/node_actions.h>
#include <studio/widgets/dock_header.h>
#include <studio/widgets/table_text.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/filter_query.h>
#include <studio/workspace/text.h>

#include <QComboBox>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

namespace nordlys::studio {
namespace {

constexpr int kWidths[] = {180, 124, 92, 52, 66, 62, 66, 66, 66, 66, 66, 150, 104, 160, 80, 74, 104};
static_assert(std::size(kWidths) == LayersModel::ColumnCount);

} // namespace

LayersPanel::LayersPanel(Workspace &workspace, ActionRegistry &actions, const RangeStatistics *range, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions), m_range(range), m_model(new LayersModel(workspace, range, this)),
      m_sorted(new GroupedSort(this)), m_table(new TableView(this)),
      m_header(new DockHeader(range ? tr("Layers in range") : tr("Layers"), this)), m_grouping(new QComboBox(this)),
      m_again(new QPushButton(tr("Run again"), this))
{
    m_table->setObjectName(range ? QStringLiteral("layersInRange") : QStringLiteral("layersTable"));
    m_table->setAccessibleName(tr("Layers"));
    m_sorted->setSourceModel(m_model);
    m_sorted->setGroupOf([this](int row) { return m_model->groupOf(row); });
    m_table->setModel(m_sorted);
    m_table->setEmptyText(tr("No layers yet. Open a model or a recording."));
    for (int column = 0; column < LayersModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, scaled(kWidths[column]));
    new NodeSelectionLink(
        *m_table, m_workspace,
        [this](const QModelIndex &index) { return m_model->nodesOf(m_sorted->mapToSource(index).row()); },
        [this](core::NodeId node) {
            const int row = m_model->rowOf(node);
            return row < 0 ? QModelIndex() : m_sorted->mapFromSource(m_model->index(row, 0));
        },
        NodeSelectionLink::Menu::OfTheView);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table, &QWidget::customContextMenuRequested, this, &LayersPanel::tableMenu);
    for (QTableView *view : {static_cast<QTableView *>(m_table), m_table->stickyColumn()}) {
        QHeaderView *titles = view->horizontalHeader();
        titles->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(titles, &QWidget::customContextMenuRequested, this,
                [this, titles](const QPoint &at) { headerMenu(titles->mapToGlobal(at)); });
    }
    buildHeader(actions);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_table, 1);

    connect(&m_workspace, &Workspace::filterChanged, this, &LayersPanel::refilter);
    connect(m_model, &LayersModel::closedChanged, this, &LayersPanel::refilter);
    connect(m_model, &LayersModel::hasTimesChanged, this, &LayersPanel::updateColumns);
    for (const auto signal : {&Workspace::runsChanged, &Workspace::editsChanged, &Workspace::documentChanged, &Workspace::rangeChanged})
        connect(&m_workspace, signal, this, &LayersPanel::updateSummary);
    if (m_range)
        connect(m_range, &RangeStatistics::changed, this, &LayersPanel::updateSummary);
    connect(m_model, &QAbstractItemModel::modelReset, this, &LayersPanel::refilter);
    connect(m_table, &QAbstractItemView::activated, this, &LayersPanel::activate);
    restore();
    refilter();
}

void LayersPanel::buildHeader(ActionRegistry &actions)
{
    m_grouping->setObjectName(QStringLiteral("layersGrouping"));
    m_grouping->setAccessibleName(tr("Group rows"));
    m_grouping->setToolTip(tr("Group rows; each group has its own total"));
    m_grouping->addItem(tr("Not grouped"), static_cast<int>(LayerGrouping::None));
    m_grouping->addItem(tr("By op"), static_cast<int>(LayerGrouping::Op));
    m_grouping->addItem(tr("By segment"), static_cast<int>(LayerGrouping::Segment));
    setBarSize(m_grouping);
    connect(m_grouping, &QComboBox::activated, this, [this] { setGrouping(static_cast<LayerGrouping>(m_grouping->currentData().toInt())); });
    m_again->setObjectName(QStringLiteral("layersRunAgain"));
    setBarSize(m_again);
    m_again->hide();
    QAction *run = actions.action(QStringLiteral("run.run"));
    connect(m_again, &QPushButton::clicked, run, &QAction::trigger);
    connect(m_header, &DockHeader::staleClicked, run, &QAction::trigger);
    auto *more = new QPushButton(icon(Icon::More), {}, this);
    more->setObjectName(QStringLiteral("layersMore"));
    more->setAccessibleName(tr("Columns and copying"));
    more->setToolTip(tr("Columns and copying"));
    setBarSize(more);
    connect(more, &QPushButton::clicked, this, [this, more] { headerMenu(more->mapToGlobal(QPoint(0, more->height()))); });
    m_header->addRight(m_again);
    m_header->addRight(m_grouping);
    m_header->addRight(more);
}

void LayersPanel::tableMenu(const QPoint &at)
{
    QMenu menu(this);
    const QModelIndex index = m_table->indexAt(at);
    const int row = index.isValid() ? m_sorted->mapToSource(index).row() : -1;
    if (m_model->nodeOf(row).isValid()) {
        menu.addAction(icon(Icon::Graph), tr("Show in the graph"), this,
                       [this] { Q_EMIT m_workspace.viewRequested(QStringLiteral("graph")); });
        menu.addSeparator();
        for (const auto backend : {std::optional(core::Backend::Htp), std::optional(core::Backend::Gpu),
                                   std::optional(core::Backend::Cpu), std::optional<core::Backend>()}) {
            if (m_actions.contains(placeActionId(backend)))
                menu.addAction(m_actions.action(placeActionId(backend)));
        }
        menu.setToolTipsVisible(true);
        menu.addSeparator();
    }
    addCopyActions(menu, *m_table);
    if (m_model->grouping() != LayerGrouping::None) {
        menu.addSeparator();
        for (const bool close : {false, true}) {
            menu.addAction(close ? tr("Close all groups") : tr("Open all groups"), this, [this, close] {
                for (int i = 0; i < m_model->rowCount(); ++i)
                    m_model->setClosed(i, close);
            });
        }
    }
    menu.exec(m_table->viewport()->mapToGlobal(at));
}

void LayersPanel::headerMenu(const QPoint &globalAt)
{
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("layersColumnMenu"));
    menu.setToolTipsVisible(true);
    addColumnActions(menu, *m_table, [this](int column, bool shown) { setColumnShown(column, shown); });
    menu.addSeparator();
    menu.addAction(tr("Usual columns"), this, [this] {
        QSettings().remove(settingsGroup() + QStringLiteral("/hidden"));
        restore();
    });
    menu.addSeparator();
    addCopyActions(menu, *m_table);
    menu.exec(globalAt);
}

void LayersPanel::activate(const QModelIndex &index)
{
    const int row = m_sorted->mapToSource(index).row();
    if (m_model->isGroup(row))
        m_model->setClosed(row, !m_model->isClosed(row));
    else if (m_model->nodeOf(row).isValid())
        Q_EMIT m_workspace.viewRequested(QStringLiteral("graph"));
}

bool LayersPanel::isColumnShown(int column) const { return !m_table->isColumnHidden(column); }

void LayersPanel::setColumnShown(int column, bool shown)
{
    if (shown)
        m_hidden.remove(column);
    else
        m_hidden.insert(column);
    updateColumns();
    remember();
}

void LayersPanel::setGrouping(LayerGrouping grouping)
{
    m_grouping->setCurrentIndex(m_grouping->findData(static_cast<int>(grouping)));
    m_model->setGrouping(grouping);
    remember();
}

void LayersPanel::updateColumns()
{
    for (int column = 1; column < LayersModel::ColumnCount; ++column) {
        const bool idle = !m_model->hasTimes() && LayersModel::isTimeColumn(column); // before a run it would be empty
        m_table->setColumnHidden(column, idle || m_hidden.contains(column));
    }
}

QString LayersPanel::settingsGroup() const { return m_range ? QStringLiteral("layersInRange") : QStringLiteral("layers"); }

void LayersPanel::restore()
{
    const QSettings settings;
    const QString group = settingsGroup();
    m_hidden = {LayersModel::Minimum, LayersModel::Mean, LayersModel::Maximum};
    if (const QVariant stored = settings.value(group + QStringLiteral("/hidden")); stored.isValid()) {
        const QStringList ids = stored.toStringList();
        m_hidden.clear();
        for (int column = 1; column < LayersModel::ColumnCount; ++column) {
            if (ids.contains(LayersModel::columnId(column)))
                m_hidden.insert(column);
        }
    }
    const int grouping = std::clamp(settings.value(group + QStringLiteral("/grouping"), 0).toInt(), 0, 2);
    m_grouping->setCurrentIndex(m_grouping->findData(grouping));
    m_model->setGrouping(static_cast<LayerGrouping>(grouping));
    updateColumns();
}

void LayersPanel::remember() const
{
    QStringList ids;
    for (const int column : m_hidden)
        ids << LayersModel::columnId(column);
    ids.sort();
    QSettings settings;
    settings.setValue(settingsGroup() + QStringLiteral("/hidden"), ids);
    settings.setValue(settingsGroup() + QStringLiteral("/grouping"), static_cast<int>(m_model->grouping()));
}

void LayersPanel::refilter()
{
    const FilterQuery query(m_workspace.filter());
    if (query.isEmpty() && m_model->grouping() == LayerGrouping::None) {
        m_sorted->setRowPredicate({});
    } else {
        m_sorted->setRowPredicate([this, query](int row, const QModelIndex &) {
            const int group = m_model->groupOf(row);
            if (group != row && m_model->isClosed(group))
                return false;
            return query.isEmpty() || m_model->matches(row, query);
        });
    }
    updateSummary();
}

void LayersPanel::updateSummary()
{
    QStringList parts;
    const int all = m_model->layerCount();
    int shown = all;
    if (const FilterQuery query(m_workspace.filter()); !query.isEmpty()) {
        shown = 0;
        for (int row = 0; row < m_model->rowCount(); ++row)
            shown += !m_model->isGroup(row) && m_model->matches(row, query) ? 1 : 0;
    }
    const bool layers = m_model->hasTimes();
    if (shown != all)
        parts << tr("%1 of %2 layers").arg(formatCount(shown), formatCount(all));
    else
        parts << (layers ? Counted::layers(all) : Counted::ops(all));
    const RunRecord *run = m_workspace.run();
    QString stale;
    if (layers && run) {
        parts << tr("run %1").arg(run->name);
        if (const auto &range = m_workspace.range(); m_range && range)
            parts << tr("range %1").arg(formatDuration(range->toNs - range->fromNs));
        parts << tr("n=%1 inferences").arg(formatCount(static_cast<qint64>(m_model->inferences())));
        if (const int age = m_workspace.runAge(); age > 0)
            stale = Counted::ofRunBefore(run->name, age);
    } else if (all > 0) {
        parts << tr("no run yet: shares are of MACs");
    }
    m_header->setNote(parts.join(QStringLiteral(", ")));
    m_header->setStale(stale);
    m_again->setVisible(!stale.isEmpty());
}

} // namespace nordlys::studio
