// SPDX-License-Identifier: GPL-3.0-or-later
// What the pane shows of the values, the numbers and the samples.
#include "tensor_pane.h"

#include <studio/look/number_format.h>
#include <studio/workspace/encoding_forms.h>
#include <studio/workspace/live_metrics.h>
#include <studio/workspace/text.h>

#include <QPushButton>
#include <QStackedWidget>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

/// "31.2" of a value in dB, "∞" where there is no error.
QString decibelText(double decibel)
{
    return decibel == std::numeric_limits<double>::infinity() ? QStringLiteral("∞") : formatNumber(decibel, 1);
}

/// Change of a number of which more is better; nothing where it is lost in the digits shown.
void addChange(Metric &metric, double now, double was, int decimals)
{
    if (!std::isfinite(now) || !std::isfinite(was))
        return;
    const double change = now - was;
    const bool same = std::abs(change) < 0.5 * std::pow(10, -decimals);
    metric.change = same ? TensorPane::tr("unchanged") : formatSigned(change, decimals);
    metric.ink = same ? CellInk::Note : change > 0 ? CellInk::Ok : CellInk::Warn;
}

double lowestSqnr(const runtime::Evaluation &evaluation)
{
    double lowest = std::numeric_limits<double>::infinity();
    for (const runtime::OutputError &output : evaluation.outputs)
        lowest = std::min(lowest, output.sqnrDb);
    return lowest;
}

double agreeing(const runtime::Evaluation &evaluation)
{
    return evaluation.outputs.empty() ? 0 : std::round(evaluation.outputs.front().agreement * static_cast<double>(evaluation.samples));
}

HistogramData dataOf(const TensorValues &values)
{
    return {values.histogram.start, values.histogram.width, values.histogram.weights, values.min, values.max};
}

} // namespace

void TensorPane::showPlot()
{
    if (!isCurrent())
        return;
    const auto document = m_document;
    const TensorValues *values = m_histogram->values();
    const core::QuantizableTensor *role = document->quantizableOf(m_tensor);
    const core::EncodingEntry *now = entry();
    m_plots->setCurrentIndex(values ? 0 : 1);
    if (!values) {
        m_noHistogram->setAction({});
        switch (m_histogram->state()) {
        case TensorHistogram::State::NeedsCalibration:
            m_noHistogram->setTexts(Icon::Calibrate, tr("No histogram yet"),
                                    now ? tr("These encodings came without the values they were made from. Calibrate to gather histograms; locked encodings stay.")
                                        : tr("Calibrate to gather the values of every tensor and to give it a range."));
            m_noHistogram->setAction(tr("Calibrate…"), Icon::Calibrate);
            break;
        case TensorHistogram::State::Running: m_noHistogram->setTexts(Icon::Encodings, tr("Reading the weights"), {}); break;
        case TensorHistogram::State::Failed: m_noHistogram->setTexts(Icon::Warn, tr("No histogram"), m_histogram->why()); break;
        default: m_noHistogram->setTexts(Icon::Info, tr("No encoding"), tr("This tensor is not quantized: it is no floating-point value that is stored.")); break;
        }
    } else {
        m_plot->setData(dataOf(*values));
    }
    const core::Encoding *encoding = now ? &now->encoding : nullptr;
    const bool single = encoding && encoding->grids.size() == 1;
    HistogramPlot::Ends ends = HistogramPlot::Ends::Free;
    if (single && encoding->symmetric)
        ends = encoding->grids.front().zeroPoint == 0 ? HistogramPlot::Ends::FromZero : HistogramPlot::Ends::Mirrored;
    m_plot->setRange(encodedRange(), single ? encoding->grids.front().scale : 0, ends);
    m_plot->setWhyFixed(whyFixed(EncodingField::Min));
    const bool curve = values && values->cost && single && role && role->kind != core::QuantizableKind::Bias;
    m_plot->setCurve(curve ? sqnrOverMax(*values->cost, *encoding, ends == HistogramPlot::Ends::Free ? values->max : std::max(values->max, -values->min))
                           : QList<QPointF>());
    QList<HistogramMark> marks;
    if (curve) {
        for (const MethodRange &method : m_histogram->methods(ruleOf(*encoding)))
            marks.append({method.name, method.min, method.max});
    }
    m_plot->setMarks(marks);
    QString note;
    if (values && values->samples > 0) {
        note = tr("%1 values of %2").arg(formatCount(static_cast<qint64>(values->values)), values->samples == 1 ? tr("1 sample") : tr("%1 samples").arg(values->samples));
        if (document->tieGroup(m_tensor).size() > 1)
            note += QStringLiteral(", ") + tr("of all tensors that share this encoding");
        if (!values->cost)
            note = tr("The operator fixes this range; no histogram is gathered.");
    } else if (values) {
        note = tr("%1 values of the model").arg(formatCount(static_cast<qint64>(values->values)));
        if (values->isFolded)
            note += QStringLiteral(", ") + tr("as they are computed with: a normalization is multiplied in");
    }
    m_plotNote->setText(note);
    m_plotNote->setVisible(!note.isEmpty());

    m_fields->setGrid(grid());
    for (const EncodingField field : {EncodingField::Min, EncodingField::Max, EncodingField::Scale, EncodingField::ZeroPoint})
        m_fields->setReason(field, whyFixed(field));
    QString whyNoRevert;
    if (!m_workspace.calibration())
        whyNoRevert = tr("These encodings were not calibrated here.");
    else {
        whyNoRevert = EncodingForms(m_workspace, m_tensor).whyFixed();
        if (whyNoRevert.isEmpty() && !EncodingEdits(*document, m_workspace.edits()).revert({m_tensor}, m_workspace.calibration()->encodings))
            whyNoRevert = tr("It is as calibrated.");
    }
    m_fields->setRevertReason(whyNoRevert);
}

QList<Metric> TensorPane::numbers() const
{
    const LiveMetrics &live = m_workspace.live();
    const std::string name = tensorName().toStdString();
    const runtime::TensorError *now = live.find(name), *before = live.before(name);
    const runtime::Evaluation *whole = live.evaluation(), *wholeBefore = live.evaluationBefore();
    const QString none = QStringLiteral("–");
    Metric clipped{tr("Clipped"), none, {}, {}, CellInk::Note, tr("Share of the values outside of min and max")};
    Metric step{tr("Step"), none, {}, {}, CellInk::Note, tr("Distance of two codes, the scale")};
    Metric here{tr("SQNR here"), none, {}, {}, CellInk::Note, tr("After this tensor's own quantization alone")};
    Metric outputs{tr("SQNR at outputs"), none, {}, {}, CellInk::Note, tr("Of the quantized model; the lowest where there are several outputs")};
    Metric agreement{tr("Agreement"), none, {}, {}, CellInk::Note, tr("Samples whose largest output is the same as in float")};
    if (now && now->bitwidth > 0) {
        clipped.value = formatSignificant(now->clippedPercent, 2, 3);
        clipped.unit = QStringLiteral("%");
        here.value = decibelText(now->localSqnrDb);
        here.unit = QStringLiteral("dB");
        if (before && before->bitwidth > 0) {
            clipped.change = tr("was %1").arg(formatSignificant(before->clippedPercent, 2, 3));
            clipped.ink = now->clippedPercent > before->clippedPercent ? CellInk::Warn : now->clippedPercent < before->clippedPercent ? CellInk::Ok : CellInk::Note;
            addChange(here, now->localSqnrDb, before->localSqnrDb, 1);
        }
    }
    const core::EncodingEntry *encoded = entry();
    if (encoded && encoded->encoding.grids.size() == 1) {
        const double scale = encoded->encoding.grids.front().scale;
        step.value = formatSignificant(scale, 3, 6);
        const std::optional<double> was = live.isPreviewing() ? m_scale : m_scaleBefore;
        if (was) {
            step.change = tr("was %1").arg(formatSignificant(*was, 3, 6));
            step.ink = scale < *was ? CellInk::Ok : scale > *was ? CellInk::Warn : CellInk::Note;
        }
    } else if (encoded && !encoded->encoding.grids.empty()) {
        const auto [least, most] = std::ranges::minmax(encoded->encoding.grids, {}, &core::Grid::scale);
        step.value = formatSignificant(most.scale, 3, 6);
        step.change = tr("smallest %1").arg(formatSignificant(least.scale, 2, 6));
        step.hint = tr("The largest distance of two codes, over all grids");
    }
    if (whole && !whole->outputs.empty()) {
        outputs.value = decibelText(lowestSqnr(*whole));
        outputs.unit = QStringLiteral("dB");
        agreement.value = tr("%1 / %2").arg(formatNumber(agreeing(*whole), 0), formatCount(static_cast<qint64>(whole->samples)));
        if (wholeBefore && !wholeBefore->outputs.empty()) {
            addChange(outputs, lowestSqnr(*whole), lowestSqnr(*wholeBefore), 1);
            if (whole->samples == wholeBefore->samples)
                addChange(agreement, agreeing(*whole), agreeing(*wholeBefore), 0);
        }
        if (const auto &accuracy = whole->accuracy) {
            agreement.hint += QLatin1Char('\n')
                + tr("Labels: top-1 %1 float, %2 quantized").arg(formatPercent(100 * accuracy->floatTop1, 1), formatPercent(100 * accuracy->quantizedTop1, 1));
        }
    }
    return {clipped, step, here, outputs, agreement};
}

void TensorPane::showNumbers()
{
    if (!isCurrent())
        return;
    m_metrics->setMetrics(numbers());
    m_downstream->refresh();
    showSamples();
}

void TensorPane::showSamples()
{
    const LiveMetrics &live = m_workspace.live();
    const runtime::WhatIfResult *result = live.result();
    const runtime::Evaluation *evaluation = live.evaluation();
    const bool isEstimate = result && result->isEstimate;
    m_samples->setVisible(evaluation != nullptr);
    if (evaluation) {
        m_samples->setKind(isEstimate ? ChipKind::Estimate : ChipKind::Neutral);
        m_samples->setText(isEstimate ? tr("%1 of %2 samples").arg(result->samplesUsed).arg(result->samplesAsked) : tr("n=%1 samples").arg(evaluation->samples));
    }
    QString note;
    switch (live.state()) {
    case LiveMetrics::State::NoSamples:
    case LiveMetrics::State::Failed: note = live.whyNot(); break;
    case LiveMetrics::State::Running: note = result ? QString() : tr("Computing the errors of every tensor…"); break;
    case LiveMetrics::State::Idle:
    case LiveMetrics::State::Current: break;
    }
    if (note.isEmpty() && result) {
        note = tr("%1, %2 of %3 steps run again")
                   .arg(formatDuration(result->evaluation.elapsedNs), formatCount(static_cast<qint64>(result->stepsRun)), formatCount(static_cast<qint64>(result->stepsTotal)));
    }
    m_samplesNote->setText(note);
    m_evaluateAll->setVisible(isEstimate);
    if (isEstimate)
        m_evaluateAll->setText(tr("Evaluate all %1").arg(result->samplesAsked));
}

void TensorPane::showChannels()
{
    if (!isCurrent())
        return;
    const runtime::ChannelRanges *ranges = m_histogram->channels();
    m_strip->setSpread(ranges ? spreadOf(ranges->min, ranges->max) : ChannelSpread());
    m_strip->setVisible(ranges != nullptr);
    JobBase &job = m_histogram->channelJob();
    const QString why = ranges ? QString() : m_histogram->whyNoChannels();
    QString note = ranges ? m_strip->summary() : why;
    if (!ranges && job.isRunning())
        note = job.progress().total > 0 ? tr("measuring, %1 of %2 samples").arg(job.progress().done).arg(job.progress().total) : tr("measuring");
    else if (!ranges && why.isEmpty())
        note = m_histogram->state() == TensorHistogram::State::Running ? QString() : tr("not measured yet");
    m_channelNote->setText(note);
    m_measure->setVisible(!ranges && why.isEmpty() && m_histogram->state() != TensorHistogram::State::Running);
    m_measure->setText(job.isRunning() ? tr("Cancel") : tr("Measure"));
    m_measure->setToolTip(job.isRunning() ? QString() : tr("Runs the calibration samples once, for the channels of every tensor"));
}

} // namespace nordlys::studio
