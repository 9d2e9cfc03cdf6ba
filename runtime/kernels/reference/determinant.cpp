// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <cmath>
#include <utility>

namespace nordlys::runtime::reference {

namespace {

/// Gaussian elimination with partial pivoting; the matrix is used up. 1 for a matrix without elements.
double determinant(double *matrix, std::int64_t size)
{
    double result = 1;
    for (std::int64_t step = 0; step < size; ++step) {
        std::int64_t pivot = step;
        for (std::int64_t row = step + 1; row < size; ++row) {
            if (std::abs(matrix[row * size + step]) > std::abs(matrix[pivot * size + step]))
                pivot = row;
        }
        const double head = matrix[pivot * size + step];
        result *= pivot == step ? head : -head;
        if (head == 0.0)
            return result;
        for (std::int64_t column = step; column < size && pivot != step; ++column)
            std::swap(matrix[step * size + column], matrix[pivot * size + column]);
        for (std::int64_t row = step + 1; row < size; ++row) {
            const double factor = matrix[row * size + step] / head;
            for (std::int64_t column = step; column < size; ++column)
                matrix[row * size + column] -= factor * matrix[step * size + column];
        }
    }
    return result;
}

core::Expected<BoundKernel> bindDet(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() < 2 || x.dims[x.rank() - 1] != x.dims[x.rank() - 2])
        return call.broken("the last two dimensions have to be those of a square matrix");
    if (x.dtype != y.dtype || y.dims != core::Dims(x.dims.begin(), x.dims.end() - 2))
        return call.broken("the output has not the leading dimensions and the type of the input");
    const std::int64_t size = x.dims.back(), count = y.elementCount();
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        BoundKernel kernel = bound(call, [size, count](const KernelRun &run) -> KernelStatus {
            auto *matrix = reinterpret_cast<double *>(run.scratch);
            for (std::int64_t i = 0; i < count; ++i) {
                const T *from = run.input<T>(0) + i * size * size;
                for (std::int64_t k = 0; k < size * size; ++k)
                    matrix[k] = static_cast<double>(from[k]);
                run.output<T>(0)[i] = static_cast<T>(determinant(matrix, size));
            }
            return nullptr;
        });
        kernel.scratchBytes = [size](int) { return static_cast<std::size_t>(size) * static_cast<std::size_t>(size) * sizeof(double); };
        return kernel;
    });
}

constexpr KernelEntry entries[] = {{"", "Det", 11, bindDet, false}};

} // namespace

std::span<const KernelEntry> determinantKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
