// SPDX-License-Identifier: Apache-2.0
#include "preprocess.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

namespace nordlys::core {

namespace {

constexpr int kMaxSide = 16384;

std::optional<double> number(std::string_view text)
{
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || std::abs(value) > 1e9)
        return std::nullopt;
    return value;
}

std::optional<int> side(std::string_view text)
{
    int value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || value < 1 || value > kMaxSide)
        return std::nullopt;
    return value;
}

std::optional<std::pair<int, int>> size(std::string_view text)
{
    const std::size_t x = text.find('x');
    if (x == std::string_view::npos)
        return std::nullopt;
    const auto width = side(text.substr(0, x)), height = side(text.substr(x + 1));
    if (!width || !height)
        return std::nullopt;
    return std::pair(*width, *height);
}

// "a" or "a/b/c"
std::optional<std::vector<double>> channelValues(std::string_view text)
{
    std::vector<double> values;
    while (true) {
        const std::size_t slash = text.find('/');
        const auto value = number(text.substr(0, slash));
        if (!value)
            return std::nullopt;
        values.push_back(*value);
        if (slash == std::string_view::npos)
            break;
        text.remove_prefix(slash + 1);
    }
    if (values.size() != 1 && values.size() != 3)
        return std::nullopt;
    return values;
}

std::optional<PreprocessStep> parseCrop(std::string_view value)
{
    if (const auto rectangle = size(value))
        return CropSize{rectangle->first, rectangle->second};
    if (const auto fraction = number(value); fraction && *fraction > 0 && *fraction <= 1)
        return CropFraction{*fraction};
    return std::nullopt;
}

std::optional<PreprocessStep> parseStep(std::string_view key, std::string_view value)
{
    if (key == "crop")
        return parseCrop(value);
    if (key == "resize") {
        if (const auto rectangle = size(value))
            return Resize{rectangle->first, rectangle->second};
    } else if (key == "resize-short") {
        if (const auto shorter = side(value))
            return ResizeShort{*shorter};
    } else if (key == "color") {
        if (value == "rgb")
            return ColorStep{ColorOrder::Rgb};
        if (value == "bgr")
            return ColorStep{ColorOrder::Bgr};
        if (value == "gray")
            return ColorStep{ColorOrder::Gray};
    } else if (key == "mean") {
        if (auto values = channelValues(value))
            return MeanStep{*std::move(values)};
    } else if (key == "std") {
        auto values = channelValues(value);
        if (values && std::find(values->begin(), values->end(), 0.0) == values->end())
            return StdStep{*std::move(values)};
    } else if (key == "layout") {
        if (value == "nchw" || value == "nhwc")
            return LayoutStep{value == "nhwc"};
    }
    return std::nullopt;
}

std::string_view expectation(std::string_view key)
{
    if (key == "crop")
        return "crop takes a fraction in (0, 1] or WIDTHxHEIGHT";
    if (key == "resize")
        return "resize takes WIDTHxHEIGHT, each 1 to 16384";
    if (key == "resize-short")
        return "resize-short takes the length of the shorter side, 1 to 16384";
    if (key == "color")
        return "color takes rgb, bgr or gray";
    if (key == "mean")
        return "mean takes one number, or three separated by /";
    if (key == "std")
        return "std takes one number, or three separated by /, none of them 0";
    if (key == "layout")
        return "layout takes nchw or nhwc";
    return "the steps are crop, resize, resize-short, color, mean, std and layout";
}

// Steps on the 8-bit picture come before those that make numbers of it.
bool isPictureStep(const PreprocessStep &step) { return step.index() <= 4; }

std::string joined(const std::vector<double> &values)
{
    std::string text;
    for (const double value : values)
        text += fmt::format("{}{}", text.empty() ? "" : "/", value);
    return text;
}

} // namespace

Expected<PreprocessRecipe> PreprocessRecipe::parse(std::string_view text)
{
    PreprocessRecipe recipe;
    std::vector<std::string_view> once;
    bool numbers = false;
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view part = text.substr(0, comma);
        const std::size_t colon = part.find(':');
        const std::string_view key = part.substr(0, colon);
        const std::string name = "preprocessing step '" + std::string(part.substr(0, 64)) + "'";
        auto step = colon == std::string_view::npos ? std::nullopt : parseStep(key, part.substr(colon + 1));
        if (!step)
            return usageError(name, std::string(expectation(key)),
                              "Example: crop:0.875,resize:224x224,color:rgb,mean:127.5,std:127.5,layout:nchw");
        if (isPictureStep(*step) && numbers)
            return usageError(name, "crop, resize and color come before mean and std");
        numbers = numbers || std::holds_alternative<MeanStep>(*step) || std::holds_alternative<StdStep>(*step);
        if (key == "color" || key == "mean" || key == "std" || key == "layout") {
            if (std::find(once.begin(), once.end(), key) != once.end())
                return usageError(name, "this step may stand only once");
            once.push_back(key);
        }
        if (recipe.steps.size() == 32)
            return usageError(name, "a recipe has at most 32 steps");
        recipe.steps.push_back(*std::move(step));
        if (comma == std::string_view::npos)
            return recipe;
        text.remove_prefix(comma + 1);
    }
}

std::string PreprocessRecipe::text() const
{
    struct Printer {
        std::string operator()(const CropFraction &step) const { return fmt::format("crop:{}", step.fraction); }
        std::string operator()(const CropSize &step) const { return fmt::format("crop:{}x{}", step.width, step.height); }
        std::string operator()(const Resize &step) const { return fmt::format("resize:{}x{}", step.width, step.height); }
        std::string operator()(const ResizeShort &step) const { return fmt::format("resize-short:{}", step.size); }
        std::string operator()(const ColorStep &step) const
        {
            return step.order == ColorOrder::Rgb ? "color:rgb" : step.order == ColorOrder::Bgr ? "color:bgr" : "color:gray";
        }
        std::string operator()(const MeanStep &step) const { return "mean:" + joined(step.values); }
        std::string operator()(const StdStep &step) const { return "std:" + joined(step.values); }
        std::string operator()(const LayoutStep &step) const { return step.nhwc ? "layout:nhwc" : "layout:nchw"; }
    };
    std::string result;
    for (const PreprocessStep &step : steps)
        result += (result.empty() ? "" : ",") + std::visit(Printer(), step);
    return result;
}

Expected<PreprocessRecipe> PreprocessRecipe::forInput(const Dims &inputDims)
{
    Dims dims = inputDims;
    if (dims.size() == 4)
        dims.erase(dims.begin());
    const auto isColor = [](std::int64_t channels) { return channels == 1 || channels == 3; };
    if (dims.size() != 3 || (!isColor(dims[0]) && !isColor(dims[2]))) {
        return badInput("model input of shape " + shapeText(inputDims),
                        "no picture has this shape (N, C, H, W or N, H, W, C with 1 or 3 channels)",
                        "Say how pictures become this tensor with --preprocess.");
    }
    const bool nhwc = !isColor(dims[0]);
    const std::int64_t channels = nhwc ? dims[2] : dims[0], height = nhwc ? dims[0] : dims[1], width = nhwc ? dims[1] : dims[2];
    if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide)
        return badInput("model input of shape " + shapeText(inputDims), "pictures have 1 to 16384 pixels a side");
    PreprocessRecipe recipe;
    recipe.steps = {Resize{static_cast<int>(width), static_cast<int>(height)},
                    ColorStep{channels == 1 ? ColorOrder::Gray : ColorOrder::Rgb}, MeanStep{{0.0}}, StdStep{{255.0}},
                    LayoutStep{nhwc}};
    return recipe;
}

} // namespace nordlys::core
