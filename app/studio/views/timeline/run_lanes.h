// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/plot_lanes/lane_plot.h>
#include <studio/workspace/run_record.h>

#include <QCoreApplication>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace nordlys::studio {

/// Puts a run onto a LanePlot: inferences, one lane of layers for each backend, clocks, utilisation, temperatures, memory. New data
/// of a live run is appended.
class RunLanes {
    Q_DECLARE_TR_FUNCTIONS(RunLanes)

public:
    explicit RunLanes(LanePlot &plot) : m_plot(plot) {}

    /// Rebuilds the tracks for a run (null: empties). Its data comes through extend().
    void show(const RunRecord *run);
    /// Adds what arrived since the last call, up to a part that takes a few milliseconds. True: there is more, call again soon.
    bool extend();
    [[nodiscard]] const RunRecord *run() const { return m_run; }
    [[nodiscard]] int inferenceTrack() const { return m_inferences; }
    [[nodiscard]] bool isLayerTrack(int track) const { return std::ranges::find(m_layerTracks, track) != m_layerTracks.end(); }
    /// The inference that runs at a time, or the last one before it; none before the first.
    [[nodiscard]] std::optional<std::size_t> inferenceAt(std::int64_t timeNs) const;
    /// From the start of an inference to its end, short of the next one's start.
    [[nodiscard]] TimeSpan spanOf(std::size_t inference) const;
    /// Lines of the read-out box.
    [[nodiscard]] QStringList readout(std::int64_t timeNs, int track, const LaneBlock *block) const;

private:
    enum class Family { CpuClock, GpuClock, BusClock, OtherClock, Utilisation, Temperature, Memory, RunnerMemory, Power, Other };
    struct Series {
        int track = -1, series = -1;
        double factor = 1;
    };
    void buildTracks();
    void addFamily(Family family);
    void addCounters(Family family, const QString &unit, std::vector<const core::CounterInfo *> counters);
    [[nodiscard]] static Family familyOf(const core::CounterInfo &counter);
    [[nodiscard]] QString familyName(Family family) const;
    void buildLayerTracks();
    void colourLayers();
    void appendSamples();
    [[nodiscard]] bool isThrottled(std::size_t inference) const;

    LanePlot &m_plot;
    const RunRecord *m_run = nullptr;
    int m_inferences = -1;
    std::vector<int> m_layerTracks;  ///< one for each backend
    std::vector<int> m_trackOfLayer; ///< -1: none
    std::map<std::uint32_t, Series> m_series;
    std::vector<std::uint8_t> m_layerStep;
    std::size_t m_shownInferences = 0, m_shownSamples = 0;
    bool m_hasTracks = false;
};

} // namespace nordlys::studio
