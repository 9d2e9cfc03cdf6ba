// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/profile/stream.h>
#include <devicebridge/device.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace nordlys::test {

class ScratchFolder {
public:
    ScratchFolder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "nordlys_bridge_XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    ~ScratchFolder() { std::filesystem::remove_all(path); }
    ScratchFolder(const ScratchFolder &) = delete;
    ScratchFolder &operator=(const ScratchFolder &) = delete;
    void write(const std::string &name, const std::string &bytes) const { std::ofstream(path / name, std::ios::binary | std::ios::trunc) << bytes; }
    [[nodiscard]] std::string read(const std::string &name) const
    {
        std::ifstream file(path / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::filesystem::path path;
};

/// A shell script that plays nordlys-run while the object lives. In its body, the files of `folder` are in the working folder "$D".
class FakeRunner {
public:
    FakeRunner(const ScratchFolder &folder, const std::string &body)
    {
        const auto script = folder.path / "nordlys-run";
        folder.write("nordlys-run", "#!/bin/sh\nD='" + folder.path.string() + "'\n" + body + "\n");
        std::filesystem::permissions(script, std::filesystem::perms::owner_all);
        ::setenv("NORDLYS_RUN", script.c_str(), 1);
    }
    ~FakeRunner() { ::unsetenv("NORDLYS_RUN"); }
    FakeRunner(const FakeRunner &) = delete;
    FakeRunner &operator=(const FakeRunner &) = delete;
};

inline std::string encodeStream(const std::vector<core::StreamItem> &items, bool withMagic = true)
{
    std::string bytes(withMagic ? core::kStreamMagic : std::string_view());
    for (const core::StreamItem &item : items)
        bytes += core::encodeStreamItem(item);
    return bytes;
}

/// Hello, RunStarted and `inferences` inferences of two layers, 1 ms apart; inference k takes 500000 + k ns, its layers 200000 + k and 250000 ns.
inline std::vector<core::StreamItem> exampleRun(std::size_t inferences, bool withEnd)
{
    core::DeviceHello hello;
    hello.deviceModel = "Board 7";
    hello.soc = "SoC 7";
    hello.counters = {{1, "cpu0 clock", "Hz", true, {}, "/sys/x"}};
    core::RunStart start;
    start.modelName = "example";
    start.layers.resize(2);
    start.layers[0].name = "conv";
    start.layers[1].name = "fc";
    std::vector<core::StreamItem> items{hello, start};
    for (std::size_t i = 0; i < inferences; ++i) {
        const auto k = static_cast<std::int64_t>(i);
        items.emplace_back(core::LayerTimesBatch{i, {k * 1'000'000}, {500'000 + k}, {0, 200'000 + k}, {200'000 + k, 250'000}});
        items.emplace_back(core::CounterBatch{{1, k * 1'000'000, 1e9 + static_cast<double>(k)}});
    }
    if (withEnd)
        items.emplace_back(core::RunEnd{core::RunStatus::Finished, {}, inferences, static_cast<std::int64_t>(inferences) * 1'000'000, 1 << 20});
    return items;
}

} // namespace nordlys::test
