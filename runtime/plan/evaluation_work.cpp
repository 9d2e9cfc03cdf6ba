// SPDX-License-Identifier: Apache-2.0
#include "evaluation_work.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace nordlys::runtime {

namespace {

constexpr std::array<std::string_view, 18> kProducts{"Attention", "Conv", "ConvInteger", "ConvTranspose", "DeformConv", "Einsum", "FusedConv", "FusedMatMul", "GRU", "Gemm",
                                                     "LSTM",      "MatMul", "MatMulInteger", "MultiHeadAttention", "QGemm", "QLinearConv", "QLinearMatMul", "RNN"};

double elementsOf(const TensorDesc &tensor)
{
    double elements = 1;
    for (const std::int64_t dim : tensor.dims)
        elements *= static_cast<double>(dim);
    return elements;
}

} // namespace

double productsOf(const KernelCall &call)
{
    if (!std::ranges::binary_search(kProducts, std::string_view(call.op)) || call.inputs.empty() || call.outputs.empty())
        return 0;
    // Quantized operators have scale and zero point between both operands.
    const bool quantized = call.op == "QLinearConv" || call.op == "QLinearMatMul" || call.op == "QGemm";
    const std::size_t second = quantized ? 3 : 1;
    const double other = call.inputs.size() > second ? elementsOf(call.inputs[second]) : 1;
    return std::sqrt(elementsOf(call.inputs[0]) * other * elementsOf(call.outputs[0]));
}

} // namespace nordlys::runtime
