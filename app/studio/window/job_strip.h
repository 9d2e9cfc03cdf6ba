// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/jobs/job.h>

#include <QTimer>
#include <QWidget>

#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;

namespace nordlys::studio {

/// Shows the job that runs: what, how far, how long still, and Cancel. Appears after 150 ms, so that quick work does not flicker.
class JobStrip : public QWidget {
    Q_OBJECT

public:
    explicit JobStrip(QWidget *parent = nullptr);
    void watch(JobBase &job);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] JobBase *current() const;
    void refresh();

    std::vector<JobBase *> m_jobs;
    QTimer m_delay;
    QLabel *m_title, *m_state;
    QProgressBar *m_bar;
    QPushButton *m_cancel;
};

} // namespace nordlys::studio
