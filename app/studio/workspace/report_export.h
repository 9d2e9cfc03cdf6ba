// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <studio/jobs/job.h>

namespace nordlys::studio {

/// What to put into a report, and where.
struct ReportRequest {
    QString path;                                         ///< .html, .json, .csv or .pdf
    QString title;                                        ///< empty: made from model and device
    const RunRecord *run = nullptr;                       ///< of the workspace, not live; null: without a run
    const RunRecord *baseline = nullptr;                  ///< of the workspace, not live; null: without a comparison
    bool graph = true, encodings = true, accuracy = true; ///< as far as they are there
};

/// Whether a report can have this name: it ends in .html, .htm, .pdf, .json or .csv; case does not count.
bool isReportPath(const QString &path);

/// Writes reports of what the workspace holds, on a thread: whole files or none.
class ReportExporter : public QObject {
    Q_OBJECT

public:
    explicit ReportExporter(Workspace &workspace, QObject *parent = nullptr);

    void start(const ReportRequest &request);
    [[nodiscard]] JobBase &job() { return m_job; }
    /// What it does just now, for people.
    [[nodiscard]] QString stageText() const;

Q_SIGNALS:
    void written(const QString &path);
    void failed(const nordlys::core::Error &error); ///< not when it was stopped
    void stopped();

private:
    Workspace &m_workspace;
    Job<core::Expected<void>> m_job;
};

} // namespace nordlys::studio
