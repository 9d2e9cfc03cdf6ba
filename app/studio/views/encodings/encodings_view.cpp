// SPDX-License-Identifier: GPL-3.0-or-later
#include "encodings_view.h"

#include "batch_bar.h"
#include "checkpoint_bar.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/encoding_edits.h>
#include <studio/workspace/filter_sort.h>
#include <studio/workspace/live_metrics.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QMenu>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

QWidget *barOf(QWidget *parent, QHBoxLayout *&row)
{
    auto *bar = new QWidget(parent);
    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::Window);
    row = new QHBoxLayout(bar);
    row->setContentsMargins(metrics().gap, 3, metrics().gap, 3);
    row->setSpacing(metrics().gapSmall);
    return bar;
}

QToolButton *buttonFor(QAction *action, Qt::ToolButtonStyle style, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(style);
    setBarSize(button);
    return button;
}

} // namespace

EncodingsView::EncodingsView(Workspace &workspace, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions), m_model(new EncodingsModel(workspace, this)), m_sorted(new SortModel(this)),
      m_table(new TableView(this)), m_pane(new TensorPane(workspace, actions, this))
{
    buildTable();
    m_batch = new BatchBar(workspace, *m_model, [this] { return selectedTensors(); }, this);
    m_actions.add({.id = QStringLiteral("quantize.lock"),
                   .text = tr("&Lock or unlock selected tensors"),
                   .shortcut = QKeySequence(Qt::CTRL | Qt::Key_L),
                   .icon = Icon::Lock,
                   .tip = tr("A locked encoding is changed by no edit and no calibration"),
                   .context = this},
                  [this] { toggleLock(); });

    auto *left = new QWidget(this);
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildTools());
    column->addWidget(m_table, 1);
    column->addWidget(m_batch);
    column->addWidget(buildFoot());
    auto *split = new QSplitter(this);
    split->setChildrenCollapsible(false);
    split->addWidget(left);
    split->addWidget(m_pane);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setSizes({812, 628});
    m_pane->setMinimumWidth(scaled(260));
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(split);
    connectAll();
    sortByCulprits();
    updateState();
}

void EncodingsView::buildTable()
{
    m_table->setObjectName(QStringLiteral("encodingsTable"));
    m_table->setAccessibleName(tr("Encodings"));
    m_sorted->setSourceModel(m_model);
    m_table->setModel(m_sorted);
    m_table->setEmptyText(tr("No tensors to encode. Open a model."));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setProperty("selectsOwnRows", true); // "Select all" means tensors here
    m_table->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    m_table->tableDelegate()->setValidator([this](const QModelIndex &index, const QString &text) {
        return m_model->whyInvalid(m_sorted->mapToSource(index), text);
    });
    const int widths[] = {214, 40, 104, 104, 62, 48, 82, 70, 78, 78, 66, 70, 70, 90, 62, 94, 72};
    static_assert(std::size(widths) == EncodingsModel::ColumnCount);
    for (int column = 0; column < EncodingsModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, scaled(widths[column]));
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table, &QWidget::customContextMenuRequested, this, &EncodingsView::showTableMenu);
    QHeaderView *header = m_table->horizontalHeader();
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QWidget::customContextMenuRequested, this, [this, header](const QPoint &at) {
        QMenu menu;
        addColumnActions(&menu);
        menu.exec(header->mapToGlobal(at));
    });
    // Asking for an order ends what held the rows.
    for (QHeaderView *pressed : {header, m_table->stickyColumn()->horizontalHeader()})
        connect(pressed, &QHeaderView::sectionPressed, this, [this] { holdRows(false); });
}

QWidget *EncodingsView::buildTools()
{
    m_tools = barOf(this, m_toolRow);
    m_checkpoint = new CheckpointBar(m_workspace, m_tools);
    m_toolRow->addStretch(1);
    m_toolRow->addWidget(m_checkpoint, 100);
    for (const char *id : {"edit.undo", "edit.redo"})
        m_toolRow->addWidget(buttonFor(m_actions.action(QString::fromLatin1(id)), Qt::ToolButtonIconOnly, m_tools));
    return m_tools;
}

// Made when the view is first shown: by then every part of the window has registered its commands.
void EncodingsView::fillTools()
{
    if (m_tools->findChild<QToolButton *>(QStringLiteral("encodingsMore")))
        return;
    int at = 0;
    for (const char *id : {"quantize.calibrate", "quantize.evaluate", "quantize.sensitivity", "quantize.equalize"}) {
        const QString name = QString::fromLatin1(id);
        if (!m_actions.contains(name))
            continue;
        const Qt::ToolButtonStyle style = at == 0 ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonTextOnly;
        QToolButton *button = buttonFor(m_actions.action(name), style, m_tools);
        m_toolRow->insertWidget(at, button);
        if (++at > 2)
            m_spareTools.append(button);
    }
    auto *more = new QToolButton(m_tools);
    more->setObjectName(QStringLiteral("encodingsMore"));
    more->setAccessibleName(tr("More"));
    more->setToolTip(tr("Further commands for encodings"));
    more->setIcon(icon(Icon::More));
    more->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(more);
    for (const char *id : {"quantize.sensitivity", "quantize.equalize", "quantize.mixed", "quantize.bias-correct", "quantize.import", "quantize.export", "quantize.lock"}) {
        if (m_actions.contains(QString::fromLatin1(id)))
            menu->addAction(m_actions.action(QString::fromLatin1(id)));
    }
    addColumnActions(menu->addMenu(tr("Columns")));
    more->setMenu(menu);
    setBarSize(more);
    m_toolRow->insertWidget(at, more);
    fitTools();
}

// In a small window the rarer tools are in the menu only, so that the checkpoint's name can be read.
void EncodingsView::fitTools()
{
    const bool narrow = width() < scaled(1200);
    for (QToolButton *button : m_spareTools)
        button->setVisible(!narrow);
    m_checkpoint->setNarrow(narrow);
}

void EncodingsView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitTools();
}

QWidget *EncodingsView::buildFoot()
{
    QHBoxLayout *row = nullptr;
    QWidget *foot = barOf(this, row);
    m_count = new InkLabel(CellInk::Label, foot);
    m_count->setObjectName(QStringLiteral("encodingsCount"));
    m_since = new InkLabel(CellInk::Label, foot);
    m_since->setObjectName(QStringLiteral("editsSinceCheckpoint"));
    m_held = new Chip(ChipKind::Neutral, tr("row order held while editing"), foot);
    m_held->setObjectName(QStringLiteral("rowOrderHeld"));
    m_held->setToolTip(tr("Rows keep their places, whatever their numbers become. Click to sort them again."));
    m_held->setClickable(true);
    m_held->hide();
    connect(m_held, &QAbstractButton::clicked, this, &EncodingsView::sortAgain);
    m_result = new InkLabel(CellInk::Label, foot);
    m_result->setElided(true);
    m_stale = new Chip(ChipKind::Neutral, {}, foot);
    m_stale->hide();
    m_estimate = new Chip(ChipKind::Estimate, {}, foot);
    m_estimate->setObjectName(QStringLiteral("encodingsEstimate"));
    m_estimate->hide();
    row->setSpacing(metrics().gap);
    row->addWidget(m_count);
    row->addWidget(m_since);
    row->addWidget(m_held);
    row->addWidget(m_result, 1);
    row->addWidget(m_estimate);
    row->addWidget(m_stale);
    return foot;
}

void EncodingsView::connectAll()
{
    connect(m_table->tableDelegate(), &TableDelegate::editRejected, this, [this](const QModelIndex &, const QString &reason) {
        Q_EMIT m_workspace.notice(tr("Nothing changed: %1").arg(reason));
    });
    connect(m_model, &EncodingsModel::editRefused, this,
            [this](const QString &why) { Q_EMIT m_workspace.notice(tr("Nothing changed: %1").arg(why)); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        m_batch->selectionChanged();
        updateState();
        if (m_selecting)
            return;
        const core::TensorId tensor = m_model->tensorOf(m_sorted->mapToSource(m_table->currentIndex()).row());
        if (tensor.isValid())
            m_workspace.selectTensor(tensor);
    });
    connect(&m_workspace, &Workspace::selectionChanged, this, &EncodingsView::showSelection);
    connect(&m_workspace, &Workspace::filterChanged, this, &EncodingsView::applyFilter);
    LiveMetrics &live = m_workspace.live();
    connect(&live, &LiveMetrics::encodingsShown, this, [this] { holdRows(true); });
    for (const auto signal : {&LiveMetrics::metricsChanged, &LiveMetrics::stateChanged, &LiveMetrics::encodingsShown})
        connect(&live, signal, this, &EncodingsView::updateState);
    // What is new from the ground up is sorted anew.
    for (const auto signal : {&Workspace::calibrationChanged, &Workspace::evaluationChanged, &Workspace::documentChanged})
        connect(&m_workspace, signal, this, [this] { holdRows(false); });
    for (const auto signal : {&Workspace::editsChanged, &Workspace::calibrationChanged, &Workspace::evaluationChanged, &Workspace::documentChanged})
        connect(&m_workspace, signal, this, &EncodingsView::updateState);
    connect(&Checkpoints::of(m_workspace), &Checkpoints::changed, this, &EncodingsView::updateState);
}

void EncodingsView::showEvent(QShowEvent *event)
{
    fillTools();
    m_workspace.live().start();
    QWidget::showEvent(event);
}

void EncodingsView::applyFilter()
{
    const QString filter = m_workspace.filter();
    const SplitFilter split = splitFilter(filter);
    if (const auto [column, descending] = EncodingsModel::sortColumn(split.sort); column >= 0) {
        holdRows(false);
        m_table->setSortKeys({{column, descending ? Qt::DescendingOrder : Qt::AscendingOrder}});
    }
    if (split.terms.isEmpty())
        m_sorted->setRowPredicate({});
    else
        m_sorted->setRowPredicate([this, filter](int row, const QModelIndex &) { return m_model->matches(row, filter); });
    updateState();
}

// Activations with the lowest local SQNR on top: what is wrong there is not inherited, so an edit of the tensor mends it.
void EncodingsView::sortByCulprits()
{
    m_table->setSortKeys({{EncodingsModel::Kind, Qt::AscendingOrder}, {EncodingsModel::LocalSqnr, Qt::AscendingOrder}});
    m_table->horizontalHeader()->setSortIndicator(EncodingsModel::LocalSqnr, Qt::AscendingOrder);
}

void EncodingsView::sortAgain()
{
    holdRows(false);
    const QList<SortKey> keys = m_table->sortKeys();
    if (keys.size() == 2 && keys.first().column == EncodingsModel::Kind)
        sortByCulprits();
    else
        m_table->setSortKeys(keys);
}

void EncodingsView::holdRows(bool hold)
{
    if (m_holds == hold)
        return;
    m_holds = hold;
    m_table->holdRowOrder(hold);
    updateState();
    if (!hold)
        m_sorted->invalidate();
}

void EncodingsView::addColumnActions(QMenu *menu)
{
    for (int column = 1; column < EncodingsModel::ColumnCount; ++column) {
        QAction *action = menu->addAction(m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        action->setToolTip(m_model->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString());
        action->setCheckable(true);
        action->setChecked(!m_table->isColumnHidden(column));
        connect(action, &QAction::toggled, m_table, [this, column](bool shown) { m_table->setColumnHidden(column, !shown); });
    }
}

void EncodingsView::showTableMenu(const QPoint &at)
{
    QMenu menu;
    const std::vector<core::TensorId> tensors = selectedTensors();
    const auto document = m_workspace.document();
    if (document && !tensors.empty()) {
        menu.addAction(m_actions.action(QStringLiteral("quantize.lock")));
        QAction *revert = menu.addAction(tr("Revert to calibrated"), this, &EncodingsView::revertSelected);
        revert->setEnabled(m_workspace.calibration().has_value());
        menu.addSeparator();
    }
    addColumnActions(menu.addMenu(tr("Columns")));
    menu.exec(m_table->viewport()->mapToGlobal(at));
}

std::vector<core::TensorId> EncodingsView::selectedTensors() const
{
    std::vector<core::TensorId> tensors;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        tensors.push_back(m_model->tensorOf(m_sorted->mapToSource(index).row()));
    std::ranges::sort(tensors);
    return tensors;
}

void EncodingsView::revertSelected()
{
    if (!m_workspace.document() || !m_workspace.calibration())
        return;
    m_batch->apply(BatchBar::Revert, selectedTensors());
}

void EncodingsView::toggleLock()
{
    const auto document = m_workspace.document();
    const std::vector<core::TensorId> tensors = selectedTensors();
    if (!document || tensors.empty()) {
        Q_EMIT m_workspace.notice(tr("Select tensors first."));
        return;
    }
    const EncodingEdits edits(*document, m_workspace.edits());
    const bool all = std::ranges::all_of(tensors, [&](core::TensorId tensor) { return edits.isLocked(tensor); });
    m_batch->apply(all ? BatchBar::Unlock : BatchBar::Lock, tensors);
}

void EncodingsView::showSelection()
{
    const Selection &selection = m_workspace.selection();
    core::TensorId tensor = selection.tensor;
    if (!tensor.isValid() && selection.node.isValid() && m_workspace.document()) {
        for (const core::TensorId output : m_workspace.document()->graph().node(selection.node).outputs) {
            if (m_model->rowOf(output) >= 0)
                tensor = output;
        }
    }
    const int row = tensor.isValid() ? m_model->rowOf(tensor) : -1;
    const QModelIndex index = row < 0 ? QModelIndex() : m_sorted->mapFromSource(m_model->index(row, 0));
    if (index.isValid() && m_table->selectionModel()->isRowSelected(index.row()))
        return;
    m_selecting = true;
    if (index.isValid()) {
        m_table->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        m_table->scrollTo(index);
    } else {
        m_table->selectionModel()->clear();
    }
    m_selecting = false;
}

void EncodingsView::updateState()
{
    const bool encoded = !m_workspace.encodings().empty();
    m_batch->setVisible(encoded);
    m_actions.setReason(QStringLiteral("quantize.lock"), encoded ? QString() : tr("There are no encodings yet."));
    const qint64 shown = m_sorted->rowCount(), all = m_model->rowCount();
    m_count->setText(shown == all ? Counted::tensors(all) : tr("%1 of %2").arg(formatCount(shown), formatCount(all)));
    const int since = Checkpoints::of(m_workspace).editsSince();
    m_since->setText(tr("%1 since checkpoint").arg(Counted::edits(since)));
    m_since->setVisible(since > 0);
    m_held->setVisible(m_holds);
    const LiveMetrics &live = m_workspace.live();
    const runtime::WhatIfResult *result = live.result();
    m_estimate->setVisible(result && result->isEstimate);
    if (result)
        m_estimate->setText(tr("%1 of %2 samples").arg(formatCount(static_cast<qint64>(result->samplesUsed)), formatCount(static_cast<qint64>(result->samplesAsked))));
    const auto &evaluated = m_workspace.evaluation();
    const runtime::Evaluation *numbers = live.evaluation();
    if (!numbers && evaluated)
        numbers = &evaluated->result;
    QString text;
    if (numbers) {
        QStringList parts;
        for (const runtime::OutputError &output : numbers->outputs)
            parts << tr("%1: SQNR %2").arg(toQString(output.name), formatDecibel(output.sqnrDb));
        if (const auto &accuracy = numbers->accuracy)
            parts << tr("top-1 %1 float, %2 quantized, agreement %3")
                         .arg(formatPercent(100 * accuracy->floatTop1, 2), formatPercent(100 * accuracy->quantizedTop1, 2),
                              formatPercent(100 * accuracy->agreement, 2));
        parts << tr("n=%1 samples").arg(formatCount(static_cast<qint64>(numbers->samples)));
        text = parts.join(QStringLiteral("   "));
    } else if (live.state() == LiveMetrics::State::Failed) {
        text = live.whyNot();
    } else {
        text = encoded ? tr("Not evaluated yet. Evaluate shows the error of every tensor.")
                       : tr("Calibrate gives every tensor its range and grid.");
    }
    m_result->setText(text);
    const int age = m_workspace.evaluationAge();
    m_stale->setText(Counted::evaluatedBefore(age));
    m_stale->setVisible(age > 0 && !live.evaluation());
}

} // namespace nordlys::studio
