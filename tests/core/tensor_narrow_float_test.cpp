// SPDX-License-Identifier: Apache-2.0
#include <core/tensor/narrow_float.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace nordlys::core {
namespace {

constexpr DType kTypes[] = {DType::Float8E4M3FN, DType::Float8E4M3FNUZ, DType::Float8E5M2, DType::Float8E5M2FNUZ, DType::Float4E2M1, DType::Float8E8M0};

/// Every number is its own nearest, and the middle between two neighbours goes to the even one.
TEST(NarrowFloat, RoundsToNearestEven)
{
    for (const DType type : kTypes) {
        const int codes = 1 << bitsOf(type);
        for (int code = 0; code < codes; ++code) {
            const float value = floatFromNarrow(type, static_cast<std::uint8_t>(code));
            if (std::isnan(value) || std::isinf(value))
                continue;
            EXPECT_EQ(narrowFromDouble(type, static_cast<double>(value)), code) << nameOf(type);
            if (type == DType::Float8E8M0 || code + 1 >= codes / 2)
                continue;
            const float next = floatFromNarrow(type, static_cast<std::uint8_t>(code + 1));
            if (std::isnan(next) || std::isinf(next))
                continue;
            const double middle = (static_cast<double>(value) + static_cast<double>(next)) / 2;
            EXPECT_EQ(narrowFromDouble(type, middle), code % 2 == 0 ? code : code + 1) << nameOf(type) << " " << code;
            EXPECT_EQ(narrowFromDouble(type, std::nextafter(middle, 0.0)), code) << nameOf(type) << " " << code;
            EXPECT_EQ(narrowFromDouble(type, std::nextafter(middle, 1e9)), code + 1) << nameOf(type) << " " << code;
        }
    }
}

struct Limit {
    DType type;
    double value;
    int saturated, unsaturated; ///< codes
};

/// The table of ONNX Cast for values beyond the range.
TEST(NarrowFloat, Limits)
{
    constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
    const Limit limits[] = {
        {DType::Float8E4M3FN, 464, 0x7e, 0x7e},   {DType::Float8E4M3FN, 465, 0x7e, 0x7f},   {DType::Float8E4M3FN, -1e30, 0xfe, 0xff},
        {DType::Float8E4M3FN, inf, 0x7e, 0x7f},   {DType::Float8E4M3FN, nan, 0x7f, 0x7f},   {DType::Float8E4M3FNUZ, 1000, 0x7f, 0x80},
        {DType::Float8E4M3FNUZ, -inf, 0xff, 0x80}, {DType::Float8E4M3FNUZ, -0.0, 0, 0},      {DType::Float8E4M3FNUZ, nan, 0x80, 0x80},
        {DType::Float8E5M2, 61440, 0x7b, 0x7c},   {DType::Float8E5M2, -inf, 0xfb, 0xfc},    {DType::Float8E5M2, -0.0, 0x80, 0x80},
        {DType::Float8E5M2FNUZ, 1e9, 0x7f, 0x80}, {DType::Float8E5M2FNUZ, -1e9, 0xff, 0x80}, {DType::Float4E2M1, 100, 0x7, 0x7},
        {DType::Float4E2M1, -inf, 0xf, 0xf},      {DType::Float4E2M1, nan, 0x7, 0x7},       {DType::Float8E8M0, inf, 0xff, 0xff},
        {DType::Float8E8M0, 0x1.8p127, 0xfe, 0xff},
    };
    for (const Limit &limit : limits) {
        EXPECT_EQ(narrowFromDouble(limit.type, limit.value, true), limit.saturated) << nameOf(limit.type) << " " << limit.value;
        EXPECT_EQ(narrowFromDouble(limit.type, limit.value, false), limit.unsaturated) << nameOf(limit.type) << " " << limit.value;
    }
}

TEST(NarrowFloat, PowersOfTwo)
{
    EXPECT_EQ(narrowFromDouble(DType::Float8E8M0, 3.0, true, PowerRounding::Up), 129);
    EXPECT_EQ(narrowFromDouble(DType::Float8E8M0, 3.0, true, PowerRounding::Down), 128);
    EXPECT_EQ(narrowFromDouble(DType::Float8E8M0, 3.0, true, PowerRounding::Nearest), 129);
    EXPECT_EQ(narrowFromDouble(DType::Float8E8M0, 2.9, true, PowerRounding::Nearest), 128);
    EXPECT_EQ(floatFromNarrow(DType::Float8E8M0, 0), 0x1p-127F);
}

} // namespace
} // namespace nordlys::core
