// SPDX-License-Identifier: Apache-2.0
#include "shape.h"

#include <core/base/names.h>

namespace nordlys::core {

std::optional<std::int64_t> elementCount(const Shape &shape)
{
    const std::optional<Dims> dims = knownDims(shape);
    return dims ? elementCount(*dims) : std::nullopt;
}

std::optional<std::int64_t> elementCount(const Dims &dims)
{
    std::int64_t count = 1;
    bool overflow = false;
    bool empty = false;
    for (const std::int64_t dim : dims) {
        if (dim < 0)
            return std::nullopt;
        empty = empty || dim == 0;
        overflow = overflow || __builtin_mul_overflow(count, dim, &count);
    }
    if (empty)
        return 0;
    return overflow ? std::nullopt : std::optional(count);
}

std::optional<Dims> knownDims(const Shape &shape)
{
    Dims dims;
    dims.reserve(shape.size());
    for (const Dim &dim : shape) {
        if (!dim.isKnown())
            return std::nullopt;
        dims.push_back(dim.value);
    }
    return dims;
}

Shape toShape(const Dims &dims)
{
    Shape shape;
    shape.reserve(dims.size());
    for (const std::int64_t dim : dims)
        shape.push_back(Dim{dim < 0 ? -1 : dim, {}});
    return shape;
}

std::string shapeText(const Shape &shape, const NameTable &names)
{
    if (shape.empty())
        return "scalar";
    std::string text;
    for (const Dim &dim : shape) {
        if (!text.empty())
            text += "×";
        if (dim.isKnown())
            text += std::to_string(dim.value);
        else
            text += dim.symbol.isValid() ? names.text(dim.symbol) : std::string_view("?");
    }
    return text;
}

std::string shapeText(const Dims &dims)
{
    return shapeText(toShape(dims), NameTable());
}

} // namespace nordlys::core
