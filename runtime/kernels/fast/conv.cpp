// SPDX-License-Identifier: Apache-2.0
#include "conv.h"

#include "checked_size.h"
#include "depthwise_kernels.h"
#include "im2col.h"
#include "packed_bytes.h"

#include <runtime/base/grain.h>
#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace nordlys::runtime {

namespace {

std::int64_t panelsOf(std::int64_t columns) { return (columns + panelColumns - 1) / panelColumns; }

bool isDepthwiseParams(const ConvParams &p) { return p.groups > 1 && p.groups == p.cin && p.cin == p.cout; }

// One block of the packed layout: bias and panels of one group, or of all channels of a depthwise convolution.
struct BlockShape {
    std::int64_t blocks;
    std::int64_t columns;
    std::int64_t depth;
    [[nodiscard]] std::int64_t floats() const { return panelsOf(columns) * panelColumns * (depth + 1); }
};

BlockShape blockShape(const ConvParams &p)
{
    if (isDepthwiseParams(p))
        return {1, p.cout, p.kh * p.kw};
    return {p.groups, p.cout / p.groups, p.cin / p.groups * p.kh * p.kw};
}

bool needsNoGather(const ConvGeometry &g)
{
    return g.kh == 1 && g.kw == 1 && g.strideH == 1 && g.strideW == 1 && g.padTop == 0 && g.padLeft == 0 && g.outH == g.h &&
           g.outW == g.w;
}

// Few output pixels: gather all of them once and split the product by columns, instead of gathering per block of rows.
bool gathersAtOnce(const ConvGeometry &g) { return g.groups == 1 && g.outputPixels() <= 256; }

// Output columns [begin, end) whose kernel columns all lie inside the image.
struct InnerColumns {
    std::int64_t begin;
    std::int64_t end;
};
InnerColumns innerColumns(const ConvGeometry &g)
{
    const std::int64_t begin = std::min(g.outW, (g.padLeft + g.strideW - 1) / g.strideW);
    const std::int64_t room = g.w - g.kw + g.padLeft;
    return {begin, room < 0 ? begin : std::clamp(room / g.strideW + 1, begin, g.outW)};
}

std::int64_t edgeColumns(const ConvGeometry &g)
{
    const InnerColumns inner = innerColumns(g);
    return std::max(inner.begin, g.outW - inner.end);
}

// Whether the product reads the image where it lies. It runs one output row at a time, so the weights must stay in the
// second-level cache from row to row and the row must be long enough for whole tiles.
bool readsInPlace(const ConvGeometry &g)
{
    constexpr std::int64_t weightFloats = 64 * 1024;
    const InnerColumns inner = innerColumns(g);
    return g.groups == 1 && g.dilationW == 1 && g.kh * g.kw > 1 && inner.end - inner.begin >= 12 &&
           g.kh * g.kw * g.cin * g.cout <= weightFloats;
}

} // namespace

core::Expected<std::size_t> PackedConv::packedSize(const ConvParams &p)
{
    const auto wrong = [](const char *why) { return core::badInput("convolution weights", why); };
    for (const std::int64_t size : {p.cin, p.cout, p.kh, p.kw, p.groups}) {
        if (size < 1 || size > maxElements)
            return wrong("a size is not positive or too large");
    }
    if (p.cin % p.groups != 0 || p.cout % p.groups != 0)
        return wrong("the channels are no multiple of the groups");
    if (!checkedProduct({p.cin, p.kh, p.kw}, maxElements))
        return wrong("they are too large");
    const BlockShape shape = blockShape(p);
    const auto floats = checkedProduct({shape.blocks, panelsOf(shape.columns), panelColumns, shape.depth + 1}, maxElements);
    if (!floats)
        return wrong("they are too large");
    return static_cast<std::size_t>(*floats) * sizeof(float);
}

core::Expected<PackedConv> PackedConv::pack(const ConvParams &params, const float *weightsOihw, const float *bias)
{
    const auto size = packedSize(params);
    if (!size)
        return size.error();
    auto buffer = AlignedBuffer::create(*size);
    if (!buffer)
        return std::move(buffer.error());
    PackedConv conv;
    conv.m_params = params;
    conv.m_owned = std::move(*buffer);
    conv.m_bytes = conv.m_owned.bytes();
    std::memset(conv.m_owned.data(), 0, *size);
    const BlockShape shape = blockShape(params);
    const std::int64_t taps = params.kh * params.kw;
    const std::int64_t channels = params.cin / params.groups; // 1 for depthwise, whose depth is the taps alone
    for (std::int64_t block = 0; block < shape.blocks; ++block) {
        float *packed = reinterpret_cast<float *>(conv.m_owned.data()) + block * shape.floats();
        float *panels = packed + panelsOf(shape.columns) * panelColumns;
        if (bias != nullptr)
            std::copy_n(bias + block * shape.columns, shape.columns, packed);
        for (std::int64_t column = 0; column < shape.columns; ++column) {
            const float *from = weightsOihw + (block * shape.columns + column) * channels * taps;
            float *to = panels + column / panelColumns * shape.depth * panelColumns + column % panelColumns;
            for (std::int64_t channel = 0; channel < channels; ++channel) {
                for (std::int64_t tap = 0; tap < taps; ++tap)
                    to[(tap * channels + channel) * panelColumns] = *from++;
            }
        }
    }
    return conv;
}

core::Expected<PackedConv> PackedConv::fromPacked(const ConvParams &params, std::span<const std::byte> packed)
{
    const auto size = packedSize(params);
    if (!size)
        return size.error();
    NORDLYS_TRY(checkPackedBytes("convolution", *size, packed));
    PackedConv conv;
    conv.m_params = params;
    conv.m_bytes = packed;
    return conv;
}

core::Expected<void> PackedConv::check(const ConvGeometry &g) const
{
    NORDLYS_TRY(g.check());
    if (g.cin != m_params.cin || g.cout != m_params.cout || g.kh != m_params.kh || g.kw != m_params.kw ||
        g.groups != m_params.groups)
        return core::badInput("convolution", "its shape does not belong to its packed weights");
    return {};
}

std::size_t PackedConv::scratchBytes(const ConvGeometry &g, int threads) const
{
    if (isDepthwise() || (g.groups == 1 && needsNoGather(g)))
        return 0;
    if (readsInPlace(g))
        return static_cast<std::size_t>(edgeColumns(g) * depth() * threads) * sizeof(float);
    const std::int64_t rows =
        gathersAtOnce(g) ? g.outputPixels() : std::min(g.outputPixels(), gemmRowsPerBlock(depth())) * threads;
    return static_cast<std::size_t>(rows * depth()) * sizeof(float);
}

void PackedConv::run(const ConvGeometry &g, const float *in, float *out, const Epilogue &epilogue, ThreadPool &pool,
                     std::span<std::byte> scratch) const
{
    const float *bias = reinterpret_cast<const float *>(m_bytes.data());
    if (isDepthwise()) {
        DepthwiseArgs args;
        args.geometry = g;
        args.in = in;
        args.bias = bias;
        args.panels = bias + panelsOf(m_params.cout) * panelColumns;
        args.out = out;
        args.epilogue = epilogue;
        depthwiseParallel(args, m_path, pool);
        return;
    }
    if (g.groups == 1 && needsNoGather(g)) {
        GemmArgs args = groupProduct(g, out, epilogue, 0);
        args.a = in;
        args.m = g.outputPixels();
        gemmParallel(args, m_path, pool);
        return;
    }
    if (readsInPlace(g))
        runDirect(g, in, out, epilogue, pool, reinterpret_cast<float *>(scratch.data()));
    else
        runGathered(g, in, out, epilogue, pool, reinterpret_cast<float *>(scratch.data()));
}

GemmArgs PackedConv::groupProduct(const ConvGeometry &g, float *out, const Epilogue &epilogue, std::int64_t group) const
{
    const BlockShape shape = blockShape(m_params);
    GemmArgs args;
    args.lda = shape.depth;
    args.bias = reinterpret_cast<const float *>(m_bytes.data()) + group * shape.floats();
    args.panels = args.bias + panelsOf(shape.columns) * panelColumns;
    args.panelStride = shape.depth * panelColumns;
    args.c = out + group * shape.columns;
    args.ldc = g.cout;
    args.n = shape.columns;
    args.k = shape.depth;
    args.epilogue = epilogue;
    if (epilogue.residual != nullptr)
        args.epilogue.residual = epilogue.residual + group * shape.columns;
    return args;
}

void PackedConv::runDirect(const ConvGeometry &g, const float *in, float *out, const Epilogue &epilogue, ThreadPool &pool,
                           float *scratch) const
{
    const InnerColumns inner = innerColumns(g);
    const std::int64_t edge = edgeColumns(g);
    const std::int64_t panels = panelsOf(g.cout);
    const std::int64_t rowFloats = g.kw * g.cin; // one kernel row, contiguous in the image
    pool.parallelFor(static_cast<std::size_t>(g.n * g.outH), grainFor(g.outW * g.cout * depth()),
                     [&](std::size_t begin, std::size_t end, int worker) {
                         float *taps = scratch + worker * edge * depth();
                         for (std::int64_t row = static_cast<std::int64_t>(begin); row < static_cast<std::int64_t>(end); ++row) {
                             const auto columns = [&](std::int64_t from, std::int64_t until) {
                                 GemmArgs args = groupProduct(g, out, epilogue, 0);
                                 args.c += (row * g.outW + from) * g.cout;
                                 if (args.epilogue.residual != nullptr)
                                     args.epilogue.residual += (row * g.outW + from) * g.cout;
                                 args.m = until - from;
                                 return args;
                             };
                             const auto edgeProduct = [&](std::int64_t from, std::int64_t until) {
                                 if (from == until)
                                     return;
                                 im2col(g, in, 0, row * g.outW + from, row * g.outW + until, taps);
                                 GemmArgs args = columns(from, until);
                                 args.a = taps;
                                 gemmBlock(args, m_path, 0, args.m, 0, panels);
                             };
                             edgeProduct(0, inner.begin);
                             edgeProduct(inner.end, g.outW);
                             const std::int64_t top = row % g.outH * g.strideH - g.padTop;
                             const detail::TapRange rows = detail::tapsInside(top, g.h, g.kh, g.dilationH);
                             GemmArgs args = columns(inner.begin, inner.end);
                             args.segments = rows.end - rows.begin;
                             args.segmentStep = g.dilationH * g.w * g.cin;
                             args.k = args.segments * rowFloats;
                             args.panels += rows.begin * rowFloats * panelColumns;
                             args.lda = g.strideW * g.cin;
                             const std::int64_t left = inner.begin * g.strideW - g.padLeft;
                             args.a = in + ((row / g.outH * g.h + top + rows.begin * g.dilationH) * g.w + left) * g.cin;
                             gemmBlock(args, m_path, 0, args.m, 0, panels);
                         }
                     });
}

void PackedConv::runGathered(const ConvGeometry &g, const float *in, float *out, const Epilogue &epilogue, ThreadPool &pool,
                             float *scratch) const
{
    const BlockShape shape = blockShape(m_params);
    const std::int64_t pixels = g.outputPixels();
    const std::int64_t rowsPerBlock = std::min(pixels, gemmRowsPerBlock(shape.depth));
    const std::int64_t blocks = (pixels + rowsPerBlock - 1) / rowsPerBlock;
    if (gathersAtOnce(g)) {
        pool.parallelFor(static_cast<std::size_t>(pixels), 1, [&](std::size_t begin, std::size_t end, int) {
            im2col(g, in, 0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end),
                   scratch + static_cast<std::int64_t>(begin) * shape.depth);
        });
        GemmArgs args = groupProduct(g, out, epilogue, 0);
        args.a = scratch;
        args.m = pixels;
        gemmParallel(args, m_path, pool);
        return;
    }
    pool.parallelFor(static_cast<std::size_t>(shape.blocks * blocks), 1, [&](std::size_t begin, std::size_t end, int worker) {
        float *rows = scratch + worker * rowsPerBlock * shape.depth;
        for (std::int64_t task = static_cast<std::int64_t>(begin); task < static_cast<std::int64_t>(end); ++task) {
            const std::int64_t group = task / blocks;
            const std::int64_t first = task % blocks * rowsPerBlock;
            const std::int64_t last = std::min(pixels, first + rowsPerBlock);
            im2col(g, in, group, first, last, rows);
            GemmArgs args = groupProduct(g, out, epilogue, group);
            args.a = rows;
            args.c += first * g.cout;
            if (args.epilogue.residual != nullptr)
                args.epilogue.residual += first * g.cout;
            args.m = last - first;
            gemmBlock(args, m_path, 0, args.m, 0, panelsOf(shape.columns));
        }
    });
}

std::string_view PackedConv::kernelName() const
{
    const bool avx2 = m_path == KernelPath::Avx2;
    if (isDepthwise())
        return avx2 ? "conv_depthwise_f32_avx2" : "conv_depthwise_f32_generic";
    if (m_params.groups > 1)
        return avx2 ? "conv_grouped_f32_avx2" : "conv_grouped_f32_generic";
    if (m_params.kh == 1 && m_params.kw == 1)
        return avx2 ? "conv_pointwise_f32_avx2" : "conv_pointwise_f32_generic";
    return avx2 ? "conv_dense_f32_avx2" : "conv_dense_f32_generic";
}

} // namespace nordlys::runtime
