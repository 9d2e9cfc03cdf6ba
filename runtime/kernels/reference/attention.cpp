// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "reference.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::runtime::reference {

namespace {

/// batch, heads, length, width of Q, K, V or a cache, however the file lays them out.
struct Heads {
    std::int64_t batch = 0, heads = 0, length = 0, width = 0;
    std::int64_t batchStep = 0, headStep = 0, positionStep = 0;

    [[nodiscard]] std::int64_t at(std::int64_t b, std::int64_t h, std::int64_t position) const
    {
        return b * batchStep + h * headStep + position * positionStep;
    }
};

core::Expected<Heads> headsOf(const KernelCall &call, const TensorDesc &desc, std::string_view name, std::int64_t heads)
{
    const core::Dims &d = desc.dims;
    if (d.size() == 4)
        return Heads{d[0], d[1], d[2], d[3], d[1] * d[2] * d[3], d[2] * d[3], d[3]};
    if (d.size() != 3)
        return call.broken(std::string(name) + " has neither 3 nor 4 dimensions");
    if (heads < 1 || d[2] % heads != 0)
        return call.broken(std::string(name) + " of 3 dimensions needs a number of heads that divides its last one");
    const std::int64_t width = d[2] / heads;
    return Heads{d[0], heads, d[1], width, d[1] * d[2], width, d[2]};
}

struct AttentionShape {
    Heads q, k, v, pastK, pastV, y;
    std::int64_t past = 0, total = 0, group = 1;
    double scale = 1, softcap = 0;
    bool causal = false;
    std::int64_t outputMode = 0;
    bool hasMask = false, boolMask = false, hasLengths = false;
    Strides maskStrides{}; ///< batch, head, query, key; 0 where it is broadcast
    std::int64_t maskedKeys = 0; ///< keys that the mask states; those behind are masked
    bool presentKey = false, presentValue = false, scores = false;
};

core::Expected<void> readMask(const KernelCall &call, AttentionShape &s)
{
    if (!call.hasInput(3))
        return {};
    const TensorDesc &mask = call.inputs[3];
    const core::Dims box{s.q.batch, s.q.heads, s.q.length, s.total};
    if (mask.rank() < 1 || mask.rank() > 4 || mask.dims.back() > s.total)
        return call.broken("attn_mask has more than 4 dimensions or more keys than there are");
    if (mask.dtype != core::DType::Bool && mask.dtype != call.inputs[0].dtype)
        return call.broken("attn_mask is neither bool nor of the query's type");
    s.hasMask = true;
    s.boolMask = mask.dtype == core::DType::Bool;
    // Version 24 fills a short mask up with keys that are not seen; version 23 only broadcasts.
    const bool broadcastsKeys = call.opset < 24 && mask.dims.back() == 1;
    if (call.opset < 24 && !broadcastsKeys && mask.dims.back() != s.total)
        return call.broken("attn_mask cannot be broadcast to " + core::shapeText(box));
    s.maskedKeys = broadcastsKeys ? s.total : mask.dims.back();
    const Strides own = mask.strides();
    for (std::size_t i = 0; i < mask.rank(); ++i) {
        const std::size_t d = 4 - mask.rank() + i;
        if (d < 3 && mask.dims[i] != 1 && mask.dims[i] != box[d])
            return call.broken("attn_mask cannot be broadcast to " + core::shapeText(box));
        s.maskStrides[d] = (d < 3 || broadcastsKeys) && mask.dims[i] == 1 ? 0 : own[i];
    }
    return {};
}

core::Expected<AttentionShape> shapeOf(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    AttentionShape s;
    const std::int64_t queryHeads = call.intAttribute("q_num_heads", 0), keyHeads = call.intAttribute("kv_num_heads", 0);
    auto q = headsOf(call, call.inputs[0], "Q", queryHeads), k = headsOf(call, call.inputs[1], "K", keyHeads), v = headsOf(call, call.inputs[2], "V", keyHeads);
    NORDLYS_TRY(q);
    NORDLYS_TRY(k);
    NORDLYS_TRY(v);
    auto y = headsOf(call, call.outputs[0], "Y", q->heads);
    NORDLYS_TRY(y);
    s.q = *q;
    s.k = *k;
    s.v = *v;
    s.y = *y;
    if (k->batch != q->batch || v->batch != q->batch || k->width != q->width || v->heads != k->heads || v->length != k->length || k->heads < 1
        || q->heads % k->heads != 0)
        return call.broken("batch, heads, lengths or widths of Q, K and V do not fit");
    if (call.outputs[0].rank() != call.inputs[0].rank() || y->batch != q->batch || y->heads != q->heads || y->length != q->length || y->width != v->width)
        return call.broken("the output does not fit Q and V");
    s.group = q->heads / k->heads;
    if (call.hasInput(4) != call.hasInput(5))
        return call.broken("past_key and past_value only come together");
    if (call.hasInput(4)) {
        auto pastK = headsOf(call, call.inputs[4], "past_key", 0), pastV = headsOf(call, call.inputs[5], "past_value", 0);
        NORDLYS_TRY(pastK);
        NORDLYS_TRY(pastV);
        if (pastK->batch != k->batch || pastK->heads != k->heads || pastK->width != k->width || pastV->batch != v->batch || pastV->heads != v->heads
            || pastV->width != v->width || pastV->length != pastK->length)
            return call.broken("past_key or past_value does not fit K and V");
        s.pastK = *pastK;
        s.pastV = *pastV;
        s.past = pastK->length;
    }
    s.total = s.past + s.k.length;
    s.hasLengths = call.hasInput(6);
    if (s.hasLengths && (call.inputs[6].dtype != core::DType::Int64 || call.inputs[6].dims != core::Dims{s.q.batch}))
        return call.broken("nonpad_kv_seqlen needs one int64 per batch entry");
    for (const std::size_t i : {1U, 2U, 4U, 5U}) {
        if (call.hasInput(i) && call.inputs[i].dtype != call.inputs[0].dtype)
            return call.unsupported("keys or values of another type than the query have no kernel");
    }
    const core::Dims present[] = {{s.q.batch, s.k.heads, s.total, s.k.width}, {s.q.batch, s.k.heads, s.total, s.v.width},
                                  {s.q.batch, s.q.heads, s.q.length, s.total}};
    for (std::size_t i = 0; i < 3; ++i) {
        if (call.hasOutput(i + 1) && (call.outputs[i + 1].dims != present[i] || call.outputs[i + 1].dtype != call.inputs[0].dtype))
            return call.broken("output " + std::to_string(i + 1) + " has not the shape " + core::shapeText(present[i]));
    }
    if (call.outputs[0].dtype != call.inputs[0].dtype)
        return call.broken("the output has not the query's type");
    s.presentKey = call.hasOutput(1);
    s.presentValue = call.hasOutput(2);
    s.scores = call.hasOutput(3);
    s.causal = call.intAttribute("is_causal", 0) != 0;
    s.softcap = static_cast<double>(call.floatAttribute("softcap", 0));
    s.outputMode = call.intAttribute("qk_matmul_output_mode", 0);
    if (s.outputMode < 0 || s.outputMode > 3)
        return call.broken("qk_matmul_output_mode is not 0 to 3");
    const double natural = 1 / std::sqrt(static_cast<double>(s.q.width));
    s.scale = call.attribute("scale") != nullptr ? static_cast<double>(call.floatAttribute("scale", 1)) : natural;
    NORDLYS_TRY(readMask(call, s));
    return s;
}

/// Copies past and new keys or values behind each other: batch, heads, positions, width.
template <typename T>
void writePresent(const AttentionShape &s, const Heads &past, const T *pastData, const Heads &fresh, const T *freshData, T *out)
{
    for (std::int64_t b = 0; b < fresh.batch; ++b) {
        for (std::int64_t h = 0; h < fresh.heads; ++h) {
            for (std::int64_t j = 0; j < s.total; ++j) {
                const T *row = j < s.past ? pastData + past.at(b, h, j) : freshData + fresh.at(b, h, j - s.past);
                out = std::copy_n(row, fresh.width, out);
            }
        }
    }
}

constexpr double minusInfinity = -std::numeric_limits<double>::infinity();

/// What is added to the score of query i and key j: the mask, and minus infinity where the key must not be seen.
template <typename T>
double biasAt(const AttentionShape &s, const KernelRun &run, std::int64_t b, std::int64_t h, std::int64_t i, std::int64_t j)
{
    const std::int64_t length = s.hasLengths ? run.input<std::int64_t>(6)[b] : s.total;
    if (j >= length)
        return minusInfinity;
    if (s.causal) {
        // Keys before the block of queries: those of the cache inside, or what the lengths of an outside cache leave.
        const std::int64_t before = s.past > 0 || !s.hasLengths ? s.past : length - s.q.length;
        if (j > i + before)
            return minusInfinity;
    }
    if (!s.hasMask)
        return 0;
    if (j >= s.maskedKeys)
        return minusInfinity;
    const std::int64_t at = b * s.maskStrides[0] + h * s.maskStrides[1] + i * s.maskStrides[2] + j * s.maskStrides[3];
    if (s.boolMask)
        return run.input<std::uint8_t>(3)[at] != 0 ? 0 : minusInfinity;
    return static_cast<double>(static_cast<ComputeOf<T>>(run.input<T>(3)[at]));
}

/// One row of scores into `row`, then the row of the output.
template <typename T>
void attend(const AttentionShape &s, const KernelRun &run, std::int64_t b, std::int64_t h, std::int64_t i, double *row)
{
    using C = ComputeOf<T>;
    const auto real = [](T value) { return static_cast<double>(static_cast<C>(value)); };
    const std::int64_t kvHead = h / s.group;
    const T *query = run.input<T>(0) + s.q.at(b, h, i);
    T *stated = s.scores ? run.output<T>(3) + ((b * s.q.heads + h) * s.q.length + i) * s.total : nullptr;
    const auto state = [&](std::int64_t mode, std::int64_t j) {
        if (stated != nullptr && s.outputMode == mode)
            stated[j] = static_cast<T>(row[j]);
    };
    double highest = minusInfinity;
    bool anySeen = false;
    for (std::int64_t j = 0; j < s.total; ++j) {
        const T *key = j < s.past ? run.input<T>(4) + s.pastK.at(b, kvHead, j) : run.input<T>(1) + s.k.at(b, kvHead, j - s.past);
        double dot = 0;
        for (std::int64_t d = 0; d < s.q.width; ++d)
            dot += real(query[d]) * real(key[d]);
        row[j] = dot * s.scale;
        state(0, j);
        if (s.softcap > 0)
            row[j] = s.softcap * std::tanh(row[j] / s.softcap);
        state(1, j);
        const double bias = biasAt<T>(s, run, b, h, i, j);
        row[j] = bias == minusInfinity ? minusInfinity : row[j] + bias; // what is not seen does not count, even where the score is NaN
        state(2, j);
        anySeen = anySeen || bias != minusInfinity;
        highest = row[j] > highest || std::isnan(row[j]) ? row[j] : highest; // NaN stays
    }
    double sum = 0;
    for (std::int64_t j = 0; j < s.total; ++j) {
        row[j] = anySeen && highest != minusInfinity ? std::exp(row[j] - highest) : 0; // nothing to see: all zero
        sum += row[j];
    }
    for (std::int64_t j = 0; j < s.total; ++j) {
        row[j] = sum != 0 ? row[j] / sum : 0;
        state(3, j);
    }
    T *out = run.output<T>(0) + s.y.at(b, h, i);
    for (std::int64_t d = 0; d < s.v.width; ++d) {
        double value = 0;
        for (std::int64_t j = 0; j < s.total; ++j) {
            if (row[j] == 0)
                continue; // a masked value may be NaN
            const T *from = j < s.past ? run.input<T>(5) + s.pastV.at(b, kvHead, j) : run.input<T>(2) + s.v.at(b, kvHead, j - s.past);
            value += row[j] * real(from[d]);
        }
        out[d] = static_cast<T>(value);
    }
}

/// ONNX Attention-23 and -24, computed in double: softmax(softcap(scale Q Kt) + mask) V.
core::Expected<BoundKernel> bindAttention(const KernelCall &call)
{
    auto shape = shapeOf(call);
    NORDLYS_TRY(shape);
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        BoundKernel kernel = bound(call, [s = *shape](const KernelRun &run) -> KernelStatus {
            for (std::int64_t b = 0; s.hasLengths && b < s.q.batch; ++b) {
                if (run.input<std::int64_t>(6)[b] < 0 || run.input<std::int64_t>(6)[b] > s.total)
                    return "nonpad_kv_seqlen lies outside the keys";
            }
            if (s.presentKey)
                writePresent(s, s.pastK, run.input<T>(4), s.k, run.input<T>(1), run.output<T>(1));
            if (s.presentValue)
                writePresent(s, s.pastV, run.input<T>(5), s.v, run.input<T>(2), run.output<T>(2));
            const std::int64_t rows = s.q.batch * s.q.heads * s.q.length;
            run.pool->parallelFor(static_cast<std::size_t>(rows), 1, [&](std::size_t begin, std::size_t end, int thread) {
                double *row = reinterpret_cast<double *>(run.scratch) + thread * s.total;
                for (auto r = static_cast<std::int64_t>(begin); r < static_cast<std::int64_t>(end); ++r)
                    attend<T>(s, run, r / (s.q.heads * s.q.length), r / s.q.length % s.q.heads, r % s.q.length, row);
            });
            return nullptr;
        });
        kernel.scratchBytes = [total = shape->total](int threads) {
            return static_cast<std::size_t>(total) * sizeof(double) * static_cast<std::size_t>(threads);
        };
        return kernel;
    });
}

/// ONNX RotaryEmbedding-23: pairs of values of every head are turned by the angle of their position.
core::Expected<BoundKernel> bindRotaryEmbedding(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &x = call.inputs[0], &cosines = call.inputs[1], &sines = call.inputs[2];
    auto heads = headsOf(call, x, "X", call.intAttribute("num_heads", 0));
    NORDLYS_TRY(heads);
    if (call.outputs[0].dims != x.dims || call.outputs[0].dtype != x.dtype || cosines.dtype != x.dtype || sines.dtype != x.dtype || cosines.dims != sines.dims)
        return call.broken("output, cos_cache or sin_cache have another type or shape");
    std::int64_t rotated = call.intAttribute("rotary_embedding_dim", 0);
    if (rotated == 0)
        rotated = heads->width;
    if (rotated < 0 || rotated > heads->width || rotated % 2 != 0)
        return call.broken("rotary_embedding_dim is odd or larger than a head");
    const std::int64_t half = rotated / 2;
    const bool hasPositions = call.hasInput(3);
    const core::Dims perToken{heads->batch, heads->length, half};
    if (hasPositions ? cosines.rank() != 2 || cosines.dims[1] != half : cosines.dims != perToken)
        return call.broken("cos_cache has not " + std::string(hasPositions ? "one row of half the rotated values per position" : "the shape ")
                           + (hasPositions ? std::string() : core::shapeText(perToken)));
    if (hasPositions && (call.inputs[3].dtype != core::DType::Int64 || call.inputs[3].dims != core::Dims{heads->batch, heads->length}))
        return call.broken("position_ids needs one int64 per token");
    const std::int64_t positions = hasPositions ? cosines.dims[0] : 0;
    const bool interleaved = call.intAttribute("interleaved", 0) != 0;
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        using C = ComputeOf<T>;
        return bound(call, [=, s = *heads](const KernelRun &run) -> KernelStatus {
            for (std::int64_t token = 0; token < s.batch * s.length; ++token) {
                const std::int64_t position = hasPositions ? run.input<std::int64_t>(3)[token] : token;
                if (hasPositions && (position < 0 || position >= positions))
                    return "position_ids lies outside the caches";
                const T *cosine = run.input<T>(1) + position * half, *sine = run.input<T>(2) + position * half;
                for (std::int64_t h = 0; h < s.heads; ++h) {
                    const std::int64_t at = s.at(token / s.length, h, token % s.length);
                    const T *in = run.input<T>(0) + at;
                    T *out = run.output<T>(0) + at;
                    for (std::int64_t i = 0; i < half; ++i) {
                        const std::int64_t first = interleaved ? 2 * i : i, second = interleaved ? 2 * i + 1 : i + half;
                        const C a = static_cast<C>(in[first]), b = static_cast<C>(in[second]);
                        const C c = static_cast<C>(cosine[i]), d = static_cast<C>(sine[i]);
                        out[first] = static_cast<T>(c * a - d * b);
                        out[second] = static_cast<T>(d * a + c * b);
                    }
                    std::copy(in + rotated, in + s.width, out + rotated);
                }
            }
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "Attention", 23, bindAttention, false},
    {"", "RotaryEmbedding", 23, bindRotaryEmbedding, false},
};

} // namespace

std::span<const KernelEntry> attentionKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
