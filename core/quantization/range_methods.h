// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding.h"
#include "histogram.h"

#include <optional>
#include <string_view>
#include <utility>

namespace nordlys::core {

/// How what was seen of a tensor becomes the range of its grid. The names are those of the vendor's quantizer options; the methods are those of
/// AIMET's encoding analyzers (BSD-3-Clause, Qualcomm Innovation Center), stated here and written anew. p_i is the weight of bin i, x_i its centre.
///
/// - min-max: smallest and largest value seen.
/// - percentile p: CDF over the bins, divided by its total. lo = left edge of the first bin whose CDF > 1 - p/100, hi = right edge of the first bin
///   whose CDF >= p/100, at least one bin; then gridFromRange. p = 100 is the range of the bins that hold something.
/// - mse: over pairs (a, b) of edges of the bins that hold something, with a <= 0 <= b, zero itself counting as an edge: the grid of gridFromRange(a, b) with the lowest
///   sum p_i (x_i - dq(x_i))^2. Symmetric grids: over magnitudes of edges. Where the pairs are many, all that lie on a coarse raster are tried and
///   then, with steps halved down to one edge, those around the best so far; with few edges (at most 64 on each side) all pairs are tried.
/// - entropy: only defined for 8 bits (other widths: min-max, see usesMinMax). The window over the bins that hold something shrinks while it keeps 255
///   bins or more; asymmetric: each step gives up two bins, one on each side, two on the left or two on the right, what loses least, and the
///   bin of zero stays inside; symmetric: on the histogram mirrored about zero, one bin on each side. P: the window with what lies outside
///   added to its end bins. Q: the window's n bins merged to 255 levels (bin j to level floor(255 j / n)) and each level spread evenly over its bins that hold
///   something. The bin of zero counts no more than the fuller one of its neighbours, because exact zeros are a code in every grid (vendors' forms
///   let the zeros of a Relu decide). Empty bins of P and Q get 1e-4, taken evenly from the others (where those stay positive). The window with the lowest
///   KL(P || Q) = sum P ln(P / Q) of the normalised distributions gives the range; then gridFromRange. Fewer than 255 bins: the range of the bins.
/// - sqnr (tf_enhanced): observed range = outer edges of the bins that hold something, with 0 inside and at least 0.01 wide; data that is zero
///   throughout: -1 .. 1. Cost of a grid: inside its range p_i (x_i - dq(x_i))^2, outside gamma p_i (x_i - limit)^2 with gamma = 3. Asymmetric candidates: the
///   observed range snapped to the grid; scales D k/16, k = 1..17, D = (hi - lo) / steps, each with offsets round(-steps + i steps / 20), i = 0..20, clamped
///   into the observed range (and dropped where they enclose it). Symmetric: scales D k/100, k = 1..101, D = 2 max(|lo|, |hi|) / steps, offset floor(-steps / 2);
///   unsigned symmetric with nothing negative: D = hi / steps, offset 0. The cheapest one, the first of equals.
///
/// steps is 2^bitwidth - 1, for strict symmetric grids 2^bitwidth - 2. dq rounds to the nearest code.
enum class RangeMethod { MinMax, Percentile, Mse, Entropy, Sqnr };
std::string_view nameOf(RangeMethod method); ///< "min-max", "percentile", "mse", "entropy", "sqnr"
std::optional<RangeMethod> rangeMethodFromName(std::string_view name);

struct RangeChoice {
    RangeMethod method = RangeMethod::MinMax;
    double percentile = 99.99; ///< 50 < p <= 100
};

/// Shape of the grid, by the vendor's names. Strict symmetric leaves the lowest code out.
enum class RangeSchema { Asymmetric, Symmetric, UnsignedSymmetric, StrictSymmetric };
std::string_view nameOf(RangeSchema schema); ///< "asymmetric", "symmetric", "unsignedsymmetric", "strictsymmetric"
std::optional<RangeSchema> rangeSchemaFromName(std::string_view name);
RangeRule ruleOf(RangeSchema schema, int bitwidth);

/// True where the method is not defined for the width and min-max is used in its place (entropy, other than 8 bits).
bool usesMinMax(RangeMethod method, int bitwidth);

/// The grid that the method gives. `min` and `max` are the exact range seen: what min-max uses, and what decides whether anything is negative. An
/// empty histogram (nothing binned) is min-max too. BadInput for a percentile outside 50 .. 100 and for what gridFromRange refuses.
Expected<Grid> chooseGrid(const Histogram &histogram, double min, double max, const RangeRule &rule, const RangeChoice &choice);

using Range = std::pair<double, double>;
/// The methods by themselves. The histogram must hold something; a rule that says unsigned symmetric means data of which nothing is negative.
Range percentileRange(const Histogram &histogram, double percentile);
Expected<Grid> mseGrid(const Histogram &histogram, const RangeRule &rule);
Range entropyRange(const Histogram &histogram, bool symmetric, std::size_t levels = 255);
Expected<Grid> sqnrGrid(const Histogram &histogram, const RangeRule &rule);

} // namespace nordlys::core
