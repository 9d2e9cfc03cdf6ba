// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/cell_roles.h>

#include <core/profile/run_statistics.h>
#include <core/profile/stream.h>

#include <QAbstractTableModel>

#include <unordered_map>
#include <vector>

namespace nordlys::studio {

/// The counters of a device: live with a short history, or those of a recording.
class CountersModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Counter, Now, History, Min, Max, Note, ColumnCount };
    explicit CountersModel(QObject *parent = nullptr);

    /// Starts anew with these counters, live.
    void setCounters(const std::vector<core::CounterInfo> &counters);
    void addSamples(const core::CounterBatch &samples);
    /// A whole recording: history over the run, mean in the place of the newest value.
    void setRun(const core::RunProfile &run, const core::RunSummary &summary);
    void clear();
    [[nodiscard]] bool isLive() const { return m_live; }
    [[nodiscard]] int availableCount() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    static constexpr int kHistory = 120; ///< values kept of each counter

private:
    struct Row {
        core::CounterInfo info;
        QList<float> values;
        double now = 0, min = 0, max = 0;
        quint64 samples = 0;
    };
    [[nodiscard]] QVariant valueData(double value, const Row &row, int role) const;

    std::vector<Row> m_rows;
    std::unordered_map<std::uint32_t, std::size_t> m_rowOf;
    bool m_live = true;
};

} // namespace nordlys::studio
