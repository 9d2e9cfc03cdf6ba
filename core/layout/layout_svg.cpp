// SPDX-License-Identifier: Apache-2.0
#include "layered_layout.h"

#include <core/base/markup_text.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace nordlys::core {

namespace {

constexpr double kMargin = 16;
constexpr double kLetter = 5.6; // mean advance of the names' font at 10 px, with some room for wide letters

void appendEdges(std::string &svg, const Graph &graph, const GraphLayout &layout)
{
    auto out = std::back_inserter(svg);
    svg += "<g class=\"edges\">\n";
    for (const LayoutEdge &edge : layout.edges) {
        svg += "<g><path class=\"e\" d=\"M";
        for (const PointF &point : edge.points)
            fmt::format_to(out, "{:.7g} {:.7g} ", point.x, point.y);
        if (!edge.points.empty())
            svg.pop_back();
        svg += "\"/>";
        if (!edge.points.empty())
            fmt::format_to(out, "<path class=\"a\" d=\"M{:.7g} {:.7g}l-3.5 -6.5h7z\"/>", edge.points.back().x,
                           edge.points.back().y);
        fmt::format_to(out, "<title>{}</title></g>\n", escapedMarkup(graph.nameOf(edge.tensor)));
    }
    svg += "</g>\n";
}

std::size_t lettersIn(double width, double letter) { return static_cast<std::size_t>(std::max(4.0, width / letter)); }

std::size_t lengthOf(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

void appendPaintedNode(std::string &svg, const Graph &graph, const LayoutNode &node, const NodePaint &paint)
{
    auto out = std::back_inserter(svg);
    const std::string_view name = graph.nameOf(node.node), op = graph.opOf(node.node);
    const double left = node.x + 12, right = node.x + node.width - 8, middle = node.y + node.height / 2;
    fmt::format_to(out,
                   "<g class=\"n{}\" data-node=\"{}\"><title>{} ({}){}</title><rect class=\"b\" x=\"{:.7g}\" y=\"{:.7g}\" "
                   "width=\"{:.7g}\" height=\"{:.7g}\" rx=\"4\"/>",
                   paint.heat < 0 ? std::string() : fmt::format(" h{}", paint.heat), node.node.index, escapedMarkup(name),
                   escapedMarkup(op), paint.value.empty() ? std::string() : ", " + escapedMarkup(paint.value), node.x, node.y,
                   node.width, node.height);
    if (paint.backend == "htp" || paint.backend == "gpu" || paint.backend == "cpu")
        fmt::format_to(out,
                       "<path class=\"s\" d=\"M{0:.7g} {1:.7g}h-3.5a3.5 3.5 0 0 0 -3.5 3.5v{2:.7g}a3.5 3.5 0 0 0 3.5 "
                       "3.5h3.5z\"/><path class=\"k {3}\" d=\"M{4:.7g} {5:.7g}v{6:.7g}\"/>",
                       node.x + 7.5, node.y + 0.5, node.height - 8, paint.backend, node.x + 4, node.y + 4, node.height - 8);
    const std::size_t room = lettersIn(node.width - 24, kLetter), taken = paint.value.empty() ? 0 : lengthOf(paint.value) + 2;
    fmt::format_to(out,
                   "<text class=\"t\" x=\"{:.7g}\" y=\"{:.7g}\">{}</text><text class=\"o\" x=\"{:.7g}\" y=\"{:.7g}\">{}</text>",
                   left, middle - 2.5, escapedMarkup(shortenedInFront(name, lettersIn(node.width - 24, 6.4))), left,
                   middle + 10.5, escapedMarkup(shortenedInFront(op, room > taken + 4 ? room - taken : 4)));
    if (!paint.value.empty())
        fmt::format_to(out, "<text class=\"v\" x=\"{:.7g}\" y=\"{:.7g}\">{}</text>", right, middle + 10.5,
                       escapedMarkup(paint.value));
    svg += "</g>\n";
}

} // namespace

std::string layoutToSvg(const Graph &graph, const GraphLayout &layout)
{
    std::string svg;
    auto out = std::back_inserter(svg);
    const double width = layout.width + 2 * kMargin, height = layout.height + 2 * kMargin;
    fmt::format_to(out,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.6g}\" height=\"{1:.6g}\" "
                   "viewBox=\"{2:.6g} {2:.6g} {0:.6g} {1:.6g}\">\n"
                   "<title>{3}</title>\n"
                   "<style>.b{{fill:#FFFFFF;stroke:#B8C1CC;stroke-width:1}} "
                   ".e{{fill:none;stroke:#8A95A3;stroke-width:1.2;stroke-linejoin:round}} .a{{fill:#6B7684}} "
                   "text{{font-family:Inter,'DejaVu Sans',sans-serif;fill:#1B232D}} .o{{font-size:12px;font-weight:600}} "
                   ".n{{font-size:10px;fill:#5B6673}}</style>\n"
                   "<rect x=\"{2:.6g}\" y=\"{2:.6g}\" width=\"{0:.6g}\" height=\"{1:.6g}\" fill=\"#F5F7F9\"/>\n",
                   width, height, -kMargin, escapedMarkup(graph.names.text(graph.name)));
    appendEdges(svg, graph, layout);
    svg += "<g class=\"nodes\">\n";
    for (const LayoutNode &node : layout.nodes) {
        const std::size_t letters = lettersIn(node.width - 16, kLetter);
        const std::string_view name = graph.nameOf(node.node);
        fmt::format_to(out,
                       "<g><title>{6} ({5})</title><rect class=\"b\" x=\"{0:.7g}\" y=\"{1:.7g}\" width=\"{2:.7g}\" "
                       "height=\"{3:.7g}\" rx=\"4\"/>"
                       "<text class=\"o\" x=\"{4:.7g}\" y=\"{7:.7g}\">{5}</text><text class=\"n\" x=\"{4:.7g}\" "
                       "y=\"{8:.7g}\">{9}</text></g>\n",
                       node.x, node.y, node.width, node.height, node.x + 8,
                       escapedMarkup(shortenedInFront(graph.opOf(node.node), letters)), escapedMarkup(name),
                       node.y + node.height / 2 - 2.5, node.y + node.height / 2 + 10.5,
                       escapedMarkup(shortenedInFront(name, letters)));
    }
    svg += "</g>\n</svg>\n";
    return svg;
}

std::string layoutToInlineSvg(const Graph &graph, const GraphLayout &layout, const std::string &id,
                              const std::vector<NodePaint> &paints)
{
    std::string svg;
    const double width = layout.width + 2 * kMargin, height = layout.height + 2 * kMargin;
    fmt::format_to(std::back_inserter(svg),
                   "<svg id=\"{3}\" class=\"graph\" role=\"img\" width=\"{0:.6g}\" height=\"{1:.6g}\" viewBox=\"{2:.6g} {2:.6g} "
                   "{0:.6g} {1:.6g}\"><title>{4}</title>\n",
                   width, height, -kMargin, escapedMarkup(id), escapedMarkup(graph.names.text(graph.name)));
    fmt::format_to(std::back_inserter(svg), "<g id=\"{}-all\" class=\"graph\">\n", escapedMarkup(id));
    appendEdges(svg, graph, layout);
    svg += "<g class=\"nodes\">\n";
    static const NodePaint kPlain;
    for (const LayoutNode &node : layout.nodes)
        appendPaintedNode(svg, graph, node, node.node.index < paints.size() ? paints[node.node.index] : kPlain);
    svg += "</g>\n</g>\n</svg>\n";
    return svg;
}

} // namespace nordlys::core
