// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/progress.h>
#include <core/quantization/encoding_set.h>
#include <runtime/plan/plan_data.h>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// The JSON description of a context container. Numbers that JSON cannot hold (infinities, NaN) are the strings "inf", "-inf", "nan".
namespace nordlys::runtime {

inline constexpr std::size_t contextHeaderBytes = 32;
inline constexpr std::string_view contextMagic = "NRDLYCTX";

/// Collects the constants of a plan, each once, in the order of first use.
class BlobWriter {
public:
    /// [offset, size] of these bytes in the blob.
    nlohmann::json place(std::span<const std::byte> bytes);
    struct Piece {
        std::uint64_t offset = 0;
        std::span<const std::byte> bytes;
    };
    [[nodiscard]] const std::vector<Piece> &pieces() const { return m_pieces; }
    [[nodiscard]] std::uint64_t size() const { return m_size; }

private:
    std::map<std::pair<const std::byte *, std::size_t>, std::uint64_t> m_known;
    std::vector<Piece> m_pieces;
    std::uint64_t m_size = 0;
};

/// Where the reader finds constants: the mapped file's blob.
struct BlobView {
    std::shared_ptr<const void> owner;
    std::span<const std::byte> bytes;
};

/// Writes header, description and blob; see kContextVersion. Progress counts bytes.
core::Expected<void> writeContainer(const std::filesystem::path &path, const nlohmann::json &description, const BlobWriter &blob, const core::JobContext &job);

struct Container {
    nlohmann::json description;
    BlobView blob;
    std::string sha256; ///< of the file
};
/// Checks header, version, size and checksum; the description is JSON and nothing more is known of it.
core::Expected<Container> readContainer(const std::filesystem::path &path);

/// Bodies of control flow are programs inside their steps. NotSupported for attributes that no kernel reads.
core::Expected<nlohmann::json> describePlan(const Plan::Data &data, const std::string &modelName, BlobWriter &blob);

struct DescribedPlan {
    std::unique_ptr<Plan::Data> data; ///< program and encodings; not yet bound
    std::string modelName;
};
/// The opposite; every index, size, type and number is checked. Whether steps fit their tensors is what binding checks.
core::Expected<DescribedPlan> planFromDescription(const nlohmann::json &json, const BlobView &blob);

nlohmann::json encodingToContextJson(const core::Encoding &encoding);
nlohmann::json attributeToContextJson(const core::AttributeValue &value, BlobWriter &blob);
nlohmann::json numberToContextJson(double value);

} // namespace nordlys::runtime
