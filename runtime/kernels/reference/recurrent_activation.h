// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference.h"

#include <cstddef>
#include <vector>

namespace nordlys::runtime::reference {

/// Activation of a recurrent cell. Names and formulas: ONNX operators RNN, GRU and LSTM.
struct CellActivation {
    enum class Kind { Relu, Tanh, Sigmoid, Affine, LeakyRelu, ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign, Softplus };
    Kind kind = Kind::Tanh;
    double alpha = 0, beta = 0;

    [[nodiscard]] double operator()(double x) const;
};

/// `activations`, or `fallback` for each direction where the attribute is absent, with their parameters. BadInput for unknown names and
/// a wrong number. Names may be written in any case, as exporters do.
///
/// Parameters: `activation_alpha` and `activation_beta` are consumed in the order of the functions that take one; a list with one entry
/// per function counts by position.
core::Expected<std::vector<CellActivation>> cellActivations(const KernelCall &call, const std::vector<CellActivation::Kind> &fallback,
                                                            std::size_t directions);

} // namespace nordlys::runtime::reference
