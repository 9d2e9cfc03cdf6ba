// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/look/number_format.h>

#include <QCoreApplication>
#include <QString>

namespace nordlys::studio {

/// Amounts of things in words: "1 edit", "3 edits". English is the source language and has no translation file with plural forms,
/// so the singular is a text of its own.
class Counted {
    Q_DECLARE_TR_FUNCTIONS(Counted)

public:
    static QString edits(int n) { return n == 1 ? tr("1 edit") : tr("%1 edits").arg(formatCount(n)); }
    static QString ops(qint64 n) { return n == 1 ? tr("1 op") : tr("%1 ops").arg(formatCount(n)); }
    static QString layers(qint64 n) { return n == 1 ? tr("1 layer") : tr("%1 layers").arg(formatCount(n)); }
    static QString tensors(qint64 n) { return n == 1 ? tr("1 tensor") : tr("%1 tensors").arg(formatCount(n)); }
    static QString segments(qint64 n) { return n == 1 ? tr("1 segment") : tr("%1 segments").arg(formatCount(n)); }
    static QString crossings(qint64 n) { return n == 1 ? tr("1 crossing") : tr("%1 crossings").arg(formatCount(n)); }
    static QString threads(qint64 n) { return n == 1 ? tr("1 thread") : tr("%1 threads").arg(formatCount(n)); }
    static QString inferences(qint64 n) { return n == 1 ? tr("1 inference") : tr("%1 inferences").arg(formatCount(n)); }
    static QString files(qint64 n) { return n == 1 ? tr("1 file") : tr("%1 files").arg(formatCount(n)); }
    static QString devices(qint64 n) { return n == 1 ? tr("1 device") : tr("%1 devices").arg(formatCount(n)); }
    static QString recordings(qint64 n) { return n == 1 ? tr("1 recording") : tr("%1 recordings").arg(formatCount(n)); }
    /// "before 3 edits": how old a result is.
    static QString before(int edits_) { return tr("before %1").arg(edits(edits_)); }
    static QString evaluatedBefore(int edits_) { return tr("evaluated before %1").arg(edits(edits_)); }
    static QString ofRunBefore(const QString &run, int edits_) { return tr("of run %1, before %2").arg(run, edits(edits_)); }
};

} // namespace nordlys::studio
