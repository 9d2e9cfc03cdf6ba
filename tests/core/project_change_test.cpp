// SPDX-License-Identifier: Apache-2.0
#include <core/base/sha256.h>
#include <core/project/change.h>
#include <core/project/project.h>

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <random>

namespace nordlys::core {
namespace {

namespace fs = std::filesystem;

EncodingEntry entry(double lo, double hi, int bits = 8, bool locked = false)
{
    return {EncodingKind::Activation, Encoding{bits, false, false, -1, {*gridFromRange(lo, hi, {.bitwidth = bits})}}, locked};
}

Change randomChange(std::mt19937 &random, int depth = 0)
{
    const auto name = [&] { return "t" + std::to_string(random() % 6); };
    const bool remove = random() % 3 == 0;
    switch (random() % (depth < 2 ? 4 : 3)) {
    case 0:
        return {SetEncoding{name(), remove ? std::nullopt
                                           : std::optional(entry(-static_cast<double>(random() % 100) / 7,
                                                                 1.0 + static_cast<double>(random() % 9),
                                                                 random() % 2 == 0 ? 8 : 16, random() % 2 == 0))}};
    case 1: return {SetBackend{name(), remove ? std::nullopt : std::optional(static_cast<Backend>(random() % 3))}};
    case 2: return {SetBuildOption{name(), remove ? std::nullopt : std::optional(std::to_string(random() % 4))}};
    default: {
        auto batch = std::make_shared<ChangeBatch>();
        batch->title = "batch";
        for (std::size_t i = random() % 5; i-- > 0;)
            batch->changes.push_back(randomChange(random, depth + 1));
        return {std::shared_ptr<const ChangeBatch>(batch)};
    }
    }
}

TEST(ProjectChange, InversesRestoreTheExactState)
{
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        EditState state;
        std::vector<EditState> states;
        std::vector<Change> undo;
        for (int step = 0; step < 30; ++step) {
            states.push_back(state);
            const Change change = randomChange(random);
            // The stored form means the same.
            const auto stored = changeFromJson(changeToJson(change));
            ASSERT_TRUE(stored) << stored.error().text();
            ASSERT_EQ(changeToJson(*stored), changeToJson(change));
            EditState replayed = state;
            ASSERT_TRUE(applyChange(replayed, *stored));
            auto inverse = applyChange(state, change);
            ASSERT_TRUE(inverse) << inverse.error().text();
            ASSERT_EQ(replayed, state);
            undo.push_back(*std::move(inverse));
        }
        EditState jumped = states.front();
        ASSERT_TRUE(applyChange(jumped, difference(states.front(), state, "all")));
        EXPECT_EQ(jumped, state);
        EditState last = state;
        for (std::size_t step = undo.size(); step-- > 0;) {
            const EditState after = state;
            const auto redo = applyChange(state, undo[step]);
            ASSERT_TRUE(redo);
            ASSERT_EQ(state, states[step]) << "seed " << seed << " step " << step;
            ASSERT_TRUE(applyChange(last = state, *redo));
            ASSERT_EQ(last, after);
        }
    }
}

TEST(ProjectChange, FailedBatchChangesNothing)
{
    EditState state;
    state.buildOptions["k"] = "v";
    const EditState before = state;
    EncodingEntry bad = entry(0, 1);
    bad.encoding.grids[0].scale = std::nan("");
    auto batch = std::make_shared<ChangeBatch>();
    batch->changes = {{SetBuildOption{"k", std::nullopt}},
                      {SetBuildOption{"n", "1"}},
                      {SetBackend{"x", Backend::Htp}},
                      {SetEncoding{"t", bad}}};
    const auto applied = applyChange(state, {std::shared_ptr<const ChangeBatch>(batch)});
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code, ErrorCode::BadInput);
    EXPECT_EQ(state, before);
    EXPECT_FALSE(applyChange(state, {std::shared_ptr<const ChangeBatch>()}));
    EXPECT_FALSE(applyChange(state, {SetBackend{"", Backend::Cpu}}));
}

TEST(ProjectChange, Texts)
{
    EXPECT_EQ((Change{SetEncoding{"conv1/Relu:0", entry(0, 6)}}.text()), "conv1/Relu:0: 8 bit, 0..6");
    EXPECT_EQ((Change{SetEncoding{"a\nb", std::nullopt}}.text()), "a?b: no encoding");
    EXPECT_EQ((Change{SetBackend{"conv1", Backend::Htp}}.text()), "conv1: htp");
    EXPECT_EQ((Change{SetBackend{"conv1", std::nullopt}}.text()), "conv1: automatic");
    EXPECT_EQ((Change{SetBuildOption{"opt", "3"}}.text()), "opt = 3");
    for (const Backend backend : {Backend::Cpu, Backend::Gpu, Backend::Htp})
        EXPECT_EQ(backendFromName(nameOf(backend)), backend);
    EXPECT_FALSE(backendFromName("npu"));
}

TEST(ProjectChange, HostileJson)
{
    std::string nested = "{\"setBackend\":{\"node\":\"n\",\"backend\":null}}";
    for (int i = 0; i < 40; ++i)
        nested = "{\"batch\":{\"title\":\"\",\"changes\":[" + nested + "]}}";
    for (const std::string &text :
         {std::string(), std::string("null"), std::string("{}"), std::string("{\"a\":1}"), std::string("{\"a\":{}}"), nested,
          std::string("{\"setBackend\":{}}"), std::string("{\"setBackend\":{\"node\":\"n\",\"backend\":\"npu\"}}"),
          std::string("{\"setBackend\":{\"node\":\"n\",\"backend\":7}}"), std::string("{\"batch\":{\"title\":\"\"}}"),
          std::string(
              "{\"setEncoding\":{\"tensor\":\"t\",\"entry\":{\"kind\":\"activation\",\"bitwidth\":8,\"grids\":[[0,1,-1,0]]}}}"),
          std::string(
              "{\"setEncoding\":{\"tensor\":\"t\",\"entry\":{\"kind\":\"activation\",\"bitwidth\":8,\"grids\":[[0,1,1]]}}}"),
          std::string(
              "{\"setEncoding\":{\"tensor\":\"t\",\"entry\":{\"kind\":\"activation\",\"bitwidth\":4294967304,\"grids\":[]}}}"),
          std::string("{\"setEncoding\":{\"tensor\":\"t\",\"entry\":{\"kind\":\"other\",\"grids\":[]}}}"),
          std::string("{\"setBackend\":{\"node\":\"n\"}} x")})
        EXPECT_FALSE(changeFromJson(text)) << text.substr(0, 80);
}

class ProjectFileTest : public testing::Test {
protected:
    void SetUp() override
    {
        m_folder = fs::temp_directory_path() / ("nordlys-project-" + std::to_string(::getpid()) + "-" +
                                                testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(m_folder / "models");
        write("models/m.onnx", "weights");
    }
    void TearDown() override { fs::remove_all(m_folder); }
    fs::path write(const std::string &name, const std::string &text)
    {
        std::ofstream(m_folder / name, std::ios::binary) << text;
        return m_folder / name;
    }
    std::string content(const std::string &name)
    {
        std::ifstream stream(m_folder / name, std::ios::binary);
        return std::string((std::istreambuf_iterator<char>(stream)), {});
    }
    Project sample()
    {
        Project project;
        project.model = {m_folder / "models/m.onnx", *sha256OfFile(m_folder / "models/m.onnx")};
        project.dims = {{"N", 1}, {"height", 224}};
        project.inputsSpec = (m_folder.parent_path() / "pictures").string();
        project.preprocess = "color:gray";
        project.labels = m_folder / "labels.csv";
        project.edits.encodings.entries = {{"a \"quoted\" \xc3\xa6", entry(-1.0 / 3, 0.1)}, {"b", entry(0, 6, 16, true)}};
        project.edits.encodings.entries["f"] = {EncodingKind::Activation, Encoding{16, true, false, -1, {}}, false};
        EncodingEntry blocks{EncodingKind::Parameter, Encoding{4, false, true, 0, {*gridFromScale(0.5, 8, 4), *gridFromScale(0.75, 8, 4)}}, false};
        blocks.encoding.blockAxis = 1;
        blocks.encoding.blockSize = 64;
        blocks.encoding.twoLevel = TwoLevelScale{{0.25}, {2, 3}, 8};
        project.edits.encodings.entries["blocks"] = blocks;
        project.edits.placement = {{"conv", Backend::Htp}};
        project.edits.buildOptions = {{"o", "1"}};
        project.runs = {{m_folder / "run1.nrec", std::string(64, 'a')}};
        project.view = {{"current", "graph"}};
        return project;
    }
    fs::path m_folder;
};

TEST_F(ProjectFileTest, RoundTrip)
{
    const Project project = sample();
    ASSERT_TRUE(saveProject(project, m_folder / "p.nordlys"));
    const std::string first = content("p.nordlys");
    EXPECT_NE(first.find("\"path\": \"models/m.onnx\""), std::string::npos) << first;
    EXPECT_NE(first.find("\"inputs\": \"../pictures\""), std::string::npos);
    EXPECT_EQ(first.find(m_folder.string()), std::string::npos);
    const auto opened = openProject(m_folder / "p.nordlys");
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ(opened->project, project);
    ASSERT_EQ(opened->warnings.size(), 1U); // the recording
    ASSERT_TRUE(saveProject(opened->project, m_folder / "q.nordlys"));
    EXPECT_EQ(content("q.nordlys"), first);
    write("models/m.onnx", "other weights");
    const auto changed = openProject(m_folder / "p.nordlys");
    ASSERT_TRUE(changed);
    ASSERT_EQ(changed->warnings.size(), 2U);
    EXPECT_NE(changed->warnings[0].find("has changed"), std::string::npos);
    fs::remove(m_folder / "models/m.onnx");
    const auto missing = openProject(m_folder / "p.nordlys");
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().text().find("models/m.onnx"), std::string::npos);
    EXPECT_FALSE(saveProject(project, m_folder / "nowhere/p.nordlys"));
    EXPECT_FALSE(saveProject(Project(), m_folder / "p.nordlys"));
    EXPECT_EQ(content("p.nordlys"), first);
    Project invalid = project;
    invalid.view["x"] = "\xff";
    EXPECT_FALSE(saveProject(invalid, m_folder / "p.nordlys"));
    EXPECT_EQ(content("p.nordlys"), first);
}

TEST_F(ProjectFileTest, HostileFiles)
{
    const std::string head = "{\"schema\": \"nordlys.project/1\", \"model\": {\"path\": \"models/m.onnx\", \"sha256\": \"\"}";
    ASSERT_TRUE(openProject(write("p", head + "}")));
    const auto unknown = openProject(write("p", head + ", \"future\": 1}"));
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->warnings.size(), 1U);
    const auto newer = openProject(write("p", "{\"schema\": \"nordlys.project/2\"}"));
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code, ErrorCode::NotSupported);
    EXPECT_NE(newer.error().text().find("nordlys.project/2"), std::string::npos);
    for (const std::string &text :
         {std::string(),
          std::string("{}"),
          std::string("[]"),
          std::string("{\"schema\": 1}"),
          std::string("{\"schema\": \"nordlys.project/0\"}"),
          std::string("{\"schema\": \"nordlys.project/99999999999999\"}"),
          std::string("{\"schema\": \"nordlys.project/1\"}"),
          std::string("{\"schema\": \"nordlys.project/1\", \"model\": \"m\"}"),
          std::string("{\"schema\": \"nordlys.project/1\", \"model\": {\"path\": \"\"}}"),
          std::string("{\"schema\": \"nordlys.project/1\", \"model\": {\"path\": \"/dev/zero\"}}"),
          std::string("{\"schema\": \"nordlys.project/1\", \"model\": {\"path\": \"models\"}}"),
          std::string("{\"schema\": \"nordlys.project/1\", \"model\": {\"path\": \"models/m.onnx\", \"sha256\": \"xyz\"}}"),
          head + ", \"dims\": {\"N\": -1}}",
          head + ", \"dims\": {\"N\": 1.5}}",
          head + ", \"dims\": [1]}",
          head + ", \"inputs\": 3}",
          head + ", \"runs\": {}}",
          head + ", \"runs\": [1]}",
          head + ", \"view\": {\"a\": 1}}",
          head + ", \"edits\": {\"placement\": {\"n\": \"npu\"}}}",
          head + ", \"edits\": {\"encodings\": {\"t\": {\"kind\": \"activation\", \"bitwidth\": 8, \"grids\": [[0, 1, 1e999, "
                 "0]]}}}}",
          head + ", \"edits\": {\"encodings\": {\"t\": 1}}}",
          head + ", \"x\": " + std::string(200, '[') + std::string(200, ']') + "}",
          head}) {
        const auto opened = openProject(write("p", text));
        EXPECT_FALSE(opened) << text.substr(0, 200);
    }
}

} // namespace
} // namespace nordlys::core
