// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_list.h"

#include "run_settings.h"
#include "text.h"

#include <core/profile/stream.h>
#include <devicebridge/net/endpoint.h>

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
constexpr int kScanMs = 3000;
constexpr std::uint16_t kAdbPort = 5555;

QString whyAndFix(const core::Error &error)
{
    QString text = toQString(error.why);
    if (!error.fix.empty())
        text += (text.endsWith(QLatin1Char('.')) ? QStringLiteral(" ") : QStringLiteral(". ")) + toQString(error.fix);
    return text;
}

} // namespace

bool isAdbDevice(const QString &id)
{
    return id.startsWith(QLatin1String("adb:")) || id.startsWith(QLatin1String("tcp:")) || id.startsWith(QLatin1String("usb:"));
}

DeviceList::DeviceList(QObject *parent) : QObject(parent), m_scan(tr("Looking for devices"), nullptr)
{
    m_scanTimer.setInterval(kScanMs);
    connect(&m_scanTimer, &QTimer::timeout, this, &DeviceList::scan);
    DeviceEntry local;
    local.id = QStringLiteral("local");
    local.name = tr("This computer");
    insertAt(0, std::move(local));
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

void DeviceList::insertAt(int row, DeviceEntry entry)
{
    Q_EMIT aboutToInsert(row);
    const QString title = entry.isRecording() ? tr("Reading %1").arg(entry.name) : tr("Looking at %1").arg(entry.name);
    m_entries.insert(m_entries.begin() + row, std::move(entry));
    m_jobs.insert(m_jobs.begin() + row, std::make_unique<Job<Found>>(title, nullptr));
    Q_EMIT inserted();
}

// Devices stand before recordings.
int DeviceList::insertDevice(DeviceEntry entry)
{
    const auto at = std::ranges::find_if(m_entries, &DeviceEntry::isRecording);
    const int row = static_cast<int>(at - m_entries.begin());
    insertAt(row, std::move(entry));
    return row;
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
            insertAt(row, std::move(entry));
        }
        check(row);
    }
    store();
    return last;
}

core::Expected<QString> DeviceList::addAddress(const QString &address)
{
    const auto endpoint = devicebridge::Endpoint::parse(address.trimmed().toStdString(), kAdbPort);
    if (!endpoint)
        return endpoint.error();
    const QString id = QStringLiteral("tcp:") + toQString(endpoint->text());
    int row = rowOf(id);
    if (row < 0) {
        DeviceEntry entry;
        entry.id = id;
        applyName(entry);
        row = insertDevice(std::move(entry));
    }
    m_entries[static_cast<std::size_t>(row)].added = true;
    store();
    check(row);
    return id;
}

void DeviceList::rename(const QString &id, const QString &name)
{
    const int row = rowOf(id);
    if (row < 0 || !m_entries[static_cast<std::size_t>(row)].isAdb())
        return;
    DeviceEntry &entry = m_entries[static_cast<std::size_t>(row)];
    entry.givenName = name.simplified().left(80);
    applyName(entry);
    store();
    Q_EMIT changed(row);
}

void DeviceList::applyName(DeviceEntry &entry) const
{
    if (!entry.isAdb())
        return;
    const QString address = entry.id.mid(4);
    entry.name = !entry.givenName.isEmpty()      ? entry.givenName
                 : !entry.info.model.empty() ? toQString(entry.info.model)
                                             : address;
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
    m_listed.erase(id);
    store();
}

void DeviceList::refresh()
{
    for (int row = 0; row < static_cast<int>(m_entries.size()); ++row) {
        const DeviceEntry &entry = m_entries[static_cast<std::size_t>(row)];
        // What a server lists, the scan looks at.
        if (!entry.isAdb() || entry.added)
            check(row);
    }
    m_listed.clear();
    scan();
}

void DeviceList::watch(bool on)
{
    if (on)
        m_scanTimer.start();
    else
        m_scanTimer.stop();
}

void DeviceList::scan()
{
    if (m_scan.isRunning())
        return; // a server that does not answer is not asked twice at once
    m_scan.start([](const core::JobContext &) { return devicebridge::listDevices(); }, [this](const Scan &scan) { takeScan(scan); });
}

void DeviceList::takeScan(const Scan &scan)
{
    std::map<QString, std::string> listed;
    for (const devicebridge::DeviceInfo &info : scan) {
        const QString id = toQString(info.id);
        if (!isAdbDevice(id))
            continue;
        listed[id] = info.state;
        const auto before = m_listed.find(id);
        if (before != m_listed.end() && before->second == info.state)
            continue;
        int row = rowOf(id);
        if (row < 0) {
            DeviceEntry entry;
            entry.id = id;
            entry.info = info;
            applyName(entry);
            row = insertDevice(std::move(entry));
        }
        if (info.state == "ready") {
            check(row);
            continue;
        }
        DeviceEntry &entry = m_entries[static_cast<std::size_t>(row)];
        entry.state = DeviceEntry::State::NotReady;
        entry.stateWord = toQString(info.state);
        entry.why = toQString(info.why);
        if (!info.model.empty())
            entry.info = info;
        applyName(entry);
        Q_EMIT changed(row);
    }
    for (int row = 0; row < static_cast<int>(m_entries.size()); ++row) {
        DeviceEntry &entry = m_entries[static_cast<std::size_t>(row)];
        if (!entry.isAdb() || entry.added || listed.contains(entry.id) || entry.state == DeviceEntry::State::Missing)
            continue;
        m_jobs[static_cast<std::size_t>(row)]->drop();
        entry.state = DeviceEntry::State::Missing;
        entry.why = tr("It is not connected any more.");
        Q_EMIT changed(row);
    }
    m_listed = std::move(listed);
}

void DeviceList::remember()
{
    for (const auto &[id, known] : KnownDevices::load()) {
        if (rowOf(id) >= 0)
            continue;
        DeviceEntry entry;
        entry.id = id;
        entry.givenName = known.name;
        entry.added = known.added;
        entry.lastSeen = known.lastSeen;
        entry.info.id = id.toStdString();
        entry.info.model = known.model.toStdString();
        entry.info.soc = known.processor.toStdString();
        entry.state = DeviceEntry::State::Missing;
        entry.why = tr("It was not looked for yet.");
        applyName(entry);
        insertDevice(std::move(entry));
    }
    addRecordings(QSettings().value(kSettingsKey).toStringList().mid(0, kMaxRemembered));
    m_remembers = true;
}

void DeviceList::store() const
{
    if (!m_remembers)
        return;
    QStringList files;
    std::map<QString, KnownDevice> known;
    for (const DeviceEntry &entry : m_entries) {
        if (entry.isRecording())
            files << entry.file;
        else if (entry.isAdb() && (entry.added || entry.lastSeen.isValid() || !entry.givenName.isEmpty()))
            known[entry.id] = {entry.givenName, entry.added, entry.lastSeen, toQString(entry.info.model), toQString(entry.info.soc)};
    }
    QSettings().setValue(kSettingsKey, files);
    KnownDevices::store(std::move(known));
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
    if (isAdbDevice(id)) {
        if (found.info.state != "ready") {
            found.state = found.info.state == "missing" ? DeviceEntry::State::Missing : DeviceEntry::State::NotReady;
            found.why = toQString(found.info.why);
        }
        return found;
    }
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
    if (entry.isAdb() && entry.id == m_measuring)
        return; // looking would disturb what it measures
    entry.state = DeviceEntry::State::Checking;
    Q_EMIT changed(row);
    auto &job = static_cast<Job<Found> &>(*m_jobs[static_cast<std::size_t>(row)]);
    job.start([id = entry.id, file = entry.file](const core::JobContext &context) { return look(id, file, context); },
              [this, id = entry.id](Found found) {
                  if (const int at = rowOf(id); at >= 0)
                      take(at, std::move(found));
              });
}

void DeviceList::take(int row, Found found)
{
    DeviceEntry &seen = m_entries[static_cast<std::size_t>(row)];
    seen.state = found.state;
    seen.stateWord = toQString(found.info.state);
    seen.why = found.why;
    // What a device said before it went away stays known.
    if (!seen.isAdb() || !found.info.model.empty())
        seen.info = std::move(found.info);
    seen.os = found.os;
    seen.runner = found.runner;
    seen.cpuCount = found.cpuCount;
    seen.profile = std::move(found.profile);
    seen.summary = std::move(found.summary);
    applyName(seen);
    if (seen.isAdb() && seen.state == DeviceEntry::State::Ready) {
        seen.lastSeen = QDateTime::currentDateTime();
        store();
    }
    Q_EMIT changed(row);
}

} // namespace nordlys::studio
