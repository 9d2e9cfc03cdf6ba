// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace nordlys::core {

/// A colour of the visual system in both themes, 0xRRGGBB.
struct ReportColour {
    std::string_view name; ///< as the studio's theme calls it
    std::uint32_t dark, light;
};
inline constexpr std::array<ReportColour, 24> kReportColours{{
    {"canvas", 0x0F1215, 0xFAFBFC},       {"window", 0x15181C, 0xEEF0F3},   {"surface", 0x1A1E23, 0xFFFFFF},
    {"raised", 0x22272D, 0xF4F6F8},       {"hover", 0x2B3138, 0xE8ECF0},    {"border", 0x2C323A, 0xD9DEE4},
    {"borderStrong", 0x404852, 0xBEC6CF}, {"control", 0x6C7681, 0x7D8792},  {"text", 0xE7EAED, 0x171B20},
    {"text2", 0xB3BBC4, 0x47505A},        {"text3", 0x949DA7, 0x5F6974},    {"accent", 0x5BA7FF, 0x1A5FB8},
    {"focus", 0x8CC2FF, 0x1A5FB8},        {"ok", 0x50C996, 0x1D7755},       {"okBg", 0x16301F, 0xE0F3E6},
    {"warn", 0xF5CE3E, 0x724D00},         {"warnBg", 0x362B0E, 0xFCF0CE},   {"error", 0xFF6D55, 0xC2103F},
    {"errorBg", 0x3D1B18, 0xFCE4E1},      {"estimate", 0xA9B8CC, 0x4A5D78}, {"estimateBg", 0x252C36, 0xE8EDF4},
    {"htp", 0x3FE0BE, 0x00736A},          {"gpu", 0xCDA0FF, 0x5E1F96},      {"cpu", 0xD08F1C, 0x8F4A00},
}};

/// A step of a colour scale and whether black ink (else white) reads on it.
struct ReportStep {
    std::uint32_t dark, light;
    bool darkTakesBlack, lightTakesBlack;
};
inline constexpr std::array<ReportStep, 8> kReportTimeRamp{{{0x20252B, 0xF3F4F4, false, true},
                                                            {0x3A2F35, 0xFBEBCB, false, true},
                                                            {0x5E3A3C, 0xFAD795, false, true},
                                                            {0x8A463A, 0xF3B75D, false, true},
                                                            {0xB85A34, 0xE69139, false, true},
                                                            {0xDE7A33, 0xCC6A25, true, true},
                                                            {0xF2A541, 0xA4471D, true, false},
                                                            {0xFAD36B, 0x742B17, true, false}}};
inline constexpr std::array<ReportStep, 7> kReportDeltaRamp{{{0x4CB2F5, 0x0F5E9C, true, false},
                                                             {0x3A86BD, 0x4B94C9, true, true},
                                                             {0x2D5F85, 0xA9CDE6, false, true},
                                                             {0x2A3038, 0xF1F2F4, false, true},
                                                             {0x7A4F2C, 0xF2CB9A, false, true},
                                                             {0xB96F2F, 0xD58A3A, true, true},
                                                             {0xF29A3F, 0x9A4D00, true, false}}};

/// Step of a share in 0..1, as the studio's scales have it.
int timeStepOf(double share);

/// ":root{--canvas:#...}" for light, and dark inside the media query for screens that prefer it. Variables: the colours' names,
/// t0..t7 with inks i0..i7, d0..d6.
std::string reportColourRules();

} // namespace nordlys::core
