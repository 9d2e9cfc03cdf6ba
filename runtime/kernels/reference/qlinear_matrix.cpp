// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "integer.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>

namespace nordlys::runtime::reference {

namespace {

/// Operands of the loop over output elements.
enum Operand : std::size_t { Out, A, B, ScaleA, ZeroA, ScaleB, ZeroB, ScaleY, ZeroY, Bias, OperandCount };

/// Every output element is one sum of `inner` products.
struct IntegerProduct {
    StridedLoop<OperandCount> loop;
    std::int64_t inner = 0, stepA = 1, stepB = 1;
};

/// Strides with stride 0 where the operand is broadcast.
Strides broadcastStrides(const TensorDesc &desc, std::size_t rank)
{
    Strides result{};
    const Strides own = desc.strides();
    for (std::size_t i = 0; i < desc.rank(); ++i)
        result[rank - desc.rank() + i] = desc.dims[i] == 1 ? 0 : own[i];
    return result;
}

/// numpy.matmul on codes at inputs `a` and `b`. The box of the loop is lead..., m, n, also where the output leaves m or n out.
core::Expected<IntegerProduct> matMulOf(const KernelCall &call, std::size_t a, std::size_t b)
{
    TensorDesc left = call.inputs[a], right = call.inputs[b];
    const TensorDesc &y = call.outputs[0];
    if (left.rank() == 0 || right.rank() == 0)
        return call.broken("both factors need a dimension");
    const bool rowVector = left.rank() == 1, columnVector = right.rank() == 1;
    if (rowVector)
        left.dims.insert(left.dims.begin(), 1);
    if (columnVector)
        right.dims.push_back(1);
    const std::int64_t m = left.dims[left.rank() - 2], k = left.dims.back(), n = right.dims.back();
    if (right.dims[right.rank() - 2] != k)
        return call.broken("the inner sizes " + std::to_string(k) + " and " + std::to_string(right.dims[right.rank() - 2]) + " differ");
    const auto lead = broadcastDims({left.dims.begin(), left.dims.end() - 2}, {right.dims.begin(), right.dims.end() - 2});
    if (!lead)
        return call.broken("the leading dimensions cannot be broadcast together");
    core::Dims expected = *lead, box = *lead;
    box.insert(box.end(), {m, n});
    if (!rowVector)
        expected.push_back(m);
    if (!columnVector)
        expected.push_back(n);
    if (expected != y.dims || box.size() > maxRank)
        return call.broken("the output's shape is not " + core::shapeText(expected));
    IntegerProduct product;
    product.loop = StridedLoop<OperandCount>(box);
    TensorDesc out;
    out.dims = box;
    product.loop.setOperand(Out, out.strides());
    Strides ofA = broadcastStrides(left, box.size()), ofB = broadcastStrides(right, box.size());
    ofA[box.size() - 1] = 0;
    ofA[box.size() - 2] = k;
    ofB[box.size() - 2] = 0;
    ofB[box.size() - 1] = 1;
    product.loop.setOperand(A, ofA);
    product.loop.setOperand(B, ofB);
    product.inner = k;
    product.stepB = n;
    return product;
}

/// Parameter of one value; per row (m values, or ..., m, 1) or per column (n values, or ..., 1, n).
core::Expected<void> setParameter(const KernelCall &call, IntegerProduct &product, Operand operand, std::size_t input, bool perRow, core::DType type)
{
    if (!call.hasInput(input))
        return {};
    TensorDesc desc = call.inputs[input];
    const std::string name = "the scale or zero point at input " + std::to_string(input);
    if (type == core::DType::Undefined ? !isScaleType(desc.dtype) : desc.dtype != type)
        return call.broken(name + " has the wrong type");
    if (perRow && desc.rank() == 1 && desc.dims[0] != 1)
        desc.dims.push_back(1);
    const std::size_t rank = product.loop.rank;
    const core::Dims box(product.loop.dims.begin(), product.loop.dims.begin() + static_cast<std::ptrdiff_t>(rank));
    const auto joined = desc.rank() <= rank ? broadcastDims(desc.dims, box) : std::nullopt;
    const bool fits = joined && *joined == box && desc.elementCount() > 0;
    const bool wrongWay = desc.rank() > 0 && (perRow ? desc.dims.back() != 1 : desc.rank() > 1 && desc.dims[desc.rank() - 2] != 1);
    if (!fits || wrongWay)
        return call.broken(name + " is neither one value nor one per " + (perRow ? "row" : "column"));
    product.loop.setOperand(operand, broadcastStrides(desc, rank));
    return {};
}

struct ProductInputs {
    std::size_t a = 0, b = 1;
    int scaleA = -1, zeroA = -1, scaleB = -1, zeroB = -1, scaleY = -1, zeroY = -1, bias = -1;
};

const std::byte *parameter(const KernelRun &run, int input)
{
    return input >= 0 ? run.input<std::byte>(static_cast<std::size_t>(input)) : nullptr;
}

/// Sum, bias and requantization of every output element; the sums themselves where the output is int32.
core::Expected<BoundKernel> bindProduct(const KernelCall &call, const IntegerProduct &product, const ProductInputs &inputs)
{
    const core::DType typeA = call.inputs[inputs.a].dtype, typeB = call.inputs[inputs.b].dtype, typeY = call.outputs[0].dtype;
    CodeLimits limits;
    if (inputs.scaleY >= 0) {
        auto found = outputLimits(call);
        NORDLYS_TRY(found);
        limits = *found;
    } else if (typeY != core::DType::Int32)
        return call.broken("the output is no int32");
    const auto typeOf = [&call](int input) {
        return input >= 0 && call.hasInput(static_cast<std::size_t>(input)) ? call.inputs[static_cast<std::size_t>(input)].dtype : core::DType::Undefined;
    };
    const core::DType typeScaleA = typeOf(inputs.scaleA), typeScaleB = typeOf(inputs.scaleB), typeScaleY = typeOf(inputs.scaleY);
    return dispatchCode(call, typeA, [&](auto aTag) {
        return dispatchCode(call, typeB, [&](auto bTag) -> core::Expected<BoundKernel> {
            using CodeA = typename decltype(aTag)::Type;
            using CodeB = typename decltype(bTag)::Type;
            using Accumulator = AccumulatorOf<CodeA, CodeB>;
            return bound(call, [=](const KernelRun &run) -> KernelStatus {
                const auto *a = run.input<CodeA>(inputs.a);
                const auto *b = run.input<CodeB>(inputs.b);
                const auto *bias = reinterpret_cast<const std::int32_t *>(parameter(run, inputs.bias));
                product.loop.run([&](const auto &at) {
                    const std::int32_t zeroA = codeAt(typeA, parameter(run, inputs.zeroA), at[ZeroA]);
                    const std::int32_t zeroB = codeAt(typeB, parameter(run, inputs.zeroB), at[ZeroB]);
                    Accumulator sum = 0;
                    for (std::int64_t i = 0; i < product.inner; ++i)
                        accumulate(sum, static_cast<std::int32_t>(a[at[A] + i * product.stepA]) - zeroA,
                                   static_cast<std::int32_t>(b[at[B] + i * product.stepB]) - zeroB);
                    if (bias != nullptr)
                        accumulate(sum, bias[at[Bias]], 1);
                    if (inputs.scaleY < 0) {
                        run.output<std::int32_t>(0)[at[Out]] = static_cast<std::int32_t>(sum);
                        return;
                    }
                    const float multiplier = requantizationMultiplier(scaleAt(typeScaleA, parameter(run, inputs.scaleA), at[ScaleA]),
                                                                      scaleAt(typeScaleB, parameter(run, inputs.scaleB), at[ScaleB]),
                                                                      scaleAt(typeScaleY, parameter(run, inputs.scaleY), at[ScaleY]));
                    storeCode(typeY, run.output<std::byte>(0), at[Out],
                              requantized(sum, multiplier, codeAt(typeY, parameter(run, inputs.zeroY), at[ZeroY]), limits));
                });
                return nullptr;
            });
        });
    });
}

/// ONNX MatMulInteger-10: A, B, a_zero_point (one or per row), b_zero_point (one or per column).
core::Expected<BoundKernel> bindMatMulInteger(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    if (elementSize(call.inputs[0].dtype) != 1 || elementSize(call.inputs[1].dtype) != 1)
        return call.broken("both factors need 8-bit integers");
    auto product = matMulOf(call, 0, 1);
    NORDLYS_TRY(product);
    NORDLYS_TRY(setParameter(call, *product, ZeroA, 2, true, call.inputs[0].dtype));
    NORDLYS_TRY(setParameter(call, *product, ZeroB, 3, false, call.inputs[1].dtype));
    ProductInputs inputs;
    inputs.zeroA = 2;
    inputs.zeroB = 3;
    return bindProduct(call, *product, inputs);
}

/// ONNX QLinearMatMul-10 and -21: a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point.
core::Expected<BoundKernel> bindQLinearMatMul(const KernelCall &call)
{
    NORDLYS_TRY(call.require(8));
    auto product = matMulOf(call, 0, 3);
    NORDLYS_TRY(product);
    const core::DType scale = core::DType::Undefined;
    NORDLYS_TRY(setParameter(call, *product, ScaleA, 1, true, scale));
    NORDLYS_TRY(setParameter(call, *product, ZeroA, 2, true, call.inputs[0].dtype));
    NORDLYS_TRY(setParameter(call, *product, ScaleB, 4, false, scale));
    NORDLYS_TRY(setParameter(call, *product, ZeroB, 5, false, call.inputs[3].dtype));
    NORDLYS_TRY(setParameter(call, *product, ScaleY, 6, true, scale));
    NORDLYS_TRY(setParameter(call, *product, ZeroY, 7, true, call.outputs[0].dtype));
    return bindProduct(call, *product, {0, 3, 1, 2, 4, 5, 6, 7, -1});
}

/// com.microsoft QGemm-1: A, a_scale, a_zero_point, B, b_scale, b_zero_point, C (int32, optional), y_scale, y_zero_point.
core::Expected<BoundKernel> bindQGemm(const KernelCall &call)
{
    NORDLYS_TRY(call.require(6));
    const TensorDesc &a = call.inputs[0], &b = call.inputs[3], &y = call.outputs[0];
    if (a.rank() != 2 || b.rank() != 2)
        return call.broken("both factors have to be matrices");
    if (!call.hasInput(7))
        return call.unsupported("a float output (y_scale left out) has no kernel");
    if (call.floatAttribute("alpha", 1.0F) != 1.0F)
        return call.unsupported("alpha other than 1 has no kernel");
    const bool transA = call.intAttribute("transA", 0) != 0, transB = call.intAttribute("transB", 0) != 0;
    const std::int64_t m = a.dims[transA ? 1 : 0], k = a.dims[transA ? 0 : 1], n = b.dims[transB ? 0 : 1];
    if (b.dims[transB ? 1 : 0] != k || y.dims != core::Dims{m, n})
        return call.broken("the inner sizes differ, or the output's shape is not " + core::shapeText(core::Dims{m, n}));
    IntegerProduct product;
    product.loop = StridedLoop<OperandCount>(y.dims);
    product.loop.setOperand(Out, y.strides());
    product.loop.setOperand(A, {transA ? 1 : k, 0});
    product.loop.setOperand(B, {0, transB ? k : 1});
    product.inner = k;
    product.stepA = transA ? m : 1;
    product.stepB = transB ? 1 : n;
    const core::DType scale = core::DType::Undefined;
    NORDLYS_TRY(setParameter(call, product, ScaleA, 1, true, scale));
    NORDLYS_TRY(setParameter(call, product, ZeroA, 2, true, a.dtype));
    NORDLYS_TRY(setParameter(call, product, ScaleB, 4, false, scale));
    NORDLYS_TRY(setParameter(call, product, ZeroB, 5, false, b.dtype));
    NORDLYS_TRY(setParameter(call, product, ScaleY, 7, true, scale));
    NORDLYS_TRY(setParameter(call, product, ZeroY, 8, true, y.dtype));
    if (call.hasInput(6)) {
        const auto dims = broadcastDims(call.inputs[6].dims, y.dims);
        if (!dims || *dims != y.dims || call.inputs[6].dtype != core::DType::Int32)
            return call.broken("C is no int32 that can be broadcast to the output");
        product.loop.setBroadcastOperand(Bias, call.inputs[6]);
    }
    return bindProduct(call, product, {0, 3, 1, 2, 4, 5, 7, call.hasInput(8) ? 8 : -1, call.hasInput(6) ? 6 : -1});
}

constexpr KernelEntry entries[] = {
    {"", "MatMulInteger", 10, bindMatMulInteger, false},
    {"", "QLinearMatMul", 10, bindQLinearMatMul, false},
    {"com.microsoft", "QGemm", 1, bindQGemm, false},
};

} // namespace

std::span<const KernelEntry> quantizedMatrixKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
