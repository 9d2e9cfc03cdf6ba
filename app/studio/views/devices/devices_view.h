// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "counters_model.h"
#include "device_monitor.h"
#include "devices_model.h"

#include <studio/widgets/chip.h>
#include <studio/widgets/error_block.h>
#include <studio/widgets/ink_label.h>
#include <studio/widgets/key_value_grid.h>
#include <studio/widgets/section.h>
#include <studio/widgets/table_view.h>
#include <studio/workspace/action_registry.h>
#include <studio/workspace/runner.h>

#include <QWidget>

class QAction;
class QPushButton;

namespace nordlys::studio {

class RunSettingsForm;

/// Where models run: this computer and devices over adb with their counters, recordings that were dropped here, and how Run runs.
class DevicesView : public QWidget {
    Q_OBJECT

public:
    DevicesView(Workspace &workspace, ActionRegistry &actions, Runner &runner, QWidget *parent = nullptr);

    [[nodiscard]] TableView &deviceTable() { return *m_devices; }
    [[nodiscard]] TableView &counterTable() { return *m_counters; }
    [[nodiscard]] CountersModel &countersModel() { return *m_countersModel; }
    /// Whether the shown device's counters are being read.
    [[nodiscard]] bool isMonitoring() const { return m_monitor.isRunning(); }
    /// Shows a device; its counters and details follow.
    void selectDevice(const QString &id);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QWidget *makeBar();
    QWidget *makeCounters();
    QWidget *makeSide();
    [[nodiscard]] const DeviceEntry *current() const;
    void add(const QStringList &files);
    void addDevice();
    void addRecordings();
    void rename();
    void useForRun();
    void replay();
    void showDevice();
    void showDetails();
    void updateMonitor();
    void updateCounterNote();

    Workspace &m_workspace;
    ActionRegistry &m_actions;
    Runner &m_runner;
    DevicesModel *m_devicesModel;
    CountersModel *m_countersModel;
    SortModel *m_countersSorted;
    DeviceMonitor m_monitor;
    TableView *m_devices, *m_counters;
    ErrorBlock *m_error;
    InkLabel *m_state, *m_countersTitle, *m_countersNote;
    KeyValueGrid *m_details;
    Section *m_detailsSection, *m_replaySection;
    RunSettingsForm *m_form = nullptr;
    QAction *m_rename;
    QPushButton *m_remove, *m_use, *m_original, *m_fast, *m_replay;
    QString m_shown; ///< id whose counters are shown
    std::shared_ptr<const core::RunProfile> m_shownRun;
};

} // namespace nordlys::studio
