// SPDX-License-Identifier: Apache-2.0
#include "families.h"

#include <algorithm>
#include <cmath>

namespace nordlys::runtime::values {

namespace {

/// A box by its corners, low before high.
struct Box {
    float top = 0, left = 0, bottom = 0, right = 0;

    /// [y1, x1, y2, x2] with any two opposite corners, or [x, y, width, height] of the centre.
    static Box of(const float *numbers, bool fromCenter)
    {
        Box box;
        if (fromCenter) {
            box.left = numbers[0] - numbers[2] / 2;
            box.right = numbers[0] + numbers[2] / 2;
            box.top = numbers[1] - numbers[3] / 2;
            box.bottom = numbers[1] + numbers[3] / 2;
        } else {
            box.top = std::min(numbers[0], numbers[2]);
            box.bottom = std::max(numbers[0], numbers[2]);
            box.left = std::min(numbers[1], numbers[3]);
            box.right = std::max(numbers[1], numbers[3]);
        }
        return box;
    }
    [[nodiscard]] float area() const { return (bottom - top) * (right - left); }
};

/// Intersection over union; 0 where a box has no area.
float overlap(const Box &a, const Box &b)
{
    const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top), width = std::min(a.right, b.right) - std::max(a.left, b.left);
    const float areaA = a.area(), areaB = b.area();
    if (!(height > 0 && width > 0 && areaA > 0 && areaB > 0))
        return 0;
    const float common = height * width;
    return common / (areaA + areaB - common);
}

/// Inputs and attributes of ONNX NonMaxSuppression 11.
struct Suppression {
    std::size_t batches = 0, classes = 0, boxes = 0;
    std::size_t mostPerClass = 0;
    float overlapLimit = 0, scoreLimit = 0;
    bool hasScoreLimit = false, fromCenter = false;
};

core::Expected<float> floatInput(const ValueCall &value, std::size_t index, float fallback)
{
    if (index >= value.inputs.size() || value.inputs[index].isNothing())
        return fallback;
    if (!value.inputs[index].isTensor() || value.inputs[index].elementType() != core::DType::Float32 || value.inputs[index].tensor().elementCount() != 1)
        return value.call.broken("input " + std::to_string(index) + " has to be one float32");
    return value.data<float>(index)[0];
}

core::Expected<Suppression> suppressionOf(const ValueCall &value)
{
    for (const std::size_t i : {std::size_t(0), std::size_t(1)}) {
        if (i >= value.inputs.size() || !value.inputs[i].isTensor() || value.inputs[i].elementType() != core::DType::Float32
            || value.inputs[i].tensor().dims().size() != 3)
            return value.call.broken("boxes (input 0) and scores (input 1) have to be float32 of 3 dimensions");
    }
    const core::Dims &boxes = value.inputs[0].tensor().dims(), &scores = value.inputs[1].tensor().dims();
    if (boxes[2] != 4 || boxes[0] != scores[0] || boxes[1] != scores[2])
        return value.call.broken("boxes (input 0) of " + core::shapeText(boxes) + " and scores (input 1) of " + core::shapeText(scores)
                                 + " are not batch, boxes, 4 and batch, classes, boxes");
    Suppression p;
    p.batches = static_cast<std::size_t>(boxes[0]);
    p.classes = static_cast<std::size_t>(scores[1]);
    p.boxes = static_cast<std::size_t>(boxes[1]);
    p.fromCenter = value.call.intAttribute("center_point_box", 0) != 0;
    if (value.inputs.size() > 2 && !value.inputs[2].isNothing()) {
        if (!value.inputs[2].isTensor() || value.inputs[2].elementType() != core::DType::Int64 || value.inputs[2].tensor().elementCount() != 1)
            return value.call.broken("max_output_boxes_per_class (input 2) has to be one int64");
        p.mostPerClass = static_cast<std::size_t>(std::max<std::int64_t>(value.data<std::int64_t>(2)[0], 0));
    }
    const auto limit = floatInput(value, 3, 0.0F);
    NORDLYS_TRY(limit);
    if (!(*limit >= 0 && *limit <= 1))
        return value.call.broken("iou_threshold (input 3) is outside 0 to 1");
    p.overlapLimit = *limit;
    const auto score = floatInput(value, 4, 0.0F);
    NORDLYS_TRY(score);
    p.scoreLimit = *score;
    p.hasScoreLimit = value.inputs.size() > 4 && !value.inputs[4].isNothing();
    return p;
}

/// Boxes of one class, best score first; equal scores by the lower index. A NaN is no score.
std::vector<std::size_t> candidates(const Suppression &p, const float *scores)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < p.boxes; ++i) {
        if (p.hasScoreLimit ? scores[i] > p.scoreLimit : !std::isnan(scores[i]))
            order.push_back(i);
    }
    std::ranges::stable_sort(order, [scores](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    return order;
}

/// Formula: ONNX NonMaxSuppression 11. Rows of batch, class and box: batches and classes ascending, in each the boxes as they were chosen.
core::Expected<std::vector<Value>> nonMaxSuppression(const ValueCall &value)
{
    const auto p = suppressionOf(value);
    NORDLYS_TRY(p);
    std::vector<std::int64_t> rows;
    const float *boxes = value.data<float>(0).data(), *scores = value.data<float>(1).data();
    const bool isEmpty = p->boxes == 0 || p->mostPerClass == 0 || p->classes == 0;
    for (std::size_t batch = 0; batch < p->batches && !isEmpty; ++batch) {
        for (std::size_t c = 0; c < p->classes; ++c) {
            std::vector<Box> chosen;
            for (const std::size_t i : candidates(*p, scores + (batch * p->classes + c) * p->boxes)) {
                if (chosen.size() >= p->mostPerClass)
                    break;
                if (value.stop.stop_requested())
                    return core::interrupted("node " + std::string(value.call.node));
                const Box box = Box::of(boxes + (batch * p->boxes + i) * 4, p->fromCenter);
                if (std::ranges::any_of(chosen, [&](const Box &better) { return overlap(better, box) > p->overlapLimit; }))
                    continue;
                chosen.push_back(box);
                for (const std::size_t number : {batch, c, i})
                    rows.push_back(static_cast<std::int64_t>(number));
            }
        }
    }
    auto result = core::HostTensor::create(core::DType::Int64, {static_cast<std::int64_t>(rows.size() / 3), 3}, value.byteLimit);
    NORDLYS_TRY(result);
    std::ranges::copy(rows, result->as<std::int64_t>().begin());
    return std::vector<Value>{Value::ofTensor(std::move(*result))};
}

constexpr ValueKernelEntry entries[] = {{"", "NonMaxSuppression", 10, nonMaxSuppression}};

} // namespace

std::span<const ValueKernelEntry> boxSelectionKernels()
{
    return entries;
}

} // namespace nordlys::runtime::values
