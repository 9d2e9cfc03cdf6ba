// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_settings.h"

#include "build_settings.h"

#include <studio/look/number_format.h>

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>

namespace nordlys::studio {
namespace {

constexpr double kMaxIterations = 1e9, kMaxWarmup = 1e6, kMaxSeconds = 1e6, kMaxRateHz = 100;

QString text(const char *source) { return QCoreApplication::translate("RunSettings", source); }

bool isWhole(double value, double low, double high) { return value >= low && value <= high && std::floor(value) == value; }

QString whole(const QString &typed, double low, double high)
{
    const auto value = parseNumber(typed);
    if (value && isWhole(*value, low, high))
        return {};
    return text(QT_TRANSLATE_NOOP("RunSettings", "A whole number from %1 to %2."))
        .arg(formatCount(static_cast<qint64>(low)), formatCount(static_cast<qint64>(high)));
}

} // namespace

QString RunSettings::whyInvalid(Field field, const QString &typed)
{
    switch (field) {
    case Field::Warmup: return whole(typed, 0, kMaxWarmup);
    case Field::Iterations: return whole(typed, 1, kMaxIterations);
    case Field::Threads: return whyNoThreadCount(typed);
    case Field::Duration: {
        const auto value = parseNumber(typed);
        if (value && *value > 0 && *value <= kMaxSeconds)
            return {};
        return text(QT_TRANSLATE_NOOP("RunSettings", "Seconds, more than 0 and at most %1."))
            .arg(formatCount(static_cast<qint64>(kMaxSeconds)));
    }
    case Field::SampleRate: {
        const auto value = parseNumber(typed);
        if (value && (*value == 0 || (*value >= 1 && *value <= kMaxRateHz)))
            return {};
        return text(QT_TRANSLATE_NOOP("RunSettings", "1 to 100 samples a second, or 0 for none."));
    }
    case Field::RecordTo: {
        const QString path = typed.trimmed();
        if (path.isEmpty())
            return {};
        const QFileInfo file(path);
        if (file.isDir())
            return text(QT_TRANSLATE_NOOP("RunSettings", "This is a folder. Name a file in it."));
        const QFileInfo folder(file.absolutePath());
        if (!folder.isDir())
            return text(QT_TRANSLATE_NOOP("RunSettings", "There is no folder %1.")).arg(file.absolutePath());
        if (file.exists() ? !file.isWritable() : !folder.isWritable())
            return text(QT_TRANSLATE_NOOP("RunSettings", "You may not write there. Choose another folder."));
        return {};
    }
    }
    return {};
}

QString RunSettings::whyInvalid() const
{
    if (profiling != QLatin1String("off") && profiling != QLatin1String("basic") && profiling != QLatin1String("detailed"))
        return text(QT_TRANSLATE_NOOP("RunSettings", "Profiling is off, basic or detailed."));
    const auto first = [](std::initializer_list<QString> reasons) {
        for (const QString &reason : reasons) {
            if (!reason.isEmpty())
                return reason;
        }
        return QString();
    };
    return first({whyInvalid(Field::Warmup, QString::number(warmup)),
                  iterations > 0 ? whyInvalid(Field::Iterations, QString::number(iterations))
                                 : whyInvalid(Field::Duration, plainExact(durationSeconds)),
                  whyInvalid(Field::Threads, QString::number(threads)), whyInvalid(Field::SampleRate, plainExact(sampleRateHz)),
                  whyInvalid(Field::RecordTo, recordTo)});
}

bool RunSettings::isRecordingDevice() const { return !recordingFile().isEmpty(); }

QString RunSettings::recordingFile() const
{
    for (const QString &prefix : {kRecordingDevice, kFastRecordingDevice}) {
        if (deviceId.startsWith(prefix))
            return deviceId.mid(prefix.size());
    }
    return {};
}

std::string RunSettings::toJson() const
{
    const QJsonObject object{{QStringLiteral("iterations"), static_cast<double>(iterations)},
                             {QStringLiteral("durationSeconds"), durationSeconds},
                             {QStringLiteral("warmup"), static_cast<double>(warmup)},
                             {QStringLiteral("threads"), threads},
                             {QStringLiteral("profiling"), profiling},
                             {QStringLiteral("sampleRateHz"), sampleRateHz},
                             {QStringLiteral("recordTo"), recordTo},
                             {QStringLiteral("device"), deviceId}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
}

QString RunSettings::deviceIn(std::string_view json)
{
    return QJsonDocument::fromJson(QByteArray(json.data(), static_cast<qsizetype>(json.size())))
        .object()
        .value(QLatin1String("device"))
        .toString();
}

RunSettings RunSettings::fromJson(std::string_view json)
{
    const QJsonObject object =
        QJsonDocument::fromJson(QByteArray(json.data(), static_cast<qsizetype>(json.size()))).object();
    RunSettings settings;
    const auto number = [&object](const char *key, double fallback, auto accepts) {
        const double value = object.value(QLatin1String(key)).toDouble(fallback);
        return accepts(value) ? value : fallback;
    };
    const auto within = [](double low, double high) { return [=](double value) { return isWhole(value, low, high); }; };
    settings.iterations = static_cast<std::uint64_t>(number("iterations", 200, within(0, kMaxIterations)));
    settings.durationSeconds = number("durationSeconds", 0, [](double value) { return value >= 0 && value <= kMaxSeconds; });
    settings.warmup = static_cast<std::uint32_t>(number("warmup", 10, within(0, kMaxWarmup)));
    settings.threads = static_cast<int>(number("threads", 0, within(0, kMaxThreads)));
    settings.sampleRateHz =
        number("sampleRateHz", 20, [](double value) { return value == 0 || (value >= 1 && value <= kMaxRateHz); });
    const QString profiling = object.value(QLatin1String("profiling")).toString();
    if (profiling == QLatin1String("off") || profiling == QLatin1String("basic"))
        settings.profiling = profiling;
    settings.recordTo = object.value(QLatin1String("recordTo")).toString();
    const QString device = object.value(QLatin1String("device")).toString();
    if (device.startsWith(kRecordingDevice) || device.startsWith(kFastRecordingDevice))
        settings.deviceId = device;
    if (settings.iterations == 0 && settings.durationSeconds <= 0)
        settings.iterations = 200;
    return settings;
}

} // namespace nordlys::studio
