// SPDX-License-Identifier: Apache-2.0
#include "layered_layout.h"

#include <core/base/utf8.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace nordlys::core {

namespace {

/// Text for SVG: markup escaped, control characters (forbidden in XML) and broken UTF-8 replaced.
std::string escaped(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c < 0x20 || c == 0x7f)
            out += ' ';
        else if (c < 0x80)
            out += static_cast<char>(c);
        else {
            const std::size_t length = utf8SequenceLength(text, i);
            // The two non-characters U+FFFE and U+FFFF are no XML.
            const std::string_view sequence = text.substr(i, length);
            const bool isNoCharacter = sequence == "\xef\xbf\xbe" || sequence == "\xef\xbf\xbf";
            if (length > 0 && !isNoCharacter) {
                out += sequence;
                i += length - 1;
            } else {
                out += "\xef\xbf\xbd";
            }
        }
    }
    return out;
}

/// The last characters of a long name carry its meaning, so the front is cut. Counts code points.
std::string shortened(std::string_view text, std::size_t limit)
{
    std::size_t points = 0;
    for (const char c : text)
        points += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
    if (points <= limit)
        return std::string(text);
    std::size_t skip = points - limit + 1, i = 0;
    for (; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) {
            if (skip == 0)
                break;
            --skip;
        }
    }
    return "\xe2\x80\xa6" + std::string(text.substr(i));
}

constexpr double kMargin = 16;

} // namespace

std::string layoutToSvg(const Graph &graph, const GraphLayout &layout)
{
    std::string svg;
    auto out = std::back_inserter(svg);
    const double width = layout.width + 2 * kMargin, height = layout.height + 2 * kMargin;
    fmt::format_to(out,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.6g}\" height=\"{1:.6g}\" viewBox=\"{2:.6g} {2:.6g} "
                   "{0:.6g} {1:.6g}\">\n"
                   "<title>{3}</title>\n"
                   "<style>.b{{fill:#FFFFFF;stroke:#B8C1CC;stroke-width:1}} "
                   ".e{{fill:none;stroke:#8A95A3;stroke-width:1.2;stroke-linejoin:round}} .a{{fill:#6B7684}} "
                   "text{{font-family:Inter,'DejaVu Sans',sans-serif;fill:#1B232D}} .o{{font-size:12px;font-weight:600}} "
                   ".n{{font-size:10px;fill:#5B6673}}</style>\n"
                   "<rect x=\"{2:.6g}\" y=\"{2:.6g}\" width=\"{0:.6g}\" height=\"{1:.6g}\" fill=\"#F5F7F9\"/>\n",
                   width, height, -kMargin, escaped(graph.names.text(graph.name)));
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
        fmt::format_to(out, "<title>{}</title></g>\n", escaped(graph.nameOf(edge.tensor)));
    }
    svg += "</g>\n<g class=\"nodes\">\n";
    for (const LayoutNode &node : layout.nodes) {
        // 5.6 units is the mean advance of the name's font at 10 px, with some room for wide letters.
        const auto letters = static_cast<std::size_t>(std::max(4.0, (node.width - 16) / 5.6));
        const std::string_view name = graph.nameOf(node.node);
        fmt::format_to(out,
                       "<g><title>{6} ({5})</title><rect class=\"b\" x=\"{0:.7g}\" y=\"{1:.7g}\" width=\"{2:.7g}\" "
                       "height=\"{3:.7g}\" rx=\"4\"/>"
                       "<text class=\"o\" x=\"{4:.7g}\" y=\"{7:.7g}\">{5}</text><text class=\"n\" x=\"{4:.7g}\" "
                       "y=\"{8:.7g}\">{9}</text></g>\n",
                       node.x, node.y, node.width, node.height, node.x + 8, escaped(shortened(graph.opOf(node.node), letters)),
                       escaped(name), node.y + node.height / 2 - 2.5, node.y + node.height / 2 + 10.5,
                       escaped(shortened(name, letters)));
    }
    svg += "</g>\n</svg>\n";
    return svg;
}

} // namespace nordlys::core
