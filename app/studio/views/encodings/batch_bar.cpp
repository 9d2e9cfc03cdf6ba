// SPDX-License-Identifier: GPL-3.0-or-later
#include "batch_bar.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/widgets/cell_roles.h>
#include <studio/widgets/chip.h>
#include <studio/widgets/table_view.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/encoding_edits.h>
#include <studio/workspace/live_metrics.h>
#include <studio/workspace/text.h>

#include <core/quantization/tensor_query.h>

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr int kTypingMs = 250;
constexpr int kRows = 3;

} // namespace

BatchBar::BatchBar(Workspace &workspace, const EncodingsModel &model, std::function<std::vector<core::TensorId>()> selected, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_model(model), m_selected(std::move(selected)), m_query(new QLineEdit(this)),
      m_count(new InkLabel(CellInk::Default, this)), m_why(new InkLabel(CellInk::Note, this)), m_property(new QComboBox(this)), m_bits(new QComboBox(this)),
      m_discard(new QPushButton(tr("Discard"), this)), m_apply(new QPushButton(tr("Apply as one step"), this)), m_table(new TableView(this)),
      m_rows(new QStandardItemModel(kRows, 5, this))
{
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Window);
    m_query->setObjectName(QStringLiteral("batchQuery"));
    m_query->setAccessibleName(tr("Tensors to edit"));
    m_query->setPlaceholderText(tr("selected rows, or op:Conv kind:act"));
    m_query->setClearButtonEnabled(true);
    m_query->setMinimumWidth(scaled(90));
    m_property->setObjectName(QStringLiteral("batchProperty"));
    m_property->setAccessibleName(tr("What to set"));
    m_property->addItem(tr("set bits"), SetBits);
    m_property->addItem(tr("symmetric"), SetSymmetric);
    m_property->addItem(tr("asymmetric"), SetAsymmetric);
    m_property->addItem(tr("lock"), Lock);
    m_property->addItem(tr("unlock"), Unlock);
    m_property->addItem(tr("revert to calibrated"), Revert);
    m_property->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_property->setMinimumContentsLength(9);
    m_bits->setObjectName(QStringLiteral("batchBits"));
    m_bits->setAccessibleName(tr("Bits"));
    for (const int bits : {4, 8, 16})
        m_bits->addItem(QString::number(bits), bits);
    m_bits->setCurrentIndex(1);
    m_discard->setObjectName(QStringLiteral("batchDiscard"));
    m_apply->setObjectName(QStringLiteral("batchApply"));
    setPrimary(m_apply);
    for (QWidget *control : std::initializer_list<QWidget *>{m_query, m_property, m_bits, m_discard, m_apply})
        setBarSize(control);
    auto *title = new InkLabel(tr("Batch edit"), CellInk::Default, this);
    title->setFont(uiFont(12, QFont::DemiBold));
    m_why->setElided(true);
    m_count->setObjectName(QStringLiteral("batchCount"));

    auto *row = new QHBoxLayout;
    row->setContentsMargins(metrics().gap, 3, metrics().gap, 3);
    row->setSpacing(metrics().gapSmall);
    row->addWidget(title);
    row->addWidget(m_query, 3);
    row->addWidget(m_count);
    row->addWidget(m_property);
    row->addWidget(m_bits);
    row->addWidget(m_why, 1);
    row->addWidget(m_discard);
    row->addWidget(m_apply);

    m_rows->setHorizontalHeaderLabels({tr("Preview"), tr("now"), tr("after"), tr("change"), tr("samples")});
    m_table->setObjectName(QStringLiteral("batchPreview"));
    m_table->setAccessibleName(tr("What the batch edit does"));
    m_table->setModel(m_rows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setStickyFirstColumn(false);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    const int widths[] = {160, 100, 100, 100, 120};
    for (int column = 0; column < m_rows->columnCount(); ++column) {
        m_table->setColumnWidth(column, scaled(widths[column]));
        const bool right = column > 0 && column < 4;
        m_rows->setHeaderData(column, Qt::Horizontal, int(right ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter), Qt::TextAlignmentRole);
    }
    m_table->setFixedHeight(metrics().header + kRows * metrics().row + 2);
    m_table->hide();

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(m_table);

    m_wait.setSingleShot(true);
    m_wait.setInterval(kTypingMs);
    connect(&m_wait, &QTimer::timeout, this, &BatchBar::preview);
    connect(m_query, &QLineEdit::textChanged, this, [this] {
        refresh();
        m_wait.start();
    });
    connect(m_query, &QLineEdit::returnPressed, this, &BatchBar::preview);
    connect(m_property, &QComboBox::currentIndexChanged, this, [this] {
        refresh();
        m_wait.start();
    });
    connect(m_bits, &QComboBox::currentIndexChanged, this, [this] { m_wait.start(); });
    connect(m_discard, &QPushButton::clicked, this, &BatchBar::discard);
    connect(m_apply, &QPushButton::clicked, this, [this] { apply(chosen(), tensors()); });
    LiveMetrics &live = m_workspace.live();
    connect(&live, &LiveMetrics::encodingsShown, this, [this] {
        // Somebody else's edit is shown now.
        if (!m_asking && m_previewing) {
            m_previewing = false;
            m_table->hide();
        }
        refresh();
    });
    connect(&live, &LiveMetrics::metricsChanged, this, &BatchBar::showPreview);
    for (const auto signal : {&Workspace::calibrationChanged, &Workspace::documentChanged})
        connect(&m_workspace, signal, this, &BatchBar::refresh);
    refresh();
}

BatchBar::Property BatchBar::chosen() const { return static_cast<Property>(m_property->currentData().toInt()); }

std::vector<core::TensorId> BatchBar::tensors() const
{
    const auto document = m_workspace.document();
    std::vector<core::TensorId> result;
    if (!document)
        return result;
    const QString query = m_query->text().trimmed();
    std::vector<core::TensorId> found;
    if (query.isEmpty()) {
        found = m_selected();
    } else if (static const QString kPatterns = QStringLiteral("*?["); !query.contains(QLatin1Char(':')) && !query.startsWith(QLatin1Char('!')) &&
               std::ranges::any_of(query, [](QChar letter) { return kPatterns.contains(letter); })) {
        for (const std::string &name : core::selectTensors(document->graph(), {query.toStdString()}))
            found.push_back(document->findTensor(name));
    } else {
        for (int row = 0; row < m_model.rowCount(); ++row) {
            if (m_model.matches(row, query))
                found.push_back(m_model.tensorOf(row));
        }
    }
    for (const core::TensorId tensor : found) {
        const core::QuantizableTensor *role = document->quantizableOf(tensor);
        if (role && role->kind != core::QuantizableKind::Bias)
            result.push_back(tensor);
    }
    std::ranges::sort(result);
    return result;
}

core::Expected<core::Change> BatchBar::change(Property wanted, const std::vector<core::TensorId> &tensors) const
{
    const EncodingEdits edits(*m_workspace.document(), m_workspace.edits());
    const auto &calibration = m_workspace.calibration();
    switch (wanted) {
    case SetBits: return edits.setBits(tensors, m_bits->currentData().toInt());
    case SetSymmetric:
    case SetAsymmetric: return edits.setSymmetric(tensors, wanted == SetSymmetric, calibration ? &calibration->ranges : nullptr);
    case Lock:
    case Unlock: return edits.setLocked(tensors, wanted == Lock);
    case Revert:
        if (!calibration)
            return core::badInput(tr("revert").toStdString(), tr("these encodings were imported, not calibrated here").toStdString());
        return edits.revert(tensors, calibration->encodings);
    }
    return core::internalError("BatchBar", "unknown property");
}

QString BatchBar::titleOf(Property wanted, std::size_t count) const
{
    const QString amount = Counted::tensors(static_cast<qint64>(count));
    switch (wanted) {
    case SetBits: return tr("%1 bit for %2").arg(m_bits->currentText(), amount);
    case SetSymmetric: return tr("%1 symmetric").arg(amount);
    case SetAsymmetric: return tr("%1 asymmetric").arg(amount);
    case Lock: return tr("lock %1").arg(amount);
    case Unlock: return tr("unlock %1").arg(amount);
    case Revert: return tr("revert %1 to calibrated").arg(amount);
    }
    return {};
}

void BatchBar::apply(Property wanted, const std::vector<core::TensorId> &tensors)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    m_wait.stop();
    auto made = change(wanted, tensors);
    if (!made) {
        Q_EMIT m_workspace.notice(tr("Nothing changed: %1").arg(toQString(made.error().what + " " + made.error().why)));
        return;
    }
    const EncodingEdits edits(*document, m_workspace.edits());
    const auto locked = wanted == Lock || wanted == Unlock
                            ? 0
                            : std::ranges::count_if(tensors, [&](core::TensorId tensor) { return edits.isLocked(tensor); });
    // What is previewed becomes the step, so that its numbers are there at once.
    LiveMetrics &live = m_workspace.live();
    m_asking = true;
    auto applied = live.preview(*made);
    if (applied)
        applied = live.commitPreview(titleOf(wanted, tensors.size() - static_cast<std::size_t>(locked)));
    m_asking = false;
    m_previewing = false;
    m_table->hide();
    if (!applied)
        Q_EMIT m_workspace.failed(applied.error());
    else if (locked > 0)
        Q_EMIT m_workspace.notice(tr("%1 locked and left as they are").arg(Counted::tensors(locked)));
    m_query->clear();
    m_wait.stop();
    refresh();
}

void BatchBar::preview()
{
    m_wait.stop();
    const std::vector<core::TensorId> found = m_query->text().trimmed().isEmpty() ? std::vector<core::TensorId>() : tensors();
    if (found.empty() || chosen() == Lock || chosen() == Unlock)
        return endPreview();
    auto made = change(chosen(), found);
    if (!made)
        return endPreview();
    m_asking = true;
    m_previewing = m_workspace.live().preview(*made).hasValue();
    m_asking = false;
    showPreview();
    refresh();
}

void BatchBar::endPreview()
{
    if (m_previewing) {
        m_asking = true;
        m_workspace.live().endPreview();
        m_asking = false;
    }
    m_previewing = false;
    m_table->hide();
    refresh();
}

void BatchBar::discard()
{
    m_query->clear();
    m_wait.stop();
    endPreview();
}

void BatchBar::selectionChanged()
{
    if (m_query->text().trimmed().isEmpty())
        refresh();
}

void BatchBar::refresh()
{
    const std::vector<core::TensorId> found = tensors();
    const bool byQuery = !m_query->text().trimmed().isEmpty();
    const QString amount = Counted::tensors(static_cast<qint64>(found.size()));
    m_count->setText(byQuery ? amount : tr("%1 selected").arg(formatCount(static_cast<qint64>(found.size()))));
    m_bits->setVisible(chosen() == SetBits);
    QString why;
    if (found.empty()) {
        why = byQuery ? tr("no tensor matches") : QString();
    } else if (m_workspace.document()) {
        const auto made = change(chosen(), found);
        if (!made) {
            why = toQString(made.error().why);
        } else if (chosen() != Lock && chosen() != Unlock) {
            const EncodingEdits edits(*m_workspace.document(), m_workspace.edits());
            const auto locked = std::ranges::count_if(found, [&](core::TensorId tensor) { return edits.isLocked(tensor); });
            why = locked > 0 ? tr("%1 locked").arg(formatCount(locked)) : QString();
        }
        m_apply->setEnabled(made.hasValue());
    }
    if (found.empty())
        m_apply->setEnabled(false);
    m_apply->setToolTip(m_apply->isEnabled() ? QString() : (why.isEmpty() ? tr("Select rows or write a query first.") : why));
    m_why->setText(why);
    m_discard->setEnabled(byQuery || m_previewing);
}

void BatchBar::showPreview()
{
    if (!m_previewing)
        return;
    const LiveMetrics &live = m_workspace.live();
    const runtime::Evaluation *now = live.evaluationBefore(), *after = live.evaluation();
    const bool current = live.state() == LiveMetrics::State::Current;
    const runtime::WhatIfResult *result = live.result();
    const auto cell = [this](int row, int column, const QString &text, std::optional<CellInk> ink = {}) {
        const QModelIndex index = m_rows->index(row, column);
        m_rows->setData(index, text);
        m_rows->setData(index, int(column == 0 || column == 4 ? CellKind::Text : CellKind::Number), CellKindRole);
        m_rows->setData(index, ink ? QVariant(int(*ink)) : QVariant(), InkRole);
    };
    const QString samples = !result ? live.whyNot()
                            : result->isEstimate
                                ? tr("≈ %1 of %2").arg(formatCount(static_cast<qint64>(result->samplesUsed)), formatCount(static_cast<qint64>(result->samplesAsked)))
                                : formatCount(static_cast<qint64>(result->samplesUsed));
    int rows = 0;
    const auto line = [&](const QString &name, std::optional<double> was, std::optional<double> is, const auto &text, const auto &delta) {
        const QString dash = QStringLiteral("–");
        cell(rows, 0, name);
        cell(rows, 1, was ? text(*was) : dash);
        cell(rows, 2, is && current ? text(*is) : dash);
        const double difference = was && is ? *is - *was : 0;
        const bool known = was && is && current && std::isfinite(difference);
        cell(rows, 3, known ? delta(difference) : dash, known && difference != 0 ? std::optional(difference > 0 ? CellInk::Ok : CellInk::Warn) : std::nullopt);
        cell(rows, 4, samples, result && result->isEstimate ? CellInk::Estimate : CellInk::Label);
        ++rows;
    };
    const auto worst = [](const runtime::Evaluation *evaluation) -> std::optional<double> {
        if (!evaluation || evaluation->outputs.empty())
            return std::nullopt;
        return std::ranges::min_element(evaluation->outputs, {}, &runtime::OutputError::sqnrDb)->sqnrDb;
    };
    const auto agreed = [](const runtime::Evaluation *evaluation) -> std::optional<double> {
        if (!evaluation || evaluation->outputs.empty())
            return std::nullopt;
        return std::round(evaluation->outputs.front().agreement * static_cast<double>(evaluation->samples));
    };
    const auto right = [](const runtime::Evaluation *evaluation) -> std::optional<double> {
        if (!evaluation || !evaluation->accuracy)
            return std::nullopt;
        return std::round(evaluation->accuracy->quantizedTop1 * static_cast<double>(evaluation->accuracy->samples));
    };
    const auto counted = [&](std::size_t of) {
        return [of](double value) { return QStringLiteral("%1 / %2").arg(formatCount(std::llround(value)), formatCount(static_cast<qint64>(of))); };
    };
    line(tr("SQNR at outputs"), worst(now), worst(after), [](double value) { return formatDecibel(value); },
         [](double value) { return withUnit(formatSigned(value, 1), QStringLiteral("dB")); });
    line(tr("Top-1 agreement"), agreed(now), agreed(after), counted(after ? after->samples : 0), [](double value) { return formatSigned(value, 0); });
    if (after && after->accuracy)
        line(tr("Top-1 right"), right(now), right(after), counted(after->accuracy->samples), [](double value) { return formatSigned(value, 0); });
    for (int row = 0; row < kRows; ++row)
        m_table->setRowHidden(row, row >= rows);
    m_table->setFixedHeight(metrics().header + rows * metrics().row + 2);
    m_table->show();
}

} // namespace nordlys::studio
