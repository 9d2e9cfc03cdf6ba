// SPDX-License-Identifier: Apache-2.0
#include "conv_geometry.h"

#include "checked_size.h"

#include <algorithm>

namespace nordlys::runtime {

namespace {

// Single lengths stay below 2^31, so that coordinates like index * stride - pad + tap * dilation cannot overflow.
constexpr std::int64_t maxLength = (std::int64_t{1} << 31) - 1;

bool isLength(std::int64_t value) { return value >= 1 && value <= maxLength; }

core::Error wrong(const char *why) { return core::badInput("convolution or pooling", why); }

core::Expected<void> checkInput(const ConvGeometry &g)
{
    for (const std::int64_t length :
         {g.n, g.h, g.w, g.cin, g.cout, g.kh, g.kw, g.strideH, g.strideW, g.dilationH, g.dilationW, g.groups}) {
        if (!isLength(length))
            return wrong("a size, stride, dilation or group count is not between 1 and 2147483647");
    }
    for (const std::int64_t pad : {g.padTop, g.padLeft, g.padBottom, g.padRight}) {
        if (pad < 0 || pad > maxLength)
            return wrong("a padding is not between 0 and 2147483647");
    }
    if (g.cin % g.groups != 0 || g.cout % g.groups != 0)
        return wrong("its channels are no multiple of its groups");
    if (!checkedProduct({g.n, g.h, g.w, g.cin}, maxElements) || !checkedProduct({g.kh, g.kw, g.cin, g.cout}, maxElements))
        return wrong("its input or weights are too large");
    return {};
}

std::int64_t outputLength(std::int64_t in, std::int64_t before, std::int64_t after, std::int64_t kernel, std::int64_t stride,
                          std::int64_t dilation, bool ceilMode)
{
    const std::int64_t room = in + before + after - ((kernel - 1) * dilation + 1);
    if (room < 0)
        return 0;
    std::int64_t out = (room + (ceilMode ? stride - 1 : 0)) / stride + 1;
    if (ceilMode && (out - 1) * stride >= in + before)
        --out;
    return out;
}

} // namespace

core::Expected<void> ConvGeometry::computeOutput(bool ceilMode)
{
    NORDLYS_TRY(checkInput(*this));
    outH = outputLength(h, padTop, padBottom, kh, strideH, dilationH, ceilMode);
    outW = outputLength(w, padLeft, padRight, kw, strideW, dilationW, ceilMode);
    if (outH < 1 || outW < 1)
        return wrong("its kernel is larger than the padded image");
    return check();
}

core::Expected<void> ConvGeometry::check() const
{
    NORDLYS_TRY(checkInput(*this));
    if (!isLength(outH) || !isLength(outW) || !checkedProduct({n, outH, outW, cout}, maxElements))
        return wrong("its output has an impossible size");
    if (!checkedProduct({outH, strideH}, maxElements) || !checkedProduct({outW, strideW}, maxElements) ||
        !checkedProduct({kh, dilationH}, maxElements) || !checkedProduct({kw, dilationW}, maxElements))
        return wrong("its strides or dilations are too large");
    return {};
}

} // namespace nordlys::runtime
