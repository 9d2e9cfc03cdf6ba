// SPDX-License-Identifier: Apache-2.0
// The main job from end to end, through the program as users call it.
#include "program.h"

#include <core/tensor/host_tensor.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>

#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nordlys::test {
namespace {

/// Largest difference, as a share of the largest expected value.
double relativeError(const std::filesystem::path &got, const std::filesystem::path &expected)
{
    const auto a = core::readNpy(got), b = core::readNpy(expected);
    if (!a || !b || a->dims() != b->dims())
        return INFINITY;
    const auto x = a->as<float>(), y = b->as<float>();
    double error = 0, largest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isfinite(x[i]))
            return INFINITY;
        error = std::max(error, std::abs(static_cast<double>(x[i]) - y[i]));
        largest = std::max(largest, std::abs(static_cast<double>(y[i])));
    }
    return error / largest;
}

std::string digits(const char *name) { return (digitsPath() / name).string(); }

class InferAcceptance : public testing::TestWithParam<const char *> {};

TEST_P(InferAcceptance, AgreesWithTheReferenceOutput)
{
    const auto folder = sharedModel(GetParam());
    NORDLYS_REQUIRE_SHARED(folder / "output_0.npy");
    const Scratch scratch;
    const Finished run = nordlys({"infer", (folder / "model.onnx").string(), "--input", (folder / "input_0.npy").string(), "-o",
                                  scratch / "out", "--json"});
    ASSERT_EQ(run.exitCode, 0) << run.err;
    EXPECT_EQ(run.err, "");
    const auto json = run.json();
    EXPECT_EQ(json.value("schema", ""), "nordlys.infer/1");
    EXPECT_EQ(json.at("outputs").at(0).at("file"), "output_0.npy");
    EXPECT_EQ(json.at("outputs").at(0).at("dtype"), "float32");
    EXPECT_LE(relativeError(scratch.path() / "out/output_0.npy", folder / "output_0.npy"), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Models, InferAcceptance,
                         testing::Values("simple_model", "mobilenet_v2_imagenet_float", "resnet20_cifar10",
                                         "resnet8_cifar10_float"),
                         [](const auto &parameter) { return std::string(parameter.param); });

TEST(CliInfer, EveryTensorIsWrittenUnderANameOfItsOwn)
{
    const auto folder = sharedModel("resnet8_cifar10_float");
    NORDLYS_REQUIRE_SHARED(folder / "input_0.npy");
    const Scratch scratch;
    const Finished run = nordlys({"infer", (folder / "model.onnx").string(), "--input", (folder / "input_0.npy").string(), "-o",
                                  scratch / "out", "--tensors", "all"});
    ASSERT_EQ(run.exitCode, 0) << run.err;
    const auto index = nlohmann::json::parse(readFile(scratch / "out/tensors/index.json"));
    const auto info = nordlys({"info", (folder / "model.onnx").string(), "--json"}).json();
    std::set<std::string> names, files;
    for (const auto &tensor : index.at("tensors")) {
        names.insert(tensor.at("name"));
        files.insert(tensor.at("file"));
        const auto array = core::readNpy(scratch.path() / "out" / tensor.at("file").get<std::string>());
        ASSERT_TRUE(array.hasValue()) << tensor.at("file");
        EXPECT_EQ(nlohmann::json(array->dims()), tensor.at("shape"));
    }
    EXPECT_EQ(files.size(), index.at("tensors").size());
    for (const auto &layer : info.at("layers"))
        for (const auto &output : layer.at("outputs"))
            EXPECT_TRUE(names.contains(output.at("name"))) << output.at("name");
    EXPECT_LE(relativeError(scratch.path() / "out/output_0.npy", folder / "output_0.npy"), 1e-4);
}

TEST(CliInfer, NotANumberIsBadInputThatNamesTheFile)
{
    const auto folder = sharedModel("simple_model");
    NORDLYS_REQUIRE_SHARED(folder / "input_0.npy");
    const Scratch scratch;
    auto array = core::readNpy(folder / "input_0.npy");
    ASSERT_TRUE(array.hasValue());
    array->as<float>()[3] = NAN;
    ASSERT_TRUE(core::writeNpy(scratch / "nan.npy", *array).hasValue());
    const Finished run =
        nordlys({"infer", (folder / "model.onnx").string(), "--input", scratch / "nan.npy", "-o", scratch / "out"});
    EXPECT_EQ(run.exitCode, 3);
    EXPECT_NE(run.err.find("nan.npy"), std::string::npos) << run.err;
    EXPECT_EQ(scratch.files(), std::vector<std::string>{"nan.npy"});
    const Finished onDevice = nordlys({"run", (folder / "model.onnx").string(), "--dim", "batch_size=2", "--iterations", "1",
                                       "--input", scratch / "nan.npy"});
    EXPECT_EQ(onDevice.exitCode, 3);
    EXPECT_NE(onDevice.err.find("nan.npy: it holds NaN"), std::string::npos) << onDevice.err;
}

/// Reference figures: ONNX Runtime's accuracy of the float model; 8-bit min-max must stay close, and per tensor it must fail on
/// the unbalanced one.
TEST(CliQuantization, DigitsKeepTheirAccuracyAndUnbalancedOnesLoseIt)
{
    for (const bool unbalanced : {false, true}) {
        const Scratch scratch;
        const std::string model = digits(unbalanced ? "digits_unbalanced.onnx" : "digits.onnx");
        const Finished calibrated =
            nordlys({"calibrate", model, "--inputs", digits("calibration"), "-o", scratch / "e.json", "--json"});
        ASSERT_EQ(calibrated.exitCode, 0) << calibrated.err;
        EXPECT_EQ(calibrated.err, "");
        EXPECT_EQ(calibrated.json().at("samples"), 256);
        const Finished check = nordlys({"encodings", "check", model, scratch / "e.json", "--json"});
        EXPECT_EQ(check.exitCode, 0) << check.err << check.out;
        EXPECT_GT(check.json().at("matched"), 5);
        const Finished evaluated = nordlys({"evaluate", model, "--encodings", scratch / "e.json", "--inputs", digits("test"),
                                            "--labels", digits("labels.csv"), "--json"});
        ASSERT_EQ(evaluated.exitCode, 0) << evaluated.err;
        const auto json = evaluated.json();
        EXPECT_EQ(json.at("schema"), "nordlys.evaluate/1");
        EXPECT_EQ(json.at("accuracy").at("samples"), 597);
        EXPECT_NEAR(json.at("accuracy").at("float").get<double>(), 0.9933, 5e-5);
        const double quantized = json.at("accuracy").at("quantized").get<double>();
        EXPECT_TRUE(unbalanced ? quantized < 0.15 : quantized >= 0.98) << quantized;
        EXPECT_FALSE(json.at("tensors").empty());
        EXPECT_TRUE(json.at("outputs").at(0).contains("cosine"));
    }
}

TEST(CliQuantization, ExcludedTensorsAreReportedAsMissing)
{
    const Scratch scratch;
    ASSERT_EQ(nordlys({"calibrate", digits("digits.onnx"), "--inputs", digits("calibration"), "--limit", "8", "-o",
                       scratch / "all.json"})
                  .exitCode,
              0);
    ASSERT_EQ(nordlys({"calibrate", digits("digits.onnx"), "--inputs", digits("calibration"), "--limit", "8", "--exclude", "*",
                       "-o", scratch / "none.json"})
                  .exitCode,
              0);
    EXPECT_EQ(nordlys({"encodings", "check", digits("digits.onnx"), scratch / "all.json"}).exitCode, 0);
    const Finished check = nordlys({"encodings", "check", digits("digits.onnx"), scratch / "none.json", "--json"});
    EXPECT_EQ(check.exitCode, 1);
    EXPECT_EQ(check.errorLines(), 1U);
    EXPECT_EQ(check.json().at("matched"), 0);
    EXPECT_FALSE(check.json().at("missing").empty());
}

/// A node without encodings has none for its bias either: nothing is left that gives it a scale.
TEST(CliQuantization, ExcludedNodesKeepNoEncodingAtAll)
{
    const Scratch scratch;
    const auto layers = nordlys({"info", digits("digits.onnx"), "--json"}).json().at("layers");
    const auto conv = std::find_if(layers.begin(), layers.end(), [](const auto &layer) { return layer.at("op") == "Conv"; });
    ASSERT_NE(conv, layers.end());
    const auto encodedWithout = [&](const std::vector<std::string> &exclude) {
        std::vector<std::string> args{"calibrate", digits("digits.onnx"), "--inputs", digits("calibration")};
        args.insert(args.end(), {"--limit", "4", "-o", scratch / "e.json"});
        for (const std::string &query : exclude)
            args.insert(args.end(), {"--exclude", query});
        const Finished made = nordlys(args);
        EXPECT_EQ(made.exitCode, 0) << made.err;
        const auto file = nlohmann::json::parse(readFile(scratch / "e.json"));
        std::set<std::string> names;
        for (const char *kind : {"param_encodings", "activation_encodings"}) {
            for (const auto &[name, encoding] : file.at(kind).items())
                names.insert(name);
        }
        return names;
    };
    const auto all = encodedWithout({});
    const auto lost = [&](const std::string &query) {
        const auto left = encodedWithout({query});
        std::set<std::string> names;
        std::ranges::set_difference(all, left, std::inserter(names, names.end()));
        return names;
    };
    // Its weight and its bias; what it computes is stored by the Relu behind it.
    const std::set<std::string> ofNode = lost(conv->at("name"));
    EXPECT_EQ(ofNode.size(), 2U);
    std::multiset<std::size_t> sizes;
    for (const std::string &tensor : ofNode)
        sizes.insert(lost(tensor).size());
    EXPECT_EQ(sizes, (std::multiset<std::size_t>{1, 2})) << "the weight takes the bias along, the bias goes alone";
    const auto isConv = [](const auto &layer) { return layer.at("op") == "Conv"; };
    EXPECT_EQ(lost("op:Conv").size(), 2 * static_cast<std::size_t>(std::count_if(layers.begin(), layers.end(), isConv)));
}

class CliRun : public testing::Test {
protected:
    void SetUp() override
    {
        const Finished built = nordlys({"build", digits("digits.onnx"), "-o", m_scratch / "out", "--json"});
        ASSERT_EQ(built.exitCode, 0) << built.err;
        std::vector<std::string> paths;
        const auto document = built.json();
        for (const auto &artifact : document.at("artifacts")) {
            paths.push_back(artifact.at("path"));
            EXPECT_EQ(std::filesystem::file_size(m_scratch.path() / "out" / paths.back()), artifact.at("bytes"));
        }
        EXPECT_NE(std::find(paths.begin(), paths.end(), "context_binaries/cpu_context.bin"), paths.end());
        EXPECT_NE(std::find(paths.begin(), paths.end(), "manifest.json"), paths.end());
    }
    Scratch m_scratch;
};

TEST_F(CliRun, RunsRecordsAndReplaysToTheSameNumbers)
{
    const Finished live = nordlys({"run", m_scratch / "out", "--device", "local", "--iterations", "200", "--threads", "1",
                                   "--record", m_scratch / "r.nrs", "--json"});
    ASSERT_EQ(live.exitCode, 0) << live.err;
    EXPECT_EQ(live.err, "");
    auto json = live.json();
    EXPECT_EQ(json.at("schema"), "nordlys.run/1");
    EXPECT_EQ(json.at("status"), "finished");
    EXPECT_EQ(json.at("inferences"), 200);
    EXPECT_EQ(json.at("dropped"), 0);
    EXPECT_FALSE(json.at("layers").empty());
    for (const auto &layer : json.at("layers")) {
        EXPECT_EQ(layer.at("count"), 200);
        EXPECT_LE(layer.at("p50Us"), layer.at("p95Us"));
        EXPECT_LE(layer.at("p95Us"), layer.at("p99Us"));
    }
    const double share = json.at("sumOfLayersMs").get<double>() / json.at("latencyMs").at("mean").get<double>();
    EXPECT_GE(share, 0.9);
    EXPECT_LE(share, 1.0);
    EXPECT_FALSE(json.at("counters").empty());
    for (const auto &counter : json.at("counters"))
        EXPECT_TRUE(counter.at("samples").get<int>() > 0 || !counter.at("why").get<std::string>().empty()) << counter;

    const Finished replay = nordlys({"run", "--device", "recording-fast:" + m_scratch / "r.nrs", "--json"});
    ASSERT_EQ(replay.exitCode, 0) << replay.err;
    auto again = replay.json();
    for (auto *document : {&json, &again}) {
        document->erase("recording");
        document->at("device").erase("id");
    }
    EXPECT_EQ(json, again);
}

TEST_F(CliRun, HalfARecordingIsAnInterruptedRun)
{
    ASSERT_EQ(nordlys({"run", m_scratch / "out", "--iterations", "400", "--record", m_scratch / "r.nrs"}).exitCode, 0);
    const std::string bytes = readFile(m_scratch / "r.nrs");
    writeFile(m_scratch / "half.nrs", std::string_view(bytes).substr(0, bytes.size() / 2));
    const Finished replay = nordlys({"run", "--device", "recording-fast:" + m_scratch / "half.nrs", "--json"});
    EXPECT_EQ(replay.exitCode, 130);
    EXPECT_EQ(replay.errorLines(), 1U);
    const auto json = replay.json();
    EXPECT_EQ(json.at("status"), "interrupted");
    EXPECT_EQ(json.at("verdict").at("level"), "interrupted");
    EXPECT_LT(json.at("inferences"), 400);
}

TEST_F(CliRun, ASlowedLayerRisesAlone)
{
    const auto layersOf = [&](std::vector<std::string> extra) {
        std::vector<std::string> args{"run", m_scratch / "out", "--iterations", "60", "--threads", "1", "--json"};
        args.insert(args.end(), extra.begin(), extra.end());
        const Finished run = nordlys(args);
        EXPECT_EQ(run.exitCode, 0) << run.err;
        return run.json().at("layers");
    };
    const auto plain = layersOf({});
    const std::size_t slow = plain.size() / 2;
    const auto delayed = layersOf({"--delay-layer", plain.at(slow).at("name").get<std::string>() + "=2000000"});
    ASSERT_EQ(plain.size(), delayed.size());
    for (std::size_t i = 0; i < plain.size(); ++i) {
        const double rise = delayed.at(i).at("p50Us").get<double>() - plain.at(i).at("p50Us").get<double>();
        EXPECT_TRUE(i == slow ? rise >= 1800 : rise < 500) << plain.at(i).at("name") << " rose by " << rise << " us";
    }
}

TEST_F(CliRun, AModelIsBuiltOnTheWayAndNothingIsLeftBehind)
{
    const Scratch temporary;
    Launch launch;
    launch.args = {"run", digits("digits.onnx"), "--iterations", "5", "--json"};
    launch.environment = {"TMPDIR=" + temporary.path().string()};
    const Finished run = nordlys(launch);
    EXPECT_EQ(run.exitCode, 0) << run.err;
    EXPECT_EQ(run.json().at("verdict").at("level"), "tooFew");
    EXPECT_TRUE(temporary.files().empty());
}

TEST_F(CliRun, InterruptEndsWithWhatWasMeasured)
{
    Launch launch;
    launch.args = {"run", m_scratch / "out", "--duration", "60", "--record", m_scratch / "r.nrs", "--json"};
    launch.action = [](int pid) { kill(pid, SIGINT); };
    launch.afterMs = 3000;
    launch.seconds = 40;
    const Finished run = nordlys(launch);
    EXPECT_FALSE(run.timedOut);
    EXPECT_EQ(run.exitCode, 130) << run.err;
    EXPECT_EQ(run.errorLines(), 1U);
    EXPECT_EQ(run.json().at("status"), "interrupted");
    EXPECT_GT(run.json().at("inferences"), 0);
}

TEST(CliRunModel, LayersSumUpToTheLatency)
{
    const auto model = sharedModel("mobilenet_v2_imagenet_float") / "model.onnx";
    NORDLYS_REQUIRE_SHARED(model);
    const Finished run = nordlys({"run", model.string(), "--iterations", "30", "--threads", "1", "--json"});
    ASSERT_EQ(run.exitCode, 0) << run.err;
    const double share = run.json().at("sumOfLayersMs").get<double>() / run.json().at("latencyMs").at("mean").get<double>();
    EXPECT_GE(share, 0.9);
    EXPECT_LE(share, 1.0);
}

/// A sysfs root whose values a second thread changes: the samples hold these values and no others.
TEST(CliMonitor, SeesExactlyTheValuesOfAFakeSysfs)
{
    const Scratch scratch;
    const auto policy = scratch.path() / "devices/system/cpu/cpufreq/policy0";
    std::filesystem::create_directories(policy);
    writeFile(policy / "related_cpus", "0 1\n");
    writeFile(policy / "affected_cpus", "0 1\n");
    const auto setClock = [&](const std::string &kHz) {
        writeFile(policy / "next", kHz + "\n");
        std::filesystem::rename(policy / "next", policy / "scaling_cur_freq");
    };
    setClock("1100000");
    const std::set<double> allowed{1.1e9, 2.2e9, 3.3e9};
    std::jthread changer([&](const std::stop_token &stop) {
        const char *clocks[] = {"1100000", "2200000", "3300000"};
        for (std::size_t i = 0; !stop.stop_requested(); ++i) {
            setClock(clocks[i / 8 % 3]);
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    const Finished run =
        nordlys({"monitor", "--json-lines", "--duration", "3", "--sample-rate", "20", "--sysfs-root", scratch.path().string()});
    EXPECT_EQ(run.exitCode, 0) << run.err;
    std::istringstream lines(run.out);
    std::set<double> seen;
    std::set<std::string> withReason;
    for (std::string line; std::getline(lines, line);) {
        const auto json = nlohmann::json::parse(line, nullptr, false);
        ASSERT_FALSE(json.is_discarded()) << line;
        for (const char *key : {"tNs", "counter", "value", "unit"})
            ASSERT_TRUE(json.contains(key)) << line;
        if (json.at("value").is_null())
            withReason.insert(json.at("counter"));
        else if (json.at("unit") == "Hz")
            seen.insert(json.at("value").get<double>());
    }
    EXPECT_EQ(seen, allowed);
}

TEST(CliOutput, FullDiskIsOneErrorLine)
{
    Launch launch;
    launch.args = {"info", digits("digits.onnx"), "--json"};
    launch.stdoutPath = "/dev/full";
    const Finished run = nordlys(launch);
    EXPECT_EQ(run.exitCode, 6);
    EXPECT_EQ(run.errorLines(), 1U) << run.err;
    const Finished recorded = nordlys({"run", digits("digits.onnx"), "--iterations", "10", "--record", "/dev/full"});
    EXPECT_EQ(recorded.exitCode, 6) << recorded.err;
    EXPECT_EQ(recorded.errorLines(), 1U) << recorded.err;
}

TEST(CliOutput, FullFileSystemLeavesNothing)
{
    const Scratch scratch;
    const std::string disk = scratch / "disk";
    std::filesystem::create_directory(disk);
    if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=8k") != 0)
        GTEST_SKIP() << "needs the right to mount a small tmpfs (run as root)";
    const auto files = [&] {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto &entry : std::filesystem::recursive_directory_iterator(disk))
            ++count;
        return count;
    };
    const std::vector<std::vector<std::string>> commands{
        {"build", digits("digits.onnx"), "-o", disk + "/out"},
        {"layout", digits("digits.onnx"), "--svg", disk + "/d.svg"},
        {"calibrate", digits("digits.onnx"), "--inputs", digits("calibration"), "--limit", "4", "-o", disk + "/e.json"},
        {"report", digits("digits.onnx"), "-o", disk + "/r.html"},
    };
    writeFile(disk + "/ballast", std::string(4096, 'x'));
    for (const auto &command : commands) {
        const Finished run = nordlys(command);
        EXPECT_EQ(run.exitCode, 6) << command.front() << ": " << run.err << run.out;
        EXPECT_EQ(run.errorLines(), 1U) << run.err;
        EXPECT_NE(run.err.find(command.back()), std::string::npos) << run.err;
        EXPECT_EQ(run.err.find(".tmp"), std::string::npos) << run.err;
        EXPECT_EQ(files(), 1U) << command.front() << " left something";
    }
    umount(disk.c_str());
}

TEST(CliOutput, ReadOnlyFolderIsOneErrorLine)
{
    for (const auto &args : {std::vector<std::string>{"build", digits("digits.onnx"), "-o", "/proc/nordlys"},
                             {"layout", digits("digits.onnx"), "--svg", "/proc/nordlys.svg"},
                             {"run", digits("digits.onnx"), "--iterations", "3", "--record", "/proc/nordlys.nrs"},
                             {"calibrate", digits("digits.onnx"), "--inputs", "random:1:2", "-o", "/proc/e.json"},
                             {"report", digits("digits.onnx"), "-o", "/proc/r.html"}}) {
        const Finished run = nordlys(args);
        EXPECT_EQ(run.exitCode, 6) << args.front() << ": " << run.err;
        EXPECT_EQ(run.errorLines(), 1U) << run.err;
    }
}

TEST(CliProject, StandsWhereAModelStands)
{
    const Scratch scratch;
    const std::string model = digits("digits.onnx");
    const auto hash = nordlys({"info", model, "--hash", "--json"}).json().at("model").at("sha256").get<std::string>();
    std::filesystem::copy(model, scratch / "digits.onnx");
    writeFile(scratch / "p.nordlys",
              nlohmann::json{{"schema", "nordlys.project/1"}, {"model", {{"path", "digits.onnx"}, {"sha256", hash}}}}.dump());
    const Finished info = nordlys({"info", scratch / "p.nordlys", "--json"});
    ASSERT_EQ(info.exitCode, 0) << info.err;
    EXPECT_EQ(info.json().at("nodeCount"), nordlys({"info", model, "--json"}).json().at("nodeCount"));
    EXPECT_TRUE(info.json().at("warnings").empty());
    EXPECT_EQ(nordlys({"layout", scratch / "p.nordlys", "--json"}).exitCode, 0);
}

TEST(CliProject, WarningsOfAProjectReachTheEvaluation)
{
    const Scratch scratch;
    std::filesystem::copy(digits("digits.onnx"), scratch / "digits.onnx");
    writeFile(scratch / "p.nordlys", nlohmann::json{{"schema", "nordlys.project/1"}, {"model", {{"path", "digits.onnx"}}}, {"shoeSize", 43}}.dump());
    ASSERT_EQ(nordlys({"calibrate", digits("digits.onnx"), "--inputs", digits("calibration"), "--limit", "4", "-o", scratch / "e.json"}).exitCode, 0);
    const std::vector<std::string> args{"evaluate", scratch / "p.nordlys", "--encodings", scratch / "e.json", "--inputs", digits("test"), "--limit", "2"};
    const Finished text = nordlys(args);
    ASSERT_EQ(text.exitCode, 0) << text.err;
    EXPECT_NE(text.out.find("shoeSize"), std::string::npos) << text.out;
    auto withJson = args;
    withJson.emplace_back("--json");
    const auto warnings = nordlys(withJson).json().at("warnings");
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_NE(warnings.at(0).get<std::string>().find("shoeSize"), std::string::npos);
}

} // namespace
} // namespace nordlys::test
