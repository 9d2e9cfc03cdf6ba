// SPDX-License-Identifier: Apache-2.0
#include "window.h"

namespace nordlys::core::ops {

// Larger numbers mean nothing for a window and would let the arithmetic below leave int64.
static constexpr std::int64_t kMaxLength = std::int64_t(1) << 40;

static Expected<Dims> readLengths(const Graph &graph, const Node &node, std::string_view name, std::size_t size, std::int64_t fallback,
                                  std::int64_t least)
{
    Dims lengths = attributeInts(graph, node, name);
    if (lengths.empty())
        lengths.assign(size, fallback);
    if (lengths.size() != size)
        return broken(std::string(name) + " has " + std::to_string(lengths.size()) + " entries, not " + std::to_string(size));
    for (const std::int64_t length : lengths) {
        if (length < least || length > kMaxLength)
            return broken(std::string(name) + " holds " + std::to_string(length));
    }
    return lengths;
}

Expected<Window> readWindow(const Graph &graph, const Node &node, std::size_t spatialRank, const Dims &kernelFallback)
{
    Window window;
    Dims kernel = attributeInts(graph, node, "kernel_shape");
    if (kernel.empty())
        kernel = kernelFallback;
    if (kernel.size() != spatialRank)
        return broken("kernel_shape has " + std::to_string(kernel.size()) + " entries, not " + std::to_string(spatialRank));
    for (const std::int64_t length : kernel) {
        if (length < 1 || length > kMaxLength)
            return broken("kernel_shape holds " + std::to_string(length));
    }
    window.kernel = std::move(kernel);
    Expected<Dims> strides = readLengths(graph, node, "strides", spatialRank, 1, 1);
    if (!strides)
        return std::move(strides.error());
    Expected<Dims> dilations = readLengths(graph, node, "dilations", spatialRank, 1, 1);
    if (!dilations)
        return std::move(dilations.error());
    Expected<Dims> pads = readLengths(graph, node, "pads", 2 * spatialRank, 0, -kMaxLength);
    if (!pads)
        return std::move(pads.error());
    window.strides = *std::move(strides);
    window.dilations = *std::move(dilations);
    const auto middle = pads->begin() + static_cast<std::ptrdiff_t>(spatialRank);
    window.padsBegin.assign(pads->begin(), middle);
    window.padsEnd.assign(middle, pads->end());
    window.autoPad = attributeString(graph, node, "auto_pad", "NOTSET");
    if (window.autoPad.empty())
        window.autoPad = "NOTSET";
    window.ceilMode = attributeInt(graph, node, "ceil_mode", 0) != 0;
    for (std::size_t i = 0; i < spatialRank; ++i) {
        if (saturatingMultiply(window.kernel[i] - 1, window.dilations[i]) > kMaxLength)
            return broken("kernel_shape times dilations is too large");
    }
    return window;
}

Expected<Dim> windowOutput(const Window &window, std::size_t axis, const Dim &input)
{
    if (!input.isKnown())
        return Dim{};
    if (input.value > kMaxLength)
        return broken("a spatial dimension of " + std::to_string(input.value) + " is too large");
    const std::int64_t stride = window.strides[axis];
    const std::int64_t reach = (window.kernel[axis] - 1) * window.dilations[axis] + 1;
    if (window.autoPad == "SAME_UPPER" || window.autoPad == "SAME_LOWER")
        return Dim{(input.value + stride - 1) / stride, {}};
    std::int64_t begin = 0;
    std::int64_t end = 0;
    if (window.autoPad == "NOTSET") {
        begin = window.padsBegin[axis];
        end = window.padsEnd[axis];
    } else if (window.autoPad != "VALID") {
        return broken("auto_pad \"" + window.autoPad + "\" is unknown");
    }
    const std::int64_t room = input.value + begin + end - reach;
    if (room < 0)
        return broken("a window of " + std::to_string(reach) + " does not fit into " + std::to_string(input.value + begin + end));
    std::int64_t length = room / stride + 1;
    if (window.ceilMode && room % stride != 0) {
        ++length;
        // A window that would start in the padding behind the data is left out.
        if ((length - 1) * stride >= input.value + begin)
            --length;
    }
    return Dim{length, {}};
}

} // namespace nordlys::core::ops
