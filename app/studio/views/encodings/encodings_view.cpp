// SPDX-License-Identifier: GPL-3.0-or-later
#include "encodings_view.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/encoding_edits.h>
#include <studio/workspace/filter_query.h>

#include <QComboBox>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPushButton>
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

QToolButton *buttonFor(QAction *action, bool withText, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(withText ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    setBarSize(button);
    return button;
}

} // namespace

EncodingsView::EncodingsView(Workspace &workspace, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_model(new EncodingsModel(workspace, this)), m_sorted(new SortModel(this)),
      m_table(new TableView(this)), m_pane(new TensorPane(workspace, this)), m_state(new InkLabel(CellInk::Note, this)),
      m_result(new QLabel(this)), m_batchCount(new QLabel(this)), m_stale(new Chip(ChipKind::Neutral, {}, this)),
      m_batch(nullptr), m_bits(new QComboBox(this)), m_apply(new QPushButton(this)), m_revert(new QPushButton(this))
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
    const int widths[] = {180, 78, 44, 70, 70, 90, 62, 94, 60, 104, 66, 72, 60};
    for (int column = 0; column < EncodingsModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, scaled(widths[column]));
    connect(m_table->tableDelegate(), &TableDelegate::editRejected, this, [this](const QModelIndex &, const QString &reason) {
        Q_EMIT m_workspace.notice(tr("Nothing changed: %1").arg(reason));
    });
    connect(m_model, &EncodingsModel::editRefused, this,
            [this](const QString &why) { Q_EMIT m_workspace.notice(tr("Nothing changed: %1").arg(why)); });

    QHBoxLayout *top = nullptr;
    QWidget *bar = barOf(this, top);
    for (const char *id : {"quantize.calibrate", "quantize.evaluate", "quantize.import", "quantize.export"})
        top->addWidget(buttonFor(actions.action(QString::fromLatin1(id)), true, bar));
    top->addStretch(1);
    m_state->setElided(true);
    m_state->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    top->addWidget(m_state, 1);
    top->addWidget(buttonFor(actions.action(QStringLiteral("edit.undo")), false, bar));
    top->addWidget(buttonFor(actions.action(QStringLiteral("edit.redo")), false, bar));

    QHBoxLayout *below = nullptr;
    m_batch = barOf(this, below);
    for (const int bits : {4, 8, 16})
        m_bits->addItem(QString::number(bits), bits);
    m_bits->setCurrentIndex(1);
    m_bits->setObjectName(QStringLiteral("batchBits"));
    m_bits->setAccessibleName(tr("Bits"));
    m_apply->setText(tr("Apply as one step"));
    m_apply->setObjectName(QStringLiteral("batchApply"));
    m_revert->setText(tr("Revert to calibrated"));
    m_revert->setObjectName(QStringLiteral("batchRevert"));
    setBarSize(m_bits);
    setBarSize(m_apply);
    setBarSize(m_revert);
    m_batchCount->setFont(uiFont(12, QFont::DemiBold));
    below->addWidget(m_batchCount);
    below->addSpacing(metrics().gap);
    auto *setBitsLabel = new QLabel(tr("set bits"), m_batch);
    setBitsLabel->setForegroundRole(QPalette::PlaceholderText);
    below->addWidget(setBitsLabel);
    below->addWidget(m_bits);
    below->addWidget(m_apply);
    below->addStretch(1);
    below->addWidget(m_revert);

    QHBoxLayout *results = nullptr;
    QWidget *resultBar = barOf(this, results);
    m_result->setWordWrap(true);
    results->addWidget(m_result, 1);
    results->addWidget(m_stale);

    auto *left = new QWidget(this);
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(m_table, 1);
    column->addWidget(m_batch);
    column->addWidget(resultBar);
    auto *split = new QSplitter(this);
    split->setChildrenCollapsible(false);
    split->addWidget(left);
    split->addWidget(m_pane);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    split->setSizes({1080, 360});
    m_pane->setMinimumWidth(scaled(260));
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(split);

    connect(m_apply, &QPushButton::clicked, this, &EncodingsView::applyBits);
    connect(m_revert, &QPushButton::clicked, this, &EncodingsView::revertSelected);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        updateState();
        if (m_selecting)
            return;
        const core::TensorId tensor = m_model->tensorOf(m_sorted->mapToSource(m_table->currentIndex()).row());
        if (tensor.isValid())
            m_workspace.selectTensor(tensor);
    });
    connect(&m_workspace, &Workspace::selectionChanged, this, &EncodingsView::showSelection);
    connect(&m_workspace, &Workspace::filterChanged, this, [this] {
        const FilterQuery query(m_workspace.filter());
        if (query.isEmpty())
            m_sorted->setRowPredicate({});
        else
            m_sorted->setRowPredicate([this, query](int row, const QModelIndex &) { return m_model->matches(row, query); });
    });
    for (const auto signal :
         {&Workspace::editsChanged, &Workspace::calibrationChanged, &Workspace::evaluationChanged, &Workspace::documentChanged})
        connect(&m_workspace, signal, this, &EncodingsView::updateState);
    updateState();
}

std::vector<core::TensorId> EncodingsView::selectedTensors() const
{
    std::vector<core::TensorId> tensors;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        tensors.push_back(m_model->tensorOf(m_sorted->mapToSource(index).row()));
    std::ranges::sort(tensors);
    return tensors;
}

void EncodingsView::applyBits()
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    const int bits = m_bits->currentData().toInt();
    const std::vector<core::TensorId> tensors = selectedTensors();
    auto change = EncodingEdits(*document, m_workspace.edits()).setBits(tensors, bits);
    if (change) {
        const auto applied = m_workspace.history().apply(
            *change, tr("%1 bit for %2").arg(bits).arg(Counted::tensors(static_cast<qint64>(tensors.size()))));
        if (!applied)
            Q_EMIT m_workspace.failed(applied.error());
    } else {
        Q_EMIT m_workspace.failed(change.error());
    }
}

void EncodingsView::revertSelected()
{
    const auto document = m_workspace.document();
    if (!document || !m_workspace.calibration())
        return;
    const std::vector<core::TensorId> tensors = selectedTensors();
    auto change = EncodingEdits(*document, m_workspace.edits()).revert(tensors, m_workspace.calibration()->encodings);
    if (change) {
        const auto applied = m_workspace.history().apply(
            *change, tr("revert %1 to calibrated").arg(Counted::tensors(static_cast<qint64>(tensors.size()))));
        if (!applied)
            Q_EMIT m_workspace.failed(applied.error());
    } else {
        Q_EMIT m_workspace.notice(tr("The selected tensors are as calibrated."));
    }
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
    const int selected = static_cast<int>(m_table->selectionModel()->selectedRows().size());
    m_batchCount->setText(tr("%1 selected").arg(formatCount(selected)));
    m_batch->setVisible(encoded && selected > 0);
    m_revert->setEnabled(m_workspace.calibration().has_value());
    m_revert->setToolTip(m_workspace.calibration() ? QString() : tr("These encodings were imported, not calibrated here."));
    const auto &calibration = m_workspace.calibration();
    m_state->setText(calibration ? (calibration->method.isEmpty() ? tr("calibrated, n=%1").arg(calibration->samples)
                                                                  : tr("calibrated, %1, n=%2").arg(calibration->method).arg(calibration->samples))
                                               : (encoded ? tr("encodings without calibration") : tr("not calibrated")));
    QString text;
    if (const auto &evaluation = m_workspace.evaluation()) {
        QStringList parts;
        for (const runtime::OutputError &output : evaluation->result.outputs)
            parts << tr("%1: SQNR %2").arg(QString::fromStdString(output.name), formatDecibel(output.sqnrDb));
        if (const auto &accuracy = evaluation->result.accuracy)
            parts << tr("top-1 %1 float, %2 quantized, agreement %3")
                         .arg(formatPercent(100 * accuracy->floatTop1, 2), formatPercent(100 * accuracy->quantizedTop1, 2),
                              formatPercent(100 * accuracy->agreement, 2));
        parts << tr("n=%1 samples").arg(formatCount(static_cast<qint64>(evaluation->result.samples)));
        text = parts.join(QStringLiteral("   "));
    } else {
        text = encoded ? tr("Not evaluated yet. Evaluate shows the error of every tensor.")
                       : tr("Calibrate gives every tensor its range and grid.");
    }
    m_result->setText(text);
    const int age = m_workspace.evaluationAge();
    m_stale->setText(Counted::evaluatedBefore(age));
    m_stale->setVisible(age > 0);
}

} // namespace nordlys::studio
