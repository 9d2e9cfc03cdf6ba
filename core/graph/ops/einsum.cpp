// SPDX-License-Identifier: Apache-2.0
#include "einsum.h"

#include "families.h"
#include "infer_util.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace nordlys::core::ops {

namespace {

/// Letters of one term in order; the ellipsis as '.'.
Expected<std::string> readTerm(std::string_view text)
{
    std::string term;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == ' ')
            continue;
        if (text.substr(i, 3) == "...") {
            if (term.find('.') != std::string::npos)
                return broken("a term of the equation has two ellipses");
            term += '.';
            i += 2;
        } else if (std::isalpha(static_cast<unsigned char>(text[i])) != 0)
            term += text[i];
        else
            return broken("the equation holds a character that is neither a letter nor part of \"...\", \",\" or \"->\"");
    }
    return term;
}

Expected<std::vector<std::string>> readTerms(std::string_view text)
{
    std::vector<std::string> terms;
    for (;;) {
        const std::size_t comma = text.find(',');
        Expected<std::string> term = readTerm(text.substr(0, comma));
        NORDLYS_TRY(term);
        terms.push_back(*std::move(term));
        if (comma == std::string_view::npos)
            return terms;
        text.remove_prefix(comma + 1);
    }
}

/// The output's term where the equation states none.
std::string impliedOutput(const std::vector<std::string> &terms)
{
    std::array<int, 128> seen{};
    for (const std::string &term : terms) {
        for (const char c : term)
            ++seen[static_cast<unsigned char>(c)];
    }
    std::string output = seen['.'] > 0 ? "." : "";
    for (std::size_t c = 'A'; c <= 'z'; ++c) {
        if (seen[c] == 1)
            output += static_cast<char>(c);
    }
    return output;
}

Expected<void> inferEinsum(InferenceContext &context)
{
    std::vector<std::size_t> ranks;
    for (std::size_t i = 0; i < context.inputCount(); ++i) {
        if (!context.inputShape(i)) {
            context.setOutput(0, context.inputType(0), std::nullopt);
            return {};
        }
        ranks.push_back(context.inputShape(i)->size());
    }
    const Expected<EinsumEquation> equation = parseEinsum(attributeString(context.graph(), context.node(), "equation", ""), ranks);
    if (!equation)
        return equation.error();
    std::vector<Dim> sizes(static_cast<std::size_t>(equation->labelCount), Dim{1, {}});
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        for (std::size_t d = 0; d < ranks[i]; ++d) {
            Dim &size = sizes[static_cast<std::size_t>(equation->inputs[i][d])];
            const Dim &dim = (*context.inputShape(i))[d];
            const bool isOne = dim.isKnown() && dim.value == 1;
            if (size.isKnown() && size.value == 1)
                size = dim;
            else if (size.isKnown() && dim.isKnown() && !isOne && size.value != dim.value)
                return broken("a letter of the equation stands for " + std::to_string(size.value) + " and " + std::to_string(dim.value));
            else if (!size.isKnown() && dim.isKnown() && !isOne)
                size = dim;
        }
    }
    Shape shape;
    for (const int label : equation->output)
        shape.push_back(sizes[static_cast<std::size_t>(label)]);
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

/// Every combination of labels is visited once, with a product of all inputs.
std::int64_t einsumMacs(const Graph &graph, const Node &node)
{
    std::vector<std::size_t> ranks;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const Shape *shape = shapeOf(graph, node.inputs, i);
        if (!shape)
            return 0;
        ranks.push_back(shape->size());
    }
    const Expected<EinsumEquation> equation = parseEinsum(attributeString(graph, node, "equation", ""), ranks);
    if (!equation)
        return 0;
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(equation->labelCount), 1);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        for (std::size_t d = 0; d < ranks[i]; ++d) {
            std::int64_t &size = sizes[static_cast<std::size_t>(equation->inputs[i][d])];
            size = std::max(size, dimOr1(*shapeOf(graph, node.inputs, i), d));
        }
    }
    std::int64_t macs = ranks.size() > 1 ? 1 : 0;
    for (const std::int64_t size : sizes)
        macs = saturatingMultiply(macs, size);
    return macs;
}

} // namespace

Expected<EinsumEquation> parseEinsum(std::string_view equation, const std::vector<std::size_t> &ranks)
{
    const std::size_t arrow = equation.find("->");
    Expected<std::vector<std::string>> terms = readTerms(equation.substr(0, arrow));
    NORDLYS_TRY(terms);
    if (terms->size() != ranks.size())
        return broken("the equation names " + std::to_string(terms->size()) + " inputs, there are " + std::to_string(ranks.size()));
    std::string output;
    if (arrow == std::string_view::npos) {
        output = impliedOutput(*terms);
    } else {
        Expected<std::string> term = readTerm(equation.substr(arrow + 2));
        NORDLYS_TRY(term);
        output = *std::move(term);
    }
    std::size_t ellipsisRank = 0;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        const std::string &term = (*terms)[i];
        const bool hasEllipsis = term.find('.') != std::string::npos;
        const std::size_t letters = term.size() - (hasEllipsis ? 1 : 0);
        if (hasEllipsis ? ranks[i] < letters : ranks[i] != letters)
            return broken("input " + std::to_string(i) + " of rank " + std::to_string(ranks[i]) + " does not fit its term in the equation");
        if (hasEllipsis)
            ellipsisRank = std::max(ellipsisRank, ranks[i] - letters);
    }
    EinsumEquation result;
    result.labelCount = static_cast<int>(ellipsisRank);
    result.fromEllipsis.assign(ellipsisRank, true);
    std::array<int, 128> labels{};
    labels.fill(-1);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        std::vector<int> dims;
        for (const char c : (*terms)[i]) {
            if (c == '.') {
                const std::size_t own = ranks[i] - ((*terms)[i].size() - 1);
                for (std::size_t d = ellipsisRank - own; d < ellipsisRank; ++d)
                    dims.push_back(static_cast<int>(d));
                continue;
            }
            int &label = labels[static_cast<unsigned char>(c)];
            if (label < 0) {
                label = result.labelCount++;
                result.fromEllipsis.push_back(false);
            }
            dims.push_back(label);
        }
        result.inputs.push_back(std::move(dims));
    }
    for (std::size_t i = 0; i < output.size(); ++i) {
        if (output[i] == '.') {
            for (std::size_t d = 0; d < ellipsisRank; ++d)
                result.output.push_back(static_cast<int>(d));
            continue;
        }
        const int label = labels[static_cast<unsigned char>(output[i])];
        if (label < 0 || output.find(output[i], i + 1) != std::string::npos)
            return broken("the output names a letter twice, or one that no input has");
        result.output.push_back(label);
    }
    return result;
}

std::span<const OpSpec> einsumOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built{row("Einsum", 12, 1, -1, inferEinsum)};
        built[0].macs = einsumMacs;
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops
