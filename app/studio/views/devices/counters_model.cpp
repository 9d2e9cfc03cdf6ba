// SPDX-License-Identifier: GPL-3.0-or-later
#include "counters_model.h"

#include "counter_text.h"

#include <studio/look/number_format.h>
#include <studio/workspace/text.h>

#include <algorithm>
#include <limits>

namespace nordlys::studio {
namespace {

// Recordings may hold any number; beyond the limits of float it is drawn at the edge.
float toFloat(double value)
{
    constexpr double kLimit = std::numeric_limits<float>::max();
    return static_cast<float>(std::clamp(value, -kLimit, kLimit));
}

} // namespace

CountersModel::CountersModel(QObject *parent) : QAbstractTableModel(parent) {}

void CountersModel::setCounters(const std::vector<core::CounterInfo> &counters)
{
    beginResetModel();
    m_live = true;
    m_rows.clear();
    m_rowOf.clear();
    for (const core::CounterInfo &info : counters) {
        m_rowOf[info.id] = m_rows.size();
        m_rows.push_back({.info = info, .values = {}});
    }
    endResetModel();
}

void CountersModel::addSamples(const core::CounterBatch &samples)
{
    for (const core::CounterSample &sample : samples) {
        const auto found = m_rowOf.find(sample.counterId);
        if (found == m_rowOf.end())
            continue;
        Row &row = m_rows[found->second];
        row.now = sample.value;
        row.min = row.samples == 0 ? sample.value : std::min(row.min, sample.value);
        row.max = row.samples == 0 ? sample.value : std::max(row.max, sample.value);
        ++row.samples;
        row.values.append(toFloat(sample.value));
        if (row.values.size() > kHistory)
            row.values.removeFirst();
    }
    if (!m_rows.empty() && !samples.empty())
        Q_EMIT dataChanged(index(0, Now), index(rowCount() - 1, Note));
}

void CountersModel::setRun(const core::RunProfile &run, const core::RunSummary &summary)
{
    beginResetModel();
    m_live = false;
    m_rows.clear();
    m_rowOf.clear();
    for (const core::CounterSummary &counter : summary.counters) {
        m_rowOf[counter.info.id] = m_rows.size();
        m_rows.push_back(
            {.info = counter.info, .values = {}, .now = counter.mean, .min = counter.min, .max = counter.max, .samples = counter.samples});
    }
    // One value for each part of a counter's samples: the part's mean.
    std::vector<std::pair<quint64, std::vector<std::pair<double, int>>>> parts(m_rows.size());
    for (std::size_t i = 0; i < parts.size(); ++i)
        parts[i].second.resize(std::min<quint64>(kHistory, m_rows[i].samples));
    for (const core::CounterSample &sample : run.counterSamples) {
        const auto found = m_rowOf.find(sample.counterId);
        if (found == m_rowOf.end())
            continue;
        auto &[seen, means] = parts[found->second];
        const quint64 total = m_rows[found->second].samples;
        if (means.empty() || seen >= total)
            continue;
        auto &[sum, count] = means[static_cast<std::size_t>(seen++ * means.size() / total)];
        sum += sample.value;
        ++count;
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        for (const auto &[sum, count] : parts[i].second) {
            if (count > 0)
                m_rows[i].values.append(toFloat(sum / count));
        }
    }
    endResetModel();
}

void CountersModel::clear() { setCounters({}); }

int CountersModel::availableCount() const
{
    return static_cast<int>(std::ranges::count_if(m_rows, [](const Row &row) { return row.info.available; }));
}

int CountersModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

int CountersModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant CountersModel::valueData(double value, const Row &row, int role) const
{
    if (role == CellKindRole)
        return static_cast<int>(CellKind::Number);
    if (role == Qt::DisplayRole)
        return row.samples > 0 ? counterText(value, row.info.unit) : QStringLiteral("–");
    if (role == NumberRole)
        return row.samples > 0 ? value : std::numeric_limits<double>::quiet_NaN();
    if (role == InkRole && row.samples == 0)
        return static_cast<int>(CellInk::Note);
    return {};
}

QVariant CountersModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    const bool missing = !row.info.available;
    switch (index.column()) {
    case Counter:
        if (role == Qt::DisplayRole)
            return toQString(row.info.name);
        if (role == Qt::ToolTipRole)
            return row.info.source.empty() ? toQString(row.info.name) : toQString(row.info.source);
        if (role == InkRole && missing)
            return static_cast<int>(CellInk::Label);
        return {};
    case Now: return valueData(row.now, row, role);
    case Min: return valueData(row.min, row, role);
    case Max: return valueData(row.max, row, role);
    case History:
        if (role == CellKindRole)
            return static_cast<int>(missing ? CellKind::Text : CellKind::Spark);
        if (role == SparkRole && !missing)
            return QVariant::fromValue(CellSpark{row.values});
        if (role == Qt::DisplayRole && missing)
            return tr("not available");
        if (role == InkRole && missing)
            return static_cast<int>(CellInk::Note);
        if (role == CopyRole)
            return missing ? tr("not available") : tr("%1 values").arg(row.values.size());
        return {};
    case Note:
        if (role == Qt::DisplayRole) {
            if (!missing && row.samples > 0)
                return {};
            return row.info.why.empty() ? (m_live ? tr("no sample yet") : tr("no samples")) : toQString(row.info.why);
        }
        if (role == Qt::ToolTipRole)
            return toQString(row.info.why.empty() ? row.info.source : row.info.why);
        if (role == InkRole)
            return static_cast<int>(CellInk::Note);
        return {};
    default: return {};
    }
}

QVariant CountersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole) {
        const QString titles[] = {tr("Counter"), m_live ? tr("Now") : tr("Mean"), tr("Over time"),
                                  tr("Min"),     tr("Max"),                       tr("Why not")};
        return titles[section];
    }
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {tr("What is counted; its source stands on hover"),
                                m_live ? tr("Newest value") : tr("Mean over the run"),
                                m_live ? tr("The last %1 values, scaled to their own range").arg(kHistory)
                                       : tr("The whole run, scaled to its own range"),
                                tr("Smallest value seen"),
                                tr("Largest value seen"),
                                tr("Why a counter has no values")};
        return tips[section];
    }
    return {};
}

} // namespace nordlys::studio
