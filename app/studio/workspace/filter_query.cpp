// SPDX-License-Identifier: GPL-3.0-or-later
#include "filter_query.h"

namespace nordlys::studio {

FilterQuery::FilterQuery(const QString &text) : m_query(text.toStdString()) {}

bool FilterQuery::matches(const Row &row) const
{
    const std::string name = row.name.toStdString(), op = row.op.toStdString(), kind = row.kind.toStdString(),
                      backend = row.backend.toStdString();
    return m_query.matches({name, op, kind, backend, row.sharePercent});
}

} // namespace nordlys::studio
