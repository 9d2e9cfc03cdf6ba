// SPDX-License-Identifier: Apache-2.0
// Outputs that would destroy an input, pipes in place of files, and folders that hold an older artifact.
#include "program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace nordlys::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string digits(const char *name) { return (digitsPath() / name).string(); }

struct Case {
    const char *name;
    std::vector<std::string> command; ///< {} is the file that is input and output
};

class InputAsOutput : public testing::TestWithParam<Case> {};

TEST_P(InputAsOutput, IsRefusedAndTheFileStays)
{
    Scratch scratch;
    const std::string file = scratch / "model.onnx";
    fs::copy_file(digits("digits.onnx"), file);
    const std::string before = readFile(file);
    std::vector<std::string> arguments = GetParam().command;
    std::ranges::replace(arguments, std::string("{}"), file);
    const Finished done = nordlys(arguments);
    EXPECT_EQ(done.exitCode, 2) << done.err;
    EXPECT_THAT(done.err, HasSubstr("would be overwritten"));
    EXPECT_EQ(readFile(file), before);
}

INSTANTIATE_TEST_SUITE_P(Commands, InputAsOutput,
                         testing::Values(Case{"place", {"place", "{}", "-o", "{}"}},
                                         Case{"calibrate", {"calibrate", "{}", "--inputs", "random:1:2", "-o", "{}"}},
                                         Case{"layout", {"layout", "{}", "--svg", "{}"}}, Case{"run", {"run", "{}", "--record", "{}"}}),
                         [](const auto &parameters) { return std::string(parameters.param.name); });

TEST(InputOutput, ARecordingDoesNotReplaceAPartOfTheArtifact)
{
    Scratch scratch;
    ASSERT_EQ(nordlys({"build", digits("digits.onnx"), "-o", scratch / "out"}).exitCode, 0);
    const std::string before = readFile(scratch / "out/manifest.json");
    const Finished run = nordlys({"run", scratch / "out", "--iterations", "3", "--record", scratch / "out/manifest.json"});
    EXPECT_EQ(run.exitCode, 2) << run.err;
    EXPECT_EQ(readFile(scratch / "out/manifest.json"), before);
}

TEST(InputOutput, AReportDoesNotReplaceItsRecording)
{
    Scratch scratch;
    const std::string recording = scratch / "run.html"; // any name will do for a recording
    ASSERT_EQ(nordlys({"run", digits("digits.onnx"), "--iterations", "3", "--record", recording}).exitCode, 0);
    const std::string before = readFile(recording);
    EXPECT_EQ(nordlys({"report", recording, "-o", recording}).exitCode, 2);
    EXPECT_EQ(readFile(recording), before);
}

TEST(InputOutput, APipeIsNoModelAndNobodyWaitsForItsWriter)
{
    Scratch scratch;
    const std::string pipe = scratch / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(nordlys({"run", pipe}).exitCode, 3);
    EXPECT_EQ(nordlys({"report", pipe, "-o", scratch / "r.html"}).exitCode, 3);
    EXPECT_FALSE(fs::exists(scratch / "r.html"));
}

TEST(InputOutput, ANewBuildInAnOldFolderLeavesNothingOfTheOldOne)
{
    Scratch scratch;
    const std::string encodings = scratch / "enc.json", out = scratch / "out";
    ASSERT_EQ(nordlys({"calibrate", digits("digits.onnx"), "--inputs", digits("calibration"), "--limit", "8", "-o", encodings}).exitCode, 0);
    ASSERT_EQ(nordlys({"build", digits("digits.onnx"), "-o", out}).exitCode, 0);
    ASSERT_EQ(nordlys({"build", digits("digits.onnx"), "--backend", "htp", "--encodings", encodings, "-o", out}).exitCode, 0);
    const auto run = nordlys({"run", out, "--iterations", "3", "--json"}).json();
    for (const auto &layer : run.at("layers"))
        EXPECT_EQ(layer.at("backend"), "htp") << layer.dump();
    EXPECT_FALSE(fs::exists(out + "/context_binaries/cpu_context.bin"));
    ASSERT_EQ(nordlys({"build", digits("digits.onnx"), "-o", out}).exitCode, 0);
    EXPECT_FALSE(fs::exists(out + "/context_binaries/htp_context.bin"));
}

TEST(InputOutput, AFolderInTheWayOfAFileChangesNothing)
{
    Scratch scratch;
    const std::string out = scratch / "out";
    ASSERT_EQ(nordlys({"build", digits("digits.onnx"), "-o", out}).exitCode, 0);
    const std::string manifest = readFile(out + "/manifest.json"), container = readFile(out + "/context_binaries/cpu_context.bin");
    fs::remove(out + "/input_specs.json");
    fs::create_directories(out + "/input_specs.json/x");
    const Finished built = nordlys({"build", digits("digits_unbalanced.onnx"), "-o", out});
    EXPECT_EQ(built.exitCode, 6) << built.err;
    EXPECT_EQ(readFile(out + "/manifest.json"), manifest);
    EXPECT_EQ(readFile(out + "/context_binaries/cpu_context.bin"), container);
}

} // namespace
} // namespace nordlys::test
