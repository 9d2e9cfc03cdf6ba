// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <runtime/artifact/artifact.h>
#include <runtime/artifact/crc32.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/session/session.h>
#include <support/shared_data.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstring>
#include <fstream>
#include <random>

namespace nordlys::runtime {
namespace {

namespace fs = std::filesystem;

std::vector<char> fileBytes(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void writeBytes(const fs::path &path, const std::vector<char> &bytes)
{
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

class ArtifactContext : public testing::Test {
protected:
    void SetUp() override
    {
        m_folder = fs::temp_directory_path() / ("nordlys_artifact_" + std::to_string(::getpid()) + "_"
                                                + testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(m_folder);
        auto model = core::openModel(test::digitsPath() / "digits.onnx");
        ASSERT_TRUE(model) << model.error().text();
        m_model = *model;
    }
    void TearDown() override { fs::remove_all(m_folder); }

    core::EncodingSet calibrated() const
    {
        auto samples = core::SampleSet::open((test::digitsPath() / "calibration").string(), m_model->graph, {.recipe = {}, .limit = 8});
        auto result = calibrateMinMax(m_model, *samples);
        EXPECT_TRUE(result);
        return result->encodings;
    }
    core::HostTensor someInput() const
    {
        auto samples = core::SampleSet::open("random:7:1", m_model->graph);
        return std::move(samples->load(0)->front());
    }
    static std::vector<float> run(const std::shared_ptr<const Plan> &plan, const core::HostTensor &input)
    {
        auto session = Session::create(plan, 1);
        EXPECT_TRUE(session);
        EXPECT_TRUE((*session)->run({&input, 1}));
        auto output = (*session)->output(0);
        EXPECT_TRUE(output);
        return {output->as<float>().begin(), output->as<float>().end()};
    }

    fs::path m_folder;
    std::shared_ptr<const core::Model> m_model;
};

TEST(ArtifactCrc, IsTheStandardOne)
{
    Crc32 crc; // check value of CRC-32/ISO-HDLC
    crc.add(std::as_bytes(std::span("123456789", 9)));
    EXPECT_EQ(crc.value(), 0xCBF43926U);
}

TEST_F(ArtifactContext, RoundTripGivesTheSameBitsLayersAndMemory)
{
    for (const Precision precision : {Precision::Float32, Precision::QuantSim}) {
        PlanOptions options;
        options.precision = precision;
        if (precision == Precision::QuantSim)
            options.encodings = calibrated();
        auto plan = Plan::build(m_model, options);
        ASSERT_TRUE(plan) << plan.error().text();
        const fs::path path = m_folder / "context.bin";
        ASSERT_TRUE(writeContext(path, **plan, "digits"));
        auto loaded = readContext(path);
        ASSERT_TRUE(loaded) << loaded.error().text();
        EXPECT_EQ(loaded->modelName, "digits");
        EXPECT_EQ(loaded->plan->precision(), precision);
        EXPECT_EQ(loaded->plan->arenaBytes(), (*plan)->arenaBytes());
        ASSERT_EQ(loaded->plan->layers().size(), (*plan)->layers().size());
        for (std::size_t i = 0; i < loaded->plan->layers().size(); ++i) {
            EXPECT_EQ(loaded->plan->layers()[i].name, (*plan)->layers()[i].name);
            EXPECT_EQ(loaded->plan->layers()[i].sourceNodes, (*plan)->layers()[i].sourceNodes);
            EXPECT_EQ(loaded->plan->layers()[i].kernel, (*plan)->layers()[i].kernel);
        }
        const core::HostTensor input = someInput();
        EXPECT_EQ(run(loaded->plan, input), run(*plan, input));
    }
}

TEST_F(ArtifactContext, TruncationsVersionsAndDamageAreRefusedByName)
{
    auto plan = Plan::build(m_model);
    ASSERT_TRUE(plan);
    const fs::path path = m_folder / "context.bin", broken = m_folder / "broken.bin";
    ASSERT_TRUE(writeContext(path, **plan, "digits"));
    const std::vector<char> good = fileBytes(path);
    for (const std::size_t size : {std::size_t(0), std::size_t(7), std::size_t(31), std::size_t(32), good.size() / 2, good.size() - 1}) {
        writeBytes(broken, {good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)});
        auto read = readContext(broken);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, core::ErrorCode::BadInput);
    }
    std::vector<char> other = good;
    other[8] = 9;
    writeBytes(broken, other);
    auto version = readContext(broken);
    ASSERT_FALSE(version);
    EXPECT_EQ(version.error().code, core::ErrorCode::NotSupported);
    EXPECT_NE(version.error().text().find("version 9"), std::string::npos);
    other = good;
    other[good.size() - 100] = static_cast<char>(other[good.size() - 100] ^ 1);
    writeBytes(broken, other);
    auto damaged = readContext(broken);
    ASSERT_FALSE(damaged);
    EXPECT_NE(damaged.error().text().find("checksum"), std::string::npos);
}

/// A container with this description and nothing else; sizes and checksum are right.
std::vector<char> containerOf(const std::string &text)
{
    std::vector<char> bytes(32 + text.size());
    bytes.resize((bytes.size() + 63) / 64 * 64);
    const auto put = [&bytes](std::size_t at, const auto &value) { std::memcpy(bytes.data() + at, &value, sizeof value); };
    std::memcpy(bytes.data(), "NRDLYCTX", 8);
    put(8, kContextVersion);
    put(16, static_cast<std::uint64_t>(bytes.size()));
    put(24, static_cast<std::uint64_t>(text.size()));
    std::memcpy(bytes.data() + 32, text.data(), text.size());
    Crc32 crc;
    crc.add(std::as_bytes(std::span(bytes).subspan(32)));
    put(12, crc.value());
    return bytes;
}

TEST_F(ArtifactContext, DescriptionsThatTwoReadersWouldReadDifferentlyAreRefused)
{
    const std::pair<std::string, const char *> cases[] = {
        {R"({"backend":"cpu","backend":"htp"})", "stands twice"},
        {std::string(1'000'000, '['), "deeper than 100"},
        {R"({"backend":NaN})", "no JSON"},
        {"{\"backend\":\"\xff\"}", "no JSON"},
        {R"({"backend":1e400})", "overflow"},
        {R"({"backend":"cpu"})", "no table of segments"}, // the container itself is sound
    };
    for (const auto &[text, says] : cases) {
        writeBytes(m_folder / "made.bin", containerOf(text));
        const auto read = readContext(m_folder / "made.bin");
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, core::ErrorCode::BadInput);
        EXPECT_NE(read.error().text().find(says), std::string::npos) << read.error().text();
        EXPECT_NE(read.error().text().find("made.bin"), std::string::npos) << read.error().text();
    }
}

/// Damage with a mended checksum: whatever the reader accepts must still run without touching foreign memory (sanitizers watch).
TEST_F(ArtifactContext, RandomDamageBehindAGoodChecksumIsHarmless)
{
    auto plan = Plan::build(m_model);
    ASSERT_TRUE(plan);
    const fs::path path = m_folder / "context.bin", broken = m_folder / "broken.bin";
    ASSERT_TRUE(writeContext(path, **plan, "digits"));
    const std::vector<char> good = fileBytes(path);
    std::uint64_t textSize = 0;
    std::memcpy(&textSize, good.data() + 24, 8);
    std::mt19937 random(20);
    const std::string digits = "0123456789-,[]{}\"";
    std::size_t refused = 0, accepted = 0;
    PlanOptions options;
    options.memoryBudgetBytes = std::uint64_t(64) << 20;
    for (int round = 0; round < 400; ++round) {
        std::vector<char> bytes = good;
        for (auto flips = 1 + random() % 3; flips > 0; --flips) {
            const std::size_t at = 32 + random() % textSize;
            // Mostly digits for digits, so that the JSON survives and the numbers are wrong.
            const bool wasDigit = bytes[at] >= '0' && bytes[at] <= '9';
            bytes[at] = digits[random() % (wasDigit ? 10 : digits.size())];
        }
        Crc32 crc;
        crc.add(std::as_bytes(std::span(bytes).subspan(32)));
        const std::uint32_t value = crc.value();
        std::memcpy(bytes.data() + 12, &value, 4);
        writeBytes(broken, bytes);
        auto read = readContext(broken, options);
        refused += read ? 0 : 1;
        if (!read)
            continue;
        ++accepted;
        if (read->plan->inputs().empty())
            continue;
        auto input = core::HostTensor::create(read->plan->inputs()[0].dtype, read->plan->inputs()[0].dims);
        auto session = Session::create(read->plan, 2);
        if (input && session)
            static_cast<void>((*session)->run({&*input, 1}));
    }
    EXPECT_GT(refused, 100U);
    EXPECT_GT(accepted, 10U); // names and scales may change without harm
}

TEST_F(ArtifactContext, BuildingTwiceGivesTheSameBytesAndEveryFileIsListed)
{
    BuildOptions options;
    options.precision = Precision::QuantSim;
    options.encodings = calibrated();
    auto first = buildArtifacts(m_model, options, m_folder / "a"), second = buildArtifacts(m_model, options, m_folder / "b");
    ASSERT_TRUE(first) << first.error().text();
    ASSERT_TRUE(second) << second.error().text();
    ASSERT_EQ(first->files.size(), second->files.size());
    for (std::size_t i = 0; i < first->files.size(); ++i) {
        const BuiltFile &file = first->files[i];
        EXPECT_EQ(file.sha256, second->files[i].sha256) << file.path;
        EXPECT_EQ(fs::file_size(m_folder / "a" / file.path), file.bytes);
        EXPECT_EQ(fileBytes(m_folder / "a" / file.path), fileBytes(m_folder / "b" / file.path)) << file.path;
    }
    const auto manifestBytes = fileBytes(m_folder / "a/manifest.json");
    const std::string manifest(manifestBytes.begin(), manifestBytes.end());
    EXPECT_EQ(manifest.find(m_folder.string()), std::string::npos);
    const auto json = nlohmann::json::parse(manifest);
    EXPECT_EQ(json["files"].size() + 1, first->files.size()); // all but itself
    EXPECT_EQ(json["model"]["sha256"].get<std::string>().size(), 64U);
    auto loaded = readContext(m_folder / "a/context_binaries/cpu_context.bin");
    ASSERT_TRUE(loaded) << loaded.error().text();
    EXPECT_EQ(loaded->plan->precision(), Precision::QuantSim);
}

TEST_F(ArtifactContext, AFailedBuildLeavesNothing)
{
    BuildOptions options;
    options.precision = Precision::QuantSim;
    core::EncodingEntry wrong;
    wrong.encoding.axis = 0;
    wrong.encoding.grids = {*core::gridFromRange(0, 1, {})};
    options.encodings.entries[std::string(m_model->graph.nameOf(m_model->graph.outputs[0]))] = wrong;
    EXPECT_FALSE(buildArtifacts(m_model, options, m_folder / "out"));
    EXPECT_TRUE(fs::is_empty(m_folder));
    std::stop_source source;
    source.request_stop();
    EXPECT_FALSE(buildArtifacts(m_model, {}, m_folder / "out", {source.get_token(), {}}));
    EXPECT_TRUE(fs::is_empty(m_folder));
}

} // namespace
} // namespace nordlys::runtime
