// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzzy_match.h"

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr qsizetype kLooked = 400;
constexpr int kTextStart = 120, kWordStart = 90, kInside = 60, kLoose = 30;
constexpr int kLooseSpread = 3; // letters may be spread over this many times the word's length

bool startsWord(const QString &text, qsizetype at)
{
    if (at == 0)
        return true;
    const QChar before = text[at - 1], here = text[at];
    return !before.isLetterOrNumber() || (before.isLower() && here.isUpper()) || before.isDigit() != here.isDigit();
}

int scoreAt(const QString &text, qsizetype at) { return at == 0 ? kTextStart : startsWord(text, at) ? kWordStart : kInside; }

std::optional<FuzzyMatch> matchWhole(const QString &text, const QString &word)
{
    FuzzyMatch best{-1, {}};
    qsizetype bestAt = -1;
    for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0 && best.score < kWordStart;
         at = text.indexOf(word, at + 1, Qt::CaseInsensitive)) {
        const int score = scoreAt(text, at);
        if (score > best.score) {
            best.score = score;
            bestAt = at;
        }
    }
    if (bestAt < 0)
        return std::nullopt;
    for (qsizetype i = 0; i < word.size(); ++i)
        best.positions << static_cast<int>(bestAt + i);
    return best;
}

std::optional<FuzzyMatch> matchLoose(const QString &text, const QString &word)
{
    FuzzyMatch match{kLoose, {}};
    qsizetype at = -1;
    for (const QChar letter : word) {
        at = text.indexOf(letter, at + 1, Qt::CaseInsensitive);
        if (at < 0)
            return std::nullopt;
        match.positions << static_cast<int>(at);
    }
    const int spread = match.positions.back() - match.positions.front() + 1;
    if (spread > kLooseSpread * word.size())
        return std::nullopt;
    match.score -= static_cast<int>(std::min<qsizetype>(kLoose - 1, spread - word.size()));
    return match;
}

} // namespace

FuzzyQuery::FuzzyQuery(const QString &text) : m_words(text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {}

std::optional<FuzzyMatch> FuzzyQuery::match(const QString &text, bool loose) const
{
    const QString looked = text.left(kLooked);
    FuzzyMatch whole;
    for (const QString &word : m_words) {
        std::optional<FuzzyMatch> part = matchWhole(looked, word);
        if (!part && loose && word.size() > 1)
            part = matchLoose(looked, word);
        if (!part)
            return std::nullopt;
        whole.score += part->score;
        whole.positions += part->positions;
    }
    std::ranges::sort(whole.positions);
    whole.positions.erase(std::unique(whole.positions.begin(), whole.positions.end()), whole.positions.end());
    // Of two texts that answer alike, the shorter one is meant.
    whole.score = whole.score * 8 - static_cast<int>(std::min<qsizetype>(looked.size(), 64)) / 8;
    return whole;
}

} // namespace nordlys::studio
