// SPDX-License-Identifier: Apache-2.0
#include "topology.h"

#include <functional>
#include <queue>

namespace nordlys::core {

TopologicalOrder sortTopologically(const std::vector<std::vector<std::size_t>> &dependencies)
{
    TopologicalOrder result;
    const std::size_t count = dependencies.size();
    std::vector<std::size_t> waiting(count);
    std::vector<std::vector<std::size_t>> dependents(count);
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready; // the lowest index first keeps the given order
    for (std::size_t i = 0; i < count; ++i) {
        waiting[i] = dependencies[i].size();
        for (const std::size_t on : dependencies[i])
            dependents[on].push_back(i);
        if (waiting[i] == 0)
            ready.push(i);
    }
    while (!ready.empty()) {
        const std::size_t item = ready.top();
        ready.pop();
        result.order.push_back(item);
        for (const std::size_t dependent : dependents[item]) {
            if (--waiting[dependent] == 0)
                ready.push(dependent);
        }
    }
    if (result.order.size() == count)
        return result;
    result.order.clear();
    // Walking along what is still waited for must come back to an item already seen: that one lies on a cycle.
    std::size_t at = 0;
    while (waiting[at] == 0)
        ++at;
    std::vector<bool> seen(count, false);
    while (!seen[at]) {
        seen[at] = true;
        for (const std::size_t on : dependencies[at]) {
            if (waiting[on] != 0) {
                at = on;
                break;
            }
        }
    }
    result.cycleMember = at;
    return result;
}

} // namespace nordlys::core
