// SPDX-License-Identifier: GPL-3.0-or-later
#include "timeline_view.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/views/layers/layers_panel.h>
#include <studio/widgets/thin_splitter.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr std::int64_t kFollowNs = 500'000'000;

KeyValue row(const QString &label, const QString &value, const QString &note = {})
{
    KeyValue made;
    made.label = label;
    made.value = value;
    made.note = note;
    return made;
}

// Smallest to largest value, once where both read the same.
QString counterText(const core::CounterSummary &counter)
{
    const auto text = [&counter](double value) {
        if (counter.info.unit == "Hz")
            return formatFrequency(value);
        if (counter.info.unit == "bytes" || counter.info.unit == "B")
            return formatBytes(static_cast<std::uint64_t>(std::max(0.0, value)));
        return withUnit(formatSignificant(value, 3, 2), toQString(counter.info.unit));
    };
    const QString low = text(counter.min), high = text(counter.max);
    return low == high ? low : low + QStringLiteral(" … ") + high;
}

std::int64_t rounded(double ns) { return static_cast<std::int64_t>(ns + 0.5); }

} // namespace

TimelineView::TimelineView(Workspace &workspace, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_stack(new QStackedWidget(this)), m_empty(new EmptyState(this)),
      m_plot(new LanePlot(this)), m_lanes(*m_plot), m_title(new InkLabel(CellInk::Default, this)),
      m_state(new InkLabel(CellInk::Note, this)), m_stale(new Chip(ChipKind::Neutral, {}, this)),
      m_follow(new QPushButton(tr("Follow"), this)), m_zoom(new QPushButton(tr("Zoom to range"), this)),
      m_numbers(new KeyValueGrid(this)), m_rangeTitle(new InkLabel(CellInk::Default, this)),
      m_reasons(new InkLabel(CellInk::Note, this)), m_layers(new LayersPanel(workspace, true, this))
{
    m_plot->setObjectName(QStringLiteral("timelinePlot"));
    m_plot->setAccessibleName(tr("Timeline"));
    m_empty->setTexts(Icon::Timeline, tr("No run yet"),
                      tr("Run the model to see its layers, clocks and temperatures on one time axis, while it runs."));
    m_empty->setAction(tr("Run"), Icon::Run);
    setPrimary(m_empty->button(), false); // the one primary button is Run in the top bar
    m_empty->setHint(tr("Or open a recording (.nrs)."));
    connect(m_empty, &EmptyState::actionTriggered, actions.action(QStringLiteral("run.run")), &QAction::trigger);

    m_title->setFont(uiFont(12, QFont::DemiBold));
    m_state->setElided(true);
    m_follow->setCheckable(true);
    m_follow->setObjectName(QStringLiteral("timelineFollow"));
    m_zoom->setObjectName(QStringLiteral("timelineZoom"));
    auto *fit = new QPushButton(tr("Fit"), this);
    auto *again = new QPushButton(tr("Run again"), this);
    for (QPushButton *button : {m_follow, m_zoom, fit, again})
        setBarSize(button);
    connect(again, &QPushButton::clicked, actions.action(QStringLiteral("run.run")), &QAction::trigger);
    connect(fit, &QPushButton::clicked, m_plot, &LanePlot::fit);
    connect(m_follow, &QPushButton::clicked, this, [this](bool on) { m_plot->setFollowLive(on, kFollowNs); });
    connect(m_plot, &LanePlot::followLiveChanged, m_follow, &QPushButton::setChecked);
    connect(m_zoom, &QPushButton::clicked, m_plot, &LanePlot::zoomToSelection);

    auto *bar = new QWidget(this);
    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::Window);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(metrics().gapLarge, 3, metrics().gapLarge, 3);
    line->setSpacing(metrics().gap);
    line->addWidget(m_title);
    line->addWidget(m_state, 1);
    line->addWidget(m_stale);
    line->addWidget(again);
    line->addSpacing(metrics().gap);
    line->addWidget(m_follow);
    line->addWidget(m_zoom);
    line->addWidget(fit);
    again->hide();
    connect(m_stale, &QAbstractButton::clicked, again, &QPushButton::click);
    for (const auto signal : {&Workspace::editsChanged, &Workspace::runsChanged}) {
        connect(&m_workspace, signal, this, [this, again] {
            again->setVisible(m_workspace.runAge() > 0);
            updateHeader();
        });
    }

    auto *side = new QWidget(this);
    side->setAutoFillBackground(true);
    side->setBackgroundRole(QPalette::Window);
    side->setMinimumWidth(scaled(230));
    auto *sideColumn = new QVBoxLayout(side);
    sideColumn->setContentsMargins(0, metrics().dockMargin, 0, metrics().dockMargin);
    sideColumn->setSpacing(metrics().gap);
    auto *titleRow = new QHBoxLayout;
    titleRow->setContentsMargins(metrics().dockMargin, 0, metrics().dockMargin, 0);
    m_rangeTitle->setFont(uiFont(14, QFont::DemiBold));
    titleRow->addWidget(m_rangeTitle);
    sideColumn->addLayout(titleRow);
    sideColumn->addWidget(m_numbers);
    auto *reasonRow = new QHBoxLayout;
    reasonRow->setContentsMargins(metrics().dockMargin, 0, metrics().dockMargin, 0);
    m_reasons->setWordWrap(true);
    reasonRow->addWidget(m_reasons);
    sideColumn->addLayout(reasonRow);
    sideColumn->addStretch(1);

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
    upper->addWidget(side);
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

    m_plot->setReadout(
        [this](std::int64_t time, int track, const LaneBlock *block) { return m_lanes.readout(time, track, block); });
    m_plot->setRangeText([this](TimeSpan span) {
        const RunRecord *run = m_workspace.run();
        qint64 count = 0;
        if (run) {
            const auto &starts = run->profile.inferenceStartNs; // ascending
            count = std::ranges::upper_bound(starts, span.toNs) - std::ranges::lower_bound(starts, span.fromNs);
        }
        return tr("range %1  n=%2").arg(formatDuration(span.length()), formatCount(count));
    });
    connect(m_plot, &LanePlot::selectionFinished, this, [this](TimeSpan span) {
        m_workspace.setRange(span.empty() ? std::nullopt : std::optional(TimeRange{span.fromNs, span.toNs}));
    });
    connect(m_plot, &LanePlot::selectionChanged, this, [this](TimeSpan span) {
        if (span.empty())
            m_workspace.setRange(std::nullopt);
    });
    connect(m_plot, &LanePlot::blockClicked, this, [this](int track, const LaneBlock &block) {
        const RunRecord *run = m_workspace.run();
        if (track != m_lanes.layerTrack() || !run || !m_workspace.document() || block.label >= run->profile.layerCount())
            return;
        const auto &sources = run->profile.start.layers[block.label].sourceNodes;
        const core::NodeId node = sources.empty() ? core::NodeId() : m_workspace.document()->findNode(sources.front());
        if (node.isValid())
            m_workspace.selectNode(node);
    });
    connect(&m_workspace, &Workspace::runsChanged, this, &TimelineView::showRun);
    connect(&m_workspace, &Workspace::runExtended, this, &TimelineView::extendRun);
    connect(&m_workspace, &Workspace::rangeChanged, this, [this] {
        const auto &range = m_workspace.range();
        const TimeSpan wanted = range ? TimeSpan{range->fromNs, range->toNs} : TimeSpan();
        if (!(m_plot->selection() == wanted))
            m_plot->setSelection(wanted);
        updateRange();
    });
    showRun();
}

void TimelineView::showRun()
{
    const RunRecord *run = m_workspace.run();
    m_stack->setCurrentIndex(run ? 1 : 0);
    if (run != m_lanes.run()) {
        m_lanes.show(run);
        m_plot->clearSelection();
        if (run && run->live)
            m_plot->setFollowLive(true, kFollowNs);
        else if (run)
            m_plot->fit();
        m_wasLive = run && run->live;
    } else if (run && m_wasLive && !run->live) {
        m_wasLive = false;
        m_lanes.extend();
        m_plot->setFollowLive(false);
        m_plot->fit();
    }
    if (run)
        m_plot->setMinimumHeight(m_plot->contentHeight());
    updateHeader();
    updateRange();
}

void TimelineView::extendRun()
{
    m_lanes.extend();
    m_plot->setMinimumHeight(m_plot->contentHeight());
    updateHeader();
}

void TimelineView::updateHeader()
{
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
    m_stale->setText(Counted::ofRunBefore(run->name, age));
}

void TimelineView::updateRange()
{
    const RunRecord *run = m_workspace.run();
    const auto &range = m_workspace.range();
    m_zoom->setEnabled(range.has_value());
    m_rangeTitle->setText(range ? tr("Range") : tr("Whole run"));
    if (!run) {
        m_numbers->setRows({});
        return;
    }
    const core::RunSummary part = range ? core::summarize(run->profile, range->fromNs, range->toNs) : run->summary;
    const core::DurationSummary &latency = part.latency;
    QList<KeyValue> rows;
    if (range)
        rows << row(tr("From"), formatDuration(range->fromNs)) << row(tr("Length"), formatDuration(range->toNs - range->fromNs));
    rows << row(tr("Inferences"), formatCount(static_cast<qint64>(latency.count)));
    if (latency.count > 0) {
        rows << row(tr("p50"), formatDurationInterval(rounded(latency.p50Ns), rounded(latency.p50HalfIntervalNs)),
                    QStringLiteral("n=%1").arg(formatCount(static_cast<qint64>(latency.count))))
             << row(tr("p95"), formatDuration(rounded(latency.p95Ns))) << row(tr("p99"), formatDuration(rounded(latency.p99Ns)))
             << row(tr("p95 / p50"), latency.p50Ns > 0 ? formatNumber(latency.p95Ns / latency.p50Ns, 2) : QStringLiteral("–"))
             << row(tr("Layers sum"), formatDuration(rounded(part.sumOfLayersNs)), tr("mean"));
    }
    for (const core::CounterSummary &counter : run->summary.counters) {
        if (counter.info.available && counter.samples > 0 && rows.size() < 16)
            rows << row(toQString(counter.info.name), counterText(counter));
    }
    if (m_numbers->rows() != rows)
        m_numbers->setRows(rows);
    QStringList reasons;
    for (const std::string &reason : part.verdict.reasons)
        reasons << toQString(reason);
    m_reasons->setText(run->live ? QString() : reasons.join(QLatin1Char(' ')));
}

} // namespace nordlys::studio
