// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "counter_source.h"
#include "source_file.h"

namespace nordlys::runtime {

/// How the text of a file becomes a value.
struct ValueRule {
    double scale = 1;           ///< value = number in the file * scale
    std::string_view suffix;    ///< text that may follow the number, such as " %"
    bool isTemperature = false; ///< -273000 and -40000 mean that the block is powered down: no sample
};

/// A file with one number feeds one counter.
class ValueFile final : public CounterSource {
public:
    ValueFile(std::uint32_t id, std::string name, SourceFile file, ValueRule rule);
    void sample(std::int64_t tNs, TelemetryTick &tick) override;

private:
    std::uint32_t m_id;
    std::string m_name;
    SourceFile m_file;
    ValueRule m_rule;
};

/// Reads the file once; adds an available counter when it holds a number, otherwise one that says why not.
void probeValueFile(ProbedCounters &probed, const std::string &name, const std::string &unit, const std::filesystem::path &path, const ValueRule &rule);

} // namespace nordlys::runtime
