// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>

#include <CLI/CLI.hpp>

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace nordlys::cli {

/// What a command gets: how it is stopped and where its progress goes.
struct Context {
    std::stop_token stop;
    core::ProgressFunction progress; ///< empty unless standard error is a terminal
    std::string *closingLine = nullptr; ///< what a command puts here becomes the last line on standard error, behind its error line
    [[nodiscard]] core::JobContext job() const { return {stop, progress}; }
};

/// A command after its options were read. Success ends the program with 0, an error with its exit code.
using Action = std::function<core::Expected<void>(const Context &)>;

/// Each adds its command to the program; when the command line names it, `action` is set.
void addInfo(CLI::App &program, Action &action);
void addLayout(CLI::App &program, Action &action);
void addInfer(CLI::App &program, Action &action);
void addConformance(CLI::App &program, Action &action);
void addBench(CLI::App &program, Action &action);
void addCalibrate(CLI::App &program, Action &action);
void addEncodings(CLI::App &program, Action &action);
void addEvaluate(CLI::App &program, Action &action);
void addEqualize(CLI::App &program, Action &action);
void addBiasCorrect(CLI::App &program, Action &action);
void addSensitivity(CLI::App &program, Action &action);
void addMixed(CLI::App &program, Action &action);
void addPlace(CLI::App &program, Action &action);
void addBuild(CLI::App &program, Action &action);
void addRun(CLI::App &program, Action &action);
void addCompare(CLI::App &program, Action &action);
void addReport(CLI::App &program, Action &action);
void addDevices(CLI::App &program, Action &action);
void addMonitor(CLI::App &program, Action &action);
void addDoctor(CLI::App &program, Action &action);

/// Adds a command whose options live in `Options` and whose work is `work(options, context)`.
template <typename Options, typename Setup, typename Work>
CLI::App *addCommand(CLI::App &program, Action &action, const std::string &name, const std::string &description, Setup setup,
                     Work work)
{
    CLI::App *command = program.add_subcommand(name, description);
    auto options = std::make_shared<Options>();
    setup(*command, *options);
    command->callback(
        [options, work, &action] { action = [options, work](const Context &context) { return work(*options, context); }; });
    return command;
}

} // namespace nordlys::cli
