// SPDX-License-Identifier: GPL-3.0-or-later
#include "improve_panel.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/widgets/dock_header.h>

#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace nordlys::studio {

ImprovePanel::ImprovePanel(Workspace &workspace, Improver &improver, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_improver(improver), m_header(new DockHeader(QString(), this)), m_tabs(new QTabBar(this)), m_stack(new QStackedWidget(this)),
      m_sensitivity(new SensitivityPage(workspace, improver, actions, this)), m_mixed(new MixedPage(workspace, improver, actions, this)),
      m_equalize(new RewritePage(Improver::EqualizeTool, workspace, improver, actions, this)),
      m_bias(new RewritePage(Improver::BiasCorrectTool, workspace, improver, actions, this))
{
    setObjectName(QStringLiteral("improvePanel"));
    m_tabs->setObjectName(QStringLiteral("improveTabs"));
    m_tabs->setAccessibleName(tr("Improvement tools"));
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    for (ImprovePage *page : {static_cast<ImprovePage *>(m_sensitivity), static_cast<ImprovePage *>(m_mixed), static_cast<ImprovePage *>(m_equalize),
                              static_cast<ImprovePage *>(m_bias)}) {
        m_tabs->addTab(page->title());
        m_stack->addWidget(page);
        connect(page, &ImprovePage::refreshed, this, &ImprovePanel::refreshHeader);
    }
    m_header->addLeft(m_tabs);
    auto *close = new QToolButton(this);
    close->setObjectName(QStringLiteral("closeImprove"));
    close->setIcon(icon(Icon::Close));
    close->setAutoRaise(true);
    close->setToolTip(tr("Close the results; they stay until another model is opened"));
    close->setAccessibleName(tr("Close the results"));
    setBarSize(close);
    m_header->addRight(close);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_stack, 1);
    connect(close, &QToolButton::clicked, this, &ImprovePanel::closeRequested);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        m_stack->setCurrentIndex(tab);
        refreshHeader();
    });
    connect(m_header, &DockHeader::staleClicked, this, [this, &actions] { actions.action(current().actionId())->trigger(); });
    connect(m_header, &DockHeader::partialClicked, this, [this, &actions] { actions.action(current().actionId())->trigger(); });
    for (int tool = 0; tool < Improver::ToolCount; ++tool) {
        JobBase &job = m_improver.job(static_cast<Improver::Tool>(tool));
        connect(&job, &JobBase::progressed, this, &ImprovePanel::refreshHeader);
        connect(&job, &JobBase::ended, this, &ImprovePanel::refreshHeader);
    }
    refreshHeader();
}

ImprovePage &ImprovePanel::current() const { return *static_cast<ImprovePage *>(m_stack->currentWidget()); }

void ImprovePanel::showTool(Improver::Tool tool) { m_tabs->setCurrentIndex(tool); }

QSize ImprovePanel::sizeHint() const { return {scaled(800), scaled(260)}; }

QSize ImprovePanel::minimumSizeHint() const { return {scaled(320), scaled(150)}; }

void ImprovePanel::refreshHeader()
{
    if (m_stack->count() < Improver::ToolCount)
        return; // a page fills itself while it is made
    const ImprovePage &page = current();
    m_header->setStale(page.staleText());
    m_header->setPartial(page.partialText());
    const JobBase &job = m_improver.job(page.tool());
    if (job.isRunning())
        m_header->setProgress(static_cast<qint64>(job.progress().done), static_cast<qint64>(job.progress().total));
    else
        m_header->finishProgress();
}

} // namespace nordlys::studio
