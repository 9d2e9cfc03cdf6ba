// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

namespace nordlys::studio {

/// The 2 px ring, 1 px outside a control, that shows where the keyboard is. It appears on focus by Tab or shortcut only and
/// goes with the first mouse press. One instance serves the whole program.
class FocusRing : public QObject
{
    Q_OBJECT

public:
    /// Starts watching the application's focus; later calls do nothing.
    static void install();

    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    explicit FocusRing(QObject* parent) : QObject(parent) {}
    void attach(QWidget* target);
    void detach();
    void place();

    QPointer<QWidget> m_target;
    QPointer<QWidget> m_overlay;
};

} // namespace nordlys::studio
