// SPDX-License-Identifier: Apache-2.0
#include <runtime/kernels/reference/half.h>

#include <gtest/gtest.h>

#include <cmath>

namespace nordlys::runtime::reference {
namespace {

TEST(Half, EveryBitPatternSurvivesTheWayThroughFloat)
{
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const Half half = Half::fromBits(static_cast<std::uint16_t>(bits));
        const float value = half;
        const Half back(value);
        EXPECT_TRUE(std::isnan(value) ? std::isnan(static_cast<float>(back)) : back.bits() == bits) << bits;
        const BFloat16 other = BFloat16::fromBits(static_cast<std::uint16_t>(bits));
        const float wide = other;
        const BFloat16 again(wide);
        EXPECT_TRUE(std::isnan(wide) ? std::isnan(static_cast<float>(again)) : again.bits() == bits) << bits;
    }
}

TEST(Half, KnownValues)
{
    EXPECT_EQ(static_cast<float>(Half::fromBits(0x3c00)), 1.0F);
    EXPECT_EQ(static_cast<float>(Half::fromBits(0x0001)), 0x1p-24F);
    EXPECT_EQ(static_cast<float>(Half::fromBits(0x83ff)), -0x1.ff8p-15F);
    EXPECT_EQ(static_cast<float>(Half::fromBits(0x7bff)), 65504.0F);
    EXPECT_EQ(static_cast<float>(Half::fromBits(0xfc00)), -std::numeric_limits<float>::infinity());
    EXPECT_EQ(Half(65519.0F).bits(), 0x7bff);
    EXPECT_EQ(Half(65520.0F).bits(), 0x7c00);
    EXPECT_EQ(Half(1e300).bits(), 0x7c00);
    EXPECT_EQ(Half(-1e-300).bits(), 0x8000);
    EXPECT_EQ(Half(2049).bits(), Half(2048).bits()) << "a tie goes to the even neighbour";
    EXPECT_EQ(Half(2051).bits(), Half(2052).bits());
    EXPECT_EQ(BFloat16(1.0F).bits(), 0x3f80);
    EXPECT_EQ(BFloat16(257).bits(), BFloat16(256).bits());
    EXPECT_EQ(BFloat16(259).bits(), BFloat16(260).bits());
}

/// 1 + 2^-11 is a tie between two halves; a little more, which a float cannot hold beside it, has to decide.
TEST(Half, DoublesAreRoundedOnce)
{
    EXPECT_EQ(Half(1.0 + 0x1p-11).bits(), 0x3c00);
    EXPECT_EQ(Half(1.0 + 0x1p-11 + 0x1p-40).bits(), 0x3c01);
    EXPECT_EQ(Half(1.0 + 0x3p-11 - 0x1p-40).bits(), 0x3c01);
    EXPECT_EQ(Half(-(1.0 + 0x1p-11 + 0x1p-40)).bits(), 0xbc01);
    EXPECT_EQ(BFloat16(1.0 + 0x1p-8 + 0x1p-45).bits(), 0x3f81);
    EXPECT_EQ(BFloat16(-(1.0 + 0x3p-8 - 0x1p-45)).bits(), 0xbf81);
}

} // namespace
} // namespace nordlys::runtime::reference
