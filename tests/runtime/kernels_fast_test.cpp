// SPDX-License-Identifier: Apache-2.0
// Convolution and matrix product against plain loops in double precision, on every path and for several team sizes.
#include <runtime/base/thread_pool.h>
#include <runtime/kernels/fast/conv.h>
#include <runtime/kernels/fast/gemm.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace nordlys::runtime;

constexpr double relativeBound = 1e-5; // of the sum of the magnitudes that were added up

class Noise
{
public:
    explicit Noise(unsigned seed) : m_random(seed) {}
    std::vector<float> floats(std::int64_t count)
    {
        std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float &value : values)
            value = uniform(m_random);
        return values;
    }
    std::int64_t range(std::int64_t low, std::int64_t high)
    {
        return std::uniform_int_distribution<std::int64_t>(low, high)(m_random);
    }

private:
    std::mt19937 m_random;
};

struct Exact {
    double value = 0;
    double magnitude = 0; // what the rounding error is proportional to
    void add(double a, double b)
    {
        value += a * b;
        magnitude += std::abs(a * b);
    }
};

double finish(Exact sum, const Epilogue &epilogue)
{
    if (epilogue.activation == FusedActivation::Relu)
        return std::max(0.0, sum.value);
    if (epilogue.activation == FusedActivation::Clip)
        return std::min<double>(epilogue.clipHigh, std::max<double>(epilogue.clipLow, sum.value));
    return sum.value;
}

std::vector<KernelPath> paths()
{
    std::vector<KernelPath> all{KernelPath::Generic};
    if (avx2Available())
        all.push_back(KernelPath::Avx2);
    return all;
}

Epilogue someEpilogue(Noise &noise, const float *residual)
{
    Epilogue epilogue;
    epilogue.residual = noise.range(0, 1) == 0 ? nullptr : residual;
    epilogue.activation = static_cast<FusedActivation>(noise.range(0, 2));
    epilogue.clipLow = -0.3F;
    epilogue.clipHigh = 0.4F;
    return epilogue;
}

std::string describe(const ConvGeometry &g)
{
    const std::int64_t all[] = {g.n,       g.h,      g.w,       g.cin,       g.cout,     g.kh,        g.kw,        g.strideH,
                                g.strideW, g.padTop, g.padLeft, g.padBottom, g.padRight, g.dilationH, g.dilationW, g.groups};
    std::string text = "n h w cin cout kh kw sh sw pads dh dw groups:";
    for (const std::int64_t value : all)
        text += " " + std::to_string(value);
    return text;
}

/// Runs one convolution on every path with 1, 2 and 3 threads and compares with the definition.
void checkConv(const ConvGeometry &g, Noise &noise)
{
    SCOPED_TRACE(describe(g));
    const std::int64_t channels = g.cin / g.groups;
    const std::vector<float> in = noise.floats(g.n * g.h * g.w * g.cin);
    const std::vector<float> weights = noise.floats(g.cout * channels * g.kh * g.kw);
    const std::vector<float> bias = noise.floats(g.cout);
    const std::vector<float> residual = noise.floats(g.outputPixels() * g.cout);
    const Epilogue epilogue = someEpilogue(noise, residual.data());
    const bool withBias = noise.range(0, 3) != 0;

    std::vector<Exact> sums(residual.size());
    for (std::int64_t at = 0; at < static_cast<std::int64_t>(sums.size()); ++at) {
        const std::int64_t c = at % g.cout;
        const std::int64_t x = at / g.cout % g.outW;
        const std::int64_t y = at / g.cout / g.outW % g.outH;
        const std::int64_t n = at / g.cout / g.outW / g.outH;
        Exact &sum = sums[static_cast<std::size_t>(at)];
        for (std::int64_t ky = 0; ky < g.kh; ++ky) {
            for (std::int64_t kx = 0; kx < g.kw; ++kx) {
                const std::int64_t row = y * g.strideH - g.padTop + ky * g.dilationH;
                const std::int64_t column = x * g.strideW - g.padLeft + kx * g.dilationW;
                if (row < 0 || row >= g.h || column < 0 || column >= g.w)
                    continue;
                for (std::int64_t i = 0; i < channels; ++i) {
                    const std::int64_t from = ((n * g.h + row) * g.w + column) * g.cin + c / (g.cout / g.groups) * channels + i;
                    sum.add(in[static_cast<std::size_t>(from)],
                            weights[static_cast<std::size_t>(((c * channels + i) * g.kh + ky) * g.kw + kx)]);
                }
            }
        }
        if (withBias)
            sum.add(bias[static_cast<std::size_t>(c)], 1);
        if (epilogue.residual != nullptr)
            sum.add(residual[static_cast<std::size_t>(at)], 1);
    }

    auto conv = PackedConv::pack({g.cin, g.cout, g.kh, g.kw, g.groups}, weights.data(), withBias ? bias.data() : nullptr);
    ASSERT_TRUE(conv.hasValue());
    ASSERT_TRUE(conv->check(g).hasValue());
    for (const KernelPath path : paths()) {
        conv->usePath(path);
        std::vector<float> first;
        for (const int threads : {1, 2, 3}) {
            SCOPED_TRACE(std::string(conv->kernelName()) + " threads " + std::to_string(threads));
            ThreadPool pool(threads);
            auto scratch = AlignedBuffer::create(conv->scratchBytes(g, threads));
            ASSERT_TRUE(scratch.hasValue());
            if (scratch->size() > 0)
                std::memset(scratch->data(), 0xff, scratch->size()); // NaN: whoever reads before writing is seen
            // One guard value beyond the end: a masked store that is too wide is seen.
            std::vector<float> out(residual.size() + 1, -77.0F);
            conv->run(g, in.data(), out.data(), epilogue, pool, scratch->bytes());
            ASSERT_EQ(out.back(), -77.0F);
            out.pop_back();
            if (first.empty()) {
                first = out;
                for (std::size_t i = 0; i < out.size(); ++i)
                    ASSERT_NEAR(out[i], finish(sums[i], epilogue), relativeBound * sums[i].magnitude + 1e-12) << "element " << i;
            }
            ASSERT_EQ(std::memcmp(first.data(), out.data(), out.size() * sizeof(float)), 0);
        }
    }
}

ConvGeometry randomGeometry(Noise &noise)
{
    for (;;) {
        ConvGeometry g;
        g.n = noise.range(1, 2);
        g.h = noise.range(1, 19);
        g.w = noise.range(1, 19);
        g.cin = noise.range(1, 40);
        g.cout = noise.range(1, 40);
        g.kh = noise.range(1, 5);
        g.kw = noise.range(1, 5);
        g.strideH = noise.range(1, 3);
        g.strideW = noise.range(1, 3);
        g.padTop = noise.range(0, 3);
        g.padLeft = noise.range(0, 6);
        g.padBottom = noise.range(0, 6);
        g.padRight = noise.range(0, 3);
        g.dilationH = noise.range(1, 3);
        g.dilationW = noise.range(0, 1) == 0 ? 1 : noise.range(1, 3);
        if (g.computeOutput().hasValue())
            return g;
    }
}

TEST(FastConv, denseMatchesTheDefinition)
{
    Noise noise(11);
    for (int i = 0; i < 60; ++i)
        checkConv(randomGeometry(noise), noise);
}

TEST(FastConv, pointwiseMatchesTheDefinition)
{
    Noise noise(12);
    for (int i = 0; i < 40; ++i) {
        ConvGeometry g = randomGeometry(noise);
        g.kh = g.kw = g.dilationH = g.dilationW = 1;
        if (i % 3 != 0)
            g.strideH = g.strideW = 1;
        if (i % 4 != 0)
            g.padTop = g.padLeft = g.padBottom = g.padRight = 0;
        if (i % 5 == 0)
            g.cout = noise.range(60, 150);
        ASSERT_TRUE(g.computeOutput().hasValue());
        checkConv(g, noise);
    }
}

TEST(FastConv, depthwiseMatchesTheDefinition)
{
    Noise noise(13);
    for (int i = 0; i < 120; ++i) {
        ConvGeometry g = randomGeometry(noise);
        g.cin = g.cout = g.groups = noise.range(2, 40);
        if (i % 3 != 0) { // the shapes with kernels of their own
            g.kh = g.kw = i % 3 == 1 ? 3 : 5;
            g.strideH = g.strideW = noise.range(1, 2);
            g.dilationH = g.dilationW = 1;
            g.h += 4;
            g.w += 4;
        }
        ASSERT_TRUE(g.computeOutput().hasValue());
        checkConv(g, noise);
    }
}

TEST(FastConv, groupedMatchesTheDefinition)
{
    Noise noise(14);
    for (int i = 0; i < 40; ++i) {
        ConvGeometry g = randomGeometry(noise);
        g.groups = noise.range(2, 5);
        g.cin = g.groups * noise.range(1, 6);
        g.cout = g.groups * noise.range(1, 20); // 1 channel in and several out: depthwise with a multiplier
        ASSERT_TRUE(g.computeOutput().hasValue());
        checkConv(g, noise);
    }
}

TEST(FastConv, largeEnoughForManyBlocksAndForFewPixels)
{
    Noise noise(15);
    ConvGeometry g;
    g.h = g.w = 57;
    g.cin = 3;
    g.cout = 24;
    g.kh = g.kw = 3;
    g.strideH = g.strideW = 2;
    g.padTop = g.padLeft = g.padBottom = g.padRight = 1;
    ASSERT_TRUE(g.computeOutput().hasValue());
    checkConv(g, noise);
    g.h = g.w = 7;
    g.cin = 70;
    g.cout = 200;
    g.strideH = g.strideW = 1;
    ASSERT_TRUE(g.computeOutput().hasValue());
    checkConv(g, noise);
}

TEST(FastConv, packedBytesRunAgainWithoutPacking)
{
    Noise noise(16);
    ConvGeometry g = randomGeometry(noise);
    const std::vector<float> in = noise.floats(g.n * g.h * g.w * g.cin);
    auto conv = PackedConv::pack({g.cin, g.cout, g.kh, g.kw, 1}, noise.floats(g.cout * g.cin * g.kh * g.kw).data(), nullptr);
    ASSERT_TRUE(conv.hasValue());
    const auto packed = conv->packedBytes();
    std::vector<std::byte> copy(packed.begin(), packed.end());
    auto again = PackedConv::fromPacked(conv->params(), copy);
    ASSERT_TRUE(again.hasValue());
    EXPECT_EQ(again->packedBytes().data(), copy.data());
    ThreadPool pool(1);
    auto scratch = AlignedBuffer::create(conv->scratchBytes(g, 1));
    std::vector<float> a(static_cast<std::size_t>(g.outputPixels() * g.cout));
    std::vector<float> b(a.size());
    conv->run(g, in.data(), a.data(), {}, pool, scratch->bytes());
    again->run(g, in.data(), b.data(), {}, pool, scratch->bytes());
    EXPECT_EQ(a, b);
    EXPECT_FALSE(PackedConv::fromPacked(conv->params(), std::span(copy).first(copy.size() - 4)).hasValue());
    std::vector<std::byte> shifted(copy.size() + 8);
    const std::size_t odd = reinterpret_cast<std::uintptr_t>(shifted.data()) % 4 == 0 ? 1 : 0;
    EXPECT_FALSE(PackedConv::fromPacked(conv->params(), std::span(shifted).subspan(odd, copy.size())).hasValue());
}

// The layout is stored in files: these positions follow from its description, not from the code.
TEST(FastConv, packedLayoutIsTheDocumentedOne)
{
    ASSERT_EQ(packedLayoutVersion, 1U);
    std::vector<float> weights(18 * 2 * 1 * 3); // cout 18, cin 2, kernel 1x3
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = static_cast<float>(i + 1);
    std::vector<float> bias(18);
    bias[17] = 7;
    auto conv = PackedConv::pack({2, 18, 1, 3, 1}, weights.data(), bias.data());
    ASSERT_TRUE(conv.hasValue());
    const float *packed = reinterpret_cast<const float *>(conv->packedBytes().data());
    ASSERT_EQ(conv->packedBytes().size(), 4U * 32 * (1 + 6));
    EXPECT_EQ(packed[17], 7.0F);
    // output channel 17, kx 2, input channel 1: second panel, k = 2 * 2 + 1, column 1
    EXPECT_EQ(packed[32 + 6 * 16 + 5 * 16 + 1], weights[(17 * 2 + 1) * 3 + 2]);
    EXPECT_EQ(packed[32 + 6 * 16 + 5 * 16 + 2], 0.0F);
    auto depthwise = PackedConv::pack({18, 18, 1, 3, 18}, weights.data(), nullptr);
    ASSERT_TRUE(depthwise.hasValue());
    packed = reinterpret_cast<const float *>(depthwise->packedBytes().data());
    EXPECT_EQ(packed[32 + 3 * 16 + 2 * 16 + 1], weights[17 * 3 + 2]);
}

TEST(FastConv, impossibleSizesAreErrors)
{
    const std::int64_t huge = std::numeric_limits<std::int64_t>::max() / 2;
    for (const ConvParams &params :
         {ConvParams{0, 1, 1, 1, 1}, ConvParams{-3, 1, 1, 1, 1}, ConvParams{huge, huge, 3, 3, 1}, ConvParams{1, huge, 1, 1, 1},
          ConvParams{5, 4, 1, 1, 2}, ConvParams{4, 4, 1, 1, 0}, ConvParams{1 << 20, 1 << 20, 1 << 20, 1 << 20, 1}})
        EXPECT_FALSE(PackedConv::packedSize(params).hasValue());
    ConvGeometry g;
    g.h = g.w = 4;
    g.cin = g.cout = 1;
    g.kh = 6;
    EXPECT_FALSE(g.computeOutput().hasValue()); // kernel larger than the image
    g.kh = 1;
    g.strideW = 0;
    EXPECT_FALSE(g.computeOutput().hasValue());
    g.strideW = 1;
    g.padLeft = -1;
    EXPECT_FALSE(g.computeOutput().hasValue());
    g.padLeft = huge;
    EXPECT_FALSE(g.computeOutput().hasValue());
    g.padLeft = (std::int64_t{1} << 31) - 1;
    g.padTop = g.padLeft;
    EXPECT_FALSE(g.computeOutput().hasValue()); // 2^62 output pixels
    EXPECT_FALSE(PackedMatrix::packedSize({huge, 8}).hasValue());
    EXPECT_FALSE(PackedMatrix::packedSize({8, 0}).hasValue());
}

TEST(FastGemm, matchesTheDefinition)
{
    Noise noise(21);
    for (int i = 0; i < 80; ++i) {
        const std::int64_t m = i % 4 == 0 ? 1 : noise.range(1, 220);
        const std::int64_t k = noise.range(1, i % 7 == 0 ? 700 : 60);
        const std::int64_t n = noise.range(1, 150);
        const std::int64_t lda = k + noise.range(0, 5);
        const std::int64_t ldc = n + noise.range(0, 5);
        SCOPED_TRACE("m " + std::to_string(m) + " k " + std::to_string(k) + " n " + std::to_string(n));
        const std::vector<float> a = noise.floats(m * lda);
        const std::vector<float> b = noise.floats(k * n);
        const std::vector<float> bias = noise.floats(n);
        const std::vector<float> residual = noise.floats(m * ldc);
        const Epilogue epilogue = someEpilogue(noise, residual.data());
        const bool transposed = noise.range(0, 1) == 1;
        auto matrix = PackedMatrix::pack({k, n}, b.data(),
                                         transposed ? PackedMatrix::Order::RowsAreN : PackedMatrix::Order::RowsAreK, bias.data());
        ASSERT_TRUE(matrix.hasValue());
        auto view = PackedMatrix::fromPacked({k, n}, matrix->packedBytes());
        ASSERT_TRUE(view.hasValue());
        for (const KernelPath path : paths()) {
            view->usePath(path);
            std::vector<float> first;
            for (const int threads : {1, 2, 3}) {
                ThreadPool pool(threads);
                std::vector<float> c(residual.size(), -77.0F);
                view->run(m, a.data(), lda, c.data(), ldc, epilogue, pool);
                if (first.empty())
                    first = c;
                ASSERT_EQ(std::memcmp(first.data(), c.data(), c.size() * sizeof(float)), 0);
            }
            for (std::int64_t row = 0; row < m; ++row) {
                for (std::int64_t column = 0; column < ldc; ++column) {
                    const std::size_t at = static_cast<std::size_t>(row * ldc + column);
                    if (column >= n) {
                        ASSERT_EQ(first[at], -77.0F) << "a column beyond the matrix was written";
                        continue;
                    }
                    Exact sum;
                    sum.add(bias[static_cast<std::size_t>(column)], 1);
                    for (std::int64_t i2 = 0; i2 < k; ++i2)
                        sum.add(a[static_cast<std::size_t>(row * lda + i2)],
                                b[static_cast<std::size_t>(transposed ? column * k + i2 : i2 * n + column)]);
                    if (epilogue.residual != nullptr)
                        sum.add(residual[at], 1);
                    ASSERT_NEAR(first[at], finish(sum, epilogue), relativeBound * sum.magnitude + 1e-12) << row << " " << column;
                }
            }
        }
    }
}

TEST(FastGemm, nanPassesThroughTheActivation)
{
    const std::vector<float> one(16 * 3, 1.0F);
    const std::vector<float> a{1.0F, std::numeric_limits<float>::quiet_NaN(), 1.0F};
    auto matrix = PackedMatrix::pack({3, 16}, one.data(), PackedMatrix::Order::RowsAreK, nullptr);
    ASSERT_TRUE(matrix.hasValue());
    ThreadPool pool(1);
    for (const KernelPath path : paths()) {
        for (const FusedActivation activation : {FusedActivation::None, FusedActivation::Relu, FusedActivation::Clip}) {
            matrix->usePath(path);
            std::vector<float> c(16);
            matrix->run(1, a.data(), 3, c.data(), 16, Epilogue{nullptr, activation}, pool);
            EXPECT_TRUE(std::all_of(c.begin(), c.end(), [](float value) { return std::isnan(value); }));
        }
    }
}

} // namespace
