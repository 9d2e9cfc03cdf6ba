// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_record.h"

namespace nordlys::studio {

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
