// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme.h"

namespace nordlys::studio {
namespace {

constexpr QColor hex(unsigned rgb)
{
    return QColor(static_cast<int>(rgb >> 16 & 0xFF), static_cast<int>(rgb >> 8 & 0xFF), static_cast<int>(rgb & 0xFF));
}

constexpr QColor black = hex(0x000000);
constexpr QColor paper = hex(0xFFFFFF);

constexpr Theme darkTable{
    .dark = true,
    .canvas = hex(0x0F1215),
    .window = hex(0x15181C),
    .surface = hex(0x1A1E23),
    .raised = hex(0x22272D),
    .zebra = hex(0x1D2126),
    .hover = hex(0x2B3138),
    .border = hex(0x2C323A),
    .borderStrong = hex(0x404852),
    .control = hex(0x6C7681),
    .text = hex(0xE7EAED),
    .text2 = hex(0xB3BBC4),
    .text3 = hex(0x949DA7),
    .disabled = hex(0x5C6570),
    .accent = hex(0x5BA7FF),
    .accentFill = hex(0x1E5FB3),
    .accentInk = hex(0xFFFFFF),
    .selection = hex(0x1C3A5E),
    .selectionInk = hex(0xFFFFFF),
    .focus = hex(0x8CC2FF),
    .ok = hex(0x50C996),
    .okBg = hex(0x16301F),
    .warn = hex(0xF5CE3E),
    .warnBg = hex(0x362B0E),
    .error = hex(0xFF6D55),
    .errorBg = hex(0x3D1B18),
    .estimate = hex(0xA9B8CC),
    .estimateBg = hex(0x252C36),
    .htp = hex(0x3FE0BE),
    .gpu = hex(0xCDA0FF),
    .cpu = hex(0xD08F1C),
    .timeRamp = {{hex(0x20252B), hex(0x3A2F35), hex(0x5E3A3C), hex(0x8A463A), hex(0xB85A34), hex(0xDE7A33), hex(0xF2A541), hex(0xFAD36B)},
                  {paper, paper, paper, paper, paper, black, black, black}},
    .errorRamp = {{hex(0x20252B), hex(0x322C3D), hex(0x4C3556), hex(0x703E72), hex(0x9A4A8C), hex(0xC65FA3), hex(0xE685BB), hex(0xFFB8D8)},
                   {paper, paper, paper, paper, paper, black, black, black}},
    .deltaRamp = {{hex(0x4CB2F5), hex(0x3A86BD), hex(0x2D5F85), hex(0x2A3038), hex(0x7A4F2C), hex(0xB96F2F), hex(0xF29A3F)},
                   {black, black, paper, paper, paper, black, black}},
};

constexpr Theme lightTable{
    .dark = false,
    .canvas = hex(0xFAFBFC),
    .window = hex(0xEEF0F3),
    .surface = hex(0xFFFFFF),
    .raised = hex(0xF4F6F8),
    .zebra = hex(0xF8F9FB),
    .hover = hex(0xE8ECF0),
    .border = hex(0xD9DEE4),
    .borderStrong = hex(0xBEC6CF),
    .control = hex(0x7D8792),
    .text = hex(0x171B20),
    .text2 = hex(0x47505A),
    .text3 = hex(0x5F6974),
    .disabled = hex(0x9AA3AD),
    .accent = hex(0x1A5FB8),
    .accentFill = hex(0x1A5FB8),
    .accentInk = hex(0xFFFFFF),
    .selection = hex(0xCFE3FB),
    .selectionInk = hex(0x0B2545),
    .focus = hex(0x1A5FB8),
    .ok = hex(0x1D7755),
    .okBg = hex(0xE0F3E6),
    .warn = hex(0x724D00),
    .warnBg = hex(0xFCF0CE),
    .error = hex(0xC2103F),
    .errorBg = hex(0xFCE4E1),
    .estimate = hex(0x4A5D78),
    .estimateBg = hex(0xE8EDF4),
    .htp = hex(0x00736A),
    .gpu = hex(0x5E1F96),
    .cpu = hex(0x8F4A00),
    .timeRamp = {{hex(0xF3F4F4), hex(0xFBEBCB), hex(0xFAD795), hex(0xF3B75D), hex(0xE69139), hex(0xCC6A25), hex(0xA4471D), hex(0x742B17)},
                  {black, black, black, black, black, black, paper, paper}},
    .errorRamp = {{hex(0xF3F4F6), hex(0xF6E2EE), hex(0xEFC2DB), hex(0xE29AC2), hex(0xCB6DA3), hex(0xAB4585), hex(0x832C68), hex(0x5B1B4B)},
                   {black, black, black, black, black, paper, paper, paper}},
    .deltaRamp = {{hex(0x0F5E9C), hex(0x4B94C9), hex(0xA9CDE6), hex(0xF1F2F4), hex(0xF2CB9A), hex(0xD58A3A), hex(0x9A4D00)},
                   {paper, black, black, black, black, black, paper}},
};

} // namespace

const Theme darkTheme = darkTable;
const Theme lightTheme = lightTable;

} // namespace nordlys::studio
