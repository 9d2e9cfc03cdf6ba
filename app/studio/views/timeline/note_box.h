// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/chip.h>
#include <studio/widgets/ink_label.h>

#include <QWidget>

class QVBoxLayout;

namespace nordlys::studio {

/// A block in the colours of a state: icon and title, sentences below, a button where there is something to do.
class NoteBox : public QWidget {
    Q_OBJECT

public:
    explicit NoteBox(ChipKind kind, QWidget *parent = nullptr);

    void setTexts(Icon icon, const QString &title, const QString &text);
    [[nodiscard]] QString text() const { return m_text->text(); }
    /// Below the text; takes ownership.
    void addAction(QWidget *button);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ChipKind m_kind;
    Icon m_icon = Icon::Info;
    InkLabel *m_title, *m_text;
    QVBoxLayout *m_column;
};

} // namespace nordlys::studio
