// SPDX-License-Identifier: Apache-2.0
#include "encoding_dialect.h"

#include "dialects/entry_forms.h"
#include "qdq_encodings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace nordlys::core {

namespace {

constexpr std::pair<EncodingDialect, std::string_view> kNames[] = {
    {EncodingDialect::Dictionary040, "0.4.0"}, {EncodingDialect::Dictionary050, "0.5.0"}, {EncodingDialect::Dictionary061, "0.6.1"},
    {EncodingDialect::Seed, "seed"},           {EncodingDialect::List100, "1.0.0"},       {EncodingDialect::Onnx200, "2.0.0"},
    {EncodingDialect::Onnx210, "2.1.0"},       {EncodingDialect::Torch, "torch"},         {EncodingDialect::NetJson, "net.json"},
    {EncodingDialect::Qdq, "qdq"},
};

bool isStrict(const Encoding &encoding)
{
    return std::ranges::any_of(encoding.grids, [&](const Grid &grid) {
        const CodeRange codes = codeRangeOf(grid, encoding.bitwidth);
        return codes.last - codes.first < (std::int64_t(1) << encoding.bitwidth) - 1;
    });
}

bool isSignedSymmetric(const Encoding &encoding)
{
    return std::ranges::all_of(encoding.grids, [&](const Grid &grid) { return grid.zeroPoint == std::int64_t(1) << (encoding.bitwidth - 1); });
}

std::vector<std::string> lossesOfDictionary(EncodingDialect dialect, const EncodingEntry &entry, std::string &omitted)
{
    const Encoding &encoding = entry.encoding;
    std::vector<std::string> lost;
    if (encoding.isBlockwise())
        omitted = "it has no blocks";
    else if (encoding.isFloat && (dialect == EncodingDialect::Seed || dialect == EncodingDialect::Dictionary040))
        omitted = "it has no float encodings";
    else if (encoding.isPerChannel() && dialect == EncodingDialect::Seed)
        omitted = "it has one grid a tensor";
    if (dialect == EncodingDialect::Seed && encoding.symmetric && !encoding.isPerChannel())
        lost.emplace_back("it does not state that the grid is symmetric");
    return lost;
}

std::vector<std::string> lossesOfList(const EncodingEntry &entry, std::string &omitted)
{
    std::vector<std::string> lost;
    if (entry.encoding.twoLevel && !isSignedSymmetric(entry.encoding)) {
        omitted = "its two-level scales belong to symmetric codes";
        return lost;
    }
    if (isStrict(entry.encoding))
        lost.emplace_back("it states no range, so the lowest code, which this grid leaves out, comes back");
    // Readers see signed storage in a symmetric offset of zero.
    const bool isZero = std::ranges::any_of(entry.encoding.grids, [](const Grid &grid) { return grid.zeroPoint == 0; });
    if (entry.encoding.symmetric && isZero)
        lost.emplace_back("without a range a symmetric grid that begins at zero cannot be told from signed storage: it is not called symmetric");
    return lost;
}

std::vector<std::string> lossesOfOnnx(const EncodingEntry &entry, std::string &omitted)
{
    const Encoding &encoding = entry.encoding;
    std::vector<std::string> lost;
    if (encoding.isFloat)
        omitted = "it has no float16 and float32 encodings";
    else if (encoding.bitwidth != 4 && encoding.bitwidth != 8 && encoding.bitwidth != 16 && encoding.bitwidth != 32)
        omitted = fmt::format("it has no type of {} bits", encoding.bitwidth);
    else if (encoding.bitwidth == 32 && !isSignedSymmetric(encoding))
        omitted = "its only type of 32 bits is a signed one";
    if (!omitted.empty())
        return lost;
    if (isStrict(encoding))
        lost.emplace_back("it states no range, so the lowest code, which this grid leaves out, comes back");
    if (encoding.symmetric && !isSignedSymmetric(encoding))
        lost.emplace_back("symmetric grids are signed there: this one is not called symmetric");
    if (encoding.twoLevel && encoding.twoLevel->decompressedBits != 8)
        lost.push_back(fmt::format("it does not state that the codes are expanded to {} bits (readers take 8)", encoding.twoLevel->decompressedBits));
    if (encoding.isBlockwise() && encoding.axis < 0)
        lost.emplace_back("blocks without a channel axis are read as those of one channel");
    if (guessedKind(encoding) != entry.kind)
        lost.emplace_back("it has no sections: without a model this is read as a" + std::string(entry.kind == EncodingKind::Activation ? " parameter" : "n activation"));
    return lost;
}

std::vector<std::string> lossesOfQdq(const EncodingEntry &entry, std::string &omitted)
{
    const Encoding &encoding = entry.encoding;
    std::vector<std::string> lost;
    const bool isParameter = entry.kind == EncodingKind::Parameter;
    if (encoding.isFloat)
        omitted = "it has no float encodings: the tensor stays float32";
    else if (encoding.bitwidth != 4 && encoding.bitwidth != 8 && encoding.bitwidth != 16 && encoding.bitwidth != 32)
        omitted = fmt::format("it has no type of {} bits", encoding.bitwidth);
    else if (encoding.bitwidth == 32 && (!isParameter || !isSignedSymmetric(encoding)))
        omitted = isParameter ? "its only type of 32 bits is a signed one" : "QuantizeLinear makes no codes of 32 bits";
    if (!omitted.empty())
        return lost;
    if (isStrict(encoding))
        lost.emplace_back(isParameter ? "it states no range: the stored codes leave the lowest one out, their encoding does not say so"
                                      : "it states no range, so the lowest code, which this grid leaves out, comes back");
    const bool isSigned = std::ranges::all_of(encoding.grids, [&](const Grid &grid) { return isSignedSymmetric(grid, encoding.bitwidth); });
    if (encoding.symmetric && !isSigned)
        lost.emplace_back("symmetric grids are signed there: this one is not called symmetric");
    if (encoding.twoLevel)
        lost.emplace_back("it has no two-level scales: the products are written");
    if (encoding.isBlockwise() && encoding.axis < 0)
        lost.emplace_back("blocks without a channel axis are read as those of channels");
    return lost;
}

} // namespace

std::string_view nameOf(EncodingDialect dialect)
{
    return std::ranges::find(kNames, dialect, &std::pair<EncodingDialect, std::string_view>::first)->second;
}

std::optional<EncodingDialect> dialectFromName(std::string_view name)
{
    const auto it = std::ranges::find(kNames, name, &std::pair<EncodingDialect, std::string_view>::second);
    return it == std::end(kNames) ? std::nullopt : std::optional(it->first);
}

bool isWritable(EncodingDialect dialect) { return std::ranges::find(kWritableDialects, dialect) != kWritableDialects.end(); }

bool isDictionary(EncodingDialect dialect)
{
    return dialect == EncodingDialect::Dictionary040 || dialect == EncodingDialect::Dictionary050 || dialect == EncodingDialect::Dictionary061 ||
           dialect == EncodingDialect::Seed;
}

bool isOnnxLike(EncodingDialect dialect) { return dialect == EncodingDialect::Onnx200 || dialect == EncodingDialect::Onnx210; }

std::vector<EncodingLoss> lossesIn(EncodingDialect dialect, const std::string &tensor, const EncodingEntry &entry)
{
    std::string omitted;
    std::vector<std::string> lost;
    if (isDictionary(dialect))
        lost = lossesOfDictionary(dialect, entry, omitted);
    else if (dialect == EncodingDialect::List100)
        lost = lossesOfList(entry, omitted);
    else if (dialect == EncodingDialect::Qdq)
        lost = lossesOfQdq(entry, omitted);
    else
        lost = lossesOfOnnx(entry, omitted);
    if (!omitted.empty())
        return {{tensor, std::move(omitted), true}};
    std::vector<EncodingLoss> result;
    for (std::string &what : lost)
        result.push_back({tensor, std::move(what), false});
    return result;
}

} // namespace nordlys::core
