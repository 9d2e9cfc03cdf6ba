// SPDX-License-Identifier: GPL-3.0-or-later
#include "build_settings_pane.h"
#include "build_view.h"

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/widgets/overlay_scroll_bar.h>
#include <studio/widgets/thin_splitter.h>
#include <studio/workspace/text.h>

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

namespace nordlys::studio {
namespace {

constexpr int kSideWidth = 308, kClockMs = 100, kCommandDelayMs = 150;

QWidget *barOf(QWidget *parent, QHBoxLayout *&row)
{
    auto *bar = new QWidget(parent);
    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::Window);
    row = new QHBoxLayout(bar);
    row->setContentsMargins(metrics().gapLarge, 3, metrics().gapLarge, 3);
    row->setSpacing(metrics().gap);
    return bar;
}

QWidget *paneOf(QWidget *parent, QWidget *bar, QWidget *content)
{
    auto *pane = new QWidget(parent);
    auto *column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(content, 1);
    return pane;
}

InkLabel *titleOf(const QString &text, QWidget *parent)
{
    auto *label = new InkLabel(text, CellInk::Default, parent);
    label->setFont(uiFont(12, QFont::DemiBold));
    return label;
}

} // namespace

BuildView::BuildView(Workspace &workspace, ActionRegistry &actions, Runner &runner, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions), m_runner(runner), m_stepsModel(new BuildStepsModel(runner, this)),
      m_logModel(new BuildLogModel(workspace, runner, this)), m_artifactsModel(new ArtifactsModel(runner, this)),
      m_logSorted(new SortModel(this)), m_artifactsSorted(new SortModel(this)), m_stack(new QStackedWidget(this)),
      m_empty(new EmptyState(this)), m_error(new ErrorBlock(this)), m_steps(new TableView(this)), m_log(new TableView(this)),
      m_artifacts(new TableView(this)), m_state(new InkLabel(CellInk::Note, this)), m_artifactsNote(new InkLabel(CellInk::Note, this)),
      m_stale(new Chip(ChipKind::Neutral, {}, this)), m_build(new QPushButton(tr("Build"), this)),
      m_cancel(new QPushButton(tr("Cancel"), this)), m_copy(new QPushButton(tr("Copy as command"), this)),
      m_all(new QPushButton(this)), m_warnings(new QPushButton(this)), m_errors(new QPushButton(this)),
      m_show(new QPushButton(tr("Show in graph"), this)), m_reveal(new QPushButton(tr("Open folder"), this)),
      m_copyPath(new QPushButton(tr("Copy path"), this)), m_copyHash(new QPushButton(tr("Copy hash"), this)),
      m_result(new KeyValueGrid(this)), m_resultSection(new Section(tr("Last build"), this)), m_command(new QPlainTextEdit(this)),
      m_commandJob(tr("Command"), nullptr), m_copyJob(tr("Command"), nullptr)
{
    setObjectName(QStringLiteral("buildView"));
    m_empty->setTexts(Icon::Build, tr("Nothing to build yet"),
                      tr("Open a model to build the artifacts that devices run: contexts, descriptions and a manifest with hashes."));
    m_empty->setAction(tr("Open…"), Icon::FolderOpen);
    setPrimary(m_empty->button(), false); // the one primary button is Run in the top bar
    connect(m_empty, &EmptyState::actionTriggered, actions.action(QStringLiteral("file.open")), &QAction::trigger);

    auto *main = new QWidget(this);
    auto *mainColumn = new QVBoxLayout(main);
    mainColumn->setContentsMargins(0, 0, 0, 0);
    mainColumn->setSpacing(0);
    mainColumn->addWidget(makeBar());
    mainColumn->addWidget(m_error);
    mainColumn->addWidget(m_steps);
    auto *lower = new ThinSplitter(Qt::Vertical, this);
    lower->setChildrenCollapsible(false);
    lower->addWidget(makeLog());
    lower->addWidget(makeArtifacts());
    lower->setStretchFactor(0, 3);
    lower->setStretchFactor(1, 2);
    lower->setSizes({360, 200});
    mainColumn->addWidget(lower, 1);
    auto *whole = new ThinSplitter(Qt::Horizontal, this);
    whole->setChildrenCollapsible(false);
    whole->addWidget(main);
    whole->addWidget(makeSide());
    whole->setStretchFactor(0, 1);
    whole->setStretchFactor(1, 0);
    whole->setSizes({1100, scaled(kSideWidth)});
    m_stack->addWidget(m_empty);
    m_stack->addWidget(whole);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);

    m_steps->setObjectName(QStringLiteral("buildSteps"));
    m_steps->setAccessibleName(tr("Steps of the build"));
    m_steps->setModel(m_stepsModel);
    m_steps->setSelectionMode(QAbstractItemView::SingleSelection);
    m_steps->setStickyFirstColumn(false);
    m_steps->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_steps->horizontalHeader()->setSectionsClickable(false);
    m_steps->horizontalHeader()->setSortIndicatorShown(false);
    m_steps->setFixedHeight(metrics().header + m_stepsModel->rowCount() * metrics().row + 1);
    const int stepWidths[] = {240, 112, 220, 96};
    for (int i = 0; i < BuildStepsModel::ColumnCount; ++i)
        m_steps->setColumnWidth(i, scaled(stepWidths[i]));

    m_clock.setInterval(kClockMs);
    connect(&m_clock, &QTimer::timeout, this, &BuildView::updateState);
    m_commandDelay.setSingleShot(true);
    m_commandDelay.setInterval(kCommandDelayMs);
    connect(&m_commandDelay, &QTimer::timeout, this, &BuildView::updateCommand);
    connect(&m_runner, &Runner::buildStarted, this, [this] {
        showRecord();
        if (m_runner.lastBuild())
            m_clock.start();
    });
    connect(&m_runner, &Runner::buildProgressed, this, [this] {
        updateState();
        updateCounts();
    });
    connect(&m_runner, &Runner::buildEnded, this, [this] {
        m_clock.stop();
        showEnd();
    });
    connect(&m_runner.buildJob(), &JobBase::ended, this, &BuildView::updateState);
    connect(&m_workspace, &Workspace::documentChanged, this, &BuildView::showRecord);
    for (const auto signal : {&Workspace::editsChanged, &Workspace::titleChanged}) {
        connect(&m_workspace, signal, this, [this] {
            updateState();
            m_commandDelay.start();
        });
    }
    connect(&m_workspace, &Workspace::filterChanged, this, &BuildView::filterLog);
    connect(m_error, &ErrorBlock::actionTriggered, this, [this] {
        const BuildRecord *record = m_runner.lastBuild();
        if (record && record->error && record->error->code == core::ErrorCode::CannotWrite)
            m_settings->chooseFolder();
        else
            m_build->click();
    });
    showRecord();
}

QWidget *BuildView::makeBar()
{
    QHBoxLayout *row = nullptr;
    QWidget *bar = barOf(this, row);
    m_state->setElided(true);
    m_build->setIcon(icon(Icon::Build));
    m_build->setObjectName(QStringLiteral("buildStart"));
    m_cancel->setIcon(icon(Icon::Stop));
    m_cancel->setObjectName(QStringLiteral("buildCancel"));
    setDanger(m_cancel);
    m_copy->setIcon(icon(Icon::Copy));
    m_copy->setObjectName(QStringLiteral("buildCopyCommand"));
    m_copy->setToolTip(tr("The command line that repeats this build and gives the same bytes"));
    for (QPushButton *button : {m_build, m_cancel, m_copy})
        setBarSize(button);
    row->addWidget(titleOf(tr("Build"), bar));
    row->addWidget(m_state, 1);
    row->addWidget(m_stale);
    row->addWidget(m_copy);
    row->addWidget(m_build);
    row->addWidget(m_cancel);
    m_cancel->hide();
    m_stale->hide();
    connect(m_build, &QPushButton::clicked, m_actions.action(QStringLiteral("build.build")), &QAction::trigger);
    connect(m_cancel, &QPushButton::clicked, &m_runner, &Runner::cancelBuild);
    connect(m_copy, &QPushButton::clicked, this, &BuildView::copyCommand);
    return bar;
}

QWidget *BuildView::makeLog()
{
    m_log->setObjectName(QStringLiteral("buildLog"));
    m_log->setAccessibleName(tr("Log of the build"));
    m_logSorted->setSourceModel(m_logModel);
    m_log->setModel(m_logSorted);
    m_log->setStickyFirstColumn(false);
    m_log->setSelectionMode(QAbstractItemView::SingleSelection);
    m_log->setEmptyText(tr("What became of each operator is told here."));
    const int widths[] = {88, 380, 190, 190, 72};
    for (int i = 0; i < BuildLogModel::ColumnCount; ++i)
        m_log->setColumnWidth(i, scaled(widths[i]));

    QHBoxLayout *row = nullptr;
    QWidget *bar = barOf(this, row);
    row->addWidget(titleOf(tr("Log"), bar));
    row->addStretch(1);
    const auto choice = [&](QPushButton *button, const char *name, runtime::BuildSeverity least) {
        setSegment(button);
        setBarSize(button);
        button->setCheckable(true);
        button->setAutoExclusive(true);
        button->setObjectName(QString::fromLatin1(name));
        row->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, least] {
            m_least = least;
            filterLog();
        });
    };
    row->setSpacing(2);
    choice(m_all, "buildLogAll", runtime::BuildSeverity::Info);
    choice(m_warnings, "buildLogWarnings", runtime::BuildSeverity::Warning);
    choice(m_errors, "buildLogErrors", runtime::BuildSeverity::Error);
    m_all->setChecked(true);
    row->addSpacing(metrics().gap);
    m_show->setObjectName(QStringLiteral("buildLogShow"));
    m_show->setIcon(icon(Icon::Graph));
    m_show->setToolTip(tr("Enter on a line does the same"));
    m_show->setEnabled(false);
    setBarSize(m_show);
    row->addWidget(m_show);

    connect(m_show, &QPushButton::clicked, this, &BuildView::showInGraph);
    connect(m_log->selectionModel(), &QItemSelectionModel::selectionChanged, this, &BuildView::selectSubject);
    connect(m_log, &QAbstractItemView::activated, this, &BuildView::showInGraph);
    // The end stays in view while lines come, unless one looks at earlier ones.
    connect(m_logModel, &QAbstractItemModel::rowsAboutToBeInserted, this, [this] {
        const QScrollBar *scroll = m_log->verticalScrollBar();
        m_atEnd = scroll->value() == scroll->maximum();
    });
    connect(m_logModel, &QAbstractItemModel::rowsInserted, this, [this] {
        if (m_atEnd && m_runner.isBuilding())
            m_log->scrollToBottom();
    });
    return paneOf(this, bar, m_log);
}

QWidget *BuildView::makeArtifacts()
{
    m_artifacts->setObjectName(QStringLiteral("buildArtifacts"));
    m_artifacts->setAccessibleName(tr("Artifacts"));
    m_artifactsSorted->setSourceModel(m_artifactsModel);
    m_artifacts->setModel(m_artifactsSorted);
    m_artifacts->setEmptyText(tr("No artifacts yet. Build to make them."));
    const int widths[] = {240, 96, 88, 480};
    for (int i = 0; i < ArtifactsModel::ColumnCount; ++i)
        m_artifacts->setColumnWidth(i, scaled(widths[i]));

    QHBoxLayout *row = nullptr;
    QWidget *bar = barOf(this, row);
    m_artifactsNote->setElided(true);
    row->addWidget(titleOf(tr("Artifacts"), bar));
    row->addWidget(m_artifactsNote, 1);
    m_reveal->setObjectName(QStringLiteral("artifactsReveal"));
    m_reveal->setIcon(icon(Icon::FolderOpen));
    m_copyPath->setObjectName(QStringLiteral("artifactsCopyPath"));
    m_copyHash->setObjectName(QStringLiteral("artifactsCopyHash"));
    for (QPushButton *button : {m_copyPath, m_copyHash, m_reveal}) {
        setBarSize(button);
        row->addWidget(button);
    }
    connect(m_reveal, &QPushButton::clicked, this, [this] {
        if (m_artifactsModel->rowCount() > 0)
            QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(m_artifactsModel->pathOf(currentFile())).absolutePath()));
    });
    connect(m_copyPath, &QPushButton::clicked, this, [this] {
        if (m_artifactsModel->rowCount() > 0)
            QApplication::clipboard()->setText(m_artifactsModel->pathOf(currentFile()));
    });
    connect(m_copyHash, &QPushButton::clicked, this, [this] {
        if (m_artifactsModel->rowCount() > 0)
            QApplication::clipboard()->setText(m_artifactsModel->hashOf(currentFile()));
    });
    m_artifacts->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_artifacts, &QWidget::customContextMenuRequested, this, [this](const QPoint &at) {
        if (m_artifactsModel->rowCount() == 0)
            return;
        QMenu menu(this);
        for (QPushButton *button : {m_reveal, m_copyPath, m_copyHash})
            menu.addAction(button->icon(), button->text(), button, &QPushButton::click);
        menu.addAction(tr("Copy the table"), this, [this] { QApplication::clipboard()->setText(m_artifacts->tableAsTsv()); });
        menu.exec(m_artifacts->viewport()->mapToGlobal(at));
    });
    connect(m_artifacts, &QAbstractItemView::activated, m_reveal, &QPushButton::click);
    return paneOf(this, bar, m_artifacts);
}

QWidget *BuildView::makeSide()
{
    m_settings = new BuildSettingsPane(m_workspace, this);
    auto *settings = new Section(tr("Settings"), this);
    settings->setContent(m_settings);
    m_resultSection->setContent(m_result);
    auto *command = new Section(tr("Command"), this);
    m_command->setReadOnly(true);
    m_command->setObjectName(QStringLiteral("buildCommand"));
    m_command->setAccessibleName(tr("Command line of the build"));
    m_command->setFont(monoFont(11));
    m_command->setWordWrapMode(QTextOption::WrapAnywhere);
    m_command->setFrameShape(QFrame::NoFrame);
    m_command->setTabChangesFocus(true);
    m_command->setFixedHeight(7 * QFontMetrics(monoFont(11)).lineSpacing() + 12);
    OverlayScrollBar::installOn(m_command);
    auto *commandBox = new QWidget(this);
    auto *commandColumn = new QVBoxLayout(commandBox);
    commandColumn->setContentsMargins(metrics().dockMargin, metrics().gapTiny, metrics().dockMargin, metrics().gapLarge);
    commandColumn->addWidget(m_command);
    command->setContent(commandBox);

    auto *side = new QWidget(this);
    side->setAutoFillBackground(true);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (Section *section : {settings, m_resultSection, command}) {
        section->setOpen(true);
        column->addWidget(section);
    }
    column->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(side);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(scaled(264));
    OverlayScrollBar::installOn(scroll);
    return scroll;
}

void BuildView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_commandDelay.start();
}

} // namespace nordlys::studio
