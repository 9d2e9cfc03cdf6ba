// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor_pane.h"

#include "noise_bar.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/models/backend_cell.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/encoding_forms.h>
#include <studio/workspace/live_metrics.h>
#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/text.h>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

/// A row of the pane: margins of the pane, on the surface of docks.
QHBoxLayout *rowIn(QVBoxLayout *column, QWidget *parent, QWidget **made = nullptr)
{
    auto *holder = new QWidget(parent);
    auto *row = new QHBoxLayout(holder);
    row->setContentsMargins(metrics().dockMargin, metrics().gapTiny, metrics().dockMargin, metrics().gapTiny);
    row->setSpacing(metrics().gap);
    column->addWidget(holder);
    if (made)
        *made = holder;
    return row;
}

QPushButton *linkIn(QWidget *parent, const QString &name)
{
    auto *button = new QPushButton(parent);
    button->setFlat(true);
    button->setObjectName(name);
    setBarSize(button);
    return button;
}

} // namespace

TensorPane::TensorPane(Workspace &workspace, ActionRegistry &actions, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_actions(actions), m_histogram(new TensorHistogram(workspace, this)), m_header(new TensorHeader(this)),
      m_body(new QWidget(this)), m_empty(new EmptyState(this))
{
    setObjectName(QStringLiteral("tensorPane"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_body, 1);
    column->addWidget(m_empty, 1);
    auto *body = new QVBoxLayout(m_body);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(0);
    buildHistogram();
    buildNumbers();
    buildDownstream();
    connectEdits();

    connect(&workspace, &Workspace::selectionChanged, this, &TensorPane::showSelection);
    connect(&workspace, &Workspace::documentChanged, this, &TensorPane::showSelection);
    connect(&workspace, &Workspace::calibrationChanged, this, &TensorPane::showEncoding);
    connect(&workspace, &Workspace::inputsChanged, this, &TensorPane::showChannels);
    connect(&workspace.placement(), &PlacementKeeper::changed, this, &TensorPane::showHeader);
    connect(&workspace.live(), &LiveMetrics::encodingsShown, this, &TensorPane::showEncoding);
    connect(&workspace.live(), &LiveMetrics::metricsChanged, this, &TensorPane::showNumbers);
    connect(&workspace.live(), &LiveMetrics::stateChanged, this, &TensorPane::showSamples);
    connect(m_histogram, &TensorHistogram::changed, this, [this] {
        if (m_histogram->tensor() != m_tensor)
            return; // it hears of another model first
        showPlot();
        showChannels();
        showHeader(); // grids per channel need the channels' ranges
    });
    connect(&m_histogram->channelJob(), &JobBase::progressed, this, &TensorPane::showChannels);
    showSelection();
}

void TensorPane::buildHistogram()
{
    auto *body = qobject_cast<QVBoxLayout *>(m_body->layout());
    m_plots = new QStackedWidget(m_body);
    m_plot = new HistogramPlot(m_plots);
    m_plot->setObjectName(QStringLiteral("tensorHistogram"));
    m_noHistogram = new EmptyState(m_plots);
    m_noHistogram->setObjectName(QStringLiteral("noHistogram"));
    m_plots->addWidget(m_plot);
    m_plots->addWidget(m_noHistogram);
    m_plots->setMinimumHeight(scaled(130));
    body->addWidget(m_plots, 5);
    m_plotNote = new InkLabel(CellInk::Note, m_body);
    m_plotNote->setFont(uiFont(11));
    m_plotNote->setElided(true);
    m_plotNote->setContentsMargins(metrics().dockMargin, 2, metrics().dockMargin, 2);
    body->addWidget(m_plotNote);
    m_fields = new RangeFields(m_body);
    body->addWidget(m_fields);
}

void TensorPane::buildNumbers()
{
    auto *body = qobject_cast<QVBoxLayout *>(m_body->layout());
    m_metrics = new MetricStrip(m_body);
    m_metrics->setObjectName(QStringLiteral("tensorMetrics"));
    body->addWidget(m_metrics);
    QHBoxLayout *row = rowIn(body, m_body);
    m_samples = new Chip(ChipKind::Neutral, {}, m_body);
    m_samplesNote = new InkLabel(CellInk::Label, m_body);
    m_samplesNote->setFont(uiFont(11));
    m_samplesNote->setElided(true);
    m_evaluateAll = linkIn(m_body, QStringLiteral("evaluateAllSamples"));
    row->addWidget(m_samples);
    row->addWidget(m_samplesNote, 1);
    row->addWidget(m_evaluateAll);

    m_channels = new QWidget(m_body);
    auto *channels = new QVBoxLayout(m_channels);
    channels->setContentsMargins(metrics().dockMargin, metrics().gapTiny, metrics().dockMargin, metrics().gapTiny);
    channels->setSpacing(metrics().gapTiny);
    auto *title = new QHBoxLayout;
    title->setSpacing(metrics().gap);
    auto *heading = new InkLabel(tr("Range per channel"), CellInk::Default, m_channels);
    heading->setFont(uiFont(11, QFont::DemiBold));
    m_channelNote = new InkLabel(CellInk::Note, m_channels);
    m_channelNote->setFont(uiFont(11));
    m_channelNote->setElided(true);
    m_measure = linkIn(m_channels, QStringLiteral("measureChannels"));
    title->addWidget(heading);
    title->addWidget(m_channelNote, 1);
    title->addWidget(m_measure);
    m_strip = new ChannelStrip(m_channels);
    m_strip->setObjectName(QStringLiteral("channelStrip"));
    channels->addLayout(title);
    channels->addWidget(m_strip);
    body->addWidget(m_channels);
}

void TensorPane::buildDownstream()
{
    m_downstream = new DownstreamModel(m_workspace, this);
    m_table = new TableView(m_body);
    m_table->setObjectName(QStringLiteral("downstreamTable"));
    m_table->setAccessibleName(tr("Downstream"));
    m_table->setModel(m_downstream);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEmptyText(tr("No errors yet"));
    m_table->setStickyFirstColumn(false); // it is nearly as narrow as its first column
    auto *delegate = new NoiseBarDelegate(m_table);
    m_table->setItemDelegateForColumn(DownstreamModel::Noise, delegate);
    m_table->setMinimumHeight(scaled(72));
    m_body->layout()->addWidget(m_table);
    qobject_cast<QVBoxLayout *>(m_body->layout())->setStretchFactor(m_table, 5);
    connect(m_table, &QAbstractItemView::activated, this, [this](const QModelIndex &index) {
        if (const core::TensorId tensor = m_downstream->tensorOf(index.row()); tensor.isValid())
            m_workspace.selectTensor(tensor);
    });
}

void TensorPane::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitColumns();
}

void TensorPane::showEvent(QShowEvent *event)
{
    m_workspace.live().start();
    QWidget::showEvent(event);
}

void TensorPane::fitColumns()
{
    const int number = scaled(64), whole = width() - 2;
    const int noise = std::clamp(whole * 2 / 7, scaled(80), scaled(260));
    for (int column = DownstreamModel::Local; column <= DownstreamModel::Was; ++column)
        m_table->setColumnWidth(column, column == DownstreamModel::Inherited ? number + scaled(10) : number - scaled(6));
    m_table->setColumnWidth(DownstreamModel::Noise, noise);
    const int others = 4 * number - scaled(8) + noise;
    m_table->setColumnWidth(DownstreamModel::Tensor, std::max(scaled(110), whole - others));
}

QString TensorPane::tensorName() const
{
    return isCurrent() ? toQString(m_document->graph().nameOf(m_tensor)) : QString();
}

const core::EncodingEntry *TensorPane::entry() const
{
    return isCurrent() ? m_workspace.live().encodings().find(m_document->graph().nameOf(m_tensor)) : nullptr;
}

const core::Grid *TensorPane::grid() const
{
    const core::EncodingEntry *now = entry();
    if (!now || now->encoding.grids.empty())
        return nullptr;
    const auto &grids = now->encoding.grids;
    if (grids.size() == 1)
        return &grids.front();
    const int channel = m_strip->channel();
    return now->encoding.isPerChannel() && channel >= 0 && channel < static_cast<int>(grids.size()) ? &grids[static_cast<std::size_t>(channel)] : nullptr;
}

std::optional<std::pair<double, double>> TensorPane::encodedRange() const
{
    const core::EncodingEntry *now = entry();
    if (!now || now->encoding.grids.empty())
        return std::nullopt;
    std::pair<double, double> range{now->encoding.grids.front().min, now->encoding.grids.front().max};
    for (const core::Grid &each : now->encoding.grids)
        range = {std::min(range.first, each.min), std::max(range.second, each.max)};
    return range;
}

void TensorPane::showSelection()
{
    const auto document = m_workspace.document();
    core::TensorId tensor;
    if (document) {
        tensor = m_workspace.selection().tensor;
        // An operator stands for the last of its outputs that has an encoding, as in the table.
        if (!tensor.isValid() && m_workspace.selection().node.isValid()) {
            for (const core::TensorId output : document->graph().node(m_workspace.selection().node).outputs) {
                if (output.isValid() && document->quantizableOf(output))
                    tensor = output;
            }
        }
    }
    const bool isOther = tensor != m_tensor || document != m_document;
    m_document = document;
    m_tensor = tensor;
    if (isOther) {
        m_scale.reset();
        m_scaleBefore.reset();
        m_strip->setChannel(-1);
        m_plot->setRange(std::nullopt, 0, HistogramPlot::Ends::Free);
    }
    m_header->setVisible(tensor.isValid());
    m_body->setVisible(tensor.isValid());
    m_empty->setVisible(!tensor.isValid());
    m_empty->setTexts(Icon::Encodings, tr("No tensor is selected"),
                      document ? tr("Select a tensor in the table to see its values and to set its range.") : tr("Open a model to see its tensors."));
    m_plot->setSubject(tensorName());
    m_histogram->setTensor(tensor);
    m_downstream->setTensor(tensor);
    showEncoding();
}

void TensorPane::showHeader()
{
    if (!isCurrent())
        return;
    const auto document = m_document;
    m_header->name->setText(tensorName());
    m_header->shape->setText(toQString(document->shapeText(m_tensor)));
    const core::Tensor &tensor = document->graph().tensor(m_tensor);
    const core::NodeId node = tensor.producer.isValid() ? tensor.producer : tensor.consumers.empty() ? core::NodeId() : tensor.consumers.front();
    const PlacementKeeper &placement = m_workspace.placement();
    if (node.isValid() && placement.plan()) {
        const core::Backend backend = placement.backendOf(node);
        m_header->backend->setBackend(backendCell(toQString(core::nameOf(backend))), backendName(backend));
    } else {
        m_header->backend->setBackend(CellBackend::None, {});
    }

    const EncodingForms forms(m_workspace, m_tensor);
    const core::EncodingEntry *now = entry();
    const core::Encoding *encoding = now ? &now->encoding : nullptr;
    m_header->forms->setVisible(document->quantizableOf(m_tensor) || now);
    m_header->lock->setEnabled(now != nullptr);
    m_header->lock->setChecked(forms.isLocked());
    m_header->lock->setToolTip(!now ? forms.whyFixed() : forms.isLocked() ? tr("Locked: calibration and edits leave this encoding as it is. Click unlocks it.")
                                                                          : tr("Lock: calibration and edits then leave this encoding as it is."));
    m_header->bits->setChosen(!encoding ? -1 : encoding->isFloat ? TensorHeader::Float16 : encoding->bitwidth);
    m_header->symmetry->setChosen(!encoding || encoding->isFloat ? -1 : encoding->symmetric ? 1 : 0);
    m_header->granularity->setChosen(!encoding || encoding->isFloat || encoding->isBlockwise() ? -1 : encoding->isPerChannel() ? 1 : 0);
    for (const int bits : {4, 8, 16})
        m_header->bits->setReason(bits, forms.whyNotBits(bits));
    m_header->bits->setReason(TensorHeader::Float16, forms.whyNotFloat16());
    for (const int symmetric : {0, 1})
        m_header->symmetry->setReason(symmetric, forms.whyNotSymmetric(symmetric == 1));
    for (const int perChannel : {0, 1})
        m_header->granularity->setReason(perChannel, forms.whyNotPerChannel(perChannel == 1, m_histogram->channels()));
}

void TensorPane::showEncoding()
{
    if (!isCurrent())
        return;
    if (!m_workspace.live().isPreviewing()) {
        // The step before an edit is what the new one is compared with.
        const core::EncodingEntry *now = entry();
        const std::optional<double> scale = now && now->encoding.grids.size() == 1 ? std::optional(now->encoding.grids.front().scale) : std::nullopt;
        if (scale != m_scale) {
            m_scaleBefore = m_scale;
            m_scale = scale;
        }
    }
    showHeader();
    showPlot();
    showChannels();
    showNumbers();
}

} // namespace nordlys::studio
