// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_details.h"

#include "devices_model.h"

#include <studio/look/number_format.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace nordlys::studio {
namespace {

struct DeviceDetails {
    Q_DECLARE_TR_FUNCTIONS(DeviceDetails)

public:
    static QList<KeyValue> of(const DeviceEntry &entry);
};

KeyValue row(const QString &label, const QString &value, bool mono = false)
{
    KeyValue made;
    made.label = label;
    made.value = value.isEmpty() ? QStringLiteral("–") : value;
    made.toolTip = value;
    made.mono = mono;
    return made;
}

// Empty for a clock that was not set, or makes no sense.
QString dateText(std::int64_t wallClockNs)
{
    const QDateTime date = QDateTime::fromMSecsSinceEpoch(wallClockNs / 1'000'000);
    return date.isValid() && date.date().year() >= 2000 && date.date().year() < 2200
               ? QLocale().toString(date, QLocale::ShortFormat)
               : QString();
}

std::int64_t nsOf(double ns) { return static_cast<std::int64_t>(std::clamp(ns, 0.0, 9e18)); }

QList<KeyValue> DeviceDetails::of(const DeviceEntry &entry)
{
    QList<KeyValue> rows;
    KeyValue state;
    state.label = tr("State");
    state.chip = DevicesModel::stateText(entry);
    state.chipKind = DevicesModel::stateChip(entry.state);
    rows << state;
    if (!entry.why.isEmpty())
        rows << row(tr("Reason"), entry.why);
    if (entry.isAdb()) {
        rows << row(tr("Reached by"), entry.id, true);
        rows << row(tr("Last seen"), entry.lastSeen.isValid() ? QLocale().toString(entry.lastSeen, QLocale::ShortFormat) : QString());
    }
    rows << row(tr("Model"), toQString(entry.info.model)) << row(tr("Processor"), toQString(entry.info.soc))
         << row(tr("System"), entry.os, true)
         << row(tr("CPUs"), entry.cpuCount > 0 ? formatCount(entry.cpuCount) : QString(), true) << row(tr("Runner"), entry.runner, true);
    if (!entry.isRecording())
        return rows;
    rows << row(tr("File"), entry.file, true);
    if (!entry.profile || !entry.summary)
        return rows;
    const core::RunProfile &run = *entry.profile;
    const core::DurationSummary &latency = entry.summary->latency;
    rows << row(tr("Recorded"), dateText(run.hello.wallClockNs)) << row(tr("Artifact of"), toQString(run.start.modelName))
         << row(tr("Precision"), toQString(run.start.precision), true) << row(tr("Length"), formatDuration(run.endNs), true)
         << row(tr("Inferences"), formatCount(static_cast<qint64>(run.inferenceCount())), true);
    if (latency.count > 0) {
        KeyValue p50 = row(QStringLiteral("p50"), formatDurationInterval(nsOf(latency.p50Ns), nsOf(latency.p50HalfIntervalNs)), true);
        p50.note = QStringLiteral("n=%1").arg(formatCount(static_cast<qint64>(latency.count)));
        rows << p50;
    }
    rows << row(tr("Layers"), formatCount(static_cast<qint64>(run.layerCount())), true)
         << row(tr("Dropped"), formatCount(static_cast<qint64>(std::min<std::uint64_t>(run.dropped, 1ULL << 62))), true);
    return rows;
}

} // namespace

QList<KeyValue> deviceDetails(const DeviceEntry &entry) { return DeviceDetails::of(entry); }

} // namespace nordlys::studio
