// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/output.h"
#include "../support/table.h"

#include <devicebridge/device.h>

namespace nordlys::cli {

namespace {

struct DevicesArguments {
    std::string device;
    bool json = false;
};

core::Expected<void> devices(const DevicesArguments &options, const Context &)
{
    std::vector<devicebridge::DeviceInfo> found;
    if (options.device.empty()) {
        found = devicebridge::listDevices();
    } else {
        auto device = devicebridge::openDevice(options.device);
        if (!device)
            return std::move(device.error());
        found.push_back((*device)->info());
    }
    if (options.json) {
        Json json = document("devices");
        json["devices"] = Json::array();
        for (const devicebridge::DeviceInfo &device : found)
            json["devices"].push_back({{"id", device.id},
                                       {"state", device.state},
                                       {"transport", device.transport},
                                       {"model", device.model},
                                       {"soc", device.soc},
                                       {"why", device.why}});
        return writeJson(json);
    }
    Table table({{"Device"}, {"State"}, {"Transport"}, {"Model"}, {"SoC"}, {"Why"}});
    for (const devicebridge::DeviceInfo &device : found)
        table.add({device.id, device.state, device.transport, device.model, device.soc, device.why});
    return writeOut(table.text());
}

} // namespace

void addDevices(CLI::App &program, Action &action)
{
    addCommand<DevicesArguments>(
        program, action, "devices", "Devices that can run models",
        [](CLI::App &command, DevicesArguments &options) {
            command.add_option("--device", options.device, "Only this one, e.g. recording:FILE")->type_name("ID");
            command.add_flag("--json", options.json, "One JSON document (nordlys.devices/1)");
        },
        devices);
}

} // namespace nordlys::cli
