// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <studio/look/icons.h>

class QLabel;
class QPushButton;

namespace nordlys::studio {

/// What an empty view shows: what belongs here, one primary action, one way to learn. Never a blank pane.
class EmptyState : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyState(QWidget* parent = nullptr);

    /// `title` in one line, `text` in at most 72 characters a line.
    void setTexts(Icon icon, const QString& title, const QString& text);
    /// The one primary button; an empty text hides it. Connect actionTriggered().
    void setAction(const QString& text, Icon icon = Icon::FolderOpen);
    /// A note below the button: a shortcut or where to learn more. Plain text.
    void setHint(const QString& hint);
    [[nodiscard]] QPushButton* button() const { return m_button; }

Q_SIGNALS:
    void actionTriggered();

private:
    void applyTheme();

    Icon m_icon = Icon::Info;
    QLabel* m_picture;
    QLabel* m_title;
    QLabel* m_text;
    QLabel* m_hint;
    QPushButton* m_button;
};

} // namespace nordlys::studio
