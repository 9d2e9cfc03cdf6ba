// SPDX-License-Identifier: Apache-2.0
// From the start of the studio's process to the first picture on its window, and to the first picture of a model's graph. Each
// iteration is one process, from its start to its end; the ending counts, so that the figures are upper bounds.
#include "support/shared_data.h"

#include <benchmark/benchmark.h>

#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

extern char **environ; // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace {

bool runStudio(std::vector<std::string> arguments)
{
    std::vector<char *> argv;
    for (std::string &argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_t child = 0;
    int status = 0;
    if (posix_spawn(&child, argv.front(), nullptr, nullptr, argv.data(), environ) != 0)
        return false;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void toFirstPicture(benchmark::State &state, const std::filesystem::path &model)
{
    if (!model.empty() && !std::filesystem::exists(model)) {
        state.SkipWithError("the model is not on this computer");
        return;
    }
    // A display that is there would be used; most machines that measure have none.
    if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY"))
        setenv("QT_QPA_PLATFORM", "offscreen", 0); // NOLINT(concurrency-mt-unsafe): before any thread
    for (auto _ : state) {
        std::vector<std::string> arguments{NORDLYS_BINARY_DIR "/bin/nordlys-studio", "--size", "1440x900", "--quit-after-paint"};
        if (!model.empty())
            arguments.push_back(model.string());
        if (!runStudio(std::move(arguments))) {
            state.SkipWithError("nordlys-studio failed");
            break;
        }
    }
}

} // namespace

int main(int argc, char **argv)
{
    const auto add = [](const char *name, const std::filesystem::path &model) {
        benchmark::RegisterBenchmark(name, [model](benchmark::State &state) { toFirstPicture(state, model); })
            ->Unit(benchmark::kMillisecond)
            ->UseRealTime();
    };
    add("studio/start_to_first_paint", {});
    add("studio/graph/digits", nordlys::test::digitsPath() / "digits.onnx");
    add("studio/graph/mobilenet_v2", nordlys::test::sharedModel("mobilenet_v2_imagenet_float/model.onnx"));
    add("studio/graph/deep_residual_random", nordlys::test::sharedModel("deep_residual_random/model.onnx"));
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
