// SPDX-License-Identifier: GPL-3.0-or-later
#include "headless_report.h"

#include "main_window.h"

#include <studio/workspace/text.h>

#include <QCoreApplication>

#include <cstdio>
#include <utility>

namespace nordlys::studio {

HeadlessReport::HeadlessReport(MainWindow &window, QString file, QString report)
    : m_window(window), m_exporter(window.workspace()), m_file(std::move(file)), m_report(std::move(report))
{
    connect(&m_window.workspace(), &Workspace::failed, this, &HeadlessReport::fail);
    connect(&m_exporter, &ReportExporter::failed, this, &HeadlessReport::fail);
    connect(&m_exporter, &ReportExporter::written, this, [] { QCoreApplication::exit(0); });
    m_poll.setInterval(20);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        if (!m_window.isBusy())
            next();
    });
    m_poll.start();
}

void HeadlessReport::fail(const core::Error &error)
{
    m_poll.stop();
    if (std::exchange(m_failed, true))
        return;
    std::fprintf(stderr, "nordlys-studio: error: %s\n", error.text().c_str());
    QCoreApplication::exit(core::exitCodeOf(error.code));
}

void HeadlessReport::next()
{
    if (!std::exchange(m_opening, true)) {
        m_window.keeper().open(m_file);
        return;
    }
    m_poll.stop();
    const Workspace &workspace = m_window.workspace();
    if (m_failed)
        return;
    if (!workspace.document() && workspace.runs().empty())
        return fail(
            core::badInput(m_file.toStdString(), "it holds neither a model nor a run", "Name a project, model or recording."));
    ReportRequest request;
    request.path = m_report;
    request.run = workspace.run();
    if (workspace.runs().size() > 1)
        request.baseline = workspace.baseline();
    m_exporter.start(request);
}

} // namespace nordlys::studio
