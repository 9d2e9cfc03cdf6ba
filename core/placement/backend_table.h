// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/graph/dtype.h>
#include <core/project/change.h>

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nordlys::core {

/// What a backend says of one operator.
struct OperatorSupport {
    std::string vendorName;     ///< name in the vendor's tools; empty: the same or none
    std::optional<int> maxRank; ///< where lower than the backend's own
    std::string note;           ///< something to know although it is supported
    std::string refusedWhy;     ///< not empty: not supported, and why
    std::string fix;            ///< what would help then
};

/// Why a whole backend cannot be used.
struct Unavailability {
    std::string why, fix;
};

/// One backend's capabilities, read from resources/backends/NAME.json.
struct BackendTable {
    Backend backend = Backend::Cpu;
    std::string title;                         ///< "HTP (Hexagon NPU)"
    bool isEmulated = false;                   ///< runs as a simulation on the CPU
    bool needsEncodings = false;               ///< its float values are quantized
    std::optional<Unavailability> unavailable; ///< set: nothing may be put there
    int maxRank = 8;
    bool takesUnknownShapes = true;     ///< tensors whose rank is not known before it runs
    std::vector<DType> dtypes;          ///< of values between operators
    std::vector<DType> constantDtypes;  ///< further ones that constants may have
    std::vector<int> activationBits, weightBits; ///< integer encodings that it takes; empty: any
    bool takesAllOperators = false;     ///< every operator that Nordlys knows
    std::map<std::string, OperatorSupport, std::less<>> operators; ///< by ONNX name ("domain/Name" outside ai.onnx)
    /// Planning figures of a crossing, no measurement: see estimateCrossingUs.
    double crossingFixedUs = 0;
    double crossingBytesPerUs = 0;
};

/// The tables of all backends.
class BackendCapabilities {
public:
    /// Reads cpu.json, gpu.json and htp.json of `folder`. BadInput names file and key for anything that is missing, of another type, out of
    /// range or unknown; NotSupported: a newer schema. Files larger than 1 MiB are refused.
    static Expected<BackendCapabilities> load(const std::filesystem::path &folder);
    /// From the program's data folder (findResource("backends")).
    static Expected<BackendCapabilities> load();

    [[nodiscard]] const BackendTable &of(Backend backend) const { return m_tables[static_cast<std::size_t>(backend)]; }

private:
    std::array<BackendTable, 3> m_tables;
};

/// Every backend, in the order in which programs list them.
inline constexpr std::array kAllBackends{Backend::Cpu, Backend::Gpu, Backend::Htp};

/// *Estimate* of what it costs to hand `bytes` from one backend to another, in microseconds: the fixed costs of both (calls, cache
/// maintenance) plus the bytes at the slower one's rate. The figures are the tables' planning figures; nothing is measured.
double estimateCrossingUs(const BackendTable &from, const BackendTable &to, std::int64_t bytes);

} // namespace nordlys::core
