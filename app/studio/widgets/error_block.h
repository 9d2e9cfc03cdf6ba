// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace nordlys::studio {

/// A failure in its place: what, why, what to do, one button. The rest of the view stays usable. Hidden until set.
class ErrorBlock : public QWidget {
    Q_OBJECT

public:
    explicit ErrorBlock(QWidget *parent = nullptr);

    /// Plain text; names of hostile files are shown as they are. `button` empty: none.
    void setError(const QString &what, const QString &why, const QString &button = {});
    void clear();
    [[nodiscard]] QString text() const;
    [[nodiscard]] QPushButton *button() const { return m_button; }

Q_SIGNALS:
    void actionTriggered();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void applyTheme();

    QLabel *m_icon, *m_what, *m_why;
    QPushButton *m_button;
};

} // namespace nordlys::studio
