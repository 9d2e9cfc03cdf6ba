// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_cards.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/models/run_verdict.h>
#include <studio/widgets/cell_painter.h>
#include <studio/workspace/text.h>

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QPainter>

#include <cmath>

namespace nordlys::studio {
namespace {

constexpr int kWidth = 208, kMargin = 12;

std::int64_t rounded(double ns) { return std::llround(ns); }

// Draws text and moves the line's left edge past it.
void put(QPainter &painter, QRect &line, const QString &text, const QFont &font, const QColor &ink)
{
    if (text.isEmpty() || line.width() <= 0)
        return;
    painter.setFont(font);
    painter.setPen(ink);
    const QFontMetrics letters(font);
    const QString shown = letters.elidedText(text, Qt::ElideMiddle, line.width());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
    line.setLeft(line.left() + letters.horizontalAdvance(shown) + metrics().gapSmall);
}

} // namespace

RunCard::RunCard(Workspace &workspace, CompareSet &set, QWidget *parent) : QWidget(parent), m_workspace(workspace), m_set(set)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
}

void RunCard::setRun(const RunRecord *run, const QString &role)
{
    m_run = run;
    m_role = role;
    if (!run)
        return;
    const core::RunComparison *comparison = m_set.comparisonOf(run);
    QString change;
    QString reason;
    if (comparison) {
        change = QStringLiteral(", %1 %2, %3").arg(changeText(comparison->total), changeIntervalText(comparison->total),
                                                    changeChip(comparison->total, toQString(comparison->refusal)).text);
        reason = toQString(comparison->refusal.empty() ? comparison->total.reason : comparison->refusal);
    }
    setAccessibleName(QStringLiteral("%1, %2, %3, n=%4%5")
                          .arg(run->name, role, formatDuration(rounded(run->summary.latency.p50Ns)))
                          .arg(run->summary.latency.count)
                          .arg(change));
    QStringList lines{run->name, run->condition()};
    for (const std::string &why : run->summary.verdict.reasons)
        lines << toQString(why);
    lines << reason;
    lines.removeAll(QString());
    const QString tip = lines.join(QLatin1Char('\n'));
    setToolTip(tip);
    update();
}

void RunCard::setScale(double low, double high)
{
    m_low = low;
    m_high = high;
    update();
}

QSize RunCard::sizeHint() const { return {scaled(kWidth), scaled(138)}; }

QSize RunCard::minimumSizeHint() const { return sizeHint(); }

void RunCard::paintNumbers(QPainter &painter, QRect line) const
{
    const core::DurationSummary &latency = m_run->summary.latency;
    if (latency.count == 0) {
        put(painter, line, m_run->live ? tr("no inference yet") : tr("no inferences"), uiFont(12), theme().text3);
        return;
    }
    const TimeUnit unit = timeUnitFor(rounded(latency.p50Ns));
    const std::int64_t half = rounded(latency.p50HalfIntervalNs);
    const int decimals = durationDecimals(rounded(latency.p50Ns), unit, half > 0 ? std::optional(half) : std::nullopt);
    const bool few = latency.count < core::kSamplesForVerdict;
    QRect big = line;
    put(painter, big, formatNumber(latency.p50Ns / nsPer(unit), decimals), monoFont(17, QFont::DemiBold), few ? theme().text3 : theme().text);
    // The small texts stand on the large one's baseline.
    big.translate(0, 2);
    put(painter, big, timeUnitName(unit), uiFont(12), theme().text2);
    if (half > 0)
        put(painter, big, QStringLiteral("±") + formatNumber(latency.p50HalfIntervalNs / nsPer(unit), decimals), monoFont(11), theme().text3);
    put(painter, big, QStringLiteral("n=") + formatCount(static_cast<qint64>(latency.count)), monoFont(11), theme().text3);
}

void RunCard::paintEvent(QPaintEvent *)
{
    if (!m_run)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isBaseline = m_run == m_workspace.baseline(), isCandidate = m_run == m_set.candidate();
    const QColor fill = underMouse() ? theme().hover : isBaseline ? theme().raised : theme().surface;
    paintBox(&painter, rect(), fill, isCandidate ? theme().accent : theme().border, metrics().cardRadius, isCandidate ? 2 : 1);
    if (hasFocus())
        paintBox(&painter, rect().adjusted(3, 3, -3, -3), QColor(), theme().focus, metrics().controlRadius, 1);

    const core::RunComparison *comparison = m_set.comparisonOf(m_run);
    ChangeChip chip{tr("baseline"), ChipKind::Neutral, Icon::Pin};
    if (comparison) {
        chip = changeChip(comparison->total, toQString(comparison->refusal));
    } else if (m_run->live) {
        chip = {tr("running"), ChipKind::Neutral, Icon::Record};
    } else if (!isBaseline) {
        chip = {m_set.isComputing() ? tr("comparing") : tr("no comparison"), ChipKind::Neutral, Icon::Info};
    }
    QRect line(scaled(kMargin), scaled(8), width() - 2 * scaled(kMargin), metrics().chip + 4);
    const int chipWidth = std::min(chipSize(chip.text).width(), line.width() / 2);
    paintChip(&painter, QRect(line.right() + 1 - chipWidth, line.y(), chipWidth, line.height()), chip.kind, chip.text, chip.icon);
    QRect head = line.adjusted(0, 0, -chipWidth - metrics().gap, 0);
    put(painter, head, m_run->name, uiFont(12, QFont::DemiBold), theme().text);
    put(painter, head, m_role, uiFont(11), theme().text3);
    const auto next = [&line](int height) {
        line.moveTop(line.bottom() + 1);
        line.setHeight(height);
        return line;
    };
    QRect condition = next(scaled(18));
    put(painter, condition, m_run->condition(), uiFont(11), theme().text2);
    paintNumbers(painter, next(scaled(26)));

    QRect change = next(scaled(16));
    QRect plot = next(scaled(18));
    if (comparison && comparison->total.hasDelta) {
        put(painter, change, changeText(comparison->total), monoFont(11, QFont::DemiBold), theme().text);
        put(painter, change, changeIntervalText(comparison->total), monoFont(11), theme().text2);
        // Without it a large change that is called the same would be a riddle.
        if (comparison->total.verdict == core::ChangeVerdict::Same && std::fabs(comparison->total.deltaPercent) >= 1)
            put(painter, change, tr("floor ±%1").arg(formatPercent(comparison->total.noiseFloorPercent, 0)), uiFont(11), theme().text3);
        CellInterval cell;
        cell.value = comparison->total.deltaPercent;
        cell.low = comparison->total.hasInterval ? comparison->total.lowPercent : cell.value;
        cell.high = comparison->total.hasInterval ? comparison->total.highPercent : cell.value;
        cell.scaleMin = m_low;
        cell.scaleMax = m_high;
        cell.neutral = comparison->total.verdict != core::ChangeVerdict::Faster && comparison->total.verdict != core::ChangeVerdict::Slower;
        paintInterval(&painter, plot, cell, theme().control);
    } else {
        put(painter, change, tr("p50, 95 % interval"), uiFont(11), theme().text3);
        if (isBaseline && m_workspace.runs().size() > 1) {
            const int zero = plot.left() + static_cast<int>((0 - m_low) / (m_high - m_low) * (plot.width() - 1));
            painter.fillRect(QRect(zero, plot.top() + 3, 1, plot.height() - 6), theme().control);
            QRect label = plot.adjusted(zero - plot.left() + 5, 0, 0, 0);
            put(painter, label, QStringLiteral("0 %"), monoFont(10), theme().text3);
        }
    }
    QRect tail = next(scaled(18));
    const core::DurationSummary &latency = m_run->summary.latency;
    if (latency.count > 0) {
        put(painter, tail, QStringLiteral("p95"), uiFont(11), theme().text2);
        put(painter, tail, formatDuration(rounded(latency.p95Ns)), monoFont(11), theme().text);
        put(painter, tail, QStringLiteral("p99"), uiFont(11), theme().text2);
        put(painter, tail, formatDuration(rounded(latency.p99Ns)), monoFont(11), theme().text);
    }
}

void RunCard::mousePressEvent(QMouseEvent *event)
{
    setFocus(Qt::MouseFocusReason);
    if (event->button() == Qt::LeftButton)
        Q_EMIT chosen(m_run);
}

void RunCard::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        Q_EMIT opened(m_run);
}

void RunCard::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left: Q_EMIT neighbourWanted(-1); return;
    case Qt::Key_Right: Q_EMIT neighbourWanted(1); return;
    case Qt::Key_Space: Q_EMIT chosen(m_run); return;
    case Qt::Key_Return:
    case Qt::Key_Enter: Q_EMIT opened(m_run); return;
    case Qt::Key_Menu: Q_EMIT menuRequested(m_run, mapToGlobal(rect().center())); return;
    default: QWidget::keyPressEvent(event);
    }
}

void RunCard::contextMenuEvent(QContextMenuEvent *event) { Q_EMIT menuRequested(m_run, event->globalPos()); }

void RunCard::enterEvent(QEnterEvent *event)
{
    QWidget::enterEvent(event);
    update();
}

void RunCard::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    update();
}

void RunCard::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    update();
}

void RunCard::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    update();
}

} // namespace nordlys::studio
