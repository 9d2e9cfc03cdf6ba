// SPDX-License-Identifier: Apache-2.0
#include "join_layers.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace nordlys::core {

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// Where a text stands in both runs; elements of b are counted on from those of a.
struct Owners {
    std::vector<std::size_t> a, b;
};

/// Disjoint sets with path halving.
class Sets {
public:
    explicit Sets(std::size_t size) : m_parent(size)
    {
        for (std::size_t i = 0; i < size; ++i)
            m_parent[i] = i;
    }
    std::size_t rootOf(std::size_t i)
    {
        while (m_parent[i] != i)
            i = m_parent[i] = m_parent[m_parent[i]];
        return i;
    }
    // The smaller index becomes the root, so that a row is known by its first layer.
    void join(std::size_t i, std::size_t j)
    {
        i = rootOf(i);
        j = rootOf(j);
        m_parent[std::max(i, j)] = std::min(i, j);
    }

private:
    std::vector<std::size_t> m_parent;
};

} // namespace

std::vector<JoinedLayers> joinLayers(std::span<const LayerInfo> a, std::span<const LayerInfo> b)
{
    const std::size_t total = a.size() + b.size();
    const auto layerAt = [&](std::size_t i) -> const LayerInfo & { return i < a.size() ? a[i] : b[i - a.size()]; };
    Sets sets(total);
    std::vector<bool> isJoined(total, false);
    const auto join = [&](std::size_t i, std::size_t j) {
        sets.join(i, j);
        isJoined[i] = isJoined[j] = true;
    };

    std::unordered_map<std::string_view, Owners> byName;
    for (std::size_t i = 0; i < total; ++i)
        (i < a.size() ? byName[layerAt(i).name].a : byName[layerAt(i).name].b).push_back(i);
    const auto isPair = [](const Owners &owners) { return owners.a.size() == 1 && owners.b.size() == 1; };
    for (const auto &[name, owners] : byName) {
        if (isPair(owners) && layerAt(owners.a[0]).sourceNodes == layerAt(owners.b[0]).sourceNodes)
            join(owners.a[0], owners.b[0]);
    }

    std::unordered_map<std::string_view, Owners> byNode;
    for (std::size_t i = 0; i < total; ++i) {
        if (isJoined[i])
            continue;
        for (const std::string &node : layerAt(i).sourceNodes)
            (i < a.size() ? byNode[node].a : byNode[node].b).push_back(i);
    }
    for (const auto &[node, owners] : byNode) {
        if (owners.a.empty() || owners.b.empty())
            continue;
        for (const std::size_t i : owners.a)
            join(i, owners.b.front());
        for (const std::size_t i : owners.b)
            join(i, owners.a.front());
    }

    for (const auto &[name, owners] : byName) {
        if (isPair(owners) && !isJoined[owners.a[0]] && !isJoined[owners.b[0]])
            join(owners.a[0], owners.b[0]);
    }

    std::vector<JoinedLayers> rows;
    std::vector<std::size_t> rowOf(total, kNone);
    for (std::size_t i = 0; i < total; ++i) {
        const std::size_t root = sets.rootOf(i);
        if (rowOf[root] == kNone) {
            rowOf[root] = rows.size();
            rows.emplace_back();
        }
        JoinedLayers &row = rows[rowOf[root]];
        (i < a.size() ? row.a : row.b).push_back(i < a.size() ? i : i - a.size());
    }
    return rows;
}

} // namespace nordlys::core
