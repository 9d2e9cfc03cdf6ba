// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>

namespace nordlys::studio {

inline QString toQString(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }
// A template, so that strings never turn into paths on their way here.
template <typename Path>
requires std::same_as<Path, std::filesystem::path> QString toQString(const Path &path)
{
    return QString::fromStdString(path.string());
}
inline std::filesystem::path toPath(const QString &path) { return std::filesystem::path(path.toStdString()); }

} // namespace nordlys::studio
