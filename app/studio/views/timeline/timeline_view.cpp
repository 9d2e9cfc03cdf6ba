// SPDX-License-Identifier: GPL-3.0-or-later
#include "timeline_view.h"

#include "note_box.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/views/layers/layers_panel.h>
#include <studio/widgets/thin_splitter.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr std::int64_t kFollowNs = 500'000'000;

} // namespace

TimelineView::TimelineView(Workspace &workspace, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions), m_statistics(new RangeStatistics(workspace, this)), m_stack(new QStackedWidget(this)),
      m_empty(new EmptyState(this)), m_plot(new LanePlot(this)), m_lanes(*m_plot), m_title(new InkLabel(CellInk::Default, this)),
      m_state(new InkLabel(CellInk::Note, this)), m_stale(new Chip(ChipKind::Neutral, {}, this)),
      m_again(new QPushButton(tr("Run again"), this)), m_follow(new QPushButton(tr("Follow"), this)),
      m_zoom(new QPushButton(tr("Zoom to range"), this)), m_more(new QPushButton(icon(Icon::More), {}, this)),
      m_numbers(new KeyValueGrid(this)), m_rangeTitle(new InkLabel(CellInk::Default, this)),
      m_reasons(new InkLabel(CellInk::Note, this)), m_verdict(new Chip(Verdict::TooFew, this)),
      m_throttled(new NoteBox(ChipKind::Warn, this)), m_layers(new LayersPanel(workspace, actions, m_statistics, this)),
      m_export(tr("Exporting the range"), nullptr)
{
    m_plot->setObjectName(QStringLiteral("timelinePlot"));
    m_plot->setAccessibleName(tr("Timeline"));
    m_empty->setTexts(Icon::Timeline, tr("No run yet"),
                      tr("Run the model to see its layers, clocks and temperatures on one time axis, while it runs."));
    m_empty->setAction(tr("Run"), Icon::Run);
    setPrimary(m_empty->button(), false); // the one primary button is Run in the top bar
    m_empty->setHint(tr("Or open a recording (.nrs)."));
    connect(m_empty, &EmptyState::actionTriggered, actions.action(QStringLiteral("run.run")), &QAction::trigger);

    addActions(actions);
    auto *bar = new QWidget(this);
    buildBar(bar, actions);
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(m_plot);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *plotArea = new QWidget(this);
    auto *plotColumn = new QVBoxLayout(plotArea);
    plotColumn->setContentsMargins(0, 0, 0, 0);
    plotColumn->setSpacing(0);
    plotColumn->addWidget(bar);
    plotColumn->addWidget(scroll, 1);
    auto *upper = new ThinSplitter(Qt::Horizontal, this);
    upper->addWidget(plotArea);
    upper->addWidget(buildSide());
    upper->setStretchFactor(0, 1);
    upper->setStretchFactor(1, 0);
    upper->setSizes({1100, scaled(280)});
    auto *whole = new ThinSplitter(Qt::Vertical, this);
    whole->addWidget(upper);
    whole->addWidget(m_layers);
    whole->setStretchFactor(0, 3);
    whole->setStretchFactor(1, 2);
    whole->setSizes({520, 240});
    m_stack->addWidget(m_empty);
    m_stack->addWidget(whole);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);

    m_extendSoon.setSingleShot(true);
    m_extendSoon.setInterval(0);
    connect(&m_extendSoon, &QTimer::timeout, this, &TimelineView::extendMore);
    connectPlot();
    connect(&m_workspace, &Workspace::runsChanged, this, &TimelineView::showRun);
    connect(&m_workspace, &Workspace::runExtended, this, &TimelineView::extendRun);
    connect(&m_workspace, &Workspace::editsChanged, this, &TimelineView::updateHeader);
    connect(m_statistics, &RangeStatistics::changed, this, &TimelineView::updateRange);
    connect(&m_workspace, &Workspace::rangeChanged, this, [this] {
        const auto &range = m_workspace.range();
        const TimeSpan wanted = range ? TimeSpan{range->fromNs, range->toNs} : TimeSpan();
        if (!(m_plot->selection() == wanted))
            m_plot->setSelection(wanted);
        updateRange();
    });
    showRun();
}

void TimelineView::addActions(ActionRegistry &actions)
{
    const auto add = [&](const char *id, const QString &text, const QString &tags, std::optional<Icon> picture, std::function<void()> run) {
        ActionSpec spec;
        spec.id = QString::fromLatin1(id);
        spec.text = text;
        spec.icon = picture;
        spec.menu = QStringLiteral("view");
        spec.group = 6;
        spec.tags = tags;
        actions.add(spec, std::move(run));
    };
    add("timeline.zoomToRange", tr("Zoom to range"), {}, Icon::ZoomIn, [this] { m_plot->zoomToSelection(); });
    add("timeline.clearRange", tr("Clear the range"), {}, Icon::Close, [this] { m_workspace.setRange(std::nullopt); });
    add("timeline.exportCsv", tr("Export inferences as CSV…"), tr("range times spreadsheet"), Icon::Export, [this] { askExport(); });
}

void TimelineView::updateActions()
{
    const QString noRange = m_workspace.range() ? QString() : tr("Select a range in the timeline first.");
    m_actions.setReason(QStringLiteral("timeline.zoomToRange"), noRange);
    m_actions.setReason(QStringLiteral("timeline.clearRange"), noRange);
    const RunRecord *run = m_workspace.run();
    m_actions.setReason(QStringLiteral("timeline.exportCsv"), !run || run->profile.inferenceCount() == 0 ? tr("There are no inferences yet.")
                                                              : run->live                              ? tr("The run has not ended yet.")
                                                                                                       : QString());
}

void TimelineView::buildBar(QWidget *bar, ActionRegistry &actions)
{
    m_title->setFont(uiFont(12, QFont::DemiBold));
    m_state->setElided(true);
    m_stale->setChipIcon(Icon::Recent);
    m_stale->setClickable(true);
    m_follow->setCheckable(true);
    m_follow->setObjectName(QStringLiteral("timelineFollow"));
    m_zoom->setObjectName(QStringLiteral("timelineZoom"));
    m_more->setObjectName(QStringLiteral("timelineMore"));
    m_more->setAccessibleName(tr("More"));
    m_more->setToolTip(tr("Range and export"));
    auto *fit = new QPushButton(tr("Fit"), this);
    fit->setObjectName(QStringLiteral("timelineFit"));
    fit->setToolTip(tr("Show the whole run"));
    for (QPushButton *button : {m_follow, m_zoom, fit, m_again, m_more})
        setBarSize(button);
    QAction *run = actions.action(QStringLiteral("run.run"));
    connect(m_again, &QPushButton::clicked, run, &QAction::trigger);
    connect(m_stale, &QAbstractButton::clicked, run, &QAction::trigger);
    connect(fit, &QPushButton::clicked, m_plot, &LanePlot::fit);
    connect(m_follow, &QPushButton::clicked, this, [this](bool on) { m_plot->setFollowLive(on, kFollowNs); });
    connect(m_plot, &LanePlot::followLiveChanged, m_follow, &QPushButton::setChecked);
    connect(m_zoom, &QPushButton::clicked, m_plot, &LanePlot::zoomToSelection);
    connect(m_more, &QPushButton::clicked, this, [this] {
        QMenu menu(this);
        menu.setToolTipsVisible(true);
        for (const char *id : {"timeline.clearRange", "timeline.exportCsv"})
            menu.addAction(m_actions.action(QString::fromLatin1(id)));
        menu.addAction(tr("Copy statistics"), m_numbers, &KeyValueGrid::copy);
        menu.exec(m_more->mapToGlobal(QPoint(0, m_more->height())));
    });

    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::Window);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(metrics().gapLarge, 3, metrics().gapLarge, 3);
    line->setSpacing(metrics().gap);
    line->addWidget(m_title);
    line->addWidget(m_state, 1);
    line->addWidget(m_stale);
    line->addWidget(m_again);
    line->addSpacing(metrics().gap);
    for (QPushButton *button : {m_follow, m_zoom, fit, m_more})
        line->addWidget(button);
    m_again->hide();
}

QWidget *TimelineView::buildSide()
{
    auto *side = new QWidget(this);
    side->setAutoFillBackground(true);
    side->setBackgroundRole(QPalette::Window);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(0, metrics().dockMargin, 0, metrics().dockMargin);
    column->setSpacing(metrics().gap);
    const auto inset = [column](QWidget *widget, QWidget *right = nullptr) {
        auto *row = new QHBoxLayout;
        row->setContentsMargins(metrics().dockMargin, 0, metrics().dockMargin, 0);
        row->addWidget(widget, right ? 1 : 0);
        if (right)
            row->addWidget(right);
        column->addLayout(row);
    };
    m_rangeTitle->setFont(uiFont(14, QFont::DemiBold));
    inset(m_rangeTitle, m_verdict);
    auto *before = new QPushButton(tr("Select what came before"), this);
    before->setObjectName(QStringLiteral("timelineBeforeThrottled"));
    setBarSize(before);
    m_throttled->addAction(before);
    connect(before, &QPushButton::clicked, this, [this] {
        const RunRecord *run = m_workspace.run();
        if (!run || run->summary.throttled.empty() || run->summary.throttled.front().first == 0)
            return;
        const std::size_t last = run->summary.throttled.front().first - 1;
        m_workspace.setRange(TimeRange{run->profile.inferenceStartNs.front(), m_lanes.spanOf(last).toNs});
    });
    inset(m_throttled);
    column->addWidget(m_numbers);
    m_reasons->setWordWrap(true);
    inset(m_reasons);
    column->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(side);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(scaled(230));
    return scroll;
}

void TimelineView::connectPlot()
{
    m_plot->setReadout(
        [this](std::int64_t time, int track, const LaneBlock *block) { return m_lanes.readout(time, track, block); });
    m_plot->setRangeText([this](TimeSpan span) { return flagText(span); });
    m_plot->setEdgeStep([this](std::int64_t time, bool isEnd, int steps) { return movedEdge(time, isEnd, steps); });
    connect(m_plot, &LanePlot::selectionFinished, this, [this](TimeSpan span) {
        m_workspace.setRange(span.empty() ? std::nullopt : std::optional(TimeRange{span.fromNs, span.toNs}));
    });
    connect(m_plot, &LanePlot::selectionChanged, this, [this](TimeSpan span) {
        if (span.empty())
            m_workspace.setRange(std::nullopt);
    });
    connect(m_plot, &LanePlot::blockActivated, this, [this](int track, const LaneBlock &block) {
        if (track == m_lanes.inferenceTrack())
            selectInference(block.label);
        else if (const auto inference = m_lanes.inferenceAt(block.startNs); inference && m_lanes.isLayerTrack(track))
            selectInference(*inference);
    });
    connect(m_plot, &LanePlot::blockClicked, this, [this](int track, const LaneBlock &block) {
        const RunRecord *run = m_workspace.run();
        if (!m_lanes.isLayerTrack(track) || !run || !m_workspace.document() || block.label >= run->profile.layerCount())
            return;
        const auto &sources = run->profile.start.layers[block.label].sourceNodes;
        const core::NodeId node = sources.empty() ? core::NodeId() : m_workspace.document()->findNode(sources.front());
        if (node.isValid())
            m_workspace.selectNode(node);
    });
}

void TimelineView::zoomIn() { m_plot->zoomAt((m_plot->visibleSpan().fromNs + m_plot->visibleSpan().toNs) / 2, 0.8); }

void TimelineView::zoomOut() { m_plot->zoomAt((m_plot->visibleSpan().fromNs + m_plot->visibleSpan().toNs) / 2, 1.25); }

void TimelineView::showRun()
{
    const RunRecord *run = m_workspace.run();
    m_stack->setCurrentIndex(run ? 1 : 0);
    const bool ended = run && m_wasLive && !run->live;
    if (run != m_lanes.run()) {
        m_lanes.show(run);
        m_plot->clearSelection();
        if (run && run->live)
            m_plot->setFollowLive(true, kFollowNs);
        m_fitWhenWhole = run && !run->live;
        extendMore();
    } else if (ended) {
        // Throttled inferences are known now and look different.
        if (!run->summary.throttled.empty())
            m_lanes.show(run);
        m_plot->setFollowLive(false);
        m_fitWhenWhole = true;
        extendMore();
    }
    m_wasLive = run && run->live;
    updateHeader();
    updateThrottled();
    updateRange();
    // A range that was set before this run's data was drawn.
    if (const auto &range = m_workspace.range(); run && range)
        m_plot->setSelection({range->fromNs, range->toNs});
}

void TimelineView::extendRun()
{
    extendMore();
    updateHeader();
}

void TimelineView::extendMore()
{
    const bool more = m_lanes.extend();
    if (m_lanes.run())
        m_plot->setMinimumHeight(m_plot->contentHeight());
    if (more) {
        m_extendSoon.start();
    } else if (m_fitWhenWhole) {
        m_fitWhenWhole = false;
        m_plot->fit();
    }
}

void TimelineView::updateHeader()
{
    updateActions();
    const RunRecord *run = m_workspace.run();
    if (!run)
        return;
    const core::RunProfile &profile = run->profile;
    m_title->setText(run->live ? tr("recording %1").arg(run->name) : tr("run %1").arg(run->name));
    m_title->setInk(run->live ? CellInk::Error : CellInk::Default);
    const std::int64_t end =
        profile.inferenceCount() ? profile.inferenceStartNs.back() + profile.inferenceDurationNs.back() : profile.endNs;
    QStringList parts;
    if (run->live && profile.inferenceCount() == 0)
        parts << tr("building and starting");
    parts << formatDuration(std::max(end, profile.endNs)) << Counted::inferences(static_cast<qint64>(profile.inferenceCount()))
          << tr("%1 dropped").arg(formatCount(static_cast<qint64>(profile.dropped)));
    if (!profile.start.precision.empty())
        parts << toQString(profile.start.precision);
    m_state->setText(parts.join(QStringLiteral(", ")));
    m_follow->setVisible(run->live);
    m_zoom->setEnabled(m_workspace.range().has_value());
    const int age = m_workspace.runAge();
    m_stale->setVisible(age > 0);
    m_again->setVisible(age > 0);
    m_stale->setText(Counted::ofRunBefore(run->name, age));
}

} // namespace nordlys::studio
