// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollBar>

class QAbstractScrollArea;

namespace nordlys::studio {

/// A scroll bar that lies over its view (6 px, 10 px under the pointer) instead of beside it, so that nothing moves when it
/// appears. It mirrors the view's own bar, which it hides.
class OverlayScrollBar : public QScrollBar
{
    Q_OBJECT

public:
    OverlayScrollBar(Qt::Orientation orientation, QAbstractScrollArea* area);

    /// Gives an area both overlay bars.
    static void installOn(QAbstractScrollArea* area);

    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void follow();
    void place();

    QAbstractScrollArea* m_area;
    QScrollBar* m_source;
};

} // namespace nordlys::studio
