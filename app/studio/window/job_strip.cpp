// SPDX-License-Identifier: GPL-3.0-or-later
#include "job_strip.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr int kDelayMs = 150;
constexpr int kTimeLeftMs = 1000;

} // namespace

JobStrip::JobStrip(QWidget *parent)
    : QWidget(parent), m_title(new QLabel(this)), m_state(new QLabel(this)), m_bar(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel"), this))
{
    setObjectName(QStringLiteral("jobStrip"));
    m_bar->setTextVisible(false);
    m_bar->setMaximumWidth(scaled(240));
    m_state->setFont(monoFont(11));
    m_cancel->setObjectName(QStringLiteral("jobCancel"));
    setBarSize(m_cancel);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metrics().gapLarge, 3, metrics().gapLarge, 3);
    row->setSpacing(metrics().gapLarge);
    row->addWidget(m_title);
    row->addWidget(m_bar);
    row->addWidget(m_state, 1);
    row->addWidget(m_cancel);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (JobBase *job = current())
            job->cancel();
        m_cancel->setEnabled(false);
    });
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    connect(&m_delay, &QTimer::timeout, this, [this] {
        if (current()) {
            m_cancel->setEnabled(true);
            show();
            refresh();
        }
    });
    hide();
}

JobBase *JobStrip::current() const
{
    const auto found = std::ranges::find_if(m_jobs, [](const JobBase *job) { return job->isRunning(); });
    return found == m_jobs.end() ? nullptr : *found;
}

void JobStrip::watch(JobBase &job)
{
    m_jobs.push_back(&job);
    connect(&job, &JobBase::started, this, [this] {
        if (isHidden())
            m_delay.start();
        m_cancel->setEnabled(true);
    });
    connect(&job, &JobBase::progressed, this, &JobStrip::refresh);
    connect(&job, &JobBase::ended, this, [this] {
        if (!current()) {
            m_delay.stop();
            hide();
        }
    });
    connect(&job, &QObject::destroyed, this, [this, gone = &job] { std::erase(m_jobs, gone); });
}

void JobStrip::refresh()
{
    JobBase *job = current();
    if (!job || isHidden())
        return;
    const JobProgress &progress = job->progress();
    m_title->setText(job->title());
    m_bar->setVisible(progress.total > 0);
    QString state = progress.what;
    if (progress.total > 0) {
        m_bar->setMaximum(1000);
        m_bar->setValue(static_cast<int>(1000 * std::min(progress.done, progress.total) / progress.total));
        state =
            tr("%1 of %2").arg(formatCount(static_cast<qint64>(progress.done)), formatCount(static_cast<qint64>(progress.total)));
        const qint64 elapsed = job->elapsedMs();
        if (elapsed > kTimeLeftMs && progress.done > 0 && progress.done < progress.total) {
            const double left = static_cast<double>(elapsed) * static_cast<double>(progress.total - progress.done) /
                                static_cast<double>(progress.done);
            state += QStringLiteral("  ") + tr("%1 s left").arg(formatNumber(left / 1000, 0));
        }
    }
    m_state->setText(state);
}

void JobStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().window);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme().border);
}

} // namespace nordlys::studio
