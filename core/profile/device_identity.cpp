// SPDX-License-Identifier: Apache-2.0
#include "device_identity.h"

#include <fstream>
#include <string_view>
#include <sys/utsname.h>
#include <thread>

namespace nordlys::core {

namespace {

constexpr std::size_t kMaxTextBytes = 120;

// Firmware tables end with NUL bytes and hold what a factory typed.
std::string cleaned(std::string text)
{
    std::string result;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && result.size() < kMaxTextBytes)
            result.push_back(c);
    }
    const auto begin = result.find_first_not_of(' ');
    if (begin == std::string::npos)
        return {};
    return result.substr(begin, result.find_last_not_of(' ') - begin + 1);
}

std::string firstLine(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    std::string line(512, '\0');
    file.read(line.data(), static_cast<std::streamsize>(line.size()));
    line.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return cleaned(line.substr(0, line.find('\n')));
}

std::string cpuinfoField(const std::filesystem::path &procfsRoot, std::string_view field)
{
    std::ifstream file(procfsRoot / "cpuinfo");
    std::string line;
    for (int lines = 0; lines < 4096 && std::getline(file, line); ++lines) {
        const auto colon = line.find(':');
        if (colon != std::string::npos && line.starts_with(field) && line.find_first_not_of(" \t", field.size()) == colon)
            return cleaned(line.substr(colon + 1));
    }
    return {};
}

bool isPlaceholder(const std::string &text)
{
    return text.empty() || text == "To Be Filled By O.E.M." || text == "System Product Name" || text == "System manufacturer" || text == "Default string";
}

} // namespace

DeviceIdentity readDeviceIdentity(const std::filesystem::path &sysfsRoot, const std::filesystem::path &procfsRoot)
{
    DeviceIdentity identity;
    const std::string processor = cpuinfoField(procfsRoot, "model name");
    identity.soc = firstLine(sysfsRoot / "devices/soc0/machine");
    if (identity.soc.empty())
        identity.soc = cpuinfoField(procfsRoot, "Hardware");
    if (identity.soc.empty())
        identity.soc = processor;

    identity.model = firstLine(sysfsRoot / "firmware/devicetree/base/model");
    if (identity.model.empty()) {
        const std::string vendor = firstLine(sysfsRoot / "class/dmi/id/sys_vendor");
        const std::string product = firstLine(sysfsRoot / "class/dmi/id/product_name");
        if (!isPlaceholder(product))
            identity.model = isPlaceholder(vendor) || product.starts_with(vendor) ? product : vendor + ' ' + product;
    }
    if (identity.model.empty())
        identity.model = processor;

    struct utsname name{};
    if (::uname(&name) == 0)
        identity.os = std::string(name.sysname) + ' ' + name.release + ' ' + name.machine;
    identity.cpuCount = std::thread::hardware_concurrency();
    return identity;
}

} // namespace nordlys::core
