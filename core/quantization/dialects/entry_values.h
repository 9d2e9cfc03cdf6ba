// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../encoding_entry.h"
#include "../encoding_set.h"

#include <core/graph/graph.h>

#include <nlohmann/json.hpp>

#include <map>
#include <set>

namespace nordlys::core {

/// What the model says of a tensor's encoding, where there is a model.
struct TensorFacts {
    EncodingKind kind = EncodingKind::Activation;
    int channelAxis = -1; ///< -1: takes one grid
    std::optional<Dims> dims;
};

/// What the entries of a file are read with, and what is found on the way.
class EntryContext {
public:
    explicit EntryContext(const Graph *graph);

    [[nodiscard]] const TensorFacts *factsOf(std::string_view tensor) const; ///< null: the model, if any, does not encode it
    [[nodiscard]] int channelAxisOf(std::string_view tensor) const;          ///< axis 0 where nothing is known
    /// The axis that blocks of a weight lie along: its input channels, beside the axis of the output channels.
    static int blockAxisBeside(int channelAxis) { return channelAxis == 0 ? 1 : channelAxis - 1; }

    int activationBits = 8, parameterBits = 8; ///< where an entry leaves its bitwidth out

    // Of the entry that is read now:
    std::vector<std::string> repairs;
    bool contradicts = false; ///< see CompletedGrid
    void begin()
    {
        repairs.clear();
        contradicts = false;
    }

    std::set<std::string> unknownKeys;
    void noteUnknownKeys(const nlohmann::json &entry, std::initializer_list<std::string_view> known);

private:
    std::map<std::string, TensorFacts, std::less<>> m_facts;
};

// Members of an entry. Errors say which member, not which tensor: the caller knows that.
Expected<std::optional<double>> entryNumber(const nlohmann::json &entry, const char *key);
Expected<std::int64_t> entryInteger(const nlohmann::json &value, const std::string &key);
Expected<bool> entryFlag(const nlohmann::json &value, const std::string &key);
Error wrongEntry(std::string why);

/// Bitwidth, dtype and symmetry under the names that a form gives them.
Expected<Encoding> readEntryHead(const nlohmann::json &entry, EncodingKind kind, const char *bitsKey, const char *symmetricKey, EntryContext &context);
/// Completes the numbers (core/quantization/encoding_entry.h) and appends the grid; repairs are noted, those of further channels once.
Expected<void> addStatedGrid(Encoding &encoding, const StatedGrid &stated, EntryContext &context);

constexpr std::size_t kMaxGrids = std::size_t(1) << 22;

} // namespace nordlys::core
