// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_lanes.h"

#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr int kMaxSeries = 8; // more lines in one lane cannot be told apart
constexpr std::size_t kPartBlocks = 60'000; // a part of a long run that is laid out within a frame

LaneInk inkOf(int index)
{
    constexpr LaneInk inks[] = {LaneInk::Cpu, LaneInk::Htp, LaneInk::Gpu, LaneInk::Accent, LaneInk::Text2};
    return inks[static_cast<std::size_t>(index) % std::size(inks)];
}

// What a counter's unit becomes in its lane, and the factor.
struct LaneUnit {
    QString unit;
    double factor = 1;
};

LaneUnit laneUnit(const std::string &unit, bool large, bool isSlowClock = false)
{
    if (unit == "Hz")
        return isSlowClock ? LaneUnit{QStringLiteral("MHz"), 1e-6} : LaneUnit{QStringLiteral("GHz"), 1e-9};
    if (unit == "bytes" || unit == "B")
        return large ? LaneUnit{QStringLiteral("GiB"), 1.0 / (1 << 30)} : LaneUnit{QStringLiteral("MiB"), 1.0 / (1 << 20)};
    return {toQString(unit), 1};
}

} // namespace

RunLanes::Family RunLanes::familyOf(const core::CounterInfo &counter)
{
    const QString unit = toQString(counter.unit), name = toQString(counter.name).toLower();
    if (unit == QLatin1String("Hz") || unit == QLatin1String("kHz") || unit == QLatin1String("MHz") ||
        unit == QLatin1String("GHz")) {
        if (name.startsWith(QLatin1String("cpu")) || name.startsWith(QLatin1String("policy")))
            return Family::CpuClock;
        if (name.startsWith(QLatin1String("gpu")))
            return Family::GpuClock;
        for (const char *bus : {"ddr", "llcc", "l3", "bus", "memory", "cci"}) {
            if (name.contains(QLatin1String(bus)))
                return Family::BusClock;
        }
        return Family::OtherClock;
    }
    if (unit == QStringLiteral("°C") || unit == QLatin1String("C") || name.contains(QLatin1String("temp")))
        return Family::Temperature;
    if (name == QLatin1String("memory of the runner"))
        return Family::RunnerMemory; // a thousandth of the machine's: on its axis it would be a line at zero
    if (unit == QLatin1String("B") || unit == QLatin1String("bytes") || unit.endsWith(QLatin1String("iB")) ||
        name.contains(QLatin1String("memory")))
        return Family::Memory;
    if (unit == QLatin1String("%"))
        return Family::Utilisation;
    if (unit == QLatin1String("W") || unit == QLatin1String("mW") || unit == QLatin1String("A") ||
        name.contains(QLatin1String("battery")) || name.contains(QLatin1String("power")))
        return Family::Power;
    return Family::Other;
}

QString RunLanes::familyName(Family family) const
{
    switch (family) {
    case Family::CpuClock: return tr("CPU clock");
    case Family::GpuClock: return tr("GPU clock");
    case Family::BusClock: return tr("Memory clock");
    case Family::OtherClock: return tr("Other clocks");
    case Family::Utilisation: return tr("Utilisation");
    case Family::Temperature: return tr("Temperature");
    case Family::Memory: return tr("Memory");
    case Family::RunnerMemory: return tr("Runner memory");
    case Family::Power: return tr("Power");
    case Family::Other: return tr("Other");
    }
    return {};
}

void RunLanes::show(const RunRecord *run)
{
    m_run = run;
    m_plot.removeAllTracks();
    m_hasTracks = false;
    m_inferences = -1;
    m_layerTracks.clear();
    m_trackOfLayer.clear();
    m_series.clear();
    m_shownInferences = m_shownSamples = 0;
}

void RunLanes::buildTracks()
{
    m_hasTracks = true;
    m_plot.addOverview({tr("Whole run"), tr("latency, ms"), 60, LaneInk::Outline});
    m_inferences = m_plot.addBlockTrack({tr("Inference"), tr("latency, ms"), 36, LaneInk::Outline}, LaneInk::Outline);
    m_plot.blockTrack(m_inferences)->setLabelOf([](const LaneBlock &block) {
        return formatNumber(static_cast<double>(block.durationNs) / 1e6, 3);
    });
    buildLayerTracks();
    for (const Family family :
         {Family::CpuClock, Family::GpuClock, Family::BusClock, Family::OtherClock, Family::Utilisation, Family::Temperature, Family::Memory, Family::RunnerMemory, Family::Power,
          Family::Other})
        addFamily(family);
}

void RunLanes::buildLayerTracks()
{
    const std::vector<core::LayerInfo> &layers = m_run->profile.start.layers;
    if (layers.empty() || m_run->profile.start.profiling == "off") {
        m_plot.addUnavailableTrack({tr("CPU"), tr("layers"), 36, LaneInk::Cpu}, tr("the run was recorded without layer times"));
        return;
    }
    struct Lane {
        const char *backend;
        LaneInk ink;
        int track = -1;
    };
    Lane lanes[] = {{"htp", LaneInk::Htp}, {"cpu", LaneInk::Cpu}, {"gpu", LaneInk::Gpu}};
    const auto laneOf = [&lanes](const core::LayerInfo &layer) -> Lane & {
        const auto found = std::ranges::find_if(
            lanes, [&](const Lane &lane) { return toQString(layer.backend).compare(QLatin1String(lane.backend), Qt::CaseInsensitive) == 0; });
        return found == std::end(lanes) ? lanes[1] : *found;
    };
    for (Lane &lane : lanes) {
        const auto count = std::ranges::count_if(layers, [&](const core::LayerInfo &layer) { return &laneOf(layer) == &lane; });
        if (count == 0)
            continue;
        QString below = Counted::layers(count);
        if (lane.ink == LaneInk::Cpu)
            below = tr("%1, %2").arg(below, Counted::threads(m_run->profile.start.threads));
        if (std::ranges::any_of(layers, [&](const core::LayerInfo &layer) { return layer.isEmulated && &laneOf(layer) == &lane; }))
            below = tr("%1, emulated").arg(below);
        lane.track = m_plot.addBlockTrack({QString::fromLatin1(lane.backend).toUpper(), below, 44, lane.ink}, LaneInk::TimeRamp);
        m_plot.blockTrack(lane.track)->setLabelOf([this](const LaneBlock &block) {
            const auto &names = m_run->profile.start.layers;
            return block.label < names.size() ? toQString(names[block.label].name) : QString();
        });
        m_layerTracks.push_back(lane.track);
    }
    for (const core::LayerInfo &layer : layers)
        m_trackOfLayer.push_back(laneOf(layer).track);
}

bool RunLanes::isThrottled(std::size_t inference) const
{
    return std::ranges::any_of(m_run->summary.throttled, [inference](const core::ThrottledStretch &stretch) {
        return inference >= stretch.first && inference < stretch.first + stretch.count;
    });
}

void RunLanes::addFamily(Family family)
{
    // A processor runs at some GHz, what stands beside it at hundreds of MHz.
    const bool isSlowClock = family == Family::GpuClock || family == Family::BusClock || family == Family::OtherClock;
    std::vector<std::pair<LaneUnit, std::vector<const core::CounterInfo *>>> lanes; // one for each unit
    QStringList reasons;
    for (const core::CounterInfo &counter : m_run->profile.hello.counters) {
        if (familyOf(counter) != family)
            continue;
        if (!counter.available) {
            reasons << tr("%1: %2").arg(toQString(counter.name), toQString(counter.why));
            continue;
        }
        const LaneUnit unit = laneUnit(counter.unit, family == Family::Memory, isSlowClock);
        auto lane = std::ranges::find_if(lanes, [&unit](const auto &each) { return each.first.unit == unit.unit; });
        if (lane == lanes.end())
            lane = lanes.insert(lane, {unit, {}});
        lane->second.push_back(&counter);
    }
    if (lanes.empty()) {
        if (reasons.isEmpty() && family != Family::CpuClock && family != Family::Temperature)
            return; // neither there nor looked for
        const QString why = reasons.isEmpty() ? tr("the device reports no such counter") : reasons.first();
        m_plot.addUnavailableTrack({familyName(family), {}, 34, LaneInk::Outline}, why);
        return;
    }
    for (auto &[unit, counters] : lanes)
        addCounters(family, unit.unit, std::move(counters));
}

void RunLanes::addCounters(Family family, const QString &unit, std::vector<const core::CounterInfo *> counters)
{
    const bool isClock = family == Family::CpuClock;
    const bool isSlowClock = family == Family::GpuClock || family == Family::BusClock || family == Family::OtherClock;
    // Whole-machine counters first: they are the lines that matter when a lane has many.
    std::ranges::stable_sort(counters, {}, [](const core::CounterInfo *counter) { return counter->name.size(); });
    const int track = m_plot.addStepTrack({familyName(family), unit, isClock ? 76 : 64, LaneInk::Outline});
    StepTrack *steps = m_plot.stepTrack(track);
    steps->setFromZero(family != Family::Temperature);
    for (std::size_t i = 0; i < counters.size() && i < kMaxSeries; ++i) {
        SeriesSpec spec;
        spec.name = toQString(counters[i]->name);
        spec.ink = inkOf(static_cast<int>(i));
        spec.main = i == 0;
        spec.stepped = family != Family::Temperature;
        spec.decimals = isClock ? 2 : (isSlowClock || family == Family::RunnerMemory ? 0 : 1);
        m_series[counters[i]->id] = {track, steps->addSeries(spec), laneUnit(counters[i]->unit, family == Family::Memory, isSlowClock).factor};
    }
}

void RunLanes::colourLayers()
{
    // The slowest layer has the strongest colour; steps are those of the graph.
    const std::size_t layers = m_run->profile.layerCount();
    std::vector<double> sums(layers, 0);
    const std::size_t rows = std::min<std::size_t>(m_run->profile.layerDurationNs.size() / std::max<std::size_t>(1, layers), 50);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t layer = 0; layer < layers; ++layer)
            sums[layer] += static_cast<double>(m_run->profile.layerDurationNs[i * layers + layer]);
    }
    const double highest = sums.empty() ? 0 : *std::ranges::max_element(sums);
    m_layerStep.assign(layers, 2);
    for (std::size_t layer = 0; layer < layers; ++layer)
        m_layerStep[layer] =
            static_cast<std::uint8_t>(std::max(1, theme().timeRamp.indexOf(highest > 0 ? sums[layer] / highest : 0)));
}

bool RunLanes::extend()
{
    if (!m_run)
        return false;
    const core::RunProfile &profile = m_run->profile;
    if (!m_hasTracks) {
        // Nothing can be drawn before the run says which layers and counters it has.
        if (profile.hello.counters.empty() && profile.start.layers.empty() && profile.inferenceCount() == 0)
            return false;
        if (m_run->live && profile.start.layers.empty() && profile.inferenceCount() == 0)
            return false;
        buildTracks();
    }
    const std::size_t layers = profile.layerCount();
    if (m_shownInferences == 0 && profile.inferenceCount() > 0)
        colourLayers();
    const std::size_t part = std::max<std::size_t>(1, kPartBlocks / std::max<std::size_t>(1, layers));
    const std::size_t end = std::min(profile.inferenceCount(), m_shownInferences + part);
    std::vector<LaneBlock> inferences;
    std::map<int, std::vector<LaneBlock>> events;
    std::vector<StepSample> dots, warned;
    for (std::size_t i = m_shownInferences; i < end; ++i) {
        const std::int64_t start = profile.inferenceStartNs[i], duration = profile.inferenceDurationNs[i];
        const bool throttled = isThrottled(i);
        const std::uint8_t flags = throttled ? LaneBlock::Warn : LaneBlock::None;
        inferences.push_back({start, duration, static_cast<std::uint32_t>(i), 5, flags});
        (throttled ? warned : dots).push_back({start, static_cast<double>(duration) / 1e6});
        if (m_layerTracks.empty() || (i + 1) * layers > profile.layerDurationNs.size())
            continue;
        for (std::size_t layer = 0; layer < layers; ++layer) {
            const std::size_t at = i * layers + layer;
            events[m_trackOfLayer[layer]].push_back({start + profile.layerOffsetNs[at], profile.layerDurationNs[at],
                                                     static_cast<std::uint32_t>(layer), m_layerStep[layer], LaneBlock::None});
        }
    }
    m_shownInferences = end;
    if (!inferences.empty()) {
        m_plot.appendBlocks(m_inferences, inferences);
        m_plot.appendOverview(dots);
        m_plot.appendOverview(warned, true);
    }
    for (const auto &[track, blocks] : events)
        m_plot.appendBlocks(track, blocks);
    appendSamples();
    return m_shownInferences < profile.inferenceCount() || m_shownSamples < profile.counterSamples.size();
}

void RunLanes::appendSamples()
{
    const std::vector<core::CounterSample> &all = m_run->profile.counterSamples;
    const std::size_t end = std::min(all.size(), m_shownSamples + kPartBlocks);
    std::map<std::uint32_t, std::vector<StepSample>> samples;
    for (; m_shownSamples < end; ++m_shownSamples) {
        const core::CounterSample &sample = all[m_shownSamples];
        const auto series = m_series.find(sample.counterId);
        if (series != m_series.end())
            samples[sample.counterId].push_back({sample.tNs, sample.value * series->second.factor});
    }
    for (const auto &[counter, list] : samples)
        m_plot.appendSamples(m_series[counter].track, m_series[counter].series, list);
    if (m_run->live || m_shownSamples < all.size())
        return;
    for (const auto &[counter, series] : m_series) {
        if (m_plot.stepTrack(series.track)->empty())
            m_plot.trackRect(series.track)->setNote(tr("no sample came while it ran"));
    }
}

std::optional<std::size_t> RunLanes::inferenceAt(std::int64_t timeNs) const
{
    if (!m_run)
        return std::nullopt;
    const auto &starts = m_run->profile.inferenceStartNs;
    const auto next = std::ranges::upper_bound(starts, timeNs);
    return next == starts.begin() ? std::nullopt : std::optional(static_cast<std::size_t>(next - starts.begin()) - 1);
}

TimeSpan RunLanes::spanOf(std::size_t inference) const
{
    const core::RunProfile &profile = m_run->profile;
    const std::int64_t start = profile.inferenceStartNs[inference];
    std::int64_t end = start + std::max<std::int64_t>(1, profile.inferenceDurationNs[inference]);
    if (inference + 1 < profile.inferenceCount())
        end = std::max(start + 1, std::min(end, profile.inferenceStartNs[inference + 1] - 1));
    return {start, end};
}

QStringList RunLanes::readout(std::int64_t timeNs, int track, const LaneBlock *block) const
{
    if (!m_run)
        return {};
    QStringList lines;
    const core::RunProfile &profile = m_run->profile;
    if (block && isLayerTrack(track) && block->label < profile.layerCount()) {
        const core::LayerInfo &layer = profile.start.layers[block->label];
        lines << toQString(layer.name) << QStringLiteral("%1  %2").arg(formatDuration(block->durationNs), toQString(layer.op));
        if (const auto inference = inferenceAt(block->startNs))
            lines << tr("inference %1").arg(formatCount(static_cast<qint64>(*inference) + 1));
        if (const core::LayerSummary *summary = m_run->summaryOf(block->label); summary && summary->duration.count > 0)
            lines << tr("p50 of run %1 n=%2")
                         .arg(formatDuration(static_cast<std::int64_t>(summary->duration.p50Ns)),
                              formatCount(static_cast<qint64>(summary->duration.count)));
    } else if (block && track == m_inferences) {
        lines << tr("Inference %1").arg(formatCount(block->label + 1)) << formatDuration(block->durationNs);
        if (const core::DurationSummary &latency = m_run->summary.latency; latency.count > 0)
            lines << tr("p50 of run %1 n=%2")
                         .arg(formatDuration(static_cast<std::int64_t>(latency.p50Ns)), formatCount(static_cast<qint64>(latency.count)));
        if (isThrottled(block->label))
            lines << tr("throttled");
    } else {
        lines << formatDuration(timeNs);
    }
    for (const auto &[counter, series] : m_series) {
        const StepTrack *steps = m_plot.stepTrack(series.track);
        if (!steps || series.series != 0)
            continue;
        if (const auto value = steps->valueAt(series.series, timeNs))
            lines << QStringLiteral("%1 %2").arg(
                steps->series(series.series).name,
                withUnit(formatSignificant(*value, 3, 2), m_plot.trackRect(series.track)->spec().unit));
    }
    return lines;
}

} // namespace nordlys::studio
