// SPDX-License-Identifier: Apache-2.0
#include "resize.h"

#include <algorithm>
#include <cmath>

namespace nordlys::core {

namespace {

constexpr int kFractionBits = 22; // 8-bit samples times weights of sum 1 stay below 2^31

/// Weights of one output position over input positions first .. first + weights.size() - 1.
struct Window {
    int first = 0;
    std::vector<std::int32_t> weights;
};

std::vector<Window> triangleWindows(int inputSize, int outputSize)
{
    const double scale = static_cast<double>(inputSize) / outputSize;
    const double support = std::max(scale, 1.0); // the triangle is one input pixel wide to each side, wider when shrinking
    std::vector<Window> windows(static_cast<std::size_t>(outputSize));
    std::vector<double> raw;
    for (int i = 0; i < outputSize; ++i) {
        Window &window = windows[static_cast<std::size_t>(i)];
        const double center = (i + 0.5) * scale;
        window.first = std::max(static_cast<int>(center - support + 0.5), 0);
        const int last = std::min(static_cast<int>(center + support + 0.5), inputSize);
        raw.clear();
        double sum = 0;
        for (int x = window.first; x < last; ++x) {
            const double weight = std::max(1.0 - std::abs((x - center + 0.5) * (1.0 / support)), 0.0);
            raw.push_back(weight);
            sum += weight;
        }
        window.weights.reserve(raw.size());
        for (const double weight : raw) {
            const double normalised = sum != 0.0 ? weight * (1.0 / sum) : weight;
            window.weights.push_back(static_cast<std::int32_t>(0.5 + normalised * (1 << kFractionBits)));
        }
    }
    return windows;
}

std::uint8_t toSample(std::int64_t sum)
{
    return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kFractionBits, 0, 255));
}

Image resizeRows(const Image &image, int width)
{
    const auto windows = triangleWindows(image.width, width);
    const auto channels = static_cast<std::size_t>(image.channels);
    Image result{width, image.height, image.channels, {}};
    result.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(image.height) * channels);
    std::uint8_t *target = result.pixels.data();
    for (int y = 0; y < image.height; ++y) {
        const std::uint8_t *row =
            image.pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) * channels;
        for (const Window &window : windows) {
            for (std::size_t c = 0; c < channels; ++c) {
                std::int64_t sum = std::int64_t(1) << (kFractionBits - 1);
                const std::uint8_t *source = row + static_cast<std::size_t>(window.first) * channels + c;
                for (const std::int32_t weight : window.weights) {
                    sum += std::int64_t(*source) * weight;
                    source += channels;
                }
                *target++ = toSample(sum);
            }
        }
    }
    return result;
}

Image resizeColumns(const Image &image, int height)
{
    const auto windows = triangleWindows(image.height, height);
    const std::size_t stride = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
    Image result{image.width, height, image.channels, {}};
    result.pixels.resize(stride * static_cast<std::size_t>(height));
    std::uint8_t *target = result.pixels.data();
    std::vector<std::int64_t> sums(stride);
    for (const Window &window : windows) {
        std::fill(sums.begin(), sums.end(), std::int64_t(1) << (kFractionBits - 1));
        const std::uint8_t *source = image.pixels.data() + static_cast<std::size_t>(window.first) * stride;
        for (const std::int32_t weight : window.weights) {
            for (std::size_t i = 0; i < stride; ++i)
                sums[i] += std::int64_t(source[i]) * weight;
            source += stride;
        }
        for (std::size_t i = 0; i < stride; ++i)
            *target++ = toSample(sums[i]);
    }
    return result;
}

} // namespace

Image resizeBilinear(const Image &image, int width, int height)
{
    if (width == image.width && height == image.height)
        return image;
    if (width == image.width)
        return resizeColumns(image, height);
    Image rows = resizeRows(image, width);
    return height == image.height ? rows : resizeColumns(rows, height);
}

} // namespace nordlys::core
