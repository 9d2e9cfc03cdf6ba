// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/tensor/host_tensor.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nordlys::core {

/// 8-bit picture, interleaved channels, rows from the top. channels: 1 grey, 3 RGB.
struct Image {
    int width = 0, height = 0, channels = 0;
    std::vector<std::uint8_t> pixels;
};

/// PNG (libpng; alpha is dropped over black, 16 bit reduced) and JPEG (libjpeg), at most 100 megapixels. BadInput otherwise.
Expected<Image> readImage(const std::filesystem::path &path);

struct CropFraction {
    double fraction = 1.0;
}; ///< central part of each side
struct CropSize {
    int width = 0, height = 0;
}; ///< central rectangle
struct Resize {
    int width = 0, height = 0;
};
struct ResizeShort {
    int size = 0;
}; ///< shorter side to `size`, aspect kept
enum class ColorOrder { Rgb, Bgr, Gray };
struct ColorStep {
    ColorOrder order = ColorOrder::Rgb;
};
struct MeanStep {
    std::vector<double> values;
}; ///< one value, or one per channel; on the 0..255 scale
struct StdStep {
    std::vector<double> values;
};
struct LayoutStep {
    bool nhwc = false;
};
using PreprocessStep = std::variant<CropFraction, CropSize, Resize, ResizeShort, ColorStep, MeanStep, StdStep, LayoutStep>;

/// Steps from picture to tensor, applied in order: real = (pixel - mean) / std. Resize is bilinear with antialiasing (triangle
/// filter scaled by the reduction, as Pillow's resize with BILINEAR).
struct PreprocessRecipe {
    std::vector<PreprocessStep> steps;

    /// "crop:0.875,resize:224x224,color:rgb,mean:127.5,std:127.5,layout:nchw". Usage error names the step that is wrong.
    static Expected<PreprocessRecipe> parse(std::string_view text);
    /// The same text form, canonical.
    [[nodiscard]] std::string text() const;
    /// Size, channels and layout from the shape of the model's input, mean 0, std 255 (no crop).
    static Expected<PreprocessRecipe> forInput(const Dims &inputDims);
};

/// Applies the recipe; the result is float32 with a leading batch dimension 1 and must have as many elements as `inputDims` asks
/// for (batch 1), else BadInput naming both shapes.
Expected<HostTensor> preprocess(const Image &image, const PreprocessRecipe &recipe, const Dims &inputDims);

} // namespace nordlys::core
