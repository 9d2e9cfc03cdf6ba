// SPDX-License-Identifier: GPL-3.0-or-later
#include "dock_header.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QPainter>

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>

#include "chip.h"
#include "ink_label.h"

namespace nordlys::studio {
namespace {

constexpr int showAfterMs = 150;
constexpr int textAfterMs = 1000;

} // namespace

ProgressLine::ProgressLine(QWidget* parent) : QWidget(parent)
{
    setFixedHeight(2);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    m_delay.setSingleShot(true);
    m_delay.setInterval(showAfterMs);
    connect(&m_delay, &QTimer::timeout, this, [this] {
        m_shown = true;
        update();
        Q_EMIT shownChanged(true);
    });
}

void ProgressLine::setProgress(double share)
{
    m_share = share;
    if (!m_running) {
        m_running = true;
        m_delay.start();
    }
    if (m_shown) {
        update();
    }
}

void ProgressLine::finish()
{
    m_delay.stop();
    m_running = false;
    if (m_shown) {
        m_shown = false;
        update();
        Q_EMIT shownChanged(false);
    }
}

void ProgressLine::paintEvent(QPaintEvent*)
{
    if (!m_shown) {
        return;
    }
    QPainter painter(this);
    if (m_share >= 0.0) {
        painter.fillRect(0, 0, static_cast<int>(width() * std::min(m_share, 1.0)), height(), theme().accent);
        return;
    }
    for (int x = 0; x < width(); x += 8) {
        painter.fillRect(x, 0, 4, height(), theme().accent);
    }
}

DockHeader::DockHeader(const QString& title, QWidget* parent)
    : QWidget(parent), m_row(new QHBoxLayout), m_title(new InkLabel(title, CellInk::Label, this)), m_note(new InkLabel(CellInk::Note, this)),
      m_stale(new Chip(ChipKind::Neutral, QString(), this)), m_partial(new Chip(ChipKind::Estimate, QString(), this)),
      m_line(new ProgressLine(this))
{
    m_title->setFont(uiFont(11, QFont::DemiBold));
    m_title->setVisible(!title.isEmpty());
    m_note->setFont(uiFont(11));
    m_note->setElided(true);
    m_note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_stale->setChipIcon(Icon::Recent);
    m_stale->setClickable(true);
    m_partial->setClickable(true);
    m_stale->hide();
    m_partial->hide();
    m_row->setContentsMargins(metrics().dockMargin, 0, metrics().gap, 0);
    m_row->setSpacing(metrics().gap);
    m_row->addWidget(m_title);
    m_row->addWidget(m_stale);
    m_row->addWidget(m_partial);
    m_row->addWidget(m_note, 1);
    // The line lies over the header's lower edge, so that tabs reach down to it.
    setLayout(m_row);
    setFixedHeight(metrics().dockHeader);
    connect(m_stale, &Chip::clicked, this, &DockHeader::staleClicked);
    connect(m_partial, &Chip::clicked, this, &DockHeader::partialClicked);
}

void DockHeader::setTitle(const QString& title)
{
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
}

void DockHeader::setNote(const QString& note)
{
    m_noteText = note;
    if (!m_line->isRunning() || !m_since.isValid() || m_since.elapsed() < textAfterMs) {
        m_note->setText(note);
    }
}

void DockHeader::addLeft(QWidget* widget)
{
    m_row->insertWidget(m_leftCount++, widget);
}

void DockHeader::addRight(QWidget* widget)
{
    m_row->addWidget(widget);
}

void DockHeader::setProgress(qint64 done, qint64 total)
{
    if (!m_line->isRunning()) {
        m_since.start();
    }
    m_done = done;
    m_total = total;
    m_line->setProgress(total > 0 ? static_cast<double>(done) / static_cast<double>(total) : -1.0);
    showProgressText();
}

void DockHeader::showProgressText()
{
    const qint64 elapsedMs = m_since.elapsed();
    if (elapsedMs < textAfterMs) {
        return;
    }
    if (m_total <= 0) {
        m_note->setText(m_done > 0 ? formatCount(m_done) : tr("working"));
        return;
    }
    QString text = tr("%1 of %2").arg(formatCount(m_done), formatCount(m_total));
    if (m_done > 0 && m_done < m_total) {
        const double leftMs = static_cast<double>(elapsedMs) * static_cast<double>(m_total - m_done) / static_cast<double>(m_done);
        text = tr("%1, %2 left").arg(text, withUnit(formatNumber(std::max(1.0, leftMs / 1000.0), 0), QStringLiteral("s")));
    }
    m_note->setText(text);
}

void DockHeader::finishProgress()
{
    m_line->finish();
    m_since.invalidate();
    m_note->setText(m_noteText);
}

void DockHeader::setStale(const QString& text)
{
    m_stale->setText(text);
    m_stale->updateGeometry();
    m_stale->setVisible(!text.isEmpty());
}

void DockHeader::setPartial(const QString& text)
{
    m_partial->setText(text);
    m_partial->updateGeometry();
    m_partial->setVisible(!text.isEmpty());
}

QSize DockHeader::sizeHint() const
{
    // QDockWidget asks for the hint only, not for the fixed height.
    return {QWidget::sizeHint().width(), metrics().dockHeader};
}

void DockHeader::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_line->setGeometry(0, height() - 2, width(), 2);
    m_line->raise();
}

void DockHeader::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().raised);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme().border);
}

} // namespace nordlys::studio
