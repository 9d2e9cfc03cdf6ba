// SPDX-License-Identifier: Apache-2.0
#include "fast_steps.h"
#include "layout.h"

#include <runtime/kernels/fast/conv.h>
#include <runtime/kernels/fast/elementwise.h>
#include <runtime/kernels/fast/layout.h>
#include <runtime/kernels/fast/pooling.h>
#include <runtime/kernels/reference/window.h>

#include <limits>
#include <runtime/base/thread_pool.h>

namespace nordlys::runtime::detail {

namespace {

bool liesChannelsLast(const TensorDesc &desc)
{
    return desc.channelsLast || isLayoutFree(desc.dims);
}

bool isFloat(const TensorDesc &desc)
{
    return desc.dtype == core::DType::Float32;
}

core::Expected<ConvGeometry> geometryOf(const KernelCall &call, const core::Dims &kernel, std::int64_t groups)
{
    const core::Dims &x = call.inputs[0].dims, &y = call.outputs[0].dims;
    auto window = reference::windowOf(call, {x[2], x[3]}, {y[2], y[3]}, kernel);
    NORDLYS_TRY(window);
    const reference::WindowAxis &v = (*window)[0], &h = (*window)[1];
    ConvGeometry g;
    g.n = x[0];
    g.h = x[2];
    g.w = x[3];
    g.cin = x[1];
    g.cout = y[1];
    g.kh = v.kernel;
    g.kw = h.kernel;
    g.strideH = v.stride;
    g.strideW = h.stride;
    g.padTop = v.padBegin;
    g.padBottom = v.padEnd;
    g.padLeft = h.padBegin;
    g.padRight = h.padEnd;
    g.dilationH = v.dilation;
    g.dilationW = h.dilation;
    g.groups = groups;
    g.outH = y[2];
    g.outW = y[3];
    NORDLYS_TRY(g.check());
    return g;
}

} // namespace

core::Expected<BoundKernel> bindFastConv(const Program &program, const ProgramStep &step)
{
    const KernelCall call = callOf(program, step);
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1], &y = call.outputs[0];
    if (x.rank() != 4 || w.rank() != 4 || y.rank() != 4 || !isFloat(x) || !isFloat(w) || !isFloat(y) || !liesChannelsLast(x) || !liesChannelsLast(y))
        return call.broken("the fast kernel needs 4 dimensions of float32, channels last");
    const std::int64_t groups = call.intAttribute("group", 1);
    if (groups < 1 || w.dims[0] % groups != 0 || x.dims[1] / groups != w.dims[1] || x.dims[1] % groups != 0 || y.dims[0] != x.dims[0]
        || y.dims[1] != w.dims[0])
        return call.broken("the channels of input, weight, group and output do not fit");
    auto geometry = geometryOf(call, {w.dims[2], w.dims[3]}, groups);
    NORDLYS_TRY(geometry);
    const ConvParams params{x.dims[1], w.dims[0], w.dims[2], w.dims[3], groups};
    auto packed = PackedConv::fromPacked(params, step.packed.bytes);
    NORDLYS_TRY(packed);
    NORDLYS_TRY(packed->check(*geometry));
    const int residual = step.residual;
    if (residual >= 0) {
        const ProgramTensor &added = program.tensor(step.inputs[static_cast<std::size_t>(residual)]);
        if (added.dims != y.dims || !isFloat(added.desc()) || !liesChannelsLast(added.desc()))
            return call.broken("the residual has not the output's shape and layout");
    }
    auto conv = std::make_shared<PackedConv>(std::move(*packed));
    BoundKernel kernel;
    kernel.name = conv->kernelName();
    kernel.scratchBytes = [conv, g = *geometry](int threads) { return conv->scratchBytes(g, threads); };
    // In place on the residual, unless it is the convolution's own input.
    const bool ownInput = residual >= 0 && step.inputs[static_cast<std::size_t>(residual)] == step.inputs[0];
    kernel.inPlaceInput = ownInput ? -1 : residual;
    const Epilogue epilogue = step.epilogue(nullptr);
    kernel.run = [conv, g = *geometry, epilogue, residual, owner = step.packed.owner](const KernelRun &run) -> KernelStatus {
        Epilogue settled = epilogue;
        settled.residual = residual >= 0 ? run.input<float>(static_cast<std::size_t>(residual)) : nullptr;
        const std::size_t scratch = conv->scratchBytes(g, run.pool->threads());
        conv->run(g, run.input<float>(0), run.output<float>(0), settled, *run.pool, {run.scratch, scratch});
        return nullptr;
    };
    return kernel;
}

core::Expected<BoundKernel> bindFastPool(const Program &program, const ProgramStep &step)
{
    const KernelCall call = callOf(program, step);
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() != 4 || y.rank() != 4 || !isFloat(x) || !isFloat(y) || !liesChannelsLast(x) || !liesChannelsLast(y) || y.dims[0] != x.dims[0]
        || y.dims[1] != x.dims[1] || x.elementCount() == 0 || y.elementCount() == 0)
        return call.broken("the fast kernel needs 4 dimensions of float32, channels last");
    const KernelPath path = resolvePath(KernelPath::Auto);
    BoundKernel kernel;
    if (step.op == "GlobalAveragePool") {
        if (y.dims[2] != 1 || y.dims[3] != 1)
            return call.broken("the output has more than one position");
        kernel.name = globalAveragePoolKernelName(path);
        kernel.run = [n = x.dims[0], pixels = x.dims[2] * x.dims[3], c = x.dims[1], path](const KernelRun &run) -> KernelStatus {
            globalAveragePool(n, pixels, c, run.input<float>(0), run.output<float>(0), path, *run.pool);
            return nullptr;
        };
        return kernel;
    }
    const auto size = call.intsAttribute("kernel_shape");
    if (!size || size->size() != 2)
        return call.broken("kernel_shape has not two values");
    auto geometry = geometryOf(call, *size, 1);
    NORDLYS_TRY(geometry);
    if (step.op == "MaxPool") {
        kernel.name = maxPoolKernelName(path);
        kernel.run = [g = *geometry, path](const KernelRun &run) -> KernelStatus {
            maxPool(g, run.input<float>(0), run.output<float>(0), path, *run.pool);
            return nullptr;
        };
    } else {
        kernel.name = averagePoolKernelName(path);
        const bool includePad = call.intAttribute("count_include_pad", 0) != 0;
        kernel.run = [g = *geometry, includePad, path](const KernelRun &run) -> KernelStatus {
            averagePool(g, includePad, run.input<float>(0), run.output<float>(0), path, *run.pool);
            return nullptr;
        };
    }
    return kernel;
}

core::Expected<BoundKernel> bindFastMatrix(const Program &program, const ProgramStep &step)
{
    const KernelCall call = callOf(program, step);
    const TensorDesc &a = call.inputs[0], &b = call.inputs[1], &y = call.outputs[0];
    if (a.rank() < 2 || b.rank() != 2 || !isFloat(a) || !isFloat(b) || !isFloat(y) || (a.channelsLast && !isLayoutFree(a.dims))
        || (y.channelsLast && !isLayoutFree(y.dims)))
        return call.broken("the fast kernel needs float32 matrices");
    const bool transB = step.op == "Gemm" && call.intAttribute("transB", 0) != 0;
    const MatrixParams params{transB ? b.dims[1] : b.dims[0], transB ? b.dims[0] : b.dims[1]};
    core::Dims expected = a.dims;
    expected.back() = params.n;
    if (a.dims.back() != params.k || y.dims != expected || (step.op == "Gemm" && (a.rank() != 2 || call.intAttribute("transA", 0) != 0)))
        return call.broken("the inner sizes or the output's shape do not fit");
    auto packed = PackedMatrix::fromPacked(params, step.packed.bytes);
    NORDLYS_TRY(packed);
    if (params.k < 1)
        return call.broken("the inner size is zero");
    auto matrix = std::make_shared<PackedMatrix>(std::move(*packed));
    BoundKernel kernel;
    kernel.name = matrix->kernelName();
    kernel.run = [matrix, m = a.elementCount() / params.k, params, epilogue = step.epilogue(nullptr),
                  owner = step.packed.owner](const KernelRun &run) -> KernelStatus {
        matrix->run(m, run.input<float>(0), params.k, run.output<float>(0), params.n, epilogue, *run.pool);
        return nullptr;
    };
    return kernel;
}

namespace {

/// How an operand covers the output in the order in which both lie in memory.
std::optional<OperandShape> operandShape(const TensorDesc &operand, const TensorDesc &out)
{
    if (operand.rank() > out.rank())
        return std::nullopt;
    if (operand.dims == out.dims && (operand.channelsLast == out.channelsLast || isLayoutFree(out.dims)))
        return OperandShape::Full;
    if (operand.elementCount() == 1)
        return OperandShape::Scalar;
    const std::size_t channelAxis = out.channelsLast ? 1 : out.rank() - 1, lead = out.rank() - operand.rank();
    for (std::size_t i = 0; i < out.rank(); ++i) {
        const std::int64_t size = i < lead ? 1 : operand.dims[i - lead];
        if (size != (i == channelAxis ? out.dims[i] : 1))
            return std::nullopt;
    }
    return OperandShape::Channel;
}

} // namespace

core::Expected<BoundKernel> bindFastBinary(const Program &program, const ProgramStep &step)
{
    const KernelCall call = callOf(program, step);
    NORDLYS_TRY(call.require(2));
    const TensorDesc &a = call.inputs[0], &b = call.inputs[1], &y = call.outputs[0];
    const auto dims = reference::broadcastDims(a.dims, b.dims);
    const auto aShape = operandShape(a, y), bShape = operandShape(b, y);
    const bool legacy = call.opset < 7 && a.dims != b.dims;
    const bool full = aShape == OperandShape::Full || bShape == OperandShape::Full;
    if (!isFloat(a) || !isFloat(b) || !isFloat(y) || !dims || *dims != y.dims || !aShape || !bShape || !full || legacy || y.rank() == 0)
        return call.unsupported("this form of broadcasting has no fast kernel");
    BinaryOp op = BinaryOp::Add;
    if (step.op == "Sub")
        op = BinaryOp::Sub;
    else if (step.op == "Mul")
        op = BinaryOp::Mul;
    else if (step.op == "Div")
        op = BinaryOp::Div;
    const std::int64_t channels = y.dims[y.channelsLast ? 1 : y.rank() - 1];
    const std::int64_t outer = channels > 0 ? y.elementCount() / channels : 0;
    const KernelPath path = resolvePath(KernelPath::Auto);
    BoundKernel kernel;
    kernel.name = binaryKernelName(path);
    kernel.inPlaceInput = aShape == OperandShape::Full ? 0 : 1;
    kernel.run = [op, aShape = *aShape, bShape = *bShape, outer, channels, epilogue = step.epilogue(nullptr), path](const KernelRun &run) -> KernelStatus {
        binaryElementwise(op, {run.input<float>(0), aShape}, {run.input<float>(1), bShape}, run.output<float>(0), outer, channels, epilogue, path,
                          *run.pool);
        return nullptr;
    };
    return kernel;
}

core::Expected<BoundKernel> bindFastUnary(const Program &program, const ProgramStep &step)
{
    const KernelCall call = callOf(program, step);
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (!isFloat(x) || !isFloat(y) || x.dims != y.dims || (x.channelsLast != y.channelsLast && !isLayoutFree(x.dims)))
        return call.unsupported("this form has no fast kernel");
    UnaryOp op = UnaryOp::Relu;
    UnaryParams params;
    if (step.op == "Clip") {
        op = UnaryOp::Clip;
        params = {-std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()};
        if (call.opset < 11)
            params = {call.floatAttribute("min", std::numeric_limits<float>::lowest()), call.floatAttribute("max", std::numeric_limits<float>::max())};
        for (std::size_t i = 1; i < 3 && call.opset >= 11; ++i) {
            if (!call.hasInput(i))
                continue;
            if (call.inputs[i].constant == nullptr || !isFloat(call.inputs[i]) || call.inputs[i].elementCount() != 1)
                return call.unsupported("bounds that are only known while running have no fast kernel");
            (i == 1 ? params.alpha : params.beta) = *reinterpret_cast<const float *>(call.inputs[i].constant);
        }
    } else if (step.op == "LeakyRelu") {
        op = UnaryOp::LeakyRelu;
        params.alpha = call.floatAttribute("alpha", 0.01F);
    } else if (step.op == "Sigmoid") {
        op = UnaryOp::Sigmoid;
    } else if (step.op == "Swish") {
        op = UnaryOp::Silu;
        if (call.floatAttribute("alpha", 1.0F) != 1.0F)
            return call.unsupported("alpha other than 1 has no fast kernel");
    } else if (step.op == "Tanh") {
        op = UnaryOp::Tanh;
    } else if (step.op == "HardSigmoid") {
        op = UnaryOp::HardSigmoid;
        params = {call.floatAttribute("alpha", 0.2F), call.floatAttribute("beta", 0.5F)};
    } else if (step.op == "HardSwish") {
        op = UnaryOp::HardSwish;
    }
    const KernelPath path = resolvePath(KernelPath::Auto);
    BoundKernel kernel;
    kernel.name = unaryKernelName(path);
    kernel.inPlaceInput = 0;
    kernel.run = [op, params, count = x.elementCount(), path](const KernelRun &run) -> KernelStatus {
        unaryElementwise(op, params, run.input<float>(0), run.output<float>(0), count, path, *run.pool);
        return nullptr;
    };
    return kernel;
}

core::Expected<BoundKernel> bindLayout(const Program &program, const ProgramStep &step)
{
    const KernelCall call = callOf(program, step);
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() != 4 || x.dims != y.dims || x.dtype != y.dtype || x.channelsLast == y.channelsLast)
        return call.broken("a layout step turns four dimensions into the other order");
    BoundKernel kernel;
    const std::int64_t n = x.dims[0], c = x.dims[1], pixels = x.dims[2] * x.dims[3];
    const bool toLast = y.channelsLast;
    if (!isFloat(x)) {
        const KernelEntry *entry = findReferenceKernel("", "Transpose", 13);
        KernelCall copy = call;
        const AttributeMap identity{{"perm", std::vector<std::int64_t>{0, 1, 2, 3}}};
        copy.attributes = &identity;
        return entry->bind(copy);
    }
    const KernelPath path = resolvePath(KernelPath::Auto);
    kernel.name = transposeKernelName(path);
    kernel.run = [n, c, pixels, toLast, path](const KernelRun &run) -> KernelStatus {
        if (toLast)
            nchwToNhwc(n, c, pixels, run.input<float>(0), run.output<float>(0), path, *run.pool);
        else
            nhwcToNchw(n, c, pixels, run.input<float>(0), run.output<float>(0), path, *run.pool);
        return nullptr;
    };
    return kernel;
}

} // namespace nordlys::runtime::detail
