// SPDX-License-Identifier: GPL-3.0-or-later
// How the view is put together; what it says is in compare_view_texts.cpp.
#include "compare_view.h"

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/views/timeline/note_box.h>
#include <studio/widgets/table_text.h>
#include <studio/workspace/filter_query.h>

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace nordlys::studio {

CompareView::CompareView(Workspace &workspace, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions), m_set(new CompareSet(workspace, this)),
      m_layersModel(new CompareModel(workspace, *m_set, this)), m_runsModel(new RunsModel(workspace, *m_set, this)),
      m_differencesModel(new DifferencesModel(*m_set, this)), m_layersSorted(new SortModel(this)), m_runsSorted(new SortModel(this)),
      m_layersTable(new TableView(this)), m_runsTable(new TableView(this)), m_differencesTable(new TableView(this)),
      m_pages(new QStackedWidget(this)), m_tables(new QStackedWidget(this)), m_empty(new EmptyState(this)),
      m_title(new InkLabel(CellInk::Default, this)), m_condition(new InkLabel(CellInk::Note, this)),
      m_floor(new InkLabel(CellInk::Note, this)), m_note(new InkLabel(CellInk::Note, this)),
      m_gate(new QPushButton(tr("Copy as gate"), this)), m_bar(new QWidget(this)), m_tabRow(new QWidget(this)),
      m_runButtons(new QWidget(this)), m_cardArea(new QScrollArea(this)), m_cardRow(nullptr),
      m_warning(new NoteBox(ChipKind::Warn, this)), m_tabs(new QTabBar(this))
{
    addActions();
    buildBar();
    buildTables();
    buildTabs();
    auto *cards = new QWidget(this);
    cards->setAutoFillBackground(true);
    cards->setBackgroundRole(QPalette::Window);
    m_cardRow = new QHBoxLayout(cards);
    m_cardRow->setContentsMargins(metrics().gapLarge, metrics().gapTiny, metrics().gapLarge, metrics().gap);
    m_cardRow->setSpacing(metrics().gap);
    m_cardArea->setWidget(cards);
    m_cardArea->setWidgetResizable(true);
    m_cardArea->setFrameShape(QFrame::NoFrame);
    m_cardArea->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_cardArea->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);

    auto *whole = new QWidget(this);
    auto *column = new QVBoxLayout(whole);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(m_cardArea);
    auto *warningRow = new QHBoxLayout;
    warningRow->setContentsMargins(metrics().gapLarge, 0, metrics().gapLarge, metrics().gap);
    warningRow->addWidget(m_warning);
    column->addLayout(warningRow);
    column->addWidget(m_tabRow);
    column->addWidget(m_tables, 1);
    m_empty->setTexts(Icon::Compare, tr("No runs yet"),
                      tr("Runs of this model and recordings stand here side by side, with the change of every layer and whether it is "
                         "more than noise."));
    m_empty->setAction(tr("Open recording…"), Icon::FolderOpen);
    setPrimary(m_empty->button(), false); // the one primary button is Run in the top bar
    m_empty->setHint(tr("Or run the model twice: before and after a change."));
    connect(m_empty, &EmptyState::actionTriggered, m_actions.action(QStringLiteral("file.openRecording")), &QAction::trigger);
    m_pages->addWidget(m_empty);
    m_pages->addWidget(whole);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_pages);

    for (const auto signal : {&Workspace::runsChanged, &Workspace::baselineChanged})
        connect(&m_workspace, signal, this, &CompareView::refresh);
    connect(&m_workspace, &Workspace::filterChanged, this, &CompareView::refilter);
    connect(&m_workspace, &Workspace::selectionChanged, this, &CompareView::showSelection);
    connect(m_set, &CompareSet::changed, this, &CompareView::refresh);
    connect(m_set, &CompareSet::candidateChanged, this, &CompareView::refresh);
    connect(m_layersModel, &QAbstractItemModel::modelReset, this, &CompareView::showSelection);
    refresh();
    showTab(LayersTab);
}

void CompareView::addActions()
{
    const auto add = [this](const char *id, const QString &text, std::optional<Icon> picture, std::function<void()> run) {
        ActionSpec spec;
        spec.id = QString::fromLatin1(id);
        spec.text = text;
        spec.icon = picture;
        spec.menu = QStringLiteral("run");
        spec.group = 5;
        m_actions.add(spec, std::move(run));
    };
    // Of the run that the views show.
    add("run.useAsBaseline", tr("Use as baseline"), Icon::Pin, [this] { m_workspace.setBaseline(m_workspace.run()); });
    add("run.rename", tr("Rename run…"), Icon::Edit, [this] {
        Q_EMIT m_workspace.viewRequested(QStringLiteral("compare"));
        renameRun(m_workspace.run());
    });
    add("run.remove", tr("Remove run from the list"), Icon::Trash, [this] { removeRun(m_workspace.run()); });
    add("run.copyGate", tr("Copy comparison as gate"), Icon::Copy, [this] {
        QApplication::clipboard()->setText(gateCommand());
        Q_EMIT m_workspace.notice(tr("The command is in the clipboard."));
    });
}

void CompareView::buildBar()
{
    m_bar->setAutoFillBackground(true);
    m_bar->setBackgroundRole(QPalette::Window);
    m_title->setFont(uiFont(12, QFont::DemiBold));
    m_condition->setElided(true);
    m_floor->setFont(uiFont(11));
    auto *open = new QPushButton(icon(Icon::Plus), tr("Open recording…"), this);
    connect(open, &QPushButton::clicked, m_actions.action(QStringLiteral("file.openRecording")), &QAction::trigger);
    m_gate->setObjectName(QStringLiteral("compareGate"));
    m_gate->setToolTip(tr("Copy a command that compares the two recordings and fails when the candidate is slower than noise explains"));
    connect(m_gate, &QPushButton::clicked, m_actions.action(QStringLiteral("run.copyGate")), &QAction::trigger);
    for (QPushButton *button : {open, m_gate})
        setBarSize(button);
    auto *row = new QHBoxLayout(m_bar);
    row->setContentsMargins(metrics().gapLarge, metrics().gapTiny, metrics().gapLarge, metrics().gapTiny);
    row->setSpacing(metrics().gap);
    row->addWidget(m_title);
    row->addWidget(m_condition, 1);
    row->addWidget(m_floor);
    row->addWidget(open);
    row->addWidget(m_gate);
    if (m_actions.contains(QStringLiteral("file.exportReport"))) {
        auto *report = new QPushButton(icon(Icon::Export), tr("Report…"), this);
        setBarSize(report);
        connect(report, &QPushButton::clicked, m_actions.action(QStringLiteral("file.exportReport")), &QAction::trigger);
        row->addWidget(report);
    }
}

void CompareView::buildTables()
{
    m_layersSorted->setSourceModel(m_layersModel);
    m_layersTable->setObjectName(QStringLiteral("compareLayers"));
    m_layersTable->setAccessibleName(tr("Layers of both runs"));
    m_layersTable->setModel(m_layersSorted);
    m_layersTable->setSelectionMode(QAbstractItemView::SingleSelection);
    const int layerWidths[] = {170, 100, 76, 70, 70, 66, 74, 124, 128, 112, 64, 64};
    static_assert(std::size(layerWidths) == CompareModel::ColumnCount);
    for (int column = 0; column < CompareModel::ColumnCount; ++column)
        m_layersTable->setColumnWidth(column, scaled(layerWidths[column]));
    m_layersTable->horizontalHeader()->setStretchLastSection(false);
    // What the change of the whole is made of comes first.
    m_layersTable->setSortKeys({{CompareModel::Difference, Qt::DescendingOrder}});
    connect(m_layersTable->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        const QModelIndexList rows = m_layersTable->selectionModel()->selectedRows();
        if (m_selecting || rows.isEmpty())
            return;
        const core::NodeId node = m_layersModel->nodeOf(m_layersSorted->mapToSource(rows.front()).row());
        if (node.isValid())
            m_workspace.selectNode(node);
    });
    connect(m_layersTable, &QAbstractItemView::activated, this, [this](const QModelIndex &index) {
        if (m_layersModel->nodeOf(m_layersSorted->mapToSource(index).row()).isValid())
            Q_EMIT m_workspace.viewRequested(QStringLiteral("graph"));
    });

    m_runsSorted->setSourceModel(m_runsModel);
    m_runsTable->setObjectName(QStringLiteral("compareRuns"));
    m_runsTable->setAccessibleName(tr("Runs"));
    m_runsTable->setModel(m_runsSorted);
    m_runsTable->setSelectionMode(QAbstractItemView::SingleSelection);
    const int runWidths[] = {110, 130, 130, 220, 60, 74, 60, 74, 70, 120, 100, 130, 300};
    static_assert(std::size(runWidths) == RunsModel::ColumnCount);
    for (int column = 0; column < RunsModel::ColumnCount; ++column)
        m_runsTable->setColumnWidth(column, scaled(runWidths[column]));
    m_runsTable->tableDelegate()->setValidator([this](const QModelIndex &index, const QString &text) {
        const RunRecord *run = m_runsModel->runAt(m_runsSorted->mapToSource(index).row());
        return run ? m_workspace.whyNoRunName(run, text) : QString();
    });
    connect(m_runsTable, &QAbstractItemView::activated, this, [this](const QModelIndex &index) {
        m_workspace.showRun(m_runsModel->runAt(m_runsSorted->mapToSource(index).row()));
    });
    m_runsTable->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_runsTable, &QWidget::customContextMenuRequested, this, [this](const QPoint &at) {
        const QModelIndex index = m_runsTable->indexAt(at);
        runMenu(index.isValid() ? m_runsModel->runAt(m_runsSorted->mapToSource(index).row()) : nullptr,
                m_runsTable->viewport()->mapToGlobal(at));
    });
    auto *remove = new QShortcut(QKeySequence::Delete, m_runsTable);
    remove->setContext(Qt::WidgetWithChildrenShortcut);
    connect(remove, &QShortcut::activated, this, [this] { removeRun(currentRun()); });

    m_differencesTable->setObjectName(QStringLiteral("compareDifferences"));
    m_differencesTable->setAccessibleName(tr("Settings that differ"));
    m_differencesTable->setModel(m_differencesModel);
    m_differencesTable->setEmptyText(tr("Model, precision, threads, device, clocks and temperature are the same in both runs."));
    const int differenceWidths[] = {220, 300, 300, 200};
    for (int column = 0; column < DifferencesModel::ColumnCount; ++column)
        m_differencesTable->setColumnWidth(column, scaled(differenceWidths[column]));
    for (TableView *table : {m_layersTable, m_differencesTable}) {
        table->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(table, &QWidget::customContextMenuRequested, this, [this, table](const QPoint &at) {
            QMenu menu(this);
            addCopyActions(menu, *table);
            menu.exec(table->viewport()->mapToGlobal(at));
        });
    }
    for (TableView *table : {m_layersTable, m_runsTable, m_differencesTable})
        m_tables->addWidget(table);
}

void CompareView::buildTabs()
{
    m_tabs->setObjectName(QStringLiteral("compareTabs"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    for (int tab = LayersTab; tab <= SettingsTab; ++tab)
        m_tabs->addTab(QString());
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) { showTab(static_cast<Tab>(tab)); });
    m_note->setFont(uiFont(11));
    m_note->setElided(true);
    m_note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);

    auto *buttons = new QHBoxLayout(m_runButtons);
    buttons->setContentsMargins(0, 0, 0, 0);
    buttons->setSpacing(metrics().gapTiny);
    const auto button = [&](const char *name, const QString &text, auto run) {
        auto *made = new QPushButton(text, m_runButtons);
        made->setObjectName(QString::fromLatin1(name));
        setBarSize(made);
        connect(made, &QPushButton::clicked, this, [this, run] {
            if (const RunRecord *record = currentRun())
                run(record);
        });
        buttons->addWidget(made);
        return made;
    };
    button("runsShow", tr("Show"), [this](const RunRecord *run) { m_workspace.showRun(run); });
    button("runsBaseline", tr("Use as baseline"), [this](const RunRecord *run) { m_workspace.setBaseline(run); });
    button("runsRename", tr("Rename"), [this](const RunRecord *run) { renameRun(run); });
    button("runsRemove", tr("Remove"), [this](const RunRecord *run) { removeRun(run); });
    auto *copy = new QPushButton(icon(Icon::Copy), {}, this);
    copy->setObjectName(QStringLiteral("compareCopy"));
    copy->setAccessibleName(tr("Copy the table"));
    copy->setToolTip(tr("Copy the table"));
    setBarSize(copy);
    connect(copy, &QPushButton::clicked, this, [this, copy] {
        QMenu menu(this);
        addCopyActions(menu, *static_cast<TableView *>(m_tables->currentWidget()));
        menu.exec(copy->mapToGlobal(QPoint(0, copy->height())));
    });

    m_tabRow->setAutoFillBackground(true);
    m_tabRow->setBackgroundRole(QPalette::Button);
    auto *row = new QHBoxLayout(m_tabRow);
    row->setContentsMargins(metrics().gapTiny, 0, metrics().gapLarge, 0);
    row->setSpacing(metrics().gap);
    row->addWidget(m_tabs);
    row->addWidget(m_note, 1);
    row->addWidget(m_runButtons);
    row->addWidget(copy);
}

void CompareView::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
    m_tables->setCurrentIndex(tab);
    m_runButtons->setVisible(tab == RunsTab);
    if (tab == RunsTab && !m_runsTable->currentIndex().isValid()) {
        const int row = m_runsModel->rowOf(m_set->candidate() ? m_set->candidate() : m_workspace.run());
        if (row >= 0)
            m_runsTable->selectRow(m_runsSorted->mapFromSource(m_runsModel->index(row, 0)).row());
    }
    refreshTexts();
}

const RunRecord *CompareView::currentRun() const
{
    const QModelIndex index = m_runsTable->currentIndex();
    return index.isValid() ? m_runsModel->runAt(m_runsSorted->mapToSource(index).row()) : nullptr;
}

void CompareView::refreshCards()
{
    const auto &runs = m_workspace.runs();
    while (m_cards.size() > static_cast<qsizetype>(runs.size()))
        delete m_cards.takeLast();
    while (m_cards.size() < static_cast<qsizetype>(runs.size())) {
        auto *card = new RunCard(m_workspace, *m_set, m_cardArea->widget());
        connect(card, &RunCard::chosen, this, [this](const RunRecord *run) { m_set->setCandidate(run); });
        connect(card, &RunCard::opened, this, [this](const RunRecord *run) {
            m_workspace.showRun(run);
            Q_EMIT m_workspace.viewRequested(QStringLiteral("timeline"));
        });
        connect(card, &RunCard::menuRequested, this, &CompareView::runMenu);
        connect(card, &RunCard::neighbourWanted, this, [this, card](int step) {
            const qsizetype next = m_cards.indexOf(card) + step;
            if (next < 0 || next >= m_cards.size())
                return;
            m_cards[next]->setFocus(Qt::TabFocusReason);
            m_cardArea->ensureWidgetVisible(m_cards[next]);
        });
        m_cards << card;
        m_cardRow->addWidget(card);
    }
    // The baseline stands first; candidates follow in their order.
    std::vector<const RunRecord *> order;
    if (m_workspace.baseline())
        order.push_back(m_workspace.baseline());
    for (const auto &run : runs) {
        if (run.get() != m_workspace.baseline())
            order.push_back(run.get());
    }
    const auto [low, high] = m_set->scale();
    for (qsizetype i = 0; i < m_cards.size(); ++i) {
        const RunRecord *run = order[static_cast<std::size_t>(i)];
        const bool isBaseline = run == m_workspace.baseline();
        m_cards[i]->setScale(low, high);
        m_cards[i]->setRun(run, isBaseline ? QString() : i <= 26 ? tr("candidate %1").arg(QChar(u'A' + static_cast<int>(i) - 1)) : tr("candidate"));
    }
    if (!m_cards.isEmpty()) {
        const QMargins margins = m_cardRow->contentsMargins();
        m_cardArea->setFixedHeight(m_cards.first()->sizeHint().height() + margins.top() + margins.bottom());
    }
}

void CompareView::refresh()
{
    m_pages->setCurrentIndex(m_workspace.runs().empty() ? 0 : 1);
    refreshCards();
    refilter();
}

void CompareView::refilter()
{
    const FilterQuery query(m_workspace.filter());
    if (query.isEmpty())
        m_layersSorted->setRowPredicate({});
    else
        m_layersSorted->setRowPredicate([this, query](int row, const QModelIndex &) { return m_layersModel->matches(row, query); });
    refreshTexts();
}

void CompareView::showSelection()
{
    const core::NodeId node = m_workspace.selection().node;
    const int row = node.isValid() ? m_layersModel->rowOf(node) : -1;
    m_selecting = true;
    const QModelIndex index = row < 0 ? QModelIndex() : m_layersSorted->mapFromSource(m_layersModel->index(row, 0));
    if (index.isValid()) {
        m_layersTable->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        m_layersTable->scrollTo(index);
    } else {
        m_layersTable->selectionModel()->clear();
    }
    m_selecting = false;
}

} // namespace nordlys::studio
