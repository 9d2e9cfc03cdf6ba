// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_heat.h"

#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/live_metrics.h>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

std::int8_t stepOf(double share) { return static_cast<std::int8_t>(theme().timeRamp.indexOf(share)); }

std::int8_t errorStep(double sqnrDb)
{
    if (std::isnan(sqnrDb))
        return -1;
    const double share = (GraphHeatBuilder::kGoodDb - sqnrDb) / (GraphHeatBuilder::kGoodDb - GraphHeatBuilder::kBadDb);
    return static_cast<std::int8_t>(theme().errorRamp.indexOf(std::clamp(share, 0.0, 1.0)));
}

QString decibels(double value, const QString &before = {}) { return before + formatNumber(value, 0); }

} // namespace

const runtime::TensorError *GraphHeatBuilder::errorOf(core::NodeId node) const
{
    const Document &document = *m_workspace.document();
    for (const core::TensorId output : document.graph().node(node).outputs) {
        if (!output.isValid())
            continue;
        const std::string_view name = document.graph().nameOf(output);
        if (const runtime::TensorError *error = m_workspace.live().find(name))
            return error;
        if (const auto &evaluated = m_workspace.evaluation(); evaluated && evaluated->find(name))
            return evaluated->find(name);
    }
    return nullptr;
}

void GraphHeatBuilder::fillTime(GraphHeat &heat) const
{
    const Document &document = *m_workspace.document();
    const RunRecord &run = *m_workspace.run();
    double highest = 0;
    for (const core::LayerSummary &layer : run.summary.layers)
        highest = std::max(highest, layer.sharePercent);
    std::vector<std::int64_t> times;
    for (const core::LayerSummary &layer : run.summary.layers)
        times.push_back(static_cast<std::int64_t>(layer.duration.p50Ns));
    const TimeUnit unit = timeUnitForColumn(times);
    for (std::size_t i = 0; i < document.graph().nodes.size(); ++i) {
        const std::string_view name = document.graph().nameOf(core::NodeId(i));
        const std::size_t layer = run.layerOfNode(name);
        if (layer == RunRecord::npos)
            continue;
        if (!run.isMainNode(name)) {
            heat.value[i] = tr("fused");
            continue;
        }
        const core::LayerSummary *summary = run.summaryOf(layer);
        if (!summary || summary->duration.count == 0)
            continue;
        heat.fill[i] = stepOf(highest > 0 ? summary->sharePercent / highest : 0);
        heat.value[i] = formatDuration(static_cast<std::int64_t>(summary->duration.p50Ns), unit);
    }
    heat.fillTitle = tr("Fill: time, share of all layers");
    heat.fillLow = QStringLiteral("0");
    heat.fillHigh = formatPercent(highest);
    if (const int age = m_workspace.runAge(); age > 0)
        heat.note = Counted::ofRunBefore(run.name, age);
}

void GraphHeatBuilder::fillCost(GraphHeat &heat, bool macs) const
{
    const Document &document = *m_workspace.document();
    const auto amount = [&](std::size_t node) {
        return static_cast<double>(macs ? document.costs[node].macs : document.costs[node].parameterBytes);
    };
    double highest = 0, sum = 0;
    for (std::size_t i = 0; i < document.costs.size(); ++i) {
        highest = std::max(highest, amount(i));
        sum += amount(i);
    }
    for (std::size_t i = 0; i < document.costs.size(); ++i) {
        if (amount(i) <= 0)
            continue;
        heat.fill[i] = stepOf(amount(i) / highest);
        heat.value[i] =
            macs ? formatAmount(amount(i), QStringLiteral("MAC")) : formatBytes(static_cast<std::uint64_t>(amount(i)));
    }
    heat.fillTitle = macs ? tr("Fill: MACs, share of the model") : tr("Fill: weights, share of the model");
    heat.fillLow = QStringLiteral("0");
    heat.fillHigh = formatPercent(sum > 0 ? 100 * highest / sum : 0);
}

void GraphHeatBuilder::fillError(GraphHeat &heat) const
{
    for (std::size_t i = 0; i < heat.fill.size(); ++i) {
        if (const runtime::TensorError *error = errorOf(core::NodeId(i))) {
            heat.fill[i] = errorStep(error->sqnrDb);
            heat.value[i] = formatDecibel(error->sqnrDb);
        }
    }
    heat.fillIsError = true;
    heat.fillTitle = tr("Fill: SQNR, total, dB");
    heat.fillLow = decibels(kGoodDb, QStringLiteral("≥"));
    heat.fillHigh = decibels(kBadDb, QStringLiteral("≤"));
    if (const int age = m_workspace.evaluationAge(); age > 0 && !m_workspace.live().result())
        heat.note = Counted::evaluatedBefore(age);
}

void GraphHeatBuilder::borderError(GraphHeat &heat, bool local) const
{
    for (std::size_t i = 0; i < heat.border.size(); ++i) {
        const runtime::TensorError *error = errorOf(core::NodeId(i));
        if (error && (!local || error->bitwidth > 0))
            heat.border[i] = errorStep(local ? error->localSqnrDb : error->sqnrDb);
    }
    heat.borderTitle = local ? tr("Border: SQNR, local, dB") : tr("Border: SQNR, total, dB");
    heat.borderLow = decibels(kGoodDb, QStringLiteral("≥"));
    heat.borderHigh = decibels(kBadDb, QStringLiteral("≤"));
}

GraphHeat GraphHeatBuilder::build(FillMetric fill, BorderMetric border) const
{
    GraphHeat heat;
    if (!m_workspace.document())
        return heat;
    const std::size_t count = m_workspace.document()->graph().nodes.size();
    heat.fill.assign(count, -1);
    heat.border.assign(count, -1);
    heat.value.assign(count, QString());
    const RunRecord *run = m_workspace.run();
    const bool hasErrors = m_workspace.evaluation() || m_workspace.live().evaluation();
    const bool hasRun = run && !run->summary.layers.empty();
    if (fill == FillMetric::Automatic)
        fill = hasRun ? FillMetric::Time : FillMetric::Macs;
    if (fill == FillMetric::Time) {
        if (hasRun)
            fillTime(heat);
        else
            heat.note = tr("No run yet, so there are no times.");
    } else if (fill == FillMetric::Macs || fill == FillMetric::Parameters) {
        fillCost(heat, fill == FillMetric::Macs);
    } else if (fill == FillMetric::Error) {
        if (hasErrors)
            fillError(heat);
        else
            heat.note = tr("Not evaluated yet, so there are no errors.");
    }
    if (border == BorderMetric::Automatic)
        border = BorderMetric::LocalError;
    if (hasErrors && border != BorderMetric::None)
        borderError(heat, border == BorderMetric::LocalError);
    return heat;
}

} // namespace nordlys::studio
