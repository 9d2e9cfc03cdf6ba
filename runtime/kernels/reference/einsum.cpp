// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "reference.h"

#include <core/graph/ops/einsum.h>

#include <algorithm>
#include <memory>
#include <type_traits>

namespace nordlys::runtime::reference {

namespace {

/// A walk over the values of some labels that keeps one element offset per operand.
struct LabelLoop {
    std::vector<std::int64_t> sizes;
    std::vector<std::vector<std::int64_t>> strides; ///< per label, per operand

    /// Advances `index` (one entry a label) and the offsets; false after the last.
    bool next(std::int64_t *index, std::int64_t *offsets) const
    {
        for (std::size_t label = sizes.size(); label-- > 0;) {
            const bool more = ++index[label] < sizes[label];
            for (std::size_t k = 0; k < strides[label].size(); ++k)
                offsets[k] += strides[label][k] * (more ? 1 : 1 - sizes[label]);
            if (more)
                return true;
            index[label] = 0;
        }
        return false;
    }
    [[nodiscard]] bool isEmpty() const { return std::ranges::find(sizes, 0) != sizes.end(); }
};

struct EinsumLoops {
    LabelLoop outer, inner; ///< labels of the output; labels that are summed over. Operands: the inputs, then the output
};

template <typename T>
T product(T a, T b)
{
    if constexpr (std::is_integral_v<T>) {
        using Unsigned = std::conditional_t<(sizeof(T) < 4), std::uint32_t, std::make_unsigned_t<T>>; // wraps without overflow
        return static_cast<T>(static_cast<Unsigned>(a) * static_cast<Unsigned>(b));
    } else {
        return a * b;
    }
}

template <typename T>
T sumOf(T a, T b)
{
    if constexpr (std::is_integral_v<T>)
        return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    else
        return a + b;
}

core::Expected<EinsumLoops> loopsOf(const KernelCall &call, const core::ops::EinsumEquation &equation)
{
    const auto labels = static_cast<std::size_t>(equation.labelCount);
    const std::size_t operands = call.inputs.size() + 1;
    std::vector<std::int64_t> sizes(labels, 1);
    std::vector<std::vector<std::int64_t>> strides(labels, std::vector<std::int64_t>(operands, 0));
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
        const core::Dims &dims = call.inputs[i].dims;
        const Strides own = call.inputs[i].strides();
        for (std::size_t d = 0; d < dims.size(); ++d) {
            const auto label = static_cast<std::size_t>(equation.inputs[i][d]);
            if (dims[d] == 1)
                continue;
            if (sizes[label] != 1 && sizes[label] != dims[d])
                return call.broken("a letter of the equation stands for " + std::to_string(sizes[label]) + " and " + std::to_string(dims[d]));
            sizes[label] = dims[d];
            strides[label][i] += own[d];
        }
    }
    const TensorDesc &out = call.outputs[0];
    const Strides own = out.strides();
    EinsumLoops loops;
    std::vector<bool> isKept(labels, false);
    core::Dims expected;
    for (std::size_t d = 0; d < equation.output.size(); ++d) {
        const auto label = static_cast<std::size_t>(equation.output[d]);
        isKept[label] = true;
        expected.push_back(sizes[label]);
        strides[label][operands - 1] = d < maxRank ? own[d] : 0;
        loops.outer.sizes.push_back(sizes[label]);
        loops.outer.strides.push_back(strides[label]);
    }
    if (expected != out.dims)
        return call.broken("the output's shape is not " + core::shapeText(expected));
    for (std::size_t label = 0; label < labels; ++label) {
        if (isKept[label])
            continue;
        loops.inner.sizes.push_back(sizes[label]);
        loops.inner.strides.push_back(strides[label]);
    }
    return loops;
}

/// ONNX Einsum-12: every output element is the sum, over the letters that the output leaves out, of the product of all inputs.
core::Expected<BoundKernel> bindEinsum(const KernelCall &call)
{
    NORDLYS_TRY(call.require(std::max<std::size_t>(1, call.inputs.size())));
    std::vector<std::size_t> ranks;
    for (const TensorDesc &input : call.inputs) {
        ranks.push_back(input.rank());
        if (input.dtype != call.outputs[0].dtype)
            return call.broken("inputs and output differ in type");
    }
    const auto equation = core::ops::parseEinsum(call.stringAttribute("equation", ""), ranks);
    if (!equation)
        return call.broken(equation.error().why);
    auto loops = loopsOf(call, *equation);
    NORDLYS_TRY(loops);
    const std::size_t inputs = call.inputs.size(), outer = loops->outer.sizes.size(), inner = loops->inner.sizes.size();
    const auto shared = std::make_shared<const EinsumLoops>(std::move(*loops));
    return dispatchNumber(call, call.outputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        using Sum = ComputeOf<T>;
        BoundKernel kernel = bound(call, [=](const KernelRun &run) -> KernelStatus {
            if (shared->outer.isEmpty())
                return nullptr;
            auto *offsets = reinterpret_cast<std::int64_t *>(run.scratch), *outerIndex = offsets + inputs + 1, *innerIndex = outerIndex + outer;
            std::fill_n(offsets, inputs + 1 + outer + inner, std::int64_t(0));
            do {
                Sum sum = 0;
                if (!shared->inner.isEmpty()) {
                    do {
                        Sum term = static_cast<Sum>(run.input<T>(0)[offsets[0]]);
                        for (std::size_t i = 1; i < inputs; ++i)
                            term = product(term, static_cast<Sum>(run.input<T>(i)[offsets[i]]));
                        sum = sumOf(sum, term);
                    } while (shared->inner.next(innerIndex, offsets));
                }
                run.output<T>(0)[offsets[inputs]] = static_cast<T>(sum);
            } while (shared->outer.next(outerIndex, offsets));
            return nullptr;
        });
        const std::size_t bytes = (inputs + 1 + outer + inner) * sizeof(std::int64_t);
        kernel.scratchBytes = [bytes](int) { return bytes; };
        return kernel;
    });
}

constexpr KernelEntry entries[] = {
    {"", "Einsum", 12, bindEinsum, false},
};

} // namespace

std::span<const KernelEntry> einsumKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
