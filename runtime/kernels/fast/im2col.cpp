// SPDX-License-Identifier: Apache-2.0
#include "im2col.h"

#include <algorithm>
#include <cstring>

namespace nordlys::runtime {

namespace {

// Runs are often 9 to 32 floats: a call of memcpy would cost more than the copy.
inline float *copyRun(const float *from, std::int64_t count, float *to)
{
    if (count >= 64) {
        std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(float));
        return to + count;
    }
    for (; count >= 4; count -= 4, from += 4, to += 4)
        std::memcpy(to, from, 4 * sizeof(float));
    for (; count > 0; --count)
        *to++ = *from++;
    return to;
}

inline float *zeroRun(std::int64_t count, float *to) { return std::fill_n(to, count, 0.0F); }

} // namespace

void im2col(const ConvGeometry &g, const float *in, std::int64_t group, std::int64_t pixelBegin, std::int64_t pixelEnd, float *to)
{
    const std::int64_t channels = g.cin / g.groups;
    const float *first = in + group * channels;
    const bool runsTouch = g.dilationW == 1 && g.groups == 1; // one kernel row is contiguous in the image
    std::int64_t x = pixelBegin % g.outW;
    std::int64_t y = pixelBegin / g.outW % g.outH;
    std::int64_t n = pixelBegin / g.outW / g.outH;
    for (std::int64_t pixel = pixelBegin; pixel < pixelEnd; ++pixel) {
        const std::int64_t left = x * g.strideW - g.padLeft;
        for (std::int64_t ky = 0; ky < g.kh; ++ky) {
            const std::int64_t row = y * g.strideH - g.padTop + ky * g.dilationH;
            if (row < 0 || row >= g.h) {
                to = zeroRun(g.kw * channels, to);
                continue;
            }
            const float *line = first + (n * g.h + row) * g.w * g.cin;
            if (runsTouch) {
                const std::int64_t from = std::clamp<std::int64_t>(-left, 0, g.kw);
                const std::int64_t end = std::clamp<std::int64_t>(g.w - left, from, g.kw);
                to = zeroRun(from * channels, to);
                if (end > from)
                    to = copyRun(line + (left + from) * channels, (end - from) * channels, to);
                to = zeroRun((g.kw - end) * channels, to);
                continue;
            }
            for (std::int64_t kx = 0; kx < g.kw; ++kx) {
                const std::int64_t column = left + kx * g.dilationW;
                if (column < 0 || column >= g.w)
                    to = zeroRun(channels, to);
                else
                    to = copyRun(line + column * g.cin, channels, to);
            }
        }
        if (++x == g.outW) {
            x = 0;
            if (++y == g.outH) {
                y = 0;
                ++n;
            }
        }
    }
}

} // namespace nordlys::runtime
