// SPDX-License-Identifier: Apache-2.0
// From one dialect to another and back; what is lost; differences; what a converter used.
#include <core/quantization/encoding_document.h>
#include <core/quantization/encoding_file.h>
#include <core/quantization/encoding_usage.h>

#include <support/graph_builder.h>
#include <support/shared_data.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nordlys::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Encoding perTensor(double scale, std::int64_t zeroPoint, int bits = 8, bool symmetric = false)
{
    Encoding encoding;
    encoding.bitwidth = bits;
    encoding.symmetric = symmetric;
    encoding.grids = {*gridFromScale(scale, zeroPoint, bits)};
    return encoding;
}

Encoding blocks(std::size_t channels, std::size_t perChannel, bool twoLevel)
{
    Encoding encoding;
    encoding.bitwidth = 4;
    encoding.symmetric = true;
    encoding.axis = 0;
    encoding.blockAxis = 1;
    encoding.blockSize = 2;
    TwoLevelScale scale;
    for (std::size_t c = 0; c < channels; ++c) {
        scale.channelScales.push_back(0.001 * static_cast<double>(c + 1));
        for (std::size_t b = 0; b < perChannel; ++b) {
            scale.multipliers.push_back(static_cast<std::uint32_t>(3 + c + 5 * b));
            encoding.grids.push_back(*gridFromScale(scale.channelScales.back() * scale.multipliers.back(), 8, 4));
        }
    }
    if (twoLevel)
        encoding.twoLevel = scale;
    return encoding;
}

/// A product with a weight of 3 x 4 and one of 4 x 3 behind it, so that blocks and channels have their dimensions.
Graph products()
{
    test::GraphBuilder b;
    const auto x = b.input("x", {1, 4});
    auto *graph = &b.graph;
    const auto transposed = [&](TensorId node) {
        Node &made = graph->nodes[graph->tensor(node).producer.index];
        made.attributes.push_back({graph->names.intern("transB"), std::int64_t(1)});
        return node;
    };
    const auto y = transposed(b.node("Gemm", {x, b.constant("w1", {3, 4})}, "y", {1, 3}));
    const auto z = b.node("MatMul", {y, b.constant("w2", {3, 4})}, "z", {1, 4});
    b.output(transposed(b.node("Gemm", {z, b.constant("w3", {2, 4})}, "out", {1, 2})));
    return std::move(b.graph);
}

EncodingSet variety()
{
    Encoding channels = perTensor(0.01, 128, 8, true);
    channels.axis = 1;
    for (const double scale : {0.02, 1.0 / 3, 0.04})
        channels.grids.push_back(*gridFromScale(scale, 128, 8));
    EncodingSet set;
    set.entries["x"] = {EncodingKind::Activation, perTensor(2.0 / 255, 114), false};
    set.entries["y"] = {EncodingKind::Activation, perTensor(0.1, 35799, 16), false};
    set.entries["out"] = {EncodingKind::Activation, perTensor(0.3, 0), false};
    set.entries["w1"] = {EncodingKind::Parameter, blocks(3, 2, false), false};
    set.entries["w2"] = {EncodingKind::Parameter, channels, false};
    set.entries["w3"] = {EncodingKind::Parameter, blocks(2, 2, true), false};
    set.entries["bias"] = {EncodingKind::Parameter, perTensor(0.125, std::int64_t(1) << 31, 32, true), false};
    return set;
}

EncodingSet through(EncodingDialect dialect, const EncodingSet &set, const Graph &graph, std::vector<EncodingLoss> *lost = nullptr)
{
    auto written = newEncodingsText(dialect, set, &graph);
    EXPECT_TRUE(written) << written.error().text();
    if (lost)
        *lost = written->lost;
    auto document = EncodingDocument::parse(written->text, "made", &graph);
    EXPECT_TRUE(document) << document.error().text() << "\n" << written->text;
    EXPECT_EQ(document->dialect(), dialect);
    for (const DocumentEntry &entry : document->entries())
        EXPECT_TRUE(entry.encoding) << entry.tensor << ": " << entry.problem;
    return document->set();
}

TEST(EncodingConversion, ThereAndBackAgainGivesEqualValues)
{
    const Graph graph = products();
    const EncodingSet set = variety();
    for (const EncodingDialect dialect : {EncodingDialect::List100, EncodingDialect::Onnx200, EncodingDialect::Onnx210}) {
        std::vector<EncodingLoss> lost;
        const EncodingSet there = through(dialect, set, graph, &lost);
        const EncodingSetDifference found = compareEncodings(set, there);
        EXPECT_EQ(found.equal, set.entries.size()) << nameOf(dialect);
        for (const auto &[name, difference] : found.changed)
            ADD_FAILURE() << nameOf(dialect) << " " << name << " x" << difference.scaleRatio << " " << testing::PrintToString(difference.words);
        EXPECT_EQ(there, set) << nameOf(dialect);
        for (const EncodingLoss &loss : lost) // a symmetric bias is told from an activation by the model alone only when it is named there
            EXPECT_FALSE(loss.omitted) << loss.tensor << ": " << loss.what;
    }
    // Without blocks through the others too: A -> 1.0.0 -> A, for every A.
    EncodingSet plain = set;
    plain.entries.erase("w1");
    plain.entries.erase("w3");
    for (const EncodingDialect dialect : {EncodingDialect::Dictionary040, EncodingDialect::Dictionary050, EncodingDialect::Dictionary061}) {
        EXPECT_EQ(through(dialect, plain, graph), plain) << nameOf(dialect);
        EXPECT_EQ(through(dialect, through(EncodingDialect::List100, plain, graph), graph), plain) << nameOf(dialect);
        EXPECT_EQ(through(dialect, through(EncodingDialect::Onnx200, plain, graph), graph), plain) << nameOf(dialect);
    }
}

TEST(EncodingConversion, SaysWhatIsLost)
{
    const Graph graph = products();
    EncodingSet set = variety();
    set.entries["half"] = {EncodingKind::Activation, Encoding{16, true, false, -1, {}}, false};
    Encoding strict = perTensor(2.0 / 127, 127, 8, true);
    strict.grids[0] = *gridFromRange(-2, 2, {.bitwidth = 8, .symmetric = true, .strictSymmetric = true, .unsignedSymmetric = false});
    set.entries["strict"] = {EncodingKind::Parameter, strict, false};
    set.entries["six"] = {EncodingKind::Activation, perTensor(1, 3, 6), false};
    Encoding fromZero = blocks(2, 2, true); // two levels of scales, unsigned codes
    fromZero.symmetric = false;
    for (Grid &grid : fromZero.grids)
        grid = *gridFromScale(grid.scale, 0, fromZero.bitwidth);
    set.entries["from-zero"] = {EncodingKind::Parameter, fromZero, false};
    const auto lostIn = [&](EncodingDialect dialect, bool omitted) {
        std::vector<std::string> names;
        const auto written = newEncodingsText(dialect, set, &graph);
        for (const EncodingLoss &loss : written->lost) {
            if (loss.omitted == omitted)
                names.push_back(loss.tensor);
        }
        std::ranges::sort(names);
        return names;
    };
    EXPECT_THAT(lostIn(EncodingDialect::Dictionary061, true), ElementsAre("from-zero", "w1", "w3"));
    EXPECT_THAT(lostIn(EncodingDialect::Dictionary061, false), ElementsAre());
    EXPECT_THAT(lostIn(EncodingDialect::Dictionary040, true), ElementsAre("from-zero", "half", "w1", "w3"));
    EXPECT_THAT(lostIn(EncodingDialect::Seed, true), ElementsAre("from-zero", "half", "w1", "w2", "w3"));
    EXPECT_THAT(lostIn(EncodingDialect::List100, true), ElementsAre("from-zero"));
    EXPECT_THAT(lostIn(EncodingDialect::List100, false), ElementsAre("strict"));
    EXPECT_THAT(lostIn(EncodingDialect::Onnx200, true), ElementsAre("half", "six"));
    EXPECT_FALSE(newEncodingsText(EncodingDialect::Torch, set, &graph));
    EXPECT_FALSE(newEncodingsText(EncodingDialect::NetJson, set, &graph));
    // Blocks without a model: nothing says how many channels there are.
    const auto blind = newEncodingsText(EncodingDialect::Onnx200, set, nullptr);
    ASSERT_TRUE(blind);
    EXPECT_TRUE(std::ranges::any_of(blind->lost, [](const EncodingLoss &loss) { return loss.tensor == "w1" && loss.omitted; }));
}

TEST(EncodingConversion, SeedKeepsPositiveOffsets)
{
    EncodingSet set;
    set.entries["a"] = {EncodingKind::Activation, perTensor(0.5, 7), false};
    const auto written = newEncodingsText(EncodingDialect::Seed, set, nullptr);
    ASSERT_TRUE(written);
    EXPECT_THAT(written->text, HasSubstr("\"a\": {\"bitwidth\": 8, \"min\": -3.5, \"max\": 124.0, \"scale\": 0.5, \"offset\": 7}"));
    EXPECT_EQ(EncodingDocument::parse(written->text, "seed", nullptr)->set(), set);
}

TEST(EncodingDifferences, ByScaleRatioAndCodeShift)
{
    EncodingSet first = variety(), second = first;
    EXPECT_TRUE(compareEncodings(first, second).changed.empty());
    second.entries["x"].encoding = perTensor(4.0 / 255, 110);
    second.entries["w2"].encoding.grids[2] = *gridFromScale(0.25, 128, 8); // was 1/3
    second.entries["y"].encoding = perTensor(0.1, 128, 8);
    second.entries.erase("out");
    second.entries["new"] = first.entries["x"];
    const EncodingSetDifference found = compareEncodings(first, second);
    EXPECT_EQ(found.equal, 3U);
    EXPECT_THAT(found.onlyFirst, ElementsAre("out"));
    EXPECT_THAT(found.onlySecond, ElementsAre("new"));
    ASSERT_EQ(found.changed.size(), 3U);
    EXPECT_EQ(found.changed[0].first, "w2");
    EXPECT_NEAR(found.changed[0].second.scaleRatio, 0.75, 1e-15);
    EXPECT_EQ(found.changed[0].second.codeShift, 0);
    EXPECT_EQ(found.changed[1].first, "x");
    EXPECT_NEAR(found.changed[1].second.scaleRatio, 2, 1e-15);
    EXPECT_EQ(found.changed[1].second.codeShift, -4);
    EXPECT_THAT(found.changed[2].second.words, ElementsAre("16 bit became 8 bit"));
}

TEST(EncodingUsed, ByValue)
{
    EncodingSet supplied, converted;
    supplied.entries["/conv1/Conv_output_0"] = {EncodingKind::Activation, perTensor(0.5, 3), false};
    supplied.entries["130"] = {EncodingKind::Activation, perTensor(0.25, 9), false};
    supplied.entries["fc.weight"] = {EncodingKind::Parameter, perTensor(0.0056317871, 128), false};
    supplied.entries["lost"] = {EncodingKind::Parameter, perTensor(7, 1), false};
    supplied.entries["other"] = {EncodingKind::Activation, perTensor(0.125, 0), false};
    converted.entries["_conv1_Conv_output_0"] = supplied.entries["/conv1/Conv_output_0"];
    converted.entries["_130"] = {EncodingKind::Activation, perTensor(0.5, 8), false};
    converted.entries["fc_weight_permute"] = {EncodingKind::Parameter, perTensor(0.00563178724, 128), false};
    converted.entries["elsewhere"] = {EncodingKind::Activation, perTensor(0.125, 0), false};
    converted.entries["bias"] = {EncodingKind::Parameter, perTensor(0.3, 122), false};
    const EncodingUsage usage = findUsage(supplied, converted);
    ASSERT_EQ(usage.used.size(), 3U);
    EXPECT_EQ(usage.used[1].converted, "fc_weight_permute");
    EXPECT_THAT(usage.used[1].evidence, HasSubstr("_permute"));
    EXPECT_EQ(usage.used[2].converted, "elsewhere");
    ASSERT_EQ(usage.changed.size(), 1U);
    EXPECT_EQ(usage.changed[0].difference.scaleRatio, 2);
    EXPECT_EQ(usage.changed[0].difference.codeShift, -1);
    EXPECT_THAT(usage.missing, ElementsAre("lost"));
    EXPECT_THAT(usage.unsupplied, ElementsAre("bias"));
}

// Two names become one when they are sanitised; each has its own tensor, by value.
TEST(EncodingUsed, NamesThatBecomeOne)
{
    EncodingSet supplied, converted;
    supplied.entries["a.b"] = {EncodingKind::Activation, perTensor(0.5, 3), false};
    supplied.entries["a/b"] = {EncodingKind::Activation, perTensor(0.25, 9), false};
    converted.entries["a_b"] = supplied.entries["a/b"];
    converted.entries["a_b_0"] = supplied.entries["a.b"];
    const EncodingUsage usage = findUsage(supplied, converted);
    EXPECT_EQ(usage.used.size(), 2U);
    EXPECT_TRUE(usage.changed.empty());
    EXPECT_TRUE(usage.missing.empty());
}

// What the reference says of this pair: all 32 activations and 20 of 21 weights under their names, fc.weight as fc_weight_permute.
TEST(EncodingUsed, FixturePair)
{
    const auto folder = test::sharedPath() / "fixtures/qnn";
    NORDLYS_REQUIRE_SHARED(folder);
    const auto supplied = readEncodings(folder / "aimet_0.6.1_resnet18_int8.encodings.json", nullptr);
    const auto net = EncodingDocument::read(folder / "resnet18_int8_net.json", nullptr);
    ASSERT_TRUE(supplied && net);
    const EncodingUsage usage = findUsage(supplied->set, net->set());
    EXPECT_EQ(usage.used.size(), 53U);
    EXPECT_TRUE(usage.changed.empty());
    EXPECT_TRUE(usage.missing.empty());
    std::vector<std::string> renamed;
    for (const auto &found : usage.used) {
        if (!found.evidence.empty())
            renamed.push_back(found.tensor + " " + found.converted);
    }
    EXPECT_THAT(renamed, ElementsAre("fc.weight fc_weight_permute"));
    EXPECT_GE(usage.unsupplied.size(), 21U); // the biases, by the converter's own ranges
}

TEST(EncodingCheck, RenamedWithEvidence)
{
    const Graph graph = products();
    EncodingSet set;
    set.entries["model.w1"] = {EncodingKind::Parameter, perTensor(0.5, 128, 8, true), false};
    set.entries["w.2"] = {EncodingKind::Parameter, perTensor(0.5, 128, 8, true), false};
    set.entries["model.out"] = {EncodingKind::Parameter, perTensor(0.5, 128, 8, true), false}; // the wrong section: no guess
    const EncodingCoverage coverage = checkCoverage(graph, set);
    ASSERT_EQ(coverage.renamed.size(), 1U);
    EXPECT_EQ(coverage.renamed[0].from, "model.w1");
    EXPECT_EQ(coverage.renamed[0].to, "w1");
    EXPECT_THAT(coverage.renamed[0].evidence, HasSubstr("the end of the other"));
    EXPECT_THAT(coverage.extra, ElementsAre("model.out", "w.2"));
}

} // namespace
} // namespace nordlys::core
