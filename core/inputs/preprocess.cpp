// SPDX-License-Identifier: Apache-2.0
#include "image_codecs.h"
#include "resize.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace nordlys::core {

namespace {

Expected<Image> crop(const Image &image, int left, int top, int width, int height)
{
    if (width < 1 || height < 1 || width > image.width || height > image.height) {
        return badInput("picture of " + std::to_string(image.width) + "x" + std::to_string(image.height) + " pixels",
                        "it is smaller than the crop of " + std::to_string(width) + "x" + std::to_string(height),
                        "Resize before the crop.");
    }
    const auto channels = static_cast<std::size_t>(image.channels);
    Image result{width, height, image.channels, {}};
    result.pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * channels);
    for (int y = 0; y < height; ++y) {
        const auto start =
            image.pixels.begin() +
            static_cast<std::ptrdiff_t>(
                (static_cast<std::size_t>(top + y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(left)) *
                channels);
        result.pixels.insert(result.pixels.end(), start,
                             start + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(width) * channels));
    }
    return result;
}

// Start of the central part rounded down, the same margin on both sides (as TensorFlow's central_crop).
int fractionMargin(int size, double fraction) { return static_cast<int>((size - size * fraction) / 2.0); }
// Half of the rest, halves to the even pixel (as torchvision's CenterCrop).
int centerMargin(int size, int part) { return static_cast<int>(std::nearbyint((size - part) / 2.0)); }

Expected<Image> resized(const Image &image, std::int64_t width, std::int64_t height)
{
    if (width < 1 || height < 1 || static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height) > kMaxPixels ||
        static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(image.height) > kMaxPixels) {
        return badInput("picture of " + std::to_string(image.width) + "x" + std::to_string(image.height) + " pixels",
                        "resized to " + std::to_string(width) + "x" + std::to_string(height) + " it has no pixels or too many");
    }
    return resizeBilinear(image, static_cast<int>(width), static_cast<int>(height));
}

// The longer side is rounded down, as torchvision's Resize.
Expected<Image> resizedShort(const Image &image, int size)
{
    const std::int64_t longer = std::int64_t(size) * std::max(image.width, image.height) / std::min(image.width, image.height);
    return image.width <= image.height ? resized(image, size, longer) : resized(image, longer, size);
}

Image toGray(const Image &image)
{
    if (image.channels == 1)
        return image;
    Image result{image.width, image.height, 1, {}};
    result.pixels.reserve(image.pixels.size() / 3);
    for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3) {
        // ITU-R BT.601 luma 0.299 R + 0.587 G + 0.114 B in 16-bit fixed point, rounded to nearest.
        const std::uint32_t luma = image.pixels[i] * 19595U + image.pixels[i + 1] * 38470U + image.pixels[i + 2] * 7471U;
        result.pixels.push_back(static_cast<std::uint8_t>((luma + 0x8000U) >> 16));
    }
    return result;
}

Image toColor(const Image &image, bool swapped)
{
    Image result = image;
    if (image.channels == 1) {
        result.channels = 3;
        result.pixels.clear();
        result.pixels.reserve(image.pixels.size() * 3);
        for (const std::uint8_t value : image.pixels)
            result.pixels.insert(result.pixels.end(), 3, value);
    } else if (swapped) {
        for (std::size_t i = 0; i + 2 < result.pixels.size(); i += 3)
            std::swap(result.pixels[i], result.pixels[i + 2]);
    }
    return result;
}

struct PictureStep {
    const Image &image;
    Expected<Image> operator()(const CropFraction &step) const
    {
        const int left = fractionMargin(image.width, step.fraction), top = fractionMargin(image.height, step.fraction);
        return crop(image, left, top, image.width - 2 * left, image.height - 2 * top);
    }
    Expected<Image> operator()(const CropSize &step) const
    {
        return crop(image, centerMargin(image.width, step.width), centerMargin(image.height, step.height), step.width,
                    step.height);
    }
    Expected<Image> operator()(const Resize &step) const { return resized(image, step.width, step.height); }
    Expected<Image> operator()(const ResizeShort &step) const { return resizedShort(image, step.size); }
    Expected<Image> operator()(const ColorStep &step) const
    {
        return step.order == ColorOrder::Gray ? toGray(image) : toColor(image, step.order == ColorOrder::Bgr);
    }
    template <typename Other>
    Expected<Image> operator()(const Other &) const
    {
        return image;
    }
};

template <typename Step>
const Step *findStep(const PreprocessRecipe &recipe)
{
    for (const PreprocessStep &step : recipe.steps) {
        if (const Step *found = std::get_if<Step>(&step))
            return found;
    }
    return nullptr;
}

Expected<HostTensor> toTensor(const Image &image, const PreprocessRecipe &recipe, bool nhwc, const Dims &dims)
{
    const auto channels = static_cast<std::size_t>(image.channels);
    const MeanStep *mean = findStep<MeanStep>(recipe);
    const StdStep *deviation = findStep<StdStep>(recipe);
    const auto perChannel = [&](const std::vector<double> &values, std::size_t c) {
        return values.size() == 1 ? values[0] : values[c];
    };
    for (const std::vector<double> *values : {mean ? &mean->values : nullptr, deviation ? &deviation->values : nullptr}) {
        if (values && values->size() != 1 && values->size() != channels) {
            return badInput("preprocessing", "mean or std has " + std::to_string(values->size()) + " values, the picture has " +
                                                 std::to_string(channels) + (channels == 1 ? " channel" : " channels"));
        }
    }
    auto tensor = HostTensor::create(DType::Float32, dims);
    NORDLYS_TRY(tensor);
    auto target = tensor->as<float>();
    const std::size_t plane = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
    for (std::size_t c = 0; c < channels; ++c) {
        std::array<float, 256> table{};
        for (std::size_t value = 0; value < table.size(); ++value)
            table[value] = static_cast<float>((static_cast<double>(value) - (mean ? perChannel(mean->values, c) : 0.0)) /
                                              (deviation ? perChannel(deviation->values, c) : 1.0));
        for (std::size_t i = 0; i < plane; ++i)
            target[nhwc ? i * channels + c : c * plane + i] = table[image.pixels[i * channels + c]];
    }
    return tensor;
}

} // namespace

Expected<HostTensor> preprocess(const Image &image, const PreprocessRecipe &recipe, const Dims &inputDims)
{
    if (image.width < 1 || image.height < 1 || (image.channels != 1 && image.channels != 3) ||
        image.pixels.size() != static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) *
                                   static_cast<std::size_t>(image.channels))
        return badInput("picture", "it is empty");
    Image current = image;
    for (const PreprocessStep &step : recipe.steps) {
        auto next = std::visit(PictureStep{current}, step);
        NORDLYS_TRY(next);
        current = *std::move(next);
    }
    const LayoutStep *layout = findStep<LayoutStep>(recipe);
    const bool nhwc = layout && layout->nhwc;
    const Dims nchwDims{1, current.channels, current.height, current.width},
        nhwcDims{1, current.height, current.width, current.channels};
    const Dims &made = nhwc ? nhwcDims : nchwDims;
    const auto wanted = elementCount(inputDims);
    if (!wanted || *wanted != *elementCount(made)) {
        return badInput("preprocessing",
                        "the picture becomes " + shapeText(made) + ", the model's input is " + shapeText(inputDims),
                        "Change --preprocess (size, color) to match.");
    }
    if (inputDims != made && inputDims == (nhwc ? nchwDims : nhwcDims)) {
        return badInput("preprocessing",
                        "the picture becomes " + shapeText(made) + ", the model's input is " + shapeText(inputDims),
                        nhwc ? "Use layout:nchw." : "Use layout:nhwc.");
    }
    return toTensor(current, recipe, nhwc, inputDims);
}

} // namespace nordlys::core
