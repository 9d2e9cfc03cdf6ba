// SPDX-License-Identifier: Apache-2.0
#include <core/inputs/csv.h>
#include <core/inputs/preprocess.h>
#include <core/inputs/resize.h>
#include <core/inputs/sample_set.h>

#include <support/shared_data.h>

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

namespace nordlys::core {
namespace {

namespace fs = std::filesystem;

fs::path casesFolder() { return fs::path(NORDLYS_SOURCE_DIR) / "tests/cases/core/inputs"; }

Image generated(int width, int height, int channels, std::uint32_t seed)
{
    Image image{width, height, channels, {}};
    for (int i = 0; i < width * height * channels; ++i) {
        seed = (seed * 1103515245U + 12345U) & 0x7fffffffU;
        image.pixels.push_back(static_cast<std::uint8_t>((seed >> 16) & 255U));
    }
    return image;
}

TEST(InputsResize, EqualsPillow)
{
    std::ifstream file(casesFolder() / "pillow_expected.txt");
    std::string line;
    int cases = 0;
    while (std::getline(file, line)) {
        if (line.starts_with("#"))
            continue;
        std::istringstream text(line);
        std::string kind, colon;
        int channels = 3, width = 0, height = 0, outWidth = 0, outHeight = 0;
        std::uint32_t seed = 0;
        text >> kind;
        if (kind == "resize")
            text >> channels >> width >> height >> outWidth >> outHeight >> seed >> colon;
        else
            text >> width >> height >> seed >> colon;
        ASSERT_EQ(colon, ":");
        std::vector<int> expected;
        for (int value = 0; text >> value;)
            expected.push_back(value);
        const Image source = generated(width, height, channels, seed);
        std::vector<int> actual;
        if (kind == "resize") {
            const Image result = resizeBilinear(source, outWidth, outHeight);
            actual.assign(result.pixels.begin(), result.pixels.end());
        } else {
            const auto tensor = preprocess(source, *PreprocessRecipe::parse("color:gray"), {1, 1, height, width});
            ASSERT_TRUE(tensor);
            for (const float value : tensor->as<float>())
                actual.push_back(static_cast<int>(value));
        }
        EXPECT_EQ(actual, expected) << line.substr(0, 40);
        ++cases;
    }
    EXPECT_EQ(cases, 13);
}

TEST(InputsRecipe, TextForms)
{
    for (const char *text :
         {"crop:0.875,resize:224x224,color:rgb,mean:127.5,std:127.5,layout:nchw",
          "resize-short:256,crop:224x224,color:bgr,mean:123.675/116.28/103.53,std:58.395/57.12/57.375,layout:nhwc",
          "color:gray"}) {
        const auto recipe = PreprocessRecipe::parse(text);
        ASSERT_TRUE(recipe) << recipe.error().text();
        EXPECT_EQ(recipe->text(), text);
    }
    for (const char *text : {"",
                             "crop",
                             "crop:",
                             "crop:0",
                             "crop:1.5",
                             "crop:0x5",
                             "crop:nan",
                             "resize:5",
                             "resize:0x5",
                             "resize:99999x1",
                             "resize:5x5x5",
                             "color:red",
                             "mean:",
                             "mean:1/2",
                             "mean:1/2/3/4",
                             "mean:inf",
                             "mean:1e400",
                             "std:0",
                             "std:1/0/1",
                             "layout:chw",
                             "blur:3",
                             "mean:1,mean:2",
                             "mean:1,resize:5x5",
                             "color:rgb,,std:1",
                             "resize-short:-1",
                             "color:rgb,"}) {
        const auto recipe = PreprocessRecipe::parse(text);
        ASSERT_FALSE(recipe) << text;
        EXPECT_EQ(recipe.error().code, ErrorCode::Usage) << text;
    }
    EXPECT_EQ(PreprocessRecipe::forInput({1, 1, 32, 24})->text(), "resize:24x32,color:gray,mean:0,std:255,layout:nchw");
    EXPECT_EQ(PreprocessRecipe::forInput({1, 224, 192, 3})->text(), "resize:192x224,color:rgb,mean:0,std:255,layout:nhwc");
    EXPECT_FALSE(PreprocessRecipe::forInput({1, 784}));
    EXPECT_FALSE(PreprocessRecipe::forInput({1, 3, 0, 5}));
}

TEST(InputsPreprocess, StepsByHand)
{
    Image image{3, 2, 3, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}};
    const auto nchw = preprocess(image, *PreprocessRecipe::parse("color:bgr,mean:1/2/3,std:2"), {1, 3, 2, 3});
    ASSERT_TRUE(nchw) << nchw.error().text();
    EXPECT_EQ(nchw->as<float>()[0], (2.0F - 1.0F) / 2.0F);
    EXPECT_EQ(nchw->as<float>()[6 + 1], (4.0F - 2.0F) / 2.0F);
    EXPECT_EQ(nchw->as<float>()[17], (15.0F - 3.0F) / 2.0F);
    const auto nhwc = preprocess(image, *PreprocessRecipe::parse("layout:nhwc"), {1, 2, 3, 3});
    ASSERT_TRUE(nhwc);
    EXPECT_EQ(nhwc->as<float>()[4], 4.0F);
    const auto wrongLayout = preprocess(image, *PreprocessRecipe::parse("layout:nhwc"), {1, 3, 2, 3});
    ASSERT_FALSE(wrongLayout);
    EXPECT_NE(wrongLayout.error().text().find("layout:nchw"), std::string::npos);
    EXPECT_FALSE(preprocess(image, *PreprocessRecipe::parse("color:gray"), {1, 3, 2, 3}));
    EXPECT_FALSE(preprocess(image, *PreprocessRecipe::parse("crop:4x4"), {1, 3, 4, 4}));
    EXPECT_FALSE(preprocess(image, *PreprocessRecipe::parse("color:gray,mean:1/2/3"), {1, 1, 2, 3}));
    // Margins: torchvision rounds (5 - 2) / 2 = 1.5 to the even 2; TensorFlow takes int((8 - 8 * 0.875) / 2) = 0 of 8, 1 of 16.
    Image row{5, 1, 1, {10, 20, 30, 40, 50}};
    const auto crop = preprocess(row, *PreprocessRecipe::parse("crop:2x1"), {1, 1, 1, 2});
    ASSERT_TRUE(crop);
    EXPECT_EQ(crop->as<float>()[0], 30.0F);
    const auto fraction = preprocess(generated(16, 8, 1, 1), *PreprocessRecipe::parse("crop:0.875"), {1, 1, 8, 14});
    EXPECT_TRUE(fraction) << fraction.error().text();
    // Shorter side 4 of 10x8: longer int(4 * 10 / 8) = 5.
    EXPECT_TRUE(preprocess(generated(10, 8, 1, 1), *PreprocessRecipe::parse("resize-short:4"), {1, 1, 4, 5}));
}

TEST(InputsImage, FormatsThatPillowWrote)
{
    const auto jpeg =
        readImage(casesFolder() / "two_colors.JPG"); // expected values: Pillow's own decoding, at (2, 3) and (13, 12)
    ASSERT_TRUE(jpeg) << jpeg.error().text();
    EXPECT_EQ(jpeg->channels, 3);
    const auto pixel = [](const Image &image, int x, int y, int c) {
        return static_cast<int>(image.pixels[static_cast<std::size_t>((y * image.width + x) * image.channels + c)]);
    };
    EXPECT_NEAR(pixel(*jpeg, 2, 3, 0), 200, 2);
    EXPECT_NEAR(pixel(*jpeg, 13, 12, 1), 180, 2);
    const auto gray = readImage(casesFolder() / "gray.png");
    ASSERT_TRUE(gray);
    EXPECT_EQ(gray->channels, 1);
    EXPECT_EQ(pixel(*gray, 3, 2, 0), (2 * 8 + 3) * 4);
    const auto deep = readImage(casesFolder() / "gray16.png");
    ASSERT_TRUE(deep);
    EXPECT_EQ(deep->pixels, gray->pixels);
    const auto palette = readImage(casesFolder() / "palette.png");
    ASSERT_TRUE(palette);
    EXPECT_EQ(palette->channels, 3);
    EXPECT_NEAR(pixel(*palette, 0, 0, 0), 200, 1);
    const auto alpha = readImage(casesFolder() / "alpha.png");
    ASSERT_TRUE(alpha);
    EXPECT_EQ(alpha->channels, 3);
    EXPECT_EQ(pixel(*alpha, 0, 0, 0), (200 * 128 + 127) / 255);
    const auto bits = readImage(casesFolder() / "bits.png");
    ASSERT_TRUE(bits);
    EXPECT_EQ(bits->pixels, (std::vector<std::uint8_t>{255, 0, 0, 255}));
}

class InputsFilesTest : public testing::Test {
protected:
    void SetUp() override
    {
        m_folder = fs::temp_directory_path() / ("nordlys-inputs-" + std::to_string(::getpid()) + "-" +
                                                testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(m_folder);
    }
    void TearDown() override { fs::remove_all(m_folder); }
    fs::path write(const std::string &name, const std::string &content)
    {
        std::ofstream(m_folder / name, std::ios::binary) << content;
        return m_folder / name;
    }
    static std::string floats(std::initializer_list<float> values)
    {
        return {reinterpret_cast<const char *>(std::data(values)), values.size() * 4};
    }
    static Graph graphWith(std::vector<std::pair<std::string, Dims>> inputs, DType dtype = DType::Float32)
    {
        Graph graph;
        for (const auto &[name, dims] : inputs) {
            const TensorId id = graph.addTensor(name, dtype, toShape(dims));
            graph.tensor(id).isGraphInput = true;
            graph.inputs.push_back(id);
        }
        return graph;
    }
    fs::path m_folder;
};

TEST_F(InputsFilesTest, BrokenPicturesAreErrors)
{
    for (const char *name : {"gray.png", "two_colors.JPG", "palette.png"}) {
        std::ifstream stream(casesFolder() / name, std::ios::binary);
        const std::string whole((std::istreambuf_iterator<char>(stream)), {});
        ASSERT_GT(whole.size(), 60U);
        for (std::size_t length = 0; length + 2 < whole.size(); length += 7)
            EXPECT_FALSE(readImage(write("cut", whole.substr(0, length)))) << name << ' ' << length;
        for (std::size_t i = 0; i < whole.size(); ++i) { // any answer, but an orderly one
            std::string damaged = whole;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
            (void)readImage(write("damaged", damaged));
        }
    }
    // IHDR of 0x7fffffff x 0x7fffffff pixels.
    EXPECT_FALSE(readImage(write(
        "huge.png", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0\0\0\0\0", 33))));
    EXPECT_FALSE(readImage(write("text.png", "hello")));
    EXPECT_FALSE(readImage(m_folder));
}

TEST_F(InputsFilesTest, FolderInNameOrder)
{
    for (const char *name : {"b.PNG", "a.png", "c.Jpeg"})
        fs::copy_file(casesFolder() / (std::string(name) == "c.Jpeg" ? "two_colors.JPG" : "gray.png"), m_folder / name);
    write("notes.txt", "not a sample");
    fs::create_directories(m_folder / "sub");
    const Graph graph = graphWith({{"x", {1, 1, 8, 8}}});
    const auto set = SampleSet::open(m_folder.string(), graph);
    ASSERT_TRUE(set) << set.error().text();
    ASSERT_EQ(set->size(), 3U);
    EXPECT_EQ(set->name(0), "a.png");
    EXPECT_EQ(set->name(2), "c.Jpeg");
    EXPECT_EQ(set->recipeText(), "resize:8x8,color:gray,mean:0,std:255,layout:nchw");
    const auto sample = set->load(0);
    ASSERT_TRUE(sample) << sample.error().text();
    EXPECT_EQ((*sample)[0].as<float>()[1], 4.0F / 255.0F);
    EXPECT_EQ(SampleSet::open(m_folder.string(), graph, {.recipe = std::nullopt, .limit = 2})->size(), 2U);
    EXPECT_FALSE(SampleSet::open(m_folder.string(), graphWith({{"x", {1, 1, 8, 8}}, {"y", {1}}})));
    EXPECT_FALSE(SampleSet::open((m_folder / "sub").string(), graph));
    EXPECT_FALSE(SampleSet::open((m_folder / "nothing").string(), graph));
    EXPECT_FALSE(SampleSet::open((m_folder / "b.PNG" / "x").string(), graph));
    write("d.npy", "x");
    EXPECT_FALSE(SampleSet::open(m_folder.string(), graph));
}

TEST_F(InputsFilesTest, InputLists)
{
    write("a.raw", floats({1, 2}));
    write("b.raw", floats({3}));
    write("nan.raw", floats({std::nanf(""), 0}));
    const Graph graph = graphWith({{"x", {1, 2}}, {"y:0", {1}}});
    const auto open = [&](const std::string &text) { return SampleSet::open(write("list.txt", text).string(), graph); };
    const auto named = open("#out1 out2\r\n%t\r\ny:0:=b.raw x:=a.raw\r\n\r\na.raw b.raw\r\n");
    ASSERT_TRUE(named) << named.error().text();
    ASSERT_EQ(named->size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto sample = named->load(i);
        ASSERT_TRUE(sample) << sample.error().text();
        EXPECT_EQ((*sample)[0].as<float>()[1], 2.0F);
        EXPECT_EQ((*sample)[1].as<float>()[0], 3.0F);
    }
    for (const char *text : {"", "#only\n", "a.raw\n", "x:=a.raw x:=a.raw\n", "x:=a.raw z:=b.raw\n", "x:=a.raw b.raw\n",
                             "a.raw missing.raw\n", "a.raw b.raw\n#late\n", "x:= y:0:=b.raw\n"})
        EXPECT_FALSE(open(text)) << text;
    const auto nan = open("nan.raw b.raw\n");
    ASSERT_TRUE(nan);
    const auto sample = nan->load(0);
    ASSERT_FALSE(sample);
    EXPECT_NE(sample.error().text().find("nan.raw"), std::string::npos);
    EXPECT_NE(sample.error().text().find("NaN"), std::string::npos);
    const auto swapped = open("b.raw a.raw\n");
    ASSERT_TRUE(swapped);
    EXPECT_FALSE(swapped->load(0));
}

TEST_F(InputsFilesTest, RandomSamplesAreTheSameEverywhere)
{
    const Graph graph = graphWith({{"x", {1, 1000}}, {"y", {4}}});
    const auto set = SampleSet::open("random:7:3", graph);
    ASSERT_TRUE(set) << set.error().text();
    EXPECT_EQ(set->size(), 3U);
    EXPECT_EQ(set->name(2), "random 2");
    const auto a = set->load(1), b = SampleSet::open("random:7:9", graph)->load(1), c = set->load(2),
               d = SampleSet::open("random:8:3", graph)->load(1);
    const auto same = [](const Expected<Sample> &left, const Expected<Sample> &right) {
        return std::equal((*left)[0].bytes().begin(), (*left)[0].bytes().end(), (*right)[0].bytes().begin());
    };
    EXPECT_TRUE(same(a, b));
    EXPECT_FALSE(same(a, c));
    EXPECT_FALSE(same(a, d));
    double sum = 0;
    for (const float value : (*a)[0].as<float>()) {
        EXPECT_GE(value, 0.0F);
        EXPECT_LT(value, 1.0F);
        sum += static_cast<double>(value);
    }
    EXPECT_NEAR(sum / 1000, 0.5, 0.05); // 5 standard errors of a uniform mean
    for (const char *spec :
         {"random:", "random:1", "random:1:0", "random:x:3", "random:1:99999999999", "random:1:2:3", "random:-1:2"})
        EXPECT_FALSE(SampleSet::open(spec, graph)) << spec;
    const auto integers = SampleSet::open("random:1:1", graphWith({{"ids", {64}}}, DType::Int64))->load(0);
    for (const std::int64_t value : (*integers)[0].as<std::int64_t>())
        EXPECT_TRUE(value == 0 || value == 1);
    Graph open = graphWith({{"x", {1, 2}}});
    (*open.tensors[0].shape)[0] = Dim{};
    EXPECT_FALSE(SampleSet::open("random:1:1", open));
}

TEST_F(InputsFilesTest, Labels)
{
    write("a b.png", "");
    const auto csv =
        write("labels.csv", "\xef\xbb\xbf"
                            "label,\"file\",class_index\r\n\"x, \"\"y\"\"\",\"a b.png\",3\r\n\r\nz,sub/../c.png,0\n");
    const auto labels = LabelSet::read(csv);
    ASSERT_TRUE(labels) << labels.error().text();
    ASSERT_EQ(labels->files.size(), 2U);
    EXPECT_EQ(labels->classOf(m_folder / "a b.png"), 3);
    EXPECT_EQ(labels->classOf(m_folder / "." / "c.png"), 0);
    EXPECT_FALSE(labels->classOf(m_folder / "d.png"));
    for (const char *text : {"", "file\na\n", "file,class_index\n", "file,class_index\na,x\n", "file,class_index\na,-1\n",
                             "file,class_index\na\n", "file,class_index\n\"a,1\n", "file,class_index\na,1\na,2\n",
                             "file,class_index\n,1\n", "file,class_index\na,99999999999999999999\n"})
        EXPECT_FALSE(LabelSet::read(write("bad.csv", text))) << text;
}

TEST_F(InputsFilesTest, DigitsSample)
{
    const auto labels = LabelSet::read(test::digitsPath() / "labels.csv");
    ASSERT_TRUE(labels) << labels.error().text();
    const auto set = SampleSet::open((test::digitsPath() / "test").string(), graphWith({{"input", {1, 1, 32, 32}}}));
    ASSERT_TRUE(set) << set.error().text();
    ASSERT_EQ(set->size(), 597U);
    for (std::size_t i = 0; i < set->size(); ++i) {
        EXPECT_TRUE(labels->classOf(set->path(i))) << set->name(i);
        const auto sample = set->load(i);
        ASSERT_TRUE(sample) << sample.error().text();
        for (const float value : (*sample)[0].as<float>())
            ASSERT_TRUE(value >= 0.0F && value <= 1.0F);
    }
}

} // namespace
} // namespace nordlys::core
