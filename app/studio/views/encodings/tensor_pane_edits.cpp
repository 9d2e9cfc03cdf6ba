// SPDX-License-Identifier: GPL-3.0-or-later
// What the pane changes.
#include "tensor_pane.h"

#include <studio/workspace/encoding_forms.h>
#include <studio/workspace/live_metrics.h>
#include <studio/workspace/text.h>

#include <QPushButton>
#include <QToolButton>

namespace nordlys::studio {

void TensorPane::connectEdits()
{
    connect(m_plot, &HistogramPlot::rangeDragged, this, &TensorPane::dragRange);
    connect(m_plot, &HistogramPlot::rangeCommitted, this, &TensorPane::commitRange);
    connect(m_plot, &HistogramPlot::dragCancelled, this, [this] { m_workspace.live().endPreview(); });
    connect(m_noHistogram, &EmptyState::actionTriggered, this, [this] { m_actions.action(QStringLiteral("quantize.calibrate"))->trigger(); });
    connect(m_fields, &RangeFields::entered, this, &TensorPane::enterField);
    connect(m_fields, &RangeFields::revertAsked, this, &TensorPane::revert);
    m_fields->setValidator([this](EncodingField field, double value) -> QString {
        if (!isCurrent())
            return {};
        const auto change = EncodingEdits(*m_document, m_workspace.edits()).setField(m_tensor, field, value);
        return change ? QString() : toQString(change.error().why);
    });
    connect(m_strip, &ChannelStrip::channelSelected, this, [this] { m_fields->setGrid(grid()); });
    connect(m_measure, &QPushButton::clicked, this, [this] {
        if (m_histogram->channelJob().isRunning())
            m_histogram->channelJob().cancel();
        else
            m_histogram->measureChannels();
    });
    connect(m_evaluateAll, &QPushButton::clicked, this, [this] {
        if (const runtime::WhatIfResult *result = m_workspace.live().result())
            m_workspace.live().setSampleCount(static_cast<int>(result->samplesAsked));
    });
    connect(m_header->bits, &SegmentedControl::asked, this, [this](int bits) {
        if (!isCurrent())
            return;
        const EncodingForms forms(m_workspace, m_tensor);
        if (bits == TensorHeader::Float16)
            apply(forms.setFloat16(), tr("float16 for %1").arg(tensorName()));
        else
            apply(forms.setBits(bits), tr("%1 bit for %2").arg(QString::number(bits), tensorName()));
    });
    connect(m_header->symmetry, &SegmentedControl::asked, this, [this](int symmetric) {
        if (!isCurrent())
            return;
        apply(EncodingForms(m_workspace, m_tensor).setSymmetric(symmetric == 1), (symmetric == 1 ? tr("symmetric %1") : tr("asymmetric %1")).arg(tensorName()));
    });
    connect(m_header->granularity, &SegmentedControl::asked, this, [this](int perChannel) {
        if (!isCurrent())
            return;
        apply(EncodingForms(m_workspace, m_tensor).setPerChannel(perChannel == 1, m_histogram->channels()),
              (perChannel == 1 ? tr("per channel %1") : tr("per tensor %1")).arg(tensorName()));
    });
    connect(m_header->lock, &QToolButton::clicked, this, [this](bool locked) {
        if (!isCurrent())
            return;
        apply(EncodingEdits(*m_document, m_workspace.edits()).setLocked({m_tensor}, locked), (locked ? tr("lock %1") : tr("unlock %1")).arg(tensorName()));
        showHeader();
    });
}

QString TensorPane::whyFixed(EncodingField field) const
{
    const auto document = m_document;
    if (!isCurrent())
        return {};
    if (const QString why = EncodingForms(m_workspace, m_tensor).whyFixed(); !why.isEmpty())
        return why;
    if (const QString why = EncodingEdits(*document, m_workspace.edits()).whyNotEditable(m_tensor, field); !why.isEmpty())
        return why;
    const core::EncodingEntry *now = m_workspace.encodings().find(document->graph().nameOf(m_tensor));
    return field == EncodingField::ZeroPoint && now && now->encoding.symmetric ? tr("A symmetric encoding has its zero point in the middle.") : QString();
}

core::Expected<core::Change> TensorPane::rangeChange(double min, double max) const
{
    return EncodingEdits(*m_document, m_workspace.edits()).setRange(m_tensor, min, max);
}

void TensorPane::dragRange(double min, double max)
{
    if (!isCurrent())
        return;
    // A range that cannot be (both ends at zero, say) is passed through on the way to another.
    if (const auto change = rangeChange(min, max))
        (void)m_workspace.live().preview(*change);
}

void TensorPane::commitRange(double min, double max)
{
    LiveMetrics &live = m_workspace.live();
    if (!isCurrent())
        return live.endPreview();
    const auto change = rangeChange(min, max);
    auto done = change ? live.preview(*change) : core::Expected<void>(change.error());
    if (done)
        done = live.commitPreview(tr("range of %1").arg(tensorName()));
    if (!done) {
        live.endPreview();
        Q_EMIT m_workspace.notice(tr("Nothing changed: %1").arg(toQString(done.error().why)));
    }
}

void TensorPane::enterField(EncodingField field, double value)
{
    if (isCurrent())
        apply(EncodingEdits(*m_document, m_workspace.edits()).setField(m_tensor, field, value), tr("range of %1").arg(tensorName()));
}

void TensorPane::revert()
{
    if (isCurrent() && m_workspace.calibration()) {
        apply(EncodingEdits(*m_document, m_workspace.edits()).revert({m_tensor}, m_workspace.calibration()->encodings),
              tr("revert %1 to calibrated").arg(tensorName()));
    }
}

void TensorPane::apply(const core::Expected<core::Change> &change, const QString &title)
{
    core::Expected<void> done = change ? m_workspace.history().apply(*change, title) : core::Expected<void>(change.error());
    if (!done) {
        Q_EMIT m_workspace.notice(tr("Nothing changed: %1").arg(toQString(done.error().why)));
        showEncoding();
    }
}

} // namespace nordlys::studio
