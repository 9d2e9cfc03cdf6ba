// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_button.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>

#include <QActionGroup>
#include <QMenu>

#include <algorithm>
#include <optional>
#include <set>

namespace nordlys::studio {
namespace {

Icon iconOf(const DeviceEntry *entry, const QString &id)
{
    if (entry ? entry->isRecording() : id != QLatin1String("local") && !isAdbDevice(id))
        return Icon::Record;
    return isAdbDevice(id) ? Icon::Device : Icon::Computer;
}

// A name has no mnemonic.
QString shown(QString text) { return text.replace(QLatin1Char('&'), QLatin1String("&&")); }

// The hottest of the newest temperatures that a live run has sent.
std::optional<double> hottestNow(const RunRecord *run)
{
    if (!run || !run->live)
        return std::nullopt;
    std::set<std::uint32_t> wanted;
    for (const core::CounterInfo &counter : run->profile.hello.counters) {
        if (counter.available && counter.unit == "degC")
            wanted.insert(counter.id);
    }
    std::optional<double> hottest;
    const auto &samples = run->profile.counterSamples;
    // Every counter comes in every sample; one that stopped coming is not searched for in the whole run.
    std::size_t looked = 0;
    for (auto sample = samples.rbegin(); sample != samples.rend() && !wanted.empty() && looked < 2000; ++sample, ++looked) {
        if (wanted.erase(sample->counterId) > 0)
            hottest = std::max(hottest.value_or(sample->value), sample->value);
    }
    return hottest;
}

} // namespace

DeviceButton::DeviceButton(Workspace &workspace, Runner &runner, QWidget *parent)
    : QToolButton(parent), m_workspace(workspace), m_runner(runner), m_devices(new QMenu(this))
{
    setObjectName(QStringLiteral("topDevice"));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setFocusPolicy(Qt::TabFocus);
    setPopupMode(QToolButton::InstantPopup);
    m_devices->setObjectName(QStringLiteral("deviceMenu"));
    setMenu(m_devices);
    connect(m_devices, &QMenu::aboutToShow, this, &DeviceButton::fillMenu);
    connect(&m_runner, &Runner::settingsChanged, this, &DeviceButton::refresh);
    for (const auto signal : {&DeviceList::inserted, &DeviceList::removed})
        connect(&m_runner.devices(), signal, this, &DeviceButton::refresh);
    connect(&m_runner.devices(), &DeviceList::changed, this, &DeviceButton::refresh);
    for (const auto signal : {&Workspace::runExtended, &Workspace::runsChanged})
        connect(&m_workspace, signal, this, &DeviceButton::refresh);
    refresh();
}

void DeviceButton::setNarrow(bool narrow)
{
    if (m_narrow != narrow) {
        m_narrow = narrow;
        refresh();
    }
}

void DeviceButton::refresh()
{
    const QString id = m_runner.settings.deviceId;
    const DeviceEntry *entry = m_runner.devices().find(id);
    const QString name = entry ? entry->name : id;
    const QString elided = fontMetrics().elidedText(name, Qt::ElideMiddle, scaled(m_narrow ? 110 : 170));
    const auto hottest = hottestNow(m_workspace.run());
    setIcon(studio::icon(iconOf(entry, id)));
    setText(hottest ? shown(elided) + QStringLiteral("  ") + formatTemperature(*hottest) : shown(elided));
    QString tip = tr("Run uses %1 (%2).").arg(name, id);
    if (entry && !entry->why.isEmpty())
        tip += QLatin1Char(' ') + entry->why;
    setToolTip(tip);
    setAccessibleName(tr("Device: %1").arg(name));
}

void DeviceButton::fillMenu()
{
    m_devices->clear();
    delete m_group;
    m_group = new QActionGroup(m_devices);
    const QString used = m_runner.settings.deviceId;
    const QString usedFile = m_runner.settings.recordingFile();
    for (const DeviceEntry &entry : m_runner.devices().entries()) {
        QAction *choice = m_devices->addAction(studio::icon(iconOf(&entry, entry.id)), shown(entry.name));
        choice->setCheckable(true);
        choice->setChecked(entry.isRecording() ? entry.file == usedFile : entry.id == used);
        choice->setEnabled(entry.canRun());
        choice->setToolTip(entry.why.isEmpty() ? entry.id : entry.why);
        m_group->addAction(choice);
        connect(choice, &QAction::triggered, this, [this, id = entry.id] {
            RunSettings wanted = m_runner.settings;
            wanted.deviceId = id;
            m_runner.setSettings(wanted);
        });
    }
    m_devices->setToolTipsVisible(true);
    m_devices->addSeparator();
    m_devices->addAction(tr("Devices…"), this, &DeviceButton::devicesWanted);
}

} // namespace nordlys::studio
