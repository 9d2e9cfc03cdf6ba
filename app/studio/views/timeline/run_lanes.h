// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/plot_lanes/lane_plot.h>
#include <studio/workspace/run_record.h>

#include <QCoreApplication>

#include <map>
#include <vector>

namespace nordlys::studio {

/// Puts a run onto a LanePlot: inferences, layers, clocks, utilisation, temperatures, memory. New data of a live run is appended.
class RunLanes {
    Q_DECLARE_TR_FUNCTIONS(RunLanes)

public:
    explicit RunLanes(LanePlot &plot) : m_plot(plot) {}

    /// Rebuilds tracks and data for a run (null: empties). What arrives later comes through extend().
    void show(const RunRecord *run);
    void extend();
    [[nodiscard]] const RunRecord *run() const { return m_run; }
    [[nodiscard]] int inferenceTrack() const { return m_inferences; }
    [[nodiscard]] int layerTrack() const { return m_layers; }
    /// Lines of the read-out box.
    [[nodiscard]] QStringList readout(std::int64_t timeNs, int track, const LaneBlock *block) const;

private:
    enum class Family { Clock, Utilisation, Temperature, Memory, Power, Other };
    struct Series {
        int track = -1, series = -1;
        double factor = 1;
    };
    void buildTracks();
    void addFamily(Family family);
    [[nodiscard]] static Family familyOf(const core::CounterInfo &counter);
    [[nodiscard]] QString familyName(Family family) const;
    void colourLayers();

    LanePlot &m_plot;
    const RunRecord *m_run = nullptr;
    int m_inferences = -1, m_layers = -1;
    std::map<std::uint32_t, Series> m_series;
    std::vector<std::uint8_t> m_layerStep;
    std::size_t m_shownInferences = 0, m_shownSamples = 0;
    bool m_hasTracks = false;
};

} // namespace nordlys::studio
