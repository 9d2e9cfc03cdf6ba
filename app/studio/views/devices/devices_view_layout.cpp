// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices_view.h"
#include "run_settings_form.h"

#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/widgets/overlay_scroll_bar.h>
#include <studio/widgets/thin_splitter.h>

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace nordlys::studio {
namespace {

constexpr int kSideWidth = 308;

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

} // namespace

DevicesView::DevicesView(Workspace &workspace, ActionRegistry &actions, Runner &runner, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions), m_runner(runner), m_devicesModel(new DevicesModel(runner, this)),
      m_countersModel(new CountersModel(this)), m_countersSorted(new SortModel(this)), m_monitor(nullptr),
      m_devices(new TableView(this)), m_counters(new TableView(this)), m_error(new ErrorBlock(this)),
      m_state(new InkLabel(CellInk::Note, this)), m_countersTitle(new InkLabel(CellInk::Default, this)),
      m_countersNote(new InkLabel(CellInk::Note, this)), m_details(new KeyValueGrid(this)),
      m_detailsSection(new Section(tr("Details"), this)), m_replaySection(new Section(tr("Replay"), this)),
      m_rename(new QAction(tr("Rename…"), this)), m_remove(new QPushButton(tr("Remove"), this)), m_use(new QPushButton(tr("Use for Run"), this)),
      m_original(new QPushButton(tr("Original speed"), this)), m_fast(new QPushButton(tr("Full speed"), this)),
      m_replay(new QPushButton(tr("Replay"), this))
{
    setObjectName(QStringLiteral("devicesView"));
    setAcceptDrops(true);
    m_devices->setObjectName(QStringLiteral("devicesTable"));
    m_devices->setAccessibleName(tr("Devices"));
    m_devices->setModel(m_devicesModel);
    m_devices->setSelectionMode(QAbstractItemView::SingleSelection);
    m_devices->horizontalHeader()->setSectionsClickable(false);
    m_devices->horizontalHeader()->setSortIndicatorShown(false);
    const int deviceWidths[] = {230, 118, 140, 180, 190, 200};
    for (int i = 0; i < DevicesModel::ColumnCount; ++i)
        m_devices->setColumnWidth(i, scaled(deviceWidths[i]));
    m_devices->setContextMenuPolicy(Qt::CustomContextMenu);

    auto *upper = new QWidget(this);
    auto *upperColumn = new QVBoxLayout(upper);
    upperColumn->setContentsMargins(0, 0, 0, 0);
    upperColumn->setSpacing(0);
    upperColumn->addWidget(makeBar());
    upperColumn->addWidget(m_error);
    upperColumn->addWidget(m_devices, 1);
    auto *left = new ThinSplitter(Qt::Vertical, this);
    left->setChildrenCollapsible(false);
    left->addWidget(upper);
    left->addWidget(makeCounters());
    left->setStretchFactor(0, 1);
    left->setStretchFactor(1, 3);
    left->setSizes({210, 520});
    auto *whole = new ThinSplitter(Qt::Horizontal, this);
    whole->setChildrenCollapsible(false);
    whole->addWidget(left);
    whole->addWidget(makeSide());
    whole->setStretchFactor(0, 1);
    whole->setStretchFactor(1, 0);
    whole->setSizes({1100, scaled(kSideWidth)});
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(whole);

    connect(m_devices->selectionModel(), &QItemSelectionModel::selectionChanged, this, &DevicesView::showDevice);
    connect(m_devices, &QAbstractItemView::activated, this, &DevicesView::useForRun);
    connect(m_devices, &QWidget::customContextMenuRequested, this, [this](const QPoint &at) {
        QMenu menu(this);
        const auto add = [&menu](QPushButton *button) {
            QAction *entry = menu.addAction(button->text(), button, &QPushButton::click);
            entry->setEnabled(button->isEnabled());
        };
        add(m_use);
        menu.addAction(m_rename);
        add(m_remove);
        menu.exec(m_devices->viewport()->mapToGlobal(at));
    });
    connect(m_devicesModel, &QAbstractItemModel::dataChanged, this, &DevicesView::showDevice);
    connect(m_devicesModel, &QAbstractItemModel::rowsInserted, this, &DevicesView::showDevice);
    connect(m_devicesModel, &QAbstractItemModel::rowsRemoved, this, &DevicesView::showDevice);
    connect(&m_monitor, &DeviceMonitor::countersFound, this, [this](const std::vector<core::CounterInfo> &counters) {
        m_countersModel->setCounters(counters);
        updateCounterNote();
    });
    connect(&m_monitor, &DeviceMonitor::sampled, m_countersModel, &CountersModel::addSamples);
    connect(&m_monitor, &DeviceMonitor::failed, this, [this](const core::Error &error) {
        m_error->setError(QString::fromStdString(error.what), QString::fromStdString(error.why), tr("Look again"));
        updateCounterNote();
    });
    connect(m_error, &ErrorBlock::actionTriggered, this, [this] {
        const DeviceEntry *entry = current();
        if (entry && entry->isRecording())
            m_runner.devices().remove(entry->id);
        else
            m_runner.devices().refresh();
    });
    for (const auto signal : {&JobBase::started, &JobBase::ended})
        connect(&m_runner.runJob(), signal, this, &DevicesView::showDevice);
    selectDevice(QStringLiteral("local"));
    showDevice();
}

QWidget *DevicesView::makeBar()
{
    QHBoxLayout *row = nullptr;
    QWidget *bar = barOf(this, row);
    auto *title = new InkLabel(tr("Devices"), CellInk::Default, bar);
    title->setFont(uiFont(12, QFont::DemiBold));
    m_state->setElided(true);
    auto *add = new QPushButton(tr("Add"), bar);
    add->setIcon(icon(Icon::Plus));
    add->setObjectName(QStringLiteral("deviceAdd"));
    auto *kinds = new QMenu(add);
    kinds->addAction(icon(Icon::Device), tr("Device…"), this, &DevicesView::addDevice)->setObjectName(QStringLiteral("deviceAddAddress"));
    kinds->addAction(icon(Icon::Record), tr("Recording…"), this, &DevicesView::addRecordings);
    add->setMenu(kinds);
    m_rename->setObjectName(QStringLiteral("deviceRename"));
    m_rename->setShortcut(Qt::Key_F2);
    m_rename->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_devices->addAction(m_rename);
    m_remove->setIcon(icon(Icon::Trash));
    m_remove->setObjectName(QStringLiteral("deviceRemove"));
    m_use->setIcon(icon(Icon::Check));
    m_use->setObjectName(QStringLiteral("deviceUse"));
    row->addWidget(title);
    row->addWidget(m_state, 1);
    for (QPushButton *button : {add, m_remove, m_use}) {
        setBarSize(button);
        row->addWidget(button);
    }
    connect(m_rename, &QAction::triggered, this, &DevicesView::rename);
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (const DeviceEntry *entry = current())
            m_runner.devices().remove(entry->id);
    });
    connect(m_use, &QPushButton::clicked, this, &DevicesView::useForRun);
    return bar;
}

QWidget *DevicesView::makeCounters()
{
    m_counters->setObjectName(QStringLiteral("countersTable"));
    m_counters->setAccessibleName(tr("Counters"));
    m_countersSorted->setSourceModel(m_countersModel);
    m_counters->setModel(m_countersSorted);
    const int widths[] = {220, 100, 140, 100, 100, 420};
    for (int i = 0; i < CountersModel::ColumnCount; ++i)
        m_counters->setColumnWidth(i, scaled(widths[i]));
    QHBoxLayout *row = nullptr;
    QWidget *bar = barOf(this, row);
    m_countersTitle->setFont(uiFont(12, QFont::DemiBold));
    m_countersTitle->setElided(true);
    m_countersNote->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_countersTitle, 1);
    row->addWidget(m_countersNote);
    bar->setMinimumHeight(metrics().dockHeader);
    auto *pane = new QWidget(this);
    auto *column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(m_counters, 1);
    return pane;
}

QWidget *DevicesView::makeSide()
{
    m_form = new RunSettingsForm(m_runner, this);
    auto *run = new Section(tr("Run settings"), this);
    run->setContent(m_form);
    m_details->setLabelWidth(84);
    m_detailsSection->setContent(m_details);

    auto *replayBox = new QWidget(this);
    auto *replayColumn = new QVBoxLayout(replayBox);
    replayColumn->setContentsMargins(metrics().dockMargin, metrics().gapTiny, metrics().dockMargin, metrics().gapLarge);
    replayColumn->setSpacing(metrics().gap);
    auto *speed = new QHBoxLayout;
    speed->setSpacing(0);
    for (QPushButton *button : {m_original, m_fast}) {
        button->setCheckable(true);
        button->setAutoExclusive(true);
        setSegment(button);
        setBarSize(button);
        speed->addWidget(button);
        // Run uses the speed that is chosen here.
        connect(button, &QPushButton::clicked, this, [this] {
            if (m_runner.settings.isRecordingDevice() && current() && m_runner.settings.recordingFile() == current()->file)
                useForRun();
        });
    }
    m_original->setChecked(true);
    m_original->setObjectName(QStringLiteral("replayOriginal"));
    m_fast->setObjectName(QStringLiteral("replayFast"));
    m_replay->setObjectName(QStringLiteral("replayStart"));
    m_replay->setIcon(icon(Icon::Run));
    setBarSize(m_replay);
    speed->addStretch(1);
    speed->addWidget(m_replay);
    replayColumn->addLayout(speed);
    auto *note = new InkLabel(tr("A recording brings its own length, threads and profiling."), CellInk::Note, this);
    note->setWordWrap(true);
    note->setFont(uiFont(11));
    replayColumn->addWidget(note);
    m_replaySection->setContent(replayBox);
    connect(m_replay, &QPushButton::clicked, this, &DevicesView::replay);

    auto *side = new QWidget(this);
    side->setAutoFillBackground(true);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (Section *section : {m_detailsSection, m_replaySection, run}) {
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

} // namespace nordlys::studio
