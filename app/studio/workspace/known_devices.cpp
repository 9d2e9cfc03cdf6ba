// SPDX-License-Identifier: GPL-3.0-or-later
#include "known_devices.h"

#include "device_list.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>

#include <algorithm>

namespace nordlys::studio {
namespace {

const QString kKey = QStringLiteral("devices/known");
constexpr int kLongestText = 200;

QString textOf(const QJsonObject &object, const char *key) { return object.value(QLatin1String(key)).toString().left(kLongestText); }

} // namespace

std::map<QString, KnownDevice> KnownDevices::load()
{
    std::map<QString, KnownDevice> devices;
    const QJsonArray stored = QJsonDocument::fromJson(QSettings().value(kKey).toByteArray()).array();
    for (const QJsonValue &value : stored) {
        const QJsonObject object = value.toObject();
        const QString id = textOf(object, "id");
        if (!isAdbDevice(id) || devices.size() >= kMost)
            continue;
        KnownDevice &device = devices[id];
        device.name = textOf(object, "name");
        device.added = object.value(QLatin1String("added")).toBool();
        device.lastSeen = QDateTime::fromString(textOf(object, "lastSeen"), Qt::ISODate);
        device.model = textOf(object, "model");
        device.processor = textOf(object, "processor");
    }
    return devices;
}

void KnownDevices::store(std::map<QString, KnownDevice> devices)
{
    while (devices.size() > kMost) {
        devices.erase(std::ranges::min_element(
            devices, {}, [](const auto &entry) { return entry.second.lastSeen.isValid() ? entry.second.lastSeen.toMSecsSinceEpoch() : 0; }));
    }
    QJsonArray stored;
    for (const auto &[id, device] : devices) {
        stored.append(QJsonObject{{QStringLiteral("id"), id},
                                  {QStringLiteral("name"), device.name},
                                  {QStringLiteral("added"), device.added},
                                  {QStringLiteral("lastSeen"), device.lastSeen.toString(Qt::ISODate)},
                                  {QStringLiteral("model"), device.model},
                                  {QStringLiteral("processor"), device.processor}});
    }
    QSettings().setValue(kKey, QJsonDocument(stored).toJson(QJsonDocument::Compact));
}

} // namespace nordlys::studio
