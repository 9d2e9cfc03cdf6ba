// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <devicebridge/device.h>

#include <QString>

#include <cstdint>
#include <optional>

namespace nordlys::studio {

/// How Run runs, everywhere in the window.
struct RunSettings {
    std::uint64_t iterations = 200;
    double durationSeconds = 0; ///< used when iterations is 0
    std::uint32_t warmup = 10;
    int threads = 0; ///< 0: physical cores
    QString profiling = QStringLiteral("detailed"); ///< "off", "basic", "detailed"
    double sampleRateHz = 20; ///< telemetry
    QString recordTo;         ///< file; empty: beside the project, or in the cache
    QString deviceId = QStringLiteral("local");

    enum class Field { Warmup, Iterations, Duration, Threads, SampleRate, RecordTo };
    /// Why a text cannot be the value of this field; empty: it can.
    static QString whyInvalid(Field field, const QString &text);
    /// Why these settings cannot run; empty: they can.
    [[nodiscard]] QString whyInvalid() const;

    [[nodiscard]] bool isRecordingDevice() const;
    /// File of a recording device.
    [[nodiscard]] QString recordingFile() const;

    /// For the project's view state. What cannot be read or makes no sense is left at its default.
    [[nodiscard]] std::string toJson() const;
    static RunSettings fromJson(std::string_view json);
    /// The device that was stored, whatever it is; fromJson takes only recordings and this computer.
    static QString deviceIn(std::string_view json);

    friend bool operator==(const RunSettings &, const RunSettings &) = default;
};

inline const QString kRecordingDevice = QStringLiteral("recording:"), kFastRecordingDevice = QStringLiteral("recording-fast:");

} // namespace nordlys::studio
