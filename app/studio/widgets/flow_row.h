// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>
#include <QList>

namespace nordlys::studio {

/// Widgets in a row that goes on in further rows where the width ends. The last item of the layout may stand at the right end of its row.
class FlowRow : public QLayout {
    Q_OBJECT

public:
    explicit FlowRow(QWidget *parent = nullptr);
    ~FlowRow() override;

    /// The last item goes to the right border.
    void setLastAtRight(bool right) { m_lastAtRight = right; }

    void addItem(QLayoutItem *item) override { m_items.append(item); }
    [[nodiscard]] int count() const override { return static_cast<int>(m_items.size()); }
    [[nodiscard]] QLayoutItem *itemAt(int index) const override { return m_items.value(index); }
    QLayoutItem *takeAt(int index) override;
    [[nodiscard]] Qt::Orientations expandingDirections() const override { return {}; }
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override { return arrange(QRect(0, 0, width, 0), false); }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSize() const override;
    void setGeometry(const QRect &rect) override;

private:
    /// Height that is needed; places the items where `apply`.
    int arrange(const QRect &rect, bool apply) const;

    QList<QLayoutItem *> m_items;
    bool m_lastAtRight = false;
};

} // namespace nordlys::studio
