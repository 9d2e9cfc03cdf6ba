// SPDX-License-Identifier: GPL-3.0-or-later
// The improvement tools: their actions, dialogs and the pane with their results.
#include "main_window.h"

#include "error_bar.h"

#include <studio/look/metrics.h>
#include <studio/views/improve/improve_dialogs.h>
#include <studio/views/improve/improve_panel.h>
#include <studio/widgets/thin_splitter.h>
#include <studio/workspace/improver.h>

#include <QSplitter>

#include <algorithm>
#include <memory>

namespace nordlys::studio {

void MainWindow::addImproveActions()
{
    const auto add = [this](const char *id, const QString &text, const QString &tip, const QString &tags, std::function<void()> run) {
        m_actions->add({.id = QString::fromLatin1(id), .text = text, .menu = QStringLiteral("quantize"), .group = 2, .tip = tip, .tags = tags},
                       std::move(run));
    };
    add("quantize.sensitivity", tr("&Sensitivity…"), tr("Which layers cost most when they are quantized"), tr("rank layers noise"), [this] {
        SensitivityDialog dialog(*m_workspace, this);
        if (dialog.exec() == QDialog::Accepted)
            m_improver->measureSensitivity(dialog.request());
    });
    add("quantize.mixed", tr("&Mixed precision…"), tr("Which layers are worth 16 bit or float within a budget"), tr("Pareto budget 16 bit float"), [this] {
        MixedDialog dialog(*m_workspace, this);
        if (dialog.exec() == QDialog::Accepted)
            m_improver->searchMixed(dialog.request());
    });
    add("quantize.equalize", tr("E&qualize…"), tr("Balance channel ranges between layers; writes a new model"), tr("cross-layer equalization"), [this] {
        RewriteDialog dialog(RewriteDialog::Kind::Equalize, *m_workspace, this);
        if (dialog.exec() == QDialog::Accepted)
            m_improver->equalize(dialog.equalizeRequest());
    });
    add("quantize.bias-correct", tr("Correct &biases…"), tr("Give back what quantized weights shift; writes a new model"), tr("bias correction"), [this] {
        RewriteDialog dialog(RewriteDialog::Kind::BiasCorrect, *m_workspace, this);
        if (dialog.exec() == QDialog::Accepted)
            m_improver->correctBias(dialog.biasCorrectRequest());
    });
    m_actions->add({.id = QStringLiteral("quantize.results"),
                    .text = tr("&Improvement results"),
                    .checkable = true,
                    .menu = QStringLiteral("quantize"),
                    .group = 3,
                    .tip = tr("Show the pane with the results of these tools below the views")},
                   [this] { showImprovePanel(m_actions->action(QStringLiteral("quantize.results"))->isChecked()); });
}

QWidget *MainWindow::withImprovePanel(QWidget *views, QWidget *parent)
{
    m_improveSplit = new ThinSplitter(Qt::Vertical, parent);
    m_improveSplit->setChildrenCollapsible(false);
    m_improve = new ImprovePanel(*m_workspace, *m_improver, *m_actions, m_improveSplit);
    m_improveSplit->addWidget(views);
    m_improveSplit->addWidget(m_improve);
    m_improveSplit->setStretchFactor(0, 1);
    m_improveSplit->setStretchFactor(1, 0);
    m_improve->hide();
    for (int tool = 0; tool < Improver::ToolCount; ++tool)
        watch(m_improver->job(static_cast<Improver::Tool>(tool)));
    connect(m_improve, &ImprovePanel::closeRequested, this, [this] { showImprovePanel(false); });
    connect(m_improver, &Improver::started, this, [this](int tool) {
        m_errors->hide();
        m_improve->showTool(static_cast<Improver::Tool>(tool));
        showImprovePanel(true);
    });
    connect(m_improver, &Improver::openRequested, this, &MainWindow::openImproved);
    connect(m_workspace, &Workspace::documentChanged, this, [this] {
        if (!m_workspace->document())
            showImprovePanel(false);
    });
    return m_improveSplit;
}

void MainWindow::showImprovePanel(bool shown)
{
    m_improve->setVisible(shown);
    m_actions->setChecked(QStringLiteral("quantize.results"), shown);
    if (!shown || m_improveSized)
        return;
    // A third of the height, once; later it is as high as it was left.
    m_improveSized = true;
    const int whole = m_improveSplit->height(), wanted = std::clamp(whole * 2 / 5, scaled(150), scaled(300));
    m_improveSplit->setSizes({whole - wanted, wanted});
}

void MainWindow::openImproved(const QString &path, bool andCalibrate)
{
    const InputSource calibration = m_workspace->calibrationInputs(), evaluation = m_workspace->evaluationInputs();
    const QString labels = m_workspace->labelsPath();
    const auto before = m_workspace->document();
    // The new model takes the samples of its source. Only the next document that opens: the question about unsaved edits may be answered with no.
    auto once = std::make_shared<QMetaObject::Connection>();
    *once = connect(m_keeper, &ProjectKeeper::opened, this, [=, this](const QString &opened) {
        disconnect(*once);
        if (opened != path || m_workspace->document() == before)
            return;
        m_workspace->setInputs(calibration, evaluation, labels);
        showView(QStringLiteral("encodings"));
        if (andCalibrate)
            QMetaObject::invokeMethod(this, [this] { calibrate(); }, Qt::QueuedConnection);
    });
    openPath(path);
}

void MainWindow::updateImproveActions()
{
    const bool open = m_workspace->document() != nullptr, encoded = !m_workspace->encodings().empty();
    const QString noModel = open ? QString() : tr("Open a model first.");
    const QString noEncodings = !noModel.isEmpty() ? noModel : encoded ? QString() : tr("There are no encodings yet. Calibrate first.");
    const struct {
        const char *id;
        Improver::Tool tool;
        QString why;
    } tools[] = {{"quantize.sensitivity", Improver::SensitivityTool, noEncodings},
                 {"quantize.mixed", Improver::MixedTool, noEncodings},
                 {"quantize.equalize", Improver::EqualizeTool, noModel},
                 {"quantize.bias-correct", Improver::BiasCorrectTool, noEncodings}};
    for (const auto &[id, tool, why] : tools)
        m_actions->setReason(QString::fromLatin1(id), !why.isEmpty() ? why : m_improver->job(tool).isRunning() ? tr("It is running.") : QString());
    m_actions->setReason(QStringLiteral("quantize.results"), noModel);
}

} // namespace nordlys::studio
