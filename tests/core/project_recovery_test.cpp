// SPDX-License-Identifier: Apache-2.0
#include <core/base/sha256.h>
#include <core/project/matching.h>
#include <core/project/recovery.h>
#include <support/temporary_folder.h>

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nordlys::core {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

EncodingEntry entry(double lo, double hi)
{
    return {EncodingKind::Activation, Encoding{8, false, false, -1, {*gridFromRange(lo, hi, {})}}, false};
}

std::shared_ptr<const RecoveryStep> step(std::string title, Change change)
{
    return std::make_shared<const RecoveryStep>(RecoveryStep{std::move(title), std::move(change)});
}

Recovery sample(const fs::path &folder)
{
    Recovery recovery;
    recovery.projectPath = folder / "p.nordlys";
    recovery.projectSha256 = std::string(64, 'b');
    recovery.editedAtMs = 1700000000123;
    recovery.project.model = {folder / "models/m.onnx", std::string(64, 'a')};
    recovery.project.dims = {{"N", 4}};
    recovery.project.inputsSpec = (folder / "pictures").string();
    recovery.project.runs = {{folder / "r1.nrs", {}}};
    recovery.project.view = {{"filter", "op:<b>Conv</b> \"x\""}};
    recovery.steps = {step("Max of \"logits\"\n<i>", {SetEncoding{"logits \xd7\x90", entry(-1, 6)}}),
                      step("Backend", {SetBackend{"conv", Backend::Htp}}), step("Option", {SetBuildOption{"o", "1"}})};
    return recovery;
}

EditState stateOf(const Recovery &recovery)
{
    EditState state;
    for (const auto &part : recovery.steps)
        EXPECT_TRUE(applyChange(state, part->change));
    return state;
}

TEST(Recovery, RoundTripKeepsStepsResultsAndAbsolutePaths)
{
    const TemporaryFolder folder;
    const Recovery recovery = sample(folder.path());
    auto slot = RecoverySlot::create(folder.path() / "recovery");
    ASSERT_TRUE(slot) << slot.error().text();
    ASSERT_TRUE(slot->write(recovery));
    const auto read = readRecovery(slot->file());
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->projectPath, recovery.projectPath);
    EXPECT_EQ(read->projectSha256, recovery.projectSha256);
    EXPECT_EQ(read->editedAtMs, recovery.editedAtMs);
    EXPECT_EQ(read->project, recovery.project);
    ASSERT_EQ(read->steps.size(), 3U);
    EXPECT_EQ(read->steps[0]->title, "Max of \"logits\"\n<i>");
    EXPECT_EQ(stateOf(*read), stateOf(recovery));
    struct stat status{};
    ASSERT_EQ(::stat((folder.path() / "recovery").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST(Recovery, HostileFilesAreRefused)
{
    const TemporaryFolder folder;
    const std::string project = "\"project\":{\"schema\":\"nordlys.project/1\",\"model\":{\"path\":\"m\",\"sha256\":\"\"}}";
    const auto read = [&](const std::string &text) { return readRecovery(folder.write("x.recovery", text)); };
    ASSERT_TRUE(read("{\"schema\":\"nordlys.recovery/1\"," + project + ",\"steps\":[]}"));
    const auto newer = read("{\"schema\":\"nordlys.recovery/2\"}");
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code, ErrorCode::NotSupported);
    EXPECT_NE(newer.error().text().find("nordlys.recovery/2"), std::string::npos);
    for (const std::string &text :
         {std::string(), std::string("[]"), std::string("{\"schema\":\"nordlys.recovery/1\"}"),
          "{\"schema\":\"nordlys.recovery/1\"," + project + "}",
          "{\"schema\":\"nordlys.recovery/1\"," + project + ",\"steps\":{}}",
          "{\"schema\":\"nordlys.recovery/1\"," + project + ",\"steps\":[1]}",
          "{\"schema\":\"nordlys.recovery/1\"," + project + ",\"steps\":[{\"title\":3,\"change\":{}}]}",
          "{\"schema\":\"nordlys.recovery/1\"," + project + ",\"steps\":[{\"change\":{\"setBackend\":{\"node\":\"n\",\"backend\":\"npu\"}}}]}",
          "{\"schema\":\"nordlys.recovery/1\"," + project + ",\"steps\":[],\"editedAtMs\":\"now\"}",
          "{\"schema\":\"nordlys.recovery/1\"," + project + ",\"steps\":["})
        EXPECT_FALSE(read(text)) << text;
}

TEST(Recovery, ALivingOwnersFileIsNobodyElses)
{
    const TemporaryFolder folder;
    auto slot = RecoverySlot::create(folder.path());
    ASSERT_TRUE(slot);
    const fs::path file = slot->file();
    EXPECT_TRUE(RecoverySlot::leftOver(folder.path()).empty()); // nothing written yet
    ASSERT_TRUE(slot->write(sample(folder.path())));
    // flock counts by open file, so this process stands for another one as well.
    EXPECT_TRUE(RecoverySlot::leftOver(folder.path()).empty());
    EXPECT_FALSE(RecoverySlot::claim(file).has_value());
    EXPECT_TRUE(fs::exists(file));
    {
        const RecoverySlot gone = *std::move(slot);
    }
    ASSERT_EQ(RecoverySlot::leftOver(folder.path()), std::vector<fs::path>{file});
    auto claimed = RecoverySlot::claim(file);
    ASSERT_TRUE(claimed.has_value());
    EXPECT_FALSE(RecoverySlot::claim(file).has_value());
    claimed->discard();
    claimed.reset();
    EXPECT_FALSE(RecoverySlot::claim(file).has_value());
    EXPECT_TRUE(fs::is_empty(folder.path()));
}

// A real process is killed while it holds the lock and writes without a pause.
TEST(Recovery, AKilledOwnersFileIsWholeAndFree)
{
    const TemporaryFolder folder;
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        auto slot = RecoverySlot::create(folder.path());
        Recovery recovery = sample(folder.path());
        for (int i = 0; slot && i < 1000000; ++i) {
            recovery.steps.push_back(step("s", {SetBuildOption{"count", std::to_string(i)}}));
            if (!slot->write(recovery) || ::write(pipe[1], &i, sizeof i) != sizeof i)
                ::_exit(1);
        }
        ::_exit(2);
    }
    ::close(pipe[1]);
    int reported = -1;
    for (int i = 0; i < 20; ++i)
        ASSERT_EQ(::read(pipe[0], &reported, sizeof reported), static_cast<ssize_t>(sizeof reported));
    EXPECT_TRUE(RecoverySlot::leftOver(folder.path()).empty()) << "the owner lives";
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    while (::read(pipe[0], &reported, sizeof reported) == static_cast<ssize_t>(sizeof reported)) {
    }
    ::close(pipe[0]);
    const auto left = RecoverySlot::leftOver(folder.path());
    ASSERT_EQ(left.size(), 1U);
    const auto read = readRecovery(left.front());
    ASSERT_TRUE(read) << read.error().text();
    // What was reported as written is there; one more may have been written and not reported.
    const int kept = std::stoi(stateOf(*read).buildOptions.at("count"));
    EXPECT_GE(kept, reported);
    EXPECT_LE(kept, reported + 1);
    // What the dead writer had begun is cleared away.
    for (const auto &file : fs::directory_iterator(folder.path()))
        EXPECT_NE(file.path().extension(), ".tmp") << file.path();
}

TEST(Recovery, AnUnwritableFolderIsNamed)
{
    const auto slot = RecoverySlot::create("/proc/nordlys/recovery");
    ASSERT_FALSE(slot);
    EXPECT_EQ(slot.error().code, ErrorCode::CannotWrite);
    EXPECT_NE(slot.error().text().find("/proc/nordlys"), std::string::npos);
}

Graph twoConvs()
{
    Graph graph;
    const TensorId input = graph.addTensor("x", DType::Float32, toShape({1, 3, 8, 8}));
    const TensorId weight = graph.addTensor("w", DType::Float32, toShape({4, 3, 3, 3}));
    const TensorId output = graph.addTensor("y", DType::Float32, toShape({1, 4, 6, 6}));
    Node node;
    node.name = graph.names.intern("conv");
    node.opType = graph.names.intern("Conv");
    node.inputs = {input, weight};
    node.outputs = {output};
    graph.addNode(std::move(node));
    return graph;
}

TEST(MatchEdits, KeepsWhatFitsByNameAndNamesTheRest)
{
    const Graph graph = twoConvs();
    EditState edits;
    edits.encodings.entries = {{"x", entry(0, 1)}, {"gone", entry(0, 1)}};
    EncodingEntry perChannel{EncodingKind::Parameter, Encoding{8, false, true, 0, {}}, false};
    for (int i = 0; i < 4; ++i)
        perChannel.encoding.grids.push_back(*gridFromRange(-1, 1, {.symmetric = true}));
    edits.encodings.entries["w"] = perChannel;
    edits.placement = {{"conv", Backend::Htp}, {"old", Backend::Cpu}};
    edits.buildOptions = {{"o", "1"}};
    const MatchedEdits matched = matchEdits(edits, graph);
    EXPECT_EQ(editCount(edits), 6U);
    EXPECT_EQ(editCount(matched.edits), 4U);
    EXPECT_EQ(matched.lost, (std::vector<std::string>{"tensor 'gone' is not in the model", "operator 'old' is not in the model"}));
    // Another number of channels is another tensor.
    edits.encodings.entries["w"].encoding.grids.pop_back();
    EXPECT_FALSE(matchEdits(edits, graph).edits.encodings.entries.contains("w"));
    edits.encodings.entries["w"].encoding.axis = 7;
    EXPECT_FALSE(matchEdits(edits, graph).edits.encodings.entries.contains("w"));

    std::vector<std::string> lost;
    auto batch = std::make_shared<ChangeBatch>();
    batch->title = "b";
    batch->changes = {{SetEncoding{"gone", entry(0, 1)}}, {SetEncoding{"x", entry(0, 2)}}, {SetBackend{"old", std::nullopt}}};
    const auto kept = matchChange({std::shared_ptr<const ChangeBatch>(batch)}, graph, lost);
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(std::get<std::shared_ptr<const ChangeBatch>>(kept->value)->changes.size(), 2U);
    EXPECT_EQ(lost.size(), 1U);
    EXPECT_FALSE(matchChange({SetEncoding{"gone", entry(0, 1)}}, graph, lost).has_value());
}

TEST(FindModel, FindsTheSameContentBelowTheProject)
{
    const TemporaryFolder folder;
    fs::create_directories(folder.path() / "a/b/c/d");
    folder.write("other.onnx", "other");
    Project project;
    const fs::path moved = folder.write("a/b/moved.onnx", "weights");
    project.model = {folder.path() / "m.onnx", *sha256OfFile(moved)};
    EXPECT_EQ(findModel(project, folder.path() / "p.nordlys"), std::vector<fs::path>{moved});
    ASSERT_TRUE(saveProject(project, folder.path() / "p.nordlys"));
    const auto refused = openProject(folder.path() / "p.nordlys");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text().find("a/b/moved.onnx"), std::string::npos) << refused.error().text();
    const auto allowed = openProject(folder.path() / "p.nordlys", {.allowMissingModel = true});
    ASSERT_TRUE(allowed);
    EXPECT_EQ(allowed->model, ModelState::Missing);
    EXPECT_EQ(allowed->fileSha256, *sha256OfFile(folder.path() / "p.nordlys"));
    fs::rename(moved, folder.path() / "a/b/c/d/too_deep.onnx");
    EXPECT_TRUE(findModel(project, folder.path() / "p.nordlys").empty());
}

} // namespace
} // namespace nordlys::core
