// SPDX-License-Identifier: Apache-2.0
#include "value_file.h"

namespace nordlys::runtime {

namespace {

std::string notANumber(const std::filesystem::path &path, std::string_view text)
{
    std::string shown(trimmed(text).substr(0, 40));
    for (char &c : shown) {
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e)
            c = '?';
    }
    return path.string() + " holds \"" + shown + "\" instead of a number";
}

bool isPoweredDown(double raw)
{
    return raw == -273000 || raw == -40000;
}

} // namespace

ValueFile::ValueFile(std::uint32_t id, std::string name, SourceFile file, ValueRule rule)
    : m_id(id), m_name(std::move(name)), m_file(std::move(file)), m_rule(rule)
{
}

void ValueFile::sample(std::int64_t tNs, TelemetryTick &tick)
{
    const auto text = m_file.read();
    if (!text) {
        reportState(false, m_name, m_file.why(), tNs, tick);
        return;
    }
    // A writer that truncates before it writes shows an empty file for an instant.
    if (trimmed(*text).empty())
        return;
    const auto number = parseInteger(*text, m_rule.suffix);
    if (!number) {
        reportState(false, m_name, notANumber(m_file.path(), *text), tNs, tick);
        return;
    }
    reportState(true, m_name, {}, tNs, tick);
    if (m_rule.isTemperature && isPoweredDown(*number))
        return;
    tick.samples.push_back({m_id, tNs, *number * m_rule.scale});
}

void probeValueFile(ProbedCounters &probed, const std::string &name, const std::string &unit, const std::filesystem::path &path, const ValueRule &rule)
{
    SourceFile file(path, 128);
    const auto text = file.read();
    if (!text) {
        probed.addUnavailable(name, unit, path.string(), file.why());
    } else if (!parseInteger(*text, rule.suffix)) {
        probed.addUnavailable(name, unit, path.string(), notANumber(path, *text));
    } else {
        const std::uint32_t id = probed.addAvailable(name, unit, path.string());
        probed.sources.push_back(std::make_unique<ValueFile>(id, name, std::move(file), rule));
    }
}

} // namespace nordlys::runtime
