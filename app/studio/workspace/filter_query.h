// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/placement/node_query.h>

#include <QString>

#include <optional>

namespace nordlys::studio {

/// The one filter of all views, in the query language that the command line has too (see core::NodeQuery).
class FilterQuery {
public:
    explicit FilterQuery(const QString &text = {});

    /// What one row has to offer; parts that a row lacks do not match terms that ask for them.
    struct Row {
        QString name, op, kind;
        std::optional<double> sharePercent;
        QString backend = {};
    };
    [[nodiscard]] bool matches(const Row &row) const;
    [[nodiscard]] bool isEmpty() const { return m_query.isEmpty(); }

private:
    core::NodeQuery m_query;
};

} // namespace nordlys::studio
