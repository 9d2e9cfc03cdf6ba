// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoint_bar.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/widgets/ink_label.h>

#include <QComboBox>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>

namespace nordlys::studio {

CheckpointBar::CheckpointBar(Workspace &workspace, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_checkpoints(Checkpoints::of(workspace)), m_combo(new QComboBox(this)), m_more(new QToolButton(this)),
      m_menu(new QMenu(this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics().gapSmall);
    m_title = new InkLabel(tr("Checkpoint"), CellInk::Label, this);
    m_title->setElided(true);
    m_title->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_combo->setObjectName(QStringLiteral("checkpointCombo"));
    m_combo->setAccessibleName(tr("Checkpoint to compare with"));
    m_combo->setToolTip(tr("The table marks what has changed since this checkpoint"));
    m_combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_combo->setMinimumContentsLength(8);
    m_combo->setMaximumWidth(scaled(200));
    setBarSize(m_combo);
    m_more->setObjectName(QStringLiteral("checkpointMenu"));
    m_more->setAccessibleName(tr("Checkpoints"));
    m_more->setToolTip(tr("Make, return to or delete a checkpoint"));
    m_more->setIcon(icon(Icon::More));
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_more->setMenu(m_menu);
    setBarSize(m_more);
    row->addWidget(m_title, 1);
    row->addWidget(m_combo, 2);
    row->addWidget(m_more);
    connect(m_combo, &QComboBox::activated, this, [this](int index) { m_checkpoints.compareWith(static_cast<std::size_t>(index)); });
    connect(m_menu, &QMenu::aboutToShow, this, &CheckpointBar::fillMenu);
    connect(&m_checkpoints, &Checkpoints::changed, this, &CheckpointBar::refresh);
    connect(&m_workspace, &Workspace::editsChanged, this, &CheckpointBar::refresh);
    refresh();
}

void CheckpointBar::setNarrow(bool narrow) { m_title->setVisible(!narrow); }

void CheckpointBar::refresh()
{
    const QSignalBlocker quiet(m_combo);
    m_combo->clear();
    for (const Checkpoints::Checkpoint &entry : m_checkpoints.all())
        m_combo->addItem(entry.name);
    const bool any = m_combo->count() > 0;
    if (!any)
        m_combo->addItem(m_workspace.encodings().empty() ? tr("not calibrated") : tr("none"));
    m_combo->setCurrentIndex(any ? static_cast<int>(m_checkpoints.comparedIndex()) : 0);
    m_combo->setEnabled(any);
    fillMenu();
}

void CheckpointBar::fillMenu()
{
    m_menu->clear();
    QAction *create = m_menu->addAction(tr("New checkpoint…"), this, &CheckpointBar::create);
    create->setObjectName(QStringLiteral("checkpointNew"));
    create->setEnabled(!m_workspace.encodings().empty());
    const Checkpoints::Checkpoint *compared = m_checkpoints.compared();
    if (!compared)
        return;
    const std::size_t index = m_checkpoints.comparedIndex();
    m_menu->addSeparator();
    QString name = compared->name;
    name.replace(QLatin1Char('&'), QLatin1String("&&"));
    QAction *restore = m_menu->addAction(tr("Return to %1").arg(name), this, [this, index] { m_checkpoints.restore(index); });
    restore->setObjectName(QStringLiteral("checkpointReturn"));
    restore->setEnabled(!(compared->encodings == m_workspace.encodings()));
    QAction *remove = m_menu->addAction(tr("Delete %1").arg(name), this, [this, index] { m_checkpoints.remove(index); });
    remove->setObjectName(QStringLiteral("checkpointDelete"));
}

void CheckpointBar::create()
{
    bool accepted = false;
    const QString name = QInputDialog::getText(this, tr("New checkpoint"), tr("Name"), QLineEdit::Normal,
                                               tr("checkpoint %1").arg(m_checkpoints.all().size() + 1), &accepted);
    if (!accepted)
        return;
    if (const QString why = m_checkpoints.whyNoName(name); !why.isEmpty())
        Q_EMIT m_workspace.notice(why);
    else
        m_checkpoints.create(name);
}

} // namespace nordlys::studio
