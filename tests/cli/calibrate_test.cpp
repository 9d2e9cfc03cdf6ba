// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace nordlys::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string digits(const char *name) { return (digitsPath() / name).string(); }

/// Twelve pictures, one of them cut, and one text that calls itself a picture.
void fillFolder(const fs::path &folder)
{
    fs::create_directories(folder);
    int copied = 0;
    for (const auto &entry : fs::directory_iterator(digitsPath() / "calibration")) {
        if (++copied > 12)
            break;
        fs::copy_file(entry.path(), folder / entry.path().filename());
        if (copied == 12)
            fs::resize_file(folder / entry.path().filename(), 60);
    }
    std::ofstream(folder / "zz_text.png") << "no picture";
}

TEST(CliCalibrate, BrokenSamplesAreSkippedAndNamed)
{
    const Scratch scratch;
    fillFolder(scratch.path() / "in");
    const std::vector<std::string> args{"calibrate", digits("digits.onnx"), "--inputs", scratch / "in", "-o", scratch / "e.json", "--json"};
    const Finished done = nordlys(args);
    ASSERT_EQ(done.exitCode, 0) << done.err;
    EXPECT_EQ(done.json().at("samples"), 11);
    ASSERT_EQ(done.json().at("skipped").size(), 2U);
    EXPECT_EQ(done.json().at("skipped").at(1).at("sample"), "zz_text.png");
    auto strict = args;
    strict.emplace_back("--strict-samples");
    const Finished refused = nordlys(strict);
    EXPECT_EQ(refused.exitCode, 3);
    EXPECT_EQ(refused.errorLines(), 1U);
}

// What a command reads is never what it writes over, by whatever way it came to the file.
TEST(CliCalibrate, SourcesAreNotOverwritten)
{
    const Scratch scratch;
    fillFolder(scratch.path() / "in");
    std::string first;
    for (const auto &entry : fs::directory_iterator(scratch.path() / "in"))
        first = first.empty() || entry.path().string() < first ? entry.path().string() : first;
    const auto bytes = fs::file_size(first);
    for (const std::vector<std::string> &written : {std::vector<std::string>{"-o", first}, {"-o", scratch / "e.json", "--statistics", first}}) {
        std::vector<std::string> args{"calibrate", digits("digits.onnx"), "--inputs", scratch / "in"};
        args.insert(args.end(), written.begin(), written.end());
        const Finished refused = nordlys(args);
        EXPECT_EQ(refused.exitCode, 2) << refused.err;
        EXPECT_EQ(fs::file_size(first), bytes);
    }
}

TEST(CliCalibrate, StatisticsServeEveryMethod)
{
    const Scratch scratch;
    const auto calibrate = [&](const std::string &method, const std::vector<std::string> &more) {
        std::vector<std::string> args{"calibrate", digits("digits.onnx"), "--inputs", digits("calibration"), "--limit", "12", "--method", method};
        args.insert(args.end(), {"--per-channel", "-o", scratch / (method + ".json"), "--json"});
        args.insert(args.end(), more.begin(), more.end());
        Finished done = nordlys(args);
        EXPECT_EQ(done.exitCode, 0) << done.err;
        return done;
    };
    const auto textOf = [&](const std::string &name) {
        std::ifstream stream(scratch / name, std::ios::binary);
        return std::string((std::istreambuf_iterator<char>(stream)), {});
    };
    for (const std::string method : {"mse", "percentile", "entropy", "sqnr", "min-max"}) {
        calibrate(method, {"--statistics", scratch / "s.json"});
        const std::string withStatistics = textOf(method + ".json");
        const Finished plain = calibrate(method, {});
        EXPECT_EQ(textOf(method + ".json"), withStatistics) << method;
        EXPECT_EQ(plain.json().at("samples"), 12);
        EXPECT_THAT(plain.json().at("vendorCommands").at("qnn").at(0), HasSubstr("--act_quantizer_calibration " + method));
        EXPECT_EQ(nordlys({"encodings", "check", digits("digits.onnx"), scratch / (method + ".json")}).exitCode, 0) << method;
    }
    // The same file does not serve other samples.
    const Finished other = nordlys({"calibrate", digits("digits.onnx"), "--inputs", digits("test"), "-o", scratch / "x.json", "--statistics", scratch / "s.json"});
    EXPECT_EQ(other.exitCode, 3);
    EXPECT_THAT(other.err, HasSubstr("other samples"));
}

} // namespace
} // namespace nordlys::test
