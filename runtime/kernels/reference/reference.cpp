// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include "families.h"

#include <algorithm>

namespace nordlys::runtime {

namespace reference {

std::optional<std::size_t> normalizedAxis(std::int64_t axis, std::size_t rank)
{
    const auto signedRank = static_cast<std::int64_t>(rank);
    if (axis < -signedRank || axis >= signedRank)
        return std::nullopt;
    return static_cast<std::size_t>(axis < 0 ? axis + signedRank : axis);
}

std::optional<std::vector<std::size_t>> normalizedAxes(const std::vector<std::int64_t> &axes, std::size_t rank)
{
    std::vector<std::size_t> result;
    for (const std::int64_t axis : axes) {
        const auto normal = normalizedAxis(axis, rank);
        if (!normal)
            return std::nullopt;
        result.push_back(*normal);
    }
    std::sort(result.begin(), result.end());
    if (std::adjacent_find(result.begin(), result.end()) != result.end())
        return std::nullopt;
    return result;
}

std::optional<core::Dims> broadcastDims(const core::Dims &a, const core::Dims &b)
{
    const std::size_t rank = std::max(a.size(), b.size());
    core::Dims result(rank);
    for (std::size_t i = 0; i < rank; ++i) {
        const std::int64_t da = i + a.size() < rank ? 1 : a[i + a.size() - rank];
        const std::int64_t db = i + b.size() < rank ? 1 : b[i + b.size() - rank];
        if (da != db && da != 1 && db != 1)
            return std::nullopt;
        result[i] = da == 1 ? db : da;
    }
    return result;
}

} // namespace reference

const KernelEntry *findReferenceKernel(std::string_view domain, std::string_view op, int opset)
{
    if (domain == "ai.onnx")
        domain = "";
    const KernelEntry *best = nullptr;
    using namespace reference;
    for (const auto &family :
         {unaryKernels(), binaryKernels(), powerKernels(), bitwiseKernels(), variadicKernels(), comparisonKernels(), convolutionKernels(), poolingKernels(),
          matrixKernels(), determinantKernels(), normalizationKernels(), softmaxKernels(), reductionKernels(), viewKernels(), movementKernels(),
          sliceKernels(), gatherKernels(), shapeKernels(), castKernels(), convTransposeKernels(), deformConvKernels(),
              unpoolingKernels(), regionKernels(), gridKernels(), resizeKernels(), batchNormalizationKernels(),
              normKernels(), recurrentKernels(), lossKernels(), dropoutKernels(), paddingKernels(), scatterKernels(),
              sortingKernels(), rearrangeKernels(), ngramKernels(), randomKernels(), quantizeLinearKernels(),
              quantizedConvolutionKernels(), quantizedMatrixKernels(), quantizedElementwiseKernels(),
              quantizedPoolingKernels(), einsumKernels(), attentionKernels(), signalKernels(), microsoftKernels()}) {
        for (const KernelEntry &entry : family) {
            if (entry.domain == domain && entry.op == op && entry.sinceVersion <= opset
                && (best == nullptr || entry.sinceVersion > best->sinceVersion))
                best = &entry;
        }
    }
    return best;
}

} // namespace nordlys::runtime
