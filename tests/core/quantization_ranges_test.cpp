// SPDX-License-Identifier: Apache-2.0
#include <core/quantization/grid_cost.h>
#include <core/quantization/range_methods.h>
#include <core/quantization/vendor_command.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

/// Each method on histograms so small that the answer is worked out by hand beside it.
namespace nordlys::core {
namespace {

struct RangeCase {
    const char *name;
    double lo, hi;
    RangeRule rule;
    double scale;
    std::int64_t zeroPoint;
    double min, max;
};

/// Observed range to grid, worked by hand: scale = (hi - lo)/steps, half away from zero; symmetric: m / floor(steps/2).
TEST(QuantizationRanges, ObservedRangeToGrid)
{
    const RangeCase cases[] = {
        // -lo/scale = 127.5 -> 128; range shifted by half a step
        {"asymmetric", -1, 1, ruleOf(RangeSchema::Asymmetric, 8), 2.0 / 255, 128, -1.0039215686, 0.9960784314},
        {"relu6", 0, 6, ruleOf(RangeSchema::Asymmetric, 8), 6.0 / 255, 0, 0, 6},
        {"symmetric", -0.5, 2, ruleOf(RangeSchema::Symmetric, 8), 2.0 / 127, 128, -2.0157480315, 2},
        {"strict", -0.5, 2, ruleOf(RangeSchema::StrictSymmetric, 8), 2.0 / 127, 127, -2, 2},
        {"four bits", -3.5, 1, ruleOf(RangeSchema::Symmetric, 4), 0.5, 8, -4, 3.5},
        {"zeros", 0, 0, ruleOf(RangeSchema::Asymmetric, 8), 3.9215686e-5, 0, 0, 0.01},
        // nothing negative: the full grid over 0..max; otherwise symmetric
        {"unsigned", 0.5, 2, ruleOf(RangeSchema::UnsignedSymmetric, 8), 2.0 / 255, 0, 0, 2},
        {"unsigned with a negative", -0.5, 2, ruleOf(RangeSchema::UnsignedSymmetric, 8), 2.0 / 127, 128, -2.0157480315, 2},
        // 16 bits: m / 32767
        {"sixteen bits", -1, 1, ruleOf(RangeSchema::Symmetric, 16), 1.0 / 32767, 32768, -32768.0 / 32767, 1},
    };
    for (const RangeCase &one : cases) {
        const auto grid = chooseGrid({}, one.lo, one.hi, one.rule, {});
        ASSERT_TRUE(grid) << one.name;
        EXPECT_NEAR(grid->scale, one.scale, 1e-10) << one.name;
        EXPECT_EQ(grid->zeroPoint, one.zeroPoint) << one.name;
        EXPECT_NEAR(grid->min, one.min, 1e-9) << one.name;
        EXPECT_NEAR(grid->max, one.max, 1e-9) << one.name;
    }
}

/// Ten values in five bins of width 1 from -2: CDF .1 .1 .5 .9 1.
TEST(QuantizationRanges, Percentile)
{
    const Histogram histogram{-2, 1, {1, 0, 4, 4, 1}};
    // p = 90: the CDF first exceeds 0.1 in bin 2 (edge 0), first reaches 0.9 in bin 3 (right edge 2).
    EXPECT_EQ(percentileRange(histogram, 90), Range(0, 2));
    // p = 95: exceeds 0.05 in bin 0, reaches 0.95 in bin 4.
    EXPECT_EQ(percentileRange(histogram, 95), Range(-2, 3));
    EXPECT_EQ(percentileRange(histogram, 100), Range(-2, 3));
    // 60: exceeds 0.4 in bin 2, reaches 0.6 in bin 3; both ends in one bin are one bin.
    EXPECT_EQ(percentileRange(histogram, 60), Range(0, 2));
    EXPECT_EQ(percentileRange({4, 0.5, {7}}, 99), Range(4, 4.5));
    // Empty bins at the ends are no part of the hundredth percentile's range.
    EXPECT_EQ(percentileRange({0, 1, {0, 2, 2, 0}}, 100), Range(1, 3));
    // Through the whole: lo 0, hi 2, 4 bits: scale 2/15.
    const auto grid = chooseGrid(histogram, -2, 3, ruleOf(RangeSchema::Asymmetric, 4), {RangeMethod::Percentile, 90});
    ASSERT_TRUE(grid);
    EXPECT_DOUBLE_EQ(grid->scale, 2.0 / 15);
    EXPECT_EQ(grid->zeroPoint, 0);
    // Symmetric: m = 2, npos = 7.
    EXPECT_DOUBLE_EQ(chooseGrid(histogram, -2, 3, ruleOf(RangeSchema::Symmetric, 4), {RangeMethod::Percentile, 90})->scale, 2.0 / 7);
    for (const double p : {50.0, 100.5, std::nan("")})
        EXPECT_FALSE(chooseGrid(histogram, -2, 3, ruleOf(RangeSchema::Asymmetric, 8), {RangeMethod::Percentile, p})) << p;
}

/// 2 bits (steps 3), bins of width 1 from 0 with centres 0.5, 1.5, 2.5 and one far value at 9.5 that weighs little. Over edges b:
///  b=3: scale 1, codes 0 1 2 3. Errors of the centres: .5 each (ties), the outlier becomes 3: 6.5. Cost (100+100+100) * .25 + 1 * 42.25 = 117.25
///  b=10: scale 10/3. 0.5 -> 0 (.25), 1.5 -> 0 (2.25), 2.5 -> 3.333 (.694), 9.5 -> 10 (.25). Cost 25 + 225 + 69.4 + .25 = 319.7
///  b=2: scale 2/3. 0.5 -> .667 (.0278), 1.5 -> 1.333 (.0278), 2.5 -> 2 (.25), 9.5 -> 2 (56.25). Cost 2.78 + 2.78 + 25 + 56.25 = 86.8
///  b=1: scale 1/3. 0.5 -> .333 or .667 (.0278), 1.5 -> 1 (.25), 2.5 -> 1 (2.25), 9.5 -> 1 (72.25). Cost 2.78 + 25 + 225 + 72.25 = 325
///  b=4: scale 4/3. 0.5 -> 0 (.25), 1.5 -> 1.333 (.0278), 2.5 -> 2.667 (.0278), 9.5 -> 4 (30.25). Cost 25 + 2.78 + 2.78 + 30.25 = 60.8
///  b=5: scale 5/3. 0.5 -> 0 (.25), 1.5 -> 1.667 (.0278), 2.5 -> 3.333 or 1.667 (.694), 9.5 -> 5 (20.25). Cost 25 + 2.78 + 69.4 + 20.25 = 117.5
///  b=6..9: 1.5 is .25 or more away from every code but at b=6 (scale 2: 2, .25); 25 + 25 + 25 + 12.25 = 87.25; b=7 (7/3): 25 + 69.4 + 2.78 + 6.25 = 103.5
/// The lowest is b=4.
TEST(QuantizationRanges, MeanSquaredError)
{
    const Histogram histogram{0, 1, {100, 100, 100, 0, 0, 0, 0, 0, 0, 1}};
    const RangeRule rule = ruleOf(RangeSchema::Asymmetric, 2);
    const OccupiedBins bins(histogram);
    const auto costOf = [&](double hi) { return bins.cost(*gridFromRange(0, hi, rule), 1); };
    EXPECT_NEAR(costOf(3), 117.25, 1e-9);
    EXPECT_NEAR(costOf(2), 200.0 / 36 + 25 + 56.25, 1e-9);
    EXPECT_NEAR(costOf(4), 25 + 200.0 / 36 + 30.25, 1e-9);
    EXPECT_NEAR(costOf(10), 25 + 225 + 100 * 25.0 / 36 + 0.25, 1e-9);
    const auto grid = mseGrid(histogram, rule);
    ASSERT_TRUE(grid);
    EXPECT_DOUBLE_EQ(grid->scale, 4.0 / 3);
    EXPECT_EQ(grid->zeroPoint, 0);
    // The gamma of the other method weighs what is outside only: b=3 has 75 inside and 42.25 outside.
    EXPECT_NEAR(bins.cost(*gridFromRange(0, 3, rule), 3), 75 + 3 * 42.25, 1e-9);
}

/// All pairs of edges by plain search give no lower cost where the edges are few, and hardly a lower one where the search goes in steps.
TEST(QuantizationRanges, MeanSquaredErrorAgainstAllPairs)
{
    std::mt19937 random(3);
    for (const std::size_t count : {7U, 40U, 300U}) {
        for (const RangeSchema schema : {RangeSchema::Asymmetric, RangeSchema::Symmetric}) {
            for (const int bits : {4, 8}) {
                Histogram histogram{-0.013 * static_cast<double>(count), 0.031, std::vector<double>(count)};
                std::normal_distribution<double> normal(static_cast<double>(count) / 2, static_cast<double>(count) / 9);
                for (int i = 0; i < 2000; ++i)
                    ++histogram.weights[static_cast<std::size_t>(std::clamp(normal(random), 0.0, static_cast<double>(count) - 1))];
                const RangeRule rule = ruleOf(schema, bits);
                const OccupiedBins bins(histogram);
                double lowest = std::numeric_limits<double>::infinity();
                const BinSpan span = occupiedBins(histogram).value();
                for (std::size_t a = span.first; a <= span.last + 1; ++a) {
                    for (std::size_t b = span.first; b <= span.last + 1; ++b) {
                        const double low = std::min(0.0, histogram.edge(a)), high = std::max(0.0, histogram.edge(b));
                        lowest = std::min(lowest, bins.cost(*gridFromRange(low, high, rule), 1));
                    }
                }
                const auto grid = mseGrid(histogram, rule);
                ASSERT_TRUE(grid);
                const double found = bins.cost(*grid, 1);
                EXPECT_GE(found, lowest * (1 - 1e-12));
                // With as many codes as bins it depends on chance which centres lie on codes; a search in steps does not meet every chance.
                EXPECT_LE(found, lowest * (count <= 60 ? 1 + 1e-12 : bits == 4 ? 1.05 : 1.25)) << count << " bins, " << bits << " bits";
            }
        }
    }
}

/// Eight bins to four levels. Full window: P = 4 4 4 4 2 2 0 1 (21 values), levels of two bins: Q = 4 4 4 4 2 2 0 1, since one holds each pair evenly and the
/// empty bin of the last gets nothing. P and Q are equal: KL 0, and the first of equals stays, so nothing is cut.
TEST(QuantizationRanges, EntropyKeepsWhatLevelsSayAnyway)
{
    EXPECT_EQ(entropyRange({0, 1, {4, 4, 4, 4, 2, 2, 0, 1}}, false, 4), Range(0, 8));
    // Fewer bins than levels: the range of the bins that hold something.
    EXPECT_EQ(entropyRange({0, 1, {0, 4, 4, 0}}, false, 4), Range(1, 3));
}

/// Six bins to four levels, zero at the left edge: windows lose bins on the right only, two at a time (the left edge may not pass zero).
/// Window of 6, bin j to level floor(4j/6) = 0 0 1 2 2 3: P = 2 8 6 5 3 1 of 25; Q: (2+8)/2 = 5 5, 6, (5+3)/2 = 4 4, 1.
///   KL = (8 ln 8/5 + 2 ln 2/5 + 5 ln 5/4 + 3 ln 3/4) / 25 = (3.7600 - 1.8326 + 1.1157 - .8630) / 25 = .08720
/// Window of 4, one bin a level: Q = 2 8 6 5 of 21; P has the outliers 3 + 1 at its end: 2 8 6 9 of 25.
///   KL = .32 ln(.32 21/8) + .08 ln(.08 21/2) + .24 ln(.24 21/6) + .36 ln(.36 21/5)
///      = .64 ln .84 + .36 ln 1.512 = -.11158 + .14885 = .03727
/// The window of 4 is nearer.
TEST(QuantizationRanges, EntropyCutsATail)
{
    EXPECT_EQ(entropyRange({0, 1, {2, 8, 6, 5, 3, 1}}, false, 4), Range(0, 4));
    // A heavier tail: 2 8 6 5 3 9. Window of 4: P = 2 8 6 17 of 33, Q = 2 8 6 5 of 21: .4848 ln(21/33) + .5152 ln(.5152 21/5) = -.2191 + .3977 = .1786.
    // Window of 6 (33 values): (3.7600 - 1.8326 + 1.1157 - .8630) / 33 = .0661. Nothing is cut.
    EXPECT_EQ(entropyRange({0, 1, {2, 8, 6, 5, 3, 9}}, false, 4), Range(0, 6));
}

/// Symmetric: -1: 6 and 0.., mirrored about zero: bins of |x|: 0..1 holds 12, 1..2 holds 2, 2..3 holds 2 -> 1 1 6 6 1 1. To four levels: window of 6: levels 0 0 1 2 2 3:
///   P = 1 1 6 6 1 1 of 16; Q = 1 1 6 3.5 3.5 1. KL = (6 ln 6/3.5 + ln 1/3.5) / 16 = (3.2340 - 1.2528) / 16 = .1238
/// Window of 4, one bin each: Q = 1 6 6 1 of 14, P = 2 6 6 2 of 16: 2 (.125 ln(.125 14/1) + .375 ln(.375 14/6)) = 2 (.06995 - .05007) = .03976. Range -2 .. 2.
TEST(QuantizationRanges, EntropyOfSymmetricGridsMirrors)
{
    EXPECT_EQ(entropyRange({-1, 1, {10, 2, 2, 2}}, true, 4), Range(-2, 2));
    // A heap of exact zeros counts as its neighbour does: the same windows as without it.
    EXPECT_EQ(entropyRange({0, 1, {8000, 8, 6, 5, 3, 1}}, false, 4), entropyRange({0, 1, {8, 8, 6, 5, 3, 1}}, false, 4));
    EXPECT_TRUE(usesMinMax(RangeMethod::Entropy, 4));
    EXPECT_TRUE(usesMinMax(RangeMethod::Entropy, 16));
    EXPECT_FALSE(usesMinMax(RangeMethod::Entropy, 8));
    const auto grid = chooseGrid({0, 1, {2, 8, 6, 5, 3, 1}}, 0, 5.5, ruleOf(RangeSchema::Asymmetric, 16), {RangeMethod::Entropy, 99.99});
    ASSERT_TRUE(grid);
    EXPECT_DOUBLE_EQ(grid->max, 5.5); // min-max
}

/// tf_enhanced, unsigned symmetric at 2 bits (steps 3): scales D k/100, D = hi/3, offset 0. Values: 100 in -.. bin 0..1 (x = .5), 100 in 1..2 (1.5), none, one in 5..6 (5.5). hi = 6, D = 2.
/// At k = 50, scale 1, range 0..3: .25 * 200 + 3 * 6.25 = 68.75. The best scale s puts .5 and 1.5 near codes: s = .5 reaches 1.5 exactly (k = 25): errors 0 and 0, outside 3 * 16 = 48.
/// k = 26, s = .52, range 0..1.56: .5 -> .52 (.0004), 1.5 -> 1.56 (.0036): .4 + 3 * (5.5 - 1.56)^2 = 46.5708 -> 46.97.
/// k = 27, s = .54: .5 -> .54 (.0016), 1.5 -> 1.62 (.0144): 1.6 + 3 * 3.88^2 = 45.1632 -> 46.76.
/// k = 28, s = .56: .36 + 1.5 -> 1.68 (.0324): 3.6 + 3 * 3.82^2 = 43.7772 -> 47.38. Lower k cut more of 1.5. The lowest is k = 27.
/// (Scales near 1.5: s = 1.5, k = 75: .5 -> 0 (.25), 25 + 3 * 1 = 28! range 0..4.5, 5.5 is 1 outside. k = 76, s = 1.52: .25, .0004 -> 25.04 + 3 * .94^2 = 27.69. k = 77, 1.54: 25 + .16 + 3 * .88^2 = 27.48.
///  k = 78, 1.56: 25.36 + 3 * .82^2 = 27.377. k = 79, 1.58: 25.64 + 3 * .76^2 = 27.373. k = 80, 1.6: 26 + 3 * .7^2 = 27.47. The lowest of all is k = 79.)
TEST(QuantizationRanges, SqnrUnsigned)
{
    const Histogram histogram{0, 1, {100, 100, 0, 0, 0, 1}};
    const auto grid = sqnrGrid(histogram, ruleOf(RangeSchema::UnsignedSymmetric, 2));
    ASSERT_TRUE(grid);
    EXPECT_NEAR(grid->scale, 1.58, 1e-12);
    EXPECT_EQ(grid->zeroPoint, 0);
    EXPECT_NEAR(grid->max, 4.74, 1e-12);
    EXPECT_NEAR(OccupiedBins(histogram).cost(*grid, 3), 25 + 100 * 0.08 * 0.08 + 3 * 0.76 * 0.76, 1e-9);
}

/// Symmetric, 3 bits: steps 7, offset floor(-3.5) = -4. One bin -1..1 (x = 0) and one 1..3 (x = 2): m = 3, D = 6/7. The scale that hits 2 best: s = 2/3 (codes up to 3 s) or
/// s = 2/3.. of the candidates D k/100: 2 = 3 s -> k = 77.78, s(78) = .668571: 3 s = 2.005714, error 3.265e-5; s(77) = .66: 3 s = 1.98, outside by .02: 3 * 4e-4 = 1.2e-3.
/// 2 = 2 s -> k = 116: no candidate; 2 s(101) = 1.7314: error .0721. So k = 78. Values at zero cost nothing.
TEST(QuantizationRanges, SqnrSymmetric)
{
    const auto grid = sqnrGrid({-1, 2, {50, 1}}, ruleOf(RangeSchema::Symmetric, 3));
    ASSERT_TRUE(grid);
    EXPECT_NEAR(grid->scale, 6.0 / 7 * 0.78, 1e-12);
    EXPECT_EQ(grid->zeroPoint, 4);
    // Strict: steps 6, D = 1, offset -3: k = 100 is scale 1, of which 2 is a code. No error at all.
    const auto strict = sqnrGrid({-1, 2, {50, 1}}, ruleOf(RangeSchema::StrictSymmetric, 3));
    ASSERT_TRUE(strict);
    EXPECT_NEAR(strict->scale, 1, 1e-12);
    EXPECT_EQ(strict->zeroPoint, 3);
    EXPECT_NEAR(strict->max, 3, 1e-12);
}

/// Asymmetric, 2 bits: bins -1..0 (x = -.5, 10 values) and 0..1 (none), 1..2 (x = 1.5, 10): observed -1..2, D = 1, snapped offset -1.
/// Codes -1 0 1 2: both centres lie half a step off: 20 * .25 = 5. A candidate with scale .6875 (k = 11), offset -1: -.6875 .. 1.375: -.5 -> -.6875 (.03516), 1.5 outside by .125: .01563 * 3.
/// 10 (.03516 + .04688) = .820. k = 12, .75: -.75 .. 1.5: .0625 and 0: .625. k = 13, .8125: -.8125 .. 1.625: .09766 + .01563: 1.13. k = 10, .625: 10 (.01563 + 3 * .0625) = 2.03.
/// Offsets i = 0..20 of -3 + .15 i round to -3, -3, -3, -3, -2 ... -1 (i = 14..16, i = 10 is -1.5 -> -2): -1 is among them. Offset -2 with scale .5 (k = 8): -1 .. .5: 1.5 is far outside. The
/// lowest is scale .75, offset -1, which hits 1.5 and misses -.5 by .25.
TEST(QuantizationRanges, SqnrAsymmetric)
{
    const Histogram histogram{-1, 1, {10, 0, 10}};
    const auto grid = sqnrGrid(histogram, ruleOf(RangeSchema::Asymmetric, 2));
    ASSERT_TRUE(grid);
    EXPECT_NEAR(grid->scale, 0.75, 1e-12);
    EXPECT_EQ(grid->zeroPoint, 1);
    EXPECT_NEAR(OccupiedBins(histogram).cost(*grid, 3), 0.625, 1e-9);
    // Zero throughout: -1 .. 1.
    const auto zeros = chooseGrid({0, 1.0 / 1024, {12}}, 0, 0, ruleOf(RangeSchema::Symmetric, 8), {RangeMethod::Sqnr, 99.99});
    ASSERT_TRUE(zeros);
    EXPECT_DOUBLE_EQ(zeros->scale, 1.0 / 127);
}

/// Every method gives a grid that is a valid encoding, whatever the histogram.
TEST(QuantizationRanges, AllCombinationsAreEncodings)
{
    const Histogram histograms[] = {{0, 0.01, {5, 3, 1}}, {-0.35, 0.1, {1, 2, 3, 4, 3, 2, 1}}, {-7, 1, {3}}, {1e-6, 1e-7, {2, 2}}, {-1e30, 1e29, std::vector<double>(20, 1.0)}};
    for (const Histogram &histogram : histograms) {
        const auto span = occupiedBins(histogram);
        const double min = histogram.edge(span->first), max = histogram.edge(span->last + 1);
        for (const RangeMethod method : {RangeMethod::MinMax, RangeMethod::Percentile, RangeMethod::Mse, RangeMethod::Entropy, RangeMethod::Sqnr}) {
            for (const RangeSchema schema : {RangeSchema::Asymmetric, RangeSchema::Symmetric, RangeSchema::UnsignedSymmetric, RangeSchema::StrictSymmetric}) {
                for (const int bits : {4, 8, 16}) {
                    const auto grid = chooseGrid(histogram, min, max, ruleOf(schema, bits), {method, 99.9});
                    ASSERT_TRUE(grid) << nameOf(method) << ' ' << nameOf(schema) << ' ' << grid.error().text();
                    Encoding encoding;
                    encoding.bitwidth = bits;
                    encoding.grids = {*grid};
                    EXPECT_TRUE(checkEncoding(encoding, "t")) << nameOf(method) << ' ' << nameOf(schema) << ' ' << bits;
                    EXPECT_LE(grid->min, 0.0);
                    EXPECT_GE(grid->max, 0.0);
                }
            }
        }
    }
}

TEST(QuantizationRanges, Names)
{
    for (const RangeMethod method : {RangeMethod::MinMax, RangeMethod::Percentile, RangeMethod::Mse, RangeMethod::Entropy, RangeMethod::Sqnr})
        EXPECT_EQ(rangeMethodFromName(nameOf(method)), method);
    for (const RangeSchema schema : {RangeSchema::Asymmetric, RangeSchema::Symmetric, RangeSchema::UnsignedSymmetric, RangeSchema::StrictSymmetric})
        EXPECT_EQ(rangeSchemaFromName(nameOf(schema)), schema);
    EXPECT_FALSE(rangeMethodFromName("magic"));
}

TEST(QuantizationVendorCommands, SayTheSameSettings)
{
    VendorSettings settings;
    settings.model = "my model.onnx";
    settings.output = "net";
    settings.inputList = "list.txt";
    settings.keep = "kept.json";
    settings.weightBits = 4;
    settings.actBits = 16;
    settings.actRange = {RangeMethod::Percentile, 99.9};
    settings.actSchema = RangeSchema::UnsignedSymmetric;
    settings.weightSchema = RangeSchema::StrictSymmetric;
    settings.perChannel = true;
    const VendorCommands commands = vendorCommands(settings);
    const std::string options = " --act_bitwidth 16 --weights_bitwidth 4 --bias_bitwidth 32 --act_quantizer_calibration percentile --param_quantizer_calibration min-max"
                                " --act_quantizer_schema unsignedsymmetric --param_quantizer_schema symmetric --percentile_calibration_value 99.9"
                                " --use_per_channel_quantization --use_per_row_quantization --restrict_quantization_steps \"-0x7 0x7\"";
    ASSERT_EQ(commands.qnn.size(), 1U);
    EXPECT_EQ(commands.qnn[0], "qnn-onnx-converter --input_network 'my model.onnx' --output_path net.cpp --input_list list.txt --quantization_overrides kept.json" +
                                   options + " --pack_4_bit_weights");
    ASSERT_EQ(commands.qairt.size(), 2U);
    EXPECT_EQ(commands.qairt[0], "qairt-converter --input_network 'my model.onnx' --output_path net.dlc --quantization_overrides kept.json");
    EXPECT_EQ(commands.qairt[1], "qairt-quantizer --input_dlc net.dlc --output_dlc net_quantized.dlc --input_list list.txt" + options);
    settings.actBits = 4;
    EXPECT_EQ(vendorCommands(settings).notes.size(), commands.notes.size() + 1);
}

} // namespace
} // namespace nordlys::core
