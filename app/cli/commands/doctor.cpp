// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/output.h"
#include "../support/system_checks.h"
#include "../support/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::cli {

namespace {

struct DoctorArguments {
    std::string sysfsRoot = "/sys";
    bool json = false;
};

core::Expected<void> doctor(const DoctorArguments &options, const Context &)
{
    const std::vector<SystemCheck> checks = checkSystem(options.sysfsRoot);
    if (options.json) {
        Json json = document("doctor");
        json["checks"] = Json::array();
        for (const SystemCheck &check : checks)
            json["checks"].push_back(
                {{"name", check.name}, {"status", check.status}, {"found", check.found}, {"fix", check.fix}});
        NORDLYS_TRY(writeJson(json));
    } else {
        Table table({{"Check"}, {"Status"}, {"Found"}});
        for (const SystemCheck &check : checks)
            table.add({check.name, check.status, check.found});
        std::string text = table.text();
        for (const SystemCheck &check : checks)
            if (!check.fix.empty())
                text += fmt::format("\n{}: {}", check.name, check.fix);
        NORDLYS_TRY(writeOut(text + (text.ends_with('\n') ? "" : "\n")));
    }
    // Only what Nordlys cannot work without fails the check; the rest is advice.
    for (const SystemCheck &check : checks)
        if (check.isNeeded && check.status == "missing")
            return core::Error{core::ErrorCode::GateFailed, "doctor", check.name + " is missing", check.fix, {}};
    return {};
}

} // namespace

void addDoctor(CLI::App &program, Action &action)
{
    addCommand<DoctorArguments>(
        program, action, "doctor", "What is installed, found or missing, and the command that mends it",
        [](CLI::App &command, DoctorArguments &options) {
            command.add_option("--sysfs-root", options.sysfsRoot, "Folder that stands for /sys")
                ->type_name("DIR")
                ->capture_default_str();
            command.add_flag("--json", options.json, "One JSON document (nordlys.doctor/1)");
        },
        doctor);
}

} // namespace nordlys::cli
