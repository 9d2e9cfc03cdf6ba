// SPDX-License-Identifier: Apache-2.0
#include "emulated_backends.h"

namespace nordlys::core {

std::set<std::string> emulatedBackends(const RunStart &start)
{
    std::set<std::string> names;
    for (const LayerInfo &layer : start.layers) {
        if (layer.isEmulated)
            names.insert(layer.backend);
    }
    return names;
}

} // namespace nordlys::core
