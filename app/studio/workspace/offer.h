// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <functional>
#include <vector>

namespace nordlys::studio {

/// Something that happened to files and that a person decides: shown in place with its choices until one is taken. All texts are
/// plain text; names in them come from files.
struct Offer {
    struct Choice {
        QString id; ///< names the button
        QString text;
        bool isPrimary = false;
        std::function<void()> run; ///< the offer is taken away first
    };
    QString id; ///< a newer offer with this id replaces the older
    QString title, text;
    QStringList details; ///< lines shown on request
    std::vector<Choice> choices;
};

} // namespace nordlys::studio
