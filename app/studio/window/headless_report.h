// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/report_export.h>

#include <QObject>
#include <QTimer>

namespace nordlys::studio {

class MainWindow;

/// Opens a file in the (unshown) window, writes a report of it and ends the program with the exit code of the command line.
class HeadlessReport : public QObject {
    Q_OBJECT

public:
    /// The window must outlive this; the event loop runs after.
    HeadlessReport(MainWindow &window, QString file, QString report);

private:
    void next();
    void fail(const core::Error &error);

    MainWindow &m_window;
    ReportExporter m_exporter;
    QString m_file, m_report;
    QTimer m_poll;
    bool m_opening = false, m_failed = false;
};

} // namespace nordlys::studio
