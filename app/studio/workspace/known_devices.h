// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

#include <map>

namespace nordlys::studio {

/// What is remembered of a device that is reached over adb.
struct KnownDevice {
    QString name;       ///< given by the user; empty: none
    bool added = false; ///< its address was typed by the user
    QDateTime lastSeen; ///< when it last answered; not valid: never
    QString model, processor;
};

/// Devices of earlier sessions, by id, in the user's settings. At most 100: those seen longest ago go first. GUI thread only.
class KnownDevices {
public:
    /// What was stored; entries that make no sense are left out. Ids other than "adb:" and "tcp:" and "usb:" are no devices.
    static std::map<QString, KnownDevice> load();
    static void store(std::map<QString, KnownDevice> devices);

    static constexpr std::size_t kMost = 100;
};

} // namespace nordlys::studio
