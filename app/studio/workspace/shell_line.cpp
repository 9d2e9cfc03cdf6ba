// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell_line.h"

#include <algorithm>

namespace nordlys::studio {
namespace {

bool isPlain(QChar c)
{
    return (c >= QLatin1Char('a') && c <= QLatin1Char('z')) || (c >= QLatin1Char('A') && c <= QLatin1Char('Z')) ||
           (c >= QLatin1Char('0') && c <= QLatin1Char('9')) || QStringLiteral("_@%+=:,./-").contains(c);
}

QString quoted(const QString &argument)
{
    if (!argument.isEmpty() && std::ranges::all_of(argument, isPlain))
        return argument;
    QString inside = argument;
    inside.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    return QLatin1Char('\'') + inside + QLatin1Char('\'');
}

} // namespace

QString shellLine(const QStringList &arguments)
{
    QStringList words;
    for (const QString &argument : arguments)
        words << quoted(argument);
    return words.join(QLatin1Char(' '));
}

} // namespace nordlys::studio
