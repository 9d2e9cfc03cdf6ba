// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace nordlys::studio {

/// A text that may come from a file, for a tool tip: shown as it is. Qt would take one that looks like HTML for HTML.
inline QString plainHover(const QString& text)
{
    if (!Qt::mightBeRichText(text)) {
        return text;
    }
    return QStringLiteral("<qt>") + text.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")) + QStringLiteral("</qt>");
}

} // namespace nordlys::studio
