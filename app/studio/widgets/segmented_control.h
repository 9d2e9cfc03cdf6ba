// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

class QPushButton;

namespace nordlys::studio {

/// Choices in one frame of which one is taken. Tab reaches the taken one, arrows take the neighbour. A click only asks: what is taken is set by
/// setChosen(), so that a refused choice never looks taken.
class SegmentedControl : public QWidget {
    Q_OBJECT

public:
    explicit SegmentedControl(QWidget *parent = nullptr);

    /// `name`: what is chosen here, for screen readers.
    void setName(const QString &name);
    int addChoice(const QString &text, int value);
    /// A value that no choice has: none is taken.
    void setChosen(int value);
    [[nodiscard]] int chosen() const { return m_chosen; }
    /// Empty: the choice can be taken. Else it is disabled, with the reason on hover.
    void setReason(int value, const QString &why);
    [[nodiscard]] QPushButton *button(int value) const;

Q_SIGNALS:
    void asked(int value);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Choice {
        QPushButton *button;
        int value;
    };
    void place();

    QList<Choice> m_choices;
    QString m_name;
    int m_chosen = -1;
};

} // namespace nordlys::studio
