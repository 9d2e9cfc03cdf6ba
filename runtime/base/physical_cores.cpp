// SPDX-License-Identifier: Apache-2.0
#include "thread_pool.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <utility>

#if defined(__linux__)
#include <sched.h>
#endif

namespace nordlys::runtime {

#if defined(__linux__)
namespace {

int readTopology(int cpu, const char *name)
{
    std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/" + name);
    int value = -1;
    file >> value;
    return file ? value : -1;
}

} // namespace
#endif

int physicalCoreCount()
{
#if defined(__linux__)
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
        std::set<std::pair<int, int>> cores;
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (!CPU_ISSET(static_cast<std::size_t>(cpu), &allowed))
                continue;
            const int core = readTopology(cpu, "core_id");
            // Without a topology (some containers and phones) every CPU counts as a core of its own.
            cores.emplace(core < 0 ? -1 : readTopology(cpu, "physical_package_id"), core < 0 ? cpu : core);
        }
        return std::max(1, static_cast<int>(cores.size()));
    }
#endif
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

} // namespace nordlys::runtime
