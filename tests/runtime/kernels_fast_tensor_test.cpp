// SPDX-License-Identifier: Apache-2.0
// Elementwise, pooling, layout and quantize-dequantize kernels against plain loops, on every path and for several team sizes.
#include <runtime/base/thread_pool.h>
#include <runtime/kernels/fast/elementwise.h>
#include <runtime/kernels/fast/layout.h>
#include <runtime/kernels/fast/pooling.h>
#include <runtime/kernels/fast/quantize.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace nordlys::runtime;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> noise(std::int64_t count, unsigned seed, float size = 1.0F)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(-size, size);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float &value : values)
        value = uniform(random);
    return values;
}

/// Runs `kernel` on every path and team; all teams must agree to the bit, every path goes to `compare`.
void onEveryPath(std::size_t outputs, const std::function<void(float *, KernelPath, ThreadPool &)> &kernel,
                 const std::function<void(const std::vector<float> &)> &compare)
{
    std::vector<KernelPath> paths{KernelPath::Generic};
    if (avx2Available())
        paths.push_back(KernelPath::Avx2);
    for (const KernelPath path : paths) {
        SCOPED_TRACE(path == KernelPath::Avx2 ? "avx2" : "generic");
        std::vector<float> first;
        for (const int threads : {1, 2, 3}) {
            ThreadPool pool(threads);
            std::vector<float> out(outputs + 1, -77.0F);
            kernel(out.data(), path, pool);
            ASSERT_EQ(out.back(), -77.0F);
            out.pop_back();
            if (first.empty())
                first = out;
            ASSERT_TRUE(outputs == 0 || std::memcmp(first.data(), out.data(), outputs * sizeof(float)) == 0)
                << threads << " threads";
        }
        compare(first);
    }
}

TEST(FastElementwise, binaryWithEveryBroadcast)
{
    unsigned seed = 1;
    for (const std::int64_t outer : {1, 5, 700}) {
        for (const std::int64_t channels : {1, 3, 8, 19, 40}) {
            const std::vector<float> full = noise(outer * channels, ++seed);
            const std::vector<float> other = noise(outer * channels, ++seed);
            for (const BinaryOp op : {BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::Div}) {
                for (const OperandShape shape : {OperandShape::Full, OperandShape::Channel, OperandShape::Scalar}) {
                    for (const bool swap : {false, true}) {
                        const Operand a{full.data(), OperandShape::Full};
                        const Operand b{other.data(), shape};
                        Epilogue epilogue;
                        epilogue.activation = FusedActivation::Clip;
                        epilogue.clipLow = -0.9F;
                        epilogue.clipHigh = 0.8F;
                        onEveryPath(
                            full.size(),
                            [&](float *out, KernelPath path, ThreadPool &pool) {
                                binaryElementwise(op, swap ? b : a, swap ? a : b, out, outer, channels, epilogue, path, pool);
                            },
                            [&](const std::vector<float> &out) {
                                for (std::size_t i = 0; i < out.size(); ++i) {
                                    const std::size_t at = shape == OperandShape::Full ? i
                                                           : shape == OperandShape::Channel
                                                               ? i % static_cast<std::size_t>(channels)
                                                               : 0;
                                    double x = full[i];
                                    double y = other[at];
                                    if (swap)
                                        std::swap(x, y);
                                    const double exact = op == BinaryOp::Add   ? x + y
                                                         : op == BinaryOp::Sub ? x - y
                                                         : op == BinaryOp::Mul ? x * y
                                                                               : x / y;
                                    ASSERT_NEAR(out[i], std::clamp<double>(exact, -0.9F, 0.8F), 1e-6) << i;
                                }
                            });
                    }
                }
            }
        }
    }
}

TEST(FastElementwise, unaryFollowsItsDefinition)
{
    std::vector<float> in = noise(20011, 3, 12.0F);
    const float special[] = {0.0F, -0.0F, infinity, -infinity, 200.0F, -60.0F, 1e-30F, nan};
    std::copy(std::begin(special), std::end(special), in.begin() + 5);
    const auto exact = [](UnaryOp op, double x) -> double {
        switch (op) {
        case UnaryOp::Relu: return std::max(0.0, x);
        case UnaryOp::Clip: return std::min(1.5, std::max(-0.25, x));
        case UnaryOp::LeakyRelu: return x < 0 ? -0.25 * x : x; // alpha is the lower bound of Clip in this test
        case UnaryOp::Sigmoid: return 1 / (1 + std::exp(-x));
        case UnaryOp::Silu: return x / (1 + std::exp(-x));
        case UnaryOp::Tanh: return std::tanh(x);
        case UnaryOp::HardSigmoid: return std::clamp(-0.25 * x + 1.5, 0.0, 1.0);
        case UnaryOp::HardSwish: return x * std::clamp(x / 6 + 0.5, 0.0, 1.0);
        }
        return 0;
    };
    for (int i = 0; i <= static_cast<int>(UnaryOp::HardSwish); ++i) {
        const UnaryOp op = static_cast<UnaryOp>(i);
        SCOPED_TRACE(i);
        onEveryPath(
            in.size(),
            [&](float *out, KernelPath path, ThreadPool &pool) {
                std::copy(in.begin(), in.end(), out); // in place
                unaryElementwise(op, {-0.25F, 1.5F}, out, out, static_cast<std::int64_t>(in.size()), path, pool);
            },
            [&](const std::vector<float> &out) {
                for (std::size_t at = 0; at < out.size(); ++at) {
                    if (std::isnan(in[at])) {
                        ASSERT_TRUE(std::isnan(out[at]));
                        continue;
                    }
                    const double expected = exact(op, in[at]);
                    if (std::isnan(expected)) // an infinity times zero
                        continue;
                    if (std::isinf(expected))
                        ASSERT_EQ(out[at], static_cast<float>(expected));
                    else // the hard forms subtract nearly equal numbers: their error follows their input
                        ASSERT_NEAR(out[at], expected,
                                    1e-6 * std::abs(expected) + 1e-35 +
                                        (op >= UnaryOp::HardSigmoid ? 2e-7 * (std::abs(in[at]) + 1) : 0.0))
                            << in[at];
                }
            });
    }
}

TEST(FastPooling, maxAndAverageFollowTheirDefinition)
{
    std::mt19937 random(5);
    const auto range = [&](int low, int high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); };
    int tried = 0;
    while (tried < 80) {
        ConvGeometry g;
        g.n = range(1, 2);
        g.h = range(1, 15);
        g.w = range(1, 15);
        g.cin = g.cout = range(1, 40);
        g.kh = range(1, 5);
        g.kw = range(1, 5);
        g.strideH = range(1, 3);
        g.strideW = range(1, 3);
        g.padTop = range(0, 3);
        g.padLeft = range(0, 6);
        g.padBottom = range(0, 6);
        g.padRight = range(0, 3);
        g.dilationH = range(1, 2);
        g.dilationW = range(1, 2);
        if (!g.computeOutput(range(0, 1) == 1).hasValue())
            continue;
        ++tried;
        const std::vector<float> in = noise(g.n * g.h * g.w * g.cin, static_cast<unsigned>(tried));
        for (int kind = 0; kind < 3; ++kind) { // max, average, average that counts the padding
            onEveryPath(
                static_cast<std::size_t>(g.outputPixels() * g.cin),
                [&](float *out, KernelPath path, ThreadPool &pool) {
                    if (kind == 0)
                        maxPool(g, in.data(), out, path, pool);
                    else
                        averagePool(g, kind == 2, in.data(), out, path, pool);
                },
                [&](const std::vector<float> &out) {
                    for (std::int64_t at = 0; at < static_cast<std::int64_t>(out.size()); ++at) {
                        const std::int64_t c = at % g.cin;
                        const std::int64_t x = at / g.cin % g.outW;
                        const std::int64_t y = at / g.cin / g.outW % g.outH;
                        const std::int64_t n = at / g.cin / g.outW / g.outH;
                        double largest = -infinity;
                        double sum = 0;
                        int inside = 0;
                        int insidePadded = 0;
                        for (std::int64_t ky = 0; ky < g.kh; ++ky) {
                            for (std::int64_t kx = 0; kx < g.kw; ++kx) {
                                const std::int64_t row = y * g.strideH - g.padTop + ky * g.dilationH;
                                const std::int64_t column = x * g.strideW - g.padLeft + kx * g.dilationW;
                                insidePadded += row < g.h + g.padBottom && column < g.w + g.padRight ? 1 : 0;
                                if (row < 0 || row >= g.h || column < 0 || column >= g.w)
                                    continue;
                                const double value = in[static_cast<std::size_t>(((n * g.h + row) * g.w + column) * g.cin + c)];
                                largest = std::max(largest, value);
                                sum += value;
                                ++inside;
                            }
                        }
                        const int divisor = kind == 2 ? insidePadded : inside;
                        const double expected = kind == 0 ? largest : divisor == 0 ? 0.0 : sum / divisor;
                        if (std::isinf(expected))
                            ASSERT_EQ(out[static_cast<std::size_t>(at)], -infinity);
                        else
                            ASSERT_NEAR(out[static_cast<std::size_t>(at)], expected, 2e-6)
                                << "kind " << kind << " element " << at;
                    }
                });
        }
    }
}

TEST(FastPooling, globalAverage)
{
    for (const std::int64_t pixels : {1, 49, 64, 65, 5000}) {
        for (const std::int64_t channels : {1, 7, 32, 75}) {
            const std::int64_t n = 2;
            const std::vector<float> in = noise(n * pixels * channels, 9);
            onEveryPath(
                static_cast<std::size_t>(n * channels),
                [&](float *out, KernelPath path, ThreadPool &pool) {
                    globalAveragePool(n, pixels, channels, in.data(), out, path, pool);
                },
                [&](const std::vector<float> &out) {
                    for (std::int64_t i = 0; i < n * channels; ++i) {
                        double sum = 0;
                        for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
                            sum += in[static_cast<std::size_t>((i / channels * pixels + pixel) * channels + i % channels)];
                        ASSERT_NEAR(out[static_cast<std::size_t>(i)], sum / static_cast<double>(pixels), 1e-6);
                    }
                });
        }
    }
}

TEST(FastLayout, transposesEverySize)
{
    for (const std::int64_t channels : {1, 3, 4, 8, 17, 64, 70}) {
        for (const std::int64_t pixels : {1, 3, 4, 5, 63, 64, 65, 131, 1000}) {
            const std::int64_t n = 2;
            const std::vector<float> in = noise(n * channels * pixels, 17);
            onEveryPath(
                in.size(),
                [&](float *out, KernelPath path, ThreadPool &pool) {
                    nchwToNhwc(n, channels, pixels, in.data(), out, path, pool);
                },
                [&](const std::vector<float> &out) {
                    for (std::int64_t i = 0; i < static_cast<std::int64_t>(out.size()); ++i) {
                        const std::int64_t c = i % channels;
                        const std::int64_t pixel = i / channels % pixels;
                        const std::int64_t image = i / channels / pixels;
                        ASSERT_EQ(out[static_cast<std::size_t>(i)],
                                  in[static_cast<std::size_t>((image * channels + c) * pixels + pixel)]);
                    }
                });
            onEveryPath(
                in.size(),
                [&](float *out, KernelPath path, ThreadPool &pool) {
                    nhwcToNchw(n, channels, pixels, in.data(), out, path, pool);
                },
                [&](const std::vector<float> &out) {
                    for (std::int64_t i = 0; i < static_cast<std::int64_t>(out.size()); ++i) {
                        const std::int64_t pixel = i % pixels;
                        const std::int64_t c = i / pixels % channels;
                        const std::int64_t image = i / channels / pixels;
                        ASSERT_EQ(out[static_cast<std::size_t>(i)],
                                  in[static_cast<std::size_t>((image * pixels + pixel) * channels + c)]);
                    }
                });
        }
    }
}

TEST(FastQuantize, tiesInfinitiesAndNanByHand)
{
    // scale 0.5, zero point 3, 0..7: values worked out by hand
    const QuantGrid grid{0.5F, 3, 0, 7};
    const std::vector<float> in{0.25F, 0.75F, -0.25F, -0.75F, 1.25F, 0.26F, 9.0F, -9.0F, infinity, -infinity, nan, 3e38F, 0.0F};
    const std::vector<float> expected{0.0F, 1.0F, 0.0F, -1.0F, 1.0F, 0.5F, 2.0F, -1.5F, 2.0F, -1.5F, -1.5F, 2.0F, 0.0F};
    onEveryPath(
        in.size(),
        [&](float *out, KernelPath path, ThreadPool &pool) {
            quantizeDequantize(grid, in.data(), out, static_cast<std::int64_t>(in.size()), path, pool);
        },
        [&](const std::vector<float> &out) { EXPECT_EQ(out, expected); });
}

TEST(FastQuantize, perTensorAndPerChannelEqualTheDefinition)
{
    const auto definition = [](float x, float scale, int zeroPoint, int qmin, int qmax) {
        const float q = std::nearbyint(x / scale) + static_cast<float>(zeroPoint);
        return static_cast<float>(std::clamp(static_cast<int>(std::clamp(q, -1e6F, 1e6F)), qmin, qmax) - zeroPoint) * scale;
    };
    const std::vector<float> in = noise(2 * 33 * 77, 31, 3.0F);
    onEveryPath(
        in.size(),
        [&](float *out, KernelPath path, ThreadPool &pool) {
            quantizeDequantize({0.0173F, 120, 0, 255}, in.data(), out, static_cast<std::int64_t>(in.size()), path, pool);
        },
        [&](const std::vector<float> &out) {
            for (std::size_t i = 0; i < out.size(); ++i)
                ASSERT_EQ(out[i], definition(in[i], 0.0173F, 120, 0, 255));
        });
    std::vector<float> scales = noise(77, 32);
    std::vector<std::int32_t> zeroPoints(77);
    for (std::size_t c = 0; c < scales.size(); ++c) {
        scales[c] = std::abs(scales[c]) + 0.001F;
        zeroPoints[c] = static_cast<std::int32_t>(c) - 40;
    }
    for (const bool lastDimension : {true, false}) {
        const std::int64_t outer = lastDimension ? 66 : 2;
        const std::int64_t inner = lastDimension ? 1 : 33;
        onEveryPath(
            in.size(),
            [&](float *out, KernelPath path, ThreadPool &pool) {
                std::copy(in.begin(), in.end(), out); // in place
                quantizeDequantizePerChannel({1, 0, -128, 127}, scales.data(), zeroPoints.data(), out, out, outer, 77, inner,
                                             path, pool);
            },
            [&](const std::vector<float> &out) {
                for (std::size_t i = 0; i < out.size(); ++i) {
                    const std::size_t c = i / static_cast<std::size_t>(inner) % 77;
                    ASSERT_EQ(out[i], definition(in[i], scales[c], zeroPoints[c], -128, 127)) << i;
                }
            });
    }
}

} // namespace
