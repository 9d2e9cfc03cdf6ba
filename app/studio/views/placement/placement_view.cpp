// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement_view.h"

#include "node_actions.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/models/node_selection_link.h>
#include <studio/widgets/empty_state.h>
#include <studio/widgets/thin_splitter.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollBar>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr core::Backend kListed[] = {core::Backend::Htp, core::Backend::Gpu, core::Backend::Cpu};

/// One argument of a POSIX shell.
QString quoted(const QString &text)
{
    QString inner = text;
    inner.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    return QLatin1Char('\'') + inner + QLatin1Char('\'');
}

} // namespace

PlacementView::PlacementView(Workspace &workspace, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions), m_model(new PlacementModel(workspace, this)),
      m_sorted(new SortModel(this)), m_table(new TableView(this)), m_lanes(new PlacementLanes(workspace, this)), m_pane(nullptr),
      m_empty(new EmptyState(this)), m_stack(new QStackedWidget(this)), m_selected(new InkLabel(CellInk::Note, this)),
      m_copy(new QPushButton(tr("Copy as command"), this))
{
    new NodeActions(workspace, actions, this);
    m_pane = new ReasonPane(workspace, actions, this);
    makeTable();
    auto *left = new QWidget(this);
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar(actions));
    column->addWidget(m_lanes);
    column->addWidget(m_table, 1);
    m_lanes->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *split = new ThinSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->addWidget(left);
    split->addWidget(m_pane);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 0);
    m_pane->setMinimumWidth(scaled(264));
    split->setSizes({1088, scaled(352)});
    m_stack->addWidget(split);
    m_stack->addWidget(m_empty);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(m_stack);

    connect(m_empty, &EmptyState::actionTriggered, this, [this] { m_actions.action(QStringLiteral("file.open"))->trigger(); });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(asCommand());
        Q_EMIT m_workspace.notice(tr("The command is in the clipboard."));
    });
    connect(&m_workspace, &Workspace::filterChanged, this, &PlacementView::refilter);
    connect(&m_workspace, &Workspace::selectionChanged, this, &PlacementView::refreshButtons);
    connect(&m_workspace, &Workspace::documentChanged, this, &PlacementView::refresh);
    connect(&m_workspace.placement(), &PlacementKeeper::changed, this, &PlacementView::refresh);
    refresh();
}

void PlacementView::makeTable()
{
    m_table->setObjectName(QStringLiteral("placementTable"));
    m_table->setAccessibleName(tr("Placement"));
    m_sorted->setSourceModel(m_model);
    m_table->setModel(m_sorted);
    m_table->setEmptyText(tr("No operator matches the filter."));
    const int widths[] = {180, 148, 84, 42, 44, 44, 44, 88, 250, 190};
    for (int column = 0; column < PlacementModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, scaled(widths[column]));
    m_link = new NodeSelectionLink(
        *m_table, m_workspace,
        [this](const QModelIndex &index) {
            const QModelIndex source = m_sorted->mapToSource(index);
            return source.isValid() ? std::vector<core::NodeId>{core::NodeId(static_cast<std::size_t>(source.row()))}
                                    : std::vector<core::NodeId>();
        },
        [this](core::NodeId node) { return m_sorted->mapFromSource(m_model->index(static_cast<int>(node.index), 0)); });
    connect(m_table, &QAbstractItemView::activated, this,
            [this] { Q_EMIT m_workspace.viewRequested(QStringLiteral("graph")); });
}

QWidget *PlacementView::makeBar(ActionRegistry &actions)
{
    auto *bar = new QWidget(this);
    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::Window);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(metrics().gapLarge, 3, metrics().gapLarge, 3);
    row->setSpacing(metrics().gapSmall);
    const auto add = [&](const QString &id, const QString &text) {
        auto *button = new QPushButton(text, bar);
        button->setObjectName(id);
        button->setAccessibleName(actions.action(id)->text().remove(QLatin1Char('&')));
        setBarSize(button);
        connect(button, &QPushButton::clicked, actions.action(id), &QAction::trigger);
        row->addWidget(button);
        m_buttons[id] = button;
        return button;
    };
    row->addWidget(new InkLabel(tr("All on one"), CellInk::Note, bar));
    for (const core::Backend backend : kListed)
        add(allActionId(backend), backendName(backend));
    row->addSpacing(metrics().gapLarge);
    row->addWidget(new InkLabel(tr("Selection to"), CellInk::Note, bar));
    for (const core::Backend backend : kListed) {
        QPushButton *button = add(placeActionId(backend), backendName(backend));
        setSegment(button);
        button->setCheckable(true);
    }
    add(placeActionId(std::nullopt), tr("Automatic"));
    row->addWidget(m_selected);
    m_selected->setElided(true);
    row->addStretch(1);
    m_copy->setIcon(icon(Icon::Copy));
    m_copy->setObjectName(QStringLiteral("copyPlacement"));
    m_copy->setToolTip(tr("The same placement for the command line"));
    setBarSize(m_copy);
    row->addWidget(m_copy);
    connect(&m_actions, &ActionRegistry::changed, this, [this](const QString &id) {
        if (m_buttons.contains(id))
            refreshButtons();
    });
    return bar;
}

void PlacementView::refreshButtons()
{
    const auto common = m_workspace.placement().commonBackend(m_workspace.selectedNodes().nodes());
    for (const auto &[id, button] : m_buttons) {
        const QString reason = m_actions.reason(id);
        const bool here = common && id == placeActionId(*common);
        if (button->isCheckable())
            button->setChecked(here);
        button->setEnabled(reason.isEmpty() || here);
        button->setToolTip(reason.isEmpty() ? m_actions.action(id)->toolTip() : reason);
    }
    const std::size_t count = m_workspace.selectedNodes().size();
    m_selected->setText(count == 0 ? tr("nothing selected")
                                   : (count > 1 && !common ? tr("%1, mixed").arg(Counted::ops(static_cast<qint64>(count)))
                                                           : Counted::ops(static_cast<qint64>(count))));
}

void PlacementView::refilter()
{
    const FilterQuery query(m_workspace.filter());
    if (query.isEmpty())
        m_sorted->setRowPredicate({});
    else
        m_sorted->setRowPredicate([this, query](int row, const QModelIndex &) { return m_model->matches(row, query); });
    m_link->show();
}

void PlacementView::refresh()
{
    const PlacementKeeper &placement = m_workspace.placement();
    const bool open = m_workspace.document() != nullptr;
    if (!open) {
        m_empty->setTexts(Icon::Placement, tr("Which backend runs what"),
                          tr("Open a model to put its operators on HTP or CPU, and see what crosses between them and why an "
                             "operator cannot go somewhere."));
        m_empty->setAction(tr("Open a model…"));
        m_empty->setHint({});
    } else if (placement.error()) {
        m_empty->setTexts(Icon::Error, tr("The placement cannot be planned"), toQString(placement.error()->text()));
        m_empty->setAction({});
        m_empty->setHint({});
    } else if (!placement.plan()) {
        m_empty->setTexts(Icon::Placement, tr("Planning the placement"),
                          tr("%1 are being checked against the capability tables.")
                              .arg(Counted::ops(static_cast<qint64>(m_workspace.document()->graph().nodes.size()))));
        m_empty->setAction({});
        m_empty->setHint({});
    }
    m_stack->setCurrentIndex(open && placement.plan() ? 0 : 1);
    // The height follows the bar below the lanes, which comes with many segments.
    m_lanes->setFixedHeight(m_lanes->sizeHint().height());
    refreshButtons();
}

void PlacementView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool narrow = width() < scaled(1150);
    m_copy->setText(narrow ? QString() : tr("Copy as command"));
    m_copy->setAccessibleName(tr("Copy as command"));
    m_selected->setVisible(width() > scaled(1250));
}

QString PlacementView::asCommand() const
{
    const auto document = m_workspace.document();
    if (!document)
        return {};
    QStringList parts{QStringLiteral("nordlys place"), quoted(toQString(document->path))};
    const core::BackendAssignments &assigned = m_workspace.edits().placement;
    const bool onlyHtp = std::ranges::all_of(assigned, [](const auto &entry) { return entry.second == core::Backend::Htp; });
    if (!assigned.empty() && onlyHtp && !m_workspace.placement().whyNotAll(core::Backend::Htp).isEmpty()) {
        parts << QStringLiteral("--all htp");
        return parts.join(QLatin1Char(' '));
    }
    for (const auto &[node, backend] : assigned)
        parts << QStringLiteral("--set") << quoted(toQString(node) + QLatin1Char('=') + toQString(core::nameOf(backend)));
    return parts.join(QLatin1Char(' '));
}

} // namespace nordlys::studio
