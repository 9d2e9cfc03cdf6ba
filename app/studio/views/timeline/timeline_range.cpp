// SPDX-License-Identifier: GPL-3.0-or-later
// What the timeline says about its range: statistics, throttling, edges, export.
#include "timeline_view.h"

#include "note_box.h"

#include <studio/look/number_format.h>
#include <studio/models/run_verdict.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/range_csv.h>
#include <studio/workspace/text.h>

#include <QFileDialog>
#include <QFileInfo>
#include <QPushButton>

#include <algorithm>

namespace nordlys::studio {
namespace {

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

double secondsOf(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

} // namespace

void TimelineView::selectInference(std::size_t inference)
{
    const RunRecord *run = m_workspace.run();
    if (!run || inference >= run->profile.inferenceCount())
        return;
    const TimeSpan span = m_lanes.spanOf(inference);
    m_workspace.setRange(TimeRange{span.fromNs, span.toNs});
}

// By whole inferences: the start moves to the start of another one, the end to the end of another one.
std::int64_t TimelineView::movedEdge(std::int64_t timeNs, bool isEnd, int steps) const
{
    const RunRecord *run = m_workspace.run();
    if (!run || run->profile.inferenceCount() == 0)
        return timeNs;
    const auto &starts = run->profile.inferenceStartNs;
    const auto last = static_cast<std::int64_t>(starts.size()) - 1;
    if (!isEnd) {
        const std::int64_t at = std::ranges::lower_bound(starts, timeNs) - starts.begin();
        return starts[static_cast<std::size_t>(std::clamp<std::int64_t>(at + steps, 0, last))];
    }
    const std::int64_t at = std::ranges::upper_bound(starts, timeNs) - starts.begin() - 1;
    return m_lanes.spanOf(static_cast<std::size_t>(std::clamp<std::int64_t>(at + steps, 0, last))).toNs;
}

QString TimelineView::flagText(TimeSpan span) const
{
    const RunRecord *run = m_workspace.run();
    qint64 count = 0;
    if (run) {
        const auto [first, last] = inferencesIn(run->profile.inferenceStartNs, {span.fromNs, span.toNs});
        count = static_cast<qint64>(last - first);
    }
    const int decimals = span.length() >= 100'000'000 ? 3 : 6;
    return tr("range %1  %2  n=%3")
        .arg(withUnit(formatRange(secondsOf(span.fromNs), secondsOf(span.toNs), decimals), QStringLiteral("s")),
             formatDuration(span.length()), formatCount(count));
}

void TimelineView::askExport()
{
    const RunRecord *run = m_workspace.run();
    if (!run)
        return;
    const QString path = QFileDialog::getSaveFileName(this, tr("Export as CSV"), run->name + QStringLiteral(".csv"), tr("CSV (*.csv)"));
    if (!path.isEmpty())
        exportRange(QFileInfo(path).suffix().isEmpty() ? path + QStringLiteral(".csv") : path);
}

void TimelineView::exportRange(const QString &path)
{
    const auto owner = std::ranges::find(m_workspace.runs(), m_workspace.run(), [](const auto &entry) { return entry.get(); });
    if (owner == m_workspace.runs().end() || (*owner)->live)
        return;
    std::optional<TimeRange> range = m_workspace.range();
    m_export.start(
        [run = std::shared_ptr<const RunRecord>(*owner), range, target = toPath(path)](const core::JobContext &job) {
            return writeInferencesCsv(run->profile, range, target, job);
        },
        [this, path](core::Expected<std::size_t> written) {
            if (written)
                Q_EMIT m_workspace.notice(
                    tr("Wrote %1 to %2").arg(Counted::inferences(static_cast<qint64>(*written)), QFileInfo(path).fileName()));
            else if (written.error().code != core::ErrorCode::Interrupted)
                Q_EMIT m_workspace.failed(written.error());
        });
}

void TimelineView::updateThrottled()
{
    const RunRecord *run = m_workspace.run();
    QList<TimeSpan> spans;
    QStringList texts;
    std::size_t affected = 0;
    if (run) {
        for (const core::ThrottledStretch &stretch : run->summary.throttled) {
            spans << TimeSpan{stretch.fromNs, stretch.toNs};
            affected += stretch.count;
            if (texts.size() < 3)
                texts << tr("%1 fell from %2 to %3 at %4.")
                             .arg(toQString(stretch.clock), formatFrequency(stretch.clockBeforeHz), formatFrequency(stretch.clockHz),
                                  withUnit(formatNumber(secondsOf(stretch.fromNs), 2), QStringLiteral("s")));
        }
    }
    m_plot->setThrottled(spans);
    m_throttled->setVisible(!spans.isEmpty());
    if (spans.isEmpty())
        return;
    const double share = 100 * static_cast<double>(affected) / static_cast<double>(std::max<std::size_t>(1, run->profile.inferenceCount()));
    texts << tr("%1 of the inferences are affected, %2 slower.")
                 .arg(formatPercent(share, 0), formatPercent(run->summary.throttled.front().slowdownPercent, 0));
    m_throttled->setTexts(Icon::Thermometer, tr("Throttled"), texts.join(QLatin1Char(' ')));
}

void TimelineView::updateRange()
{
    const RunRecord *run = m_workspace.run();
    const auto &range = m_workspace.range();
    m_zoom->setEnabled(range.has_value());
    updateActions();
    m_rangeTitle->setText(range ? tr("Range") : tr("Whole run"));
    if (!run) {
        m_numbers->setRows({});
        m_reasons->clear();
        return;
    }
    const core::RunSummary *part = m_statistics->summary();
    if (!part)
        return; // the numbers shown stay until new ones are there
    const core::DurationSummary &latency = part->latency;
    const bool few = latency.count < 30;
    QList<KeyValue> rows;
    if (range)
        rows << row(tr("From"), formatDuration(range->fromNs)) << row(tr("To"), formatDuration(range->toNs))
             << row(tr("Length"), formatDuration(range->toNs - range->fromNs));
    rows << row(tr("Inferences"), formatCount(static_cast<qint64>(latency.count)));
    if (latency.count > 0) {
        KeyValue p50 = row(tr("p50"), formatDurationInterval(rounded(latency.p50Ns), rounded(latency.p50HalfIntervalNs)),
                           QStringLiteral("n=%1").arg(formatCount(static_cast<qint64>(latency.count))));
        p50.ink = few || m_workspace.runAge() > 0 ? CellInk::Note : CellInk::Default;
        rows << p50 << row(tr("p95"), formatDuration(rounded(latency.p95Ns))) << row(tr("p99"), formatDuration(rounded(latency.p99Ns)))
             << row(tr("Fastest"), formatDuration(rounded(latency.minNs))) << row(tr("Slowest"), formatDuration(rounded(latency.maxNs)))
             << row(tr("p95 / p50"), latency.p50Ns > 0 ? formatNumber(latency.p95Ns / latency.p50Ns, 2) : QStringLiteral("–"))
             << row(tr("Layers sum"), formatDuration(rounded(part->sumOfLayersNs)), tr("mean"));
    }
    for (const core::CounterSummary &counter : part->counters) {
        if (counter.info.available && counter.samples > 0 && rows.size() < 18)
            rows << row(toQString(counter.info.name), counterText(counter));
    }
    m_numbers->setRows(rows);
    m_verdict->setVisible(!run->live);
    m_verdict->setVerdict(verdictOf(part->verdict));
    if (few && part->verdict.level == core::VerdictLevel::TooFew)
        m_verdict->setText(tr("n=%1, need %2").arg(latency.count).arg(30));
    QStringList reasons;
    for (const std::string &reason : part->verdict.reasons)
        reasons << toQString(reason);
    m_reasons->setText(run->live ? QString() : reasons.join(QLatin1Char(' ')));
}

} // namespace nordlys::studio
