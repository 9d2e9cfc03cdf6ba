// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <functional>

class QLineEdit;
class QPushButton;

namespace nordlys::studio {

class InkLabel;

/// Asks for one line of text and says at once why it cannot be used.
class LineDialog : public QDialog {
    Q_OBJECT

public:
    struct Text {
        QString title, note, label, acceptText;
    };
    /// `whyNot` returns why a text cannot be used; empty: it can.
    LineDialog(const Text &text, const QString &initial, std::function<QString(const QString &)> whyNot, QWidget *parent);
    [[nodiscard]] QString value() const;

private:
    void check();

    std::function<QString(const QString &)> m_whyNot;
    QLineEdit *m_field;
    InkLabel *m_problem;
    QPushButton *m_accept;
};

} // namespace nordlys::studio
