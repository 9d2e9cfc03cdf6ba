// SPDX-License-Identifier: Apache-2.0
#include <core/quantization/encoding_entry.h>
#include <core/quantization/encoding_file.h>

#include <support/shared_data.h>

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace nordlys::core {
namespace {

class EncodingFileTest : public testing::Test {
protected:
    void SetUp() override
    {
        m_folder = std::filesystem::temp_directory_path() / ("nordlys-enc-" + std::to_string(::getpid()) + "-" +
                                                             testing::UnitTest::GetInstance()->current_test_info()->name());
        std::filesystem::create_directories(m_folder);
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }
    Expected<EncodingFile> read(const std::string &text)
    {
        std::ofstream(m_folder / "e.json", std::ios::binary) << text;
        return readEncodings(m_folder / "e.json", nullptr);
    }
    std::filesystem::path m_folder;
};

TEST_F(EncodingFileTest, RealFiles)
{
    const auto folder = test::sharedPath() / "fixtures/qnn";
    NORDLYS_REQUIRE_SHARED(folder);
    const auto tiny = readEncodings(folder / "aimet_0.6.1_int4_tiny.encodings.json", nullptr);
    ASSERT_TRUE(tiny) << tiny.error().text();
    EXPECT_EQ(tiny->version, "0.6.1");
    EXPECT_TRUE(tiny->repaired.empty());
    EXPECT_EQ(tiny->set.entries.size(), 3U);
    const EncodingEntry *t1 = tiny->set.find("t.1");
    ASSERT_TRUE(t1);
    EXPECT_EQ(t1->encoding.bitwidth, 4);
    EXPECT_EQ(t1->encoding.grids[0].zeroPoint, 9);
    EXPECT_EQ(tiny->set.find("m_layer.weight")->kind, EncodingKind::Parameter);
    EXPECT_TRUE(tiny->set.find("m_layer.weight")->encoding.symmetric);
    const auto mixed = readEncodings(folder / "aimet_noversion_mixed16.encodings.json", nullptr);
    ASSERT_TRUE(mixed) << mixed.error().text();
    EXPECT_EQ(mixed->version, "0.4.0");
    ASSERT_EQ(mixed->repaired.size(), 1U); // scale 0.0101 where (max - min) / 65535 is 0.01002
    EXPECT_EQ(mixed->repaired[0].tensor, "output0");
    EXPECT_NEAR(mixed->set.find("output0")->encoding.grids[0].max, 0.010100038236963073 * 65535, 1e-9);
    const auto resnet = readEncodings(folder / "aimet_0.6.1_resnet18_int8.encodings.json", nullptr);
    ASSERT_TRUE(resnet) << resnet.error().text();
    EXPECT_GT(resnet->set.entries.size(), 20U);
    EXPECT_TRUE(resnet->repaired.empty());
    // What we write reads back as the same set, and writes the same bytes.
    const Graph none;
    const std::string text = encodingsToJson(resnet->set, none);
    const auto again = read(text);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->set, resnet->set);
    EXPECT_EQ(encodingsToJson(again->set, none), text);
}

struct SignCase {
    const char *name;
    StatedGrid stated;
    bool symmetric;
    std::int64_t zeroPoint;
    bool repaired;
};

TEST(EncodingEntryNumbers, SignConvention)
{
    const SignCase cases[] = {
        {"QNN", {-1.28, 1.27, 0.01, -128}, false, 128, false},
        {"positive", {-1.28, 1.27, 0.01, 128}, false, 128, true},
        {"positive, one step off", {-0.108, 2.19, 0.00899, 11}, false, 11, true},
        {"signed storage", {-1.28, 1.27, 0.01, 0}, true, 128, true},
        {"nothing to decide", {0.0, 2.55, 0.01, 0}, false, 0, false},
        {"no range, negative", {{}, {}, 0.01, -12}, false, 12, false},
        {"no range, positive", {{}, {}, 0.01, 12}, false, 12, true},
        {"no range, symmetric zero", {{}, {}, 0.01, 0}, true, 128, true},
        {"range only", {-1.0, 1.0, {}, {}}, false, 128, false},
        {"symmetric range only", {-1.0, 1.0, {}, {}}, true, 128, false},
        {"contradiction", {-5.0, 1.27, 0.01, -128}, false, 128, true},
    };
    for (const SignCase &one : cases) {
        const auto completed = completeGrid(one.stated, 8, one.symmetric);
        ASSERT_TRUE(completed) << one.name << ": " << completed.error().text();
        EXPECT_EQ(completed->grid.zeroPoint, one.zeroPoint) << one.name;
        EXPECT_EQ(!completed->repair.empty(), one.repaired) << one.name << ": " << completed->repair;
        EXPECT_TRUE(isConsistent(completed->grid, 8)) << one.name;
    }
    EXPECT_NEAR(completeGrid({-1.0, 1.0, {}, {}}, 8, true)->grid.scale, 1.0 / 127, 1e-15);
    EXPECT_NEAR(completeGrid({-1.0, 1.0, {}, {}}, 8, false)->grid.scale, 2.0 / 255, 1e-15);
}

// A range that somebody states is not widened, and a symmetric one is symmetric: scale = max(|min|, |max|) / 127.
TEST(EncodingEntryNumbers, StatedRangesKeepTheirWidth)
{
    const auto narrow = completeGrid({-0.001, 0.001, {}, {}}, 8, true);
    ASSERT_TRUE(narrow) << narrow.error().text();
    EXPECT_NEAR(narrow->grid.scale, 0.001 / 127, 1e-15);
    EXPECT_TRUE(narrow->repair.empty()) << narrow->repair;
    EXPECT_NEAR(completeGrid({-0.001, 0.001, {}, {}}, 8, false)->grid.scale, 0.002 / 255, 1e-15);
    const auto lopsided = completeGrid({-0.5, 2.0, {}, {}}, 8, true);
    ASSERT_TRUE(lopsided) << lopsided.error().text();
    EXPECT_NEAR(lopsided->grid.scale, 2.0 / 127, 1e-15);
    EXPECT_EQ(lopsided->grid.zeroPoint, 128);
    EXPECT_FALSE(lopsided->repair.empty());
    // The full grid -128 s .. 127 s, and symmetric without negative values, are what they are.
    EXPECT_NEAR(completeGrid({-1.28, 1.27, {}, {}}, 8, true)->grid.scale, 0.01, 1e-12);
    EXPECT_EQ(completeGrid({0.0, 6.0, {}, {}}, 8, true)->grid.zeroPoint, 0);
}

// Numbers that went through float32 miss the first code by many steps where there are 2^32 of them.
TEST(EncodingEntryNumbers, SignedStorageOfWideCodes)
{
    const auto bias = completeGrid({-2.1474836, 2.1474836, 1e-9, 0}, 32, true);
    ASSERT_TRUE(bias) << bias.error().text();
    EXPECT_EQ(bias->grid.zeroPoint, std::int64_t(1) << 31);
    const auto sixteen = completeGrid({-5.0, 5.0, 0.000153, 0}, 16, true);
    ASSERT_TRUE(sixteen) << sixteen.error().text();
    EXPECT_EQ(sixteen->grid.zeroPoint, 32768);
}

TEST_F(EncodingFileTest, FormsOfEntries)
{
    const auto file =
        read("// seed\n{\"activation_encodings\": {\"a\": {\"bitwidth\": 8, \"min\": -1.28, \"max\": 1.27, \"scale\": 0.01, "
             "\"offset\": 128.0, \"note\": 1},"
             "\"f\": [{\"bitwidth\": 16, \"dtype\": \"float\"}], \"n\": [{\"min\": 0, \"max\": 6}]},"
             "\"param_encodings\": {\"w\": [{\"bitwidth\": 8, \"is_symmetric\": true, \"scale\": 0.5, \"offset\": -128},"
             "{\"bitwidth\": 8, \"is_symmetric\": \"True\", \"scale\": 0.25, \"offset\": -128}]}, \"mystery\": 3}");
    ASSERT_TRUE(file) << file.error().text();
    EXPECT_EQ(file->set.find("a")->encoding.grids[0].zeroPoint, 128);
    EXPECT_TRUE(file->set.find("f")->encoding.isFloat);
    EXPECT_EQ(file->set.find("n")->encoding.bitwidth, 8);
    EXPECT_EQ(file->set.find("w")->encoding.axis, 0);
    EXPECT_EQ(file->set.find("w")->encoding.grids.size(), 2U);
    EXPECT_EQ(file->repaired.size(), 2U); // sign, bitwidth
    EXPECT_EQ(file->notes.size(), 4U);    // comment line, two unknown keys, the axis that nothing states
    const auto list = read("{\"version\": \"1.0.0\", \"activation_encodings\": [{\"name\": \"a\", \"enc_type\": \"PER_TENSOR\", "
                           "\"dtype\": \"INT\", \"bw\": 8, \"is_sym\": false,"
                           "\"scale\": [0.5], \"offset\": [-3]}], \"param_encodings\": [{\"name\": \"w\", \"enc_type\": "
                           "\"PER_CHANNEL\", \"dtype\": \"INT\", \"bw\": 4,"
                           "\"is_sym\": true, \"scale\": [1, 2], \"offset\": [-8, -8]}]}");
    ASSERT_TRUE(list) << list.error().text();
    EXPECT_EQ(list->set.find("a")->encoding.grids[0].min, -1.5);
    EXPECT_EQ(list->set.find("w")->encoding.grids[1].max, 14);
}

struct HostileEncoding {
    std::string text;
    ErrorCode code;
    const char *message;
};

TEST_F(EncodingFileTest, HostileFiles)
{
    const auto with = [](const std::string &entry) { return "{\"activation_encodings\": {\"a\": [{" + entry + "}]}}"; };
    const HostileEncoding cases[] = {
        {"", ErrorCode::BadInput, "no JSON"},
        {"[1]", ErrorCode::BadInput, "JSON object"},
        {"{}", ErrorCode::BadInput, "neither"},
        {std::string(100000, '['), ErrorCode::BadInput, "nested"},
        {"{\"a\": " + std::string(101, '[') + std::string(101, ']') + "}", ErrorCode::BadInput, "nested"},
        {"{\"version\": \"3.0.0\", \"encodings\": []}", ErrorCode::NotSupported, "3.0.0"},
        {"{\"version\": \"seed\", \"activation_encodings\": {}}", ErrorCode::NotSupported, "seed"},
        {"{\"activation_encodings\": {}} trailing", ErrorCode::BadInput, "no JSON"},
        {"{\"activation_encodings\": {\"a\": [{\"bitwidth\": 8]}}", ErrorCode::BadInput, "no JSON"},
        {"{\"version\": \"0.6.1\", \"version\": \"1.0.0\"}", ErrorCode::BadInput, "twice"},
        {"{\"version\": 3}", ErrorCode::BadInput, "no string"},
        {"{\"activation_encodings\": {\"a\": [{\"bitwidth\": 8, \"bitwidth\": 8}]}}", ErrorCode::BadInput, "twice"},
        {"{\"activation_encodings\": {\"m\": {\"input\": {\"0\": {}}}}}", ErrorCode::BadInput, "neither min and max"},
        {"{\"activation_encodings\": [], \"param_encodings\": {}}", ErrorCode::BadInput, "a list"},
        {"{\"activation_encodings\": {\"a\": []}}", ErrorCode::BadInput, "no list"},
        {"{\"activation_encodings\": {\"a\": [1]}}", ErrorCode::BadInput, "no object"},
        {with("\"bitwidth\": 8"), ErrorCode::BadInput, "neither min and max"},
        {with("\"bitwidth\": 8, \"scale\": NaN, \"offset\": 0"), ErrorCode::BadInput, "no JSON"},
        {with("\"bitwidth\": 8, \"scale\": 1e400, \"offset\": 0"), ErrorCode::BadInput, "1e400"},
        {with("\"bitwidth\": 8, \"scale\": null, \"offset\": 0"), ErrorCode::BadInput, "no number"},
        {with("\"bitwidth\": 8, \"scale\": -0.5, \"offset\": 0"), ErrorCode::BadInput, "not positive"},
        {with("\"bitwidth\": 8, \"scale\": 0, \"offset\": 0"), ErrorCode::BadInput, "not positive"},
        {with("\"bitwidth\": 8, \"scale\": 1e308, \"offset\": -9"), ErrorCode::BadInput, "too wide"},
        {with("\"bitwidth\": 16, \"min\": 0, \"max\": 1e-320, \"scale\": 0.5"), ErrorCode::BadInput, "float32 cannot hold the scale 0"},
        {with("\"bitwidth\": 8, \"scale\": 0.5, \"offset\": -0.5"), ErrorCode::BadInput, "no integer"},
        {with("\"bitwidth\": 8, \"scale\": 0.5, \"offset\": -300"), ErrorCode::BadInput, "no code"},
        {with("\"bitwidth\": 8, \"scale\": 0.5, \"offset\": -9223372036854775808"), ErrorCode::BadInput, "no code"},
        {with("\"bitwidth\": 8, \"scale\": 0.5, \"offset\": 18446744073709551615"), ErrorCode::BadInput, "too large"},
        {with("\"bitwidth\": 3, \"min\": 0, \"max\": 1"), ErrorCode::BadInput, "bitwidth of 3"},
        {with("\"bitwidth\": 1000000, \"min\": 0, \"max\": 1"), ErrorCode::BadInput, "bitwidth of 1000000"},
        {with("\"bitwidth\": \"8\", \"min\": 0, \"max\": 1"), ErrorCode::BadInput, "no integer"},
        {with("\"bitwidth\": 8, \"min\": 2, \"max\": 1"), ErrorCode::BadInput, "greater than max"},
        {with("\"bitwidth\": 8, \"min\": 0, \"max\": 1, \"is_symmetric\": \"maybe\""), ErrorCode::BadInput,
         "neither True nor False"},
        {with("\"bitwidth\": 8, \"dtype\": \"complex\""), ErrorCode::BadInput, "dtype"},
        {with("\"bitwidth\": 8, \"dtype\": \"float\""), ErrorCode::BadInput, "16 or 32"},
        {"{\"activation_encodings\": {\"\xff\": 1}}", ErrorCode::BadInput, "UTF-8"},
        {"{\"version\": \"1.0.0\", \"param_encodings\": [{\"name\": \"w\", \"enc_type\": \"LPBQ\", \"bw\": 8}]}",
         ErrorCode::BadInput, "fitting length"},
        {"{\"version\": \"1.0.0\", \"param_encodings\": [{\"name\": \"w\", \"enc_type\": 5, \"bw\": 8}]}",
         ErrorCode::BadInput, "type"},
        {"{\"version\": \"1.0.0\", \"param_encodings\": [{\"name\": \"w\", \"bw\": 8, \"scale\": [1, 2], \"offset\": [0]}]}",
         ErrorCode::BadInput, "fitting length"},
    };
    for (const HostileEncoding &one : cases) {
        const auto file = read(one.text);
        ASSERT_FALSE(file) << one.text.substr(0, 100);
        EXPECT_EQ(file.error().code, one.code) << file.error().text();
        EXPECT_NE(file.error().text().find(one.message), std::string::npos) << file.error().text();
    }
    EXPECT_FALSE(readEncodings(m_folder / "absent", nullptr));
}

TEST_F(EncodingFileTest, FailedWriteLeavesTheOldFile)
{
    EncodingSet set;
    set.entries["a"] = {EncodingKind::Activation, Encoding{8, false, false, -1, {Grid{0, 1, std::nan(""), 0}}}, false};
    std::ofstream(m_folder / "out.json") << "old";
    EXPECT_FALSE(writeEncodings(m_folder / "out.json", set, Graph()));
    std::ifstream stream(m_folder / "out.json");
    EXPECT_EQ(std::string((std::istreambuf_iterator<char>(stream)), {}), "old");
}

} // namespace
} // namespace nordlys::core
