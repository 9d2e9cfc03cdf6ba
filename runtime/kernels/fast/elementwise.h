// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "epilogue.h"
#include "kernel_path.h"

#include <cstdint>
#include <string_view>

namespace nordlys::runtime {

class ThreadPool;

enum class BinaryOp : std::uint8_t { Add, Sub, Mul, Div };

/// How an operand covers the output of outer * channels elements, channels running fastest.
enum class OperandShape : std::uint8_t {
    Full,    ///< outer * channels values
    Channel, ///< channels values, repeated
    Scalar,  ///< one value
};

struct Operand {
    const float *data = nullptr;
    OperandShape shape = OperandShape::Full;
};

/// out = activation(a OP b). `out` may be the data of a Full operand (in place); otherwise nothing overlaps. At least one of
/// the sizes may be zero; outer * channels must not overflow. epilogue.residual must be null.
void binaryElementwise(BinaryOp op, Operand a, Operand b, float *out, std::int64_t outer, std::int64_t channels,
                       const Epilogue &epilogue, KernelPath path, ThreadPool &pool);

enum class UnaryOp : std::uint8_t {
    Relu,        ///< max(x, 0)
    Clip,        ///< min(max(x, alpha), beta)
    LeakyRelu,   ///< x < 0 ? alpha * x : x
    Sigmoid,     ///< 1 / (1 + exp(-x)), relative error below 1e-6 where the result is a normal number
    Silu,        ///< x * sigmoid(x)
    Tanh,        ///< std::tanh, not vectorised
    HardSigmoid, ///< max(0, min(1, alpha * x + beta))
    HardSwish,   ///< x * max(0, min(1, x / 6 + 1/2))
};

struct UnaryParams {
    float alpha = 0;
    float beta = 0;
};

/// out[i] = OP(in[i]) for `count` values; in place allowed. NaN gives NaN.
void unaryElementwise(UnaryOp op, UnaryParams params, const float *in, float *out, std::int64_t count, KernelPath path,
                      ThreadPool &pool);

/// "elementwise_binary_f32_avx2" and the like, as in a profile.
std::string_view binaryKernelName(KernelPath path);
std::string_view unaryKernelName(KernelPath path);

namespace detail {
// One contiguous piece. binaryRun: n outputs, stepA and stepB are 1 (read on) or 0 (the one value for all).
struct BinaryRun {
    const float *a;
    std::int64_t stepA;
    const float *b;
    std::int64_t stepB;
    float *out;
    std::int64_t count;
    float low;
    float high;
};
void binaryRunGeneric(BinaryOp op, const BinaryRun &run);
void binaryRunAvx2(BinaryOp op, const BinaryRun &run);
void unaryRunGeneric(UnaryOp op, UnaryParams params, const float *in, float *out, std::int64_t count);
void unaryRunAvx2(UnaryOp op, UnaryParams params, const float *in, float *out, std::int64_t count);
} // namespace detail

} // namespace nordlys::runtime
