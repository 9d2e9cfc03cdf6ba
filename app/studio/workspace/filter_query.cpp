// SPDX-License-Identifier: GPL-3.0-or-later
#include "filter_query.h"

#include <algorithm>

namespace nordlys::studio {
namespace {

std::optional<double> percentOf(QString text)
{
    if (text.endsWith(QLatin1Char('%')))
        text.chop(1);
    text.replace(QLatin1Char(','), QLatin1Char('.'));
    bool ok = false;
    const double value = text.toDouble(&ok);
    return ok ? std::optional(value) : std::nullopt;
}

} // namespace

FilterQuery::FilterQuery(const QString &text)
{
    for (const QString &word : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        if (word.startsWith(QLatin1String("op:"), Qt::CaseInsensitive))
            m_ops << word.mid(3);
        else if (word.startsWith(QLatin1String("kind:"), Qt::CaseInsensitive))
            m_kinds << word.mid(5);
        else if (word.startsWith(QLatin1String("share>"), Qt::CaseInsensitive) && percentOf(word.mid(6)))
            m_above = percentOf(word.mid(6));
        else if (word.startsWith(QLatin1String("share<"), Qt::CaseInsensitive) && percentOf(word.mid(6)))
            m_below = percentOf(word.mid(6));
        else
            m_words << word;
    }
}

bool FilterQuery::matches(const Row &row) const
{
    const auto contains = [](const QString &where) {
        return [&where](const QString &part) { return where.contains(part, Qt::CaseInsensitive); };
    };
    if (!std::ranges::all_of(m_words, contains(row.name)) || !std::ranges::all_of(m_ops, contains(row.op)) ||
        !std::ranges::all_of(m_kinds, contains(row.kind)))
        return false;
    if (m_above && !(row.sharePercent && *row.sharePercent > *m_above))
        return false;
    return !m_below || (row.sharePercent && *row.sharePercent < *m_below);
}

} // namespace nordlys::studio
