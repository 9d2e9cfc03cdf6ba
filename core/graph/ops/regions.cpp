// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

namespace nordlys::core::ops {

namespace {

// Coordinates keep their precision: a shifted region or sample is another one.
constexpr std::array kSampledInputs{QuantRole::Activation, QuantRole::None};

/// One pooled image per region: [regions, channels, height, width].
Expected<void> inferRegions(InferenceContext &context, std::int64_t height, std::int64_t width, std::int64_t valuesPerRegion)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Shape> &regions = context.inputShape(1);
    if (height < 1 || width < 1)
        return broken("the pooled size is below 1");
    if (data && data->size() != 4)
        return broken("the data has rank " + std::to_string(data->size()) + ", regions are taken from 4 dimensions");
    if (regions && (regions->size() != 2 || ((*regions)[1].isKnown() && (*regions)[1].value != valuesPerRegion)))
        return broken("rois needs " + std::to_string(valuesPerRegion) + " values per region");
    context.setOutput(0, context.inputType(0),
                      Shape{regions ? (*regions)[0] : Dim{}, data ? (*data)[1] : Dim{}, Dim{height, {}}, Dim{width, {}}});
    return {};
}

Expected<void> inferMaxRoiPool(InferenceContext &context)
{
    const Values pooled = attributeInts(context.graph(), context.node(), "pooled_shape");
    if (pooled.size() != 2)
        return broken("pooled_shape has " + std::to_string(pooled.size()) + " entries, not 2");
    return inferRegions(context, pooled[0], pooled[1], 5);
}

Expected<void> inferRoiAlign(InferenceContext &context)
{
    return inferRegions(context, attributeInt(context.graph(), context.node(), "output_height", 1),
                        attributeInt(context.graph(), context.node(), "output_width", 1), 4);
}

/// X [N, C, d1..dk], grid [N, e1..ek, k]: output [N, C, e1..ek].
Expected<void> inferGridSample(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Shape> &grid = context.inputShape(1);
    if (data && data->size() < 3)
        return broken("the data has rank " + std::to_string(data->size()) + ", sampling needs 3 or more");
    if (data && grid && grid->size() != data->size())
        return broken("data of rank " + std::to_string(data->size()) + " and a grid of rank " + std::to_string(grid->size()) + " do not fit");
    if (!grid || grid->size() < 3) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    const Dim &coordinates = grid->back();
    if (coordinates.isKnown() && coordinates.value != static_cast<std::int64_t>(grid->size()) - 2)
        return broken("the grid has " + std::to_string(coordinates.value) + " coordinates for "
                      + std::to_string(grid->size() - 2) + " spatial dimensions");
    Shape shape{data ? (*data)[0] : (*grid)[0], data ? (*data)[1] : Dim{}};
    shape.insert(shape.end(), grid->begin() + 1, grid->end() - 1);
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

/// size [N, C, H, W] or [N, C, D, H, W]: output [N, H, W, 2] or [N, D, H, W, 3].
Expected<void> inferAffineGrid(InferenceContext &context)
{
    const std::optional<Values> size = context.inputValues(1);
    const std::optional<Shape> &listed = context.inputShape(1);
    std::optional<std::size_t> count;
    if (size)
        count = size->size();
    else if (listed && listed->size() == 1 && (*listed)[0].isKnown())
        count = static_cast<std::size_t>((*listed)[0].value);
    if (count && *count != 4 && *count != 5)
        return broken("size has " + std::to_string(*count) + " entries, not 4 or 5");
    if (!count) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    Shape shape(*count);
    shape.back() = Dim{static_cast<std::int64_t>(*count) - 2, {}};
    for (std::size_t i = 0; size && i < *count; ++i) {
        const std::int64_t value = (*size)[i];
        if (value < 0 && value != kUnknownValue)
            return broken("size holds " + std::to_string(value));
        if (i != 1 && value != kUnknownValue)
            shape[i == 0 ? 0 : i - 1] = Dim{value, {}};
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

OpSpec sampling(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer, QuantRole output)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.inputs = kSampledInputs;
    spec.output = output;
    return spec;
}

} // namespace

std::span<const OpSpec> regionOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built{sampling("MaxRoiPool", 1, 2, 2, inferMaxRoiPool, QuantRole::Tied),
                                  sampling("RoiAlign", 10, 3, 3, inferRoiAlign, QuantRole::Activation),
                                  sampling("GridSample", 16, 2, 2, inferGridSample, QuantRole::Activation),
                                  sampling("AffineGrid", 20, 2, 2, inferAffineGrid, QuantRole::None)};
        built.back().inputs = kNoInputs;
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops
