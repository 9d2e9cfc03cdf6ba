// SPDX-License-Identifier: Apache-2.0
// Orthogonal routing. Between two ranks, each tensor that changes its x gets a horizontal piece on a track of its own; vertical
// pieces run from track to track, through the ranks at the x of virtual vertices. Horizontal pieces lie between ranks only and
// virtual vertices keep their distance from boxes, so no piece can touch a box that is not its end.
#include "layered_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

namespace nordlys::core::layout {

namespace {

constexpr double kSame = 0.01;         ///< coordinates closer than this are one line
constexpr std::size_t kMaxTracks = 48; ///< more share tracks, so that hostile graphs do not grow without bound
constexpr double kOutside =
    std::numeric_limits<double>::max() / 4; ///< stands for the lanes beside the drawing until they are placed

/// Horizontal piece of a net between rank `gap` and the next one.
struct Piece {
    int gap = 0;
    double from = 0, low = 0, high = 0;
    double heading = 0; ///< sum of signed distances to the targets
    std::uint32_t track = 0;
    bool isStraight = true;
};

class Router {
public:
    Router(LayeredGraph &g, const std::vector<double> &x, const LayoutOptions &options) : m_g(g), m_x(x), m_options(options) {}

    GraphLayout run()
    {
        placePortsBelow();
        placePortsAbove();
        collectPieces();
        assignTracks();
        assignLanes();
        placeRanks();
        return assemble();
    }

private:
    [[nodiscard]] double portSpacing(std::size_t sideCount) const
    {
        return std::min(14.0, (m_options.nodeWidth / 2 - 8) / static_cast<double>(std::max<std::size_t>(sideCount, 1)));
    }

    /// Offsets of `others.size()` ports around the centre; the one that continues a straight line stays in the middle.
    void spread(double centre, const std::vector<double> &others, std::vector<double> &ports) const
    {
        const std::size_t n = others.size();
        std::size_t middle = n;
        for (std::size_t i = 0; i < n; ++i)
            if (std::abs(others[i] - centre) < kSame &&
                (middle == n || std::abs(2.0 * static_cast<double>(i) - static_cast<double>(n - 1)) <
                                    std::abs(2.0 * static_cast<double>(middle) - static_cast<double>(n - 1))))
                middle = i;
        const double pivot = middle == n ? static_cast<double>(n - 1) / 2 : static_cast<double>(middle);
        const double spacing =
            portSpacing(static_cast<std::size_t>(std::ceil(std::max(pivot, static_cast<double>(n - 1) - pivot))));
        ports.resize(n);
        for (std::size_t i = 0; i < n; ++i)
            ports[i] = centre + (static_cast<double>(i) - pivot) * spacing;
    }

    /// x towards which the net leaves.
    [[nodiscard]] double firstTargetOf(const Net &net) const
    {
        if (net.virtualCount > 0)
            return m_x[net.firstVirtual];
        double sum = 0;
        std::uint32_t count = 0;
        for (std::uint32_t e = 0; e < net.edgeCount; ++e)
            if (const NetEdge &edge = m_g.edges[net.firstEdge + e]; !edge.isSide) {
                sum += m_x[edge.to.index];
                ++count;
            }
        return count == 0 ? kOutside : sum / count;
    }

    void placePortsBelow()
    {
        m_portBelow.resize(m_g.nets.size());
        std::vector<std::pair<double, std::uint32_t>> order;
        std::vector<double> targets, ports;
        for (std::size_t v = 0; v < m_g.nodeCount; ++v) {
            order.clear();
            targets.clear();
            for (std::uint32_t n = m_g.firstNetOfNode[v]; n < m_g.firstNetOfNode[v + 1]; ++n)
                order.emplace_back(firstTargetOf(m_g.nets[n]), n);
            std::sort(order.begin(), order.end());
            for (const auto &[target, net] : order)
                targets.push_back(target);
            spread(m_x[v], targets, ports);
            for (std::size_t i = 0; i < order.size(); ++i)
                m_portBelow[order[i].second] = ports.size() == 1 ? m_x[v] : ports[i];
        }
    }

    /// x at which the net leaves rank `r` downward.
    [[nodiscard]] double leavingX(std::uint32_t net, int r) const
    {
        const Vertex v = m_g.vertexOf(m_g.nets[net], r);
        return m_g.isVirtual(v) ? m_x[v] : m_portBelow[net];
    }

    void placePortsAbove()
    {
        m_portAbove.resize(m_g.edges.size());
        std::vector<std::uint32_t> start(m_g.nodeCount + 1, 0), incoming(m_g.edges.size());
        for (const NetEdge &edge : m_g.edges)
            ++start[edge.to.index + 1];
        for (std::size_t v = 0; v < m_g.nodeCount; ++v)
            start[v + 1] += start[v];
        std::vector<std::uint32_t> next(start.begin(), start.end() - 1);
        for (std::uint32_t e = 0; e < m_g.edges.size(); ++e)
            incoming[next[m_g.edges[e].to.index]++] = e;
        std::vector<std::pair<double, std::uint32_t>> order;
        std::vector<double> sources, ports;
        for (std::size_t v = 0; v < m_g.nodeCount; ++v) {
            order.clear();
            sources.clear();
            for (std::uint32_t i = start[v]; i < start[v + 1]; ++i) {
                const NetEdge &edge = m_g.edges[incoming[i]];
                order.emplace_back(edge.isSide ? kOutside : leavingX(edge.net, m_g.rank[v] - 1), incoming[i]);
            }
            std::sort(order.begin(), order.end());
            for (const auto &[source, edge] : order)
                sources.push_back(source);
            spread(m_x[v], sources, ports);
            for (std::size_t i = 0; i < order.size(); ++i)
                m_portAbove[order[i].second] = ports.size() == 1 ? m_x[v] : ports[i];
        }
    }

    void addTarget(Piece &piece, double target)
    {
        piece.isStraight = piece.isStraight && std::abs(target - piece.from) < kSame;
        piece.low = std::min(piece.low, target);
        piece.high = std::max(piece.high, target);
        piece.heading += target - piece.from;
    }

    Piece makePiece(int gap, double from) { return {gap, from, from, from, 0, 0, true}; }

    void collectPieces()
    {
        m_firstPiece.resize(m_g.nets.size());
        m_sidePiece.assign(m_g.edges.size(), 0);
        for (std::uint32_t n = 0; n < m_g.nets.size(); ++n) {
            const Net &net = m_g.nets[n];
            const int base = m_g.rank[net.from.index];
            m_firstPiece[n] = static_cast<std::uint32_t>(m_pieces.size());
            for (int k = 0; k <= static_cast<int>(net.virtualCount); ++k) {
                Piece piece = makePiece(base + k, leavingX(n, base + k));
                if (k < static_cast<int>(net.virtualCount))
                    addTarget(piece, m_x[net.firstVirtual + static_cast<std::uint32_t>(k)]);
                m_pieces.push_back(piece);
            }
            if (net.hasSideEdges)
                addTarget(m_pieces[m_firstPiece[n]], kOutside);
            for (std::uint32_t e = net.firstEdge; e < net.firstEdge + net.edgeCount; ++e) {
                const NetEdge &edge = m_g.edges[e];
                const int above = m_g.rank[edge.to.index] - 1;
                if (edge.isSide) {
                    m_sidePiece[e] = static_cast<std::uint32_t>(m_pieces.size());
                    m_pieces.push_back(makePiece(above, kOutside));
                    addTarget(m_pieces.back(), m_portAbove[e]);
                } else {
                    addTarget(m_pieces[m_firstPiece[n] + static_cast<std::uint32_t>(above - base)], m_portAbove[e]);
                }
            }
        }
    }

    /// Pieces that go right are laid from right to left, each below those it overlaps, pieces that go left the other way round:
    /// pieces of one direction then do not cross each other.
    std::uint32_t layTracks(std::vector<std::uint32_t> &pieces, bool rightward, std::uint32_t base)
    {
        std::stable_sort(pieces.begin(), pieces.end(), [&](std::uint32_t a, std::uint32_t b) {
            return rightward ? m_pieces[a].from > m_pieces[b].from : m_pieces[a].from < m_pieces[b].from;
        });
        std::vector<double> reached; // per track: how far its pieces come towards the next one
        for (const std::uint32_t index : pieces) {
            Piece &piece = m_pieces[index];
            std::size_t track = reached.size();
            const double margin = 4;
            while (track > 0 && (rightward ? reached[track - 1] > piece.high + margin : reached[track - 1] < piece.low - margin))
                --track;
            track = std::min(track, kMaxTracks - 1);
            if (track >= reached.size())
                reached.push_back(rightward ? piece.low : piece.high);
            else
                reached[track] = rightward ? std::min(reached[track], piece.low) : std::max(reached[track], piece.high);
            piece.track = base + static_cast<std::uint32_t>(track);
        }
        return static_cast<std::uint32_t>(reached.size());
    }

    void assignTracks()
    {
        const auto gaps = static_cast<std::size_t>(std::max(m_g.rankCount, 1));
        m_tracks.assign(gaps, 0);
        std::vector<std::uint32_t> start(gaps + 1, 0), byGap(m_pieces.size());
        for (const Piece &piece : m_pieces)
            ++start[static_cast<std::size_t>(piece.gap) + 1];
        for (std::size_t r = 0; r < gaps; ++r)
            start[r + 1] += start[r];
        std::vector<std::uint32_t> next(start.begin(), start.end() - 1);
        for (std::uint32_t i = 0; i < m_pieces.size(); ++i)
            byGap[next[static_cast<std::size_t>(m_pieces[i].gap)]++] = i;
        std::vector<std::uint32_t> right, left;
        for (std::size_t r = 0; r < gaps; ++r) {
            right.clear();
            left.clear();
            double rightLow = kOutside, rightHigh = -kOutside, leftLow = kOutside, leftHigh = -kOutside;
            for (std::uint32_t i = start[r]; i < start[r + 1]; ++i) {
                const Piece &piece = m_pieces[byGap[i]];
                if (piece.isStraight)
                    continue;
                const bool isRight = piece.heading > 0;
                (isRight ? right : left).push_back(byGap[i]);
                (isRight ? rightLow : leftLow) = std::min(isRight ? rightLow : leftLow, piece.low);
                (isRight ? rightHigh : leftHigh) = std::max(isRight ? rightHigh : leftHigh, piece.high);
            }
            const std::uint32_t rightTracks = layTracks(right, true, 0);
            const bool disjoint = rightHigh + 4 < leftLow || leftHigh + 4 < rightLow;
            const std::uint32_t base = disjoint ? 0 : rightTracks;
            m_tracks[r] = std::max(rightTracks, base + layTracks(left, false, base));
        }
    }

    /// Nets with side edges share lanes where their ranks do not meet.
    void assignLanes()
    {
        m_boxesRight = 0;
        for (Vertex v = 0; v < m_g.vertexCount(); ++v)
            m_boxesRight = std::max(m_boxesRight, m_x[v] + (m_g.isVirtual(v) ? 0 : m_options.nodeWidth / 2));
        struct Stretch {
            int from, to;
            std::uint32_t net;
        };
        std::vector<Stretch> stretches;
        for (std::uint32_t n = 0; n < m_g.nets.size(); ++n) {
            const Net &net = m_g.nets[n];
            if (!net.hasSideEdges)
                continue;
            Stretch stretch{m_g.rank[net.from.index], 0, n};
            for (std::uint32_t e = net.firstEdge; e < net.firstEdge + net.edgeCount; ++e)
                if (m_g.edges[e].isSide)
                    stretch.to = std::max(stretch.to, m_g.rank[m_g.edges[e].to.index]);
            stretches.push_back(stretch);
        }
        std::stable_sort(stretches.begin(), stretches.end(), [](const Stretch &a, const Stretch &b) { return a.from < b.from; });
        using Busy = std::pair<int, std::uint32_t>; // end, lane
        std::priority_queue<Busy, std::vector<Busy>, std::greater<>> busy;
        std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> free;
        for (const Stretch &stretch : stretches) {
            for (; !busy.empty() && busy.top().first < stretch.from; busy.pop())
                free.push(busy.top().second);
            std::uint32_t lane = m_lanes;
            if (free.empty()) {
                ++m_lanes;
            } else {
                lane = free.top();
                free.pop();
            }
            m_g.nets[stretch.net].lane = lane;
            busy.emplace(stretch.to, lane);
        }
    }

    [[nodiscard]] double laneX(const Net &net) const { return m_boxesRight + m_options.channelGap * (net.lane + 2.0); }

    void placeRanks()
    {
        m_rankY.resize(static_cast<std::size_t>(std::max(m_g.rankCount, 1)));
        m_gapHeight.resize(m_rankY.size());
        double y = 0;
        for (std::size_t r = 0; r < m_rankY.size(); ++r) {
            m_rankY[r] = y;
            m_gapHeight[r] = std::max(m_options.rankGap, (m_tracks[r] + 1) * m_options.channelGap);
            y += m_options.nodeHeight + m_gapHeight[r];
        }
    }

    [[nodiscard]] double trackY(const Piece &piece) const
    {
        const auto r = static_cast<std::size_t>(piece.gap);
        return m_rankY[r] + m_options.nodeHeight + m_gapHeight[r] * (piece.track + 1.0) / (m_tracks[r] + 1.0);
    }

    static void goTo(std::vector<PointF> &points, double y, double x)
    {
        const double from = points.back().x;
        if (std::abs(from - x) < kSame)
            return;
        points.push_back({from, y});
        points.push_back({x, y});
    }

    [[nodiscard]] std::vector<PointF> pointsOf(std::uint32_t e) const
    {
        const NetEdge &edge = m_g.edges[e];
        const Net &net = m_g.nets[edge.net];
        const int base = m_g.rank[net.from.index], target = m_g.rank[edge.to.index];
        std::vector<PointF> points{{m_portBelow[edge.net], m_rankY[static_cast<std::size_t>(base)] + m_options.nodeHeight}};
        if (edge.isSide) {
            goTo(points, trackY(m_pieces[m_firstPiece[edge.net]]), laneX(net));
            goTo(points, trackY(m_pieces[m_sidePiece[e]]), m_portAbove[e]);
        } else {
            for (int r = base; r < target; ++r) {
                const double to = r + 1 < target ? m_x[m_g.vertexOf(net, r + 1)] : m_portAbove[e];
                goTo(points, trackY(m_pieces[m_firstPiece[edge.net] + static_cast<std::uint32_t>(r - base)]), to);
            }
        }
        points.push_back({points.back().x, m_rankY[static_cast<std::size_t>(target)]});
        return points;
    }

    GraphLayout assemble()
    {
        GraphLayout layout;
        layout.nodes.resize(m_g.nodeCount);
        for (std::size_t v = 0; v < m_g.nodeCount; ++v) {
            const auto r = static_cast<std::size_t>(m_g.rank[v]);
            layout.nodes[v] = {
                NodeId(v), m_x[v] - m_options.nodeWidth / 2, m_rankY[r], m_options.nodeWidth, m_options.nodeHeight, m_g.rank[v]};
        }
        layout.edges.reserve(m_g.edges.size());
        for (std::uint32_t e = 0; e < m_g.edges.size(); ++e) {
            const Net &net = m_g.nets[m_g.edges[e].net];
            layout.edges.push_back({net.from, m_g.edges[e].to, net.tensor, pointsOf(e)});
        }
        if (m_g.nodeCount > 0) {
            layout.width = m_lanes == 0 ? m_boxesRight : m_boxesRight + m_options.channelGap * (m_lanes + 1.0);
            layout.height = m_rankY.back() + m_options.nodeHeight;
        }
        return layout;
    }

    LayeredGraph &m_g;
    const std::vector<double> &m_x;
    const LayoutOptions &m_options;
    std::vector<double> m_portBelow; ///< per net
    std::vector<double> m_portAbove; ///< per edge
    std::vector<Piece> m_pieces;
    std::vector<std::uint32_t> m_firstPiece; ///< per net; one piece a rank from there
    std::vector<std::uint32_t> m_sidePiece;  ///< per edge: arrival of a side edge
    std::vector<std::uint32_t> m_tracks;     ///< per gap
    std::vector<double> m_rankY, m_gapHeight;
    double m_boxesRight = 0;
    std::uint32_t m_lanes = 0;
};

} // namespace

GraphLayout routeEdges(LayeredGraph &layered, const std::vector<double> &x, const LayoutOptions &options)
{
    return Router(layered, x, options).run();
}

} // namespace nordlys::core::layout
