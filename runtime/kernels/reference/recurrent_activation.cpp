// SPDX-License-Identifier: Apache-2.0
#include "recurrent_activation.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace nordlys::runtime::reference {

namespace {

struct KnownActivation {
    std::string_view name; ///< in small letters
    CellActivation::Kind kind;
    bool takesAlpha, takesBeta;
    double alpha, beta; ///< defaults: those of the ONNX operator of the same name
};

using Kind = CellActivation::Kind;
constexpr std::array<KnownActivation, 11> known{{
    {"relu", Kind::Relu, false, false, 0, 0},
    {"tanh", Kind::Tanh, false, false, 0, 0},
    {"sigmoid", Kind::Sigmoid, false, false, 0, 0},
    {"affine", Kind::Affine, true, true, 1, 0},
    {"leakyrelu", Kind::LeakyRelu, true, false, 0.01F, 0},
    {"thresholdedrelu", Kind::ThresholdedRelu, true, false, 1, 0},
    {"scaledtanh", Kind::ScaledTanh, true, true, 1, 1},
    {"hardsigmoid", Kind::HardSigmoid, true, true, 0.2F, 0.5F},
    {"elu", Kind::Elu, true, false, 1, 0},
    {"softsign", Kind::Softsign, false, false, 0, 0},
    {"softplus", Kind::Softplus, false, false, 0, 0},
}};

const KnownActivation *findActivation(std::string name)
{
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const auto found = std::ranges::find(known, std::string_view(name), &KnownActivation::name);
    return found == known.end() ? nullptr : &*found;
}

std::vector<double> parameterList(const KernelCall &call, std::string_view name)
{
    const auto *value = call.attribute(name);
    const auto *list = value != nullptr ? std::get_if<std::vector<double>>(value) : nullptr;
    return list != nullptr ? *list : std::vector<double>();
}

} // namespace

double CellActivation::operator()(double x) const
{
    switch (kind) {
    case Kind::Relu: return x < 0 ? 0 : x;
    case Kind::Tanh: return std::tanh(x);
    case Kind::Sigmoid: return 1 / (1 + std::exp(-x));
    case Kind::Affine: return alpha * x + beta;
    case Kind::LeakyRelu: return x < 0 ? alpha * x : x;
    case Kind::ThresholdedRelu: return x < alpha ? 0 : x;
    case Kind::ScaledTanh: return alpha * std::tanh(beta * x);
    case Kind::HardSigmoid: return std::clamp(alpha * x + beta, 0.0, 1.0);
    case Kind::Elu: return x < 0 ? alpha * std::expm1(x) : x;
    case Kind::Softsign: return x / (1 + std::abs(x));
    case Kind::Softplus: return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
    }
    return x;
}

core::Expected<std::vector<CellActivation>> cellActivations(const KernelCall &call, const std::vector<CellActivation::Kind> &fallback,
                                                            std::size_t directions)
{
    std::vector<const KnownActivation *> found;
    const auto *value = call.attribute("activations");
    const auto *names = value != nullptr ? std::get_if<std::vector<std::string>>(value) : nullptr;
    if (names != nullptr && !names->empty()) {
        if (names->size() != fallback.size() * directions)
            return call.broken("activations has " + std::to_string(names->size()) + " entries instead of "
                               + std::to_string(fallback.size() * directions));
        for (const std::string &name : *names) {
            found.push_back(findActivation(name));
            if (found.back() == nullptr)
                return call.broken("the activation \"" + name + "\" is unknown");
        }
    } else {
        for (std::size_t i = 0; i < fallback.size() * directions; ++i)
            found.push_back(&*std::ranges::find(known, fallback[i % fallback.size()], &KnownActivation::kind));
    }
    const std::vector<double> alphas = parameterList(call, "activation_alpha"), betas = parameterList(call, "activation_beta");
    std::vector<CellActivation> result;
    std::size_t nextAlpha = 0, nextBeta = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto parameter = [&](const std::vector<double> &list, std::size_t &next, bool takes, double standard) {
            if (!takes)
                return standard;
            const std::size_t at = list.size() == found.size() ? i : next++;
            return at < list.size() ? list[at] : standard;
        };
        result.push_back({found[i]->kind, parameter(alphas, nextAlpha, found[i]->takesAlpha, found[i]->alpha),
                          parameter(betas, nextBeta, found[i]->takesBeta, found[i]->beta)});
    }
    return result;
}

} // namespace nordlys::runtime::reference
