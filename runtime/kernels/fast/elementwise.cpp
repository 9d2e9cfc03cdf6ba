// SPDX-License-Identifier: Apache-2.0
#include "elementwise.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <cmath>

namespace nordlys::runtime {

namespace {

// Pieces are multiples of this many values, so that where a vector loop ends does not depend on the number of threads.
constexpr std::int64_t blockValues = 4096;

const float *advance(const Operand &operand, std::int64_t row, std::int64_t channels)
{
    return operand.shape == OperandShape::Full ? operand.data + row * channels : operand.data;
}

void binaryRun(BinaryOp op, const detail::BinaryRun &run, KernelPath path)
{
#if defined(__x86_64__)
    if (path == KernelPath::Avx2) {
        detail::binaryRunAvx2(op, run);
        return;
    }
#else
    (void)path;
#endif
    detail::binaryRunGeneric(op, run);
}

template <typename Piece>
void inBlocks(std::int64_t count, ThreadPool &pool, Piece piece)
{
    const std::int64_t blocks = (count + blockValues - 1) / blockValues;
    pool.parallelFor(static_cast<std::size_t>(blocks), 2, [&](std::size_t begin, std::size_t end, int) {
        const std::int64_t from = static_cast<std::int64_t>(begin) * blockValues;
        piece(from, std::min(count, static_cast<std::int64_t>(end) * blockValues) - from);
    });
}

} // namespace

void binaryElementwise(BinaryOp op, Operand a, Operand b, float *out, std::int64_t outer, std::int64_t channels,
                       const Epilogue &epilogue, KernelPath path, ThreadPool &pool)
{
    if (outer <= 0 || channels <= 0)
        return;
    const KernelPath real = resolvePath(path);
    detail::BinaryRun whole{};
    whole.stepA = a.shape == OperandShape::Scalar ? 0 : 1;
    whole.stepB = b.shape == OperandShape::Scalar ? 0 : 1;
    whole.low = epilogue.low();
    whole.high = epilogue.high();
    if (a.shape != OperandShape::Channel && b.shape != OperandShape::Channel) {
        inBlocks(outer * channels, pool, [&](std::int64_t from, std::int64_t count) {
            detail::BinaryRun run = whole;
            run.a = a.data + from * run.stepA;
            run.b = b.data + from * run.stepB;
            run.out = out + from;
            run.count = count;
            binaryRun(op, run, real);
        });
        return;
    }
    const std::size_t grain = static_cast<std::size_t>(std::max<std::int64_t>(1, 2 * blockValues / channels));
    pool.parallelFor(static_cast<std::size_t>(outer), grain, [&](std::size_t begin, std::size_t end, int) {
        for (std::int64_t row = static_cast<std::int64_t>(begin); row < static_cast<std::int64_t>(end); ++row) {
            detail::BinaryRun run = whole;
            run.a = advance(a, row, channels);
            run.b = advance(b, row, channels);
            run.out = out + row * channels;
            run.count = channels;
            binaryRun(op, run, real);
        }
    });
}

void unaryElementwise(UnaryOp op, UnaryParams params, const float *in, float *out, std::int64_t count, KernelPath path,
                      ThreadPool &pool)
{
    if (count <= 0)
        return;
    const KernelPath real = resolvePath(path);
    inBlocks(count, pool, [&](std::int64_t from, std::int64_t pieceCount) {
#if defined(__x86_64__)
        if (real == KernelPath::Avx2) {
            detail::unaryRunAvx2(op, params, in + from, out + from, pieceCount);
            return;
        }
#else
        (void)real;
#endif
        detail::unaryRunGeneric(op, params, in + from, out + from, pieceCount);
    });
}

std::string_view binaryKernelName(KernelPath path)
{
    return resolvePath(path) == KernelPath::Avx2 ? "elementwise_binary_f32_avx2" : "elementwise_binary_f32_generic";
}

std::string_view unaryKernelName(KernelPath path)
{
    return resolvePath(path) == KernelPath::Avx2 ? "elementwise_unary_f32_avx2" : "elementwise_unary_f32_generic";
}

namespace detail {

namespace {

template <typename Operation>
void binaryLoop(const BinaryRun &run, Operation operation)
{
    for (std::int64_t i = 0; i < run.count; ++i)
        run.out[i] = clampKeepNan(operation(run.a[i * run.stepA], run.b[i * run.stepB]), run.low, run.high);
}

template <typename Operation>
void unaryLoop(const float *in, float *out, std::int64_t count, Operation operation)
{
    for (std::int64_t i = 0; i < count; ++i)
        out[i] = operation(in[i]);
}

} // namespace

void binaryRunGeneric(BinaryOp op, const BinaryRun &run)
{
    switch (op) {
    case BinaryOp::Add: binaryLoop(run, [](float a, float b) { return a + b; }); break;
    case BinaryOp::Sub: binaryLoop(run, [](float a, float b) { return a - b; }); break;
    case BinaryOp::Mul: binaryLoop(run, [](float a, float b) { return a * b; }); break;
    case BinaryOp::Div: binaryLoop(run, [](float a, float b) { return a / b; }); break;
    }
}

void unaryRunGeneric(UnaryOp op, UnaryParams params, const float *in, float *out, std::int64_t count)
{
    const float alpha = params.alpha;
    const float beta = params.beta;
    switch (op) {
    case UnaryOp::Relu: unaryLoop(in, out, count, [](float x) { return x < 0.0F ? 0.0F : x; }); break;
    case UnaryOp::Clip: unaryLoop(in, out, count, [=](float x) { return clampKeepNan(x, alpha, beta); }); break;
    case UnaryOp::LeakyRelu: unaryLoop(in, out, count, [=](float x) { return x < 0.0F ? alpha * x : x; }); break;
    case UnaryOp::Sigmoid: unaryLoop(in, out, count, [](float x) { return 1.0F / (1.0F + std::exp(-x)); }); break;
    case UnaryOp::Silu: unaryLoop(in, out, count, [](float x) { return x / (1.0F + std::exp(-x)); }); break;
    case UnaryOp::Tanh: unaryLoop(in, out, count, [](float x) { return std::tanh(x); }); break;
    case UnaryOp::HardSigmoid:
        unaryLoop(in, out, count, [=](float x) { return clampKeepNan(alpha * x + beta, 0.0F, 1.0F); });
        break;
    case UnaryOp::HardSwish:
        unaryLoop(in, out, count, [](float x) { return x * clampKeepNan(x * (1.0F / 6.0F) + 0.5F, 0.0F, 1.0F); });
        break;
    }
}

} // namespace detail

} // namespace nordlys::runtime
