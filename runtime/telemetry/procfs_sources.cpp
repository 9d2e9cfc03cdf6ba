// SPDX-License-Identifier: Apache-2.0
#include "procfs_sources.h"

#include "source_file.h"

#include <algorithm>
#include <array>
#include <unistd.h>

namespace nordlys::runtime {

namespace {

constexpr std::size_t kProcBytes = std::size_t(256) << 10;
constexpr std::size_t kMaxCpus = 1024;
constexpr double kMinTicks = 10;

// Calls visit(line) for each line until it returns false.
template <typename Visit>
void forEachLine(std::string_view text, const Visit &visit)
{
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (!visit(text.substr(0, end)) || end == std::string_view::npos)
            return;
        text.remove_prefix(end + 1);
    }
}

std::string_view takeWord(std::string_view &line)
{
    const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
    line.remove_prefix(begin);
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

struct CpuTicks {
    std::string cpu; // "cpu", "cpu0" ...
    double busy = 0, total = 0;
};

// proc(5): user nice system idle iowait irq softirq steal; guest times that follow are part of user and nice already.
std::vector<CpuTicks> parseStat(std::string_view text)
{
    std::vector<CpuTicks> result;
    forEachLine(text, [&](std::string_view line) {
        if (!line.starts_with("cpu") || result.size() > kMaxCpus)
            return false;
        CpuTicks ticks;
        ticks.cpu = takeWord(line);
        std::array<double, 8> values{};
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::string_view word = takeWord(line);
            const auto value = parseInteger(word);
            if (!value || *value < 0) {
                if (i < 4)
                    return true; // not a line of ours
                break;
            }
            values[i] = *value;
        }
        for (const double value : values)
            ticks.total += value;
        ticks.busy = ticks.total - values[3] - values[4];
        result.push_back(std::move(ticks));
        return true;
    });
    return result;
}

class Utilisation final : public CounterSource {
public:
    Utilisation(SourceFile file, std::vector<CpuTicks> first, std::vector<std::uint32_t> ids)
        : m_file(std::move(file)), m_last(std::move(first)), m_ids(std::move(ids))
    {
    }

    void sample(std::int64_t tNs, TelemetryTick &tick) override
    {
        const auto text = m_file.read();
        if (!text) {
            reportState(false, "cpu utilisation", m_file.why(), tNs, tick);
            return;
        }
        const auto now = parseStat(*text);
        if (now.empty()) {
            if (!trimmed(*text).empty())
                reportState(false, "cpu utilisation", m_file.path().string() + " has no line that begins with cpu", tNs, tick);
            return;
        }
        reportState(true, "cpu utilisation", {}, tNs, tick);
        for (std::size_t i = 0; i < m_last.size(); ++i) {
            const auto found = std::find_if(now.begin(), now.end(), [&](const CpuTicks &ticks) { return ticks.cpu == m_last[i].cpu; });
            if (found == now.end())
                continue; // switched off for now
            const double total = found->total - m_last[i].total;
            const double busy = found->busy - m_last[i].busy;
            if (total >= 0 && total < kMinTicks)
                continue;
            // Counters of a core that was switched off and on may go back: start anew.
            if (total > 0 && busy >= 0 && busy <= total)
                tick.samples.push_back({m_ids[i], tNs, 100 * busy / total});
            m_last[i] = *found;
        }
    }

private:
    SourceFile m_file;
    std::vector<CpuTicks> m_last;
    std::vector<std::uint32_t> m_ids;
};

std::optional<double> availableBytes(std::string_view meminfo)
{
    std::optional<double> bytes;
    forEachLine(meminfo, [&](std::string_view line) {
        constexpr std::string_view key = "MemAvailable:";
        if (!line.starts_with(key))
            return true;
        const auto kib = parseInteger(line.substr(key.size()), " kB");
        if (kib && *kib >= 0)
            bytes = *kib * 1024;
        return false;
    });
    return bytes;
}

std::optional<double> residentBytes(std::string_view statm)
{
    takeWord(statm);
    const auto pages = parseInteger(takeWord(statm));
    if (!pages || *pages < 0)
        return std::nullopt;
    return *pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

// One number that a function finds in a file of several.
class ParsedFile final : public CounterSource {
public:
    using Parse = std::optional<double> (*)(std::string_view);
    ParsedFile(std::uint32_t id, std::string name, SourceFile file, Parse parse)
        : m_id(id), m_name(std::move(name)), m_file(std::move(file)), m_parse(parse)
    {
    }
    void sample(std::int64_t tNs, TelemetryTick &tick) override
    {
        const auto text = m_file.read();
        const auto value = text ? m_parse(*text) : std::nullopt;
        if (value)
            tick.samples.push_back({m_id, tNs, *value});
        if (!value && text && trimmed(*text).empty())
            return;
        reportState(value.has_value(), m_name, text ? m_file.path().string() + " does not hold it any more" : m_file.why(), tNs, tick);
    }

private:
    std::uint32_t m_id;
    std::string m_name;
    SourceFile m_file;
    Parse m_parse;
};

void probeParsedFile(ProbedCounters &probed, const std::string &name, const std::filesystem::path &path, ParsedFile::Parse parse, const std::string &missing)
{
    SourceFile file(path, 8192);
    const auto text = file.read();
    if (!text) {
        probed.addUnavailable(name, "bytes", path.string(), file.why());
    } else if (!parse(*text)) {
        probed.addUnavailable(name, "bytes", path.string(), path.string() + ' ' + missing);
    } else {
        const std::uint32_t id = probed.addAvailable(name, "bytes", path.string());
        probed.sources.push_back(std::make_unique<ParsedFile>(id, name, std::move(file), parse));
    }
}

struct CpuClock {
    std::string cpu;
    double hz = 0;
};

std::vector<CpuClock> parseCpuinfo(std::string_view text)
{
    std::vector<CpuClock> result;
    std::string cpu;
    forEachLine(text, [&](std::string_view line) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos)
            return true;
        const std::string_view key = trimmed(line.substr(0, colon)), value = trimmed(line.substr(colon + 1));
        if (key == "processor" && parseInteger(value)) {
            cpu = value;
        } else if (key == "cpu MHz" && !cpu.empty()) {
            if (const auto mhz = parseDecimal(value); mhz && *mhz >= 0)
                result.push_back({std::move(cpu), *mhz * 1e6});
            cpu.clear();
        }
        return result.size() < kMaxCpus;
    });
    return result;
}

class CpuinfoClock final : public CounterSource {
public:
    CpuinfoClock(SourceFile file, std::vector<std::pair<std::string, std::uint32_t>> cpus) : m_file(std::move(file)), m_cpus(std::move(cpus)) {}
    void sample(std::int64_t tNs, TelemetryTick &tick) override
    {
        constexpr std::int64_t kPeriodNs = 200'000'000;
        if (m_nextNs > tNs)
            return;
        m_nextNs = tNs + kPeriodNs;
        const auto text = m_file.read();
        const auto clocks = text ? parseCpuinfo(*text) : std::vector<CpuClock>();
        reportState(!clocks.empty(), "cpu clock", text ? m_file.path().string() + " has no \"cpu MHz\" any more" : m_file.why(), tNs, tick);
        for (const CpuClock &clock : clocks) {
            const auto found = std::find_if(m_cpus.begin(), m_cpus.end(), [&](const auto &entry) { return entry.first == clock.cpu; });
            if (found != m_cpus.end())
                tick.samples.push_back({found->second, tNs, clock.hz});
        }
    }

private:
    SourceFile m_file;
    std::vector<std::pair<std::string, std::uint32_t>> m_cpus;
    std::int64_t m_nextNs = 0;
};

} // namespace

void probeUtilisation(ProbedCounters &probed, const std::filesystem::path &procfsRoot)
{
    const auto path = procfsRoot / "stat";
    SourceFile file(path, kProcBytes);
    const auto text = file.read();
    auto first = text ? parseStat(*text) : std::vector<CpuTicks>();
    if (first.empty()) {
        probed.addUnavailable("cpu utilisation", "%", path.string(), text ? path.string() + " has no line that begins with cpu" : file.why());
        return;
    }
    std::vector<std::uint32_t> ids;
    for (const CpuTicks &ticks : first)
        ids.push_back(probed.addAvailable(ticks.cpu + " utilisation", "%", path.string()));
    probed.sources.push_back(std::make_unique<Utilisation>(std::move(file), std::move(first), std::move(ids)));
}

void probeMemory(ProbedCounters &probed, const std::filesystem::path &procfsRoot)
{
    probeParsedFile(probed, "memory available", procfsRoot / "meminfo", availableBytes, "has no line MemAvailable");
    probeParsedFile(probed, "memory of the runner", procfsRoot / "self/statm", residentBytes, "holds no resident size");
}

void probeCpuinfoClock(ProbedCounters &probed, const std::filesystem::path &procfsRoot)
{
    const auto path = procfsRoot / "cpuinfo";
    SourceFile file(path, kProcBytes * 4);
    const auto text = file.read();
    const auto clocks = text ? parseCpuinfo(*text) : std::vector<CpuClock>();
    if (clocks.empty()) {
        probed.addUnavailable("cpu clock (cpuinfo)", "Hz", path.string(), text ? path.string() + " has no \"cpu MHz\"" : file.why());
        return;
    }
    std::vector<std::pair<std::string, std::uint32_t>> cpus;
    for (const CpuClock &clock : clocks)
        cpus.emplace_back(clock.cpu, probed.addAvailable("cpu" + clock.cpu + " clock (cpuinfo)", "Hz", path.string()));
    probed.sources.push_back(std::make_unique<CpuinfoClock>(std::move(file), std::move(cpus)));
}

} // namespace nordlys::runtime
