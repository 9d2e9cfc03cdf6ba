// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/offer.h>

#include <QWidget>

#include <vector>

class QVBoxLayout;

namespace nordlys::studio {

/// Offers in place, one strip each, newest last: title, text, the choices as buttons, and the details on request. The rest of the
/// window stays usable.
class OfferBar : public QWidget {
    Q_OBJECT

public:
    explicit OfferBar(QWidget *parent = nullptr);
    void add(const Offer &offer);
    void withdraw(const QString &id);
    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    /// Title and text of the offer; empty when it is not shown.
    [[nodiscard]] QString text(const QString &id) const;

private:
    class Row;
    void remove(const Row *row);
    QVBoxLayout *m_column;
    std::vector<Row *> m_rows;
};

} // namespace nordlys::studio
