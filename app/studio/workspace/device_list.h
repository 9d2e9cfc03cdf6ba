// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "known_devices.h"

#include <studio/jobs/job.h>

#include <core/profile/device_identity.h>
#include <core/profile/run_statistics.h>
#include <devicebridge/device.h>

#include <QDateTime>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace nordlys::studio {

/// Whether an id means a device that is reached over adb: "adb:SERIAL", "tcp:HOST:PORT", "usb:SERIAL".
bool isAdbDevice(const QString &id);

/// A place to run on, as far as it was looked at.
struct DeviceEntry {
    enum class State { Checking, Ready, NotReady, Incomplete, Missing, Broken };
    QString id;        ///< "local", "adb:SERIAL", "tcp:HOST:PORT", "usb:SERIAL", "recording:FILE"
    QString name;      ///< "This computer", the file's name, the user's name for it, its model
    QString file;      ///< of a recording
    QString givenName; ///< the user's name for it; empty: none
    State state = State::Checking;
    QString stateWord; ///< adb's own word where the state is NotReady: "unauthorized"
    QString why;       ///< reason when the state is not Ready
    QDateTime lastSeen;
    bool added = false; ///< its address was typed by the user
    devicebridge::DeviceInfo info;
    std::uint32_t cpuCount = 0;
    QString os, runner; ///< runner: path (local) or version (recording)
    std::shared_ptr<const core::RunProfile> profile; ///< of a recording that could be read
    std::shared_ptr<const core::RunSummary> summary;

    [[nodiscard]] bool isRecording() const { return !file.isEmpty(); }
    [[nodiscard]] bool isAdb() const { return isAdbDevice(id); }
    [[nodiscard]] bool canRun() const { return state == State::Ready || state == State::Incomplete; }
    [[nodiscard]] bool canRemove() const { return isRecording() || (isAdb() && (added || state == State::Missing)); }
};

/// The devices that the window offers: this computer, those of a running adb server, those whose address was added, and recordings.
/// Looking at them happens in jobs. GUI thread only.
class DeviceList : public QObject {
    Q_OBJECT

public:
    explicit DeviceList(QObject *parent);
    ~DeviceList() override;

    [[nodiscard]] const std::vector<DeviceEntry> &entries() const { return m_entries; }
    [[nodiscard]] const DeviceEntry *find(const QString &id) const;
    /// Adds recordings, or looks again at those that are there. Returns the id of the last one.
    QString addRecordings(const QStringList &files);
    /// Adds a device by the address at which its adb listens, "HOST" or "HOST:PORT". Returns its id, or why this is no address.
    core::Expected<QString> addAddress(const QString &address);
    /// The user's name for a device; empty takes it back.
    void rename(const QString &id, const QString &name);
    void remove(const QString &id);
    /// Looks at everything again.
    void refresh();
    /// While on, devices that come and go are noticed within seconds.
    void watch(bool on);
    /// This device measures: it is not looked at until another or none does.
    void setMeasuring(const QString &id) { m_measuring = id; }
    /// From here on devices and recordings are remembered in the settings; those of before are added.
    void remember();
    [[nodiscard]] bool isChecking() const;

Q_SIGNALS:
    void aboutToInsert(int row);
    void inserted();
    void aboutToRemove(int row);
    void removed();
    void changed(int row);

private:
    struct Found;
    using Scan = std::vector<devicebridge::DeviceInfo>;
    void check(int row);
    void take(int row, Found found);
    void scan();
    void takeScan(const Scan &scan);
    int insertDevice(DeviceEntry entry);
    void insertAt(int row, DeviceEntry entry);
    void applyName(DeviceEntry &entry) const;
    void store() const;
    [[nodiscard]] int rowOf(const QString &id) const;
    static Found look(const QString &id, const QString &file, const core::JobContext &job);

    std::vector<DeviceEntry> m_entries;
    std::vector<std::unique_ptr<JobBase>> m_jobs;
    Job<Scan> m_scan;
    QTimer m_scanTimer;
    QString m_measuring;
    std::map<QString, std::string> m_listed; ///< adb's word for each device of the last scan
    bool m_remembers = false;
};

} // namespace nordlys::studio
