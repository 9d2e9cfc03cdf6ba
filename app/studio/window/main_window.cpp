// SPDX-License-Identifier: GPL-3.0-or-later
#include "main_window.h"

#include "error_bar.h"
#include "job_strip.h"
#include "menus.h"
#include "offer_bar.h"
#include "ops_panel.h"
#include "side_strip.h"
#include "top_bar.h"
#include "window_layout.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/views/encodings/encodings_view.h>
#include <studio/views/graph/graph_view.h>
#include <studio/views/inspector/inspector.h>
#include <studio/views/layers/layers_panel.h>
#include <studio/views/start/start_view.h>
#include <studio/views/timeline/timeline_view.h>
#include <studio/widgets/dock_header.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/improver.h>
#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/recent_files.h>
#include <studio/workspace/text.h>

#include <QDockWidget>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QPointer>
#include <QStackedWidget>
#include <QStatusBar>
#include <QThread>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

/// Only the view that is shown has a say in how small the window may be.
class ViewStack : public QStackedWidget {
public:
    explicit ViewStack(QWidget *parent) : QStackedWidget(parent)
    {
        connect(this, &QStackedWidget::currentChanged, this, &QWidget::updateGeometry);
    }
    [[nodiscard]] QSize minimumSizeHint() const override
    {
        return currentWidget() ? currentWidget()->minimumSizeHint() : QSize();
    }
    [[nodiscard]] QSize sizeHint() const override { return currentWidget() ? currentWidget()->sizeHint() : QSize(); }
};

QDockWidget *makeDock(QMainWindow *window, const QString &name, const QString &title, QWidget *content)
{
    auto *dock = new QDockWidget(title, window);
    dock->setObjectName(name);
    dock->setTitleBarWidget(new DockHeader(title, dock));
    dock->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable);
    dock->setWidget(content);
    return dock;
}

} // namespace

MainWindow::MainWindow(bool remembers, QWidget *parent)
    : QMainWindow(parent), m_workspace(new Workspace(this)), m_actions(new ActionRegistry(this)), m_views(viewTable()),
      m_keeper(new ProjectKeeper(*m_workspace)), m_quantizer(new Quantizer(*m_workspace)), m_runner(new Runner(*m_workspace)),
      m_improver(new Improver(*m_workspace)),
      m_remembers(remembers)
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(nordlysWindowIcon());
    setMinimumSize(960, 640);
    setAcceptDrops(true);
    addActions();
    addViewActions();
    addImproveActions();
    addHelpActions();
    buildBody();
    buildDocks();
    connectWorkspace();
    connectKeepers();
    resize(1440, 900);
    restoreLayout();
    if (m_remembers)
        m_runner->devices().remember();
    updateActions();
    updateTitle();
    updateStatus();
    updateDocks();
}

MainWindow::~MainWindow()
{
    m_closing = true;
    // Widgets look at the workspace until they are gone: they go first.
    delete takeCentralWidget();
    qDeleteAll(findChildren<QDockWidget *>(QString(), Qt::FindDirectChildrenOnly));
    delete menuWidget();
    m_workspace->disconnect();
    delete m_workspace;
    m_workspace = nullptr;
}

void MainWindow::buildBody()
{
    auto *bars = new QWidget(this);
    auto *column = new QVBoxLayout(bars);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_topBar = new TopBar(*m_workspace, *m_actions, *m_runner, bars);
    m_viewBar = new ViewBar(*m_workspace, *m_actions, bars);
    column->addWidget(m_topBar);
    column->addWidget(m_viewBar);
    setMenuWidget(bars);

    auto *centre = new QWidget(this);
    auto *centreColumn = new QVBoxLayout(centre);
    centreColumn->setContentsMargins(0, 0, 0, 0);
    centreColumn->setSpacing(0);
    m_errors = new ErrorBar(centre);
    m_offers = new OfferBar(centre);
    m_jobs = new JobStrip(centre);
    m_stack = new ViewStack(centre);
    m_start = new StartView(this);
    m_stack->addWidget(m_start);
    const ViewContext context{*m_workspace, *m_actions, *m_keeper, *m_quantizer, *m_runner, [this](JobBase &job) { watch(job); }};
    for (const ViewSpec &spec : m_views) {
        m_stack->addWidget(spec.create(context, this));
        m_viewBar->addView(spec.id, spec.title);
    }
    m_graph = viewAs<GraphView>("graph");
    m_menus = new Menus(*m_actions, this);
    m_topBar->setMenus(m_menus->barActions());
    connect(m_menus->menu(QStringLiteral("file/recent")), &QMenu::aboutToShow, this, &MainWindow::fillRecent);
    m_encodings = viewAs<EncodingsView>("encodings");
    m_timeline = viewAs<TimelineView>("timeline");
    connect(m_viewBar, &ViewBar::viewChosen, this, &MainWindow::showView);
    centreColumn->addWidget(m_errors);
    centreColumn->addWidget(m_offers);
    centreColumn->addWidget(m_jobs);
    auto *beside = new QWidget(centre); // the strip of a narrow window comes to the left of the views
    auto *besideRow = new QHBoxLayout(beside);
    besideRow->setContentsMargins(0, 0, 0, 0);
    besideRow->setSpacing(0);
    besideRow->addWidget(m_stack, 1);
    centreColumn->addWidget(withImprovePanel(beside, centre), 1);
    setCentralWidget(centre);
    for (JobBase *job : {&m_keeper->openJob(), &m_keeper->saveJob(), &m_quantizer->calibrationJob(),
                         &m_quantizer->evaluationJob(), &m_quantizer->fileJob(), &m_runner->buildJob(), &m_runner->runJob()})
        watch(*job);

    const auto label = [this] {
        auto *made = new QLabel(this);
        made->setFont(uiFont(11));
        made->setForegroundRole(QPalette::PlaceholderText);
        return made;
    };
    m_statusDevice = label();
    m_statusModel = label();
    m_statusCost = label();
    m_statusSaved = label();
    statusBar()->addWidget(m_statusDevice);
    statusBar()->addWidget(m_statusModel);
    statusBar()->addWidget(m_statusCost);
    statusBar()->addPermanentWidget(m_statusSaved);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(metrics().gapLarge - 2, 0, metrics().gapLarge - 2, 0);
    for (QLabel *text : {m_statusDevice, m_statusModel, m_statusCost})
        text->setContentsMargins(0, 0, metrics().gapHuge, 0);
    m_statusDevice->setText(tr("This computer: %1").arg(Counted::threads(QThread::idealThreadCount())));
}

void MainWindow::buildDocks()
{
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    setCorner(Qt::TopRightCorner, Qt::RightDockWidgetArea);
    setDockOptions(QMainWindow::AllowNestedDocks);
    m_leftDock = makeDock(this, QStringLiteral("modelDock"), tr("Model"), new OpsPanel(*m_workspace));
    m_rightDock = makeDock(this, QStringLiteral("inspectorDock"), tr("Inspector"), new Inspector(*m_workspace));
    // The panel has a header line of its own.
    auto *bottomLayers = new LayersPanel(*m_workspace, *m_actions);
    bottomLayers->table().setObjectName(QStringLiteral("layersDockTable"));
    m_bottomDock = makeDock(this, QStringLiteral("layersDock"), tr("Layers"), bottomLayers);
    auto *none = new QWidget(m_bottomDock);
    none->setFixedHeight(0);
    m_bottomDock->setTitleBarWidget(none);
    addDockWidget(Qt::LeftDockWidgetArea, m_leftDock);
    addDockWidget(Qt::RightDockWidgetArea, m_rightDock);
    addDockWidget(Qt::BottomDockWidgetArea, m_bottomDock);
    m_strip = new SideStrip(*m_leftDock, m_stack, centralWidget());
    static_cast<QBoxLayout *>(m_stack->parentWidget()->layout())->insertWidget(0, m_strip);
    m_layout = new WindowLayout(*this, {m_leftDock, m_rightDock, m_bottomDock, m_strip, [this] {
                                            auto *beside = new TimelineView(*m_workspace, *m_actions);
                                            auto *dock = makeDock(this, QStringLiteral("timelineDock"), tr("Timeline"), beside);
                                            addDockWidget(Qt::BottomDockWidgetArea, dock);
                                            return dock;
                                        }});
    connect(m_layout, &WindowLayout::screenChanged, this, &MainWindow::updateDocks);
    const struct {
        const char *id;
        QDockWidget *dock;
    } toggles[] = {{"view.dockModel", m_leftDock}, {"view.dockInspector", m_rightDock}, {"view.dockLayers", m_bottomDock}};
    for (const auto &[name, dock] : toggles) {
        QAction *toggle = m_actions->action(QString::fromLatin1(name));
        connect(dock, &QDockWidget::visibilityChanged, toggle, [toggle, dock = dock] { toggle->setChecked(!dock->isHidden()); });
    }
}

void MainWindow::updateDocks()
{
    const auto spec = std::ranges::find(m_views, m_view, &ViewSpec::id);
    const ViewDocks docks = spec == m_views.end() || !m_workspace->document() ? ViewDocks() : spec->docks;
    m_layout->enter(m_view, docks);
    const bool strip = m_layout->screen() == ScreenClass::Small;
    const QString none = tr("This view has no such pane.");
    m_actions->setReason(QStringLiteral("view.dockModel"), !docks.left ? none
                                                           : strip     ? tr("In a narrow window it is the tab at the left.")
                                                                       : QString());
    m_actions->setReason(QStringLiteral("view.dockInspector"), docks.inspector ? QString() : none);
    m_actions->setReason(QStringLiteral("view.dockLayers"), docks.bottom ? QString() : none);
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    if (isVisible())
        m_layout->follow();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    m_layout->follow();
}

void MainWindow::connectWorkspace()
{
    connect(m_start, &StartView::openRequested, m_actions->action(QStringLiteral("file.open")), &QAction::trigger);
    connect(m_start, &StartView::fileRequested, this, &MainWindow::openPath);
    connect(m_workspace, &Workspace::viewRequested, this, &MainWindow::showView);
    connect(m_workspace, &Workspace::failed, this, [this](const core::Error &error) { m_errors->show(error); });
    JobBase::setFailureSink([workspace = QPointer<Workspace>(m_workspace)](const core::Error &error) {
        if (workspace)
            Q_EMIT workspace->failed(error);
    });
    connect(m_workspace, &Workspace::notice, m_errors, &ErrorBar::showNotice);
    for (const auto signal : {&Workspace::documentChanged, &Workspace::editsChanged, &Workspace::runsChanged,
                              &Workspace::selectionChanged, &Workspace::calibrationChanged})
        connect(m_workspace, signal, this, &MainWindow::updateActions);
    connect(m_workspace, &Workspace::documentChanged, this, [this] {
        updateStatus();
        updateDocks();
    });
    connect(&m_workspace->placement(), &PlacementKeeper::changed, this, &MainWindow::updateStatus);
    connect(m_workspace, &Workspace::titleChanged, this, &MainWindow::updateTitle);
    connect(m_keeper, &ProjectKeeper::opened, this, [this] {
        m_errors->hide();
        rememberRecent();
        if (m_view == QLatin1String("start") && m_workspace->document())
            showView(QStringLiteral("graph"));
    });
    connect(m_keeper, &ProjectKeeper::viewStateLoaded, this, &MainWindow::restoreViewState);
    connect(&m_runner->runJob(), &JobBase::started, this, [this] {
        m_errors->hide();
        m_topBar->setRunning(true);
        showView(QStringLiteral("timeline"));
    });
    connect(&m_runner->runJob(), &JobBase::ended, this, [this] {
        m_topBar->setRunning(false);
        rememberRecent();
    });
}

void MainWindow::watch(JobBase &job)
{
    m_watched.push_back(&job);
    // A run shows itself in its own view.
    if (&job != &m_runner->runJob())
        m_jobs->watch(job);
    connect(&job, &JobBase::started, this, &MainWindow::updateActions);
    connect(&job, &JobBase::ended, this, &MainWindow::updateActions);
    connect(&job, &QObject::destroyed, this, [this, gone = &job] { std::erase(m_watched, gone); });
}

bool MainWindow::isBusy() const { return std::ranges::any_of(m_watched, &JobBase::isRunning); }

QWidget *MainWindow::view(const QString &id) const
{
    const qsizetype index = viewIds().indexOf(id);
    if (index < 0)
        return nullptr;
    return m_stack->widget(id == QLatin1String("start") ? 0 : static_cast<int>(index) + 1);
}

bool MainWindow::callView(const char *slot)
{
    QWidget *shown = view(m_view);
    return shown &&
           shown->metaObject()->indexOfMethod(QMetaObject::normalizedSignature((std::string(slot) + "()").c_str())) >= 0 &&
           QMetaObject::invokeMethod(shown, slot);
}

bool MainWindow::showView(const QString &id)
{
    QWidget *shown = view(id);
    if (!shown)
        return false;
    if (m_view != id && !m_navigating) {
        m_back << m_view;
        m_forward.clear();
    }
    m_view = id;
    m_stack->setCurrentWidget(shown);
    m_viewBar->setCurrent(id);
    updateDocks();
    updateActions();
    if (m_view == QLatin1String("graph"))
        m_graph->canvas().setFocus(Qt::OtherFocusReason);
    return true;
}

void MainWindow::updateTitle()
{
    const QString title = m_workspace->title();
    setWindowTitle(title.isEmpty() ? tr("Nordlys Studio") : tr("%1[*] – Nordlys Studio").arg(title));
    setWindowModified(m_workspace->isModified());
    m_statusSaved->setText(title.isEmpty() || !m_workspace->document()
                               ? QString()
                               : (m_workspace->isModified()
                                      ? tr("Not saved")
                                      : (m_workspace->projectPath().isEmpty() ? tr("No changes") : tr("Saved"))));
}

void MainWindow::updateStatus()
{
    const auto document = m_workspace->document();
    m_statusModel->setVisible(document != nullptr);
    m_statusCost->setVisible(document != nullptr);
    if (!document)
        return;
    const core::PlacementPlan *plan = m_workspace->placement().plan();
    m_statusModel->setText(
        QStringLiteral("%1, %2").arg(Counted::ops(static_cast<qint64>(document->graph().nodes.size())),
                                     Counted::segments(plan ? static_cast<qint64>(plan->segments.size()) : 1)));
    m_statusCost->setText(tr("%1, %2 parameters, opened in %3, laid out in %4")
                              .arg(formatAmount(static_cast<double>(document->macs), QStringLiteral("MAC")),
                                   formatCount(document->parameters), formatDuration(document->openNs),
                                   formatDuration(document->layoutNs)));
}

void MainWindow::restoreLayout()
{
    if (!m_remembers)
        return;
    const QSettings settings;
    const QByteArray geometry = settings.value(QStringLiteral("window/geometry")).toByteArray();
    if (!geometry.isEmpty())
        restoreGeometry(geometry);
    m_layout->load();
}

void MainWindow::saveLayout()
{
    if (!m_remembers)
        return;
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    m_layout->store();
}

void MainWindow::rememberRecent()
{
    if (!m_remembers)
        return;
    RecentFile file;
    file.path = m_workspace->projectPath();
    if (file.path.isEmpty() && m_workspace->document())
        file.path = toQString(m_workspace->document()->path);
    const RunRecord *run = m_workspace->run();
    if (file.path.isEmpty() && run && run->fromFile)
        file.path = toQString(run->recording);
    if (file.path.isEmpty())
        return;
    file.opened = QDateTime::currentDateTime();
    if (run && run->summary.latency.count > 0) {
        file.latencyNs = static_cast<qint64>(run->summary.latency.p50Ns);
        file.count = run->summary.latency.count;
        file.verdict = toQString(core::nameOf(run->summary.verdict.level));
    }
    RecentFiles::remember(file);
}

} // namespace nordlys::studio
