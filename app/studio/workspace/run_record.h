// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/profile/run_profile.h>
#include <core/profile/run_statistics.h>
#include <core/project/change.h>

#include <QString>

#include <filesystem>
#include <unordered_map>
#include <vector>

namespace nordlys::studio {

/// A run that the window shows: complete, or growing while it runs. Owned and changed by the GUI thread.
struct RunRecord {
    QString name; ///< "r1", or what the user called it
    core::RunProfile profile;
    core::RunSummary summary;        ///< of what was received until the last refresh
    std::filesystem::path recording; ///< empty: not kept
    core::EditState edits;           ///< what was built
    int undoIndex = 0;
    bool live = false;
    bool fromFile = false; ///< opened as a recording: it knows nothing of our edits
    QString device;

    /// What the numbers were measured under, in one line: precision, threads, temperature at the start where it is known.
    [[nodiscard]] QString condition() const;
    /// Name of the recording without folder and ending; a project knows the run by it. Empty: not kept.
    [[nodiscard]] std::string key() const { return recording.stem().string(); }
    [[nodiscard]] const core::LayerSummary *summaryOf(std::size_t layer) const;
    /// Index of the layer that a source node became, or npos. The layer's first source node is its main operator.
    [[nodiscard]] std::size_t layerOfNode(std::string_view node) const;
    [[nodiscard]] bool isMainNode(std::string_view node) const;
    static constexpr std::size_t npos = static_cast<std::size_t>(-1);

    /// Rebuilds the look-up from layers to nodes; call after the run's start is known.
    void indexLayers();

private:
    std::unordered_map<std::string, std::size_t> m_layerOfNode;
};

} // namespace nordlys::studio
