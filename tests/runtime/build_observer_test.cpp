// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <runtime/artifact/artifact.h>
#include <runtime/quantization/calibrate.h>
#include <support/shared_data.h>
#include <support/temporary_folder.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

namespace nordlys::runtime {
namespace {

namespace fs = std::filesystem;

struct Heard {
    std::vector<BuildProgress> progress;
    std::vector<BuildMessage> messages;

    BuildObserver observer()
    {
        return {[this](const BuildProgress &report) { progress.push_back(report); }, [this](const BuildMessage &message) { messages.push_back(message); }};
    }
    std::vector<BuildProgress> ends() const
    {
        std::vector<BuildProgress> result;
        std::ranges::copy_if(progress, std::back_inserter(result), [](const BuildProgress &p) { return p.state != BuildProgress::State::Running; });
        return result;
    }
    std::size_t count(BuildSeverity severity) const
    {
        return static_cast<std::size_t>(std::ranges::count_if(messages, [severity](const BuildMessage &m) { return m.severity == severity; }));
    }
};

/// Every file below a folder with its content.
std::map<std::string, std::string> contentOf(const fs::path &folder)
{
    std::map<std::string, std::string> result;
    for (const auto &entry : fs::recursive_directory_iterator(folder)) {
        std::ifstream in(entry.path(), std::ios::binary);
        result[fs::relative(entry.path(), folder).string()] = entry.is_directory() ? "folder" : std::string(std::istreambuf_iterator<char>(in), {});
    }
    return result;
}

std::shared_ptr<const core::Model> digits()
{
    auto model = core::openModel(test::digitsPath() / "digits.onnx");
    EXPECT_TRUE(model) << model.error().text();
    return *model;
}

TEST(BuildObserver, HearsEveryStepOnceAndWhatBecameOfNodes)
{
    const test::TemporaryFolder folder;
    const auto model = digits();
    Heard heard;
    BuildOptions options;
    options.observer = heard.observer();
    const auto result = buildArtifacts(model, options, folder.path() / "out");
    ASSERT_TRUE(result) << result.error().text();
    const auto ends = heard.ends();
    ASSERT_EQ(ends.size(), kBuildSteps.size());
    for (std::size_t i = 0; i < ends.size(); ++i) {
        EXPECT_EQ(ends[i].step, kBuildSteps[i]);
        EXPECT_EQ(ends[i].state, BuildProgress::State::Done);
        EXPECT_GE(ends[i].elapsedNs, 0);
    }
    // The container is taken twice, for its checksum and into the file.
    const auto &contexts = ends[static_cast<std::size_t>(BuildStep::Contexts)];
    EXPECT_GT(contexts.total, result->files.front().bytes);
    EXPECT_EQ(heard.count(BuildSeverity::Error), 0U);
    // The sample's Conv and Relu become one layer; the message names a node that the model has.
    const auto fused = std::ranges::find_if(heard.messages, [](const BuildMessage &m) { return m.text.find("one layer, Conv+Relu") != std::string::npos; });
    ASSERT_NE(fused, heard.messages.end());
    EXPECT_TRUE(model->graph.findNode(fused->node).isValid()) << fused->node;
}

TEST(BuildObserver, WithoutEncodingsEveryTensorIsWarnedOf)
{
    const test::TemporaryFolder folder;
    const auto model = digits();
    auto samples = core::SampleSet::open((test::digitsPath() / "calibration").string(), model->graph, {.recipe = {}, .limit = 4});
    ASSERT_TRUE(samples);
    auto calibrated = calibrateMinMax(model, *samples);
    ASSERT_TRUE(calibrated);
    BuildOptions options;
    options.precision = Precision::QuantSim;
    options.encodings = calibrated->encodings;
    ASSERT_EQ(options.encodings.entries.erase("logits"), 1U);
    Heard heard;
    options.observer = heard.observer();
    ASSERT_TRUE(buildArtifacts(model, options, folder.path() / "out"));
    const auto warned = std::ranges::find_if(heard.messages, [](const BuildMessage &m) { return m.tensor == "logits"; });
    ASSERT_NE(warned, heard.messages.end());
    EXPECT_EQ(warned->severity, BuildSeverity::Warning);
    const core::TensorId logits = model->graph.findTensor("logits");
    EXPECT_EQ(warned->node, model->graph.nameOf(model->graph.tensor(logits).producer));
}

TEST(BuildObserver, RulesThatNodesBreakAreWarnings)
{
    const test::TemporaryFolder folder;
    auto model = std::make_shared<core::Model>(*digits());
    model->findings = {{core::NodeId(2), "the file states another shape"}};
    Heard heard;
    BuildOptions options;
    options.observer = heard.observer();
    const auto result = buildArtifacts(model, options, folder.path() / "out");
    ASSERT_TRUE(result) << result.error().text();
    const std::string node(model->graph.nameOf(core::NodeId(2)));
    EXPECT_EQ(result->warnings, std::vector<std::string>{node + ": the file states another shape"});
    const auto said = std::ranges::find(heard.messages, "the file states another shape", &BuildMessage::text);
    ASSERT_NE(said, heard.messages.end());
    EXPECT_EQ(said->node, node);
    EXPECT_EQ(said->severity, BuildSeverity::Warning);
}

TEST(BuildObserver, StopInAnyStepLeavesTheFolderAsItWas)
{
    const test::TemporaryFolder folder;
    const auto model = digits();
    const fs::path target = folder.path() / "out";
    fs::create_directories(target / "context_binaries");
    std::ofstream(target / "manifest.json") << "mine";
    std::ofstream(target / "context_binaries/cpu_context.bin") << "older";
    const auto before = contentOf(folder.path());
    for (const BuildStep step : kBuildSteps) {
        if (step == BuildStep::Commit)
            continue; // from here on it is done
        SCOPED_TRACE(nameOf(step));
        std::stop_source stop;
        Heard heard;
        BuildOptions options;
        options.observer = heard.observer();
        options.observer.progress = [&, record = options.observer.progress](const BuildProgress &report) {
            record(report);
            if (report.step == step)
                stop.request_stop();
        };
        const auto result = buildArtifacts(model, options, target, {stop.get_token(), {}});
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, core::ErrorCode::Interrupted);
        EXPECT_EQ(heard.progress.back().step, step);
        EXPECT_EQ(heard.progress.back().state, BuildProgress::State::Cancelled);
        EXPECT_EQ(contentOf(folder.path()), before);
    }
}

TEST(BuildObserver, FolderThatCannotBeMadeFailsInItsStepAndIsSaid)
{
    const test::TemporaryFolder folder;
    folder.write("file", "no folder");
    Heard heard;
    BuildOptions options;
    options.observer = heard.observer();
    const auto result = buildArtifacts(digits(), options, folder.path() / "file" / "out");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, core::ErrorCode::CannotWrite);
    EXPECT_EQ(heard.progress.back().state, BuildProgress::State::Failed);
    EXPECT_EQ(heard.progress.back().step, BuildStep::Contexts);
    ASSERT_EQ(heard.count(BuildSeverity::Error), 1U);
    EXPECT_EQ(heard.messages.back().severity, BuildSeverity::Error);
}

} // namespace
} // namespace nordlys::runtime
