// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_record.h"

#include "counted.h"
#include "text.h"

#include <studio/look/number_format.h>

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <span>
#include <utility>

namespace nordlys::studio {

QString RunRecord::condition() const
{
    QStringList parts;
    const core::RunStart &start = profile.start;
    if (!start.precision.empty())
        parts << toQString(start.precision);
    if (start.threads > 0)
        parts << Counted::threads(start.threads);
    // The hottest of the first readings: what limits the clocks.
    std::unordered_map<std::uint32_t, bool> temperatures;
    for (const core::CounterInfo &counter : profile.hello.counters) {
        if (counter.available && (counter.unit == "degC" || counter.unit == "°C" || counter.unit == "C"))
            temperatures.emplace(counter.id, false);
    }
    double hottest = -1e9;
    std::size_t seen = 0;
    constexpr std::size_t kLooked = 2000; // a sensor that says nothing for so long was not there at the start
    for (const core::CounterSample &sample : std::span(profile.counterSamples).first(std::min(kLooked, profile.counterSamples.size()))) {
        if (seen == temperatures.size())
            break;
        const auto found = temperatures.find(sample.counterId);
        if (found == temperatures.end() || std::exchange(found->second, true))
            continue;
        ++seen;
        hottest = std::max(hottest, sample.value);
    }
    if (seen > 0)
        parts << QCoreApplication::translate("RunRecord", "%1 at start").arg(formatTemperature(hottest, 0));
    return parts.join(QStringLiteral(", "));
}

const core::LayerSummary *RunRecord::summaryOf(std::size_t layer) const
{
    if (layer < summary.layers.size() && summary.layers[layer].layer == layer)
        return &summary.layers[layer];
    for (const core::LayerSummary &entry : summary.layers) {
        if (entry.layer == layer)
            return &entry;
    }
    return nullptr;
}

std::size_t RunRecord::layerOfNode(std::string_view node) const
{
    const auto found = m_layerOfNode.find(std::string(node));
    return found == m_layerOfNode.end() ? npos : found->second;
}

bool RunRecord::isMainNode(std::string_view node) const
{
    const std::size_t layer = layerOfNode(node);
    return layer != npos && !profile.start.layers[layer].sourceNodes.empty() &&
           profile.start.layers[layer].sourceNodes.front() == node;
}

void RunRecord::indexLayers()
{
    m_layerOfNode.clear();
    for (std::size_t i = 0; i < profile.start.layers.size(); ++i) {
        for (const std::string &node : profile.start.layers[i].sourceNodes)
            m_layerOfNode.emplace(node, i);
    }
}

} // namespace nordlys::studio
