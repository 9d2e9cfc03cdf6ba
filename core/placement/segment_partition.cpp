// SPDX-License-Identifier: Apache-2.0
#include "segment_partition.h"

#include <core/graph/topology.h>

#include <algorithm>
#include <numeric>

namespace nordlys::core {

namespace {

class DisjointSets {
public:
    explicit DisjointSets(std::size_t count) : m_parent(count) { std::iota(m_parent.begin(), m_parent.end(), std::size_t(0)); }
    std::size_t rootOf(std::size_t item)
    {
        while (m_parent[item] != item) {
            m_parent[item] = m_parent[m_parent[item]];
            item = m_parent[item];
        }
        return item;
    }
    void unite(std::size_t a, std::size_t b) { m_parent[rootOf(b)] = rootOf(a); }

private:
    std::vector<std::size_t> m_parent;
};

/// First cut. The depth of an item counts the changes of colour on the way to it. Edges never lead to a lower depth, and between two
/// colours always to a higher one; so what is connected within one depth can be one segment, and no cycle can arise.
DisjointSets connectEqualDepths(const std::vector<std::vector<std::size_t>> &successors, const std::vector<std::uint8_t> &colors)
{
    std::vector<std::size_t> depth(successors.size(), 0);
    for (std::size_t item = 0; item < successors.size(); ++item) {
        for (const std::size_t next : successors[item])
            depth[next] = std::max(depth[next], depth[item] + (colors[item] == colors[next] ? 0 : 1));
    }
    DisjointSets sets(successors.size());
    for (std::size_t item = 0; item < successors.size(); ++item) {
        for (const std::size_t next : successors[item]) {
            if (depth[item] == depth[next] && colors[item] == colors[next])
                sets.unite(item, next);
        }
    }
    return sets;
}

/// Segments and the edges between them, kept in an order of execution while segments are merged.
class Quotient {
public:
    Quotient(const std::vector<std::vector<std::size_t>> &edges, std::vector<std::uint8_t> colors)
        : m_next(edges), m_colors(std::move(colors)), m_mark(edges.size(), 0), m_sets(edges.size())
    {
        std::vector<std::vector<std::size_t>> dependencies(edges.size());
        for (std::size_t from = 0; from < edges.size(); ++from) {
            for (const std::size_t to : edges[from])
                dependencies[to].push_back(from);
        }
        m_previous = dependencies;
        m_order = sortTopologically(dependencies).order;
        m_position.resize(edges.size());
        for (std::size_t i = 0; i < m_order.size(); ++i)
            m_position[m_order[i]] = i;
    }

    /// Merges along every edge between two segments of one colour that no other way connects. One try per edge is enough, taken in the
    /// order of execution: what stands in the way in the end is a segment of another colour, and that stays.
    void mergeAll(std::size_t workLimit)
    {
        m_workLeft = workLimit;
        // Merging changes the lists that are walked here.
        const std::vector<std::size_t> start = m_order;
        const std::vector<std::vector<std::size_t>> edges = m_next;
        for (const std::size_t item : start) {
            for (const std::size_t target : edges[item]) {
                const std::size_t from = m_sets.rootOf(item), to = m_sets.rootOf(target);
                if (from != to && m_colors[from] == m_colors[to] && m_workLeft > 0)
                    tryMerge(from, to);
            }
        }
    }

    std::size_t rootOf(std::size_t item) { return m_sets.rootOf(item); }

private:
    /// Marks what lies between the positions of both and is reached from `from` through `lists`. Returns false when `to` is reached
    /// over another segment.
    bool markReached(std::size_t from, std::size_t to, std::size_t first, std::size_t last,
                     const std::vector<std::vector<std::size_t>> &lists, std::vector<std::size_t> &reached)
    {
        ++m_visit;
        m_mark[from] = m_visit;
        std::vector<std::size_t> stack{from};
        while (!stack.empty()) {
            const std::size_t at = stack.back();
            stack.pop_back();
            for (const std::size_t raw : lists[at]) {
                m_workLeft -= m_workLeft > 0 ? 1 : 0;
                const std::size_t next = m_sets.rootOf(raw);
                if (next == to && at != from)
                    return false;
                if (next == to || m_mark[next] == m_visit || m_position[next] < first || m_position[next] > last)
                    continue;
                m_mark[next] = m_visit;
                reached.push_back(next);
                stack.push_back(next);
            }
        }
        return true;
    }

    void tryMerge(std::size_t from, std::size_t to)
    {
        const std::size_t first = m_position[from], last = m_position[to];
        std::vector<std::size_t> descendants, ancestors;
        if (!markReached(from, to, first, last, m_next, descendants))
            return;
        markReached(to, from, first, last, m_previous, ancestors);
        // New order between both: what `to` waits for, the merged segment, the rest. Ancestors wait for none of the rest, else that
        // would be an ancestor too.
        const auto isAncestor = [this](std::size_t item) { return m_mark[item] == m_visit; };
        std::vector<std::size_t> before, after;
        for (std::size_t i = first + 1; i < last; ++i) {
            const std::size_t item = m_order[i];
            if (item != kGone)
                (isAncestor(item) ? before : after).push_back(item);
        }
        m_workLeft -= std::min(m_workLeft, last - first);
        m_sets.unite(from, to);
        std::size_t at = first;
        for (const std::size_t item : before)
            put(item, at++);
        put(from, at++);
        for (const std::size_t item : after)
            put(item, at++);
        std::fill(m_order.begin() + static_cast<std::ptrdiff_t>(at), m_order.begin() + static_cast<std::ptrdiff_t>(last) + 1, kGone);
        m_next[from].insert(m_next[from].end(), m_next[to].begin(), m_next[to].end());
        m_previous[from].insert(m_previous[from].end(), m_previous[to].begin(), m_previous[to].end());
        dropSelf(m_next[from], from);
        dropSelf(m_previous[from], from);
        m_next[to].clear();
        m_previous[to].clear();
    }

    void put(std::size_t item, std::size_t position)
    {
        m_order[position] = item;
        m_position[item] = position;
    }

    void dropSelf(std::vector<std::size_t> &list, std::size_t self)
    {
        for (std::size_t &item : list)
            item = m_sets.rootOf(item);
        std::ranges::sort(list);
        list.erase(std::unique(list.begin(), list.end()), list.end());
        std::erase(list, self);
    }

    static constexpr std::size_t kGone = static_cast<std::size_t>(-1);
    std::vector<std::vector<std::size_t>> m_next, m_previous;
    std::vector<std::uint8_t> m_colors;
    std::vector<std::size_t> m_order, m_position, m_mark;
    std::size_t m_visit = 0, m_workLeft = 0;
    DisjointSets m_sets;
};

/// Edges between groups, each once.
std::vector<std::vector<std::size_t>> edgesBetween(const std::vector<std::vector<std::size_t>> &successors,
                                                   const std::vector<std::size_t> &group, std::size_t groups)
{
    std::vector<std::vector<std::size_t>> edges(groups);
    for (std::size_t item = 0; item < successors.size(); ++item) {
        for (const std::size_t next : successors[item]) {
            if (group[item] != group[next])
                edges[group[item]].push_back(group[next]);
        }
    }
    for (auto &list : edges) {
        std::ranges::sort(list);
        list.erase(std::unique(list.begin(), list.end()), list.end());
    }
    return edges;
}

/// Numbers groups by their first item.
std::size_t numberByFirstItem(std::vector<std::size_t> &group)
{
    constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::vector<std::size_t> numbers(group.size(), kNone);
    std::size_t count = 0;
    for (std::size_t &item : group) {
        if (numbers[item] == kNone)
            numbers[item] = count++;
        item = numbers[item];
    }
    return count;
}

} // namespace

std::vector<std::size_t> partitionByColor(const std::vector<std::vector<std::size_t>> &successors, const std::vector<std::uint8_t> &colors,
                                          std::size_t workLimit)
{
    const std::size_t items = successors.size();
    DisjointSets sets = connectEqualDepths(successors, colors);
    std::vector<std::size_t> group(items);
    for (std::size_t item = 0; item < items; ++item)
        group[item] = sets.rootOf(item);
    std::size_t count = numberByFirstItem(group);

    std::vector<std::uint8_t> groupColors(count);
    for (std::size_t item = 0; item < items; ++item)
        groupColors[group[item]] = colors[item];
    Quotient quotient(edgesBetween(successors, group, count), std::move(groupColors));
    quotient.mergeAll(workLimit);
    for (std::size_t &item : group)
        item = quotient.rootOf(item);
    count = numberByFirstItem(group);

    std::vector<std::vector<std::size_t>> dependencies(count);
    const auto edges = edgesBetween(successors, group, count);
    for (std::size_t from = 0; from < count; ++from) {
        for (const std::size_t to : edges[from])
            dependencies[to].push_back(from);
    }
    const std::vector<std::size_t> order = sortTopologically(dependencies).order;
    std::vector<std::size_t> rank(count);
    for (std::size_t i = 0; i < order.size(); ++i)
        rank[order[i]] = i;
    for (std::size_t &item : group)
        item = rank[item];
    return group;
}

} // namespace nordlys::core
