// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices_view.h"

#include "device_details.h"
#include "line_dialog.h"

#include <devicebridge/net/endpoint.h>
#include <studio/look/number_format.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QAction>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QItemSelectionModel>
#include <QMimeData>
#include <QPushButton>
#include <QUrl>

namespace nordlys::studio {
namespace {

QStringList recordingsIn(const QMimeData *data)
{
    QStringList files;
    for (const QUrl &url : data->urls()) {
        if (url.isLocalFile() && url.fileName().endsWith(QLatin1String(".nrs"), Qt::CaseInsensitive))
            files << url.toLocalFile();
    }
    return files;
}

} // namespace

// What is laid out stands in devices_view_layout.cpp; here is what happens.

const DeviceEntry *DevicesView::current() const
{
    const auto &entries = m_runner.devices().entries();
    const QModelIndexList rows = m_devices->selectionModel()->selectedRows();
    const int row = rows.isEmpty() ? 0 : rows.front().row();
    return row < static_cast<int>(entries.size()) ? &entries[static_cast<std::size_t>(row)] : nullptr;
}

void DevicesView::selectDevice(const QString &id)
{
    const auto &entries = m_runner.devices().entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].id == id) {
            const QModelIndex index = m_devicesModel->index(static_cast<int>(i), 0);
            m_devices->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
            m_devices->scrollTo(index);
        }
    }
}

void DevicesView::add(const QStringList &files)
{
    const QString id = m_runner.devices().addRecordings(files);
    if (!id.isEmpty())
        selectDevice(id);
}

void DevicesView::addDevice()
{
    const auto whyNot = [](const QString &text) {
        const auto endpoint = devicebridge::Endpoint::parse(text.toStdString(), 5555);
        return endpoint ? QString() : toQString(endpoint.error().why);
    };
    LineDialog dialog({tr("Add device"),
                       tr("A device whose adb listens on the network: after \"adb tcpip 5555\", or with wireless debugging. Devices of a running adb server are "
                          "listed by themselves."),
                       tr("Address, HOST or HOST:PORT"), tr("Add")},
                      {}, whyNot, this);
    if (dialog.exec() != QDialog::Accepted)
        return;
    if (const auto id = m_runner.devices().addAddress(dialog.value()))
        selectDevice(*id);
}

void DevicesView::addRecordings()
{
    add(QFileDialog::getOpenFileNames(this, tr("Add recordings"), {}, tr("Recordings (*.nrs)")));
}

void DevicesView::rename()
{
    const DeviceEntry *entry = current();
    if (!entry || !entry->isAdb())
        return;
    const QString id = entry->id;
    LineDialog dialog({tr("Rename device"), tr("Empty: the device's own name."), tr("Name in this list"), tr("Rename")}, entry->givenName,
                      [](const QString &) { return QString(); }, this);
    if (dialog.exec() == QDialog::Accepted)
        m_runner.devices().rename(id, dialog.value());
}

void DevicesView::dragEnterEvent(QDragEnterEvent *event)
{
    // Whatever else is dropped is the window's.
    if (recordingsIn(event->mimeData()).isEmpty())
        event->ignore();
    else
        event->acceptProposedAction();
}

void DevicesView::dropEvent(QDropEvent *event)
{
    const QStringList files = recordingsIn(event->mimeData());
    if (files.isEmpty()) {
        event->ignore();
        return;
    }
    event->acceptProposedAction();
    add(files);
}

void DevicesView::useForRun()
{
    const DeviceEntry *entry = current();
    if (!entry || !entry->canRun())
        return;
    RunSettings wanted = m_runner.settings;
    wanted.deviceId = entry->isRecording() && m_fast->isChecked() ? kFastRecordingDevice + entry->file : entry->id;
    m_runner.setSettings(wanted);
}

void DevicesView::replay()
{
    const DeviceEntry *entry = current();
    if (!entry || !entry->isRecording() || !entry->canRun())
        return;
    RunSettings wanted = m_runner.settings;
    wanted.deviceId = (m_fast->isChecked() ? kFastRecordingDevice : kRecordingDevice) + entry->file;
    wanted.recordTo.clear(); // it is one already
    m_runner.replay(wanted);
}

void DevicesView::showDevice()
{
    const DeviceEntry *entry = current();
    if (!entry)
        return;
    using State = DeviceEntry::State;
    const bool bad = entry->state == State::Missing || entry->state == State::Broken || entry->state == State::NotReady;
    if (bad) {
        m_error->setError(entry->isRecording() ? entry->file : entry->name, entry->why,
                          entry->isRecording() ? tr("Remove from the list") : tr("Look again"));
    } else {
        m_error->clear();
    }
    m_remove->setEnabled(entry->canRemove());
    m_rename->setEnabled(entry->isAdb());
    m_use->setEnabled(entry->canRun());
    m_use->setToolTip(entry->canRun() ? QString() : tr("Only a device that is ready can run."));
    m_replaySection->setVisible(entry->isRecording());
    m_replay->setEnabled(entry->canRun() && !m_runner.isRunning());

    const bool other = m_shown != entry->id;
    m_shown = entry->id;
    if (!entry->isRecording()) {
        if (other)
            m_countersModel->clear();
        m_shownRun.reset();
    } else if (other || m_shownRun != entry->profile) {
        m_shownRun = entry->profile;
        if (entry->profile && entry->summary)
            m_countersModel->setRun(*entry->profile, *entry->summary);
        else
            m_countersModel->clear();
    }
    m_countersTitle->setText(tr("Counters of %1").arg(entry->name));
    m_details->setRows(deviceDetails(*entry));
    updateMonitor();
    qint64 devices = 0, recordings = 0;
    for (const DeviceEntry &each : m_runner.devices().entries()) {
        devices += each.isAdb();
        recordings += each.isRecording();
    }
    QStringList parts{tr("this computer")};
    if (devices > 0)
        parts << Counted::devices(devices);
    if (recordings > 0)
        parts << Counted::recordings(recordings);
    m_state->setText(parts.size() == 1 ? tr("Drop a recording (.nrs) here to replay it as a device.") : parts.join(QStringLiteral(", ")));
}

void DevicesView::updateMonitor()
{
    const DeviceEntry *entry = current();
    const bool wanted = entry && !entry->isRecording() && entry->state == DeviceEntry::State::Ready && isVisible() &&
                        !(m_runner.isRunning() && !m_runner.settings.isRecordingDevice());
    if (wanted)
        m_monitor.start(entry->id);
    else
        m_monitor.stop();
    updateCounterNote();
}

void DevicesView::updateCounterNote()
{
    const DeviceEntry *entry = current();
    if (!entry)
        return;
    const int all = m_countersModel->rowCount(), available = m_countersModel->availableCount();
    QStringList parts;
    if (all > 0)
        parts << tr("%1 of %2 available").arg(formatCount(available), formatCount(all));
    QString empty = tr("This device has no counters.");
    if (entry->isRecording()) {
        empty = entry->state == DeviceEntry::State::Checking ? tr("Reading the recording.") : tr("The recording holds no counters.");
        parts << tr("recorded");
    } else if (m_monitor.isRunning()) {
        empty = tr("Reading the counters of %1.").arg(entry->name);
        parts << tr("%1 per second").arg(formatCount(static_cast<qint64>(DeviceMonitor::kRateHz)));
    } else if (m_runner.isRunning()) {
        empty = tr("Paused while a run measures: reading would disturb it. The timeline shows the run's own counters.");
        parts << tr("paused while a run measures");
    } else if (!entry->why.isEmpty()) {
        empty = entry->why;
    }
    m_counters->setEmptyText(empty);
    m_countersNote->setText(parts.join(QStringLiteral(", ")));
}

void DevicesView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_runner.devices().refresh();
    m_runner.devices().watch(true);
    updateMonitor();
}

void DevicesView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_runner.devices().watch(false);
    updateMonitor();
}

} // namespace nordlys::studio
