// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/runner.h>

#include <QToolButton>

class QActionGroup;
namespace nordlys::studio {

/// The device that Run uses, with its hottest temperature while a run is live; opens a menu of the devices that are ready.
class DeviceButton : public QToolButton {
    Q_OBJECT

public:
    DeviceButton(Workspace &workspace, Runner &runner, QWidget *parent);
    /// On a narrow window the name takes less room.
    void setNarrow(bool narrow);

Q_SIGNALS:
    void devicesWanted(); ///< the view with all devices

private:
    void refresh();
    void fillMenu();

    Workspace &m_workspace;
    Runner &m_runner;
    QMenu *m_devices;
    QActionGroup *m_group = nullptr;
    bool m_narrow = false;
};

} // namespace nordlys::studio
