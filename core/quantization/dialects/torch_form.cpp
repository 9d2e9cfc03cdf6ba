// SPDX-License-Identifier: Apache-2.0
// The torch flavour: activations by module, "input" and "output" with an object per index. Converters do not take it; parameters have their usual form.
#include "entry_forms.h"

namespace nordlys::core {

using nlohmann::json;

bool isTorchModule(const json &value)
{
    if (!value.is_object())
        return false;
    for (const char *key : {"input", "output"}) {
        const auto it = value.find(key);
        if (it != value.end() && it->is_object())
            return true;
    }
    return false;
}

Expected<std::vector<std::pair<std::string, json>>> torchLeaves(const std::string &module, const json &value)
{
    std::vector<std::pair<std::string, json>> leaves;
    for (const char *key : {"input", "output"}) {
        const auto it = value.find(key);
        if (it == value.end())
            continue;
        if (!it->is_object())
            return wrongEntry(std::string("'") + key + "' is no object");
        for (const auto &[index, leaf] : it->items())
            leaves.emplace_back(module + "/" + key + "/" + index.substr(0, 32), leaf);
    }
    return leaves;
}

} // namespace nordlys::core
