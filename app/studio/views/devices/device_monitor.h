// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/jobs/feed.h>
#include <studio/jobs/job.h>

#include <core/profile/stream.h>

#include <memory>

namespace nordlys::studio {

/// Reads the counters of a device a few times a second, on a thread of its own, until it is stopped.
class DeviceMonitor : public QObject {
    Q_OBJECT

public:
    explicit DeviceMonitor(QObject *parent);
    ~DeviceMonitor() override;

    /// Of this device; another one that was being read is let go.
    void start(const QString &deviceId);
    void stop();
    [[nodiscard]] bool isRunning() const { return m_feed != nullptr; }

    static constexpr double kRateHz = 4;

Q_SIGNALS:
    void countersFound(const std::vector<nordlys::core::CounterInfo> &counters);
    void sampled(const nordlys::core::CounterBatch &samples);
    void failed(const nordlys::core::Error &error);

private:
    void deliver(std::vector<core::StreamItem> items);

    Job<core::Expected<core::RunProfile>> m_job;
    QString m_deviceId;
    std::shared_ptr<Feed<core::StreamItem>> m_feed;
};

} // namespace nordlys::studio
