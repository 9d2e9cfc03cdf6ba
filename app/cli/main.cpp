// SPDX-License-Identifier: Apache-2.0
#include "support/context.h"
#include "support/interrupt.h"
#include "support/nearest.h"
#include "support/output.h"
#include "support/progress_line.h"

#include <fmt/format.h>

#include <exception>
#include <new>

namespace nordlys::cli {

namespace {

int fail(const core::Error &error)
{
    printError(error);
    return core::exitCodeOf(error.code);
}

/// CLI11 calls a missing command and an unknown one by other names than people do.
core::Expected<void> checkCommand(const CLI::App &program, int argc, char **argv)
{
    if (argc < 2)
        return core::usageError("command line", "no command is given", "'nordlys --help' lists them.");
    const std::string first = argv[1];
    if (first.starts_with('-'))
        return {};
    std::vector<std::string> names;
    for (const CLI::App *command : program.get_subcommands([](const CLI::App *) { return true; }))
        names.push_back(command->get_name());
    if (std::find(names.begin(), names.end(), first) != names.end())
        return {};
    const std::string similar = nearest(first, names);
    return core::usageError("command '" + first + "'", "there is no such command",
                            similar.empty() ? "'nordlys --help' lists them." : "Did you mean 'nordlys " + similar + "'?");
}

/// Name of the innermost command that was reached, for the advice in usage errors.
std::string commandLineOf(const CLI::App &program)
{
    std::string line = "nordlys";
    for (const CLI::App *command = &program; !command->get_subcommands().empty();) {
        command = command->get_subcommands().front();
        line += ' ' + command->get_name();
    }
    return line;
}

int run(int argc, char **argv)
{
    CLI::App program(
        "Nordlys " NORDLYS_VERSION ": neural networks for phones and boards, from the model to the measured device.\n"
        "Results go to standard output (--json: one documented document), errors to standard error.\n"
        "Exit codes: 0 done, 1 check failed, 2 usage, 3 bad input, 4 device, 5 not supported, 6 cannot write, 130 interrupted.",
        "nordlys");
    program.set_version_flag("--version", "nordlys " NORDLYS_VERSION);
    program.require_subcommand(1);
    Action action;
    addInfo(program, action);
    addLayout(program, action);
    addInfer(program, action);
    addConformance(program, action);
    addBench(program, action);
    addCalibrate(program, action);
    addEncodings(program, action);
    addEvaluate(program, action);
    addEqualize(program, action);
    addBiasCorrect(program, action);
    addSensitivity(program, action);
    addMixed(program, action);
    addPlace(program, action);
    addBuild(program, action);
    addRun(program, action);
    addCompare(program, action);
    addReport(program, action);
    addDevices(program, action);
    addMonitor(program, action);
    addDoctor(program, action);

    if (const auto known = checkCommand(program, argc, argv); !known)
        return fail(known.error());
    try {
        program.parse(argc, argv);
    } catch (const CLI::CallForVersion &version) {
        const auto written = writeOut(std::string(version.what()) + '\n');
        return written ? 0 : fail(written.error());
    } catch (const CLI::Success &) { // --help
        const CLI::App *command = &program;
        while (!command->get_subcommands().empty())
            command = command->get_subcommands().front();
        const auto written = writeOut(command->help(command == &program ? "" : commandLineOf(program)));
        return written ? 0 : fail(written.error());
    } catch (const CLI::ParseError &error) {
        std::string why = error.what();
        while (!why.empty() && (why.back() == '\n' || why.back() == '.'))
            why.pop_back();
        return fail(core::usageError(commandLineOf(program), why, "See '" + commandLineOf(program) + " --help'."));
    }

    ProgressLine progress;
    std::string closingLine;
    const Context context{stopOnSignals(), progress.function(), &closingLine};
    const core::Expected<void> result = action(context);
    progress.erase();
    const int exitCode = result ? 0 : fail(result.error());
    if (!closingLine.empty())
        fmt::print(stderr, "{}\n", closingLine);
    return exitCode;
}

} // namespace
} // namespace nordlys::cli

int main(int argc, char **argv)
{
    // The last line of defence: what layers below promise not to throw still must not end in a crash report.
    try {
        return nordlys::cli::run(argc, argv);
    } catch (const std::bad_alloc &) {
        nordlys::cli::printError(
            nordlys::core::badInput("memory", "there is not enough for this input", "Use a smaller model or fewer samples."));
        return 3;
    } catch (const std::exception &error) {
        nordlys::cli::printError(nordlys::core::internalError("nordlys", error.what()));
        return 70;
    }
}
