// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace nordlys::studio {

/// The one filter of all views: words that must all match, each a part of the name, or `op:Conv`, `kind:act` (`weight`, `bias`),
/// `share>2%` (also `<`). Upper and lower case are the same.
class FilterQuery {
public:
    explicit FilterQuery(const QString &text = {});

    /// What one row has to offer; parts that a row lacks do not match terms that ask for them.
    struct Row {
        QString name, op, kind;
        std::optional<double> sharePercent;
    };
    [[nodiscard]] bool matches(const Row &row) const;
    [[nodiscard]] bool isEmpty() const
    {
        return m_words.isEmpty() && m_ops.isEmpty() && m_kinds.isEmpty() && !m_above && !m_below;
    }

private:
    QStringList m_words, m_ops, m_kinds;
    std::optional<double> m_above, m_below;
};

} // namespace nordlys::studio
