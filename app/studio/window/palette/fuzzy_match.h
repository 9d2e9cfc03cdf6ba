// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace nordlys::studio {

/// How well a text answers a search, and which of its characters did.
struct FuzzyMatch {
    int score = 0;        ///< higher is better
    QList<int> positions; ///< ascending, in QChars
};

/// Words to look for. Every word must be in the text: as it stands, or with its letters in order ("dpw" in "depthwise"); upper
/// and lower case are the same. Best is the start of the text, then the start of a word, then the inside; loose letters come
/// last.
class FuzzyQuery {
public:
    explicit FuzzyQuery(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_words.isEmpty(); }
    /// Only the first 400 characters of the text are looked at. `loose`: letters in order suffice. An empty query matches all.
    [[nodiscard]] std::optional<FuzzyMatch> match(const QString &text, bool loose = true) const;

private:
    QStringList m_words;
};

} // namespace nordlys::studio
