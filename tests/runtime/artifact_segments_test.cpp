// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <runtime/artifact/artifact.h>
#include <runtime/artifact/crc32.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/segments/segmented_session.h>
#include <support/shared_data.h>
#include <support/temporary_folder.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstring>
#include <fstream>
#include <functional>
#include <random>

namespace nordlys::runtime {
namespace {

namespace fs = std::filesystem;
using core::Backend;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

std::string fileText(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void writeText(const fs::path &path, const std::string &text)
{
    std::ofstream(path, std::ios::binary) << text;
}

json descriptionOf(const std::string &container)
{
    std::uint64_t size = 0;
    std::memcpy(&size, container.data() + 24, 8);
    return json::parse(container.substr(32, size));
}

/// The container with another description, and a header that fits it.
std::string withDescription(const std::string &container, const json &description)
{
    std::uint64_t size = 0;
    std::memcpy(&size, container.data() + 24, 8);
    const std::string blob = container.substr((32 + size + 63) / 64 * 64), text = description.dump();
    std::string body = text + std::string((32 + text.size() + 63) / 64 * 64 - 32 - text.size(), '\0') + blob;
    Crc32 crc;
    crc.add(std::as_bytes(std::span(body)));
    std::string header = container.substr(0, 32);
    const std::uint32_t checksum = crc.value();
    const std::uint64_t total = 32 + body.size(), textSize = text.size();
    std::memcpy(header.data() + 12, &checksum, 4);
    std::memcpy(header.data() + 16, &total, 8);
    std::memcpy(header.data() + 24, &textSize, 8);
    return header + body;
}

class ArtifactSegments : public testing::Test {
protected:
    void SetUp() override
    {
        auto model = core::openModel(test::digitsPath() / "digits.onnx");
        ASSERT_TRUE(model) << model.error().text();
        m_model = *model;
        auto samples = core::SampleSet::open((test::digitsPath() / "calibration").string(), m_model->graph, {.recipe = {}, .limit = 8});
        auto result = calibrateMinMax(m_model, *samples);
        ASSERT_TRUE(result);
        m_options.encodings = std::move(result->encodings);
        std::vector<std::string> convs;
        for (std::size_t i = 0; i < m_model->graph.nodes.size(); ++i) {
            if (m_model->graph.opOf(core::NodeId(i)) == "Conv")
                convs.emplace_back(m_model->graph.nameOf(core::NodeId(i)));
        }
        ASSERT_GE(convs.size(), 3U);
        m_options.placement = {{convs[1], Backend::Htp}, {convs[2], Backend::Htp}};
    }
    fs::path build(const char *name)
    {
        auto built = buildArtifacts(m_model, m_options, m_folder.path() / name);
        EXPECT_TRUE(built) << built.error().text();
        return m_folder.path() / name;
    }
    void expectRefused(const fs::path &path, const std::string &says)
    {
        const auto read = readArtifact(path);
        ASSERT_FALSE(read) << says;
        EXPECT_THAT(read.error().text(), HasSubstr(says));
    }

    test::TemporaryFolder m_folder;
    std::shared_ptr<const core::Model> m_model;
    BuildOptions m_options;
};

TEST_F(ArtifactSegments, OneContainerPerBackendAndAManifestThatSaysEmulated)
{
    const fs::path folder = build("a");
    EXPECT_TRUE(fs::exists(folder / "context_binaries/cpu_context.bin"));
    EXPECT_TRUE(fs::exists(folder / "context_binaries/htp_context.bin"));
    const json manifest = json::parse(fileText(folder / "manifest.json"));
    std::size_t emulated = 0;
    for (const json &segment : manifest.at("segments")) {
        const bool isHtp = segment.at("backend") == "htp";
        EXPECT_EQ(segment.at("emulated"), isHtp);
        EXPECT_EQ(segment.at("precision"), isHtp ? "quantsim" : "float32");
        EXPECT_EQ(segment.at("context"), isHtp ? "context_binaries/htp_context.bin" : "context_binaries/cpu_context.bin");
        EXPECT_FALSE(segment.at("nodes").empty());
        emulated += isHtp ? 1 : 0;
    }
    EXPECT_GE(emulated, 1U);
    EXPECT_FALSE(manifest.at("boundaries").empty());
    EXPECT_EQ(manifest.at("flags").at("precision"), "mixed");
    // Every node of the model is somewhere in the name map.
    std::set<std::string> named;
    for (const json &layer : manifest.at("nameMap").at("layers"))
        for (const json &node : layer.at("sourceNodes"))
            named.insert(node.get<std::string>());
    for (const char *list : {"folded", "removed"})
        for (const json &node : manifest.at("nameMap").at(list))
            named.insert(node.get<std::string>());
    EXPECT_EQ(named.size(), m_model->graph.nodes.size());
}

TEST_F(ArtifactSegments, WhatIsReadBackRunsToTheSameBits)
{
    const fs::path folder = build("a");
    auto tables = core::BackendCapabilities::load();
    ASSERT_TRUE(tables) << tables.error().text();
    auto placement = core::planPlacement(m_model->graph, m_options.encodings, m_options.placement, *tables);
    ASSERT_TRUE(placement);
    PlanOptions options;
    options.encodings = m_options.encodings;
    auto built = buildSegmentedPlan(m_model, *placement, options);
    ASSERT_TRUE(built);
    auto samples = core::SampleSet::open("random:3:1", m_model->graph);
    auto inputs = samples->load(0);
    ASSERT_TRUE(inputs);
    std::vector<std::vector<float>> outputs;
    // The folder, its context_binaries, and either container lead to the whole artifact.
    for (const fs::path &path : {folder, folder / "context_binaries", folder / "context_binaries/cpu_context.bin",
                                 folder / "context_binaries/htp_context.bin", fs::path()}) {
        std::shared_ptr<const SegmentedPlan> plan = *built;
        if (!path.empty()) {
            auto read = readArtifact(path);
            ASSERT_TRUE(read) << read.error().text();
            EXPECT_EQ(read->modelName, "digits");
            EXPECT_EQ(read->sha256.size(), 64U);
            plan = read->plan;
        }
        ASSERT_EQ(plan->layers().size(), (*built)->layers().size());
        for (std::size_t i = 0; i < plan->layers().size(); ++i) {
            EXPECT_EQ(plan->layers()[i].name, (*built)->layers()[i].name);
            EXPECT_EQ(plan->layers()[i].segment, (*built)->layers()[i].segment);
            EXPECT_EQ(plan->layers()[i].isEmulated, (*built)->layers()[i].isEmulated);
        }
        auto session = SegmentedSession::create(plan, 1);
        ASSERT_TRUE(session);
        ASSERT_TRUE((*session)->run(*inputs));
        auto output = (*session)->output(0);
        ASSERT_TRUE(output);
        outputs.emplace_back(output->as<float>().begin(), output->as<float>().end());
        EXPECT_EQ(outputs.back(), outputs.front());
    }
    const auto one = readContext(folder / "context_binaries/cpu_context.bin");
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().code, core::ErrorCode::NotSupported);
}

TEST_F(ArtifactSegments, BuildingTwiceGivesTheSameBytes)
{
    const fs::path a = build("a"), b = build("b");
    for (const char *name : {"context_binaries/cpu_context.bin", "context_binaries/htp_context.bin", "manifest.json"})
        EXPECT_EQ(fileText(a / name), fileText(b / name)) << name;
}

TEST_F(ArtifactSegments, EverythingOnHtpNeedsNoCpuContainer)
{
    m_options.placement.clear();
    m_options.backend = Backend::Htp;
    const fs::path folder = build("a");
    EXPECT_FALSE(fs::exists(folder / "context_binaries/cpu_context.bin"));
    auto read = readArtifact(folder);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->file, "htp_context.bin");
    EXPECT_EQ(read->plan->precisionName(), "quantsim");
    EXPECT_EQ(read->plan->layers().front().backend, "htp");
}

TEST_F(ArtifactSegments, WhatCannotBeBuiltIsSaidAndLeavesNothing)
{
    const core::EncodingSet encodings = std::exchange(m_options.encodings, {});
    auto bare = buildArtifacts(m_model, m_options, m_folder.path() / "out");
    ASSERT_FALSE(bare);
    EXPECT_EQ(core::exitCodeOf(bare.error().code), 3);
    EXPECT_THAT(bare.error().text(), AllOf(HasSubstr("no encoding yet"), HasSubstr("Calibrate")));
    m_options.encodings = encodings;
    m_options.placement.begin()->second = Backend::Gpu;
    auto gpu = buildArtifacts(m_model, m_options, m_folder.path() / "out");
    ASSERT_FALSE(gpu);
    EXPECT_EQ(core::exitCodeOf(gpu.error().code), 5);
    EXPECT_TRUE(fs::is_empty(m_folder.path()));
}

TEST_F(ArtifactSegments, AssignmentsToNobodyAreAWarning)
{
    m_options.placement["gone"] = Backend::Htp;
    auto built = buildArtifacts(m_model, m_options, m_folder.path() / "a");
    ASSERT_TRUE(built);
    EXPECT_GE(built->segments, 3U);
    EXPECT_EQ(built->precision, "mixed");
    EXPECT_THAT(built->warnings, testing::Contains(HasSubstr("gone")));
}

TEST_F(ArtifactSegments, MissingMixedAndForeignContainersAreRefusedByName)
{
    const fs::path a = build("a") / "context_binaries";
    core::EncodingSet &set = m_options.encodings;
    set.entries.begin()->second.encoding.grids[0] = *core::gridFromRange(-3, 3, {set.entries.begin()->second.encoding.bitwidth, false, false, false});
    for (auto &[name, entry] : set.entries) {
        if (!entry.encoding.isPerChannel())
            entry.encoding.grids[0] = *core::gridFromRange(-7, 7, {entry.encoding.bitwidth, false, false, false});
    }
    const fs::path b = build("b") / "context_binaries";
    fs::copy_file(b / "htp_context.bin", a / "htp_context.bin", fs::copy_options::overwrite_existing);
    expectRefused(a, "htp_context.bin");
    expectRefused(a, "another build");
    fs::remove(a / "htp_context.bin");
    expectRefused(a, "htp_context.bin");
    fs::copy_file(b / "cpu_context.bin", b / "htp_context.bin", fs::copy_options::overwrite_existing);
    expectRefused(b, "not the container of htp");
    expectRefused(m_folder.path(), "holds no context container");
}

TEST_F(ArtifactSegments, DamagedSegmentTablesAreRefused)
{
    const fs::path folder = build("a") / "context_binaries";
    const std::string cpu = fileText(folder / "cpu_context.bin"), htp = fileText(folder / "htp_context.bin");
    const json cpuText = descriptionOf(cpu), htpText = descriptionOf(htp);
    struct Damage {
        const char *says;
        std::function<void(json &cpu, json &htp)> apply;
    };
    const auto both = [](const std::function<void(json &)> &change) {
        return [change](json &first, json &second) {
            change(first["network"]);
            change(second["network"]);
        };
    };
    const std::vector<Damage> damages{
        {"in no container", [](json &c, json &) { c["segments"].erase(0); }},
        {"stands twice", [](json &c, json &) { c["segments"].push_back(c["segments"][0]); }},
        {"belongs to another backend", [](json &c, json &h) { c["segments"][0]["id"] = h["segments"][0]["id"]; }},
        {"no id of the table", [](json &c, json &) { c["segments"][0]["id"] = 99; }},
        {"no id of the table", [](json &c, json &) { c["segments"][0]["id"] = -1; }},
        {"no id of the table", [](json &c, json &) { c["segments"][0]["id"] = "0"; }},
        {"no plan", [](json &c, json &) { c["segments"][0].erase("plan"); }},
        {"no plan", [](json &c, json &) { c["segments"][0] = 5; }},
        {"not the container", [](json &c, json &) { c["segments"] = 7; }},
        {"no table", [](json &c, json &) { c.erase("network"); }},
        {"no table", [](json &c, json &) { c["network"] = json::array(); }},
        {"another build", [](json &c, json &) { c["network"]["build"] = "other"; }},
        {"which backend", [](json &c, json &) { c["backend"] = "npu"; }},
        {"lacks", both([](json &n) { n["segments"] = json::array(); })},
        {"no backend that is known", both([](json &n) { n["segments"][0]["backend"] = "npu"; })},
        {"no backend that is known", both([](json &n) { n["segments"][0].erase("emulated"); })},
        {"gpu", both([](json &n) { n["segments"][0]["backend"] = "gpu"; })},
        {"no segment computes", both([](json &n) { n["outputs"][0] = "nothing"; })},
        {"which nothing before it computes", both([](json &n) { n["inputs"][0]["name"] = "other"; })},
        {"another type or shape", both([](json &n) { n["inputs"][0]["dims"][0] = 7; })},
        {"name, type or shape", both([](json &n) { n["inputs"][0]["dims"][0] = -7; })},
        {"name, type or shape", both([](json &n) { n["inputs"][0]["dims"] = {1u << 31, 1u << 31, 1u << 31}; })},
        {"more than", both([](json &n) { n["inputs"].push_back({{"name", "huge"}, {"dtype", "float32"}, {"dims", {1u << 30, 4}}}); })},
        {"name, type or shape", both([](json &n) { n["inputs"][0]["dtype"] = "float1"; })},
    };
    for (const Damage &damage : damages) {
        json c = cpuText, h = htpText;
        damage.apply(c, h);
        writeText(folder / "cpu_context.bin", withDescription(cpu, c));
        writeText(folder / "htp_context.bin", withDescription(htp, h));
        expectRefused(folder, damage.says);
    }
    writeText(folder / "cpu_context.bin", withDescription(cpu, cpuText));
    writeText(folder / "htp_context.bin", withDescription(htp, htpText));
    EXPECT_TRUE(readArtifact(folder)) << "the damage must be what was refused";
    for (const std::size_t size : {std::size_t(0), std::size_t(31), htp.size() / 2, htp.size() - 1}) {
        writeText(folder / "htp_context.bin", htp.substr(0, size));
        EXPECT_FALSE(readArtifact(folder));
    }
}

/// Whatever is accepted must run without touching foreign memory (sanitizers watch).
TEST_F(ArtifactSegments, RandomDamageBehindAGoodChecksumIsHarmless)
{
    const fs::path folder = build("a") / "context_binaries";
    const std::string good = fileText(folder / "htp_context.bin");
    std::uint64_t size = 0;
    std::memcpy(&size, good.data() + 24, 8);
    std::mt19937 random(3);
    const std::string digits = "0123456789-,[]{}\"";
    std::size_t refused = 0;
    PlanOptions options;
    options.memoryBudgetBytes = std::uint64_t(64) << 20;
    for (int round = 0; round < 200; ++round) {
        std::string bytes = good;
        for (auto flips = 1 + random() % 3; flips > 0; --flips) {
            char &letter = bytes[32 + random() % size];
            letter = digits[random() % (letter >= '0' && letter <= '9' ? 10 : digits.size())];
        }
        Crc32 crc;
        crc.add(std::as_bytes(std::span(bytes).subspan(32)));
        const std::uint32_t value = crc.value();
        std::memcpy(bytes.data() + 12, &value, 4);
        writeText(folder / "htp_context.bin", bytes);
        auto read = readArtifact(folder, options);
        refused += read ? 0 : 1;
        if (!read)
            continue;
        std::vector<core::HostTensor> inputs;
        for (const PortInfo &port : read->plan->inputs())
            inputs.push_back(*core::HostTensor::create(port.dtype, port.dims));
        if (auto session = SegmentedSession::create(read->plan, 2))
            static_cast<void>((*session)->run(inputs));
    }
    EXPECT_GT(refused, 50U);
}

} // namespace
} // namespace nordlys::runtime
