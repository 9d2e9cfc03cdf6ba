// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_list.h"

#include "run_settings.h"
#include "text.h"

#include <core/profile/stream.h>

#include <QFileInfo>
#include <QSettings>

#include <algorithm>

namespace nordlys::studio {

/// What a look at a device brings back.
struct DeviceList::Found {
    DeviceEntry::State state = DeviceEntry::State::Ready;
    QString why, os, runner;
    devicebridge::DeviceInfo info;
    std::uint32_t cpuCount = 0;
    std::shared_ptr<const core::RunProfile> profile;
    std::shared_ptr<const core::RunSummary> summary;
};

namespace {

const QString kSettingsKey = QStringLiteral("devices/recordings");
constexpr int kMaxRemembered = 100;

QString whyAndFix(const core::Error &error)
{
    QString text = toQString(error.why);
    if (!error.fix.empty())
        text += (text.endsWith(QLatin1Char('.')) ? QStringLiteral(" ") : QStringLiteral(". ")) + toQString(error.fix);
    return text;
}

} // namespace

DeviceList::DeviceList(QObject *parent) : QObject(parent)
{
    DeviceEntry local;
    local.id = QStringLiteral("local");
    local.name = tr("This computer");
    m_entries.push_back(std::move(local));
    m_jobs.push_back(std::make_unique<Job<Found>>(tr("Looking at devices"), nullptr));
    check(0);
}

DeviceList::~DeviceList() = default;

const DeviceEntry *DeviceList::find(const QString &id) const
{
    const int row = rowOf(id);
    return row < 0 ? nullptr : &m_entries[static_cast<std::size_t>(row)];
}

int DeviceList::rowOf(const QString &id) const
{
    QString wanted = id;
    if (wanted.startsWith(kFastRecordingDevice))
        wanted = kRecordingDevice + wanted.mid(kFastRecordingDevice.size());
    const auto found = std::ranges::find_if(m_entries, [&wanted](const DeviceEntry &entry) { return entry.id == wanted; });
    return found == m_entries.end() ? -1 : static_cast<int>(found - m_entries.begin());
}

QString DeviceList::addRecordings(const QStringList &files)
{
    QString last;
    for (const QString &file : files) {
        const QFileInfo info(file);
        last = kRecordingDevice + info.absoluteFilePath();
        int row = rowOf(last);
        if (row < 0) {
            DeviceEntry entry;
            entry.id = last;
            entry.file = info.absoluteFilePath();
            entry.name = info.fileName();
            row = static_cast<int>(m_entries.size());
            Q_EMIT aboutToInsert(row);
            m_entries.push_back(std::move(entry));
            m_jobs.push_back(std::make_unique<Job<Found>>(tr("Reading %1").arg(info.fileName()), nullptr));
            Q_EMIT inserted();
        }
        check(row);
    }
    store();
    return last;
}

void DeviceList::remove(const QString &id)
{
    const int row = rowOf(id);
    if (row <= 0)
        return;
    Q_EMIT aboutToRemove(row);
    m_entries.erase(m_entries.begin() + row);
    m_jobs.erase(m_jobs.begin() + row);
    Q_EMIT removed();
    store();
}

void DeviceList::refresh()
{
    for (int row = 0; row < static_cast<int>(m_entries.size()); ++row)
        check(row);
}

void DeviceList::remember()
{
    const QStringList before = QSettings().value(kSettingsKey).toStringList().mid(0, kMaxRemembered);
    addRecordings(before);
    m_remembers = true;
}

void DeviceList::store() const
{
    if (!m_remembers)
        return;
    QStringList files;
    for (const DeviceEntry &entry : m_entries) {
        if (entry.isRecording())
            files << entry.file;
    }
    QSettings().setValue(kSettingsKey, files);
}

bool DeviceList::isChecking() const
{
    return std::ranges::any_of(m_jobs, [](const auto &job) { return job->isRunning(); });
}

DeviceList::Found DeviceList::look(const QString &id, const QString &file, const core::JobContext &)
{
    Found found;
    auto device = devicebridge::openDevice(id.toStdString());
    if (!device) {
        found.state = DeviceEntry::State::Broken;
        found.why = whyAndFix(device.error());
        return found;
    }
    found.info = (*device)->info();
    if (file.isEmpty()) {
        const core::DeviceIdentity identity = core::readDeviceIdentity();
        found.os = toQString(identity.os);
        found.cpuCount = identity.cpuCount;
        const auto runner = devicebridge::findRunner();
        if (runner) {
            found.runner = toQString(*runner);
        } else {
            found.state = DeviceEntry::State::Missing;
            found.why = whyAndFix(runner.error());
        }
        return found;
    }
    if (!QFileInfo::exists(file)) {
        found.state = DeviceEntry::State::Missing;
        found.why = tr("The file is not there. Put it back, or remove the recording from the list.");
        return found;
    }
    // All of it: damage may lie behind a sound beginning.
    auto profile = core::readRecording(toPath(file));
    if (!profile) {
        found.state = DeviceEntry::State::Broken;
        found.why = whyAndFix(profile.error());
        return found;
    }
    if (profile->status == core::RunStatus::Interrupted || profile->status == core::RunStatus::Running) {
        found.state = DeviceEntry::State::Incomplete;
        found.why = profile->reason.empty() ? tr("The run was interrupted.") : toQString(profile->reason);
    }
    found.os = toQString(profile->hello.os);
    found.runner = toQString(profile->hello.runnerVersion);
    found.cpuCount = profile->hello.cpuCount;
    found.summary = std::make_shared<core::RunSummary>(core::summarize(*profile));
    found.profile = std::make_shared<core::RunProfile>(std::move(*profile));
    return found;
}

void DeviceList::check(int row)
{
    DeviceEntry &entry = m_entries[static_cast<std::size_t>(row)];
    entry.state = DeviceEntry::State::Checking;
    Q_EMIT changed(row);
    auto &job = static_cast<Job<Found> &>(*m_jobs[static_cast<std::size_t>(row)]);
    job.start([id = entry.id, file = entry.file](const core::JobContext &context) { return look(id, file, context); },
              [this, id = entry.id](Found found) {
                  const int at = rowOf(id);
                  if (at < 0)
                      return;
                  DeviceEntry &seen = m_entries[static_cast<std::size_t>(at)];
                  seen.state = found.state;
                  seen.why = found.why;
                  seen.info = std::move(found.info);
                  seen.os = found.os;
                  seen.runner = found.runner;
                  seen.cpuCount = found.cpuCount;
                  seen.profile = std::move(found.profile);
                  seen.summary = std::move(found.summary);
                  Q_EMIT changed(at);
              });
}

} // namespace nordlys::studio
