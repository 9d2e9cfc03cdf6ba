// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace nordlys::runtime::passes {

namespace {

constexpr double tolerance = 1e-5; // files write the constants as float32, some with seven digits

/// A product of tensors and constants: a tree of Mul, Div by a constant and Pow with a small whole exponent.
struct Product {
    double constant = 1;
    std::vector<int> factors; ///< tensors
    std::vector<int> steps;
};

/// Takes the product apart; values that others read too are factors of their own (the root's operands are always looked at).
void expand(const Matcher &match, int tensor, Product &product, int depth)
{
    const int s = match.producer(tensor);
    const bool known = depth < 6 && match.isFloatOp(s, {}) && match.isInner(tensor);
    const std::string_view op = known ? std::string_view(match.step(s).op) : std::string_view();
    const auto scaled = known ? match.withScalar(s) : std::nullopt;
    if (scaled && (op == "Mul" || op == "Div") && scaled->second != 0) {
        product.constant *= op == "Mul" ? scaled->second : 1 / scaled->second;
        product.steps.push_back(s);
        expand(match, scaled->first, product, depth + 1);
    } else if (scaled && op == "Pow" && (scaled->second == 2 || scaled->second == 3)) {
        product.steps.push_back(s);
        product.factors.insert(product.factors.end(), static_cast<std::size_t>(scaled->second), scaled->first);
    } else if (op == "Mul" && match.step(s).inputs.size() == 2 && match.step(s).opset >= 7) {
        product.steps.push_back(s);
        for (const int in : match.step(s).inputs)
            expand(match, in, product, depth + 1);
    } else
        product.factors.push_back(tensor);
}

Product productAt(const Matcher &match, int s)
{
    Product product;
    product.steps.push_back(s);
    const auto scaled = match.withScalar(s);
    const std::string_view op = match.step(s).op;
    if (scaled && scaled->second != 0) {
        product.constant = op == "Div" ? 1 / scaled->second : scaled->second;
        expand(match, scaled->first, product, 0);
    } else if (op == "Mul") {
        for (const int in : match.step(s).inputs)
            expand(match, in, product, 0);
    }
    return product;
}

/// The product that a tensor is, whoever else reads it.
Product productOf(const Matcher &match, int tensor)
{
    const int s = match.producer(tensor);
    if (match.isFloatOp(s, "Mul") || (match.isFloatOp(s, "Div") && match.withScalar(s)))
        return productAt(match, s);
    Product product;
    expand(match, tensor, product, 0);
    return product;
}

/// 1 + f(argument): the argument, the two steps.
struct OnePlus {
    int argument = -1;
    std::array<int, 2> steps{};
};

std::optional<OnePlus> onePlus(const Matcher &match, int tensor, std::string_view function)
{
    const int add = match.producerOf(tensor, "Add");
    const auto sum = match.withScalar(add);
    if (add < 0 || !sum || sum->second != 1)
        return std::nullopt;
    const int inner = match.producerOf(sum->first, function);
    if (inner < 0)
        return std::nullopt;
    return OnePlus{match.step(inner).inputs[0], {inner, add}};
}

bool isAll(const Product &product, int x, std::size_t count)
{
    return product.factors.size() == count && std::all_of(product.factors.begin(), product.factors.end(), [x](int factor) { return factor == x; });
}

void append(std::vector<int> &to, const std::vector<int> &from)
{
    to.insert(to.end(), from.begin(), from.end());
}

constexpr double cubic = 0.044715;
const double rootTwoOverPi = std::sqrt(2.0 / std::numbers::pi);

/// sqrt(2 / pi) * (x + 0.044715 x^3), the sum written out or with x put before it: its steps.
std::optional<std::vector<int>> tanhArgument(const Matcher &match, int tensor, int x)
{
    const Product outer = productOf(match, tensor);
    if (!isNear(outer.constant, rootTwoOverPi, tolerance))
        return std::nullopt;
    std::vector<int> steps = outer.steps;
    const bool factored = outer.factors.size() == 2 && (outer.factors[0] == x || outer.factors[1] == x);
    if (!factored && outer.factors.size() != 1)
        return std::nullopt;
    const int sum = factored && outer.factors[0] == x ? outer.factors[1] : outer.factors[0];
    const int add = match.producerOf(sum, "Add");
    if (add < 0 || match.step(add).inputs.size() != 2)
        return std::nullopt;
    steps.push_back(add);
    for (const std::size_t i : {std::size_t(0), std::size_t(1)}) {
        const int first = match.step(add).inputs[i], second = match.step(add).inputs[1 - i];
        // A 1 of more dimensions than the rest would change the shape.
        if (factored ? match.scalar(first) != 1.0 || match.tensor(second).dims != match.tensor(sum).dims : first != x)
            continue;
        const Product power = productOf(match, second);
        if (!isNear(power.constant, cubic, tolerance) || !isAll(power, x, factored ? 2 : 3))
            continue;
        append(steps, power.steps);
        return steps;
    }
    return std::nullopt;
}

/// x / sqrt(2): its steps.
std::optional<std::vector<int>> erfArgument(const Matcher &match, int tensor, int x)
{
    const Product product = productOf(match, tensor);
    if (!isNear(product.constant, 1 / std::numbers::sqrt2, tolerance) || !isAll(product, x, 1))
        return std::nullopt;
    return product.steps;
}

bool fuseAt(Matcher &match, int s)
{
    const Product product = productAt(match, s);
    if (!isNear(product.constant, 0.5, tolerance) || product.factors.size() != 2)
        return false;
    for (const std::size_t i : {std::size_t(0), std::size_t(1)}) {
        const int x = product.factors[i], gate = product.factors[1 - i];
        for (const std::string_view function : {"Erf", "Tanh"}) {
            const auto inner = onePlus(match, gate, function);
            auto steps = !inner ? std::nullopt : (function == "Erf" ? erfArgument(match, inner->argument, x) : tanhArgument(match, inner->argument, x));
            if (!steps)
                continue;
            append(*steps, product.steps);
            steps->insert(steps->end(), inner->steps.begin(), inner->steps.end());
            if (!match.isClosed(*steps))
                continue;
            ProgramStep made = makeStep("Gelu", 20, {x});
            made.attributes["approximate"] = std::string(function == "Erf" ? "none" : "tanh");
            match.fuse(*steps, std::move(made));
            return true;
        }
    }
    return false;
}

} // namespace

void fuseGelus(Program &program, const NameSet &keep)
{
    if (findReferenceKernel("", "Gelu", 20) == nullptr)
        return;
    Matcher match(program, keep);
    for (int s = 0; s < match.stepCount(); ++s) {
        const bool isRoot = (match.isFloatOp(s, "Mul") || (match.isFloatOp(s, "Div") && match.withScalar(s))) && match.step(s).inputs.size() == 2
                            && match.step(s).inputs[1] >= 0 && match.step(s).opset >= 7;
        if (isRoot)
            fuseAt(match, s);
    }
    match.finish();
}

} // namespace nordlys::runtime::passes
