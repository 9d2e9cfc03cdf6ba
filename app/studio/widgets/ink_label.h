// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include "cell_roles.h"

namespace nordlys::studio {

/// A plain text label in one of the theme's inks; follows theme switches. Elides in the middle when it does not fit and then
/// shows the whole text on hover.
class InkLabel : public QLabel
{
    Q_OBJECT

public:
    explicit InkLabel(CellInk ink = CellInk::Default, QWidget* parent = nullptr);
    InkLabel(const QString& text, CellInk ink, QWidget* parent = nullptr);

    void setInk(CellInk ink);
    [[nodiscard]] CellInk ink() const { return m_ink; }
    /// On: one line, elided in the middle, may shrink to nothing.
    void setElided(bool elided);
    [[nodiscard]] bool isElided() const { return m_elided; }

    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    CellInk m_ink;
    bool m_elided = false;
};

} // namespace nordlys::studio
