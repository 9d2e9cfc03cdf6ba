// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend_section.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr core::Backend kListed[] = {core::Backend::Htp, core::Backend::Gpu, core::Backend::Cpu};

} // namespace

BackendSection::BackendSection(Workspace &workspace, QWidget *parent)
    : Section(tr("Backends"), parent), m_workspace(workspace), m_grid(nullptr)
{
    auto *content = new QWidget(this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics().gapSmall);
    m_grid = new KeyValueGrid(content);
    m_grid->setLabelWidth(60);
    column->addWidget(m_grid);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(metrics().dockMargin, 0, metrics().dockMargin, metrics().gap);
    row->setSpacing(metrics().gapTiny);
    const auto add = [&](std::optional<core::Backend> backend, const QString &text) {
        auto *button = new QPushButton(text, content);
        button->setObjectName(QStringLiteral("inspector.") +
                              (backend ? toQString(core::nameOf(*backend)) : QStringLiteral("automatic")));
        setBarSize(button);
        if (backend) {
            setSegment(button);
            button->setCheckable(true);
        }
        connect(button, &QPushButton::clicked, this, [this, backend] {
            m_workspace.placement().assign(m_nodes, backend);
            setNodes(std::vector<core::NodeId>(m_nodes));
        });
        row->addWidget(button);
        m_buttons[backend] = button;
    };
    for (const core::Backend backend : kListed)
        add(backend, backendName(backend));
    add(std::nullopt, tr("Automatic"));
    row->addStretch(1);
    column->addLayout(row);
    setContent(content);
    hide();
}

void BackendSection::setNodes(const std::vector<core::NodeId> &nodes)
{
    m_nodes = nodes;
    const PlacementKeeper &placement = m_workspace.placement();
    setVisible(!nodes.empty() && placement.plan());
    if (isHidden())
        return;
    m_grid->setRows(rows());
    const auto common = placement.commonBackend(nodes);
    for (const auto &[backend, button] : m_buttons) {
        const QString why = placement.whyNot(nodes, backend);
        const bool here = backend && common == backend;
        if (button->isCheckable())
            button->setChecked(here);
        button->setEnabled(why.isEmpty() || here);
        button->setToolTip(why.isEmpty() && backend ? tr("Put on %1").arg(backendTitle(*backend, placement.capabilities())) : why);
    }
}

QList<KeyValue> BackendSection::rows() const
{
    const core::PlacementPlan &plan = *m_workspace.placement().plan();
    QList<KeyValue> result;
    for (const core::Backend backend : kListed) {
        KeyValue entry;
        entry.label = backendName(backend);
        entry.mono = false;
        std::size_t here = 0, allowed = 0, assigned = 0;
        const core::BackendReason *refused = nullptr, *reason = nullptr;
        for (const core::NodeId node : m_nodes) {
            if (node.index >= plan.nodes.size())
                continue;
            const core::NodePlacement &place = plan.of(node);
            reason = &place.reasonOf(backend);
            here += place.backend == backend ? 1 : 0;
            assigned += place.backend == backend && place.assigned ? 1 : 0;
            allowed += reason->allowed ? 1 : 0;
            if (!reason->allowed && !refused)
                refused = reason;
        }
        if (!reason)
            continue;
        const core::BackendReason &told = refused ? *refused : *reason;
        if (m_nodes.size() > 1)
            entry.value = tr("%1 here, %2 allowed").arg(formatCount(static_cast<qint64>(here)), formatCount(static_cast<qint64>(allowed)));
        else if (here > 0)
            entry.value = assigned > 0 ? tr("assigned") : tr("automatic");
        else
            entry.value = allowed > 0 ? tr("allowed") : tr("no");
        entry.ink = allowed == 0 ? CellInk::Error : (here > 0 ? CellInk::Default : CellInk::Ok);
        entry.note = m_nodes.size() > 1 && !refused ? QString() : toQString(told.why);
        entry.toolTip = told.fix.empty() ? toQString(told.why)
                                         : QStringLiteral("%1.\n%2").arg(toQString(told.why), toQString(told.fix));
        result << entry;
    }
    return result;
}

} // namespace nordlys::studio
