// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "channel_strip.h"
#include "downstream_model.h"
#include "histogram_plot.h"
#include "metric_strip.h"
#include "range_fields.h"
#include "tensor_header.h"

#include <studio/widgets/chip.h>
#include <studio/widgets/empty_state.h>
#include <studio/widgets/table_view.h>
#include <studio/workspace/action_registry.h>
#include <studio/workspace/encoding_edits.h>
#include <studio/workspace/tensor_histogram.h>

#include <QWidget>

#include <optional>

class QPushButton;
class QStackedWidget;

namespace nordlys::studio {

/// The editor of the selected tensor's encoding: form, histogram with handles, exact numbers, what the edit does here, at the outputs and
/// downstream. Everything follows the workspace and its LiveMetrics; every change is one undo step, shown while it is made.
class TensorPane : public QWidget {
    Q_OBJECT

public:
    TensorPane(Workspace &workspace, ActionRegistry &actions, QWidget *parent = nullptr);

    [[nodiscard]] core::TensorId tensor() const { return m_tensor; }
    [[nodiscard]] HistogramPlot &plot() { return *m_plot; }
    [[nodiscard]] ChannelStrip &strip() { return *m_strip; }
    [[nodiscard]] MetricStrip &metricStrip() { return *m_metrics; }
    [[nodiscard]] RangeFields &fields() { return *m_fields; }
    [[nodiscard]] TensorHeader &header() { return *m_header; }
    [[nodiscard]] DownstreamModel &downstream() { return *m_downstream; }
    [[nodiscard]] TensorHistogram &histogram() { return *m_histogram; }

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void buildHistogram();
    void buildNumbers();
    void buildDownstream();
    void connectEdits();

    // What is shown.
    /// False while others already know of another model and this does not: then there is nothing to show.
    [[nodiscard]] bool isCurrent() const { return m_tensor.isValid() && m_document == m_workspace.document(); }
    void showSelection();
    void showEncoding();
    void showHeader();
    void showPlot();
    void showNumbers();
    void showSamples();
    void showChannels();
    void fitColumns();
    [[nodiscard]] QList<Metric> numbers() const;
    [[nodiscard]] const core::EncodingEntry *entry() const; ///< with the edit in progress
    /// The grid whose numbers the fields hold: the only one, or that of the selected channel.
    [[nodiscard]] const core::Grid *grid() const;
    /// From the lowest to the highest code of all grids.
    [[nodiscard]] std::optional<std::pair<double, double>> encodedRange() const;
    [[nodiscard]] QString tensorName() const;

    // Edits.
    [[nodiscard]] QString whyFixed(EncodingField field) const;
    [[nodiscard]] core::Expected<core::Change> rangeChange(double min, double max) const;
    void dragRange(double min, double max);
    void commitRange(double min, double max);
    void enterField(EncodingField field, double value);
    void revert();
    /// One undo step; a refusal is told.
    void apply(const core::Expected<core::Change> &change, const QString &title);

    Workspace &m_workspace;
    ActionRegistry &m_actions;
    TensorHistogram *m_histogram;
    std::shared_ptr<const Document> m_document; ///< that m_tensor belongs to
    core::TensorId m_tensor;
    std::optional<double> m_scale, m_scaleBefore; ///< of the workspace's encoding, and before its last edit
    TensorHeader *m_header;
    QWidget *m_body = nullptr;
    EmptyState *m_empty;                  ///< instead of everything
    QStackedWidget *m_plots = nullptr;    ///< histogram, or why there is none
    HistogramPlot *m_plot = nullptr;
    EmptyState *m_noHistogram = nullptr;
    InkLabel *m_plotNote = nullptr;
    RangeFields *m_fields = nullptr;
    MetricStrip *m_metrics = nullptr;
    Chip *m_samples = nullptr;
    InkLabel *m_samplesNote = nullptr, *m_channelNote = nullptr;
    QPushButton *m_evaluateAll = nullptr, *m_measure = nullptr;
    ChannelStrip *m_strip = nullptr;
    QWidget *m_channels = nullptr;
    DownstreamModel *m_downstream = nullptr;
    TableView *m_table = nullptr;
};

} // namespace nordlys::studio
