// SPDX-License-Identifier: Apache-2.0
#include "window.h"

#include <algorithm>

namespace nordlys::runtime::reference {

namespace {

core::Expected<std::vector<std::int64_t>> windowList(const KernelCall &call, std::string_view name, std::size_t size, std::int64_t fallback,
                                                     std::int64_t lowest)
{
    auto list = call.intsAttribute(name);
    if (!list || list->empty())
        return std::vector<std::int64_t>(size, fallback);
    if (list->size() != size)
        return call.broken(std::string(name) + " has " + std::to_string(list->size()) + " values instead of " + std::to_string(size));
    for (const std::int64_t value : *list) {
        if (value < lowest || value > maxWindowValue)
            return call.broken(std::string(name) + " holds " + std::to_string(value));
    }
    return std::move(*list);
}

} // namespace

core::Expected<Window> windowOf(const KernelCall &call, const core::Dims &input, const core::Dims &output, const core::Dims &kernel)
{
    const std::size_t rank = input.size();
    if (rank == 0 || output.size() != rank || kernel.size() != rank)
        return call.broken("the number of spatial dimensions differs between input, output and kernel");
    auto strides = windowList(call, "strides", rank, 1, 1);
    NORDLYS_TRY(strides);
    auto dilations = windowList(call, "dilations", rank, 1, 1);
    NORDLYS_TRY(dilations);
    auto pads = windowList(call, "pads", 2 * rank, 0, 0);
    NORDLYS_TRY(pads);
    const std::string autoPad = call.stringAttribute("auto_pad", "NOTSET");
    const bool ceilMode = call.intAttribute("ceil_mode", 0) != 0;

    Window window(rank);
    for (std::size_t i = 0; i < rank; ++i) {
        WindowAxis &axis = window[i];
        axis = {input[i], output[i], kernel[i], (*strides)[i], (*dilations)[i], (*pads)[i], (*pads)[i + rank]};
        if (axis.kernel < 1 || axis.kernel > maxWindowValue || axis.input < 0 || axis.input > maxWindowValue)
            return call.broken("the kernel has a size below 1 or beyond all bounds");
        const std::int64_t span = (axis.kernel - 1) * axis.dilation + 1;
        std::int64_t expected = 0;
        if (autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER") {
            expected = (axis.input + axis.stride - 1) / axis.stride;
            const std::int64_t total = std::max<std::int64_t>(0, (expected - 1) * axis.stride + span - axis.input);
            axis.padBegin = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
            axis.padEnd = total - axis.padBegin;
        } else {
            if (autoPad == "VALID")
                axis.padBegin = axis.padEnd = 0;
            const std::int64_t room = axis.input + axis.padBegin + axis.padEnd - span;
            if (room < 0)
                return call.broken("the kernel is larger than the padded input");
            expected = (ceilMode ? (room + axis.stride - 1) / axis.stride : room / axis.stride) + 1;
            // A window that would start in the padding after the input does not count; files before this rule was written down keep it.
            if (ceilMode && axis.output == expected - 1 && (expected - 1) * axis.stride >= axis.input + axis.padBegin)
                expected = axis.output;
        }
        if (axis.output != expected)
            return call.broken("the output has " + std::to_string(axis.output) + " positions in spatial dimension " + std::to_string(i)
                               + ", the window gives " + std::to_string(expected));
    }
    return window;
}

bool nextIndex(std::array<std::int64_t, maxRank> &index, const std::array<std::int64_t, maxRank> &sizes, std::size_t rank)
{
    for (std::size_t axis = rank; axis-- > 0;) {
        if (++index[axis] < sizes[axis])
            return true;
        index[axis] = 0;
    }
    return false;
}

} // namespace nordlys::runtime::reference
