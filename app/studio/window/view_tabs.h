// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTabBar>

class QToolButton;

namespace nordlys::studio {

/// The tabs of the views. Those that do not fit into the width given go into a menu at their end; the current one never does.
class ViewTabs : public QWidget {
    Q_OBJECT

public:
    explicit ViewTabs(QWidget *parent = nullptr);
    void addTab(const QString &title);
    void setCurrent(int index);
    void setTabReason(int index, const QString &whyNot);
    /// Shows as many tabs as fit into `width` pixels.
    void fitInto(int width);
    [[nodiscard]] int hiddenCount() const;

Q_SIGNALS:
    void chosen(int index);

private:
    void fillMenu();

    class Bar;
    Bar *m_bar;
    QToolButton *m_more;
    int m_width = 0;
};

} // namespace nordlys::studio
