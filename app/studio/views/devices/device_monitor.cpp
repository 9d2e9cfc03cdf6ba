// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_monitor.h"

#include <devicebridge/device.h>

namespace nordlys::studio {
namespace {

constexpr int kFeedMs = 200;
// Begun anew now and then, because the bridge keeps what it received.
constexpr double kStretchSeconds = 600;

} // namespace

DeviceMonitor::DeviceMonitor(QObject *parent) : QObject(parent), m_job(tr("Counters"), nullptr) {}

DeviceMonitor::~DeviceMonitor() { stop(); }

void DeviceMonitor::start(const QString &deviceId)
{
    if (m_feed && m_deviceId == deviceId)
        return;
    stop();
    m_deviceId = deviceId;
    m_feed = Feed<core::StreamItem>::create(kFeedMs, [this](std::vector<core::StreamItem> items) { deliver(std::move(items)); });
    m_job.start(
        [feed = m_feed, id = deviceId.toStdString()](const core::JobContext &job) -> core::Expected<core::RunProfile> {
            auto device = devicebridge::openDevice(id);
            if (!device)
                return std::move(device.error());
            devicebridge::RunRequest request;
            request.sampleRateHz = kRateHz;
            request.durationSeconds = kStretchSeconds;
            return (*device)->monitor(
                request, [&feed](const core::StreamItem &item) { feed->add(item); }, job);
        },
        [this, feed = m_feed](core::Expected<core::RunProfile> result) {
            if (feed != m_feed)
                return;
            m_feed->flush();
            stop();
            if (result && result->status == core::RunStatus::Finished) {
                start(m_deviceId);
            } else if (result) {
                Q_EMIT failed(core::deviceError(tr("Counters").toStdString(), result->reason));
            } else if (result.error().code != core::ErrorCode::Interrupted) {
                Q_EMIT failed(result.error());
            }
        });
}

void DeviceMonitor::stop()
{
    if (!m_feed)
        return;
    m_feed->close();
    m_feed.reset();
    m_job.cancel();
}

void DeviceMonitor::deliver(std::vector<core::StreamItem> items)
{
    for (const core::StreamItem &item : items) {
        if (const auto *hello = std::get_if<core::DeviceHello>(&item))
            Q_EMIT countersFound(hello->counters);
        else if (const auto *samples = std::get_if<core::CounterBatch>(&item))
            Q_EMIT sampled(*samples);
    }
}

} // namespace nordlys::studio
