// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor_histogram.h"

#include "quantizer.h"
#include "text.h"

#include <studio/look/number_format.h>

#include <core/quantization/range_methods.h>

#include <algorithm>

namespace nordlys::studio {

TensorHistogram::TensorHistogram(Workspace &workspace, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_valuesJob(tr("Reading weights"), nullptr), m_methodJob(tr("Choosing ranges"), nullptr),
      m_channelJob(tr("Measuring channels"), nullptr)
{
    connect(&workspace, &Workspace::documentChanged, this, [this] {
        m_tensor = {};
        forget(true);
    });
    connect(&workspace, &Workspace::calibrationChanged, this, [this] { forget(false); });
    connect(&m_channelJob, &JobBase::started, this, &TensorHistogram::changed);
    connect(&m_channelJob, &JobBase::ended, this, &TensorHistogram::changed);
}

void TensorHistogram::forget(bool constantsToo)
{
    m_values.reset(); // first: ending the jobs is heard by those who ask for more
    m_activations.clear();
    m_channels.clear();
    m_methods.clear();
    m_pending.reset();
    m_methodJob.drop();
    m_channelJob.drop();
    if (constantsToo) {
        m_constants.clear();
        m_valuesJob.drop();
    }
    load();
}

void TensorHistogram::setTensor(core::TensorId tensor)
{
    if (tensor == m_tensor)
        return;
    m_tensor = tensor;
    load();
}

void TensorHistogram::setState(State state, const QString &why)
{
    m_state = state;
    m_why = why;
    if (state != State::Ready)
        m_values.reset();
    Q_EMIT changed();
}

core::TensorId TensorHistogram::groupOf(core::TensorId tensor) const
{
    const core::QuantizableTensor *role = m_workspace.document() ? m_workspace.document()->quantizableOf(tensor) : nullptr;
    return role && role->kind == core::QuantizableKind::Activation ? role->group : tensor;
}

void TensorHistogram::load()
{
    m_valuesJob.drop();
    const auto document = m_workspace.document();
    const core::QuantizableTensor *role = document && m_tensor.isValid() ? document->quantizableOf(m_tensor) : nullptr;
    if (!role)
        return setState(State::Nothing);
    if (role->kind == core::QuantizableKind::Activation)
        loadActivation(*role);
    else
        loadConstant(*role);
}

void TensorHistogram::loadActivation(const core::QuantizableTensor &role)
{
    const auto &calibration = m_workspace.calibration();
    if (!calibration || !calibration->statistics)
        return setState(State::NeedsCalibration);
    auto &kept = m_activations[role.group];
    if (!kept) {
        const core::Graph &graph = m_workspace.document()->graph();
        auto made = std::make_shared<TensorValues>();
        bool any = false;
        for (const core::TensorId member : m_workspace.document()->tieGroup(m_tensor)) {
            const auto seen = calibration->statistics->tensors.find(graph.nameOf(member));
            if (seen == calibration->statistics->tensors.end() || seen->second.values == 0)
                continue;
            made->min = any ? std::min(made->min, seen->second.min) : seen->second.min;
            made->max = any ? std::max(made->max, seen->second.max) : seen->second.max;
            made->values += seen->second.values;
            any = true;
        }
        if (!any)
            return setState(State::Failed, tr("The calibration runs did not store this tensor."));
        made->samples = calibration->statistics->used();
        made->histogram = calibration->statistics->histogramOf(graph.nameOf(role.group));
        if (core::occupiedBins(made->histogram))
            made->cost = std::make_shared<HistogramCost>(made->histogram);
        kept = std::move(made);
    }
    m_values = kept;
    setState(State::Ready);
}

void TensorHistogram::loadConstant(const core::QuantizableTensor &role)
{
    if (const auto kept = m_constants.find(m_tensor); kept != m_constants.end()) {
        m_values = kept->second;
        return setState(State::Ready);
    }
    const auto document = m_workspace.document();
    setState(State::Running);
    m_valuesJob.start(
        [document, name = std::string(document->graph().nameOf(m_tensor)), axis = role.channelAxis](const core::JobContext &) {
            return runtime::weightValues(*document->model, name, axis);
        },
        [this, document, tensor = m_tensor](core::Expected<runtime::WeightValues> read) {
            if (document != m_workspace.document() || tensor != m_tensor)
                return;
            if (!read)
                return setState(State::Failed, toQString(read.error().text()));
            auto made = std::make_shared<TensorValues>();
            made->histogram = std::move(read->histogram);
            made->cost = std::make_shared<HistogramCost>(made->histogram);
            made->min = read->min;
            made->max = read->max;
            made->values = read->values;
            made->isFolded = read->isFolded;
            if (read->channelAxis >= 0)
                made->channels = std::move(read->channels);
            m_values = m_constants[tensor] = std::move(made);
            setState(State::Ready);
        });
}

QList<MethodRange> TensorHistogram::methods(const core::RangeRule &rule)
{
    if (!m_values || !m_values->cost)
        return {};
    const MethodKey key{groupOf(m_tensor), rule.bitwidth, rule.symmetric, rule.strictSymmetric, rule.unsignedSymmetric};
    if (const auto kept = m_methods.find(key); kept != m_methods.end())
        return kept->second;
    if (m_pending == key)
        return {};
    m_pending = key;
    m_methodJob.start(
        [values = m_values, rule, percentile = tr("percentile %1"), mse = tr("mse"), minMax = tr("min-max")](const core::JobContext &job) {
            QList<MethodRange> found;
            const core::RangeChoice defaults;
            const std::pair<core::RangeMethod, QString> asked[] = {
                {core::RangeMethod::MinMax, minMax},
                {core::RangeMethod::Percentile, percentile.arg(formatNumber(defaults.percentile, 2))},
                {core::RangeMethod::Mse, mse}};
            for (const auto &[method, name] : asked) {
                if (job.stopRequested())
                    break;
                const auto grid = core::chooseGrid(values->histogram, values->min, values->max, rule, {method, defaults.percentile});
                if (grid)
                    found.append({name, rule.symmetric && grid->zeroPoint != 0 ? -grid->max : grid->min, grid->max});
            }
            return found;
        },
        [this, key](QList<MethodRange> found) {
            m_methods[key] = std::move(found);
            m_pending.reset();
            Q_EMIT changed();
        });
    return {};
}

const runtime::ChannelRanges *TensorHistogram::channels() const
{
    if (m_values && m_values->channels)
        return &*m_values->channels;
    if (!m_workspace.document() || !m_tensor.isValid())
        return nullptr;
    const auto found = m_channels.find(m_workspace.document()->graph().nameOf(m_tensor));
    return found == m_channels.end() ? nullptr : &found->second;
}

QString TensorHistogram::whyNoChannels() const
{
    const auto document = m_workspace.document();
    const core::QuantizableTensor *role = document && m_tensor.isValid() ? document->quantizableOf(m_tensor) : nullptr;
    if (!role)
        return tr("This tensor gets no encoding.");
    if (role->kind != core::QuantizableKind::Activation)
        return m_values || m_state == State::Failed ? tr("This constant has no channels.") : QString();
    const auto &shape = document->graph().tensor(m_tensor).shape;
    if (shape && shape->size() < 2)
        return tr("This tensor has no channels.");
    if (m_workspace.calibrationInputs().spec.isEmpty())
        return tr("Calibrate first: the channels are measured over its samples.");
    // Measured once, and this one was not among them.
    return m_channels.empty() ? QString() : tr("The runs do not store this tensor with channels.");
}

void TensorHistogram::measureChannels()
{
    const auto document = m_workspace.document();
    if (!document || m_channelJob.isRunning() || !whyNoChannels().isEmpty())
        return;
    std::vector<std::string> names;
    for (const core::QuantizableTensor &role : document->quantizable) {
        if (role.kind == core::QuantizableKind::Activation)
            names.emplace_back(document->graph().nameOf(role.tensor));
    }
    m_channelJob.start(
        [document, names, inputs = m_workspace.calibrationInputs()](const core::JobContext &job) -> core::Expected<runtime::MeasuredRanges> {
            auto samples = openSamples(inputs, document->graph());
            NORDLYS_TRY(samples);
            return runtime::measureChannelRanges(document->model, *samples, names, workerThreads(), job);
        },
        [this, document](core::Expected<runtime::MeasuredRanges> measured) {
            if (document != m_workspace.document())
                return;
            if (measured)
                m_channels = std::move(measured->tensors);
            else if (measured.error().code != core::ErrorCode::Interrupted)
                Q_EMIT m_workspace.failed(measured.error());
            Q_EMIT changed();
        });
}

} // namespace nordlys::studio
