// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/jobs/job.h>

#include <core/profile/device_identity.h>
#include <core/profile/run_statistics.h>
#include <devicebridge/device.h>

#include <QObject>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace nordlys::studio {

/// A place to run on, as far as it was looked at.
struct DeviceEntry {
    enum class State { Checking, Ready, Incomplete, Missing, Broken };
    QString id;   ///< "local", "recording:FILE"
    QString name; ///< "This computer", the file's name
    QString file; ///< of a recording
    State state = State::Checking;
    QString why; ///< reason when the state is not Ready
    devicebridge::DeviceInfo info;
    std::uint32_t cpuCount = 0;
    QString os, runner; ///< runner: path (local) or version (recording)
    std::shared_ptr<const core::RunProfile> profile; ///< of a recording that could be read
    std::shared_ptr<const core::RunSummary> summary;

    [[nodiscard]] bool isRecording() const { return !file.isEmpty(); }
    [[nodiscard]] bool canRun() const { return state == State::Ready || state == State::Incomplete; }
};

/// The devices that the window offers: this computer, and recordings that were added. Looking at them happens in jobs. GUI thread
/// only.
class DeviceList : public QObject {
    Q_OBJECT

public:
    explicit DeviceList(QObject *parent);
    ~DeviceList() override;

    [[nodiscard]] const std::vector<DeviceEntry> &entries() const { return m_entries; }
    [[nodiscard]] const DeviceEntry *find(const QString &id) const;
    /// Adds recordings, or looks again at those that are there. Returns the id of the last one.
    QString addRecordings(const QStringList &files);
    void remove(const QString &id);
    /// Looks at everything again.
    void refresh();
    /// From here on recordings are remembered in the settings; those of before are added.
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
    void check(int row);
    void store() const;
    [[nodiscard]] int rowOf(const QString &id) const;
    static Found look(const QString &id, const QString &file, const core::JobContext &job);

    std::vector<DeviceEntry> m_entries;
    std::vector<std::unique_ptr<JobBase>> m_jobs;
    bool m_remembers = false;
};

} // namespace nordlys::studio
