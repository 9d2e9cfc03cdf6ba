// SPDX-License-Identifier: Apache-2.0
#include "system_checks.h"

#include "table.h"

#include <core/base/resource_path.h>
#include <core/placement/backend_table.h>
#include <devicebridge/device.h>
#include <runtime/base/thread_pool.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <thread>

#include <sys/utsname.h>
#include <unistd.h>

namespace nordlys::cli {

namespace fs = std::filesystem;

namespace {

SystemCheck checkVersion()
{
    utsname system{};
    const bool known = uname(&system) == 0;
    return {"versions", "ok",
            fmt::format("nordlys {}, {}, libstdc++ {}, fmt {}, nlohmann-json {}.{}.{}", NORDLYS_VERSION,
                        known ? fmt::format("{} {} {}", system.sysname, system.release, system.machine) : "unknown system",
                        _GLIBCXX_RELEASE, FMT_VERSION, NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                        NLOHMANN_JSON_VERSION_PATCH),
            "", false};
}

SystemCheck checkRunner()
{
    const auto runner = devicebridge::findRunner();
    if (!runner)
        return {"runner", "missing", runner.error().why, runner.error().fix, true};
    return {"runner", "ok", runner->string(), "", true};
}

SystemCheck checkCpu()
{
#if defined(__x86_64__)
    const bool avx2 = __builtin_cpu_supports("avx2") != 0, fma = __builtin_cpu_supports("fma") != 0;
    const std::string found = fmt::format("{} physical of {} logical cores, AVX2 {}, FMA {}", runtime::physicalCoreCount(),
                                          std::thread::hardware_concurrency(), avx2 ? "yes" : "no", fma ? "yes" : "no");
    return {"CPU", avx2 && fma ? "ok" : "warn", found,
            avx2 && fma
                ? ""
                : "Without AVX2 and FMA the plain kernels run, which are many times slower; use a processor of 2013 or later.",
            false};
#else
    return {"CPU", "ok",
            fmt::format("{} physical of {} logical cores", runtime::physicalCoreCount(), std::thread::hardware_concurrency()), "",
            false};
#endif
}

/// First line of a small file; empty when it cannot be read.
std::string firstLine(const fs::path &path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

SystemCheck checkClocks(const fs::path &sysfsRoot)
{
    const fs::path folder = sysfsRoot / "devices/system/cpu/cpufreq";
    std::error_code error;
    int readable = 0;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->path().filename().string().starts_with("policy") && !firstLine(it->path() / "scaling_cur_freq").empty())
            ++readable;
    if (readable > 0)
        return {"CPU clock", "ok", fmt::format("{} frequency policies in {}", readable, folder.string()), "", false};
    return {"CPU clock", "warn", "no readable frequency policy in " + folder.string(),
            "Virtual machines and containers often hide the clock; runs are then shown without it. On a machine of your own load "
            "its cpufreq driver.",
            false};
}

SystemCheck checkTemperatures(const fs::path &sysfsRoot)
{
    const fs::path folder = sysfsRoot / "class/thermal";
    std::error_code error;
    int readable = 0;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->path().filename().string().starts_with("thermal_zone") && !firstLine(it->path() / "temp").empty())
            ++readable;
    if (readable > 0)
        return {"temperature", "ok", fmt::format("{} thermal zones in {}", readable, folder.string()), "", false};
    return {"temperature", "warn", "no readable thermal zone in " + folder.string(),
            "Virtual machines and containers often hide them; throttling cannot be seen there. Measure on the machine itself.",
            false};
}

SystemCheck checkSample()
{
    const auto found = core::findResource("samples/digits/digits.onnx");
    if (found)
        return {"digits sample", "ok", found->parent_path().string(), "", false};
    return {"digits sample", "warn", found.error().why, "Install Nordlys with 'cmake --install', which copies the sample.", false};
}

SystemCheck checkBackendTables()
{
    const auto tables = core::BackendCapabilities::load();
    if (!tables)
        return {"backend tables", "warn", tables.error().what + ": " + tables.error().why, tables.error().fix, false};
    const auto folder = core::findResource("backends");
    return {"backend tables", "ok", folder ? folder->string() : std::string(), "", false};
}

fs::path findOnPath(const std::string &name)
{
    const char *path = std::getenv("PATH");
    std::string folders = path == nullptr ? "" : path;
    for (std::size_t at = 0; at <= folders.size();) {
        const std::size_t end = std::min(folders.find(':', at), folders.size());
        if (end > at) {
            const fs::path candidate = fs::path(folders.substr(at, end - at)) / name;
            if (access(candidate.c_str(), X_OK) == 0)
                return candidate;
        }
        at = end + 1;
    }
    return {};
}

SystemCheck checkAdb()
{
    const fs::path adb = findOnPath("adb");
    if (adb.empty())
        return {"adb", "missing", "not on PATH", "sudo apt-get install adb", false};
    return {"adb", "ok", adb.string(), "", false};
}

SystemCheck checkVendorSdk()
{
    const char *root = std::getenv("QNN_SDK_ROOT");
    if (root == nullptr || *root == '\0')
        return {"vendor SDK", "missing", "QNN_SDK_ROOT is not set",
                "Nothing here needs it. To use the vendor's tools, export QNN_SDK_ROOT=/path/to/sdk.", false};
    std::error_code error;
    if (!fs::is_directory(root, error))
        return {"vendor SDK", "warn", fmt::format("QNN_SDK_ROOT names {}, which is no folder", root),
                "export QNN_SDK_ROOT=/path/to/sdk", false};
    return {"vendor SDK", "ok", root, "", false};
}

SystemCheck checkDisk(const std::string &name, const fs::path &folder)
{
    std::error_code error;
    const fs::space_info space = fs::space(folder, error);
    if (error)
        return {name, "warn", folder.string() + ": " + error.message(), "Use a folder that exists.", false};
    constexpr std::uintmax_t kEnough = std::uintmax_t(1) << 30;
    const std::string found = fmt::format("{} free in {}", bytesText(space.available), folder.string());
    return {name, space.available < kEnough ? "warn" : "ok", found,
            space.available < kEnough ? "Free space: builds and recordings need up to 1 GiB." : "", false};
}

} // namespace

std::vector<SystemCheck> checkSystem(const fs::path &sysfsRoot)
{
    std::error_code error;
    const fs::path temporary = fs::temp_directory_path(error);
    return {checkVersion(),
            checkRunner(),
            checkCpu(),
            checkClocks(sysfsRoot),
            checkTemperatures(sysfsRoot),
            checkSample(),
            checkBackendTables(),
            checkAdb(),
            checkVendorSdk(),
            checkDisk("disk space", fs::current_path(error)),
            checkDisk("temporary space", error ? fs::path("/tmp") : temporary)};
}

} // namespace nordlys::cli
