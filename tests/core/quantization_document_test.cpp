// SPDX-License-Identifier: Apache-2.0
// Encodings files as documents: every dialect read, bytes kept, edits in place, conversion. The texts are written by hand.
#include <core/quantization/encoding_document.h>
#include <core/quantization/encoding_file.h>

#include <support/graph_builder.h>
#include <support/shared_data.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nordlys::core {
namespace {

using testing::HasSubstr;

EncodingDocument parsed(const std::string &text, const Graph *graph = nullptr)
{
    auto document = EncodingDocument::parse(text, "file", graph);
    EXPECT_TRUE(document) << document.error().text() << "\n" << text;
    return document ? *std::move(document) : EncodingDocument();
}

const char *const kSeed = "// exported by hand\n"
                          "{\"activation_encodings\": {\"conv1/Relu:0\": {\"bitwidth\":8,\"max\":6.0,\"min\":0.0,\"scale\":0.023529,\"offset\":0}},\n"
                          " \"param_encodings\": {\"conv1.weight\": {\"bitwidth\":8,\"max\":2.5,\"min\":-2.5,\"scale\":0.019608,\"offset\":127}},\n"
                          " \"activation_bitwidth\":8, \"param_bitwidth\":8, \"bias_bitwidth\":32}\n";
const char *const kDictionary = R"({
  "version": "0.6.1", "custom": {"kept": [1, 2]},
  "activation_encodings": {
    "x":   [ {"bitwidth": 8, "dtype": "int", "is_symmetric": "False", "max": 1.27, "min": -1.28, "offset": -128.0, "scale": 0.010, "note": "mine"} ],
    "bad": [ {"bitwidth": 8, "scale": -1, "offset": 0} ],
    "nan": [ {"bitwidth": 8, "scale": NaN, "offset": 0} ],
    "soft" : [{"bitwidth": 16, "dtype": "float"}]
  },
  "param_encodings": {
    "w": [ {"bitwidth": 8, "dtype": "int", "is_symmetric": "True", "min": -1.28, "max": 1.27, "scale": 0.01, "offset": -128},
           {"bitwidth": 8, "dtype": "int", "is_symmetric": "True", "min": -2.56, "max": 2.54, "scale": 0.02, "offset": -128} ],
    "x": [ {"bitwidth": 8, "min": 0, "max": 1} ]
  }
}
)";
const char *const kList = R"({"version": "1.0.0",
 "activation_encodings": [
  {"name": "a", "enc_type": "PER_TENSOR", "dtype": "INT", "bw": 8, "is_sym": false, "scale": [0.5], "offset": [-3]},
  {"name": "g", "enc_type": "PER_TENSOR", "dtype": "FLOAT", "bw": 16}],
 "param_encodings": [
  {"name": "w", "enc_type": "PER_CHANNEL", "dtype": "INT", "bw": 8, "is_sym": true, "scale": [0.01, 0.02], "offset": [-128, -128]},
  {"name": "b", "enc_type": "PER_BLOCK", "dtype": "INT", "bw": 4, "is_sym": true, "block_size": 64, "scale": [0.5, 0.25, 1, 2], "offset": [-8, -8, -8, -8]},
  {"name": "l", "enc_type": "LPBQ", "dtype": "INT", "bw": 8, "compressed_bw": 4, "is_sym": true, "block_size": 64,
   "scale": [0.001, 0.002], "offset": [-128, -128], "per_block_int_scale": [3, 16, 7, 12]}]})";
const char *const kOnnx = R"({"version": "2.0.0", "encodings": [
  {"name": "a", "output_dtype": "uint8", "y_scale": 0.5, "y_zero_point": 3},
  {"name": "s", "output_dtype": "int8", "y_scale": 0.25, "y_zero_point": -5},
  {"name": "w", "output_dtype": "int8", "y_scale": [0.01, 0.02], "axis": 1},
  {"name": "b", "output_dtype": "int4", "y_scale": [[0.5, 0.25], [1, 2], [4, 8]], "axis": 1, "block_size": 64},
  {"name": "l", "output_dtype": "int4", "per_block_int_scale": [[3, 16], [7, 12]], "per_channel_float_scale": [0.001, 0.002], "axis": 1, "block_size": 64},
  {"name": "f8", "output_dtype": "float8e4m3fn", "y_scale": 0.5},
  {"name": "half", "output_dtype": "uint4", "y_scale": 0.5, "y_zero_point": -0.5},
  {"name": "bias", "output_dtype": "int32", "y_scale": 0.125}]})";
const char *const kNet = R"({"model.cpp": "m.cpp", "graph": {"tensors": {
  "x": {"id": 1, "type": 0, "data_type": 1032, "quant_params": {"definition": 1, "encoding": 0, "is_overridden": true,
        "scale_offset": {"bitwidth": 8, "minimum": -1.28, "maximum": 1.27, "scale": 0.01, "offset": -128, "is_symmetric": false}}},
  "signed": {"id": 2, "type": 4, "data_type": 776, "quant_params": {"definition": 1, "encoding": 1,
        "axis_scale_offset": {"axis": 3, "scale_offsets": [{"scale": 0.5, "offset": 0}, {"scale": 0.25, "offset": 0}]}}},
  "real": {"id": 3, "type": 3, "data_type": 562, "quant_params": {"definition": 2147483647, "encoding": 2147483647,
        "scale_offset": {"bitwidth": 0, "scale": 0.0, "offset": 0}}},
  "odd": {"id": 4, "type": 3, "data_type": 1032, "quant_params": {"definition": 1, "encoding": 4}}}, "nodes": {}}})";
const char *const kTorch = R"({"version": "0.6.1", "activation_encodings": {
  "conv1": {"input": {"0": {"bitwidth": 8, "dtype": "int", "is_symmetric": "False", "min": 0, "max": 2.55, "scale": 0.01, "offset": 0}},
            "output": {"0": {"bitwidth": 8, "dtype": "int", "is_symmetric": "False", "min": -1.28, "max": 1.27, "scale": 0.01, "offset": -128}}}},
 "param_encodings": {"conv1.weight": [{"bitwidth": 8, "dtype": "int", "is_symmetric": "True", "min": -1.28, "max": 1.27, "scale": 0.01, "offset": -128}]}})";

TEST(EncodingDocument, SeedForm)
{
    const EncodingDocument seed = parsed(kSeed);
    EXPECT_EQ(seed.dialect(), EncodingDialect::Seed);
    ASSERT_FALSE(seed.notes().empty());
    EXPECT_THAT(seed.notes()[0], HasSubstr("comment line"));
    const EncodingSet set = seed.set();
    EXPECT_EQ(set.find("conv1/Relu:0")->encoding.grids[0].zeroPoint, 0);
    EXPECT_EQ(set.find("conv1.weight")->encoding.grids[0].zeroPoint, 127); // q = round(x/s + 127)
    EXPECT_EQ(set.find("conv1.weight")->kind, EncodingKind::Parameter);
    EXPECT_THAT(seed.entries()[1].repairs, testing::ElementsAre(HasSubstr("positive offset 127 was negated")));
}

TEST(EncodingDocument, WhatCannotBeUnderstoodStaysAndTheRestLoads)
{
    const EncodingDocument document = parsed(kDictionary);
    EXPECT_EQ(document.set().entries.size(), 3U);
    EXPECT_TRUE(document.set().find("soft")->encoding.isFloat);
    EXPECT_EQ(document.set().find("w")->encoding.grids.size(), 2U);
    std::map<std::string, std::string> problems;
    for (const DocumentEntry &entry : document.entries()) {
        if (!entry.encoding)
            problems[entry.tensor] = entry.problem;
    }
    EXPECT_THAT(problems, testing::UnorderedElementsAre(testing::Pair("bad", HasSubstr("not positive")), testing::Pair("nan", HasSubstr("no JSON")),
                                                        testing::Pair("x", HasSubstr("two entries"))));
    EXPECT_EQ(*document.textWith(document.set()), kDictionary);
}

TEST(EncodingDocument, OneEditChangesExactlyThatEntry)
{
    const EncodingDocument document = parsed(kDictionary);
    EncodingSet wanted = document.set();
    wanted.entries["x"].encoding.grids = {*gridFromScale(0.02, 100, 8)};
    std::string expected = kDictionary;
    const auto replace = [&expected](const std::string &a, const std::string &b) { expected.replace(expected.find(a), a.size(), b); };
    replace("\"max\": 1.27, \"min\": -1.28, \"offset\": -128.0, \"scale\": 0.010, ", "\"max\": 3.1, \"min\": -2.0, \"offset\": -100, \"scale\": 0.02, ");
    const auto edited = document.textWith(wanted);
    ASSERT_TRUE(edited) << edited.error().text();
    EXPECT_EQ(*edited, expected);
    // One number of an entry: the others keep their digits.
    wanted = document.set();
    wanted.entries["x"].encoding.symmetric = true;
    expected = kDictionary;
    replace("\"False\"", "\"True\"");
    EXPECT_EQ(*document.textWith(wanted), expected);
    // Two channels become one; the section loses one; another gets one.
    wanted = document.set();
    wanted.entries["w"].encoding.grids.pop_back();
    wanted.entries["w"].encoding.axis = -1;
    wanted.entries.erase("soft");
    wanted.entries["new"] = {EncodingKind::Parameter, wanted.entries["x"].encoding, false};
    const auto three = document.textWith(wanted);
    ASSERT_TRUE(three) << three.error().text();
    EXPECT_THAT(*three, HasSubstr("\"nan\": [ {\"bitwidth\": 8, \"scale\": NaN, \"offset\": 0} ]\n  },"));
    const EncodingDocument again = parsed(*three);
    EXPECT_EQ(again.set(), wanted);
    EXPECT_EQ(again.entries().size(), document.entries().size());
    // What was not understood can be replaced.
    wanted = document.set();
    wanted.entries["bad"] = wanted.entries["x"];
    const auto mended = document.textWith(wanted);
    ASSERT_TRUE(mended) << mended.error().text();
    EXPECT_EQ(parsed(*mended).set(), wanted);
    EXPECT_THAT(*mended, HasSubstr("NaN"));
}

TEST(EncodingDocument, EveryFormKeepsItsBytesAndTakesOneEdit)
{
    for (const char *text : {kSeed, kDictionary, kList, kOnnx}) {
        const EncodingDocument document = parsed(text);
        const EncodingSet set = document.set();
        EXPECT_EQ(*document.textWith(set), text);
        for (const auto &[tensor, entry] : set.entries) {
            if (entry.encoding.isFloat || entry.encoding.twoLevel)
                continue;
            EncodingSet wanted = set;
            for (Grid &grid : wanted.entries[tensor].encoding.grids)
                grid = *gridFromScale(grid.scale * 2, grid.zeroPoint, entry.encoding.bitwidth);
            const auto edited = document.textWith(wanted);
            if (!edited) { // blocks need the number of channels to be nested
                EXPECT_EQ(tensor, "b") << edited.error().text();
                continue;
            }
            const EncodingDocument again = parsed(*edited);
            EXPECT_EQ(again.set(), wanted) << *edited;
            ASSERT_EQ(again.entries().size(), document.entries().size());
            for (std::size_t i = 0; i < again.entries().size(); ++i) {
                const bool same = again.entries()[i].text.of(again.text()) == document.entries()[i].text.of(document.text());
                EXPECT_EQ(same, document.entries()[i].tensor != tensor || !document.entries()[i].encoding) << tensor << "\n" << *edited;
            }
            // Back again: every other byte was left alone, so the file has its first length but for the numbers' spelling.
            EXPECT_EQ(parsed(*again.textWith(set)).set(), set);
            EncodingSet without = set;
            without.entries.erase(tensor);
            EXPECT_EQ(parsed(*document.textWith(without)).set(), without);
        }
    }
}

TEST(EncodingDocument, ListForm)
{
    const EncodingSet set = parsed(kList).set();
    EXPECT_EQ(set.find("a")->encoding.grids[0], (Grid{-1.5, 126, 0.5, 3}));
    EXPECT_TRUE(set.find("g")->encoding.isFloat);
    EXPECT_EQ(set.find("w")->encoding.axis, 0);
    const Encoding &blocks = set.find("b")->encoding;
    EXPECT_TRUE(blocks.isBlockwise());
    EXPECT_EQ(blocks.axis, 0);
    EXPECT_EQ(blocks.blockAxis, 1);
    EXPECT_EQ(blocks.blockSize, 64);
    EXPECT_EQ(blocks.grids[3], (Grid{-16, 14, 2, 8}));
    const Encoding &two = set.find("l")->encoding;
    ASSERT_TRUE(two.twoLevel);
    EXPECT_EQ(two.bitwidth, 4);
    EXPECT_EQ(two.twoLevel->decompressedBits, 8);
    EXPECT_EQ(two.twoLevel->multipliers, (std::vector<std::uint32_t>{3, 16, 7, 12}));
    EXPECT_EQ(two.grids[1].scale, 0.001 * 16);
    EXPECT_EQ(two.grids[2].scale, 0.002 * 7); // the second channel's first block
    EXPECT_EQ(two.grids[2].zeroPoint, 8);
}

TEST(EncodingDocument, OnnxForm)
{
    const EncodingDocument document = parsed(kOnnx);
    const EncodingSet set = document.set();
    EXPECT_EQ(set.entries.size(), 6U);
    EXPECT_EQ(set.find("a")->encoding.grids[0].zeroPoint, 3);
    EXPECT_EQ(set.find("a")->kind, EncodingKind::Activation);
    EXPECT_EQ(set.find("s")->encoding.grids[0].zeroPoint, 123); // -5 of signed codes
    EXPECT_EQ(set.find("s")->encoding.grids[0].min, -123 * 0.25);
    EXPECT_EQ(set.find("w")->encoding.axis, 1);
    EXPECT_EQ(set.find("w")->encoding.grids[1].zeroPoint, 128);
    EXPECT_TRUE(set.find("w")->encoding.symmetric);
    EXPECT_EQ(set.find("w")->kind, EncodingKind::Parameter);
    EXPECT_EQ(set.find("b")->encoding.axis, 0);
    EXPECT_EQ(set.find("b")->encoding.blockAxis, 1);
    EXPECT_EQ(set.find("b")->encoding.grids[4].scale, 4);
    EXPECT_EQ(set.find("l")->encoding.twoLevel->channelScales, (std::vector<double>{0.001, 0.002}));
    EXPECT_EQ(set.find("l")->encoding.grids[3].scale, 0.002 * 12);
    EXPECT_EQ(set.find("bias")->encoding.grids[0].zeroPoint, std::int64_t(1) << 31);
    for (const DocumentEntry &entry : document.entries())
        EXPECT_EQ(!entry.encoding, entry.tensor == "f8" || entry.tensor == "half") << entry.tensor;
    // A convolution's kernel of 1 x 1 a block, and a scale that is itself an object (2.1.0).
    const EncodingSet others = parsed(R"({"version": "2.1.0", "encodings": [
      {"name": "conv", "output_dtype": "int4", "y_scale": [[[[1]], [[2]]], [[[3]], [[4]]]], "axis": 1, "block_size": 8},
      {"name": "l", "output_dtype": "int4", "axis": 1, "block_size": 64,
       "y_scale": {"x": [[3, 16], [7, 12]], "x_scale": [0.001, 0.002], "input_dtype": "uint8", "axis": 0}}]})")
                                   .set();
    ASSERT_TRUE(others.find("conv"));
    EXPECT_EQ(others.find("conv")->encoding.grids[2].scale, 3);
    EXPECT_EQ(others.find("l")->encoding, set.find("l")->encoding);
}

TEST(EncodingDocument, ReadOnlyForms)
{
    const EncodingDocument net = parsed(kNet), torch = parsed(kTorch);
    EXPECT_EQ(net.dialect(), EncodingDialect::NetJson);
    EXPECT_EQ(net.set().entries.size(), 2U);
    EXPECT_EQ(net.set().find("x")->encoding.grids[0].zeroPoint, 128);
    EXPECT_EQ(net.set().find("signed")->encoding.grids[1].zeroPoint, 128); // SFIXED: o - 2^(b-1)
    EXPECT_EQ(net.set().find("signed")->encoding.axis, 3);
    EXPECT_EQ(net.set().find("signed")->kind, EncodingKind::Parameter);
    EXPECT_EQ(net.entries().size(), 3U); // "odd" is kept with its reason
    EXPECT_EQ(torch.dialect(), EncodingDialect::Torch);
    EXPECT_EQ(torch.set().entries.size(), 3U);
    EXPECT_EQ(torch.set().find("conv1/output/0")->encoding.grids[0].zeroPoint, 128);
    for (const EncodingDocument *document : {&net, &torch}) {
        EXPECT_EQ(*document->textWith(document->set()), document->text());
        const auto refused = document->textWith({});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::NotSupported);
    }
}

// An axis that counts from the end means nothing without the number of axes.
TEST(EncodingDocument, AxesFromTheEndNeedTheModel)
{
    const EncodingDocument document = parsed(R"({"version": "2.0.0", "encodings": [{"name": "w", "output_dtype": "int8", "y_scale": [0.01, 0.02], "axis": -1}]})");
    ASSERT_EQ(document.entries().size(), 1U);
    EXPECT_FALSE(document.entries()[0].encoding);
    EXPECT_NE(document.entries()[0].problem.find("model"), std::string::npos) << document.entries()[0].problem;
}

// 4-bit weights have a kind of their own, which states its width; channels come as objects or as two lists.
TEST(EncodingDocument, NetJsonKindsThatStateTheirWidth)
{
    const EncodingDocument net = parsed(R"({"graph": {"tensors": {
        "w": {"type": 4, "data_type": 776, "quant_params": {"definition": 1, "encoding": 2, "bw_scale_offset": {"bitwidth": 4, "scale": 0.5, "offset": 0}}},
        "v": {"type": 4, "data_type": 776, "quant_params": {"definition": 1, "encoding": 3,
              "bw_axis_scale_offset": {"bitwidth": 4, "axis": 1, "scales": [0.5, 0.25], "offsets": [0, 0]}}}}}})");
    ASSERT_EQ(net.dialect(), EncodingDialect::NetJson);
    const EncodingSet set = net.set();
    ASSERT_EQ(set.entries.size(), 2U);
    EXPECT_EQ(set.find("w")->encoding.bitwidth, 4);
    EXPECT_EQ(set.find("w")->encoding.grids[0], (Grid{-4, 3.5, 0.5, 8})); // 776 = 0x308: signed
    EXPECT_EQ(set.find("v")->encoding.axis, 1);
    EXPECT_EQ(set.find("v")->encoding.grids[1].scale, 0.25);
}

TEST(EncodingDocument, TwoLevelScalesAreOfSymmetricCodes)
{
    for (const char *member : {R"("is_sym": false, "offset": [-8, -8])", R"("is_sym": true, "offset": [-100, 7])"}) {
        const EncodingDocument document = parsed(std::string(R"({"version": "1.0.0", "activation_encodings": [], "param_encodings": [{"name": "w", "enc_type": "LPBQ", "dtype": "INT",
            "bw": 8, "compressed_bw": 4, "block_size": 2, "scale": [0.5, 0.25], "per_block_int_scale": [1, 2, 3, 4], )") + member + "}]}");
        ASSERT_EQ(document.entries().size(), 1U);
        EXPECT_FALSE(document.entries()[0].encoding) << member;
    }
}

TEST(EncodingDocument, VersionsThatContradictTheForm)
{
    const EncodingDocument list = parsed(R"({"version": "0.6.1", "activation_encodings": [{"name": "a", "bw": 8, "scale": [0.5], "offset": [-3]}]})");
    EXPECT_EQ(list.dialect(), EncodingDialect::List100);
    EXPECT_THAT(list.notes(), testing::Contains(HasSubstr("the version says 0.6.1")));
    const EncodingDocument dictionary = parsed(R"({"version": "1.0.0", "activation_encodings": {"a": [{"bitwidth": 8, "min": 0, "max": 1}]}})");
    EXPECT_EQ(dictionary.set().entries.size(), 1U);
    const EncodingDocument unnamed = parsed(R"({"encodings": [{"name": "a", "output_dtype": "uint8", "y_scale": 1}]})");
    EXPECT_EQ(unnamed.dialect(), EncodingDialect::Onnx200);
}

TEST(EncodingDocument, RealFilesAreReadCheckedAndWrittenBack)
{
    const auto folder = test::sharedPath() / "fixtures/qnn";
    NORDLYS_REQUIRE_SHARED(folder);
    const std::pair<const char *, std::size_t> files[] = {{"aimet_0.6.1_int4_tiny.encodings.json", 3},
                                                          {"aimet_0.6.1_resnet18_int8.encodings.json", 53},
                                                          {"aimet_noversion_mixed16.encodings.json", 2},
                                                          {"resnet18_int8_net.json", 0},
                                                          {"blur_conv_net.json", 0}};
    for (const auto &[name, count] : files) {
        const auto document = EncodingDocument::read(folder / name, nullptr);
        ASSERT_TRUE(document) << name << ": " << document.error().text();
        const EncodingSet set = document->set();
        if (count > 0) {
            EXPECT_EQ(set.entries.size(), count) << name;
        }
        EXPECT_EQ(set.entries.size(), document->entries().size()) << name << ": all of them are understood";
        EXPECT_EQ(*document->textWith(set), document->text()) << name;
        for (const auto &[tensor, entry] : set.entries) {
            EXPECT_TRUE(checkEncoding(entry.encoding, tensor));
            if (!isWritable(document->dialect()))
                continue;
            EncodingSet wanted = set;
            Grid &grid = wanted.entries[tensor].encoding.grids[0];
            grid = *gridFromScale(grid.scale * 1.5, grid.zeroPoint, entry.encoding.bitwidth);
            const auto edited = document->textWith(wanted);
            ASSERT_TRUE(edited) << edited.error().text();
            const EncodingDocument again = parsed(*edited);
            EXPECT_EQ(again.set(), wanted);
            for (std::size_t i = 0; i < again.entries().size(); ++i) {
                EXPECT_EQ(again.entries()[i].text.of(again.text()) == document->entries()[i].text.of(document->text()), document->entries()[i].tensor != tensor)
                    << name << " " << tensor;
            }
        }
    }
}

TEST(EncodingDocument, NetJsonOfTheFixturePair)
{
    const auto folder = test::sharedPath() / "fixtures/qnn";
    NORDLYS_REQUIRE_SHARED(folder);
    const auto net = EncodingDocument::read(folder / "resnet18_int8_net.json", nullptr);
    ASSERT_TRUE(net) << net.error().text();
    const EncodingSet set = net->set();
    ASSERT_TRUE(set.find("_130"));
    EXPECT_EQ(set.find("_130")->encoding.grids[0].scale, 0.02438417635858059);
    ASSERT_TRUE(set.find("fc_weight_permute"));
    EXPECT_EQ(set.find("fc_weight_permute")->encoding.grids[0].zeroPoint, 128);
    EXPECT_EQ(set.find("fc_weight_permute")->kind, EncodingKind::Parameter);
    const auto blur = EncodingDocument::read(folder / "blur_conv_net.json", nullptr);
    ASSERT_TRUE(blur);
    EXPECT_TRUE(blur->set().empty()); // a float model
}

} // namespace
} // namespace nordlys::core
