// SPDX-License-Identifier: GPL-3.0-or-later
#include "filter_query.h"

#include "filter_sort.h"

namespace nordlys::studio {

FilterQuery::FilterQuery(const QString &text) : m_query(splitFilter(text).terms.join(QLatin1Char(' ')).toStdString()) {}

SplitFilter splitFilter(const QString &text)
{
    SplitFilter result;
    QString term;
    bool quoted = false;
    const auto finish = [&] {
        if (term.startsWith(QLatin1String("sort:"), Qt::CaseInsensitive))
            result.sort = term.mid(5).toLower();
        else if (!term.isEmpty())
            result.terms << term;
        term.clear();
    };
    for (const QChar letter : text) {
        if (letter == QLatin1Char('"'))
            quoted = !quoted;
        if (letter.isSpace() && !quoted)
            finish();
        else
            term += letter;
    }
    finish();
    return result;
}

bool FilterQuery::matches(const Row &row) const
{
    const std::string name = row.name.toStdString(), op = row.op.toStdString(), kind = row.kind.toStdString(),
                      backend = row.backend.toStdString();
    return m_query.matches({name, op, kind, backend, row.sharePercent});
}

} // namespace nordlys::studio
