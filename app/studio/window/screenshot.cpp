// SPDX-License-Identifier: GPL-3.0-or-later
#include "screenshot.h"

#include "main_window.h"

#include <studio/workspace/text.h>

#include <QCoreApplication>
#include <QPixmap>

#include <cstdio>

namespace nordlys::studio {
namespace {

constexpr int kPollMs = 20;
constexpr int kSettleMs = 250; // layouts, queued repaints of plots

} // namespace

Screenshot::Screenshot(MainWindow &window, ScreenshotRequest request)
    : QObject(&window), m_window(window), m_request(std::move(request))
{
    connect(&m_window.workspace(), &Workspace::failed, this,
            [this](const core::Error &error) { fail(toQString(error.text()), core::exitCodeOf(error.code)); });
    m_poll.setInterval(kPollMs);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        if (!m_window.isBusy())
            next();
    });
    m_poll.start();
}

void Screenshot::fail(const QString &what, int code)
{
    m_poll.stop();
    std::fprintf(stderr, "nordlys-studio: error: %s\n", qPrintable(what));
    QCoreApplication::exit(code);
}

void Screenshot::next()
{
    switch (m_step++) {
    case 0:
        if (!m_request.file.isEmpty())
            m_window.keeper().open(m_request.file);
        return;
    case 1:
        if (!m_request.calibrate.isEmpty()) {
            CalibrationRequest request;
            request.inputs.spec = m_request.calibrate;
            m_window.quantizer().calibrate(request);
        }
        return;
    case 2:
        if (!m_request.evaluate.isEmpty())
            m_window.quantizer().evaluate({{m_request.evaluate, {}, 0}, m_request.labels});
        return;
    case 3:
        if (m_request.run > 0) {
            RunSettings settings;
            settings.iterations = static_cast<std::uint64_t>(m_request.run);
            m_window.runner().run(settings);
        }
        return;
    case 4: {
        m_window.showView(m_request.view);
        if (const auto document = m_window.workspace().document(); document && !m_request.select.isEmpty()) {
            const std::string name = m_request.select.toStdString();
            if (const core::NodeId node = document->findNode(name); node.isValid())
                m_window.workspace().selectNode(node);
            else if (const core::TensorId tensor = document->findTensor(name); tensor.isValid())
                m_window.workspace().selectTensor(tensor);
            else
                return fail(tr("%1: the model has no such operator or tensor").arg(m_request.select), 2);
        }
        m_poll.stop();
        QTimer::singleShot(kSettleMs, this, &Screenshot::take);
        return;
    }
    default: return;
    }
}

void Screenshot::take()
{
    if (!m_window.grab().save(m_request.picture, "PNG"))
        return fail(tr("%1: cannot be written. Choose a folder that can be written to.").arg(m_request.picture), 6);
    QCoreApplication::exit(0);
}

} // namespace nordlys::studio
